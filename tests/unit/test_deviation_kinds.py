"""The kinds that need a threshold, a distance or a seal: raised, just not raised, and cleared."""

import msgspec
import pytest
from builders import BOX, IOT_ID, MRN_1, MRN_2, at, deadline, event_id, fold, ids, plan, scan, status, step
from deviation_cases import (
    A_MILLISECOND,
    ABANDONED,
    BIG_PORT,
    CERTIFIED,
    DEFINITIVE,
    ENTERED,
    IN_YARD,
    LEFT,
    OTHER_SEAL,
    RAISED,
    RELEASED,
    SEALED,
    TWO_MRNS,
    Case,
    Clean,
    certified,
)

from domain.assess import assess, next_due_at
from domain.deviations import Finding
from domain.events import AmendmentReason, CustomsStatus, Direction, Identifier, MissionAmended, MissionEvent
from domain.identifiers import Scheme
from domain.journey import Journey
from domain.policy import END_OF_TIME

CANCELLED = status(93, 80, CustomsStatus.CANCELLED)
UNSURE_SEAL = Identifier(scheme=Scheme.SEAL, value="BRI7654321", confidence=0.74)
NEW_SEAL = MissionAmended(
    event_id=event_id(94),
    occurred_at=at(60),
    source="adm-customs",
    iot_id=IOT_ID,
    reason=AmendmentReason.SEAL_REPLACED,
    added=ids(SEAL="BRI7654321"),
    removed=ids(SEAL="BRI1234567"),
)

