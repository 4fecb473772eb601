"""Small builders of events for the unit tests: times are minutes after ``START``, ids come from a number."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.assess import assess
from domain.deviations import Finding
from domain.events import (
    CustomsStatus,
    CustomsStatusChanged,
    DeadlinePassed,
    Direction,
    Identifier,
    IdScanned,
    IotIdGenerated,
    MissionEvent,
    PathNode,
    Process,
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
    )


def status(
    number: int,
    minutes: float,
    decided: CustomsStatus,
    *identifiers: Identifier,
    authority: str = "ADM",
    hold_id: str | None = None,
    node: str | None = None,
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
    )


def hold(
    number: int, minutes: float, hold_id: str = "H1", node: str | None = None, authority: str = "ADM"
) -> CustomsStatusChanged:
    return status(number, minutes, CustomsStatus.HOLD_PLACED, authority=authority, hold_id=hold_id, node=node)


def lift(number: int, minutes: float, hold_id: str = "H1", authority: str = "ADM") -> CustomsStatusChanged:
    return status(number, minutes, CustomsStatus.HOLD_LIFTED, authority=authority, hold_id=hold_id)


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
