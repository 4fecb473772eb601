"""Rows that ClickHouse reads itself out of the Avro in which they came. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sinks.rows import SAID

PROVENANCE = (
    {"name": "kafka_topic", "type": "string"},
    {"name": "kafka_partition", "type": "double"},
    {"name": "kafka_offset", "type": "double"},
    {"name": "published_ms", "type": "double"},
)
"""The Avro fields behind every body. Doubles have a fixed size, and hold any offset exactly."""
PROVENANCE_COLUMNS = {
    "kafka_topic": "kafka_topic",
    "kafka_partition": "toUInt32(kafka_partition)",
    "kafka_offset": "toUInt64(kafka_offset)",
    "published_at": "fromUnixTimestamp64Milli(toInt64(published_ms), 'UTC')",
}
RESOLVED = (
    {"name": "mission", "type": {"type": "string", "logicalType": "uuid"}},
    {"name": "resolved_by", "type": ["null", "string"]},
)
"""Those behind the bodies of the resolved mission-event topic, before PROVENANCE."""

_TYPES = {
    "uuid": "UUID",
    "timestamp-millis": "DateTime64(3, 'UTC')",
    "string": "String",
    "enum": "String",
    "long": "UInt64",
    "double": "Float64",
}


class AvroRow(msgspec.Struct, frozen=True, gc=False):
    """A record as ClickHouse reads it, where it was, and where in it strings are that hold licence plates.

    *Shape*: ``plates`` are in order, each from the byte of its string's length to its end; the plate itself stands
    behind the first ``kept`` characters.
    """

    avro: bytes
    topic: str
    partition: int
    offset: int
    plates: Sequence[tuple[int, int]] = ()
    kept: int = 0


@dataclass(frozen=True, eq=False)
class AvroRows:
    """Which rows of a table come out of which Avro.

    *Shape*: ``columns`` are expressions over the fields of ``structure``, by column; ``pack`` makes one container.
    """

    table: str
    columns: Mapping[str, str]
    structure: str
    pack: Callable[[Sequence[AvroRow]], bytes]


def structure(schema: Mapping[str, Any]) -> str:
    """The fields of an Avro record with the types that ClickHouse shall read them as.

    *Raises*: KeyError for a type that no vouched record has.
    """
    known: dict[str, Any] = {}
    return ", ".join(f"{field['name']} {_type(field['type'], known)}" for field in schema["fields"])


def _type(schema: Any, known: dict[str, Any]) -> str:
    match schema:
        case str(name) if name in known:
            return _type(known[name], known)
        case ["null", some]:
            return f"Nullable({_type(some, known)})"
        case {"type": "array", "items": items}:
            return f"Array({_type(items, known)})"
        case {"type": "record", "name": name, "fields": fields}:
            known[name] = schema
            parts = [f"{field['name']} {_type(field['type'], known)}" for field in fields]
            return f"Tuple({', '.join(parts)})"
        case {"type": {"type": _} as inner}:
            return _type(inner, known)
        case {"type": "enum", "name": name}:
            known[name] = schema
    return _TYPES[schema if isinstance(schema, str) else schema.get("logicalType", schema["type"])]


def own_columns(schema: Mapping[str, Any]) -> dict[str, str]:
    """The columns of the table of a record's own topic: its fields, arrays of records as Nested columns."""
    names: list[str] = []
    for field in schema["fields"]:
        match field["type"]:
            case {"type": "array", "items": {"fields": parts}}:
                names += (f"{field['name']}.{part['name']}" for part in parts)
            case _:
                names.append(field["name"])
    return {name: f"`{name}`" for name in names}


def mission_event_columns(schema: Mapping[str, Any], record: str) -> dict[str, str]:
    """The columns of ``mission_events`` for a resolved ``record``."""
    held = {field["name"] for field in schema["fields"]}
    told = {name: name if name in held else "NULL" for name in SAID}
    same = {name: name for name in ("event_id", "occurred_at", "resolved_by")}
    return {"iot_id": "mission", "record": f"'{record}'", **same, **told}
