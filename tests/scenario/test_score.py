"""The score: what was planted and what stands, and that nothing is explained away."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
import pytest
from fold import PORT, alerts_of, over, run

from domain.alerts import alert_id
from domain.events import AlertStatus, DeviationAlertChanged, Severity
from readers.score import Truth, compare, read_truth
from readers.simulator import Misread, NoiseRates, Planted, Row, encode_row
from readers.simulator.parameters import TIDY

LOUD = NoiseRates(misreads=0.15, duplicates=0.1, repeats=0.1, delays=0.1, disorder=0.2)
AT = datetime(2026, 3, 10, tzinfo=UTC)
TRAIN = "TRAIN:60001-20260310"
GATE = "ITBRI-RAIL-OUT"
OWN, READ_AS, OTHER = "BIC:QXAU1111111", "BIC:QXAU7111111", "BIC:QXAU2222222"


def alert(kind: str, subject: str, evidence: tuple[UUID, ...] = ()) -> DeviationAlertChanged:
    return DeviationAlertChanged(
        alert_id=alert_id(TRAIN, kind, subject),
        revision=1,
        status=AlertStatus.RAISED,
        kind=kind,
        severity=Severity.WARNING,
        basis="",
        subject=subject,
        iot_id=None,
        object_key=TRAIN,
        node=GATE,
        deviated_at=AT,
        changed_at=AT,
        sentence="Something.",
        evidence=evidence,
        trigger=None,
    )


def planted(kind: str, subject: str, mission: int | None = None) -> Planted:
    return Planted(
        kind=kind,
        iot_id=None,
        object_key=TRAIN,
        subject=subject,
        node=GATE,
        at=AT,
        mission=mission,
        why="So it was.",
    )


def misread(effect: Literal["foreign", "unseen"] = "foreign") -> Misread:
    return Misread(
        effect=effect,
        event_id=UUID(int=5),
        mission=7,
        iot_id=UUID(int=70),
        conveyance=TRAIN,
        node=GATE,
        at=AT,
        identifier=OWN,
        read_as=READ_AS,
    )


def test_a_difference_without_a_cause_stays_unexplained() -> None:
    truth = Truth()
    events, simulation = run(truth.add, missions=300, deviating=0.3, noise=TIDY)
    alerts = alerts_of(events, PORT, over(simulation))
    first, *others = alerts
    missed = compare(truth, others)
    assert [(each.what, each.kind) for each in missed.unexplained] == [("missed", first.kind)]
    stray = msgspec.structs.replace(first, alert_id=UUID(int=1), subject="NOWHERE", evidence=())
    false = compare(truth, [*alerts, stray])
    assert [(each.what, each.kind) for each in false.unexplained] == [("false", first.kind)]
    moved = compare(truth, [msgspec.structs.replace(first, node="NOWHERE"), *others])
    assert [(each.what, each.kind) for each in moved.unexplained] == [("elsewhere", first.kind)]


def test_what_is_not_due_does_not_count() -> None:
    truth = Truth()
    run(truth.add, missions=300, deviating=0.3, noise=TIDY)
    middle = min(row.at for row in truth.planted) + timedelta(hours=12)
    score = compare(truth, [], middle)
    due = [row for row in truth.planted if row.at <= middle]
    assert 0 < len(due) < len(truth.planted)
    assert len(score.differences) == len(due)
    assert score.not_due == len(truth.planted) - len(due)


def test_the_truth_survives_its_file() -> None:
    rows: list[Row] = []
    truth = Truth()

    def tell(row: Row) -> None:
        rows.append(row)
        truth.add(row)

    run(tell, missions=500, deviating=0.3, noise=LOUD)
    again = read_truth(b"".join(map(encode_row, rows)).splitlines())
    assert again == truth
    assert again.planted
    assert again.totals is not None
    with pytest.raises(ValueError, match="line 2"):
        read_truth([encode_row(rows[0]), b'{"kind": "OVERDUE"}'])


@pytest.mark.parametrize(
    ("kind", "subject", "explained"),
    [
        ("RAIL_MANIFEST_MISMATCH", f"missing {OWN}", True),
        ("RAIL_MANIFEST_MISMATCH", f"extra {READ_AS}", True),
        ("RAIL_MANIFEST_MISMATCH", f"missing {OTHER}", False),
        ("RAIL_MANIFEST_MISMATCH", f"extra {OTHER}", False),
        ("RAIL_MANIFEST_MISMATCH", f"papers {OWN}", False),
        ("RAIL_MANIFEST_MISMATCH", "no manifest", False),
        ("RAIL_NO_DEPARTURE_PERMISSION", GATE, False),
    ],
)
def test_a_misread_explains_false_alerts_of_its_unit_alone(kind: str, subject: str, explained: bool) -> None:
    truth = Truth()
    truth.add(misread())
    score = compare(truth, [alert(kind, subject, evidence=(UUID(int=5),))])
    assert [each.explanation is not None for each in score.differences] == [explained]


@pytest.mark.parametrize(
    ("subject", "mission", "explained"),
    [
        (f"extra {OWN}", 7, True),
        (f"wagon {OWN}", 7, True),
        (f"wagon {OTHER}", 8, False),
        (f"papers {OWN}", 7, False),
        ("no manifest", None, False),
    ],
)
def test_a_misread_hides_what_was_planted_with_its_unit_alone(
    subject: str, mission: int | None, explained: bool
) -> None:
    truth = Truth()
    truth.add(misread("unseen"))
    truth.add(planted("RAIL_MANIFEST_MISMATCH", subject, mission))
    score = compare(truth, [])
    assert [each.explanation is not None for each in score.differences] == [explained]


@pytest.mark.parametrize("status", [AlertStatus.ACKNOWLEDGED, AlertStatus.DISPOSED, AlertStatus.CHANGED])
def test_what_customs_dealt_with_still_stands(status: AlertStatus) -> None:
    truth = Truth()
    truth.add(planted("RAIL_NO_DEPARTURE_PERMISSION", GATE))
    first = alert("RAIL_NO_DEPARTURE_PERMISSION", GATE)
    later = msgspec.structs.replace(first, revision=2, status=status)
    assert compare(truth, [later, first]).differences == []
    cleared = msgspec.structs.replace(first, revision=3, status=AlertStatus.CLEARED)
    score = compare(truth, [later, cleared, first])
    assert [each.what for each in score.differences] == ["missed"]
    assert [each.transient for each in score.kinds] == [1]
