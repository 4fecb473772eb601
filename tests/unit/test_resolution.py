"""Whose is this read? The same answer, whatever order bindings and reads arrive in: resolve and track together."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from aiokafka.structs import ConsumerRecord
from builders import (
    BOX,
    IMPORT_PATH,
    MRN_1,
    OTHER_BOX,
    OTHER_TRUCK,
    PORT,
    TRUCK,
    at,
    event_id,
    ids,
    plan,
    scan,
    status,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from rig import Sent, Worker, identity_record, record, resolver, tracker

from domain.events import CustomsStatus, CustomsStatusChanged, IdScanned, IotIdGenerated, Observation
from domain.identifiers import check, plainest
from domain.judging import unpacked
from domain.mission import Mission
from domain.observation import candidates
from domain.view import by_kind
from streams.outbox import partition_of
from streams.track import decode
from topics.catalog import READ_BY, RESOLVE_GROUP, TRACK_GROUP

PARTITIONS = 3
MISSIONS = [UUID(int=n, version=4) for n in (0xA11, 0xB22, 0xC33)]
NAMED = {
    "box": ids(BIC=BOX),
    "other box": ids(BIC=OTHER_BOX),
    "seal": ids(SEAL="BRI0000001"),
    "paper": ids(MRN=MRN_1),
    "truck": ids(PLATE=TRUCK),
    "other truck": ids(PLATE=OTHER_TRUCK),
}


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

    def run(self, rng: Random) -> None:
        """Deliver chunks of any size from any partition until nothing is left."""
        for _ in range(2_000):
            places = sorted(place for place, records in self.waiting.items() if records)
            if not places:
                return
            topic, partition = place = rng.choice(places)
            size = rng.randint(1, 4)
            chunk, self.waiting[place] = self.waiting[place][:size], self.waiting[place][size:]
            self._deliver(self.workers[self.readers[topic]][partition].take(*chunk, partition=partition))
        pytest.fail("records go round in circles")

    def _deliver(self, out: Iterable[Sent]) -> None:
        for each in out:
            if each.topic in self.readers:
                self.waiting[each.topic, each.partition].append(
                    record(each.topic, each.key, each.value, each.headers)
                )

    def belonging(self) -> dict[UUID, set[UUID]]:
        """The observations of every mission, as its rules see them."""
        found: dict[UUID, set[UUID]] = {}
        for worker in self.workers[TRACK_GROUP]:
            for value in worker.table.values():
                mission = unpacked(decode(value))
                assert isinstance(mission, Mission)
                counting = by_kind(mission.facts)
                observed = [
                    f for kind, facts in counting.items() if kind.__name__ in ("Read", "Ruling") for f in facts
                ]
                found[mission.iot_id] = {fact.event_id for fact in observed}
        return {iot_id: events for iot_id, events in found.items() if events}


Bindings = dict[str, list[tuple[datetime, UUID, UUID]]]


def resolution(generations: list[IotIdGenerated], observations: list[Observation]) -> dict[UUID, set[UUID]]:
    """What belongs where when everything is known: the best identifier that means a mission then decides."""
    bindings: Bindings = defaultdict(list)
    for generation in generations:
        for named in generation.identifiers:
            key = plainest(check(named.scheme, named.value)).key
            bindings[key].append((generation.occurred_at, generation.event_id, generation.iot_id))
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for observation in observations:
        for candidate in candidates(observation):
            known = sorted(b for b in bindings[candidate.key] if b[0] <= observation.occurred_at)
            if known:
                found[known[-1][2]].add(observation.event_id)
                break
    return dict(found)


generations = st.lists(
    st.builds(
        lambda when, what: (when, tuple(i for name in what for i in NAMED[name])),
        st.integers(0, 20),
        st.sets(st.sampled_from(sorted(NAMED)), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=len(MISSIONS),
)
seen = st.tuples(st.integers(0, 30), st.sets(st.sampled_from(sorted(NAMED)), min_size=1, max_size=3), st.booleans())


def observation(number: int, minutes: int, names: set[str], *, is_scan: bool) -> IdScanned | CustomsStatusChanged:
    named = tuple(i for name in sorted(names) for i in NAMED[name])
    if is_scan:
        return scan(number, minutes, "DOCK", *named)
    return status(number, minutes, CustomsStatus.DECLARED, *named)


@settings(max_examples=300, deadline=None)
@given(minted=generations, observed=st.lists(seen, min_size=1, max_size=5), seed=st.integers(0, 2**32))
def test_any_order_of_bindings_and_observations_ends_with_the_same_resolution(
    minted: list[tuple[int, Any]], observed: list[tuple[int, set[str], bool]], seed: int
) -> None:
    plans = [plan(1 + n, when, IMPORT_PATH, identifiers, MISSIONS[n]) for n, (when, identifiers) in enumerate(minted)]
    observations = [observation(100 + n, when, names, is_scan=s) for n, (when, names, s) in enumerate(observed)]
    pipeline, rng = Pipeline(), Random(seed)
    for event in rng.sample(told := [*plans, *observations, *observations[:1]], len(told)):
        pipeline.publish(identity_record(event))
        if rng.random() < 0.5:
            pipeline.run(rng)
    pipeline.run(rng)
    assert pipeline.belonging() == resolution(plans, observations)


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


def test_the_clock_of_these_tests() -> None:
    assert at(20) == READ.occurred_at
