"""What the parties of a port say, for tests that read like use cases: who, when, what.

Times are ``"09:30"`` on the first day, or ``"2 09:30"`` on the second; the first is Tuesday, 2026-03-10, UTC.
"""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from domain.alerts import alert_id
from domain.events import (
    AlertReviewed,
    AmendmentReason,
    AppointmentMade,
    AppointmentPurpose,
    CallStatus,
    CustomsStatus,
    CustomsStatusChanged,
    DeviceSignal,
    DeviceSignalled,
    Direction,
    EventRetracted,
    Identifier,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    ManifestUnit,
    MassVerified,
    MissionAmended,
    Movement,
    Outcome,
    PathNode,
    Permission,
    Position,
    Process,
    ReviewStatus,
    Technology,
    TrainComposed,
    TrainPermissionChanged,
    TrainStage,
    TrainUnit,
    VesselCallChanged,
    VesselManifested,
)
from domain.identifiers import Scheme

DAY = timedelta(days=1)
FIRST_DAY = datetime(2026, 3, 10, tzinfo=UTC)
IOT_ID = UUID("840cf5d5-2b1f-4c49-9a15-0f0a4d5b9e01")
OTHER_IOT_ID = UUID("3d381b9a-7c52-4f0e-8f6e-5f1be0d4c702")
TRAIN = "TRAIN:60123-20260310"
CALL = "CALL:ITBRI-2026-0042"

_numbers = count(1)


def at(when: str) -> datetime:
    """A moment: ``"09:30"``, or with its day, ``"2 09:30"``."""
    day, _, clock = when.rpartition(" ")
    hours, minutes = clock.split(":")
    return FIRST_DAY + (int(day or 1) - 1) * DAY + timedelta(hours=int(hours), minutes=int(minutes))


def identifier(scheme: str, value: str) -> Identifier:
    return Identifier(scheme=Scheme(scheme), value=value)


BOX, OTHER_BOX, THIRD_BOX = (identifier("BIC", n) for n in ("CSQU3054383", "GYOU4047990", "TEMU6079348"))
TRUCK, OTHER_TRUCK = identifier("PLATE", "AB123CD"), identifier("PLATE", "XY987ZW")
SEAL, NEW_SEAL = identifier("SEAL", "BRI1234567"), identifier("SEAL", "BRI7654321")
MRN, OTHER_MRN = identifier("MRN", "26ITQBA158977764S6"), identifier("MRN", "26ITQBA190171210R0")
WAGON, OTHER_WAGON = identifier("WAGON", "218124712173"), identifier("WAGON", "338278431170")
SHIP = identifier("SHIP", "9074729")


def _told(when: str, source: str) -> dict[str, Any]:
    return {"event_id": UUID(int=next(_numbers), version=4), "occurred_at": at(when), "source": source}


# Customs -----------------------------------------------------------------------------------------------------------


def step(node: str, due: str | None = None, *, required: bool = True) -> PathNode:
    return PathNode(node=node, required=required, due_at=None if due is None else at(due))


def customs_generates(
    when: str, process: Process, what: tuple[Identifier, ...], path: tuple[PathNode, ...], iot_id: UUID = IOT_ID
) -> IotIdGenerated:
    return IotIdGenerated(**_told(when, "adm-customs"), iot_id=iot_id, process=process, identifiers=what, path=path)


def customs_decides(
    when: str, status: CustomsStatus, *about: Identifier, not_before: str | None = None
) -> CustomsStatusChanged:
    return CustomsStatusChanged(
        **_told(when, "adm-customs"),
        authority="ADM",
        status=status,
        identifiers=about or (BOX,),
        not_before=None if not_before is None else at(not_before),
    )


def guards_certify_exit(when: str, *about: Identifier) -> CustomsStatusChanged:
    status = CustomsStatus.EXIT_CERTIFIED
    return CustomsStatusChanged(
        **_told(when, "guardia-di-finanza"), authority="GDF", status=status, identifiers=about or (BOX,)
    )


def hold_placed(
    when: str, authority: str, hold_id: str, node: str | None = None, not_before: str | None = None
) -> CustomsStatusChanged:
    return CustomsStatusChanged(
        **_told(when, authority.lower()),
        authority=authority,
        status=CustomsStatus.HOLD_PLACED,
        identifiers=(BOX,),
        hold_id=hold_id,
        node=node,
        not_before=None if not_before is None else at(not_before),
    )


def hold_lifted(when: str, authority: str, hold_id: str) -> CustomsStatusChanged:
    status = CustomsStatus.HOLD_LIFTED
    return CustomsStatusChanged(
        **_told(when, authority.lower()), authority=authority, status=status, identifiers=(BOX,), hold_id=hold_id
    )


def customs_amends(
    when: str,
    reason: AmendmentReason,
    path: tuple[PathNode, ...] | None = None,
    added: tuple[Identifier, ...] = (),
    removed: tuple[Identifier, ...] = (),
) -> MissionAmended:
    return MissionAmended(
        **_told(when, "adm-customs"), iot_id=IOT_ID, reason=reason, path=path, added=added, removed=removed
    )


