"""What happens to cargo, as everybody in the project says it.

The same types are the JSON Lines form of ``missionpath publish``, the Avro records on Kafka and the input of
the fold. Times carry an offset and are compared in UTC. *Source*: WCO–IAPH Guidelines §355–357.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.identifiers import Scheme

# Not "$": it matches before a final line end, which "no character follows" does not, in Python and JavaScript alike.
NODE_ID = r"^[A-Z0-9][A-Z0-9-]{1,39}(?![\s\S])"

Moment = Annotated[datetime, Meta(tz=True, description="ISO 8601 with an offset; milliseconds are kept")]
NodeId = Annotated[str, Meta(pattern=NODE_ID, description="a logistic node, e.g. ITBRI-GATE-IN")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type"):
    """Base of all events: unknown fields are refused, so that a typing error cannot pass for data."""


class Process(StrEnum):
    """The customs process that the mission serves (Guidelines §359)."""

    IMPORT_ROAD = "IMPORT_ROAD"
    IMPORT_RAIL = "IMPORT_RAIL"
    TRANSIT = "TRANSIT"
    EXPORT_ROAD = "EXPORT_ROAD"
    EXPORT_RAIL = "EXPORT_RAIL"
    DRY_PORT = "DRY_PORT"


class Technology(StrEnum):
    """How an ID-reader reads (Guidelines §356)."""

    OCR = "OCR"
    RFID = "RFID"
    BARCODE = "BARCODE"


class Direction(StrEnum):
    """Which way the unit passed a gate, seen from the place behind it."""

    IN = "IN"
    OUT = "OUT"


class CustomsStatus(StrEnum):
    """What customs, or an authority with a hold of its own, decided."""

    MANIFESTED = "MANIFESTED"
    MANIFEST_VALIDATED = "MANIFEST_VALIDATED"
    DECLARED = "DECLARED"
    UNDER_CONTROL = "UNDER_CONTROL"
    SELECTED_FOR_SCAN = "SELECTED_FOR_SCAN"
    RELEASED = "RELEASED"
    TO_DRY_PORT = "TO_DRY_PORT"
    EXIT_CERTIFIED = "EXIT_CERTIFIED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    DEFINITIVE = "DEFINITIVE"
    HOLD_PLACED = "HOLD_PLACED"
    HOLD_LIFTED = "HOLD_LIFTED"


class Identifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One identifier as it was read or declared; *Units*: confidence from 0 to 1, none if the reader gives none."""

    scheme: Scheme
    value: Annotated[str, Meta(min_length=1, max_length=64)]
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = None


CONFIDENCE_MIN = 0.75
"""A read less sure than this may lead to a mission, but never speaks against one."""


def is_sure(identifier: Identifier) -> bool:
    """Whether it was read surely; a reader that gives no confidence is believed."""
    return identifier.confidence is None or identifier.confidence >= CONFIDENCE_MIN


class PathNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step of a mission path: missing a *required* one is a deviation, an allowed one may be left out."""

    node: NodeId
    required: bool = True
    due_at: Moment | None = None


class IotIdGenerated(_Record, frozen=True, tag="iot_id_generated"):
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


class IdScanned(_Record, frozen=True, tag="id_scanned"):
    """A reader at a node read one pass of something; any of the identifiers may be misread (§356)."""

    event_id: UUID
    occurred_at: Moment
    source: Name
    node: NodeId
    reader: Name
    technology: Technology
    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=8)]
    direction: Direction | None = None


class CustomsStatusChanged(_Record, frozen=True, tag="customs_status_changed"):
    """An authority decided something about a unit or one of its declarations.

    *Shape*: with an MRN among the identifiers the status is that declaration's, otherwise the whole unit's.
    ``HOLD_PLACED`` and ``HOLD_LIFTED`` name the hold; ``node`` is where the control will take place, if known.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    authority: Name
    status: CustomsStatus
    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=8)]
    hold_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    node: NodeId | None = None


class AmendmentReason(StrEnum):
    """Why a mission is not to go as it was laid down (Guidelines §287–289)."""

    REROUTED = "REROUTED"
    TRANSHIPPED = "TRANSHIPPED"
    NEW_VEHICLE = "NEW_VEHICLE"
    SEAL_REPLACED = "SEAL_REPLACED"
    OTHER = "OTHER"


class Incident(StrEnum):
    """The six kinds of incident en route of UCC-IA Art. 305."""

    ITINERARY_NOT_FOLLOWED = "ITINERARY_NOT_FOLLOWED"
    SEAL_BROKEN = "SEAL_BROKEN"
    GOODS_TRANSFERRED = "GOODS_TRANSFERRED"
    IMMINENT_DANGER = "IMMINENT_DANGER"
    OTHER_INCIDENT = "OTHER_INCIDENT"
    TRANSPORT_CHANGED = "TRANSPORT_CHANGED"


