"""Each kind of deviation: what raises it, what just does not, and which late or correcting event clears it."""

from importlib import import_module
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from builders import (
    BOX,
    IMPORT_PATH,
    MRN_1,
    MRN_2,
    OTHER_BOX,
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
    step,
)
from deviation_cases import RAISED as OTHER_RAISED
from deviation_cases import Case, Clean
from test_deviation_kinds import NOT_RAISED as OTHER_NOT_RAISED

import domain.deviations
from domain.deviations import RULES, Finding
from domain.deviations.unknown_object import unknown
from domain.events import CustomsStatus, Direction, Identifier, MissionEvent, Severity
from domain.identifiers import Scheme

KINDS = {
    "ABANDONED_UNIT",
    "DWELL_EXCEEDED",
    "EXIT_CHECK_MISSING",
    "EXIT_WITHOUT_RELEASE",
    "HOLD_VIOLATION",
    "IDENTIFIER_MISMATCH",
    "IMPOSSIBLE_TRAVEL",
    "NODE_SKIPPED",
    "OFF_PATH_NODE",
    "OVERDUE",
    "READ_AFTER_DEFINITIVE",
    "SEAL_DISCREPANCY",
    "UNKNOWN_OBJECT",
}
BY_THE_CLOCK = {"ABANDONED_UNIT", "DWELL_EXCEEDED", "EXIT_CHECK_MISSING", "OVERDUE"}


RELEASED = status(90, 5, CustomsStatus.RELEASED)
TWO_MRNS = (*ids(BIC=BOX, MRN=MRN_1), *ids(MRN=MRN_2))
THERE_AND_BACK = (step("YARD"), step("SCANNER"), step("YARD"), step("GATE-OUT"))
SURE_STRANGER = Identifier(scheme=Scheme.PLATE, value=OTHER_TRUCK, confidence=0.75)
UNSURE_STRANGER = Identifier(scheme=Scheme.PLATE, value=OTHER_TRUCK, confidence=0.74)
REROUTED = plan(2, 1, path=(*IMPORT_PATH[:2], step("RAIL-OUT")))
DEFINITIVE = status(3, 60, CustomsStatus.DEFINITIVE)


def released(number: int, minutes: float, mrn: str) -> MissionEvent:
    return status(number, minutes, CustomsStatus.RELEASED, *ids(MRN=mrn))


