"""Deviations one by one, where a table says too little: how many there are, what one has to do with another."""

from uuid import UUID

import msgspec
from builders import (
    BOX,
    IOT_ID,
    MRN_1,
    MRN_2,
    OTHER_TRUCK,
    TRUCK,
    at,
    deadline,
    event_id,
    findings,
    hold,
    ids,
    lift,
    plan,
    scan,
    status,
)
from cases_of_exits import released
from cases_of_paths import THERE_AND_BACK
from conveyance_builders import judged
from deviation_cases import ABANDONED, BIG_PORT, CERTIFIED, IN_YARD, LEFT, RELEASED, TWO_MRNS, of_kind

from domain.deviations.unknown_object import unknown
from domain.events import CustomsStatus, Direction
from domain.policy import Policy


def test_each_required_step_passed_over_is_told_by_itself() -> None:
    found = of_kind("NODE_SKIPPED", (plan(), RELEASED, scan(2, 10, "GATE-OUT")))
    assert [finding.subject for finding in found] == ["DOCK", "YARD"]


def test_each_overdue_step_is_told_by_itself() -> None:
    found = of_kind("OVERDUE", (plan(), deadline(120)))
    assert [(finding.subject, finding.deviated_at) for finding in found] == [("DOCK", at(60)), ("YARD", at(120))]


def test_an_exit_is_told_once_however_often_it_is_read() -> None:
    found = of_kind("EXIT_WITHOUT_RELEASE", (plan(), scan(2, 10, "GATE-OUT"), scan(3, 11, "GATE-OUT")))
    assert [finding.evidence for finding in found] == [(event_id(2),)]


def test_a_hold_placed_again_holds_again() -> None:
    again = (plan(), scan(2, 1, "DOCK"), hold(3, 5), lift(4, 6), hold(5, 7), scan(6, 10, "YARD"))
    assert [finding.evidence for finding in of_kind("HOLD_VIOLATION", again)] == [(event_id(5), event_id(6))]


def test_an_authority_lifts_only_its_own_hold() -> None:
    events = (
        plan(),
        scan(2, 1, "DOCK"),
        hold(3, 5, "H1", authority="ADM"),
        hold(4, 5, "H1", authority="VETERINARY"),
        lift(5, 6, "H1", authority="VETERINARY"),
        scan(6, 10, "YARD"),
    )
    assert [finding.evidence for finding in of_kind("HOLD_VIOLATION", events)] == [(event_id(3), event_id(6))]


def test_a_held_unit_may_not_leave_by_the_gate_it_came_in() -> None:
    came_in = scan(2, 1, "GATE", direction=Direction.IN)
    left = scan(4, 10, "GATE", direction=Direction.OUT)
    found = of_kind("HOLD_VIOLATION", (plan(), came_in, hold(3, 5), left))
    assert [finding.evidence for finding in found] == [(event_id(3), event_id(4))]


def test_a_declaration_with_a_bad_check_digit_still_needs_its_release() -> None:
    mistyped = plan(identifiers=(*ids(BIC=BOX, MRN=MRN_1), *ids(MRN="26ITQBA190171210R1")))
    found = of_kind("EXIT_WITHOUT_RELEASE", (mistyped, released(2, 5, MRN_1), scan(3, 30, "GATE-OUT")))
    assert [finding.evidence for finding in found] == [(event_id(3),)]


def test_a_clean_journey_has_no_deviation_at_all() -> None:
    journey = (
        plan(),
        scan(2, 10, "DOCK", *ids(BIC=BOX)),
        scan(3, 20, "YARD", *ids(BIC=BOX)),
        hold(4, 30),
        lift(5, 40),
        released(6, 50, MRN_1),
        scan(7, 60, "GATE-OUT", *ids(BIC=BOX, PLATE=TRUCK)),
        status(8, 61, CustomsStatus.EXIT_CERTIFIED),
        status(9, 70, CustomsStatus.DEFINITIVE),
        deadline(10_000),
    )
    assert findings(*journey) == []


def test_unknown_object_names_the_first_read_and_all_evidence() -> None:
    evidence: list[UUID] = [event_id(1), event_id(2)]
    finding = unknown(f"BIC:{BOX}", "DOCK", at(3), evidence)
    assert finding.subject == f"BIC:{BOX}"
    assert (finding.kind, finding.node, finding.deviated_at) == ("UNKNOWN_OBJECT", "DOCK", at(3))
    assert finding.evidence == tuple(evidence)


def test_a_unit_that_left_unreleased_and_uncertified_deviates_twice() -> None:
    kinds = {finding.kind for finding in judged(str(IOT_ID), (plan(), LEFT, deadline(90)), BIG_PORT)}
    assert kinds >= {"EXIT_WITHOUT_RELEASE", "EXIT_CHECK_MISSING"}


def test_neither_exit_check_nor_release_heals_the_other() -> None:
    released = {finding.kind for finding in judged(str(IOT_ID), (plan(), RELEASED, LEFT, deadline(90)), BIG_PORT)}
    assert "EXIT_CHECK_MISSING" in released
    assert "EXIT_WITHOUT_RELEASE" not in released
    checked = {finding.kind for finding in judged(str(IOT_ID), (plan(), LEFT, CERTIFIED, deadline(90)), BIG_PORT)}
    assert "EXIT_WITHOUT_RELEASE" in checked
    assert "EXIT_CHECK_MISSING" not in checked


