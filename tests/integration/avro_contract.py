"""What every engine that takes Avro must do; each one's suite inherits the class and gives it an ``engine``.

Beside each table of the fixture's database stands one of the same columns, ``…_read``, for rows that were made here.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, cast
from uuid import uuid4

import pytest
from aiokafka.structs import ConsumerRecord
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from domain.events import Identifier, IdScanned, MissionStatus
from domain.identifiers import Scheme
from runtime.errors import Fatal
from runtime.health import Health
from runtime.settings import Settings
from sinks.avro_rows import AvroRows
from sinks.batch import Batch
from sinks.engine import AvroTaker, Engine, RowsRefused
from sinks.hiding import hiding
from sinks.migrate import migrate
from sinks.plates import TABLE as PLATES
from sinks.plates import Plates
from streams.chunks import Receiver
from streams.outbox import Outbox
from streams.sink import Sink
from streams.vouched import Portion, Vouched
from tests.integration.delivered_records import mission_state, scanned
from tests.sink_chunks import ChunkEvent, app_of, delivering
from tests.vouched_events import USUAL_SCANS, USUAL_STATES, texts
from topics.catalog import ID_SCANNED, MISSION_EVENT_RESOLVED, MISSION_STATE_CHANGED, SINK_GROUP, Topic
from topics.codec import Codec
from topics.headers import RESOLVED_BY
from topics.registry import FileRegistry

CODEC = Codec(FileRegistry())
SETTINGS = Settings(partitions=1, namespace="", sink_seconds_max=1e-6)
TABLES = {ID_SCANNED: "scans", MISSION_EVENT_RESOLVED: "mission_events", MISSION_STATE_CHANGED: "mission_states"}
STATE = mission_state(uuid4(), 1, MissionStatus.DEPARTED)
KEY = b"a key of these tests alone, long enough"
Row = Mapping[str, object]


class AvroEngine(Engine, AvroTaker, Protocol):
    """An engine that takes Avro too."""


def prepare(engine: Engine) -> None:
    """Make the tables of the contract."""
    migrate(engine)
    for table in TABLES.values():
        engine.execute(f"CREATE TABLE missionpath.{table}_read AS missionpath.{table}")


class Reading:
    """A store whose rows are made here; keeps them."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Row]] = []

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        self.rows += [(table, row) for row in rows]


def receiver() -> Receiver:
    made = Receiver(SETTINGS, CODEC, SINK_GROUP)
    for topic, event in ((ID_SCANNED, scanned()), (MISSION_STATE_CHANGED, STATE)):
        made.decode([recorded(topic, event)], Outbox(1))  # so that the codec knows the schema
    return made


def recorded(topic: Topic, event: Any, offset: int = 0, **changed: Any) -> ConsumerRecord[Any, Any]:
    made: dict[str, Any] = {"partition": 0, "timestamp": 1_773_129_600_123, "key": b"k", "headers": (), **changed}
    return ConsumerRecord(
        topic=topic.name, offset=offset, timestamp_type=0, value=CODEC.encode(event), checksum=None,
        serialized_key_size=0, serialized_value_size=0, **made,
    )  # fmt: skip


def portion_of(records: list[ConsumerRecord[Any, Any]]) -> Portion:
    [portion], rest = Vouched(receiver()).split(records)
    assert not rest
    return portion


def usual_scan() -> IdScanned:
    """A scan that is vouched for."""
    truck = Identifier(scheme=Scheme.PLATE, value="GA123BC")
    return structs.replace(scanned(), identifiers=(scanned().identifiers[0], truck))


def scans(readers: Sequence[str]) -> Portion:
    each = [structs.replace(usual_scan(), reader=reader) for reader in readers]
    return portion_of([recorded(ID_SCANNED, scan, offset) for offset, scan in enumerate(each)])


def stored(engine: Engine, into: AvroRows, suffix: str = "") -> bytes:
    columns = ", ".join(f"`{name}`" for name in into.columns)
    order = "kafka_offset, kafka_partition, published_at"
    return engine.query(f"SELECT {columns} FROM {into.table}{suffix} ORDER BY {order}", "JSONEachRow")


def told(engine: Engine) -> bytes:
    """The plates that the restricted table holds."""
    return engine.query(f"SELECT DISTINCT value, pseudonym FROM {PLATES} ORDER BY value", "JSONEachRow")


def written(engine: Engine, into: AvroRows, portion: Portion) -> list[int]:
    """Offsets of the rows that a batch of them put aside."""
    batch = Batch(rows_max=1_000, bytes_max=1 << 20, seconds_max=1.0)
    batch.extend(into, portion.rows, portion.size_bytes)
    while len(batch):
        batch.write(engine)
    return sorted(each.place[2] for each in batch.refused)


