"""Records of which ClickHouse reads the Avro itself: those that make up nearly all of what is stored."""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.structs import ConsumerRecord
from msgspec import Struct

from domain.events import IdScanned, MissionStateChanged
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
from topics.vouching import DOUBTS, Vouch

_IOT_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_string = avro.writer("string")
_PLACE = struct.Struct("<ddd")
"""Partition, offset, and milliseconds."""
_NONE, _SOME = b"\x00", b"\x02"
"""The branches of a union with null."""


@dataclass(slots=True)
class Portion:
    """Rows, and how many bytes they came as."""

    into: AvroRows
    rows: list[AvroRow] = field(default_factory=list)
    size_bytes: int = 0


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
        topic, partition = records[0].topic, records[0].partition
        portions: dict[AvroRows, Portion] = {}
        rest: list[ConsumerRecord] = []
        topic_added = _string(topic)
        frame, vouch, portion = None, None, None
        for record in records:
            raw = record.value or b""
            if raw[:BODY_AT] != frame:  # nearly never: a topic has one schema at a time
                frame = raw[:BODY_AT]
                vouch, portion = self._vouching(record, portions)
            if vouch is None or portion is None or not _is_vouched(vouch, raw):
                rest.append(record)
                continue
            added = topic_added + _PLACE.pack(partition, record.offset, record.timestamp)
            if portion.into is self._resolved:
                resolution = _resolution(record)
                if resolution is None:
                    rest.append(record)
                    continue
                added = resolution + added
            portion.rows.append(AvroRow(raw[BODY_AT:], added, topic, partition, record.offset))
            portion.size_bytes += len(raw)
        self._receiver.passed(len(records) - len(rest))
        return [each for each in portions.values() if each.rows], rest

    def _vouching(
        self, record: ConsumerRecord, portions: dict[AvroRows, Portion]
    ) -> tuple[Vouch | None, Portion | None]:
        voucher = self._receiver.voucher(record)
        if voucher is None:
            return None, None
        is_resolved = self._receiver.catalogued(record.topic) is MISSION_EVENT_RESOLVED
        into = self._resolved if is_resolved else self._own[voucher.record]
        return voucher.vouch, portions.setdefault(into, Portion(into))


def _is_vouched(vouch: Vouch, raw: bytes) -> bool:
    try:
        return vouch(raw, BODY_AT) == len(raw)
    except DOUBTS:
        return False


def _resolution(record: ConsumerRecord) -> bytes | None:
    """The fields RESOLVED of a record; none where its key is no IOT_ID."""
    key, by = record.key or b"", value_of(record.headers, RESOLVED_BY)
    if _IOT_ID.fullmatch(key) is None:
        return None
    return _string(key.decode()) + (_SOME + _string(by.decode("utf-8", "replace")) if by else _NONE)


def _rows(table: str, schema: Any, columns: dict[str, str], added: Sequence[dict[str, Any]]) -> AvroRows:
    container = Container(schema, added)
    columns = columns | PROVENANCE_COLUMNS

    def pack(rows: Sequence[AvroRow]) -> bytes:
        return container.of([row[:2] for row in rows], len(rows))

    return AvroRows(table, columns, structure(container.schema), pack)
