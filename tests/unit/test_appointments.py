"""Appointments: which stand, which are one visit; and what the parties are told of an examination, and when."""

from typing import Any

import pytest
from builders import (
    IOT_ID,
    PORT,
    appointment,
    at,
    deadline,
    fold,
    hold,
    plan,
    retracted,
    scan,
    status,
    step,
)
from deviation_cases import A_MILLISECOND

from domain.assess import assess, next_due_at
from domain.events import CustomsStatus, MissionStateChanged
from domain.journey import Journey
from domain.standing import standing_of, summarise

ADM, VETERINARY, HEALTH = ("ADM",), ("VETERINARY",), ("HEALTH",)
SHORT = plan(path=(step("DOCK"), step("GATE-OUT")))
SATISFACTORY, UNSATISFACTORY = CustomsStatus.CONTROL_SATISFACTORY, CustomsStatus.CONTROL_UNSATISFACTORY


def journey(*events: Any) -> Journey:
    return Journey(fold(events), PORT)


def state(*events: Any) -> MissionStateChanged:
    """What the parties are told."""
    view = journey(*events)
    kinds = tuple(sorted({finding.kind for finding in assess(view)}))
    return summarise(standing_of(view), 1, at(0), kinds)


def control(number: int, window: tuple[float, float], authority: tuple[str, ...], node: str = "SCANNER") -> Any:
    return appointment(number, 0, node, window, f"C{number}", authority)


def visit(*events: Any) -> tuple[str | None, Any, tuple[str, ...]]:
    told = state(SHORT, *events)
    return told.control_node, told.control_at, told.control_authorities


# Which stand -------------------------------------------------------------------------------------------------------


def test_the_latest_of_an_appointment_holds_whatever_arrives_last() -> None:
    booked, moved = appointment(2, 0, "GATE", (60, 90)), appointment(3, 10, "GATE", (120, 150))
    for order in ((booked, moved), (moved, booked)):
        assert [slot.starts_at for slot in journey(*order).slots("GATE")] == [at(120)]


def test_a_cancelled_appointment_stands_no_more_until_it_is_made_again() -> None:
    booked = appointment(2, 0, "GATE", (60, 90))
    cancelled = appointment(3, 10, "GATE", (60, 90), cancelled=True)
    again = appointment(4, 20, "GATE", (60, 90))
    assert journey(booked, cancelled).slots("GATE") == []
    assert len(journey(booked, cancelled, again).slots("GATE")) == 1


def test_slots_and_controls_are_two_things() -> None:
    both = journey(appointment(2, 0, "GATE", (60, 90)), control(3, (60, 90), ADM, "GATE"))
    assert [slot.appointment_id for slot in both.slots("GATE")] == ["A1"]
    assert [each.appointment_id for each in both.controls] == ["C3"]


# One visit (§38, §41) ----------------------------------------------------------------------------------------------


def test_controls_of_several_authorities_that_overlap_are_one_visit() -> None:
    together = (control(2, (60, 90), ADM), control(3, (80, 120), VETERINARY), control(4, (110, 130), HEALTH))
    assert visit(*together) == ("SCANNER", at(60), ("ADM", "VETERINARY", "HEALTH"))
    assert visit(*reversed(together)) == visit(*together)


def test_an_authority_that_controls_twice_is_named_once() -> None:
    both = (control(2, (60, 90), ("ADM", "HEALTH")), control(3, (70, 80), ("HEALTH", "ADM")))
    assert visit(*both) == ("SCANNER", at(60), ("ADM", "HEALTH"))


@pytest.mark.parametrize(
    "other",
    [control(3, (90, 120), VETERINARY), control(3, (60, 90), VETERINARY, "STORE")],
    ids=["right after it", "elsewhere"],
)
def test_a_control_apart_is_another_visit(other: Any) -> None:
    assert visit(control(2, (59, 90), ADM), other) == ("SCANNER", at(59), ("ADM",))


def test_without_a_control_there_is_no_visit() -> None:
    assert visit(appointment(2, 0, "GATE", (60, 90))) == (None, None, ())


@pytest.mark.parametrize("result", [SATISFACTORY, UNSATISFACTORY])
def test_a_result_ends_the_visit_and_the_next_one_is_told(result: CustomsStatus) -> None:
    first, second = control(2, (60, 90), ADM), control(3, (200, 230), VETERINARY)
    assert visit(first, status(9, 75, result)) == (None, None, ())
    assert visit(first, second, status(9, 75, result)) == ("SCANNER", at(200), ("VETERINARY",))