RAISED = {
    "off path": Case("OFF_PATH_NODE", (plan(), scan(2, 10, "RAIL-OUT"), RELEASED), "RAIL-OUT", "RAIL-OUT", 10, (2,)),
    "off path, read twice there": Case(
        "OFF_PATH_NODE", (plan(), scan(3, 12, "SCANNER"), scan(2, 10, "SCANNER")), "SCANNER", "SCANNER", 10, (2, 3)
    ),
    "off path, at a place the port does not know": Case(
        "OFF_PATH_NODE", (plan(), scan(2, 10, "NOWHERE")), "NOWHERE", "NOWHERE", 10, (2,)
    ),
    "off path, where only the superseded path led": Case(
        "OFF_PATH_NODE", (plan(), REROUTED, RELEASED, scan(3, 10, "GATE-OUT")), "GATE-OUT", "GATE-OUT", 10, (3,)
    ),
    "skipped": Case("NODE_SKIPPED", (plan(), scan(2, 10, "YARD")), "DOCK", "DOCK", 10, (2,)),
    "skipped, as the first read beyond it shows": Case(
        "NODE_SKIPPED", (plan(), scan(2, 10, "YARD"), RELEASED, scan(3, 20, "GATE-OUT")), "DOCK", "DOCK", 10, (2,)
    ),
    "passed out of order": Case(
        "NODE_SKIPPED", (plan(), scan(2, 10, "YARD"), scan(3, 20, "DOCK")), "DOCK", "DOCK", 10, (2, 3)
    ),
    "skipped the way back": Case(
        "NODE_SKIPPED",
        (plan(path=THERE_AND_BACK), scan(2, 1, "YARD"), scan(3, 2, "SCANNER"), scan(4, 10, "GATE-OUT"), RELEASED),
        "YARD#2",
        "YARD",
        10,
        (4,),
    ),
    "overdue at its due time": Case(
        "OVERDUE", (plan(), scan(2, 10, "DOCK"), deadline(120)), "YARD", "YARD", 120, (1,)
    ),
    "overdue by the amended path": Case(
        "OVERDUE",
        (plan(), plan(2, 1, path=(step("DOCK", due=30), step("YARD", due=600))), deadline(30)),
        "DOCK",
        "DOCK",
        30,
        (2,),
    ),
    "read after the end": Case(
        "READ_AFTER_DEFINITIVE",
        (plan(), DEFINITIVE, scan(4, 61, "YARD"), scan(5, 62, "YARD")),
        "YARD",
        "YARD",
        61,
        (3, 4, 5),
    ),
    "left undeclared": Case(
        "EXIT_WITHOUT_RELEASE", (plan(), scan(2, 30, "GATE-OUT")), "GATE-OUT", "GATE-OUT", 30, (2,)
    ),
    "left by rail": Case("EXIT_WITHOUT_RELEASE", (plan(), scan(2, 30, "RAIL-OUT")), "RAIL-OUT", "RAIL-OUT", 30, (2,)),
    "left by a two-way gate": Case(
        "EXIT_WITHOUT_RELEASE", (plan(), scan(2, 30, "GATE", direction=Direction.OUT)), "GATE", "GATE", 30, (2,)
    ),
    "left with one declaration of two": Case(
        "EXIT_WITHOUT_RELEASE",
        (plan(identifiers=TWO_MRNS), released(2, 5, MRN_1), scan(3, 30, "GATE-OUT")),
        "GATE-OUT",
        "GATE-OUT",
        30,
        (3,),
    ),
    "left a moment before the release": Case(
        "EXIT_WITHOUT_RELEASE",
        (plan(), released(2, 30.001, MRN_1), scan(3, 30, "GATE-OUT")),
        "GATE-OUT",
        "GATE-OUT",
        30,
        (3,),
    ),
    "left when the release was revoked": Case(
        "EXIT_WITHOUT_RELEASE",
        (plan(), RELEASED, status(2, 20, CustomsStatus.UNDER_CONTROL), scan(3, 30, "GATE-OUT")),
        "GATE-OUT",
        "GATE-OUT",
        30,
        (3,),
    ),
    "moved while held": Case(
        "HOLD_VIOLATION",
        (plan(), scan(2, 1, "DOCK"), hold(3, 5), scan(4, 10, "YARD"), scan(5, 11, "STORE")),
        "ADM:H1",
        "YARD",
        10,
        (3, 4, 5),
    ),
    "left while held, though released": Case(
        "HOLD_VIOLATION",
        (plan(), RELEASED, scan(2, 1, "YARD"), hold(3, 5), scan(4, 10, "GATE-OUT")),
        "ADM:H1",
        "GATE-OUT",
        10,
        (3, 4),
    ),
    "held at sea and left": Case(
        "HOLD_VIOLATION",
        (plan(), hold(2, 0), scan(3, 1, "DOCK"), scan(4, 9, "GATE-OUT")),
        "ADM:H1",
        "GATE-OUT",
        9,
        (2, 4),
    ),
    "held by two, lifted by one": Case(
        "HOLD_VIOLATION",
        (plan(), scan(2, 1, "DOCK"), hold(3, 5, "H1"), hold(4, 5, "H2"), lift(5, 7, "H1"), scan(6, 10, "YARD")),
        "ADM:H2",
        "YARD",
        10,
        (4, 6),
    ),
    "on another truck": Case(
        "IDENTIFIER_MISMATCH",
        (
            plan(),
            scan(2, 10, "DOCK", *ids(BIC=BOX), SURE_STRANGER),
            scan(3, 11, "YARD", *ids(BIC=BOX), SURE_STRANGER),
        ),
        f"PLATE:{OTHER_TRUCK}",
        "DOCK",
        10,
        (1, 2, 3),
    ),
    "another box on the truck": Case(
        "IDENTIFIER_MISMATCH",
        (plan(), scan(2, 10, "DOCK", *ids(BIC=OTHER_BOX, PLATE=TRUCK))),
        f"BIC:{OTHER_BOX}",
        "DOCK",
        10,
        (1, 2),
    ),
    "a loading unit where a container was declared": Case(
        "IDENTIFIER_MISMATCH",
        (plan(), scan(2, 10, "DOCK", *ids(ILU="ABCA0012342", PLATE=TRUCK))),
        "ILU:ABCA0012342",
        "DOCK",
        10,
        (1, 2),
    ),
}

