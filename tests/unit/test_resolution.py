"""Whose is this read? The same answer, whatever order bindings and reads arrive in: resolve and track together."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest
from aiokafka.structs import ConsumerRecord
from builders import (
    BOX,
    IMPORT_PATH,
    MRN_1,
    MRN_2,
    OTHER_BOX,
    OTHER_TRUCK,
    PORT,
    TRUCK,
    amended,
    appointment,
    at,
    deadline,
    event_id,
    ids,
    plan,
    retracted,
    scan,
    signal,
    status,
)
from conveyance_builders import composed, listed
from hypothesis import given, settings
from hypothesis import strategies as st
from rig import Sent, Worker, identity_record, record, resolver, tracker

from domain.events import (
    CustomsStatus,
    CustomsStatusChanged,
    DeviceSignal,
    EventRetracted,
    Identifier,
    IdScanned,
    IotIdGenerated,
    MissionAmended,
    TrainComposed,
)
from domain.facts import Booking, Read, Ruling, Signal
from domain.identifiers import Scheme, check, plainest
from domain.identity import Identity
from domain.judging import unpacked
from domain.mission import Mission
from domain.observation import candidates
from domain.view import by_kind
from streams.outbox import Outbox, partition_of
from streams.track import decode
from topics.catalog import READ_BY, RESOLVE_GROUP, TRACK_GROUP

PARTITIONS = 3
GRACE = timedelta(minutes=10)
MISSIONS = [UUID(int=n, version=4) for n in (0xA11, 0xB22, 0xC33)]
NAMED = {
    "box": ids(BIC=BOX),
    "other box": ids(BIC=OTHER_BOX),
    "seal": ids(SEAL="BRI0000001"),
    "paper": ids(MRN=MRN_1),
    "truck": ids(PLATE=TRUCK),
    "other truck": ids(PLATE=OTHER_TRUCK),
}


def told_with_state(worker: Worker, chunk: list[ConsumerRecord[Any, Any]], partition: int) -> list[Sent]:
    """Work through a chunk, and send no more than what the changes of the state carry with them."""
    outbox = Outbox(PARTITIONS)
    before = dict(worker.table)
    worker.handler.handle(partition, worker.receiver.decode(chunk, outbox), outbox)
    changed = [key for key, value in worker.table.items() if before.get(key) != value]
    told = [each for key in changed for each in outbox.told_of(key)]
    return [Sent(*place, key, value, tuple(headers)) for *place, key, value, headers in told]


class Pipeline:
    """Workers of both groups that feed each other through their topics, in any order of delivery."""

    def __init__(self) -> None:
        self.workers: dict[str, list[Worker]] = {
            RESOLVE_GROUP: [resolver(PARTITIONS) for _ in range(PARTITIONS)],
            TRACK_GROUP: [tracker(PORT, PARTITIONS) for _ in range(PARTITIONS)],
        }
        self.readers = {topic.name: group for group in self.workers for topic in READ_BY[group]}
        self.waiting: dict[tuple[str, int], list[ConsumerRecord[Any, Any]]] = defaultdict(list)

    def publish(self, incoming: ConsumerRecord[Any, Any]) -> None:
        self.waiting[incoming.topic, partition_of(incoming.key, PARTITIONS)].append(incoming)

    def run(self, rng: Random, killed: float = 0.0) -> None:
        """Deliver chunks of any size from any partition until nothing is left.

        *Shape*: ``killed`` is how often a worker dies between keeping its state and telling what came of it.
        """
        for _ in range(2_000):
            places = sorted(place for place, records in self.waiting.items() if records)
            if not places:
                return
            topic, partition = place = rng.choice(places)
            size = rng.randint(1, 4)
            chunk, self.waiting[place] = self.waiting[place][:size], self.waiting[place][size:]
            worker = self.workers[self.readers[topic]][partition]
            if rng.random() < killed:
                self._deliver(told_with_state(worker, chunk, partition))  # and what is not, is lost
            self._deliver(worker.take(*chunk, partition=partition))
        pytest.fail("records go round in circles")

    def _deliver(self, out: Iterable[Sent]) -> None:
        for each in out:
            if each.topic in self.readers:
                self.waiting[each.topic, each.partition].append(
                    record(each.topic, each.key, each.value, each.headers)
                )

    def clock(self) -> None:
        """Let everything that waits be judged."""
        for worker in self.workers[RESOLVE_GROUP]:
            for key in list(worker.table):
                place = partition_of(key, PARTITIONS)
                self._deliver(worker.take(identity_record(deadline(600, key.decode()), place), partition=place))

    def unknown(self) -> dict[str, set[UUID]]:
        """The scans that are evidence of an unknown object, by its identifier."""
        told = {}
        for worker in self.workers[RESOLVE_GROUP]:
            for key, value in worker.table.items():
                entries = msgspec.msgpack.decode(value, type=Identity).ledger.entries
                told |= {key.decode(): set(entry.finding.evidence) for entry in entries if entry.is_open}
        return told

    def belonging(self) -> dict[UUID, set[UUID]]:
        """The observations of every mission, as its rules see them."""
        found: dict[UUID, set[UUID]] = {}
        for worker in self.workers[TRACK_GROUP]:
            for value in worker.table.values():
                mission = unpacked(decode(value))
                if not isinstance(mission, Mission):
                    continue
                counting = by_kind(mission.facts)
                observed = [f for kind in (Read, Ruling, Signal, Booking) for f in counting.get(kind, [])]
                found[mission.iot_id] = {fact.event_id for fact in observed}
        return {iot_id: events for iot_id, events in found.items() if events}


class Word(NamedTuple):
    """What an event says of an identifier; in the order of the moments from which it holds."""

    since: datetime
    event_id: UUID
    iot_id: UUID
    released: bool


def words(told: Iterable[Any]) -> dict[str, list[Word]]:
    """What all events but those taken back say, by identifier."""
    withdrawn = {event.retracts for event in told if isinstance(event, EventRetracted)}
    said: dict[str, list[Word]] = defaultdict(list)
    for event in told:
        if isinstance(event, IotIdGenerated | MissionAmended) and event.event_id not in withdrawn:
            bound = event.identifiers if isinstance(event, IotIdGenerated) else event.added
            released = () if isinstance(event, IotIdGenerated) else event.removed
            for named, is_released in [*((i, False) for i in bound), *((i, True) for i in released)]:
                key = plainest(check(named.scheme, named.value)).key
                said[key].append(Word(event.occurred_at, event.event_id, event.iot_id, is_released))
    return said


def meaning(said: list[Word], at: datetime) -> list[UUID]:
    """The missions that an identifier means: the last word about each is that it is bound; the last bound first."""
    last_of = {word.iot_id: word for word in sorted(said) if word.since <= at}
    return [word.iot_id for word in sorted(last_of.values(), reverse=True) if not word.released]


def expectations(told: Iterable[Any]) -> dict[str, list[datetime]]:
    """When the lists that were not taken back were made, by the units on them."""
    withdrawn = {event.retracts for event in told if isinstance(event, EventRetracted)}
    named: dict[str, list[datetime]] = defaultdict(list)
    for event in told:
        if isinstance(event, TrainComposed) and event.event_id not in withdrawn:
            for each in event.units:
                named[f"BIC:{each.unit.value}"].append(event.occurred_at)
    return named


class Resolution(NamedTuple):
    """What belongs to which mission, and which scans are unknown objects under which identifier."""

    belonging: dict[UUID, set[UUID]]
    unknown: dict[str, set[UUID]]


def resolution(told: list[Any]) -> Resolution:
    """What belongs where when everything is known: the best identifier that means a mission then decides.

    A declaration means all its missions, if nothing better is named.
    """
    said, expected = words(told), expectations(told)
    withdrawn = {event.retracts for event in told if isinstance(event, EventRetracted)}
    found, unknown = defaultdict(set), defaultdict(set)
    for event in told:
        if not isinstance(event, IdScanned | CustomsStatusChanged) or event.event_id in withdrawn:
            continue
        tried = [candidate.key for candidate in candidates(event)]
        key, meant = next(((k, m) for k in tried if (m := meaning(said[k], event.occurred_at))), ("", []))
        for iot_id in meant if key == tried[0] and key.startswith("MRN:") else meant[:1]:
            found[iot_id].add(event.event_id)
        is_unknown = not meant and isinstance(event, IdScanned)
        if is_unknown and not any(listed_at <= event.occurred_at + GRACE for listed_at in expected[tried[0]]):
            unknown[tried[0]].add(event.event_id)
    return Resolution(dict(found), dict(unknown))


names = st.sets(st.sampled_from(sorted(NAMED)), max_size=3)
generations = st.tuples(st.integers(0, 20), names.filter(bool))
amendments = st.tuples(st.sampled_from(MISSIONS), st.integers(0, 25), names, names)
seen = st.tuples(st.integers(0, 30), names.filter(bool), st.booleans())


def identifiers(of: Iterable[str]) -> tuple[Identifier, ...]:
    return tuple(identifier for name in sorted(of) for identifier in NAMED[name])


def observation(number: int, minutes: int, names: set[str], *, is_scan: bool) -> IdScanned | CustomsStatusChanged:
    if is_scan:
        return scan(number, minutes, "DOCK", *identifiers(names))
    return status(number, minutes, CustomsStatus.DECLARED, *identifiers(names))


def taken_back(number: int, event: Any) -> EventRetracted:
    """The retraction of an event, by the identifiers of that event as of its moment."""
    if isinstance(event, IotIdGenerated):
        return retracted(number, 99, event, *ids(IOT_ID=str(event.iot_id)), *event.identifiers)
    if isinstance(event, MissionAmended):
        return retracted(number, 99, event, *ids(IOT_ID=str(event.iot_id)), *event.added, *event.removed)
    if isinstance(event, TrainComposed):
        return retracted(number, 99, event, conveyance=event.train)
    return retracted(number, 99, event, *event.identifiers)


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """Missions that are bound, amended and taken back, trains' lists, and what is observed meanwhile."""
    declared = draw(st.sampled_from([set(), {"paper"}]))  # together
    minted = draw(st.lists(generations, min_size=1, max_size=len(MISSIONS)))
    changed = draw(st.lists(amendments, max_size=3))
    lists = draw(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([BOX, OTHER_BOX])), max_size=2))
    observed = draw(st.lists(seen, min_size=1, max_size=5))
    decided = draw(st.lists(st.integers(0, 30), max_size=3))
    told: list[Any] = [
        plan(1 + n, when, IMPORT_PATH, identifiers(of | declared), MISSIONS[n]) for n, (when, of) in enumerate(minted)
    ]
    told += [
        msgspec.structs.replace(
            amended(50 + n, when, IMPORT_PATH, identifiers(added), identifiers(removed - added)), iot_id=iot_id
        )
        for n, (iot_id, when, added, removed) in enumerate(changed)
    ]
    told += [observation(100 + n, when, of, is_scan=s) for n, (when, of, s) in enumerate(observed)]
    told += [observation(150 + n, when, declared, is_scan=False) for n, when in enumerate(decided) if declared]
    told += [composed(80 + n, when, listed(unit)) for n, (when, unit) in enumerate(lists)]
    gone = draw(st.lists(st.sampled_from(told), max_size=3, unique_by=lambda event: event.event_id))
    return told + [taken_back(200 + n, event) for n, event in enumerate(gone)]