class MissionAmended(_Record, frozen=True, tag="mission_amended"):
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


class EventRetracted(_Record, frozen=True, tag="event_retracted"):
    """Whoever reported an event takes it back; what it caused no longer stands.

    A correction is a retraction and the right event under an id of its own.
    *Shape*: ``retracts`` is the id of the event, ``retracted_at`` its ``occurred_at``, ``identifiers`` are its own:
    by these it is found where it went.
    """

    event_id: UUID
    occurred_at: Moment
    source: Name
    retracts: UUID
    retracted_at: Moment
    reason: Name
    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=8)]


class IdBound(_Record, frozen=True, tag="id_bound"):
    """From ``valid_from`` on, in event time, an identifier means this IOT_ID, or, ``released``, no longer does."""

    event_id: UUID
    iot_id: UUID
    scheme: Scheme
    value: str
    valid_from: Moment
    released: bool = False


class DeadlinePassed(_Record, frozen=True, tag="deadline_passed"):
    """The clock's command to judge absences as of a moment: of a mission, or of reads that wait for an IOT_ID.

    *Shape*: ``subject`` is the IOT_ID or the ``SCHEME:VALUE``, as in the record's key.
    """

    subject: str
    as_of: Moment


InputEvent = IotIdGenerated | MissionAmended | IdScanned | CustomsStatusChanged | EventRetracted
"""What may be published from outside."""

Observation = IdScanned | CustomsStatusChanged | EventRetracted
"""What names its cargo by identifiers and must be resolved to an IOT_ID."""

MissionEvent = InputEvent | DeadlinePassed
"""What the fold of one mission takes in."""


def flaws(event: InputEvent) -> list[str]:
    """What is wrong with an event although each field by itself is well-formed; empty when nothing is."""
    found = []
    if isinstance(event, CustomsStatusChanged):
        is_hold = event.status in (CustomsStatus.HOLD_PLACED, CustomsStatus.HOLD_LIFTED)
        if is_hold and event.hold_id is None:
            found.append(f"hold_id: needed with status {event.status}")
        if not is_hold and event.hold_id is not None:
            found.append(f"hold_id: not allowed with status {event.status}")
    if isinstance(event, IotIdGenerated | MissionAmended):
        due = [node.due_at for node in event.path or () if node.due_at is not None]
        if due != sorted(due):
            found.append("path: due times go backwards")
    if isinstance(event, MissionAmended) and not (event.path or event.added or event.removed):
        found.append("path: an amendment changes the path or the identifiers")
    return found


class MissionStatus(StrEnum):
    """How far a mission has come."""

    EXPECTED = "EXPECTED"
    DEPARTED = "DEPARTED"
    IN_TRANSIT = "IN_TRANSIT"
    ARRIVED = "ARRIVED"
    DEFINITIVE = "DEFINITIVE"
    CANCELLED = "CANCELLED"


class MissionStateChanged(_Record, frozen=True, tag="mission_state_changed"):
    """Where a mission stands after everything known of it; the latest revision replaces the earlier ones.

    *Units*: ``revision`` counts changes of this mission's state; ``reads`` counts distinct scans.
    """

    iot_id: UUID
    revision: int
    status: MissionStatus
    process: Process | None
    changed_at: Moment
    last_node: str | None
    last_read_at: Moment | None
    next_node: str | None
    next_due_at: Moment | None
    nodes_reached: tuple[str, ...]
    customs_statuses: tuple[CustomsStatus, ...]
    open_holds: tuple[str, ...]
    open_alerts: tuple[str, ...]
    reads: int


class Severity(StrEnum):
    """How urgent a deviation is to customs."""

    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class AlertStatus(StrEnum):
    """Whether a deviation stands."""

    RAISED = "RAISED"
    CHANGED = "CHANGED"
    CLEARED = "CLEARED"


class DeviationAlertChanged(_Record, frozen=True, tag="deviation_alert_changed"):
    """A deviation was raised, changed (its evidence or place), or cleared.

    *Guarantee*: ``alert_id`` follows from IOT_ID, kind and subject, ``revision`` counts up per alert: the highest
    revision holds, and a repeated record is the same record.
    *Shape*: ``object_key`` is ``SCHEME:VALUE`` of what was read when there is no IOT_ID; ``evidence`` are event
    ids; ``trigger`` is the event that brought the change, none when it was the clock.
    """

    alert_id: UUID
    revision: int
    status: AlertStatus
    kind: str
    severity: Severity
    basis: str
    subject: str
    iot_id: UUID | None
    object_key: str | None
    node: str | None
    deviated_at: Moment
    changed_at: Moment
    sentence: str
    evidence: tuple[UUID, ...]
    trigger: UUID | None
