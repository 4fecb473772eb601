"""A worker that stands still is told apart from one that waits, rests, recovers, or was stopped itself."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from runtime import metrics
from runtime.errors import Unavailable
from runtime.health import PARTITIONS, Health
from streams.watchdog import NAMED_MAX, Standstill, Watchdog, keep, pulse
from topics.groups import Place
from topics.whereabouts import Partition

BOUND = 120.0
ONE, TWO, FOREIGN = ("scans", 0), ("scans", 1), ("scans", 2)


class Kafka:
    """What waits for the group; the test moves it."""

    def __init__(self) -> None:
        self.at: dict[Partition, Place] = {ONE: Place(10, 5), TWO: Place(7, 0), FOREIGN: Place(0, 99)}
        self.is_away = False
        self.has_records = True
        self.questions = 0

    def places(self, topics: list[str]) -> dict[Partition, Place]:
        assert topics == ["scans"]
        self.questions += 1
        if self.is_away:
            raise Unavailable("away")
        return dict(self.at)

    def is_readable(self, places: Mapping[Partition, Place]) -> bool:
        if self.is_away:
            raise Unavailable("away")
        return self.has_records


class Rig:
    """A watchdog, looking at its interval, in a time of the test's own."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.health = Health(clock=lambda: self.now)
        self.kafka = Kafka()
        self.watchdog = Watchdog("group", BOUND, self.health, self.kafka, clock=lambda: self.now)
        self.watchdog.assigned = frozenset({ONE, TWO})
        self.loop_turns = True

    def passes(self, seconds: float) -> Standstill | None:
        """Time passes until the first finding."""
        end = self.now + seconds
        while self.now < end:
            self.now += self.watchdog.interval_seconds
            if self.loop_turns:
                self.health.beat()
            if found := self.watchdog.look():
                return found
        return None


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.mark.parametrize("loop_turns", [True, False], ids=["an agent that hangs", "a loop that hangs"])
def test_a_standstill_is_found_within_the_bound_and_two_looks(rig: Rig, loop_turns: bool) -> None:
    rig.loop_turns = loop_turns
    began_at = rig.now
    assert rig.passes(BOUND) is None
    found = rig.passes(BOUND)
    assert found is not None
    assert rig.now - began_at <= BOUND + 2 * rig.watchdog.interval_seconds
    assert dict(found.places) == {ONE: Place(10, 5)}
    assert found.seconds >= BOUND
    assert (found.silent_seconds > BOUND) is not loop_turns


def test_nothing_to_do_is_no_standstill(rig: Rig) -> None:
    rig.kafka.at[ONE] = Place(15, 0)
    assert rig.passes(10 * BOUND) is None


def test_a_record_that_came_at_the_last_moment_has_not_waited_long(rig: Rig) -> None:
    rig.kafka.at[ONE] = Place(15, 0)
    assert rig.passes(10 * BOUND) is None
    rig.kafka.at[ONE] = Place(15, 1)
    assert rig.passes(BOUND) is None
    assert rig.passes(BOUND) is not None


def test_whatever_moves_begins_anew(rig: Rig) -> None:
    for _ in range(10):
        assert rig.passes(BOUND * 0.9) is None
        rig.health.moved()


def test_offsets_that_go_on_are_no_standstill(rig: Rig) -> None:
    for offset in range(10, 40):
        rig.kafka.at[ONE] = Place(offset, 5)
        assert rig.passes(BOUND / 2) is None


def test_one_partition_after_the_other_is_no_standstill(rig: Rig) -> None:
    for at in range(8):
        rig.kafka.at = {ONE: Place(at, at % 2), TWO: Place(at, 1 - at % 2)}
        assert rig.passes(BOUND * 0.6) is None


def test_marks_at_the_end_of_a_partition_are_nothing_to_read(rig: Rig) -> None:
    rig.kafka.has_records = False
    assert rig.passes(10 * BOUND) is None


def test_partitions_of_others_are_no_business_of_this_worker(rig: Rig) -> None:
    rig.watchdog.assigned = frozenset({TWO})
    assert rig.passes(10 * BOUND) is None
    rig.watchdog.assigned = frozenset()
    asked = rig.kafka.questions
    assert rig.passes(10 * BOUND) is None
    assert rig.kafka.questions == asked


def test_kafka_away_is_an_outage(rig: Rig) -> None:
    rig.kafka.is_away = True
    assert rig.passes(10 * BOUND) is None
    rig.kafka.is_away = False
    assert rig.passes(BOUND) is None
    rig.kafka.is_away = True
    assert rig.passes(BOUND) is None