def test_each_way_of_a_cloned_identity_is_told_by_itself() -> None:
    seesaw = (plan(), IN_YARD, scan(3, 11, "DRY-PORT"), scan(4, 12, "YARD"))
    assert [finding.subject for finding in of_kind("IMPOSSIBLE_TRAVEL", seesaw)] == ["YARD→DRY-PORT", "DRY-PORT→YARD"]


def test_the_variant_of_an_abandoned_unit_changes_with_its_release() -> None:
    waiting = (plan(), IN_YARD, deadline(10 + ABANDONED))
    released = (*waiting, status(3, 20 + ABANDONED, CustomsStatus.RELEASED))
    assert of_kind("ABANDONED_UNIT", released) == []
    (finding,) = of_kind("ABANDONED_UNIT", (*released, deadline(20 + 2 * ABANDONED)))
    assert finding.subject == "cleared"
    assert (
        finding.sentence
        == "Cleared by customs, but not collected: read last at YARD, and no sign of anybody for 15 days."
    )


def test_a_node_that_is_passed_twice_is_overdue_twice() -> None:
    there_and_back = plan(path=THERE_AND_BACK)
    late = tuple(msgspec.structs.replace(step, due_at=at(10)) for step in there_and_back.path)
    found = of_kind("OVERDUE", (msgspec.structs.replace(there_and_back, path=late), deadline(60)))
    subjects = [finding.subject for finding in found]
    assert len(subjects) == len(set(subjects)) == sum(step.required for step in late)


def test_one_cancelled_declaration_of_two_leaves_the_mission_under_way() -> None:
    two = plan(identifiers=ids(BIC=BOX, MRN=MRN_1) + ids(MRN=MRN_2))
    one_cancelled = status(2, 5, CustomsStatus.CANCELLED, *ids(MRN=MRN_1))
    both_cancelled = status(3, 6, CustomsStatus.CANCELLED, *ids(MRN=MRN_2))
    assert of_kind("OVERDUE", (two, one_cancelled, deadline(600)))
    assert not of_kind("OVERDUE", (two, one_cancelled, both_cancelled, deadline(600)))


def test_a_plate_agrees_whether_or_not_its_country_was_read() -> None:
    with_country = ids(BIC=BOX, PLATE=f"IT:{TRUCK}")
    assert not of_kind("IDENTIFIER_MISMATCH", (plan(), scan(2, 1, "DOCK", *with_country)))
    declared = plan(identifiers=(*with_country, *ids(MRN=MRN_1)))
    assert not of_kind("IDENTIFIER_MISMATCH", (declared, scan(2, 1, "DOCK", *ids(BIC=BOX, PLATE=TRUCK))))
    other = scan(2, 1, "DOCK", *ids(BIC=BOX, PLATE=f"IT:{OTHER_TRUCK}"))
    assert [finding.subject for finding in of_kind("IDENTIFIER_MISMATCH", (plan(), other))] == [
        f"PLATE:{OTHER_TRUCK}"
    ]


def test_only_the_certification_of_who_may_give_it_counts() -> None:
    by_guards = msgspec.structs.replace(BIG_PORT, policy=Policy(exit_certified_by=("GDF", "ADM")))
    by_terminal = status(88, 31, CustomsStatus.EXIT_CERTIFIED, authority="TERMINAL")
    left = (plan(), LEFT, deadline(90))
    assert of_kind("EXIT_CHECK_MISSING", (*left, by_terminal), port=BIG_PORT) == []
    assert of_kind("EXIT_CHECK_MISSING", (*left, by_terminal), port=by_guards) != []
    assert of_kind("EXIT_CHECK_MISSING", (*left, by_terminal, CERTIFIED), port=by_guards) == []


def test_each_declaration_needs_a_certification_of_who_may_give_it() -> None:
    by_guards = msgspec.structs.replace(BIG_PORT, policy=Policy(exit_certified_by=("GDF",)))
    first = status(91, 31, CustomsStatus.EXIT_CERTIFIED, *ids(MRN=MRN_1), authority="GDF")
    second = status(92, 32, CustomsStatus.EXIT_CERTIFIED, *ids(MRN=MRN_2), authority="TERMINAL")
    left = (plan(identifiers=TWO_MRNS), LEFT, first, second, deadline(90))
    assert of_kind("EXIT_CHECK_MISSING", left, port=BIG_PORT) == []
    assert of_kind("EXIT_CHECK_MISSING", left, port=by_guards) != []


def test_each_gate_passed_without_a_slot_is_told_once() -> None:
    two_gates = msgspec.structs.replace(
        BIG_PORT,
        nodes=tuple(msgspec.structs.replace(node, requires_slot=True) for node in BIG_PORT.nodes),
    )
    passes = (plan(), scan(2, 10, "GATE"), scan(3, 11, "GATE"), scan(4, 12, "SLOT-GATE"))
    found = of_kind("GATE_WITHOUT_APPOINTMENT", passes, port=two_gates)
    assert [(finding.subject, finding.evidence) for finding in found] == [
        ("GATE", (event_id(2),)),
        ("SLOT-GATE", (event_id(4),)),
    ]
