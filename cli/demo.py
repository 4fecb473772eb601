"""``missionpath demo``: the pipeline on the example port, from the first scan to the last row."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import bootstrap
from cli.alerts import show
from cli.listener import Listener
from cli.pipeline import Pipeline
from cli.scenario import Scenario
from cli.stage import Stage
from cli.summary import summarise
from cli.up import say, tell
from readers.jsonl import lines, parse
from runtime import settings as settings_module
from runtime.clock import FileClock
from runtime.errors import MissionpathError
from runtime.settings import Settings
from topics import admin, clients
from topics.alert_feed import AlertFeed
from topics.catalog import all_topics

EVENTS_PER_SECOND = 150.0
BEFORE_EVERYTHING = datetime(2000, 1, 1, tzinfo=UTC)


class Differs(MissionpathError):
    """What came out is not what the scenario expects."""


def demo(
    folder: Annotated[Path, typer.Option("--scenario", help="Folder of a scenario.")] = Path("examples/bari"),
    rate: Annotated[float, typer.Option(min=1, help="Events a second.")] = EVENTS_PER_SECOND,
) -> None:
    """Play the example port and compare the alerts with its expectation.

    Starts a broker of its own (unless KAFKA_BOOTSTRAP_SERVERS is set) on fresh data under HOME/demo, shows alerts
    as they are raised and cleared, prints a summary and ends. Exit status 1 when an alert differs.
    """
    started_at = time.monotonic()
    scenario = Scenario(folder)
    with _surroundings(scenario) as settings:
        wrong = _play(settings, scenario, rate)
    if wrong:
        raise Differs("the alerts differ from the expectation:\n  " + "\n  ".join(wrong))
    say(f"\nAll {len(scenario.expected)} alerts are as expected in {folder}/expected-alerts.jsonl.")
    say(f"Finished in {time.monotonic() - started_at:.0f} s.")


@contextmanager
def _surroundings(scenario: Scenario) -> Iterator[Settings]:
    """Fresh data, a Kafka, and nothing left running or lying about on somebody's cluster afterwards."""
    base = settings_module.load()
    home = base.home / "demo"
    own = {"home": home, "clock_file": home / "clock", "port_file": scenario.port_file, "clickhouse_url": None}
    if base.kafka_bootstrap_servers is not None:
        _empty(home)
        settings = base.model_copy(update={**own, "namespace": f"demo-{int(time.time())}"})
        try:
            yield settings
        finally:
            admin.delete(clients.admin(settings), [settings.topic(topic.name) for topic in all_topics()])
        return
    broker = bootstrap.local_broker(base, home)
    broker.stop()  # an interrupted demo may have left it running
    _empty(home)
    say("starting a local development broker" + ("" if broker.installed else " (installing it first, once)"))
    try:
        address = broker.start().bootstrap_servers
        yield base.model_copy(update={**own, "kafka_bootstrap_servers": address})
    finally:
        broker.stop()


def _empty(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)


def _play(settings: Settings, scenario: Scenario, rate: float) -> list[str]:
    """Play all acts; returns how the alerts differ from the expectation."""
    clock = FileClock(settings.home / "clock")
    clock.set(BEFORE_EVERYTHING)
    pipeline = Pipeline(settings)
    listener = Listener(AlertFeed(settings, bootstrap.codec(settings)), show)
    wrong: list[str] = []
    try:
        pipeline.start(say)
        listener.start()
        stage = Stage(settings, pipeline.workers, lambda: tell(pipeline.check()))
        for number, act in enumerate(scenario.acts, start=1):
            say(f"\nAct {number}: {act.title}")
            _publish(settings, scenario.folder / act.file, rate)
            stage.settle()
            clock.set(act.clock)
            stage.await_clock(act.clock.timestamp())
            stage.settle()
            listener.catch_up(stage.alert_records())
            wrong += [f"after act {number}: {line}" for line in scenario.differences(number, listener.latest)]
        if passing := scenario.unplanned(listener.latest):
            say(f"{len(passing)} further alerts stood only until a record that was overtaken arrived.")
        summarise(settings, listener, stage.records_by_topic())
    finally:
        listener.stop()
        pipeline.stop()
    return wrong


def _publish(settings: Settings, path: Path, rate: float) -> None:
    publisher = bootstrap.publisher(settings, rate)
    with path.open("rb") as stream:
        for line in lines(stream):
            publisher.publish(parse(line))
    publisher.flush()
    say(f"{publisher.acknowledged} events published from {path}")