@settings(max_examples=400, deadline=None)
@given(told=histories(), seed=st.integers(0, 2**32))
def test_any_order_of_bindings_and_observations_ends_with_the_same_resolution(told: list[Any], seed: int) -> None:
    pipeline, rng = Pipeline(), Random(seed)
    repeated = rng.sample(told, min(2, len(told)))
    for event in rng.sample(deliveries := [*told, *repeated], len(deliveries)):
        pipeline.publish(identity_record(event))
        if rng.random() < 0.5:
            pipeline.run(rng)
        if rng.random() < 0.1:
            pipeline.clock()
    pipeline.run(rng)
    pipeline.clock()
    assert Resolution(pipeline.belonging(), pipeline.unknown()) == resolution(told)


@settings(max_examples=150, deadline=None)
@given(told=histories(), seed=st.integers(0, 2**32))
def test_workers_that_die_before_they_tell_what_they_know_change_nothing(told: list[Any], seed: int) -> None:
    pipeline, rng = Pipeline(), Random(seed)
    for event in rng.sample(told, len(told)):
        pipeline.publish(identity_record(event))
        if rng.random() < 0.5:
            pipeline.run(rng, killed=0.3)
    pipeline.run(rng, killed=0.3)
    pipeline.clock()
    assert Resolution(pipeline.belonging(), pipeline.unknown()) == resolution(told)


