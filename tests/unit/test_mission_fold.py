"""A mission is a fold over a set of events: what is remembered, what it is bounded by, what holds in the end.

That order and repetition mean nothing is proved in ``test_fold_properties``.
"""

import pytest
from builders import (
    IOT_ID,
    OTHER_TRUCK,
    PORT,
    TRUCK,
    at,
    deadline,
    event_id,
    findings,
    fold,
    plan,
    scan,
    signal,
    step,
)

from domain.assess import assess, next_due_at
from domain.events import DeviceSignal, Identifier
from domain.facts import Read, Signal
from domain.history import HistoryFull
from domain.identifiers import Scheme
from domain.journey import Journey
from domain.mission import FACTS_MAX, POSITIONS_MAX, Mission, apply


def test_a_known_event_changes_nothing_at_all() -> None:
    mission = fold([plan(), scan(2, 10, "DOCK"), deadline(60)])
    assert apply(mission, scan(2, 10, "DOCK")) is mission
    assert apply(mission, deadline(60)) is mission
    assert apply(mission, deadline(59)) is mission


def test_the_clock_only_moves_forward() -> None:
    assert fold([deadline(30), deadline(90), deadline(60)]).checked_at == at(90)


def test_the_newest_plan_is_in_force_whatever_arrives_last() -> None:
    old, new = plan(1, 0), plan(2, 30, path=(step("DOCK"), step("RAIL-OUT")))
    for order in ([old, new], [new, old]):
        journey = Journey(fold(order), PORT)
        assert [each.node for each in journey.path] == ["DOCK", "RAIL-OUT"]


def test_unsure_and_misread_identifiers_are_not_held_against_a_mission() -> None:
    unsure = Identifier(scheme=Scheme.PLATE, value=OTHER_TRUCK, confidence=0.74)
    sure = Identifier(scheme=Scheme.PLATE, value=TRUCK, confidence=0.75)
    misread = Identifier(scheme=Scheme.BIC, value="CSQU3054384")
    (read,) = fold([scan(1, 0, "DOCK", unsure, sure, misread)]).facts
    assert isinstance(read, Read)
    assert read.keys == (f"PLATE:{TRUCK}",)


def test_history_is_bounded() -> None:
    mission = fold(scan(number, number, "DOCK") for number in range(1, FACTS_MAX + 1))
    assert len(mission.facts) == FACTS_MAX
    with pytest.raises(HistoryFull):
        apply(mission, scan(FACTS_MAX + 1, 0, "DOCK"))


def test_a_full_mission_still_takes_repetitions_and_the_clock() -> None:
    mission = fold(scan(number, number, "DOCK") for number in range(1, FACTS_MAX + 1))
    assert apply(mission, scan(1, 1, "DOCK")) is mission
    assert apply(mission, deadline(5)).checked_at == at(5)


def test_an_empty_mission_has_no_deviation_and_no_due_time() -> None:
    journey = Journey(Mission(IOT_ID), PORT)
    assert assess(journey) == []
    assert next_due_at(journey) is None


def test_reads_before_any_plan_wait_for_it() -> None:
    early = scan(7, 10, "ELSEWHERE")
    assert findings(early) == []
    assert [finding.evidence for finding in findings(early, plan())] == [(event_id(7),)]


def test_the_latest_positions_are_kept_and_all_other_signals() -> None:
    device = (signal(n, n, DeviceSignal.POSITION, "YARD") for n in range(1, POSITIONS_MAX + 3))
    doors = [signal(1_000 + n, n, DeviceSignal.DOOR_CLOSED, "YARD") for n in range(POSITIONS_MAX)]
    signals = [fact for fact in fold([*device, *doors]).facts if isinstance(fact, Signal)]
    positions = [fact.event_id for fact in signals if fact.signal is DeviceSignal.POSITION]
    assert positions == [event_id(n) for n in range(3, POSITIONS_MAX + 3)]
    assert len(signals) - len(positions) == POSITIONS_MAX


def test_an_old_position_that_comes_late_changes_nothing() -> None:
    mission = fold(signal(n, n, DeviceSignal.POSITION, "YARD") for n in range(1, POSITIONS_MAX + 1))
    assert apply(mission, signal(9_999, 0, DeviceSignal.POSITION, "YARD")) is mission
    assert apply(mission, signal(1, 1, DeviceSignal.POSITION, "YARD")) is mission