NOT_RAISED = [
    Clean("SEAL_DISCREPANCY", "one of its own seals", (SEALED, scan(2, 10, "DOCK", *ids(SEAL="BRI0000001")))),
    Clean("SEAL_DISCREPANCY", "its own, written otherwise", (SEALED, scan(2, 10, "DOCK", *ids(SEAL="bri 123-4567")))),
    Clean("SEAL_DISCREPANCY", "not read surely", (SEALED, scan(2, 10, "DOCK", *ids(BIC=BOX), UNSURE_SEAL))),
    Clean("SEAL_DISCREPANCY", "no seal was declared", (plan(), scan(2, 10, "DOCK", *ids(BIC=BOX), OTHER_SEAL))),
    Clean("SEAL_DISCREPANCY", "without a plan", (scan(2, 10, "DOCK", *ids(BIC=BOX), OTHER_SEAL),)),
    Clean(
        "SEAL_DISCREPANCY",
        "the amended association has the new seal",
        (
            SEALED,
            scan(2, 10, "DOCK", *ids(BIC=BOX), OTHER_SEAL),
            plan(3, 9, identifiers=ids(BIC=BOX, SEAL="BRI7654321")),
        ),
    ),
    Clean(
        "SEAL_DISCREPANCY",
        "the replacing of the seal was reported afterwards",
        (SEALED, scan(2, 10, "DOCK", *ids(BIC=BOX), OTHER_SEAL), NEW_SEAL),
    ),
    Clean(
        "SEAL_DISCREPANCY",
        "the old seal before it was replaced",
        (SEALED, scan(2, 59, "DOCK", *ids(BIC=BOX, SEAL="BRI1234567")), NEW_SEAL),
    ),
    Clean("EXIT_CHECK_MISSING", "a millisecond before", (plan(), LEFT, deadline(90 - A_MILLISECOND))),
    Clean("EXIT_CHECK_MISSING", "nobody judged absences yet", (plan(), LEFT)),
    Clean("EXIT_CHECK_MISSING", "certified", (plan(), LEFT, deadline(90), CERTIFIED)),
    Clean(
        "EXIT_CHECK_MISSING",
        "certified after the grace time",
        (plan(), LEFT, deadline(90), status(3, 500, CustomsStatus.EXIT_CERTIFIED)),
    ),
    Clean(
        "EXIT_CHECK_MISSING",
        "certified before the reader read it",
        (plan(), LEFT, deadline(90), status(3, 29, CustomsStatus.EXIT_CERTIFIED)),
    ),
    Clean(
        "EXIT_CHECK_MISSING",
        "certified for each declaration",
        (plan(identifiers=TWO_MRNS), LEFT, certified(3, 31, MRN_1), certified(4, 95, MRN_2), deadline(99)),
    ),
    Clean(
        "EXIT_CHECK_MISSING", "it came in", (plan(), scan(2, 30, "GATE-OUT", direction=Direction.IN), deadline(999))
    ),
    Clean("EXIT_CHECK_MISSING", "the dock is no land exit", (plan(), scan(2, 30, "DOCK"), deadline(999))),
    Clean(
        "EXIT_CHECK_MISSING",
        "after the end it is another kind",
        (plan(), status(3, 29, CustomsStatus.DEFINITIVE), LEFT, deadline(999)),
    ),
    Clean("DWELL_EXCEEDED", "a millisecond before", (plan(), ENTERED, deadline(100 - A_MILLISECOND))),
    Clean("DWELL_EXCEEDED", "left at the last moment", (plan(), ENTERED, deadline(99), scan(3, 100, "STORE"))),
    Clean("DWELL_EXCEEDED", "nobody judged absences yet", (plan(), ENTERED)),
    Clean(
        "DWELL_EXCEEDED", "the late read elsewhere arrived", (plan(), ENTERED, deadline(200), scan(3, 50, "STORE"))
    ),
    Clean(
        "DWELL_EXCEEDED",
        "the late read elsewhere shows two stays, each short enough",
        (plan(), ENTERED, scan(3, 90, "QUARANTINE"), deadline(150), scan(4, 50, "STORE")),
    ),
    Clean("DWELL_EXCEEDED", "the mission ended before", (plan(), ENTERED, DEFINITIVE, deadline(999))),
    Clean("DWELL_EXCEEDED", "the mission was cancelled before", (plan(), ENTERED, CANCELLED, deadline(999))),
    Clean(
        "DWELL_EXCEEDED",
        "after the mission was cancelled",
        (plan(), CANCELLED, scan(2, 90, "QUARANTINE"), scan(3, 999, "STORE")),
    ),
    Clean("DWELL_EXCEEDED", "nobody minds there", (plan(), IN_YARD, deadline(99_999))),
    Clean("DWELL_EXCEEDED", "at a place the port does not know", (plan(), scan(2, 10, "NOWHERE"), deadline(99_999))),
    Clean("DWELL_EXCEEDED", "without a plan", (ENTERED, deadline(999))),
    Clean("ABANDONED_UNIT", "a millisecond before", (plan(), IN_YARD, deadline(10 + ABANDONED - A_MILLISECOND))),
    Clean("ABANDONED_UNIT", "nobody judged absences yet", (plan(), IN_YARD)),
    Clean("ABANDONED_UNIT", "never landed", (plan(), deadline(9 * ABANDONED))),
    Clean(
        "ABANDONED_UNIT",
        "the late read at the gate arrived",
        (plan(), IN_YARD, deadline(9 * ABANDONED), scan(3, 50, "GATE-OUT")),
    ),
    Clean(
        "ABANDONED_UNIT",
        "it was collected after all",
        (plan(), IN_YARD, deadline(9 * ABANDONED), scan(3, 9 * ABANDONED + 1, "GATE-OUT")),
    ),
    Clean("ABANDONED_UNIT", "at a gate nobody waits", (plan(), scan(2, 10, "GATE"), deadline(9 * ABANDONED))),
    Clean(
        "ABANDONED_UNIT",
        "at a place the port does not know",
        (plan(), scan(2, 10, "NOWHERE"), deadline(9 * ABANDONED)),
    ),
    Clean(
        "ABANDONED_UNIT",
        "somebody declared it",
        (plan(), IN_YARD, status(3, 60, CustomsStatus.DECLARED), deadline(59 + ABANDONED)),
    ),
    Clean(
        "ABANDONED_UNIT", "customs laid down a path anew", (plan(), IN_YARD, plan(3, 60), deadline(59 + ABANDONED))
    ),
    Clean("ABANDONED_UNIT", "customs amended it", (plan(), IN_YARD, NEW_SEAL, deadline(59 + ABANDONED))),
    Clean("ABANDONED_UNIT", "it left, as certified", (plan(), IN_YARD, CERTIFIED, deadline(9 * ABANDONED))),
    Clean("ABANDONED_UNIT", "the mission ended", (plan(), IN_YARD, DEFINITIVE, deadline(9 * ABANDONED))),
    Clean("ABANDONED_UNIT", "the mission was cancelled", (plan(), IN_YARD, CANCELLED, deadline(9 * ABANDONED))),
    Clean("ABANDONED_UNIT", "without a plan", (IN_YARD, deadline(9 * ABANDONED))),
    Clean("IMPOSSIBLE_TRAVEL", "slow enough", (plan(), IN_YARD, scan(3, 15.6, "DRY-PORT"))),
    Clean("IMPOSSIBLE_TRAVEL", "as fast as the port says", (plan(), scan(2, 0, "DOCK"), scan(3, 10, "RAIL-OUT"))),
    Clean("IMPOSSIBLE_TRAVEL", "two readers of one gate", (plan(), IN_YARD, scan(3, 10, "NEXT-DOOR"))),
    Clean("IMPOSSIBLE_TRAVEL", "the port does not judge it", (plan(), scan(2, 0, "STORE"), scan(3, 0, "DRY-PORT"))),
    Clean("IMPOSSIBLE_TRAVEL", "a place of unknown position", (plan(), IN_YARD, scan(3, 10, "NOWHERE"))),
    Clean(
        "IMPOSSIBLE_TRAVEL",
        "the late read lies between the two",
        (plan(), scan(2, 10, "DOCK"), scan(3, 15, "RAIL-OUT"), scan(4, 12, "GATE")),
    ),
    Clean(
        "IMPOSSIBLE_TRAVEL",
        "after the end it is another kind",
        (plan(), status(3, 10, CustomsStatus.DEFINITIVE), IN_YARD, scan(4, 11, "DRY-PORT")),
    ),
    Clean("IMPOSSIBLE_TRAVEL", "without a plan", (IN_YARD, scan(3, 11, "DRY-PORT"))),
]