NOT_RAISED = [
    Clean("OFF_PATH_NODE", "an allowed node is on the path", (plan(), scan(2, 10, "STORE"))),
    Clean("OFF_PATH_NODE", "without a plan there is no path", (scan(2, 10, "SCANNER"),)),
    Clean("OFF_PATH_NODE", "the amended path contains it", (plan(), scan(3, 10, "RAIL-OUT"), REROUTED)),
    Clean("OFF_PATH_NODE", "after the end it is another kind", (plan(), DEFINITIVE, scan(4, 61, "SCANNER"))),
    Clean("NODE_SKIPPED", "the late read arrived", (plan(), scan(2, 10, "YARD"), scan(3, 9, "DOCK"))),
    Clean(
        "NODE_SKIPPED",
        "only an allowed node was left out",
        (plan(), RELEASED, scan(2, 1, "DOCK"), scan(3, 2, "YARD"), scan(4, 10, "GATE-OUT")),
    ),
    Clean("NODE_SKIPPED", "the required node is still ahead", (plan(), scan(2, 10, "DOCK"))),
    Clean(
        "NODE_SKIPPED",
        "the amended path does not have it",
        (plan(), scan(2, 10, "YARD"), plan(3, 1, path=(step("YARD"), step("GATE-OUT")))),
    ),
    Clean(
        "NODE_SKIPPED",
        "going there and back is on the path",
        (plan(path=THERE_AND_BACK), scan(2, 1, "YARD"), scan(3, 2, "SCANNER"), scan(4, 3, "YARD")),
    ),
    Clean(
        "NODE_SKIPPED",
        "read twice at a node to which the path comes back",
        (plan(path=THERE_AND_BACK), scan(2, 1, "YARD"), scan(3, 2, "YARD")),
    ),
    Clean(
        "NODE_SKIPPED",
        "read again at the place of the last read",
        (plan(), scan(2, 1, "DOCK"), scan(3, 2, "YARD"), scan(4, 3, "DOCK"), scan(5, 4, "YARD")),
    ),
    Clean("OVERDUE", "a millisecond before the due time", (plan(), deadline(60 - 1 / 60_000))),
    Clean("OVERDUE", "nobody judged absences yet", (plan(),)),
    Clean("OVERDUE", "the late read arrived", (plan(), deadline(60), scan(2, 59, "DOCK"))),
    Clean("OVERDUE", "it came after all, too late", (plan(), deadline(60), scan(2, 70, "DOCK"))),
    Clean("OVERDUE", "it passed a later node", (plan(), deadline(60), scan(2, 70, "YARD"))),
    Clean(
        "OVERDUE",
        "the amended path gives more time",
        (plan(), deadline(60), plan(2, 50, path=(step("DOCK", due=61), step("YARD", due=120)))),
    ),
    Clean("OVERDUE", "the mission was cancelled", (plan(), deadline(60), status(2, 99, CustomsStatus.CANCELLED))),
    Clean("OVERDUE", "the process ended", (plan(), deadline(60), status(2, 99, CustomsStatus.DEFINITIVE))),
    Clean(
        "OVERDUE",
        "an allowed node cannot be late",
        (plan(path=(step("DOCK", required=False, due=30), step("YARD"))), deadline(60)),
    ),
    Clean(
        "OVERDUE", "a node without due time cannot be late", (plan(path=(step("DOCK"), step("YARD"))), deadline(999))
    ),
    Clean("READ_AFTER_DEFINITIVE", "at the same moment", (plan(), DEFINITIVE, scan(4, 60, "YARD"))),
    Clean(
        "READ_AFTER_DEFINITIVE", "the read is older, it only arrived later", (plan(), DEFINITIVE, scan(4, 59, "YARD"))
    ),
    Clean("READ_AFTER_DEFINITIVE", "nothing ended", (plan(), scan(4, 61, "YARD"))),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "released at the same moment",
        (plan(), released(2, 30, MRN_1), scan(3, 30, "GATE-OUT")),
    ),
    Clean(
        "EXIT_WITHOUT_RELEASE", "the release arrived late", (plan(), scan(3, 30, "GATE-OUT"), released(2, 29, MRN_1))
    ),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "both declarations were released",
        (plan(identifiers=TWO_MRNS), released(2, 1, MRN_1), released(3, 2, MRN_2), scan(4, 30, "GATE-OUT")),
    ),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "the whole unit was released",
        (plan(identifiers=TWO_MRNS), RELEASED, scan(4, 30, "GATE-OUT")),
    ),
    Clean(
        "EXIT_WITHOUT_RELEASE", "entered by the two-way gate", (plan(), scan(2, 30, "GATE", direction=Direction.IN))
    ),
    Clean("EXIT_WITHOUT_RELEASE", "a two-way gate without direction", (plan(), scan(2, 30, "GATE"))),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "passed the exit gate inwards",
        (plan(), scan(2, 30, "GATE-OUT", direction=Direction.IN)),
    ),
    Clean("EXIT_WITHOUT_RELEASE", "the dock is no land exit", (plan(), scan(2, 30, "DOCK", direction=Direction.OUT))),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "a hold does not take back the release",
        (plan(), RELEASED, hold(2, 6), scan(3, 30, "GATE-OUT")),
    ),
    *(
        Clean(
            "EXIT_WITHOUT_RELEASE", f"{free} is free to leave", (plan(), status(2, 5, free), scan(3, 30, "GATE-OUT"))
        )
        for free in (CustomsStatus.TO_DRY_PORT, CustomsStatus.EXIT_CERTIFIED)
    ),
    Clean("HOLD_VIOLATION", "read again where it was", (plan(), scan(2, 1, "YARD"), hold(3, 5), scan(4, 10, "YARD"))),
    Clean(
        "HOLD_VIOLATION",
        "to the place of the control",
        (plan(), scan(2, 1, "YARD"), hold(3, 5, node="STORE"), scan(4, 10, "STORE")),
    ),
    Clean("HOLD_VIOLATION", "to a customs space", (plan(), scan(2, 1, "YARD"), hold(3, 5), scan(4, 10, "SCANNER"))),
    Clean("HOLD_VIOLATION", "landing while held", (plan(), hold(2, 0), scan(3, 1, "DOCK"), scan(4, 2, "YARD"))),
    Clean(
        "HOLD_VIOLATION",
        "read again where it was at the moment of the placing",
        (plan(), scan(2, 1, "DOCK"), hold(3, 5), scan(4, 5, "YARD"), scan(5, 10, "YARD")),
    ),
    Clean(
        "HOLD_VIOLATION", "at the moment of the placing", (plan(), scan(2, 1, "DOCK"), hold(3, 5), scan(4, 5, "YARD"))
    ),
    Clean(
        "HOLD_VIOLATION",
        "at the moment of the lifting",
        (plan(), scan(2, 1, "DOCK"), hold(3, 5), lift(5, 10), scan(4, 10, "YARD")),
    ),
    Clean(
        "HOLD_VIOLATION",
        "the lifting arrived late",
        (plan(), scan(2, 1, "DOCK"), hold(3, 5), scan(4, 10, "YARD"), lift(5, 9)),
    ),
    Clean("IDENTIFIER_MISMATCH", "the association's own", (plan(), scan(2, 1, "DOCK", *ids(BIC=BOX, PLATE=TRUCK)))),
    Clean("IDENTIFIER_MISMATCH", "not read surely", (plan(), scan(2, 1, "DOCK", *ids(BIC=BOX), UNSURE_STRANGER))),
    Clean(
        "IDENTIFIER_MISMATCH",
        "a misread is no other unit",
        (plan(), scan(2, 1, "DOCK", *ids(BIC="CSQU3054384", PLATE=TRUCK))),
    ),
    Clean(
        "IDENTIFIER_MISMATCH",
        "no vehicle was declared",
        (plan(identifiers=ids(BIC=BOX)), scan(2, 1, "DOCK", *ids(BIC=BOX, PLATE=OTHER_TRUCK))),
    ),
    Clean(
        "IDENTIFIER_MISMATCH",
        "the amended association has the new truck",
        (
            plan(),
            scan(2, 10, "DOCK", *ids(BIC=BOX, PLATE=OTHER_TRUCK)),
            plan(3, 1, identifiers=ids(BIC=BOX, PLATE=OTHER_TRUCK)),
        ),
    ),
]


