"""What happens to one unit and its mission: customs, readers, devices and appointments tell."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from domain.events.vocabulary import (
    AmendmentReason,
    AppointmentPurpose,
    ConveyanceId,
    CustomsStatus,
    DeviceSignal,
    Direction,
    Identifier,
    Incident,
    Moment,
    Name,
    NodeId,
    Outcome,
    PathNode,
    Position,
    Process,
    Record,
    ReviewStatus,
    Technology,
)


class IotIdGenerated(Record, frozen=True, tag="iot_id_generated"):
    """Customs minted an IOT_ID: it binds declarations to a unit and sends both along a path (§355–357)."""

    event_id: UUID
    occurred_at: Moment
    source: Name
    iot_id: UUID
    process: Process
    identifiers: Annotated[
        tuple[Identifier, ...],
        Meta(min_length=1, max_length=32, description="the unit, what carries it, seals, and every MRN"),
    ]
    path: Annotated[
        tuple[PathNode, ...],
        Meta(min_length=2, max_length=64, description="from the departure node to the destination node"),
    ]


class IdScanned(Record, frozen=True, tag="id_scanned"):
    """A reader at a node read one pass of something; any of the identifiers may be misread (§356).

    *Shape*: ``conveyance`` is the train or the ship's call that carries it past, where the rail gate's detection
    system or the quay crane knows it.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    node: NodeId
    reader: Name
    technology: Technology
    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=8)]
    direction: Direction | None = None
    conveyance: ConveyanceId | None = None


class CustomsStatusChanged(Record, frozen=True, tag="customs_status_changed"):
    """An authority decided something about a unit or one of its declarations.

    *Shape*: with an MRN among the identifiers the status is that declaration's, otherwise the whole unit's.
    ``HOLD_PLACED`` and ``HOLD_LIFTED`` name the hold; ``node`` is where the control will take place, if known.
    Of an examination the parties must not be told earlier than ``not_before`` (§262).
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    authority: Name
    status: CustomsStatus
    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=8)]
    hold_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    node: NodeId | None = None
    not_before: Moment | None = None


class MissionAmended(Record, frozen=True, tag="mission_amended"):
    """Customs changed a mission under way: another path, another vehicle, another seal (§287–289).

    *Shape*: ``path`` replaces the path in force, whole, from the departure node on; identifiers ``added`` belong to
    the mission, those ``removed`` no more from ``occurred_at`` on.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    iot_id: UUID
    reason: AmendmentReason
    incident: Incident | None = None
    path: Annotated[tuple[PathNode, ...], Meta(min_length=2, max_length=64)] | None = None
    added: Annotated[tuple[Identifier, ...], Meta(max_length=32)] = ()
    removed: Annotated[tuple[Identifier, ...], Meta(max_length=32)] = ()


class DeviceSignalled(Record, frozen=True, tag="device_signalled"):
    """A smart container or an electronic seal reported something; a suspicion until somebody has looked.

    *Shape*: ``identifiers`` are those of the unit or seal that the device is fitted to; ``node`` is the place in
    which the device's platform sees it, ``position`` where it is.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    device: Name
    signal: DeviceSignal
    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=8)]
    node: NodeId | None = None
    position: Position | None = None


class AppointmentMade(Record, frozen=True, tag="appointment_made"):
    """A slot at a gate was booked (§385), or the controls of several authorities were set for one visit (§38, §41).

    *Shape*: a later event of the same ``appointment_id`` replaces the earlier one, or cancels it. ``authorities``
    are those who control; of their appointment the parties must not be told earlier than ``not_before``.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    appointment_id: Annotated[str, Meta(min_length=1, max_length=64)]
    purpose: AppointmentPurpose
    node: NodeId
    starts_at: Moment
    ends_at: Moment
    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=8)]
    authorities: Annotated[tuple[Name, ...], Meta(max_length=16)] = ()
    cancelled: bool = False
    not_before: Moment | None = None


class AlertReviewed(Record, frozen=True, tag="alert_reviewed"):
    """Customs took note of an alert, or disposed of it with an outcome.

    *Shape*: ``alert_id`` and its owner, ``iot_id`` or ``object_key``, are those of the alert.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    alert_id: UUID
    review: ReviewStatus
    iot_id: UUID | None = None
    object_key: Annotated[str, Meta(min_length=3, max_length=600)] | None = None
    outcome: Outcome | None = None


class EventRetracted(Record, frozen=True, tag="event_retracted"):
    """Whoever reported an event takes it back; what it caused no longer stands.

    A correction is a retraction and the right event under an id of its own.
    *Shape*: ``retracts`` is the id of the event, ``retracted_at`` its ``occurred_at``; ``identifiers`` and
    ``conveyance`` are its own: by these it is found where it went. Of an event that names an IOT_ID, that comes
    first, beside everything that it bound.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    retracts: UUID
    retracted_at: Moment
    reason: Name
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=33)] = ()
    conveyance: ConveyanceId | None = None
