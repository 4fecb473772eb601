"""How customs deals with alerts: taken note of, disposed of; open again when more is known."""

from typing import Any
from uuid import UUID

import pytest
from builders import IOT_ID, PORT, at, deadline, event_id, fold, plan, retracted, review, scan
from conveyance_builders import CALL, TRAIN, call, judged, passed
from deviation_cases import A_MILLISECOND, strangers

from domain.alerts import EVIDENCE_MAX, Cause, Ledger, alert_id, changes
from domain.assess import assess
from domain.deviations import Handling
from domain.events import AlertStatus, CallStatus, DeviationAlertChanged, Outcome, ReviewStatus
from domain.journey import Journey

STRAYED = alert_id(str(IOT_ID), "OFF_PATH_NODE", "SCANNER")
STRAY = (plan(), scan(2, 10, "SCANNER"))
NOTED = review(8, 20, STRAYED)
UNFOUNDED = review(9, 30, STRAYED, Outcome.UNFOUNDED)


def handling(*events: Any) -> Handling | None:
    """How the stray at the scanner was dealt with."""
    (finding,) = (f for f in assess(Journey(fold(events), PORT)) if f.subject == "SCANNER")
    return finding.handling


def told(*chapters: tuple[Any, ...]) -> tuple[Ledger, list[tuple[str, int]]]:
    """The ledger after some chapters of events, and what was told of alerts in the last."""
    ledger, alerts, so_far = Ledger(), list[DeviationAlertChanged](), list[Any]()
    for chapter in chapters:
        so_far += chapter
        ledger, alerts = changes(
            ledger, assess(Journey(fold(so_far), PORT)), Cause(IOT_ID, None, at(0), None, PORT.policy)
        )
    return ledger, [(alert.status.value, alert.revision) for alert in alerts]


def test_taken_note_of_and_disposed_of() -> None:
    assert handling(*STRAY) is None
    assert handling(*STRAY, NOTED) == Handling(ReviewStatus.ACKNOWLEDGED, None, "officer-7")
    disposed = Handling(ReviewStatus.DISPOSED, Outcome.UNFOUNDED, "officer-7")
    assert handling(*STRAY, NOTED, UNFOUNDED) == disposed
    assert handling(*STRAY, UNFOUNDED, NOTED) == disposed


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_latest_review_holds(outcome: Outcome) -> None:
    again = review(10, 40, STRAYED, outcome)
    found = handling(*STRAY, UNFOUNDED, again)
    assert found is not None
    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("minutes", "covers"), [(10, True), (10 - A_MILLISECOND, False), (9_999, True)], ids=["then", "before", "after"]
)
def test_a_review_covers_what_could_be_known_when_it_was_made(minutes: float, covers: bool) -> None:
    assert (handling(*STRAY, review(8, minutes, STRAYED)) is not None) is covers


def test_evidence_from_afterwards_opens_it_again_and_a_late_read_from_before_does_not() -> None:
    assert handling(*STRAY, NOTED, scan(3, 20 + A_MILLISECOND, "SCANNER")) is None
    assert handling(*STRAY, NOTED, scan(3, 20, "SCANNER")) is not None
    assert handling(*STRAY, NOTED, scan(3, 15, "SCANNER")) is not None


def test_an_absence_is_not_reviewed_before_it_is_one() -> None:
    overdue = alert_id(str(IOT_ID), "OVERDUE", "DOCK")
    for minutes, covers in ((60 - A_MILLISECOND, False), (60, True)):
        events = (plan(), deadline(60), review(8, minutes, overdue))
        (finding,) = assess(Journey(fold(events), PORT))
        assert (finding.handling is not None) is covers


@pytest.mark.parametrize(
    "other",
    [
        alert_id(str(IOT_ID), "OFF_PATH_NODE", "STORE"),
        alert_id(str(IOT_ID), "NODE_SKIPPED", "SCANNER"),
        alert_id(TRAIN, "OFF_PATH_NODE", "SCANNER"),
        event_id(77),
    ],
)
def test_the_review_of_another_alert_says_nothing_of_this_one(other: UUID) -> None:
    assert handling(*STRAY, review(8, 20, other)) is None


def test_a_review_that_is_taken_back_was_none() -> None:
    assert handling(*STRAY, NOTED, UNFOUNDED, retracted(10, 99, UNFOUNDED)) == handling(*STRAY, NOTED)
    assert handling(*STRAY, NOTED, retracted(10, 99, NOTED)) is None


# Told to whoever follows the alerts --------------------------------------------------------------------------------


