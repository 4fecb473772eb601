"""Domain events to bytes on Kafka and back: Avro in the Confluent wire frame.

A frame is a zero byte, four bytes of schema id (big-endian) and the Avro body, so that kcat, ClickHouse and
Kafka Connect read our topics. *Source*: Confluent wire format; Avro 1.11 schema resolution.
"""

import struct
from io import BytesIO
from typing import Any, NamedTuple, TypeVar, cast

import fastavro
import msgspec
from fastavro.read import SchemaResolutionError
from fastavro.schema import SchemaParseException, UnknownType, parse_schema

from domain import events
from domain.events import flaws
from domain.identifiers import Scheme
from runtime.errors import InvalidRecord, without_values
from topics import avro
from topics.registry import AvroSchema, Registry, current_schemas, subject_of
from topics.vouching import Vouch, voucher

_FRAME = struct.Struct(">bI")
_MAGIC = 0
# Everything seen to be raised on foreign bytes (tests/contract/test_codec.py feeds it garbage).
_GARBAGE = (EOFError, IndexError, KeyError, OverflowError, TypeError, ValueError, struct.error, MemoryError)

BODY_AT = _FRAME.size
"""Where the Avro begins in framed bytes."""
VOUCHED = (events.IdScanned, events.MissionStateChanged)
"""The types that ``vouched`` knows: nearly all that is stored, and nothing of them is wrong beyond single fields."""

MARKED = Scheme.PLATE
"""What is stored under a pseudonym."""

Event = TypeVar("Event", bound=msgspec.Struct)


class _Writer(NamedTuple):
    frame: bytes
    write: avro.Write


class Voucher(NamedTuple):
    """What vouches for the bodies of a record type, which begin at BODY_AT."""

    record: type[msgspec.Struct]
    vouch: Vouch


class _Reader(NamedTuple):
    read: avro.Read
    record: type[msgspec.Struct]
    vouch: Vouch | None = None


class Codec:
    """Encodes and decodes every record type of the catalogue.

    *Guarantee*: a value written with an older or newer version of its schema is read by Avro's resolution
    rules into the type of this release.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._current = {subject_of(schema): schema for schema in current_schemas()}
        self._writers: dict[type, _Writer] = {}
        self._readers: dict[int, _Reader] = {}

    def encode(self, event: msgspec.Struct) -> bytes:
        """The framed bytes of an event.

        *Raises*: Unavailable or Fatal from the registry, at the first event of a type that was not prepared.
        """
        writer = self._writers.get(type(event)) or self._writer(type(event))
        return writer.frame + writer.write(event)

    def prepare(self) -> None:
        """Look up what every type is written with, so that ``encode`` needs no registry any more.

        *Raises*: Unavailable or Fatal from the registry.
        """
        for schema in self._current.values():
            self._writer(getattr(events, str(schema["name"])))

    def decode(self, raw: bytes | None, *wanted: type[Event]) -> Event:
        """The event in framed bytes, one of the ``wanted`` types.

        *Raises*: InvalidRecord saying what is wrong: no value, not a frame, an unknown schema, a body that is
        not of its schema, a field out of bounds, or a type that does not belong here. Unavailable when the
        registry is needed and does not answer.
        """
        if raw is None:
            raise InvalidRecord("no-value", "the record has no value")
        if len(raw) < _FRAME.size or raw[0] != _MAGIC:
            raise InvalidRecord("bad-frame", "not in the Confluent wire frame (zero byte and schema id)")
        schema_id = _FRAME.unpack_from(raw)[1]
        reader = self._readers.get(schema_id) or self._reader(schema_id)
        if reader.record not in wanted:
            names = ", ".join(record.__name__ for record in wanted)
            raise InvalidRecord("wrong-record", f"{reader.record.__name__} where {names} is expected")
        return cast(Event, _read(raw, reader))

    def voucher(self, raw: bytes | None, *wanted: type[Event]) -> Voucher | None:
        """What can vouch for bodies in the frame of ``raw``; none where only ``decode`` can tell what they are.

        *Guarantee*: whatever it vouches for is Avro of this release, and ``decode`` makes an event of it.
        """
        if raw is None or len(raw) < _FRAME.size or raw[0] != _MAGIC:
            return None
        reader = self._readers.get(_FRAME.unpack_from(raw)[1])
        if reader is None or reader.vouch is None or reader.record not in wanted:
            return None
        return Voucher(reader.record, reader.vouch)

    def _writer(self, record: type[msgspec.Struct]) -> _Writer:
        schema = next(s for s in self._current.values() if s["name"] == record.__name__)
        writer = _Writer(_FRAME.pack(_MAGIC, self._registry.id_of(schema)), avro.writer(schema))
        return self._writers.setdefault(record, writer)

    def _reader(self, schema_id: int) -> _Reader:
        written: Any = self._registry.schema(schema_id)
        wanted = self._current.get(subject_of(written)) if _is_named_record(written) else None
        if wanted is None:
            raise InvalidRecord("unknown-record", f"schema id {schema_id} is of a record type that is not ours")
        record = getattr(events, written["name"])
        if written == wanted:
            vouch = voucher(wanted, record, BODY_AT, MARKED) if record in VOUCHED else None
            return self._readers.setdefault(schema_id, _Reader(avro.reader(wanted), record, vouch))
        try:
            reader = _Reader(_resolving(_parse(written), _parse(wanted)), record)
        except (SchemaParseException, UnknownType) as error:
            raise InvalidRecord("unknown-record", f"schema id {schema_id} is not a valid Avro schema") from error
        return self._readers.setdefault(schema_id, reader)


def _is_named_record(schema: Any) -> bool:
    return (
        isinstance(schema, dict) and schema.get("type") == "record" and {"name", "namespace", "fields"} <= set(schema)
    )


def _parse(schema: AvroSchema) -> Any:
    # UUIDs travel as strings; msgspec makes UUID objects of them in C, fastavro would in Python.
    return parse_schema(_without_uuid(schema))


def _without_uuid(node: Any) -> Any:
    if isinstance(node, dict):
        if node.get("logicalType") == "uuid":
            return node["type"]
        return {name: _without_uuid(part) for name, part in node.items()}
    return [_without_uuid(part) for part in node] if isinstance(node, list) else node


def _resolving(written: Any, wanted: Any) -> avro.Read:
    """What reads values of another release's schema into the fields of ours."""

    def read(raw: bytes, at: int) -> tuple[Any, int]:
        body = BytesIO(raw)
        body.seek(at)
        return fastavro.schemaless_reader(body, written, wanted), body.tell()

    return read


def _read(raw: bytes, reader: _Reader) -> msgspec.Struct:
    try:
        fields, end = reader.read(raw, _FRAME.size)
    except SchemaResolutionError as error:
        raise InvalidRecord("bad-body", "written with a schema that this release cannot read") from error
    except _GARBAGE as error:
        raise InvalidRecord("bad-body", f"not of its Avro schema ({type(error).__name__})") from error
    if end != len(raw):
        surplus = f"{len(raw) - end} bytes after the end of the Avro body"
        raise InvalidRecord("bad-body", surplus if end < len(raw) else "the Avro body is cut short")
    try:
        event = msgspec.convert(fields, reader.record)
    except msgspec.ValidationError as error:
        raise InvalidRecord("bad-field", without_values(str(error))) from error
    if wrong := flaws(event):
        raise InvalidRecord("bad-field", "; ".join(wrong))
    return event
