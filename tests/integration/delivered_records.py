"""One example of every record that the sink takes, as it would be delivered; ids are new at each call."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from domain.events import (
    AlertStatus,
    AmendmentReason,
    CustomsStatus,
    CustomsStatusChanged,
    DeviationAlertChanged,
    Direction,
    EventRetracted,
    IdBound,
    Identifier,
    IdScanned,
    Incident,
    IotIdGenerated,
    MissionAmended,
    MissionStateChanged,
    MissionStatus,
    PathNode,
    Process,
    Severity,
    Technology,
)
from domain.identifiers import Scheme
from sinks.rows import Delivery

AT = datetime(2026, 3, 1, 8, 30, 15, 123_000, tzinfo=UTC)
BOX = Identifier(scheme=Scheme.BIC, value="MSCU6639871", confidence=0.97)
TRUCK = Identifier(scheme=Scheme.PLATE, value="GA123ÈC")


def delivered(event: msgspec.Struct, iot_id: UUID | None = None, published_at: datetime = AT) -> Delivery:
    """``event`` as if it had come from a topic."""
    led_by = "BIC:MSCU6639871" if iot_id else None
    return Delivery(event, "cargo.some.topic.v1", 3, 1 << 40, published_at, iot_id, led_by)


def generated() -> IotIdGenerated:
    due = AT + timedelta(hours=2)
    return IotIdGenerated(
        event_id=uuid4(),
        occurred_at=AT,
        source="AIDA",
        iot_id=uuid4(),
        process=Process.IMPORT_ROAD,
        identifiers=(BOX, TRUCK),
        path=(PathNode(node="ITBRI-QUAY", due_at=due), PathNode(node="ITBRI-YARD", required=False)),
    )


def scanned(direction: Direction | None = Direction.IN) -> IdScanned:
    return IdScanned(
        event_id=uuid4(),
        occurred_at=AT,
        source="gate",
        node="ITBRI-GATE-IN",
        reader='it\'s \\ "lane"\n2',  # everything that an escape could get wrong
        technology=Technology.OCR,
        identifiers=(BOX, TRUCK),
        direction=direction,
    )


def status_changed() -> CustomsStatusChanged:
    return CustomsStatusChanged(
        event_id=uuid4(),
        occurred_at=AT,
        source="AIDA",
        authority="ADM",
        status=CustomsStatus.HOLD_PLACED,
        identifiers=(BOX,),
        hold_id="H-1",
    )


def bound() -> IdBound:
    return IdBound(event_id=uuid4(), iot_id=uuid4(), scheme=Scheme.SEAL, value="S123", valid_from=AT)


def amended(path: tuple[PathNode, ...] | None = None) -> MissionAmended:
    return MissionAmended(
        event_id=uuid4(),
        occurred_at=AT,
        source="AIDA",
        iot_id=uuid4(),
        reason=AmendmentReason.NEW_VEHICLE,
        incident=Incident.TRANSPORT_CHANGED if path else None,
        path=path,
        added=(TRUCK,),
        removed=(BOX, TRUCK) if path else (),
    )


def retracted() -> EventRetracted:
    return EventRetracted(
        event_id=uuid4(),
        occurred_at=AT,
        source="gate",
        retracts=uuid4(),
        retracted_at=AT - timedelta(hours=1),
        reason="lane 2 was reported as lane 3",
        identifiers=(BOX, TRUCK),
    )


def mission_state(iot_id: UUID, revision: int, status: MissionStatus) -> MissionStateChanged:
    return MissionStateChanged(
        iot_id=iot_id,
        revision=revision,
        status=status,
        process=None,
        changed_at=AT,
        last_node="ITBRI-GATE-IN",
        last_read_at=AT,
        next_node=None,
        next_due_at=None,
        nodes_reached=("ITBRI-QUAY", "ITBRI-GATE-IN"),
        customs_statuses=(CustomsStatus.RELEASED,),
        open_holds=(),
        open_alerts=("MISSED_NODE",),
        reads=2,
    )


def alert(alert_id: UUID, revision: int, status: AlertStatus) -> DeviationAlertChanged:
    return DeviationAlertChanged(
        alert_id=alert_id,
        revision=revision,
        status=status,
        kind="MISSED_NODE",
        severity=Severity.WARNING,
        basis="§371",
        subject="ITBRI-YARD",
        iot_id=None,
        object_key="BIC:MSCU6639871",
        node="ITBRI-YARD",
        deviated_at=AT,
        changed_at=AT,
        sentence="The container was not read at ITBRI-YARD.",
        evidence=(uuid4(), uuid4()),
        trigger=uuid4(),
    )


def every_record() -> list[Delivery]:
    """One delivery for each table, mission events of each kind included."""
    rerouted = amended((PathNode(node="ITBRI-QUAY"), PathNode(node="ITBRI-YARD", due_at=AT)))
    events = [generated(), rerouted, amended(), scanned(), status_changed(), retracted()]
    return [
        *map(delivered, events),
        delivered(scanned(direction=None)),
        delivered(bound()),
        delivered(msgspec.structs.replace(bound(), released=True)),
        *(delivered(event, iot_id=uuid4()) for event in events),
        delivered(mission_state(uuid4(), 1, MissionStatus.DEPARTED)),
        delivered(alert(uuid4(), 1, AlertStatus.RAISED)),
    ]
