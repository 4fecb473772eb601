"""What counts as a difference between two runs, and what does not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from cli.comparison import Comparison, KindCount, Run, Scope, compare
from domain.events import AlertStatus, DeviationAlertChanged, MissionStateChanged, MissionStatus, Outcome, Severity
from topics.told import Told

AT = datetime(2026, 3, 10, tzinfo=UTC)
MISSION, OTHER = UUID(int=1), UUID(int=2)
WHOLE = Scope(frozenset({str(MISSION)}), is_whole=True)
CUT = Scope(frozenset({str(MISSION), "TRAIN:41231-20260310"}), is_whole=False)

ALERT = DeviationAlertChanged(
    alert_id=UUID(int=10),
    revision=1,
    status=AlertStatus.RAISED,
    kind="OFF_PATH_NODE",
    severity=Severity.WARNING,
    basis="§356-358",
    subject="YARD",
    iot_id=MISSION,
    object_key=None,
    node="YARD",
    deviated_at=AT,
    changed_at=AT,
    sentence="Read at YARD.",
    evidence=(UUID(int=3),),
    trigger=UUID(int=3),
)
CLEARED = replace(ALERT, revision=2, status=AlertStatus.CLEARED, sentence="No longer stands: read at YARD.")
DISPOSED = replace(ALERT, revision=2, status=AlertStatus.DISPOSED, outcome=Outcome.UNFOUNDED, reviewed_by="ADM")

STATE = MissionStateChanged(
    iot_id=MISSION,
    revision=1,
    status=MissionStatus.IN_TRANSIT,
    process=None,
    changed_at=AT,
    last_node="GATE",
    last_read_at=AT,
    next_node="YARD",
    next_due_at=None,
    nodes_reached=("GATE",),
    customs_statuses=(),
    open_holds=(),
    open_alerts=(),
    reads=1,
)

Alerts = list[DeviationAlertChanged]


def run(alerts: Alerts = [], states: list[MissionStateChanged] = []) -> Run:  # noqa: B006 - never changed
    return Run({each.alert_id: Told(each) for each in alerts}, {each.iot_id: Told(each) for each in states})


def kinds(found: Comparison) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.live, each.shadow, each.fields) for each in found.alerts]


@pytest.mark.parametrize(
    ("live", "shadow"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([ALERT], [ALERT], id="the same"),
        pytest.param([ALERT], [replace(ALERT, status=AlertStatus.CHANGED, revision=7)], id="told more often"),
        pytest.param([ALERT], [replace(ALERT, changed_at=AT + timedelta(hours=1))], id="told later"),
        pytest.param([ALERT], [replace(ALERT, trigger=None)], id="brought by another event, or by the clock"),
        pytest.param([CLEARED], [], id="cleared, and never raised"),
        pytest.param([CLEARED], [replace(CLEARED, severity=Severity.CRITICAL)], id="cleared in both"),
        pytest.param([DISPOSED], [replace(DISPOSED, revision=1)], id="disposed of in both"),
    ],
)
def test_what_is_no_difference(live: Alerts, shadow: Alerts) -> None:
    assert compare(run(live), run(shadow), WHOLE).is_empty
    assert compare(run(shadow), run(live), WHOLE).is_empty


@pytest.mark.parametrize(
    ("live", "shadow", "expected"),
    [
        ([ALERT], [], ("open", "absent", ())),
        ([], [ALERT], ("absent", "open", ())),
        ([ALERT], [CLEARED], ("open", "cleared", ())),
        ([CLEARED], [ALERT], ("cleared", "open", ())),
        ([CLEARED], [DISPOSED], ("cleared", "disposed", ())),
        ([ALERT], [DISPOSED], ("open", "disposed", ("status", "outcome", "reviewed_by"))),
        ([ALERT], [replace(ALERT, status=AlertStatus.ACKNOWLEDGED)], ("open", "open", ("status",))),
        ([ALERT], [replace(ALERT, severity=Severity.CRITICAL)], ("open", "open", ("severity",))),
        ([ALERT], [replace(ALERT, node=None)], ("open", "open", ("node",))),
        ([ALERT], [replace(ALERT, deviated_at=AT + timedelta(minutes=1))], ("open", "open", ("deviated_at",))),
        ([ALERT], [replace(ALERT, evidence=())], ("open", "open", ("evidence",))),
    ],
)
def test_what_is_a_difference_of_an_alert(live: Alerts, shadow: Alerts, expected: Any) -> None:
    found = compare(run(live), run(shadow), WHOLE)
    assert kinds(found) == [expected]
    assert (found.alerts[0].kind, found.alerts[0].owner) == ("OFF_PATH_NODE", str(MISSION))


def test_alerts_are_counted_by_kind() -> None:
    one, two, three = (replace(ALERT, alert_id=UUID(int=number)) for number in (11, 12, 13))
    found = compare(run([ALERT, one, two]), run([ALERT, replace(two, severity=Severity.INFO), three]), WHOLE)
    assert found.kinds == {"OFF_PATH_NODE": KindCount(same=1, only_live=1, only_shadow=1, differing=1)}


@pytest.mark.parametrize(
    ("owner", "scope", "is_compared"),
    [
        (MISSION, WHOLE, True),
        (MISSION, CUT, True),
        (OTHER, WHOLE, False),  # it began after the end of the replay
        (OTHER, CUT, False),
        ("TRAIN:41231-20260310", CUT, True),
        ("TRAIN:41231-20260310", WHOLE, True),
        ("CALL:9074729-1", CUT, False),
        ("BIC:QXAU6716923", WHOLE, True),
        ("BIC:QXAU6716923", CUT, False),  # nobody can say that it was not bound before
    ],
)
def test_only_what_the_shadow_knows_from_its_beginning_is_compared(
    owner: UUID | str, scope: Scope, is_compared: bool
) -> None:
    iot_id, key = (owner, None) if isinstance(owner, UUID) else (None, owner)
    found = compare(run([replace(ALERT, iot_id=iot_id, object_key=key)]), run(), scope)
    assert (len(found.alerts), found.alerts_left_out) == ((1, 0) if is_compared else (0, 1))


def test_a_revision_that_was_under_way_counts_if_the_shadow_says_the_same() -> None:
    live = run([ALERT])
    live.alerts[ALERT.alert_id].soon_after.append(CLEARED)
    assert compare(live, run(), WHOLE).is_empty
    assert compare(live, run([ALERT]), WHOLE).is_empty
    assert kinds(compare(live, run([DISPOSED]), WHOLE)) == [
        ("open", "disposed", ("status", "outcome", "reviewed_by"))
    ]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"revision": 9, "changed_at": AT + timedelta(days=1)}, None),
        ({"open_alerts": ("OVERDUE",)}, ("open_alerts",)),
        ({"status": MissionStatus.ARRIVED, "next_node": None}, ("status", "next_node")),
    ],
)
def test_what_is_a_difference_of_a_mission(changed: dict[str, Any], fields: tuple[str, ...] | None) -> None:
    found = compare(run(states=[STATE]), run(states=[replace(STATE, **changed)]), WHOLE)
    assert [each.fields for each in found.missions] == ([] if fields is None else [fields])
    assert found.missions_same == (fields is None)


def test_a_mission_that_one_run_does_not_know_is_a_difference() -> None:
    assert [each.live for each in compare(run(), run(states=[STATE]), WHOLE).missions] == [None]
    assert [each.shadow for each in compare(run(states=[STATE]), run(), WHOLE).missions] == [None]


def test_a_mission_whose_state_of_then_is_gone_is_left_out() -> None:
    live = Run({}, {MISSION: Told(None, [], is_later=True)})
    found = compare(live, run(states=[STATE]), WHOLE)
    assert found.is_empty
    assert found.missions_left_out == 1