def journey(events: tuple[MissionEvent, ...]) -> Journey:
    return Journey(fold(events), BIG_PORT)


def of_kind(kind: str, events: tuple[MissionEvent, ...]) -> list[Finding]:
    return [finding for finding in assess(journey(events)) if finding.kind == kind]


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_raised(case: Case) -> None:
    (finding,) = of_kind(case.kind, case.events)
    assert finding.subject == case.subject
    assert finding.node == case.node
    assert finding.deviated_at == at(case.minutes)
    assert finding.evidence == tuple(event_id(number) for number in case.evidence)
    assert finding.sentence.endswith(".")


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_raised_in_any_order_of_arrival(case: Case) -> None:
    assert of_kind(case.kind, case.events[::-1]) == of_kind(case.kind, case.events)


@pytest.mark.parametrize("clean", NOT_RAISED, ids=lambda clean: f"{clean.kind}: {clean.why}")
def test_not_raised(clean: Clean) -> None:
    assert of_kind(clean.kind, clean.events) == []


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_without_its_evidence_the_finding_is_gone_or_smaller(case: Case) -> None:
    named = {event_id(number) for number in case.evidence}
    rest = tuple(event for event in case.events if getattr(event, "event_id", None) not in named)
    assert of_kind(case.kind, case.events) != of_kind(case.kind, rest)


@pytest.mark.parametrize(
    ("kind", "events", "due"),
    [
        ("EXIT_CHECK_MISSING", (plan(path=(step("YARD"), step("GATE-OUT"))), LEFT), 90),
        ("DWELL_EXCEEDED", (plan(path=(step("YARD"), step("GATE-OUT"))), ENTERED), 100),
        ("ABANDONED_UNIT", (plan(path=(step("YARD"), step("GATE-OUT"))), IN_YARD), 10 + ABANDONED),
    ],
)
def test_the_clock_raises_it_at_its_due_time_and_not_before(
    kind: str, events: tuple[MissionEvent, ...], due: float
) -> None:
    assert next_due_at(journey(events)) == at(due)
    assert of_kind(kind, (*events, deadline(due - A_MILLISECOND))) == []
    assert next_due_at(journey((*events, deadline(due - A_MILLISECOND)))) == at(due)
    assert [finding.deviated_at for finding in of_kind(kind, (*events, deadline(due)))] == [at(due)]
    later = next_due_at(journey((*events, deadline(due))))
    assert later is None or later > at(due)


def test_a_replaced_seal_is_foreign_from_then_on() -> None:
    old_seal = scan(2, 61, "DOCK", *ids(BIC=BOX, SEAL="BRI1234567"))
    (finding,) = of_kind("SEAL_DISCREPANCY", (SEALED, NEW_SEAL, old_seal))
    assert finding.subject == "SEAL:BRI1234567"


def test_nothing_is_awaited_of_a_mission_in_good_order() -> None:
    done = (plan(), IN_YARD, LEFT, CERTIFIED, DEFINITIVE)
    assert next_due_at(journey(done)) is None


def test_a_unit_that_left_unreleased_and_uncertified_deviates_twice() -> None:
    kinds = {finding.kind for finding in assess(journey((plan(), LEFT, deadline(90))))}
    assert kinds >= {"EXIT_WITHOUT_RELEASE", "EXIT_CHECK_MISSING"}


def test_neither_exit_check_nor_release_heals_the_other() -> None:
    released = {finding.kind for finding in assess(journey((plan(), RELEASED, LEFT, deadline(90))))}
    assert "EXIT_CHECK_MISSING" in released
    assert "EXIT_WITHOUT_RELEASE" not in released
    checked = {finding.kind for finding in assess(journey((plan(), LEFT, CERTIFIED, deadline(90))))}
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


@pytest.mark.parametrize("node", ["YARD", "QUARANTINE", "GATE-OUT"])
def test_a_reader_whose_clock_says_the_end_of_time_stops_nothing(node: str) -> None:
    lost = (plan(), msgspec.structs.replace(scan(2, 0, node), occurred_at=END_OF_TIME))
    assert next_due_at(journey(lost)) is not None
    assert all(finding.deviated_at <= END_OF_TIME for finding in assess(journey((*lost, deadline(99)))))
