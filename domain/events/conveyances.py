"""What is told of a train's run and of a ship's call: what they carry and how far they came."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.events.vocabulary import (
    CallId,
    CallStatus,
    Identifier,
    Moment,
    Movement,
    Name,
    Permission,
    Record,
    TrainId,
    TrainStage,
)

Document = Annotated[str, Meta(min_length=1, max_length=64)]
Kilograms = Annotated[int, Meta(ge=1, le=1_000_000)]


class TrainUnit(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, kw_only=True):
    """An ITU on a train's list: on which wagon, and with which papers."""

    unit: Identifier
    wagon: Identifier | None = None
    mrns: Annotated[tuple[Document, ...], Meta(max_length=32)] = ()
    transport_document: Document | None = None


class TrainComposed(Record, frozen=True, tag="train_composed"):
    """The multimodal operator told what a train may carry (loading list) or carries (manifest) (§372a–b).

    *Shape*: the latest manifest of a train replaces the earlier ones, whole.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    train: TrainId
    stage: TrainStage
    units: Annotated[tuple[TrainUnit, ...], Meta(min_length=1, max_length=200)]


class TrainPermissionChanged(Record, frozen=True, tag="train_permission_changed"):
    """Permission for a loaded train to leave was asked for, given or not (§372b)."""

    event_id: UUID
    occurred_at: Moment
    source: Name
    train: TrainId
    permission: Permission
    authority: Name


class ManifestUnit(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, kw_only=True):
    """A unit on a ship's manifest; *Units*: the gross mass as declared, kilograms."""

    unit: Identifier
    gross_mass_kg: Kilograms | None = None
    dangerous: bool = False
    mrns: Annotated[tuple[Document, ...], Meta(max_length=32)] = ()


class VesselManifested(Record, frozen=True, tag="vessel_manifested"):
    """A manifest was lodged for a ship's call (FAL 2, §360–362); those of several agents, or several parts, add up.

    *Shape*: ``occurred_at`` is when it was lodged. A line of ``missionpath publish`` holds a full one.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    call: CallId
    ship: Identifier
    movement: Movement
    units: Annotated[tuple[ManifestUnit, ...], Meta(min_length=1, max_length=1_000)]


class VesselCallChanged(Record, frozen=True, tag="vessel_call_changed"):
    """A ship's call went on: announced, notified, arrived (ATA), monitored, unloaded, gone (§362–363, §380).

    *Shape*: ``eta`` comes with ``ANNOUNCED``; the latest one holds.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    call: CallId
    ship: Identifier
    status: CallStatus
    eta: Moment | None = None


class MassVerified(Record, frozen=True, tag="mass_verified"):
    """A unit of a ship's call was weighed (verified gross mass, §294; SOLAS VI/2)."""

    event_id: UUID
    occurred_at: Moment
    source: Name
    call: CallId
    unit: Identifier
    verified_mass_kg: Kilograms
