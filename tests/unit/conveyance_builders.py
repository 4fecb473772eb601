"""Small builders of what is told of one train's run and one ship's call; times and ids as in ``builders``."""

from collections.abc import Iterable

from builders import BOX, MRN_1, PORT, at, deadline, event_id, ids, scan

from domain.assess import assess
from domain.deviations import Finding
from domain.dossier import Dossier, fold, opened, view_of
from domain.events import (
    CallStatus,
    DeadlinePassed,
    Direction,
    Identifier,
    IdScanned,
    InputEvent,
    ManifestUnit,
    MassVerified,
    Movement,
    Permission,
    TrainComposed,
    TrainPermissionChanged,
    TrainStage,
    TrainUnit,
    VesselCallChanged,
    VesselManifested,
)
from domain.port import Port

TRAIN = "TRAIN:60123-20260310"
CALL = "CALL:ITBRI-2026-0042"
SHIP = ids(SHIP="9074729")[0]
WAGON = "218124712173"
OTHER_WAGON = "338278431170"


def listed(unit: str = BOX, wagon: str | None = None, mrns: tuple[str, ...] = (MRN_1,), **more: str) -> TrainUnit:
    """A container on a train's list, declared when nothing else is said."""
    on = None if wagon is None else ids(WAGON=wagon)[0]
    return TrainUnit(unit=ids(BIC=unit)[0], wagon=on, mrns=mrns, **more)


def composed(
    number: int, minutes: float, *units: TrainUnit, stage: TrainStage = TrainStage.MANIFEST
) -> TrainComposed:
    """A train's manifest, or its loading list; with the one container when no units are given."""
    return TrainComposed(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="multimodal-operator",
        train=TRAIN,
        stage=stage,
        units=units or (listed(),),
    )


def permission(number: int, minutes: float, given: Permission = Permission.GRANTED) -> TrainPermissionChanged:
    return TrainPermissionChanged(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="adm-customs",
        train=TRAIN,
        permission=given,
        authority="ADM",
    )


def passed(
    number: int,
    minutes: float,
    *identifiers: Identifier,
    node: str = "RAIL-OUT",
    direction: Direction | None = None,
) -> IdScanned:
    """The rail gate's detection system reads something of the train; the container when nothing is named."""
    return scan(number, minutes, node, *identifiers, direction=direction, conveyance=TRAIN)


def manifested(
    unit: str = BOX, gross_mass_kg: int | None = None, *, dangerous: bool = False, scheme: str = "BIC"
) -> ManifestUnit:
    return ManifestUnit(unit=ids(**{scheme: unit})[0], gross_mass_kg=gross_mass_kg, dangerous=dangerous)


def manifest(
    number: int, minutes: float, *units: ManifestUnit, movement: Movement = Movement.DISCHARGE
) -> VesselManifested:
    """A ship's manifest; of the one container when no units are given."""
    return VesselManifested(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="ship-agent",
        call=CALL,
        ship=SHIP,
        movement=movement,
        units=units or (manifested(),),
    )


def call(number: int, minutes: float, status: CallStatus, eta: float | None = None) -> VesselCallChanged:
    """A step of the ship's call; *Units*: the ETA in minutes after the start, as all times here."""
    return VesselCallChanged(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="coastguard",
        call=CALL,
        ship=SHIP,
        status=status,
        eta=None if eta is None else at(eta),
    )


def weighed(number: int, minutes: float, verified_mass_kg: int, unit: str = BOX) -> MassVerified:
    return MassVerified(
        event_id=event_id(number),
        occurred_at=at(minutes),
        source="terminal",
        call=CALL,
        unit=ids(BIC=unit)[0],
        verified_mass_kg=verified_mass_kg,
    )


def landed(
    number: int, minutes: float, *identifiers: Identifier, node: str = "DOCK", direction: Direction | None = None
) -> IdScanned:
    """The quay crane reads what it takes off the ship; the container when nothing is named."""
    return scan(number, minutes, node, *identifiers, direction=direction, conveyance=CALL)


def folded(owner: str, events: Iterable[InputEvent | DeadlinePassed], dossier: Dossier | None = None) -> Dossier:
    """The dossier of a mission, a train's run or a ship's call with the events in it."""
    known = dossier or opened(owner)
    for event in events:
        known = fold(known, event)
    return known


def judged(owner: str, events: Iterable[InputEvent | DeadlinePassed], port: Port = PORT) -> list[Finding]:
    """What is wrong with the mission, the train's run or the ship's call of these events."""
    return assess(view_of(folded(owner, events), port))


def judged_at(minutes: float, owner: str = TRAIN) -> DeadlinePassed:
    return deadline(minutes, owner)
