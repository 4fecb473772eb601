"""One delivered record to one row: which table, and which columns. Pure."""

import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import structs

from domain.events import (
    AlertReviewed,
    AppointmentMade,
    CustomsStatusChanged,
    DeviationAlertChanged,
    DeviceSignalled,
    EventRetracted,
    FactMoved,
    IdBound,
    Identifier,
    IdScanned,
    IotIdGenerated,
    MassVerified,
    MissionAmended,
    MissionStateChanged,
    ObservationRecounted,
    PathNode,
    Position,
    TrainComposed,
    TrainPermissionChanged,
    UnitExpected,
    VesselCallChanged,
    VesselManifested,
)
from domain.remembering import carried
from runtime.errors import InvalidRecord
from sinks.letters import DeadLetter, DeadLetterSettled

Columns = dict[str, object]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record as it was delivered, with where it came from.

    *Shape*: ``iot_id`` is set for records of the resolved mission-event topic only; ``resolved_by`` is the
    ``SCHEME:VALUE`` that led to it.
    """

    event: msgspec.Struct
    topic: str
    partition: int
    offset: int
    published_at: datetime
    iot_id: UUID | None = None
    resolved_by: str | None = None


def row(delivery: Delivery) -> tuple[str, Columns]:
    """The table that a delivery belongs to, and its columns there.

    *Shape*: ``identifiers``, ``path`` and ``units`` are parallel arrays, as ClickHouse keeps Nested columns; a single
    identifier is three columns. ``written_at`` is left to the table's default.
    *Raises*: InvalidRecord for a record type that has no table.
    """
    shape = _SHAPES.get((type(delivery.event), delivery.iot_id is not None))
    if shape is None:
        raise InvalidRecord("no-table", f"no table takes {type(delivery.event).__name__} from {delivery.topic}")
    table, columns = shape
    return table, columns(delivery) | _provenance(delivery)


def _provenance(delivery: Delivery) -> Columns:
    return {
        "kafka_topic": delivery.topic,
        "kafka_partition": delivery.partition,
        "kafka_offset": delivery.offset,
        "published_at": delivery.published_at,
    }


def _fields(delivery: Delivery) -> Columns:
    # asdict does not look into the fields, so that nothing is copied.
    return structs.asdict(delivery.event)


def _observation(delivery: Delivery) -> Columns:
    columns = _fields(delivery)
    identifiers: Any = columns.pop("identifiers")
    return columns | _parallel("identifiers", Identifier, identifiers)


def _generation(delivery: Delivery) -> Columns:
    columns = _observation(delivery)
    path: Any = columns.pop("path")
    return columns | _parallel("path", PathNode, path)


def _amendment(delivery: Delivery) -> Columns:
    columns = _fields(delivery)
    path, added, removed = (columns.pop(name) or () for name in ("path", "added", "removed"))
    lists: tuple[tuple[str, type[msgspec.Struct], Any], ...] = (
        ("path", PathNode, path),
        ("added", Identifier, added),
        ("removed", Identifier, removed),
    )
    for prefix, part, parts in lists:
        columns |= _parallel(prefix, part, parts)
    return columns


def _signal(delivery: Delivery) -> Columns:
    columns = _observation(delivery)
    position = columns.pop("position")
    return columns | _parts("", Position, position)


def _composition(delivery: Delivery) -> Columns:
    return _with_units(_fields(delivery), "unit", "wagon")


def _manifest(delivery: Delivery) -> Columns:
    return _with_units(_call(delivery), "unit")


def _call(delivery: Delivery) -> Columns:
    return _spread(_fields(delivery), "ship")


def _mass(delivery: Delivery) -> Columns:
    return _spread(_fields(delivery), "unit")


def _with_units(columns: Columns, *identifiers: str) -> Columns:
    held: Any = columns.pop("units")
    units = [_spread(structs.asdict(unit), *identifiers) for unit in held]
    # A list or manifest without units is no event.
    return columns | {f"units.{name}": [unit[name] for unit in units] for name in units[0]}


def _spread(columns: Columns, *identifiers: str) -> Columns:
    for name in identifiers:
        columns |= _parts(f"{name}_", Identifier, columns.pop(name))
    return columns


def _parts(prefix: str, part: type[msgspec.Struct], held: object) -> Columns:
    # Where nothing is held every column is null.
    return {f"{prefix}{name}": getattr(held, name, None) for name in part.__struct_fields__}


def _parallel(prefix: str, part: type[msgspec.Struct], parts: Iterable[msgspec.Struct]) -> Columns:
    held = list(parts)
    return {f"{prefix}.{name}": [getattr(each, name) for each in held] for name in part.__struct_fields__}


def _mission_event(delivery: Delivery) -> Columns:
    event: Any = delivery.event
    return {
        "iot_id": delivery.iot_id,
        "event_id": event.event_id,
        "record": event.record if isinstance(event, FactMoved) else event.__struct_config__.tag,
        "occurred_at": event.occurred_at,
        "resolved_by": delivery.resolved_by,
        **_said(event),
    }


def _said(event: msgspec.Struct) -> Columns:
    """What reports ask of a mission's events; null where neither it nor what is kept of it has it."""
    told: object = event
    if isinstance(event, FactMoved):
        try:
            told = carried(event)
        except (msgspec.DecodeError, binascii.Error) as error:
            raise InvalidRecord("bad-fact", "the fact that was moved cannot be read") from error
    return {name: getattr(told, name, None) for name in SAID}


