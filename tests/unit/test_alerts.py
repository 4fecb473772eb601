"""The life of an alert: raised, changed, cleared, raised again; the same deviation always has the same id."""

import subprocess
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from builders import IOT_ID, at, event_id
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.alerts import EVIDENCE_MAX, Cause, Ledger, alert_id, changes
from domain.deviations import RULES, Finding
from domain.events import AlertStatus, DeviationAlertChanged

CHECKOUT = Path(__file__).parents[2]
CAUSE = Cause(IOT_ID, None, at(5), event_id(9))


def finding(kind: str = "OFF_PATH_NODE", subject: str = "STORE", evidence: Iterable[int] = (1,)) -> Finding:
    return Finding(kind, subject, subject, at(1), tuple(event_id(n) for n in evidence), f"Read at {subject}.")


def told(*assessments: list[Finding]) -> list[list[DeviationAlertChanged]]:
    """What is told after each of several assessments."""
    ledger, chapters = Ledger(), []
    for findings in assessments:
        ledger, alerts = changes(ledger, findings, CAUSE)
        chapters.append(alerts)
    return chapters


def short(alerts: list[DeviationAlertChanged]) -> list[tuple[str, int]]:
    return [(alert.status.value, alert.revision) for alert in alerts]


def test_raised_changed_cleared_and_raised_again() -> None:
    chapters = told([finding()], [finding(evidence=(1, 2))], [], [finding()])
    assert [short(alerts) for alerts in chapters] == [
        [("RAISED", 1)],
        [("CHANGED", 2)],
        [("CLEARED", 3)],
        [("RAISED", 4)],
    ]
    assert len({alert.alert_id for alerts in chapters for alert in alerts}) == 1


def test_nothing_is_told_when_nothing_changed() -> None:
    assert [short(alerts) for alerts in told([finding()], [finding()], [], [], [])] == [
        [("RAISED", 1)],
        [],
        [("CLEARED", 2)],
        [],
        [],
    ]


def test_the_ledger_counts_assessments_and_names_open_kinds() -> None:
    both = [finding("OVERDUE", "DOCK"), finding(), finding(subject="SCANNER")]
    ledger, _ = changes(Ledger(), both, CAUSE)
    assert (ledger.revision, ledger.open_kinds) == (1, ("OFF_PATH_NODE", "OVERDUE"))
    ledger, _ = changes(ledger, both[:1], CAUSE)
    assert (ledger.revision, ledger.open_kinds) == (2, ("OVERDUE",))


def test_a_raised_alert_says_all_there_is_to_say() -> None:
    ((alert,),) = told([finding()])
    rule = RULES["OFF_PATH_NODE"]
    assert alert == DeviationAlertChanged(
        alert_id=alert_id(str(IOT_ID), "OFF_PATH_NODE", "STORE"),
        revision=1,
        status=AlertStatus.RAISED,
        kind="OFF_PATH_NODE",
        severity=rule.severity,
        basis=rule.basis,
        subject="STORE",
        iot_id=IOT_ID,
        object_key=None,
        node="STORE",
        deviated_at=at(1),
        changed_at=at(5),
        sentence="Read at STORE.",
        evidence=(event_id(1),),
        trigger=event_id(9),
    )


def test_a_cleared_alert_says_what_no_longer_stands() -> None:
    _, (cleared,) = told([finding(evidence=(1, 2))], [])
    assert cleared.sentence == "No longer stands: read at STORE."
    assert cleared.evidence == (event_id(1), event_id(2))


@pytest.mark.parametrize(
    ("sentence", "cleared"),
    [
        ("Read at STORE.", "No longer stands: read at STORE."),
        ("BIC:CSQU3054383 passed RAIL-OUT.", "No longer stands: BIC:CSQU3054383 passed RAIL-OUT."),
    ],
)
def test_a_cleared_sentence_keeps_the_names_in_it(sentence: str, cleared: str) -> None:
    found = msgspec.structs.replace(finding(), sentence=sentence)
    assert told([found], [])[1][0].sentence == cleared


def test_an_unknown_object_owns_its_alert() -> None:
    cause = Cause(None, "BIC:CSQU3054383", at(5), None)
    _, (alert,) = changes(Ledger(), [finding("UNKNOWN_OBJECT", "BIC:CSQU3054383")], cause)
    assert (alert.iot_id, alert.object_key, alert.trigger) == (None, "BIC:CSQU3054383", None)
    assert alert.alert_id == alert_id("BIC:CSQU3054383", "UNKNOWN_OBJECT", "BIC:CSQU3054383")


@pytest.mark.parametrize(
    "other", [("another", "OVERDUE", "DOCK"), ("owner", "NODE_SKIPPED", "DOCK"), ("owner", "OVERDUE", "YARD")]
)
def test_owner_kind_and_subject_each_make_another_id(other: tuple[str, str, str]) -> None:
    assert alert_id(*other) != alert_id("owner", "OVERDUE", "DOCK")


def test_the_id_is_the_same_in_another_process() -> None:
    # Hash randomisation differs between the two.
    code = f"from domain.alerts import alert_id; print(alert_id({str(IOT_ID)!r}, 'OVERDUE', 'DOCK'))"
    run = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    assert UUID(run.stdout.strip()) == alert_id(str(IOT_ID), "OVERDUE", "DOCK")


def test_the_id_never_changes_between_releases() -> None:
    assert alert_id(str(IOT_ID), "OVERDUE", "DOCK") == UUID("bb7bdce0-3800-5886-974c-075d851756d4")


def test_evidence_is_bounded_and_more_of_it_is_no_news() -> None:
    many = range(1, EVIDENCE_MAX + 2)
    (raised,), again = told([finding(evidence=many)], [finding(evidence=[*many, 99])])
    assert raised.evidence == tuple(event_id(n) for n in range(1, EVIDENCE_MAX + 1))
    assert again == []


def test_a_ledger_survives_bytes() -> None:
    ledger, _ = changes(Ledger(), [finding(), finding("OVERDUE", "DOCK")], CAUSE)
    ledger, _ = changes(ledger, [finding()], CAUSE)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(ledger), type=Ledger) == ledger


SUBJECTS = ("DOCK", "YARD", "STORE")
assessments = st.lists(
    st.dictionaries(st.sampled_from(SUBJECTS), st.integers(1, 3)).map(
        lambda chosen: [finding(subject=subject, evidence=[n]) for subject, n in chosen.items()]
    ),
    max_size=8,
)


@settings(max_examples=150)
@given(history=assessments)
def test_the_last_word_of_each_alert_is_the_last_assessment(history: list[list[Finding]]) -> None:
    last = {alert.subject: alert for alerts in told(*history) for alert in alerts}
    open_now = {s: a.evidence for s, a in last.items() if a.status is not AlertStatus.CLEARED}
    assert open_now == {f.subject: f.evidence for f in (history[-1] if history else [])}


@settings(max_examples=150)
@given(history=assessments)
def test_revisions_count_up_by_one_and_states_follow_each_other(history: list[list[Finding]]) -> None:
    for subject in SUBJECTS:
        life = [alert for alerts in told(*history) for alert in alerts if alert.subject == subject]
        assert [alert.revision for alert in life] == list(range(1, len(life) + 1))
        assert all((a.status is AlertStatus.CLEARED) == (b.status is AlertStatus.RAISED) for a, b in pairwise(life))
        assert not life or life[0].status is AlertStatus.RAISED
