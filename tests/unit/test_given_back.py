"""The worker ``track``: a read that nothing led rightly goes back; a list that is taken back expects nothing."""

from typing import Any

import pytest
from builders import BOX, IOT_ID, PORT, TRUCK, at, event_id, ids, plan, retracted, scan
from conveyance_builders import CALL, TRAIN, composed, listed, manifest
from rig import CODEC, PUBLISHED_MS, Sent, Worker, mission_record, states, to_topic, tracker

from domain.associations import expectations_of
from domain.events import FactMoved, IdentifierHandedOver, ObservationTaken, UnitExpected
from domain.facts import tried_by
from domain.remembering import carried
from topics.catalog import ID_BOUND, MISSION_EVENT_RESOLVED, OBSERVATION_REROUTED
from topics.headers import DECISION, ORIGIN_MS, RANK, RESOLVED_BY

BOX_KEY, TRUCK_KEY = f"BIC:{BOX}", f"PLATE:{TRUCK}"
READ = scan(2, 20, "DOCK", *ids(PLATE=TRUCK, BIC=BOX))


def over(number: int, told_as: int, *, to_nobody: bool) -> IdentifierHandedOver:
    return IdentifierHandedOver(
        event_id=event_id(number),
        occurred_at=at(10),
        key=BOX_KEY,
        to_iot_id=None,
        to_nobody=to_nobody,
        number=told_as,
    )


def led(event: Any, rank: int = 0, key: str = BOX_KEY, decision: int = 0) -> Any:
    headers = [(RESOLVED_BY, key.encode()), (RANK, b"%d" % rank), (DECISION, b"%d" % decision), (ORIGIN_MS, b"7")]
    return mission_record(event, IOT_ID, headers)


def mission(*events: Any) -> Worker:
    worker = tracker(PORT)
    worker.take(mission_record(plan(1, 0), IOT_ID), *events)
    return worker


def reads(out: list[Sent]) -> int:
    return states(out)[-1].reads


def given_back(out: list[Sent]) -> list[tuple[str, int, tuple[str, ...]]]:
    """What goes home: where, led by which rank, and by what else it may be looked up."""
    found = []
    for each in to_topic(out, OBSERVATION_REROUTED):
        fact = carried(CODEC.decode(each.value, FactMoved))
        found.append(((each.key or b"").decode(), fact.rank, tried_by(fact)))
    return found


TO_NOBODY = mission_record(over(3, 1, to_nobody=True), IOT_ID)
AGAIN = mission_record(over(4, 2, to_nobody=False), IOT_ID)


def test_what_led_it_here_means_nobody_any_more_so_it_goes_home_and_is_forgotten() -> None:
    worker = mission(led(READ))
    out = worker.take(TO_NOBODY)
    assert given_back(out) == [(BOX_KEY, 0, (BOX_KEY, TRUCK_KEY))]
    assert reads(out) == 0
    assert to_topic(out, MISSION_EVENT_RESOLVED) == []
    (back,) = to_topic(out, OBSERVATION_REROUTED)
    assert back.header(ORIGIN_MS) == str(PUBLISHED_MS).encode()


def test_a_read_that_comes_after_the_news_goes_home_at_once_and_again_when_it_is_repeated() -> None:
    worker = mission(TO_NOBODY)
    for _ in range(2):
        assert given_back(worker.take(led(READ))) == [(BOX_KEY, 0, (BOX_KEY, TRUCK_KEY))]


def test_news_told_twice_sends_nothing_twice() -> None:
    worker = mission(led(READ), TO_NOBODY)
    assert worker.take(TO_NOBODY) == []


def test_a_read_before_the_moment_stays() -> None:
    early = scan(2, 9, "DOCK")
    out = mission(led(early)).take(TO_NOBODY)
    assert (given_back(out), reads(out)) == ([], 1)


def test_the_identifier_means_the_mission_again() -> None:
    for order in ((led(READ), TO_NOBODY, AGAIN), (AGAIN, TO_NOBODY, led(READ)), (TO_NOBODY, led(READ), AGAIN)):
        out = mission(*order[:-1]).take(order[-1])
        assert reads(out) == 1
        assert given_back(out) == []


def test_led_here_by_its_next_identifier_it_stays() -> None:
    by_truck = led(READ, 1, TRUCK_KEY, decision=1)
    for order in ((led(READ), TO_NOBODY, by_truck), (by_truck, led(READ), TO_NOBODY), (TO_NOBODY, by_truck)):
        assert reads(mission(*order[:-1]).take(order[-1])) == 1


@pytest.mark.parametrize(("decision", "count"), [(1, 0), (2, 0), (3, 1)])
def test_what_a_better_identifier_took_may_be_led_here_again_by_a_later_decision(decision: int, count: int) -> None:
    taken = ObservationTaken(event_id=event_id(9), occurred_at=READ.occurred_at, takes=event_id(2), rank=0, number=2)
    by_truck = led(READ, 1, TRUCK_KEY, decision)
    for order in ((by_truck, mission_record(taken, IOT_ID)), (mission_record(taken, IOT_ID), by_truck)):
        assert reads(mission(*order[:-1]).take(order[-1])) == count


# Lists and manifests that are taken back --------------------------------------------------------------------------

LIST, MANIFEST = composed(1, 0, listed(), listed("CSQU3054384")), manifest(1, 0)


@pytest.mark.parametrize(("named", "owner"), [(LIST, TRAIN), (MANIFEST, CALL)])
@pytest.mark.parametrize("first", ["the list", "its retraction"])
def test_its_units_are_told_that_they_are_expected_no_more(named: Any, owner: str, first: str) -> None:
    both = [mission_record(event, owner) for event in (named, retracted(9, 99, named, conveyance=owner))]
    worker = tracker(PORT)
    one, other = both if first == "the list" else both[::-1]
    assert to_topic(worker.take(one), ID_BOUND) == []
    (told,) = to_topic(worker.take(other), ID_BOUND)
    unit = CODEC.decode(told.value, UnitExpected)
    assert (told.key, unit.withdrawn) == (BOX_KEY.encode(), True)
    (expected,) = expectations_of(named)
    assert (unit.event_id, unit.expected_from, unit.expected_until) == (
        expected.event_id,
        expected.expected_from,
        expected.expected_until,
    )
    assert worker.take(*both) == []


def test_the_retraction_of_anything_else_leaves_the_units_expected() -> None:
    worker = tracker(PORT)
    seen = scan(2, 5, "RAIL-OUT", conveyance=TRAIN)
    records = [mission_record(event, TRAIN) for event in (LIST, seen, retracted(9, 99, seen, conveyance=TRAIN))]
    assert to_topic(worker.take(*records), ID_BOUND) == []
