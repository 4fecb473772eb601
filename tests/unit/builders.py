"""Small builders of events for the unit tests: times are minutes after ``START``, ids come from a number."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.assess import assess
from domain.deviations import Finding
from domain.events import (
    AlertReviewed,
    AmendmentReason,
    AppointmentMade,
    AppointmentPurpose,
    CustomsStatus,
    CustomsStatusChanged,
    DeadlinePassed,
    DeviceSignal,
    DeviceSignalled,
    Direction,
    EventRetracted,
    Identifier,
    IdScanned,
    Incident,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    MissionEvent,
    Outcome,
    PathNode,
    Position,
    Process,
    ReviewStatus,
    Technology,
)
from domain.identifiers import Scheme
from domain.journey import Journey
from domain.mission import Mission, apply
from domain.port import Node, NodeKind, Port

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
IOT_ID = UUID(int=0xA11CE, version=4)
BOX = "CSQU3054383"
OTHER_BOX = "GYOU4047990"
TRUCK = "AB123CD"
OTHER_TRUCK = "XY987ZW"
MRN_1 = "26ITQBA158977764S6"
MRN_2 = "26ITQBA190171210R0"


def _node(node: str, kind: NodeKind, passage: Direction | None = None) -> Node:
    return Node(node=node, name=node.title(), kind=kind, latitude=41.1, longitude=16.8, passage=passage)


PORT = Port(
    locode="ITBRI",
    name="A small port",
    nodes=(
        _node("DOCK", NodeKind.DOCK_GATE),
        _node("YARD", NodeKind.PORT_FACILITY),
        _node("SCANNER", NodeKind.CUSTOMS_SPACE),
        _node("STORE", NodeKind.PORT_FACILITY),
        _node("GATE", NodeKind.PORT_GATE),
        _node("GATE-OUT", NodeKind.PORT_GATE, Direction.OUT),
        _node("RAIL-OUT", NodeKind.RAIL_GATE, Direction.OUT),
    ),
    paths={},
)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def event_id(number: int) -> UUID:
    return UUID(int=number, version=4)


def ids(**values: str) -> tuple[Identifier, ...]:
    """Identifiers by scheme: ``ids(BIC=BOX, PLATE=TRUCK)``."""
    return tuple(Identifier(scheme=Scheme(scheme), value=value) for scheme, value in values.items())


def step(node: str, *, required: bool = True, due: float | None = None) -> PathNode:
    return PathNode(node=node, required=required, due_at=None if due is None else at(due))


IMPORT_PATH = (step("DOCK", due=60), step("YARD", due=120), step("STORE", required=False), step("GATE-OUT", due=600))


def plan(
    number: int = 1,
    minutes: float = 0,
    path: tuple[PathNode, ...] = IMPORT_PATH,
    identifiers: tuple[Identifier, ...] | None = None,
    iot_id: UUID = IOT_ID,
) -> IotIdGenerated:
    return IotIdGenerated(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="adm-customs",
        iot_id=iot_id,
        process=Process.IMPORT_ROAD,
        identifiers=ids(BIC=BOX, PLATE=TRUCK, MRN=MRN_1) if identifiers is None else identifiers,
        path=path,
    )


def scan(
    number: int,
    minutes: float,
    node: str,
    *identifiers: Identifier,
    direction: Direction | None = None,
    conveyance: str | None = None,
) -> IdScanned:
    """A read at a node; of the container when no identifiers are given."""
    return IdScanned(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="pcs",
        node=node,
        reader=f"{node}-1",
        technology=Technology.OCR,
        identifiers=identifiers or ids(BIC=BOX),
        direction=direction,
        conveyance=conveyance,
    )


def status(
    number: int,
    minutes: float,
    decided: CustomsStatus,
    *identifiers: Identifier,
    authority: str = "ADM",
    hold_id: str | None = None,
    node: str | None = None,
    not_before: float | None = None,
) -> CustomsStatusChanged:
    """A decision about the whole unit when no identifiers are given."""
    return CustomsStatusChanged(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="adm-customs",
        authority=authority,
        status=decided,
        identifiers=identifiers or ids(BIC=BOX),
        hold_id=hold_id,
        node=node,
        not_before=None if not_before is None else at(not_before),
    )


def hold(
    number: int,
    minutes: float,
    hold_id: str = "H1",
    node: str | None = None,
    authority: str = "ADM",
    not_before: float | None = None,
) -> CustomsStatusChanged:
    placed = CustomsStatus.HOLD_PLACED
    return status(number, minutes, placed, authority=authority, hold_id=hold_id, node=node, not_before=not_before)


def lift(number: int, minutes: float, hold_id: str = "H1", authority: str = "ADM") -> CustomsStatusChanged:
    return status(number, minutes, CustomsStatus.HOLD_LIFTED, authority=authority, hold_id=hold_id)


def amended(
    number: int,
    minutes: float,
    path: tuple[PathNode, ...] | None = None,
    added: tuple[Identifier, ...] = (),
    removed: tuple[Identifier, ...] = (),
) -> MissionAmended:
    return MissionAmended(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="adm-customs",
        iot_id=IOT_ID,
        reason=AmendmentReason.REROUTED,
        incident=Incident.TRANSPORT_CHANGED,
        path=path,
        added=added,
        removed=removed,
    )


def signal(
    number: int,
    minutes: float,
    reported: DeviceSignal,
    node: str | None = None,
    position: tuple[float, float] | None = None,
    device: str = "eseal-1",
) -> DeviceSignalled:
    """What a device on the container reports; *Units*: the position is latitude and longitude in degrees."""
    return DeviceSignalled(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="device-platform",
        device=device,
        signal=reported,
        identifiers=ids(BIC=BOX),
        node=node,
        position=None if position is None else Position(latitude=position[0], longitude=position[1]),
    )


def appointment(
    number: int,
    minutes: float,
    node: str,
    window: tuple[float, float],
    appointment_id: str = "A1",
    authorities: tuple[str, ...] = (),
    *,
    cancelled: bool = False,
    not_before: float | None = None,
) -> AppointmentMade:
    """A slot; with authorities, a control."""
    return AppointmentMade(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="pcs",
        appointment_id=appointment_id,
        purpose=AppointmentPurpose.CONTROL if authorities else AppointmentPurpose.GATE_SLOT,
        node=node,
        starts_at=at(window[0]),
        ends_at=at(window[1]),
        identifiers=ids(BIC=BOX),
        authorities=authorities,
        cancelled=cancelled,
        not_before=None if not_before is None else at(not_before),
    )


def review(
    number: int, minutes: float, alert_id: UUID, outcome: Outcome | None = None, owner: str = str(IOT_ID)
) -> AlertReviewed:
    """An acknowledgement; with an outcome, the end of it."""
    is_mission = ":" not in owner
    return AlertReviewed(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="officer-7",
        alert_id=alert_id,
        review=ReviewStatus.ACKNOWLEDGED if outcome is None else ReviewStatus.DISPOSED,
        iot_id=UUID(owner) if is_mission else None,
        object_key=None if is_mission else owner,
        outcome=outcome,
    )


def retracted(
    number: int,
    minutes: float,
    event: InputEvent,
    *identifiers: Identifier,
    conveyance: str | None = None,
) -> EventRetracted:
    """An event is taken back, found by the container when nothing else is named."""
    return EventRetracted(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="pcs",
        retracts=event.event_id,
        retracted_at=event.occurred_at,
        reason="lane 2 was reported as lane 3",
        identifiers=identifiers or (() if conveyance else ids(BIC=BOX)),
        conveyance=conveyance,
    )


def deadline(minutes: float, subject: str = str(IOT_ID)) -> DeadlinePassed:
    return DeadlinePassed(subject=subject, as_of=at(minutes))


def fold(events: Iterable[MissionEvent], mission: Mission | None = None) -> Mission:
    folded = mission or Mission(IOT_ID)
    for event in events:
        folded = apply(folded, event)
    return folded


def findings(*events: MissionEvent) -> list[Finding]:
    """What is wrong with the mission of these events."""
    return assess(Journey(fold(events), PORT))