def in_this_order(*events: Any) -> dict[UUID, set[UUID]]:
    """What belongs where when each event is worked through before the next one arrives."""
    pipeline = Pipeline()
    for event in events:
        pipeline.publish(identity_record(event))
        while places := [place for place, records in pipeline.waiting.items() if records]:
            topic, partition = places[0]
            chunk, pipeline.waiting[places[0]] = pipeline.waiting[places[0]], []
            worker = pipeline.workers[pipeline.readers[topic]][partition]
            pipeline._deliver(worker.take(*chunk, partition=partition))
    return pipeline.belonging()


FIRST, SECOND, THIRD = MISSIONS
READ = scan(100, 20, "DOCK", *ids(BIC=BOX, PLATE=TRUCK))


def test_a_container_that_came_back_takes_its_read_along_when_its_second_binding_is_late() -> None:
    old, new = plan(1, 0, iot_id=FIRST), plan(2, 10, iot_id=SECOND)
    assert in_this_order(old, READ, new) == {SECOND: {event_id(100)}}


def test_the_container_wins_over_the_truck_when_it_is_bound_later() -> None:
    by_truck = plan(1, 0, identifiers=ids(PLATE=TRUCK), iot_id=FIRST)
    by_box = plan(2, 10, identifiers=ids(BIC=BOX), iot_id=SECOND)
    assert in_this_order(by_truck, READ, by_box) == {SECOND: {event_id(100)}}


