"""What a server is sent, read by a ClickHouse of today.

The server in other tests is too old for the types of our tables, and so the columns of clickhouse-driver, and those
that are made of Avro, would go untested: here they are written in ClickHouse's own format, and the embedded engine
reads that.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest
from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.bufferedwriter import BufferedSocketWriter
from clickhouse_driver.context import Context
from clickhouse_driver.streams.native import BlockOutputStream

from runtime.errors import ConfigError
from runtime.settings import Settings
from sinks.embedded import EmbeddedEngine
from sinks.engine import Engine, engine_for
from sinks.migrate import migrate
from sinks.read_only import literal
from sinks.rows import row
from sinks.server_avro import _AvroReader
from tests.integration.avro_contract import STATE, TABLES, portion_of, recorded, stored, usual_scan
from tests.integration.delivered_records import every_record
from tests.integration.engine_contract import found, through_view
from topics.catalog import ID_SCANNED, MISSION_EVENT_RESOLVED, MISSION_STATE_CHANGED, Topic


class Wire:
    """Takes what would go to a server."""

    def __init__(self) -> None:
        self.sent = bytearray()

    def sendall(self, data: bytes) -> None:
        self.sent += data


def written(columns: Mapping[str, object], types: Mapping[str, str]) -> bytes:
    """One row as a block of the driver's."""
    context = Context()
    context.server_info = SimpleNamespace(used_revision=0, get_timezone=lambda: "UTC")
    context.settings = {}
    context.client_settings = {"strings_as_bytes": False, "use_numpy": False}
    wire = Wire()
    names = [(name, types[name]) for name in columns]
    block = ColumnOrientedBlock(names, [[value] for value in columns.values()], types_check=True)
    BlockOutputStream(BufferedSocketWriter(wire, 1 << 20), context).write(block)
    return bytes(wire.sent)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    with closing(cast(EmbeddedEngine, engine_for(Settings(home=tmp_path, clickhouse_url=None)))) as engine:
        migrate(engine)
        yield engine


def types_of(engine: Engine, table: str) -> dict[str, str]:
    return {str(column["name"]): str(column["type"]) for column in found(engine, f"DESCRIBE TABLE {table}")}


def test_every_record_is_written_as_the_tables_of_today_have_it(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "block.native"
    for delivery in every_record():
        table, columns = row(delivery)
        file.write_bytes(written(columns, types_of(engine, table)))
        names = ", ".join(f"`{name}`" for name in columns)
        engine.execute(f"INSERT INTO {table} ({names}) SELECT * FROM file('{file}', Native)")
        assert through_view(engine, table, columns) == [columns]


EVENTS = {ID_SCANNED: usual_scan(), MISSION_EVENT_RESOLVED: usual_scan(), MISSION_STATE_CHANGED: STATE}


@pytest.mark.parametrize("topic", EVENTS, ids=TABLES.values())
def test_what_is_made_of_avro_is_as_the_tables_of_today_have_it(
    engine: EmbeddedEngine, tmp_path: Path, topic: Topic
) -> None:
    portion = portion_of([recorded(topic, EVENTS[topic], key=str(uuid4()).encode())])
    into, file, reader = portion.into, tmp_path / "block.native", _AvroReader()
    types = types_of(engine, into.table)
    reader._connection = engine._writer
    file.write_bytes(reader.blocks(into, portion.rows, types))
    described = {str(each["name"]): str(each["type"]) for each in found(engine, f"DESCRIBE file('{file}', 'Native')")}
    assert described == {name: types[name] for name in into.columns}
    # With the table's own types, as a server reads an insert.
    structure = literal(", ".join(f"`{name}` {types[name]}" for name in into.columns))
    names = ", ".join(f"`{name}`" for name in into.columns)
    engine.execute(f"INSERT INTO {into.table} ({names}) SELECT {names} FROM file('{file}', 'Native', {structure})")
    engine.execute(f"CREATE TABLE {into.table}_read AS {into.table}")
    engine.insert_avro(replace(into, table=f"{into.table}_read"), portion.rows)
    assert len(stored(engine, into).splitlines()) == 1
    assert stored(engine, into) == stored(engine, into, "_read")


def test_beside_an_embedded_engine_there_is_no_other(engine: EmbeddedEngine) -> None:
    portion = portion_of([recorded(MISSION_STATE_CHANGED, STATE)])
    with pytest.raises(ConfigError, match="cannot open a ClickHouse in this process"):
        _AvroReader().blocks(portion.into, portion.rows, {})