# Embargo (§262) ----------------------------------------------------------------------------------------------------

EMBARGOED = 45
JUST_BEFORE, THEN = deadline(EMBARGOED - A_MILLISECOND), deadline(EMBARGOED)


def test_a_selection_is_not_told_before_its_time() -> None:
    secret = (
        SHORT,
        status(2, 5, CustomsStatus.DECLARED),
        status(3, 6, CustomsStatus.SELECTED_FOR_SCAN, not_before=45),
    )
    assert state(*secret).customs_statuses == (CustomsStatus.DECLARED,)
    assert state(*secret, JUST_BEFORE).customs_statuses == (CustomsStatus.DECLARED,)
    assert state(*secret, THEN).customs_statuses == (CustomsStatus.SELECTED_FOR_SCAN,)


def test_what_is_decided_afterwards_is_told_though_the_selection_is_not() -> None:
    selected = status(2, 5, CustomsStatus.UNDER_CONTROL, not_before=45)
    assert state(SHORT, selected, status(3, 6, CustomsStatus.RELEASED)).customs_statuses == (CustomsStatus.RELEASED,)


def test_a_hold_is_not_told_before_its_time() -> None:
    secret = (SHORT, hold(2, 5, not_before=EMBARGOED), hold(3, 5, "H2"))
    assert state(*secret, JUST_BEFORE).open_holds == ("ADM:H2",)
    assert state(*secret, THEN).open_holds == ("ADM:H1", "ADM:H2")


def test_a_control_is_not_told_before_its_time() -> None:
    secret = appointment(2, 5, "SCANNER", (300, 360), authorities=ADM, not_before=EMBARGOED)
    assert visit(secret) == (None, None, ())
    assert visit(secret, JUST_BEFORE) == (None, None, ())
    assert visit(secret, THEN) == ("SCANNER", at(300), ("ADM",))


def test_of_a_joint_visit_only_what_is_disclosed_is_told() -> None:
    secret = appointment(2, 5, "SCANNER", (60, 120), authorities=ADM, not_before=EMBARGOED)
    open_one = control(3, (90, 130), VETERINARY)
    assert visit(secret, open_one) == ("SCANNER", at(90), ("VETERINARY",))
    assert visit(secret, open_one, THEN) == ("SCANNER", at(60), ("ADM", "VETERINARY"))


@pytest.mark.parametrize(
    "secret",
    [
        status(2, 5, CustomsStatus.SELECTED_FOR_SCAN, not_before=EMBARGOED),
        hold(2, 5, not_before=EMBARGOED),
        appointment(2, 5, "SCANNER", (300, 360), authorities=ADM, not_before=EMBARGOED),
    ],
    ids=["selection", "hold", "control"],
)
def test_its_end_is_awaited_by_the_clock_unless_it_is_taken_back(secret: Any) -> None:
    assert next_due_at(journey(SHORT, secret)) == at(EMBARGOED)
    assert next_due_at(journey(SHORT, secret, JUST_BEFORE)) == at(EMBARGOED)
    assert next_due_at(journey(SHORT, secret, THEN)) is None
    assert next_due_at(journey(SHORT, secret, retracted(3, 9, secret))) is None


def test_customs_is_alerted_at_once_and_the_parties_are_not() -> None:
    moved = (SHORT, scan(2, 1, "DOCK"), hold(3, 5, not_before=EMBARGOED), scan(4, 10, "GATE"))
    assert "HOLD_VIOLATION" in {finding.kind for finding in assess(journey(*moved))}
    assert "HOLD_VIOLATION" not in state(*moved).open_alerts
    assert "HOLD_VIOLATION" in state(*moved, THEN).open_alerts


def test_leaving_is_no_hint_at_a_control_that_nobody_may_know_of() -> None:
    released = (SHORT, scan(2, 1, "DOCK"), status(3, 5, CustomsStatus.RELEASED))
    left = (*released, status(4, 6, CustomsStatus.UNDER_CONTROL, not_before=EMBARGOED), scan(5, 10, "GATE-OUT"))
    assert "EXIT_WITHOUT_RELEASE" in {finding.kind for finding in assess(journey(*left))}
    assert state(*left).open_alerts == ()
    assert state(*left).customs_statuses == (CustomsStatus.RELEASED,)
    assert state(*left, THEN).open_alerts == ("EXIT_WITHOUT_RELEASE",)


def test_the_state_belongs_to_the_mission() -> None:
    assert state(SHORT).iot_id == IOT_ID
