"""One round: a stream of events, everything that can go wrong while it is worked through, and the reckoning."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from cli.stage import Stage
from deploy.local.broker import LocalBroker
from domain.events import InputEvent
from domain.port_file import parse_port
from readers.simulator import Parameters, Simulation
from runtime.clock import FileClock
from runtime.errors import MissionpathError, Unavailable
from runtime.settings import Settings, load
from tests.crash.actions import Scene, deck, kill_all
from tests.crash.fleet import Fleet
from tests.crash.observed import differences
from tests.crash.proxy import HOST, Proxy
from tests.crash.reference import Outcome, outcome_of
from tests.crash.traffic import BEFORE_EVERYTHING, Traffic
from topics import admin, clients

RETURNS = 0.2
"""Units and trucks that come back under another IOT_ID: in a crash reads overtake the bindings they belong to."""

DEVIATING = 0.1
A_DAY = timedelta(days=1)
WORKERS = (("resolve", "a"), ("resolve", "b"), ("track", "a"), ("track", "b"), ("sink", "a"))
SETTLING_TRIES = 3
LAST_SECONDS_MAX = 4.0
"""So long after the clock's last word everything is killed once more."""

AGREE_SECONDS = 30.0
AGREE_EVERY_SECONDS = 2.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done in a round.

    *Units*: ``rate`` in events a second; of each of the ``missions`` come about 13.7 events.
    *Shape*: so many ``kills`` of single workers, and everything else so many ``times``.
    """

    seed: int
    missions: int
    rate: float
    kills: int
    times: int
    store: str


@dataclass(frozen=True, slots=True)
class Script:
    """What happens in the port, and the moment as of which absences are judged in the end."""

    events: Sequence[InputEvent]
    over_at: datetime


@dataclass(slots=True)
class Report:
    """What came of a round; ``done`` counts the actions, ``mishaps`` what nobody did."""

    seed: int
    events: int
    seconds: float = 0.0
    done: Counter[str] = field(default_factory=Counter)
    mishaps: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def lines(self, home: Path) -> list[str]:
        """What was done and survived, or what was not."""
        done = f"{self.events:,} events, {self.seconds:.0f} s: {listed(self.done + self.mishaps)}"
        if not self.differences:
            return [f"seed {self.seed} survived: {done}; nothing missing, nothing twice"]
        return [f"seed {self.seed} FAILED: {done}; logs and data are in {home}", *self.differences]


def listed(done: Counter[str]) -> str:
    """The actions with their counts."""
    return ", ".join(f"{count} × {what}" for what, count in done.most_common())


def play(plan: Plan, home: Path, libs: Path, tell: Tell) -> Report:
    """Play a round in a home of its own, on a broker of its own; nothing is left running, all files stay."""
    began_at = time.monotonic()

    def timed(line: str) -> None:
        tell(f"{time.monotonic() - began_at:7.1f} s  {line}")

    script = _script(plan)
    report = Report(plan.seed, len(script.events))
    timed(f"seed {plan.seed}: {report.events:,} events of {plan.missions:,} missions, tables in {plan.store}")
    with ThreadPoolExecutor(1) as aside, _scene(plan, home, libs, timed) as (scene, settings):
        reference = aside.submit(_expected, script, settings)
        scene.fleet.await_ready()
        expected = reference.result()
        timed("the workers are ready")
        try:
            _disturb(scene, Traffic(settings, script.events, plan.rate), plan)
            _judge_all(scene, settings, script.over_at)
            report.differences = _reckon(settings, expected, scene)
        except (AssertionError, MissionpathError) as error:
            report.differences = [f"it did not come to its end: {error}"]
        report.done, report.mishaps = scene.done, scene.fleet.mishaps
    report.seconds = time.monotonic() - began_at
    return report


def _script(plan: Plan) -> Script:
    port = parse_port(load().port_file.read_bytes())
    parameters = Parameters(seed=plan.seed, missions=plan.missions, deviating=DEVIATING, returns=RETURNS)
    simulation = Simulation(port, parameters)
    events = list(simulation.events())
    assert simulation.totals.over_at is not None
    return Script(events, simulation.totals.over_at + A_DAY)


def _expected(script: Script, settings: Settings) -> Outcome:
    as_of = script.over_at - timedelta(seconds=settings.lateness_seconds)
    grace = timedelta(seconds=settings.unknown_grace_seconds)
    return outcome_of(script.events, parse_port(settings.port_file.read_bytes()), as_of, grace)


@contextmanager
def _scene(plan: Plan, home: Path, libs: Path, tell: Tell) -> Iterator[tuple[Scene, Settings]]:
    """A broker behind a proxy, all topics, and the workers."""
    with Proxy() as proxy:
        broker = LocalBroker(libs, home / "kafka", proxy.port)
        settings = load(
            kafka_bootstrap_servers=f"{HOST}:{proxy.port}", home=home, clock_file=home / "clock", store=plan.store
        )
        fleet = Fleet(settings, tell)
        try:
            scene = Scene(fleet, proxy, broker, Random(plan.seed), tell)
            scene.start_broker()
            client = clients.admin(settings)
            admin.apply(client, settings, admin.plan(client, settings))
            FileClock(home / "clock").set(BEFORE_EVERYTHING)
            for name, instance in WORKERS:
                fleet.add(name, instance)
            yield scene, settings
        finally:
            fleet.end()
            broker.stop()


def _disturb(scene: Scene, traffic: Traffic, plan: Plan) -> None:
    """Publish everything, and spread the actions over the time that this takes."""
    actions = deck(scene.random, plan.kills, plan.times)
    pause_seconds = traffic.count / plan.rate / (len(actions) + 1)
    traffic.start()
    for action in actions:
        scene.live_for(scene.random.uniform(0.0, 2 * pause_seconds))
        action(scene)
    scene.live(lambda: not traffic.is_alive())
    assert traffic.error is None, traffic.error
    scene.tell(f"{traffic.published:,} events are published")


def _judge_all(scene: Scene, settings: Settings, as_of: datetime) -> None:
    """Let the clock say that everything is over, kill once more, and see all of it judged."""
    assert settings.clock_file is not None
    scene.live(lambda: not scene.later)
    _settle(scene, settings)
    FileClock(settings.clock_file).set(as_of)
    scene.live_for(scene.random.uniform(0.0, LAST_SECONDS_MAX))
    kill_all(scene)
    scene.fleet.await_ready()
    stage = _settle(scene, settings)
    stage.await_clock(as_of.timestamp())
    _settle(scene, settings)
    scene.tell("all absences are judged")


def _settle(scene: Scene, settings: Settings) -> Stage:
    """Wait until every group has come to the end of its topics; it may take long, but not for ever."""
    scene.fleet.await_ready()
    stage = Stage(settings, scene.fleet.workers(), scene.fleet.check)
    for _ in range(SETTLING_TRIES):
        try:
            stage.settle()
        except Unavailable as error:
            scene.tell(str(error))
        else:
            scene.tell("every group has come to the end of its topics")
            return stage
    raise Unavailable("groups did not come to the end of their topics")


def _reckon(settings: Settings, expected: Outcome, scene: Scene) -> list[str]:
    """The differences that stay: the clock's commands come in portions, a second apart."""
    give_up_at = time.monotonic() + AGREE_SECONDS
    while (found := differences(settings, expected)) and time.monotonic() < give_up_at:
        scene.tell(f"{len(found)} differences so far")
        scene.live_for(AGREE_EVERY_SECONDS)
    return found
