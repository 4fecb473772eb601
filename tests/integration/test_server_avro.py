"""A server gets rows that the ClickHouse in this process made of Avro, in columns of the server's own types."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from runtime.errors import Fatal, Unavailable
from runtime.settings import Settings
from sinks.engine import AvroTaker, engine_for
from tests import old_clickhouse
from tests.clickhouse_server import ClickHouseServer, running, url_of
from tests.integration.avro_contract import AvroContract, AvroEngine, prepare, scans

FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    with pytest.MonkeyPatch.context() as patch, running(ClickHouseServer(tmp_path_factory.mktemp("store"))) as server:
        old_clickhouse.translate(patch.setattr)
        yield server


@pytest.fixture(scope="module")
def engine(server: ClickHouseServer) -> Iterator[AvroEngine]:
    with closing(cast(AvroEngine, engine_for(Settings(clickhouse_url=url_of([server]))))) as engine:
        prepare(engine)
        yield engine


class TestServer(AvroContract):
    """The types of Debian's are those of its own tables: it is asked for them."""

    def test_a_table_that_changed_is_looked_at_again(self, engine: AvroEngine) -> None:
        engine.execute("TRUNCATE TABLE missionpath.scans_read")
        portion = scans(["1", "2"])
        with_lane = replace(portion.into, table="scans_read", columns={**portion.into.columns, "lane": "reader"})
        with pytest.raises(Fatal):
            engine.insert_avro(with_lane, portion.rows)
        engine.execute("ALTER TABLE missionpath.scans_read ADD COLUMN lane UInt8")
        try:
            engine.insert_avro(with_lane, portion.rows)
            assert engine.query("SELECT sum(lane) FROM scans_read", "TSV") == b"3\n"
        finally:
            engine.execute("ALTER TABLE missionpath.scans_read DROP COLUMN lane")

    def test_an_outage_is_waited_for_and_forgotten(self, engine: AvroEngine, server: ClickHouseServer) -> None:
        engine.execute("TRUNCATE TABLE missionpath.scans")
        portion = scans(["1", "2"])
        engine.insert_avro(portion.into, portion.rows)
        server.kill()
        with pytest.raises(Unavailable, match="does not answer"):
            engine.insert_avro(portion.into, portion.rows)
        server.start()
        engine.insert_avro(portion.into, portion.rows)
        assert engine.query("SELECT count() FROM v_scans", "TSV") == b"2\n"

    def test_a_full_disk_on_this_side_is_an_outage(self, engine: AvroEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sinks.incoming.TemporaryFile", lambda **how: FULL.open("w+b"))
        portion = scans(["a"])
        with pytest.raises(Unavailable, match="No space left"):
            engine.insert_avro(portion.into, portion.rows)


def test_without_chdb_rows_are_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sinks.engine.find_spec", lambda name: None)
    assert not isinstance(engine_for(Settings(clickhouse_url="clickhouse://127.0.0.1")), AvroTaker)
