"""The embedded ClickHouse reads rows out of Avro itself."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runtime.errors import Unavailable
from sinks.embedded import EmbeddedEngine
from sinks.engine import data_directory
from tests.integration.avro_contract import AvroContract, prepare, scans

FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    with closing(EmbeddedEngine(data_directory(tmp_path_factory.mktemp("home")))) as engine:
        prepare(engine)
        yield engine


class TestEmbedded(AvroContract):
    """The rows are in a file beside the data for a moment."""

    def test_what_comes_in_has_no_name(self, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        seen, insert, portion = list[tuple[int, set[str]]](), engine._insert, scans(["a"])
        opened = Path("/proc/self/fd")

        def watched(table: str, columns: str, rows: str) -> None:
            number = rows.partition("file(")[2].partition(",")[0]
            seen.append(((opened / number).stat().st_nlink, {file.name for file in engine._beside.iterdir()}))
            insert(table, columns, rows)

        before = {file.name for file in engine._beside.iterdir()}
        monkeypatch.setattr(engine, "_insert", watched)
        engine.insert_avro(portion.into, portion.rows)
        assert seen == [(0, before)]

    def test_a_full_disk_is_an_outage(self, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        portion = scans(["a"])
        with monkeypatch.context() as patch:
            patch.setattr("sinks.incoming.TemporaryFile", lambda **how: FULL.open("w+b"))
            with pytest.raises(Unavailable, match="No space left"):
                engine.insert_avro(portion.into, portion.rows)
        engine.insert_avro(portion.into, portion.rows)

    def test_a_place_that_is_gone_is_an_outage(self, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engine, "_beside", Path("/nowhere"))
        portion = scans(["a"])
        with pytest.raises(Unavailable, match="cannot write rows on their way in: No such file"):
            engine.insert_avro(portion.into, portion.rows)


def test_closed_it_is_away(engine: EmbeddedEngine) -> None:
    """The last one: a process has one embedded engine at a time."""
    portion = scans(["a"])
    engine.close()
    with pytest.raises(Unavailable, match="closed"):
        engine.insert_avro(portion.into, portion.rows)
