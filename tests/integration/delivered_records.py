"""One example of every record that the sink takes, as it would be delivered; ids are new at each call."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from domain.events import (
    AlertReviewed,
    AlertStatus,
    AmendmentReason,
    AppointmentMade,
    AppointmentPurpose,
    CallStatus,
    CustomsStatus,
    CustomsStatusChanged,
    DeviationAlertChanged,
    DeviceSignal,
    DeviceSignalled,
    Direction,
    EventRetracted,
    IdBound,
    Identifier,
    IdScanned,
    Incident,
    IotIdGenerated,
    ManifestUnit,
    MassVerified,
    MissionAmended,
    MissionStateChanged,
    MissionStatus,
    Movement,
    ObservationRecounted,
    Outcome,
    PathNode,
    Permission,
    Position,
    Process,
    ReviewStatus,
    Severity,
    Technology,
    TrainComposed,
    TrainPermissionChanged,
    TrainStage,
    TrainUnit,
    UnitExpected,
    VesselCallChanged,
    VesselManifested,
)
from domain.identifiers import Scheme
from sinks.letters import DeadLetter, DeadLetterSettled
from sinks.rows import Delivery

AT = datetime(2026, 3, 1, 8, 30, 15, 123_000, tzinfo=UTC)
BOX = Identifier(scheme=Scheme.BIC, value="MSCU6639871", confidence=0.97)
TRUCK = Identifier(scheme=Scheme.PLATE, value="GA123ÈC")
WAGON = Identifier(scheme=Scheme.WAGON, value="218124712173", confidence=0.9)
SHIP = Identifier(scheme=Scheme.SHIP, value="9074729")
TRAIN, CALL = "TRAIN:60123-20260301", "CALL:ITBRI-2026-0417"


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
        conveyance=TRAIN if direction is Direction.OUT else None,
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
        not_before=AT + timedelta(hours=2),
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
        conveyance=TRAIN,
    )


def signalled(position: Position | None = None) -> DeviceSignalled:
    return DeviceSignalled(
        event_id=uuid4(),
        occurred_at=AT,
        source="box-platform",
        device="tracker 4711",
        signal=DeviceSignal.DOOR_OPENED,
        identifiers=(BOX,),
        node=None if position else "ITBRI-YARD",
        position=position,
    )


def appointment(purpose: AppointmentPurpose) -> AppointmentMade:
    is_control = purpose is AppointmentPurpose.CONTROL
    return AppointmentMade(
        event_id=uuid4(),
        occurred_at=AT,
        source="one-stop-shop",
        appointment_id="A-1",
        purpose=purpose,
        node="ITBRI-SCANNER",
        starts_at=AT + timedelta(hours=3),
        ends_at=AT + timedelta(hours=4),
        identifiers=(BOX, TRUCK),
        authorities=("ADM", "VETERINARY") if is_control else (),
        cancelled=is_control,
        not_before=AT if is_control else None,
    )


def reviewed(outcome: Outcome | None = None) -> AlertReviewed:
    return AlertReviewed(
        event_id=uuid4(),
        occurred_at=AT,
        source="officer 17",
        alert_id=uuid4(),
        review=ReviewStatus.DISPOSED if outcome else ReviewStatus.ACKNOWLEDGED,
        iot_id=None if outcome else uuid4(),
        object_key=TRAIN if outcome else None,
        outcome=outcome,
    )


def composed() -> TrainComposed:
    return TrainComposed(
        event_id=uuid4(),
        occurred_at=AT,
        source="mto",
        train=TRAIN,
        stage=TrainStage.MANIFEST,
        units=(
            TrainUnit(unit=BOX, wagon=WAGON, mrns=("26ITQBA158977764S6", "26ITQBA190171210R0")),
            TrainUnit(unit=TRUCK, transport_document="CIM-1"),
        ),
    )


def permitted() -> TrainPermissionChanged:
    return TrainPermissionChanged(
        event_id=uuid4(),
        occurred_at=AT,
        source="AIDA",
        train=TRAIN,
        permission=Permission.GRANTED,
        authority="ADM",
    )


def manifested() -> VesselManifested:
    return VesselManifested(
        event_id=uuid4(),
        occurred_at=AT,
        source="agent",
        call=CALL,
        ship=SHIP,
        movement=Movement.DISCHARGE,
        units=(
            ManifestUnit(unit=TRUCK),
            ManifestUnit(unit=BOX, gross_mass_kg=24_000, dangerous=True, mrns=("26ITQBA158977764S6",)),
        ),
    )


def called(status: CallStatus, eta: datetime | None = None) -> VesselCallChanged:
    return VesselCallChanged(
        event_id=uuid4(), occurred_at=AT, source="coastguard", call=CALL, ship=SHIP, status=status, eta=eta
    )


def weighed() -> MassVerified:
    return MassVerified(
        event_id=uuid4(), occurred_at=AT, source="weighbridge", call=CALL, unit=BOX, verified_mass_kg=1_000_000
    )


def expected() -> UnitExpected:
    until = AT + timedelta(days=2)
    return UnitExpected(
        event_id=uuid4(),
        conveyance=TRAIN,
        scheme=Scheme.BIC,
        value="MSCU6639871",
        expected_from=AT,
        expected_until=until,
    )


def recounted(resolved: Delivery, revision: int, *, counts: bool) -> ObservationRecounted:
    """What is told of an observation that was led to a mission."""
    event: Any = resolved.event
    assert resolved.iot_id is not None
    return ObservationRecounted(
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        iot_id=resolved.iot_id,
        counts=counts,
        revision=revision,
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
        control_node="ITBRI-SCANNER" if revision > 1 else None,
        control_at=AT if revision > 1 else None,
        control_authorities=("ADM", "VETERINARY") if revision > 1 else (),
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
        outcome=Outcome.CONFIRMED if status is AlertStatus.DISPOSED else None,
        reviewed_by="officer 17" if status is AlertStatus.DISPOSED else None,
    )


def dead_letter(key: bytes | None, value: bytes | None) -> DeadLetter:
    return DeadLetter.of(
        key,
        value,
        origin_topic="cargo.id.scanned.v1",
        origin_partition=3,
        origin_offset=uuid4().int >> 80,
        agent="resolve",
        reason="bad-frame",
        detail="not in the Confluent wire frame",
    )


def settled(letter: DeadLetter) -> DeadLetterSettled:
    return DeadLetterSettled(letter.origin_topic, letter.origin_partition, letter.origin_offset, "REPLAYED")


def every_record() -> list[Delivery]:
    """One delivery for each table, mission events of each kind included."""
    rerouted = amended((PathNode(node="ITBRI-QUAY"), PathNode(node="ITBRI-YARD", due_at=AT)))
    at_sea = signalled(Position(latitude=41.2075, longitude=-17.5))
    control = appointment(AppointmentPurpose.CONTROL)
    events = [generated(), rerouted, amended(), scanned(), status_changed(), retracted(), at_sea, control, reviewed()]
    return [
        *map(delivered, events),
        *map(delivered, of_conveyances()),
        *map(delivered, (scanned(Direction.OUT), scanned(direction=None), signalled(), reviewed(Outcome.UNFOUNDED))),
        delivered(appointment(AppointmentPurpose.GATE_SLOT)),
        delivered(bound()),
        delivered(msgspec.structs.replace(bound(), released=True)),
        delivered(msgspec.structs.replace(bound(), withdrawn=True)),
        *(delivered(event, iot_id=uuid4()) for event in events),
        delivered(recounted(delivered(scanned(), iot_id=uuid4()), 3, counts=False)),
        delivered(mission_state(uuid4(), 1, MissionStatus.DEPARTED)),
        delivered(mission_state(uuid4(), 2, MissionStatus.DEPARTED)),
        delivered(alert(uuid4(), 1, AlertStatus.RAISED)),
        delivered(alert(uuid4(), 2, AlertStatus.DISPOSED)),
        delivered(dead_letter(b"BIC:MSCU6639871", b"hello")),
        delivered(dead_letter(None, None)),
        delivered(settled(dead_letter(None, b""))),
    ]


def of_conveyances() -> list[msgspec.Struct]:
    """What is told of trains and of ships' calls, and what follows from it for one unit."""
    announced = called(CallStatus.ANNOUNCED, eta=AT)
    arrived = called(CallStatus.ARRIVED)
    return [composed(), permitted(), manifested(), announced, arrived, weighed(), expected()]
