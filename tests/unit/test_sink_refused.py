"""What the store refuses is durable among the dead letters before its chunk is acknowledged."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest
from aiokafka.structs import ConsumerRecord
from builders import plan
from producer import Broker
from rig import CODEC, record

from runtime.errors import InvalidRecord, Unavailable
from runtime.health import Health
from runtime.settings import Settings
from sinks.engine import RowsRefused
from streams.chunks import Receiver
from streams.sink import Sink
from tests.sink_chunks import ChunkEvent, app_of, delivering
from topics.catalog import IOT_ID_GENERATED, SINK_GROUP
from topics.dead_letters import Letter, Origin, Settled, note_headers, read, reason_headers

SETTINGS = Settings(partitions=1, namespace="", sink_seconds_max=1e-6)
TOPIC, LETTERS = IOT_ID_GENERATED.name, IOT_ID_GENERATED.dead_letters


class Store:
    """Refuses what its offsets say; notes what it takes."""

    def __init__(self, *bad: int) -> None:
        self.bad = bad
        self.taken: list[tuple[str, Any]] = []
        self.acknowledged: list[int] = []

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        if any(row["kafka_offset"] in self.bad for row in rows):
            raise RowsRefused(table, "process", 53, "TYPE_MISMATCH")
        self.taken += [(table, row) for row in rows]


def delivered(store: Store, broker: Broker, *records: ConsumerRecord[Any, Any]) -> list[int]:
    """Deliver one chunk; how many letters there were at each acknowledgement."""
    event = ChunkEvent(*records, on_ack=lambda: store.acknowledged.append(len(broker.written(LETTERS, 0))))
    sink = Sink(SETTINGS, Receiver(SETTINGS, CODEC, SINK_GROUP), cast(Any, store), Health())
    asyncio.run(delivering(sink, app_of(broker), event))
    return store.acknowledged


def generated(offset: int) -> ConsumerRecord[Any, Any]:
    return record(TOPIC, b"k", CODEC.encode(plan()), [("h", b"1")], offset=offset)


def test_bad_rows_are_letters_and_the_others_rows() -> None:
    store, broker = Store(3, 4), Broker()
    records = [generated(offset) for offset in range(8)]
    assert delivered(store, broker, *records) == [2]
    assert [row["kafka_offset"] for _, row in store.taken] == [0, 1, 2, 5, 6, 7]
    for offset, (key, value, headers) in zip((3, 4), broker.written(LETTERS, 0), strict=True):
        assert (key, value) == (records[offset].key, records[offset].value)
        detail = "ClickHouse refuses rows of iot_ids_generated.process: TYPE_MISMATCH (code 53)"
        letter = Letter(Origin(TOPIC, 0, offset), "refused-by-store", detail, "sink", (("h", b"1"),))
        assert read(LETTERS, 0, headers) == letter


def test_nothing_is_acknowledged_while_the_letters_cannot_be_written() -> None:
    store, broker = Store(0), Broker()
    broker.is_away = True
    with pytest.raises(Unavailable):
        delivered(store, broker, generated(0), generated(1))
    assert store.acknowledged == []


def test_dead_letters_and_what_was_done_about_them_are_rows_too() -> None:
    origin = Origin(TOPIC, 0, 41)
    letter = reason_headers([], origin, InvalidRecord("bad-frame", "why"), "resolve")
    store, broker = Store(), Broker()
    chunk = [
        record(LETTERS, b"\xff", b"hello", letter, offset=0),
        record(LETTERS, b"k", None, note_headers(origin, Settled.REPLAYED), offset=1),
        record(LETTERS, b"k", b"from a stranger", [("h", b"1")], offset=2),
        record(LETTERS, b"k", b"at a time that no calendar has", letter, offset=3),
    ]
    chunk[3].timestamp = 1 << 60
    delivered(store, broker, *chunk)
    (table, row), (notes, note) = store.taken
    assert (table, notes) == ("dead_letters", "dead_letters_settled")
    assert (row["origin_topic"], row["origin_offset"], row["key"], row["value_bytes"]) == (TOPIC, 41, "\ufffd", 5)
    assert (note["origin_topic"], note["origin_offset"], note["settled"]) == (TOPIC, 41, "REPLAYED")


def test_a_letter_that_the_store_refuses_holds_nothing_up() -> None:
    letter = reason_headers([], Origin(TOPIC, 0, 41), InvalidRecord("bad-frame", "why"), "resolve")
    store, broker = Store(0), Broker()
    assert delivered(store, broker, record(LETTERS, b"k", b"x", letter, offset=0)) == [0]
    assert broker.written(LETTERS, 0) == []
