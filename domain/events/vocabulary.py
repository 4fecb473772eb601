"""The words that events are made of: vocabularies, identifiers, times and places."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.identifiers import Scheme

# Not "$": it matches before a final line end, which "no character follows" does not, in Python and JavaScript alike.
NODE_ID = r"^[A-Z0-9][A-Z0-9-]{1,39}(?![\s\S])"

Moment = Annotated[datetime, Meta(tz=True, description="ISO 8601 with an offset; milliseconds are kept")]
NodeId = Annotated[str, Meta(pattern=NODE_ID, description="a logistic node, e.g. ITBRI-GATE-IN")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]


ConveyanceId = Annotated[
    str,
    Meta(
        pattern=r"^(TRAIN|CALL):[A-Z0-9][A-Z0-9-]{0,39}(?![\s\S])",
        description="a train's run or a ship's call, e.g. TRAIN:60123-20260310",
    ),
]
TrainId = Annotated[str, Meta(pattern=r"^TRAIN:[A-Z0-9][A-Z0-9-]{0,39}(?![\s\S])", description="a train's run")]
CallId = Annotated[str, Meta(pattern=r"^CALL:[A-Z0-9][A-Z0-9-]{0,39}(?![\s\S])", description="a ship's call")]


class Record(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, kw_only=True, tag_field="type"):
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
    RELEASE_WITHDRAWN = "RELEASE_WITHDRAWN"
    CONTROL_SATISFACTORY = "CONTROL_SATISFACTORY"
    CONTROL_UNSATISFACTORY = "CONTROL_UNSATISFACTORY"


EXAMINATIONS = frozenset({CustomsStatus.SELECTED_FOR_SCAN, CustomsStatus.UNDER_CONTROL, CustomsStatus.HOLD_PLACED})
"""Decisions that tell of an examination: the parties must not learn of them before a given moment."""


class Identifier(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, kw_only=True):
    """One identifier as it was read or declared; *Units*: confidence from 0 to 1, none if the reader gives none."""

    scheme: Scheme
    value: Annotated[str, Meta(min_length=1, max_length=64)]
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = None


CONFIDENCE_MIN = 0.75
"""A read less sure than this may lead to a mission, but never speaks against one."""


def is_sure(identifier: Identifier) -> bool:
    """Whether it was read surely; a reader that gives no confidence is believed."""
    return identifier.confidence is None or identifier.confidence >= CONFIDENCE_MIN


class PathNode(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, kw_only=True):
    """One step of a mission path: missing a *required* one is a deviation, an allowed one may be left out."""

    node: NodeId
    required: bool = True
    due_at: Moment | None = None


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


class DeviceSignal(StrEnum):
    """What a smart container or an electronic seal reports of itself (Operation TIN CAN)."""

    DOOR_OPENED = "DOOR_OPENED"
    DOOR_CLOSED = "DOOR_CLOSED"
    SEAL_REMOVED = "SEAL_REMOVED"
    SEAL_TAMPERED = "SEAL_TAMPERED"
    POSITION = "POSITION"
    BATTERY_LOW = "BATTERY_LOW"


class Position(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, kw_only=True):
    """A place on the earth; *Units*: WGS 84 degrees."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]


class AppointmentPurpose(StrEnum):
    """What a unit is expected for: to pass a gate in its slot (§385), or to be controlled (§38)."""

    GATE_SLOT = "GATE_SLOT"
    CONTROL = "CONTROL"


class TrainStage(StrEnum):
    """How far a train's composition has come (§372): candidates to be loaded, or what it carries."""

    LOADING_LIST = "LOADING_LIST"
    MANIFEST = "MANIFEST"


class Permission(StrEnum):
    """Where a train's permission to leave stands (§372b)."""

    REQUESTED = "REQUESTED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class Movement(StrEnum):
    """Which way the units of a ship's manifest go."""

    DISCHARGE = "DISCHARGE"
    LOADING = "LOADING"


class CallStatus(StrEnum):
    """What happened in a ship's call; its manifest is an event of its own (§360–364, §380)."""

    ANNOUNCED = "ANNOUNCED"
    PRE_ARRIVAL_NOTIFIED = "PRE_ARRIVAL_NOTIFIED"
    DANGEROUS_GOODS_NOTIFIED = "DANGEROUS_GOODS_NOTIFIED"
    ARRIVED = "ARRIVED"
    MONITORING_STARTED = "MONITORING_STARTED"
    MANIFEST_VALIDATED = "MANIFEST_VALIDATED"
    UNLOADED = "UNLOADED"
    DEPARTED = "DEPARTED"


class ReviewStatus(StrEnum):
    """How far customs has dealt with an alert."""

    ACKNOWLEDGED = "ACKNOWLEDGED"
    DISPOSED = "DISPOSED"


class Outcome(StrEnum):
    """What an alert turned out to be."""

    CONFIRMED = "CONFIRMED"
    UNFOUNDED = "UNFOUNDED"
    INCONCLUSIVE = "INCONCLUSIVE"


class MissionStatus(StrEnum):
    """How far a mission has come."""

    EXPECTED = "EXPECTED"
    DEPARTED = "DEPARTED"
    IN_TRANSIT = "IN_TRANSIT"
    ARRIVED = "ARRIVED"
    DEFINITIVE = "DEFINITIVE"
    CANCELLED = "CANCELLED"


class Severity(StrEnum):
    """How urgent a deviation is to customs."""

    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class AlertStatus(StrEnum):
    """What happened to an alert last; it stands unless it is cleared, and waits for nobody once it is disposed of."""

    RAISED = "RAISED"
    CHANGED = "CHANGED"
    CLEARED = "CLEARED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    DISPOSED = "DISPOSED"
