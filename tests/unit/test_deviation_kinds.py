"""Each kind of deviation by its table: what raises it, what just does not, and which event clears it."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from random import Random

import cases_of_calls
import cases_of_devices
import cases_of_exits
import cases_of_identities
import cases_of_paths
import cases_of_trains
import cases_of_waiting
import pytest
from builders import IOT_ID, at, event_id, retracted
from conveyance_builders import CALL, TRAIN, judged
from deviation_cases import BIG_PORT, Case, Clean, Cleared, of_kind

import domain.deviations
from domain.deviations import RULES
from domain.events import DeadlinePassed, Severity

TABLES = (
    cases_of_paths,
    cases_of_exits,
    cases_of_identities,
    cases_of_waiting,
    cases_of_devices,
    cases_of_trains,
    cases_of_calls,
)
RAISED: dict[str, Case] = {name: case for table in TABLES for name, case in table.RAISED.items()}
NOT_RAISED: list[Clean] = [clean for table in TABLES for clean in table.NOT_RAISED]
CLEARED: list[Cleared] = [cleared for table in TABLES for cleared in table.CLEARED]

SUBJECTS = {
    "ABANDONED_UNIT": ("cleared", "uncleared"),
    "DWELL_EXCEEDED": ("",),
    "EXIT_CHECK_MISSING": ("",),
    "EXIT_WITHOUT_RELEASE": ("",),
    "GATE_WITHOUT_APPOINTMENT": ("",),
    "HOLD_VIOLATION": ("",),
    "IDENTIFIER_MISMATCH": ("",),
    "IMPOSSIBLE_TRAVEL": ("",),
    "MANIFEST_DISCREPANCY": ("not notified", "missing", "extra", "mass"),
    "NODE_SKIPPED": ("",),
    "NOTICE_LATE": ("PRE_ARRIVAL", "DANGEROUS_GOODS", "MANIFEST"),
    "OFF_PATH_NODE": ("", "corridor"),
    "OVERDUE": ("",),
    "RAIL_MANIFEST_MISMATCH": ("no manifest", "missing", "extra", "wagon", "papers"),
    "RAIL_NO_DEPARTURE_PERMISSION": ("",),
    "READ_AFTER_DEFINITIVE": ("",),
    "SEAL_DISCREPANCY": ("SEAL:", "tampered", "cloned"),
    "UNEXPECTED_DOOR_OPEN": ("",),
    "UNKNOWN_OBJECT": ("",),
}
"""Every kind, and how its subjects begin where they are of several sorts."""

CRITICAL = {
    "EXIT_WITHOUT_RELEASE",
    "HOLD_VIOLATION",
    "IDENTIFIER_MISMATCH",
    "IMPOSSIBLE_TRAVEL",
    "RAIL_NO_DEPARTURE_PERMISSION",
    "READ_AFTER_DEFINITIVE",
    "SEAL_DISCREPANCY",
    "UNEXPECTED_DOOR_OPEN",
}
BY_THE_CLOCK = {
    "ABANDONED_UNIT",
    "DWELL_EXCEEDED",
    "EXIT_CHECK_MISSING",
    "NOTICE_LATE",
    "OVERDUE",
    "RAIL_MANIFEST_MISMATCH",
}


def name_of(entry: Clean | Cleared) -> str:
    return f"{entry.kind}: {entry.why}"


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_raised(case: Case) -> None:
    (finding,) = (f for f in of_kind(case.kind, case.events, case.owner) if f.subject == case.subject)
    assert finding.node == case.node
    assert abs(finding.deviated_at - at(case.minutes)) < timedelta(milliseconds=0.5)
    assert finding.evidence == tuple(event_id(number) for number in case.evidence)
    assert finding.sentence.endswith(".")


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_raised_once_and_nothing_else_of_the_kind_with_it(case: Case) -> None:
    beginnings = [subject for subject in SUBJECTS[case.kind] if case.subject.startswith(subject)]
    found = [f for f in of_kind(case.kind, case.events, case.owner) if f.subject.startswith(max(beginnings, key=len))]
    assert [finding.subject for finding in found] == [case.subject]


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_raised_in_any_order_of_arrival_and_however_often(case: Case) -> None:
    expected = of_kind(case.kind, case.events, case.owner)
    for seed in range(5):
        untidily = [*case.events, *case.events]
        Random(seed).shuffle(untidily)
        if case.kind == "UNKNOWN_OBJECT":  # a read that waits is judged once all of them have arrived
            untidily.sort(key=lambda event: isinstance(event, DeadlinePassed))
        assert of_kind(case.kind, tuple(untidily), case.owner) == expected


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_without_its_evidence_the_finding_is_gone_or_smaller(case: Case) -> None:
    named = {event_id(number) for number in case.evidence}
    rest = tuple(event for event in case.events if getattr(event, "event_id", None) not in named)
    assert of_kind(case.kind, case.events, case.owner) != of_kind(case.kind, rest, case.owner)


@pytest.mark.parametrize("case", RAISED.values(), ids=RAISED.keys())
def test_what_is_taken_back_might_as_well_never_have_been_told(case: Case) -> None:
    if case.owner not in (str(IOT_ID), TRAIN, CALL):
        return  # what waits for its IOT_ID has no history
    told = [event for event in case.events if not isinstance(event, DeadlinePassed)]
    for number, gone in enumerate(told):
        back = retracted(1_000 + number, 5_000, gone)
        rest = tuple(event for event in case.events if event is not gone)
        assert judged(case.owner, (*case.events, back), BIG_PORT) == judged(case.owner, rest, BIG_PORT)


@pytest.mark.parametrize("clean", NOT_RAISED, ids=name_of)
def test_not_raised(clean: Clean) -> None:
    found = of_kind(clean.kind, clean.events, clean.owner)
    assert [finding for finding in found if finding.subject.startswith(clean.subject)] == []


@pytest.mark.parametrize("cleared", CLEARED, ids=name_of)
def test_cleared(cleared: Cleared) -> None:
    before = of_kind(cleared.kind, cleared.events, cleared.owner)
    after = of_kind(cleared.kind, (*cleared.events, *cleared.by), cleared.owner)
    assert [finding for finding in before if finding.subject.startswith(cleared.subject)] != []
    assert [finding for finding in after if finding.subject.startswith(cleared.subject)] == []


# The tables and the registry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(SUBJECTS))
def test_every_kind_and_every_sort_of_subject_has_its_three_tables(kind: str) -> None:
    for beginning in SUBJECTS[kind]:
        raised = [case for case in RAISED.values() if case.kind == kind and case.subject.startswith(beginning)]
        not_raised = [clean for clean in NOT_RAISED if clean.kind == kind and clean.subject == beginning]
        cleared = [each for each in CLEARED if each.kind == kind and each.subject == beginning]
        assert raised, f"{kind} {beginning}: nothing raises it"
        assert not_raised, f"{kind} {beginning}: no boundary"
        assert cleared, f"{kind} {beginning}: nothing clears it"


def test_no_case_hides_another_of_the_same_name() -> None:
    assert len(RAISED) == sum(len(table.RAISED) for table in TABLES)


def test_registry_has_a_file_for_each_kind_and_a_kind_for_each_file() -> None:
    files = {path.stem for path in Path(str(domain.deviations.__file__)).parent.glob("*.py")} - {"__init__", "rule"}
    assert {kind.lower() for kind in RULES} == files
    assert RULES.keys() == SUBJECTS.keys()


@pytest.mark.parametrize("kind", sorted(SUBJECTS))
def test_a_rule_says_everything_about_itself(kind: str) -> None:
    rule = RULES[kind]
    assert import_module(f"domain.deviations.{kind.lower()}").RULE is rule
    assert rule.kind == kind
    assert rule.basis.startswith("§") or rule.basis == "TIN CAN"
    assert rule.trigger
    assert rule.subject
    assert rule.severity is (Severity.CRITICAL if kind in CRITICAL else Severity.WARNING)
    assert (rule.find is None) == (kind == "UNKNOWN_OBJECT")
    assert (rule.due is not None) == (kind in BY_THE_CLOCK)


@pytest.mark.parametrize("kind", sorted(BY_THE_CLOCK))
def test_a_rule_that_awaits_something_says_what_is_set_for_it(kind: str) -> None:
    assert RULES[kind].threshold