def test_a_read_moves_on_twice() -> None:
    old, new, newest = plan(1, 0, iot_id=FIRST), plan(2, 10, iot_id=SECOND), plan(3, 15, iot_id=THIRD)
    assert in_this_order(old, READ, new, newest) == {THIRD: {event_id(100)}}
    assert in_this_order(old, READ, newest, new) == {THIRD: {event_id(100)}}


def test_what_was_handed_over_and_is_then_taken_leaves_the_last_mission_too() -> None:
    truck, truck_again = (plan(n, n, identifiers=ids(PLATE=TRUCK), iot_id=MISSIONS[n - 1]) for n in (1, 2))
    box = plan(3, 3, identifiers=ids(BIC=BOX), iot_id=THIRD)
    assert in_this_order(truck, READ, truck_again, box) == {THIRD: {event_id(100)}}


def test_a_read_before_the_second_binding_stays() -> None:
    early = scan(100, 5, "DOCK", *ids(BIC=BOX))
    assert in_this_order(plan(1, 0, iot_id=FIRST), early, plan(2, 10, iot_id=SECOND)) == {FIRST: {event_id(100)}}


def released(number: int, minutes: int, iot_id: UUID = FIRST, **named: str) -> MissionAmended:
    return msgspec.structs.replace(amended(number, minutes, removed=ids(**named)), iot_id=iot_id)