def officer_reviews(
    when: str, kind: str, subject: str, outcome: Outcome | None = None, owner: str = str(IOT_ID)
) -> AlertReviewed:
    """An officer takes note of an alert or, with an outcome, is done with it."""
    of_mission = ":" not in owner
    return AlertReviewed(
        **_told(when, "officer-rossi"),
        alert_id=alert_id(owner, kind, subject),
        review=ReviewStatus.ACKNOWLEDGED if outcome is None else ReviewStatus.DISPOSED,
        iot_id=UUID(owner) if of_mission else None,
        object_key=None if of_mission else owner,
        outcome=outcome,
    )


# Readers, devices, appointments ------------------------------------------------------------------------------------


def read_at(
    when: str, node: str, *what: Identifier, direction: Direction | None = None, conveyance: str | None = None
) -> IdScanned:
    return IdScanned(
        **_told(when, "port-community-system"),
        node=node,
        reader=f"{node}-1",
        technology=Technology.OCR,
        identifiers=what or (BOX,),
        direction=direction,
        conveyance=conveyance,
    )


def device_signals(
    when: str, signal: DeviceSignal, node: str | None = None, position: tuple[float, float] | None = None
) -> DeviceSignalled:
    return DeviceSignalled(
        **_told(when, "device-platform"),
        device="eseal-77",
        signal=signal,
        identifiers=(BOX,),
        node=node,
        position=None if position is None else Position(latitude=position[0], longitude=position[1]),
    )


def slot_booked(when: str, gate: str, starts: str, ends: str, *, cancelled: bool = False) -> AppointmentMade:
    return _appointment(when, "SLOT-1", AppointmentPurpose.GATE_SLOT, gate, starts, ends, cancelled=cancelled)


def control_set(
    when: str, authority: str, node: str, starts: str, ends: str, not_before: str | None = None
) -> AppointmentMade:
    made = AppointmentPurpose.CONTROL
    embargo = None if not_before is None else at(not_before)
    return _appointment(
        when, f"CONTROL-{authority}", made, node, starts, ends, authorities=(authority,), not_before=embargo
    )


def _appointment(
    when: str, appointment_id: str, purpose: AppointmentPurpose, node: str, starts: str, ends: str, **more: Any
) -> AppointmentMade:
    return AppointmentMade(
        **_told(when, "port-community-system"),
        appointment_id=appointment_id,
        purpose=purpose,
        node=node,
        starts_at=at(starts),
        ends_at=at(ends),
        identifiers=(BOX,),
        **more,
    )


# Trains ------------------------------------------------------------------------------------------------------------


def on_train(unit: Identifier, wagon: Identifier | None = None, *, mrns: tuple[str, ...] = (MRN.value,)) -> TrainUnit:
    return TrainUnit(unit=unit, wagon=wagon, mrns=mrns)


def operator_composes(when: str, stage: TrainStage, *units: TrainUnit) -> TrainComposed:
    return TrainComposed(**_told(when, "multimodal-operator"), train=TRAIN, stage=stage, units=units)


def permission_to_leave(when: str, permission: Permission) -> TrainPermissionChanged:
    return TrainPermissionChanged(**_told(when, "adm-customs"), train=TRAIN, permission=permission, authority="ADM")


# Ships -------------------------------------------------------------------------------------------------------------


def coastguard_reports(when: str, status: CallStatus, eta: str | None = None) -> VesselCallChanged:
    return VesselCallChanged(
        **_told(when, "coastguard"), call=CALL, ship=SHIP, status=status, eta=None if eta is None else at(eta)
    )


def on_ship(unit: Identifier, gross_mass_kg: int | None = None, *, dangerous: bool = False) -> ManifestUnit:
    return ManifestUnit(unit=unit, gross_mass_kg=gross_mass_kg, dangerous=dangerous)


def agent_lodges(when: str, *units: ManifestUnit, movement: Movement = Movement.DISCHARGE) -> VesselManifested:
    return VesselManifested(**_told(when, "ship-agent"), call=CALL, ship=SHIP, movement=movement, units=units)


def terminal_weighs(when: str, unit: Identifier, verified_mass_kg: int) -> MassVerified:
    return MassVerified(**_told(when, "terminal"), call=CALL, unit=unit, verified_mass_kg=verified_mass_kg)


# Anybody -----------------------------------------------------------------------------------------------------------


def taken_back(when: str, event: InputEvent, *by: Identifier, conveyance: str | None = None) -> EventRetracted:
    return EventRetracted(
        **_told(when, "port-community-system"),
        retracts=event.event_id,
        retracted_at=event.occurred_at,
        reason="it was not so",
        identifiers=by or (() if conveyance else (BOX,)),
        conveyance=conveyance,
    )
