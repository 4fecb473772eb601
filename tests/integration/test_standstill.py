"""A real worker that stands still is seen, ended by its own watchdog and started again by its supervisor."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest

from cli import bootstrap, group_report
from cli.group_report import State
from readers.jsonl import lines, parse
from runtime.errors import Unavailable
from runtime.settings import Settings
from runtime.supervisor import Child, Supervisor
from tests.waiting import eventually
from topics.catalog import READ_BY, RESOLVE_GROUP
from topics.groups import Backlog

BARI = Path("examples/bari/1-traffic.jsonl")
STALL_SECONDS_MAX = 12.0
PUBLISHED = 40


@pytest.fixture(params=["loop", "agent"])
def supervised(topics: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Supervisor]:
    """A worker that stands still at its first chunk, and its supervisor."""
    mark = tmp_path / "stand-still"
    mark.touch()
    command = [sys.executable, "-m", "tests.integration.standing_worker", str(mark), request.param]
    environment = {**topics.environment(), "MISSIONPATH_STALL_SECONDS_MAX": str(STALL_SECONDS_MAX)}
    supervisor = Supervisor([Child("resolve", command, environment, tmp_path / "resolve.log")])
    supervisor.start()
    yield supervisor
    supervisor.stop()


def waiting(settings: Settings) -> int:
    names = [settings.topic(topic.name) for topic in READ_BY[RESOLVE_GROUP]]
    return sum(place.lag for place in Backlog(settings, RESOLVE_GROUP).places(names).values())


def test_a_worker_that_stands_still_is_started_again(
    topics: Settings, supervised: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_report, "MOVE_SECONDS_MAX", 1.0)
    (child,) = supervised.children

    def looks(state: State) -> bool:
        with suppress(Unavailable):  # of topics only just created
            return group_report.observe(topics)[0].state is state
        return False

    eventually(lambda: looks(State.AT_WORK), 90)
    publisher = bootstrap.publisher(topics, None)
    with BARI.open("rb") as stream:
        for line in islice(lines(stream), PUBLISHED):
            publisher.publish(parse(line))
    publisher.flush()

    told: list[str] = []
    eventually(lambda: looks(State.STANDS_STILL), 60)
    eventually(lambda: told.extend(supervised.check()) or any("started again" in each for each in told), 60)
    assert told[0].startswith("resolve: ended with exit status 1")
    eventually(lambda: waiting(topics) == 0, 60)
    eventually(lambda: looks(State.AT_WORK), 60)

    said = child.log.read_text("utf-8")
    (complaint,) = [each for each in said.splitlines() if "stands still" in each]
    assert f"{topics.topic(RESOLVE_GROUP)} stands still: nothing was worked through or acknowledged for" in complaint
    assert "lags by" in complaint
    assert f"{topics.topic('cargo.iot-id.generated.v1')}[" in complaint
    assert said.count("Current thread") == 1, "where every thread was"