def test_an_outage_in_between_begins_anew(rig: Rig) -> None:
    assert rig.passes(BOUND * 0.5) is None
    rig.kafka.is_away = True
    assert rig.passes(BOUND * 0.4) is None
    rig.kafka.is_away = False
    assert rig.passes(BOUND) is None
    assert rig.passes(BOUND * 0.2) is not None


@pytest.mark.parametrize("part", ["store", "registry", PARTITIONS])
def test_who_waits_is_excused_while_its_loop_turns(rig: Rig, part: str) -> None:
    rig.health.wait_for(part, "away, or under way")
    assert rig.passes(10 * BOUND) is None
    rig.loop_turns = False
    assert rig.passes(1.8 * BOUND) is None, "rebuilding after recovery may keep it busy for a while"
    assert rig.passes(BOUND) is not None


def test_once_it_has_come_back_there_is_no_excuse(rig: Rig) -> None:
    rig.health.wait_for("store", "away")
    assert rig.passes(10 * BOUND) is None
    rig.health.arrived("store")
    assert rig.passes(BOUND) is None
    assert rig.passes(BOUND) is not None


def test_after_a_rebalance_it_begins_anew(rig: Rig) -> None:
    for _ in range(10):
        assert rig.passes(BOUND * 0.9) is None
        rig.watchdog.assigned = frozenset([ONE, TWO])  # the same partitions, assigned again


def test_a_process_that_was_stopped_did_not_stand_still(rig: Rig) -> None:
    assert rig.passes(BOUND * 0.9) is None
    rig.now += 10 * BOUND
    assert rig.watchdog.look() is None
    rig.health.beat()
    assert rig.passes(BOUND) is None
    assert rig.passes(BOUND) is not None


def test_what_goes_on_while_kafka_is_asked_is_no_standstill(rig: Rig) -> None:
    assert rig.passes(BOUND) is None
    asks = rig.kafka.places

    def places(topics: list[str]) -> dict[Partition, Place]:
        rig.health.moved()
        return asks(topics)

    rig.kafka.places = places  # type: ignore[method-assign]
    assert rig.passes(BOUND) is None


def test_it_looks_often_enough_and_not_too_often(rig: Rig) -> None:
    assert rig.watchdog.interval_seconds == 15.0
    assert Watchdog("group", 4.0, rig.health, rig.kafka).interval_seconds == 0.5


def test_it_says_what_stands_still() -> None:
    places = {("scans", p): Place(p, 2) for p in range(NAMED_MAX + 3)}
    said = str(Standstill("missionpath.resolve", 121.0, 1.0, places))
    assert said.startswith("missionpath.resolve stands still: nothing was worked through or acknowledged for 121 s")
    assert "scans[0]@0 lags by 2, scans[1]@1 lags by 2" in said
    assert said.endswith("and 3 more partitions")
    assert "scans[11]" not in said


class App:
    """What the pulse and the watchdog need of an application: timers, signals and where it stands."""

    def __init__(self) -> None:
        self.rebalancing = self.in_recovery = False
        self.left = 0
        self.ticks: list[Any] = []
        self.on_partitions_assigned = Signal()
        self.on_partitions_revoked = Signal()
        self.tables = SimpleNamespace(recovery=SimpleNamespace(active_remaining_total=lambda: self.left))

    def timer(self, interval: float) -> Any:
        return self.ticks.append


class Signal:
    """One that the test sends."""

    def connect(self, handler: Any) -> None:
        self.handler = handler


def test_the_pulse_tells_that_the_loop_turns_and_what_is_left_to_recover() -> None:
    now = 0.0
    app, health = App(), Health(clock=lambda: now)
    pulse(app, health)
    (beat,) = app.ticks
    now, app.in_recovery, app.left = 9.0, True, 12
    asyncio.run(beat())
    assert health.silent_seconds == 0
    assert not health.ready
    assert shown() == 12
    app.in_recovery, app.rebalancing = False, True
    asyncio.run(beat())
    assert not health.ready
    assert shown() == 0
    app.rebalancing = False
    asyncio.run(beat())
    assert health.ready


def shown() -> float:
    (family,) = metrics.RECOVERY_REMAINING.collect()
    return family.samples[0].value


def test_changelogs_are_nothing_to_acknowledge(rig: Rig) -> None:
    app = App()
    keep(app, rig.watchdog, ["scans"])
    assigned = [SimpleNamespace(topic=topic, partition=1) for topic in ("scans", "group-table-changelog")]
    asyncio.run(app.on_partitions_assigned.handler(app, assigned))
    assert rig.watchdog.assigned == {TWO}
    asyncio.run(app.on_partitions_revoked.handler(app, assigned))
    assert not rig.watchdog.assigned