def of_kind(kind: str, events: tuple[MissionEvent, ...]) -> list[Finding]:
    return [finding for finding in findings(*events) if finding.kind == kind]


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_raised(case: Case) -> None:
    (finding,) = of_kind(case.kind, case.events)
    assert finding.subject == case.subject
    assert finding.node == case.node
    assert finding.deviated_at == at(case.minutes)
    assert finding.evidence == tuple(event_id(number) for number in case.evidence)
    assert finding.sentence.endswith(".")


@pytest.mark.parametrize("clean", NOT_RAISED, ids=lambda clean: f"{clean.kind}: {clean.why}")
def test_not_raised(clean: Clean) -> None:
    assert of_kind(clean.kind, clean.events) == []


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_without_its_evidence_the_finding_is_gone_or_smaller(case: Case) -> None:
    named = {event_id(number) for number in case.evidence}
    rest = tuple(event for event in case.events if getattr(event, "event_id", None) not in named)
    assert of_kind(case.kind, case.events) != of_kind(case.kind, rest)


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


def test_registry_has_a_file_for_each_kind_and_a_kind_for_each_file() -> None:
    files = {path.stem for path in Path(str(domain.deviations.__file__)).parent.glob("*.py")} - {"__init__", "rule"}
    assert {kind.lower() for kind in RULES} == files
    assert set(RULES) == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_rule_says_everything_about_itself(kind: str) -> None:
    rule = RULES[kind]
    assert import_module(f"domain.deviations.{kind.lower()}").RULE is rule
    assert rule.kind == kind
    assert rule.basis.startswith("§")
    assert rule.trigger
    assert rule.subject
    assert isinstance(rule.severity, Severity)
    assert (rule.find is None) == (kind == "UNKNOWN_OBJECT")
    assert (rule.due is not None) == (kind in BY_THE_CLOCK)


@pytest.mark.parametrize("kind", sorted(BY_THE_CLOCK))
def test_a_rule_that_awaits_something_says_what_is_set_for_it(kind: str) -> None:
    assert RULES[kind].threshold


def test_every_rule_that_judges_missions_has_cases() -> None:
    judged = {kind for kind, rule in RULES.items() if rule.find is not None}
    raised = [*RAISED.values(), *OTHER_RAISED.values()]
    assert {case.kind for case in raised} == judged
    assert {clean.kind for clean in [*NOT_RAISED, *OTHER_NOT_RAISED]} == judged


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