BY_PLATES = st.from_regex(r"PLATE:[^~][^~]{0,56}", fullmatch=True, alphabet=st.characters(codec="ascii"))
HEADERS = st.one_of(
    st.just(()),
    texts(80).map(lambda text: ((RESOLVED_BY, text.encode()),)),
    BY_PLATES.map(lambda text: ((RESOLVED_BY, text.encode()),)),
    st.binary(max_size=80).map(lambda raw: ((RESOLVED_BY, raw),)),
)
PLACES = {
    "partition": st.integers(0, (1 << 31) - 1),
    "offset": st.integers(0, 1 << 53),
    "timestamp": st.integers(0, (1 << 41) - 1),
    "headers": HEADERS,
}


def chunks(topic: Topic, events: st.SearchStrategy[Any]) -> st.SearchStrategy[list[ConsumerRecord[Any, Any]]]:
    keys = st.uuids().map(lambda iot_id: str(iot_id).encode())
    records = st.builds(recorded, topic=st.just(topic), event=events, key=keys, **PLACES)
    return st.lists(records, min_size=1, max_size=30, unique_by=lambda record: record.offset)


class AvroContract:
    """Rows, errors and repairs are those of rows that were made here."""

    @pytest.mark.parametrize(
        ("topic", "events"),
        [(ID_SCANNED, USUAL_SCANS), (MISSION_EVENT_RESOLVED, USUAL_SCANS), (MISSION_STATE_CHANGED, USUAL_STATES)],
        ids=TABLES.values(),
    )
    @settings(max_examples=30, suppress_health_check=[HealthCheck.differing_executors])
    @given(data=st.data())
    def test_rows_are_what_reading_the_record_would_have_made(
        self, engine: AvroEngine, topic: Topic, events: st.SearchStrategy[Any], data: st.DataObject
    ) -> None:
        records, table, reading = data.draw(chunks(topic, events)), TABLES[topic], Reading()
        portion = portion_of(records)
        assert portion.into.table == table
        for name in (table, f"{table}_read", PLATES):
            engine.execute(f"TRUNCATE TABLE missionpath.{name}")
        cast(AvroEngine, hiding(engine, Plates(KEY))).insert_avro(portion.into, portion.rows)
        plates = told(engine)
        engine.execute(f"TRUNCATE TABLE missionpath.{PLATES}")
        sink = Sink(SETTINGS, receiver(), cast(Any, reading), Health())
        asyncio.run(delivering(sink, app_of(None), ChunkEvent(*records)))
        assert {name for name, _ in reading.rows} == {table}
        hiding(engine, Plates(KEY)).insert(f"{table}_read", [row for _, row in reading.rows])
        assert len(stored(engine, portion.into).splitlines()) == len(records)
        assert stored(engine, portion.into) == stored(engine, portion.into, "_read")
        assert plates == told(engine)

    def test_a_table_or_column_that_is_missing_stops(self, engine: AvroEngine) -> None:
        portion = scans(["a"])
        for into in (
            replace(portion.into, table="nowhere"),
            replace(portion.into, columns={**portion.into.columns, "nothing": "node"}),
            replace(portion.into, columns={**portion.into.columns, "conveyance": "nothing"}),
        ):
            with pytest.raises(Fatal):
                engine.insert_avro(into, portion.rows)

    def test_no_rows_are_no_insert(self, engine: AvroEngine) -> None:
        engine.insert_avro(replace(scans(["a"]).into, table="nowhere"), [])

    def test_rows_that_a_table_refuses_are_found_among_the_others(self, engine: AvroEngine) -> None:
        engine.execute("TRUNCATE TABLE missionpath.scans_read")
        engine.execute("ALTER TABLE missionpath.scans_read ADD COLUMN lane UInt32 DEFAULT toUInt32(reader)")
        readers = ["unknown" if number in (3, 40, 41) else str(number) for number in range(60)]
        portion = scans(readers)
        into = replace(portion.into, table="scans_read")
        try:
            with pytest.raises(RowsRefused, match="scans_read"):
                engine.insert_avro(into, portion.rows)
            assert written(engine, into, portion) == [3, 40, 41]
        finally:
            engine.execute("ALTER TABLE missionpath.scans_read DROP COLUMN lane")
        assert engine.query("SELECT count() FROM missionpath.scans_read", "TSV") == b"57\n"

    def test_a_row_that_cannot_be_converted_is_found_too(self, engine: AvroEngine) -> None:
        engine.execute("TRUNCATE TABLE missionpath.scans")
        portion = scans(["1", "2", "three", "4"])
        into = replace(portion.into, columns={**portion.into.columns, "kafka_partition": "toUInt32(reader)"})
        assert written(engine, into, portion) == [2]
        assert engine.query("SELECT arraySort(groupArray(kafka_partition)) FROM scans", "TSV") == b"[1,2,4]\n"