SAID = ("process", "node", "direction", "reader", "status", "authority", "signal", "retracts")
"""The columns of ``mission_events`` that are null where an event does not have them."""


_SHAPES: dict[tuple[type, bool], tuple[str, Callable[[Delivery], Columns]]] = {
    (IotIdGenerated, False): ("iot_ids_generated", _generation),
    (MissionAmended, False): ("mission_amendments", _amendment),
    (IdScanned, False): ("scans", _observation),
    (CustomsStatusChanged, False): ("customs_statuses", _observation),
    (DeviceSignalled, False): ("device_signals", _signal),
    (AppointmentMade, False): ("appointments", _observation),
    (AlertReviewed, False): ("alert_reviews", _fields),
    (TrainComposed, False): ("train_compositions", _composition),
    (TrainPermissionChanged, False): ("train_permissions", _fields),
    (VesselManifested, False): ("vessel_manifests", _manifest),
    (VesselCallChanged, False): ("vessel_calls", _call),
    (MassVerified, False): ("masses_verified", _mass),
    (EventRetracted, False): ("event_retractions", _observation),
    (IdBound, False): ("id_bindings", _fields),
    (UnitExpected, False): ("units_expected", _fields),
    (IotIdGenerated, True): ("mission_events", _mission_event),
    (MissionAmended, True): ("mission_events", _mission_event),
    (EventRetracted, True): ("mission_events", _mission_event),
    (IdScanned, True): ("mission_events", _mission_event),
    (CustomsStatusChanged, True): ("mission_events", _mission_event),
    (DeviceSignalled, True): ("mission_events", _mission_event),
    (AppointmentMade, True): ("mission_events", _mission_event),
    (AlertReviewed, True): ("mission_events", _mission_event),
    (FactMoved, True): ("mission_events", _mission_event),
    (ObservationRecounted, False): ("observations_recounted", _fields),
    (MissionStateChanged, False): ("mission_states", _fields),
    (DeviationAlertChanged, False): ("deviation_alerts", _fields),
    (DeadLetter, False): ("dead_letters", _fields),
    (DeadLetterSettled, False): ("dead_letters_settled", _fields),
}
"""By record type, and whether it was resolved to a mission."""

TABLES = tuple(dict.fromkeys(table for table, _ in _SHAPES.values()))
"""Every table that rows go into."""