BY_BOX = plan(1, 0, identifiers=ids(BIC=BOX), iot_id=FIRST)
BY_TRUCK = plan(2, 0, identifiers=ids(PLATE=TRUCK), iot_id=SECOND)


def test_a_read_leaves_a_mission_from_which_its_container_was_released_before_it() -> None:
    assert in_this_order(BY_BOX, READ, released(9, 10, BIC=BOX)) == {}
    assert in_this_order(BY_BOX, READ, released(9, 21, BIC=BOX)) == {FIRST: {event_id(100)}}


def test_it_goes_to_the_mission_that_its_next_identifier_means() -> None:
    assert in_this_order(BY_BOX, BY_TRUCK, READ, released(9, 10, BIC=BOX)) == {SECOND: {event_id(100)}}
    assert in_this_order(BY_BOX, READ, released(9, 10, BIC=BOX), BY_TRUCK) == {SECOND: {event_id(100)}}


def test_it_goes_back_to_an_older_mission_when_the_newer_one_is_taken_back() -> None:
    old, new = plan(1, 0, iot_id=FIRST), plan(2, 10, iot_id=SECOND)
    assert in_this_order(old, new, READ, taken_back(9, new)) == {FIRST: {event_id(100)}}
    assert in_this_order(old, READ, new, taken_back(9, new)) == {FIRST: {event_id(100)}}


def test_a_better_identifier_that_was_released_takes_nothing_any_more() -> None:
    by_box = plan(1, 0, identifiers=ids(BIC=BOX), iot_id=FIRST)
    assert in_this_order(BY_TRUCK, READ, by_box, released(9, 10, BIC=BOX)) == {SECOND: {event_id(100)}}


def test_a_release_that_is_taken_back_gives_the_read_back() -> None:
    release = released(9, 10, BIC=BOX)
    for others in ((), (BY_TRUCK,)):
        assert in_this_order(BY_BOX, *others, READ, release, taken_back(10, release)) == {FIRST: {event_id(100)}}


def test_a_doubtful_second_identifier_is_not_forgotten() -> None:
    doubtful = Identifier(scheme=Scheme.PLATE, value=TRUCK, confidence=0.4)
    read = scan(100, 20, "DOCK", *ids(BIC=BOX), doubtful)
    assert in_this_order(BY_BOX, BY_TRUCK, read, released(9, 10, BIC=BOX)) == {SECOND: {event_id(100)}}


@pytest.mark.parametrize("named", [ids(MRN=MRN_1, BIC=BOX), ids(BIC=BOX, MRN=MRN_1)])
def test_a_customs_status_goes_the_same_way(named: tuple[Identifier, ...]) -> None:
    ruling = status(100, 20, CustomsStatus.DECLARED, *named)
    by_paper = plan(2, 0, identifiers=ids(MRN=MRN_1), iot_id=SECOND)
    assert in_this_order(BY_BOX, by_paper, ruling, released(9, 10, BIC=BOX)) == {SECOND: {event_id(100)}}


# Every scheme is an ordinary identifier ---------------------------------------------------------------------------


LOADED = plan(1, 0, identifiers=ids(BIC=BOX, SEAL="BRI1234567") + ids(MRN=MRN_1) + ids(MRN=MRN_2), iot_id=FIRST)
SAME_PAPER = plan(2, 5, identifiers=ids(BIC=OTHER_BOX, MRN=MRN_1), iot_id=SECOND)


def named(event: Any, *identifiers: Identifier) -> Any:
    return msgspec.structs.replace(event, identifiers=identifiers)


