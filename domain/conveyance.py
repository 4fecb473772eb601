"""A train's run, or a ship's call: a fold over a set of facts, as a mission is.

A conveyance knows what it is said to carry and what was read as it passed; what that means is read off in
``domain.train_run`` and ``domain.vessel_call``.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.events import (
    AlertReviewed,
    CallStatus,
    ConveyanceEvent,
    DeadlinePassed,
    EventRetracted,
    Identifier,
    IdScanned,
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
from domain.facts import Read, Retraction, Review
from domain.history import inserted
from domain.identifiers import check, plainest
from domain.remembering import read_of, retraction_of, review_of

FACTS_MAX = 6_000
"""A large ship's call lands some thousand units, each of them read once or twice."""


class Load(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A unit on a train's list; ``wagon`` is none where the list does not say."""

    unit: str
    wagon: str | None
    has_papers: bool


class Composition(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="C"):
    """What a train may carry, or carries."""

    occurred_at: datetime
    event_id: UUID
    stage: TrainStage
    loads: tuple[Load, ...]


class Permit(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="P"):
    """Where the permission to leave stands from then on."""

    occurred_at: datetime
    event_id: UUID
    permission: Permission


class Cargo(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A unit on a ship's manifest; *Units*: kilograms, none when no mass was declared."""

    unit: str
    gross_mass_kg: int | None
    dangerous: bool


class Manifest(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="M"):
    """What a ship is said to discharge or to load."""

    occurred_at: datetime
    event_id: UUID
    movement: Movement
    cargo: tuple[Cargo, ...]


class CallStep(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="S"):
    """A step of a ship's call."""

    occurred_at: datetime
    event_id: UUID
    status: CallStatus
    eta: datetime | None


class Weighing(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="W"):
    """The verified gross mass of a unit; *Units*: kilograms."""

    occurred_at: datetime
    event_id: UUID
    unit: str
    mass_kg: int


ConveyanceFact = Composition | Permit | Manifest | CallStep | Weighing | Read | Review | Retraction
"""What the history of a conveyance holds."""


class Conveyance(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="C"):
    """All that is known of one train's run or ship's call.

    *Shape*: ``key`` is ``TRAIN:…`` or ``CALL:…``; ``facts`` and ``checked_at`` as a mission's.
    """

    key: str
    facts: tuple[ConveyanceFact, ...] = ()
    checked_at: datetime | None = None


def conveyance_of(event: ConveyanceEvent) -> str | None:
    """The conveyance that an event belongs to, none when it belongs to none."""
    match event:
        case TrainComposed() | TrainPermissionChanged():
            return event.train
        case VesselManifested() | VesselCallChanged() | MassVerified():
            return event.call
        case IdScanned() | EventRetracted():
            return event.conveyance
        case AlertReviewed():
            return event.object_key if event.object_key and is_conveyance(event.object_key) else None
        case DeadlinePassed():
            return event.subject if is_conveyance(event.subject) else None


def is_conveyance(key: str) -> bool:
    """Whether a key names a train's run or a ship's call."""
    return key.startswith(("TRAIN:", "CALL:"))


def apply_conveyance(conveyance: Conveyance, event: ConveyanceEvent) -> Conveyance:
    """The conveyance with the event in its history; the same one when it holds the event already.

    *Guarantee*: any order and any repetition of the same events ends in an equal conveyance.
    *Raises*: HistoryFull.
    """
    if isinstance(event, DeadlinePassed):
        if conveyance.checked_at is not None and event.as_of <= conveyance.checked_at:
            return conveyance
        return Conveyance(conveyance.key, conveyance.facts, event.as_of)
    facts = inserted(conveyance.facts, _REMEMBERED[type(event)](event), FACTS_MAX)
    return conveyance if facts is conveyance.facts else Conveyance(conveyance.key, facts, conveyance.checked_at)


def _composition(event: TrainComposed) -> Composition:
    return Composition(event.occurred_at, event.event_id, event.stage, tuple(map(_load, event.units)))


def _permit(event: TrainPermissionChanged) -> Permit:
    return Permit(event.occurred_at, event.event_id, event.permission)


def _manifest(event: VesselManifested) -> Manifest:
    cargo = tuple(Cargo(_key(each.unit), each.gross_mass_kg, each.dangerous) for each in event.units)
    return Manifest(event.occurred_at, event.event_id, event.movement, cargo)


def _step(event: VesselCallChanged) -> CallStep:
    return CallStep(event.occurred_at, event.event_id, event.status, event.eta)


def _weighing(event: MassVerified) -> Weighing:
    return Weighing(event.occurred_at, event.event_id, _key(event.unit), event.verified_mass_kg)


def _load(listed: TrainUnit) -> Load:
    wagon = None if listed.wagon is None else _key(listed.wagon)
    return Load(_key(listed.unit), wagon, bool(listed.mrns or listed.transport_document))


def _key(identifier: Identifier) -> str:
    return plainest(check(identifier.scheme, identifier.value)).key


def units_of(read: Read) -> list[str]:
    """The transport units that were surely read; two may stand on one wagon, and what is in them is none."""
    return [key for key in read.keys if key.startswith(("BIC:", "ILU:", "SWAP_BODY:"))]


_REMEMBERED: dict[type, Callable[[Any], ConveyanceFact]] = {
    IdScanned: read_of,
    TrainComposed: _composition,
    TrainPermissionChanged: _permit,
    VesselManifested: _manifest,
    VesselCallChanged: _step,
    MassVerified: _weighing,
    AlertReviewed: review_of,
    EventRetracted: retraction_of,
}
