"""What clickhouse-driver makes of our rows, read by a ClickHouse of today.

The server in these tests is too old for the types of our tables, and so the driver's columns would go untested: here
it writes them in ClickHouse's own format, and the embedded engine reads that.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.bufferedwriter import BufferedSocketWriter
from clickhouse_driver.context import Context
from clickhouse_driver.streams.native import BlockOutputStream

from runtime.settings import Settings
from sinks.engine import Engine, engine_for
from sinks.migrate import migrate
from sinks.rows import row
from tests.integration.delivered_records import every_record
from tests.integration.engine_contract import found, through_view


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
def engine(tmp_path: Path) -> Iterator[Engine]:
    with closing(engine_for(Settings(home=tmp_path, clickhouse_url=None))) as engine:
        migrate(engine)
        yield engine


def test_every_record_is_written_as_the_tables_of_today_have_it(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "block.native"
    for delivery in every_record():
        table, columns = row(delivery)
        types = {str(column["name"]): str(column["type"]) for column in found(engine, f"DESCRIBE TABLE {table}")}
        file.write_bytes(written(columns, types))
        names = ", ".join(f"`{name}`" for name in columns)
        engine.execute(f"INSERT INTO {table} ({names}) SELECT * FROM file('{file}', Native)")
        assert through_view(engine, table, columns) == [columns]