@pytest.mark.parametrize(
    ("event", "missions"),
    [
        (scan(100, 20, "DOCK", *ids(SEAL="BRI1234567")), (FIRST,)),
        (scan(100, 20, "DOCK", *ids(SEAL="RFID:bri-1234567")), (FIRST,)),
        (named(signal(100, 20, DeviceSignal.DOOR_OPENED), *ids(SEAL="BRI1234567")), (FIRST,)),
        (named(signal(100, 20, DeviceSignal.SEAL_TAMPERED), *ids(BIC=BOX)), (FIRST,)),
        (named(appointment(100, 20, "GATE", (60, 90)), *ids(SEAL="BRI1234567")), (FIRST,)),
        (status(100, 20, CustomsStatus.RELEASED, *ids(MRN=MRN_2)), (FIRST,)),
        # One declaration of two units: each has its own status when the unit is named beside it, else it is of both.
        (status(100, 4, CustomsStatus.RELEASED, *ids(MRN=MRN_1)), (FIRST,)),
        (status(100, 20, CustomsStatus.RELEASED, *ids(BIC=BOX, MRN=MRN_1)), (FIRST,)),
        (status(100, 20, CustomsStatus.RELEASED, *ids(BIC=OTHER_BOX, MRN=MRN_1)), (SECOND,)),
        (status(100, 20, CustomsStatus.RELEASED, *ids(MRN=MRN_1)), (FIRST, SECOND)),
        (named(appointment(100, 20, "GATE", (60, 90)), *ids(MRN=MRN_1)), (FIRST, SECOND)),
    ],
)
def test_seals_devices_and_declarations_lead_where_they_are_bound_in_any_order(
    event: Any, missions: tuple[UUID, ...]
) -> None:
    for told in permutations((LOADED, SAME_PAPER, event)):
        assert in_this_order(*told) == {mission: {event_id(100)} for mission in missions}


# One declaration over several units -------------------------------------------------------------------------------

ON_PAPER = [plan(1 + n, n, identifiers=ids(MRN=MRN_1), iot_id=iot_id) for n, iot_id in enumerate(MISSIONS)]
RELEASED = status(100, 20, CustomsStatus.RELEASED, *ids(MRN=MRN_1))
TAKEN_OFF = released(9, 10, iot_id=SECOND, MRN=MRN_1)


def of_each(*missions: UUID) -> dict[UUID, set[UUID]]:
    return {mission: {event_id(100)} for mission in missions}


def test_a_release_of_the_declaration_releases_every_container_even_one_that_becomes_known_later() -> None:
    for told in permutations((*ON_PAPER, RELEASED)):
        assert in_this_order(*told) == of_each(FIRST, SECOND, THIRD)


def test_a_container_that_is_minted_after_the_release_has_no_part_in_it() -> None:
    late = plan(3, 30, identifiers=ids(MRN=MRN_1), iot_id=THIRD)
    for told in permutations((*ON_PAPER[:2], late, RELEASED)):
        assert in_this_order(*told) == of_each(FIRST, SECOND)


def test_an_amendment_takes_one_container_off_the_declaration_and_the_others_keep_the_release() -> None:
    for told in permutations((*ON_PAPER, RELEASED, TAKEN_OFF)):
        assert in_this_order(*told) == of_each(FIRST, THIRD)


def test_an_amendment_that_is_taken_back_gives_the_release_back() -> None:
    for told in permutations((*ON_PAPER[:2], RELEASED, TAKEN_OFF, taken_back(10, TAKEN_OFF))):
        assert in_this_order(*told) == of_each(FIRST, SECOND)


def test_a_release_that_is_taken_back_is_taken_back_from_every_container() -> None:
    for told in permutations((*ON_PAPER, RELEASED, taken_back(10, RELEASED))):
        assert in_this_order(*told) == {}


def test_when_no_container_is_left_the_release_waits_for_the_next_one() -> None:
    gone = [taken_back(10 + n, plan) for n, plan in enumerate(ON_PAPER[:2])]
    for told in permutations((*ON_PAPER[:2], RELEASED, *gone)):
        assert in_this_order(*told) == {}
        assert in_this_order(*told, ON_PAPER[2]) == of_each(THIRD)


def test_the_clock_of_these_tests() -> None:
    assert at(20) == READ.occurred_at