def test_an_alert_lives_through_its_reviews() -> None:
    later = scan(3, 40, "SCANNER")
    chapters = [STRAY, (NOTED,), (UNFOUNDED,), (later,), (retracted(11, 50, later),)]
    lives = [told(*chapters[: end + 1])[1] for end in range(len(chapters))]
    assert lives == [
        [("RAISED", 1)],
        [("ACKNOWLEDGED", 2)],
        [("DISPOSED", 3)],
        [("CHANGED", 4)],
        [("DISPOSED", 5)],
    ]


def test_what_was_disposed_of_waits_for_nobody_and_stands_all_the_same() -> None:
    ledger, _ = told(STRAY, (NOTED,))
    assert ledger.open_kinds == ("OFF_PATH_NODE",)
    ledger, _ = told(STRAY, (UNFOUNDED,))
    assert ledger.open_kinds == ()
    assert [entry.is_open for entry in ledger.entries] == [True]


def test_a_review_that_comes_before_its_alert_waits_for_it() -> None:
    assert told((plan(),), (UNFOUNDED,), STRAY)[1] == [("DISPOSED", 1)]


def test_the_same_review_told_twice_is_no_news() -> None:
    assert told(STRAY, (NOTED,), (NOTED,))[1] == []


def test_what_is_cleared_and_found_again_is_still_covered_by_its_review() -> None:
    back = retracted(10, 40, STRAY[1])
    assert told(STRAY, (UNFOUNDED,), (back,))[1] == [("CLEARED", 3)]
    assert told(STRAY, (UNFOUNDED,), (back,), (scan(4, 25, "SCANNER"),))[1] == [("DISPOSED", 4)]
    assert told(STRAY, (UNFOUNDED,), (back,), (scan(4, 45, "SCANNER"),))[1] == [("RAISED", 4)]


def test_evidence_beyond_what_an_alert_names_opens_it_again_all_the_same() -> None:
    reads = tuple(scan(100 + n, 10 + n / 100, "SCANNER") for n in range(EVIDENCE_MAX))
    ledger, news = told((plan(), *reads), (UNFOUNDED,), (scan(999, 40, "SCANNER"),))
    assert news == [("CHANGED", 3)]
    assert len(ledger.entries[0].finding.evidence) == EVIDENCE_MAX


def test_the_alert_names_outcome_and_reviewer_of_the_review_in_force() -> None:
    cause = Cause(IOT_ID, None, at(0), event_id(9), PORT.policy)
    ledger, _ = told(STRAY)
    _, (alert,) = changes(ledger, assess(Journey(fold((*STRAY, UNFOUNDED)), PORT)), cause)
    assert (alert.status, alert.outcome, alert.reviewed_by) == (
        AlertStatus.DISPOSED,
        Outcome.UNFOUNDED,
        "officer-7",
    )
    ledger, _ = told(STRAY, (UNFOUNDED,))
    _, (alert,) = changes(ledger, assess(Journey(fold((*STRAY, UNFOUNDED, scan(3, 40, "SCANNER"))), PORT)), cause)
    assert (alert.status, alert.outcome, alert.reviewed_by) == (AlertStatus.CHANGED, None, None)


# Of trains, ships and unknown objects ------------------------------------------------------------------------------


def test_the_alert_of_a_train_is_reviewed_under_its_run() -> None:
    alert = alert_id(TRAIN, "RAIL_NO_DEPARTURE_PERMISSION", "RAIL-OUT")
    found = judged(TRAIN, (passed(2, 30), review(8, 31, alert, Outcome.CONFIRMED, TRAIN)))
    assert [finding.kind for finding in found if finding.handling] == ["RAIL_NO_DEPARTURE_PERMISSION"]


def test_the_alert_of_a_ship_is_reviewed_under_her_call() -> None:
    alert = alert_id(CALL, "MANIFEST_DISCREPANCY", "not notified")
    arrived = call(1, 6_000, CallStatus.ARRIVED)
    found = judged(CALL, (arrived, review(8, 6_000, alert, owner=CALL)))
    assert [finding.subject for finding in found if finding.handling] == ["not notified"]


def test_the_alert_of_an_unknown_object_is_reviewed_under_its_identifier() -> None:
    key = "BIC:CSQU3054383"
    seen = (scan(2, 5, "DOCK"), deadline(15, key))
    noted = review(8, 5, alert_id(key, "UNKNOWN_OBJECT", key), Outcome.INCONCLUSIVE, key)
    (finding,) = strangers(key, (*seen, noted))
    assert finding.handling == Handling(ReviewStatus.DISPOSED, Outcome.INCONCLUSIVE, "officer-7")
    again = (*seen, noted, scan(3, 6, "YARD"), deadline(16, key))
    assert [finding.handling for finding in strangers(key, again)] == [None]
