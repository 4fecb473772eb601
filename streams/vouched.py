"""Records of which ClickHouse reads the Avro itself: those that make up nearly all of what is stored."""

import re
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka.structs import ConsumerRecord
from msgspec import Struct

from domain.events import IdScanned, MissionStateChanged
from domain.identifiers import Scheme
from sinks.avro_rows import (
    PROVENANCE,
    PROVENANCE_COLUMNS,
    RESOLVED,
    AvroRow,
    AvroRows,
    mission_event_columns,
    own_columns,
    structure,
)
from streams.chunks import Receiver
from topics import avro
from topics.catalog import MISSION_EVENT_RESOLVED
from topics.codec import BODY_AT
from topics.container import Container
from topics.headers import RESOLVED_BY, value_of
from topics.registry import current_schemas
from topics.vouching import Span, Vouch

_IOT_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BY_PLATE = f"{Scheme.PLATE.value}:".encode()
_LED_BY_PLATE = re.compile(_BY_PLATE + rb"[^~\x80-\xff][\x00-\x7f]{,56}")
"""Of 63 bytes at most, so that its length is one, and no pseudonym."""
_string = avro.writer("string")
_place = struct.Struct("<ddd").pack
"""Partition, offset, and milliseconds."""
_NO_SPANS: Sequence[Span] = ()
_NONE, _SOME = b"\x00", b"\x02"
"""The branches of a union with null."""
_TIMES_MS = range(1 << 41)
"""When a record may have been published: until 2039, which both Python and ClickHouse hold."""


class Portion:
    """Rows of a chunk that go into the same table; *Units*: ``size_bytes`` counts them as they came."""

    __slots__ = ("_resolves", "_topic", "_vouch", "into", "rows", "size_bytes")

    def __init__(self, into: AvroRows, vouch: Vouch, topic: str, resolves: bool) -> None:
        self.into = into
        self.rows: list[AvroRow] = []
        self.size_bytes = 0
        self._vouch = vouch
        self._topic = _string(topic)
        self._resolves = resolves

    def take(self, records: Iterable[ConsumerRecord]) -> list[ConsumerRecord]:
        """Take in the rows of records that are vouched for; the others are returned."""
        # Names of its own: this is done for every record that is stored.
        vouch, topic, resolves, take, begin, rest = (
            self._vouch,
            self._topic,
            self._resolves,
            self.rows.append,
            BODY_AT,
            [],
        )
        size_bytes = 0
        for record in records:
            raw = record.value
            marked, kept = vouch(raw), 0
            if marked is None or record.timestamp not in _TIMES_MS:
                rest.append(record)
                continue
            avro = raw[begin:]
            if resolves:  # to a table that has no column for what is marked
                resolved = _resolved(record, avro)
                if resolved is None:
                    rest.append(record)
                    continue
                (avro, marked), kept = resolved, len(_BY_PLATE)
            avro += topic + _place(record.partition, record.offset, record.timestamp)
            take(AvroRow(avro, record.topic, record.partition, record.offset, marked, kept))
            size_bytes += len(raw)
        self.size_bytes += size_bytes
        return rest


class Vouched:
    """Tells records whose bytes need not be read here from others.

    *Guarantee*: every record in a portion makes the row that reading it would have made (``sinks/rows.py``).
    """

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        schemas = {schema["name"]: schema for schema in current_schemas()}
        scan, state = schemas[IdScanned.__name__], schemas[MissionStateChanged.__name__]
        self._own: dict[type[Struct], AvroRows] = {
            IdScanned: _rows("scans", scan, own_columns(scan), PROVENANCE),
            MissionStateChanged: _rows("mission_states", state, own_columns(state), PROVENANCE),
        }
        tag = str(IdScanned.__struct_config__.tag)
        self._resolved = _rows("mission_events", scan, mission_event_columns(scan, tag), (*RESOLVED, *PROVENANCE))

    def split(self, records: list[ConsumerRecord]) -> tuple[list[Portion], list[ConsumerRecord]]:
        """What of a chunk ClickHouse can read itself, and the rest."""
        by_frame: dict[bytes, list[ConsumerRecord]] = {}
        for record in records:
            frame = (record.value or b"")[:BODY_AT]
            if frame in by_frame:
                by_frame[frame].append(record)
            else:  # nearly never: a topic has one schema at a time
                by_frame[frame] = [record]
        portions, rest = list[Portion](), list[ConsumerRecord]()
        for alike in by_frame.values():
            portion = self._portion(alike[0])
            if portion is None:
                rest += alike
                continue
            rest += portion.take(alike)
            portions.append(portion)
        self._receiver.passed(len(records) - len(rest))
        return [portion for portion in portions if portion.rows], rest

    def _portion(self, record: ConsumerRecord) -> Portion | None:
        """What takes records in the frame of this one; none where they have to be read."""
        voucher = self._receiver.voucher(record)
        if voucher is None:
            return None
        resolves = self._receiver.catalogued(record.topic) is MISSION_EVENT_RESOLVED
        into = self._resolved if resolves else self._own[voucher.record]
        return Portion(into, voucher.vouch, record.topic, resolves)


def _resolved(record: ConsumerRecord, avro: bytes) -> tuple[bytes, Sequence[Span]] | None:
    """A body with the fields RESOLVED of its record behind it, and what plates there are in them.

    None where the key is no IOT_ID, or where a plate may be found in what led to it in another way.
    """
    key, by = record.key or b"", value_of(record.headers, RESOLVED_BY)
    if _IOT_ID.fullmatch(key) is None:
        return None
    avro += _string(key.decode())
    if not by:
        return avro + _NONE, _NO_SPANS
    avro += _SOME
    begin, plates = len(avro), _NO_SPANS
    if _BY_PLATE in by:
        if _LED_BY_PLATE.fullmatch(by) is None:
            return None
        plates = [(begin, begin + 1 + len(by))]
    return avro + _string(by.decode("utf-8", "replace")), plates


def _rows(table: str, schema: Any, columns: dict[str, str], added: Sequence[dict[str, Any]]) -> AvroRows:
    container = Container(schema, added)
    columns = columns | PROVENANCE_COLUMNS

    def pack(rows: Sequence[AvroRow]) -> bytes:
        return container.of([row.avro for row in rows])

    return AvroRows(table, columns, structure(container.schema), pack)
