"""Rows are kept as long as the setting says, by the store's own clock; the real embedded engine deletes."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from cli import bootstrap
from runtime.errors import ConfigError
from runtime.settings import Settings, load
from sinks.engine import DATABASE, Engine, engine_for
from sinks.migrate import migrate
from sinks.retention import CORRECTIONS, CURRENT, MARGIN_DAYS, WORKED_OUT, check, keep
from sinks.rows import TABLES, row
from tests.integration.delivered_records import delivered, every_record, scanned
from tests.integration.engine_contract import found, write

NOW = datetime.now(UTC)
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with closing(engine_for(Settings(home=tmp_path_factory.mktemp("retention")))) as engine:
        migrate(engine)
        yield engine


@pytest.fixture
def store(engine: Engine) -> Iterator[Engine]:
    yield engine
    keep(engine, {})
    for table in TABLES:
        engine.execute(f"TRUNCATE TABLE {DATABASE}.{table}")


def written(engine: Engine, age: timedelta, **said: Any) -> str:
    """The id of a scan that was written so long ago."""
    event = msgspec.structs.replace(scanned(), **said)
    table, columns = row(delivered(event, published_at=said.get("occurred_at", NOW)))
    engine.insert(table, [columns | {"written_at": NOW - age}])
    return str(event.event_id)


def kept(engine: Engine, table: str = "scans") -> set[str]:
    """What is left once ClickHouse has merged."""
    engine.execute(f"OPTIMIZE TABLE {DATABASE}.{table} FINAL")
    return {str(one["id"]) for one in found(engine, f"SELECT toString(event_id) AS id FROM {table}")}


def terms(engine: Engine) -> dict[str, str]:
    sql = f"SELECT name, engine_full FROM system.tables WHERE database = '{DATABASE}' AND engine_full LIKE '% TTL %'"
    return {str(one["name"]): str(one["engine_full"]) for one in found(engine, sql)}


def test_without_a_setting_everything_is_kept(store: Engine) -> None:
    old = written(store, timedelta(days=36_000))
    assert keep(store, {}) == []
    assert kept(store) == {old}


def test_rows_beyond_their_term_go_and_others_stay(store: Engine) -> None:
    written(store, timedelta(days=31))
    young = written(store, timedelta(days=29))
    other = delivered(every_record()[0].event)
    table, columns = row(other)
    store.insert(table, [columns | {"written_at": NOW - timedelta(days=31)}])
    assert keep(store, {"scans": 30}) == ["scans"]
    assert kept(store) == {young}
    assert kept(store, table) == {str(columns["event_id"])}


@pytest.mark.parametrize("year", [1970, 2105])
def test_a_clock_that_runs_wrong_neither_deletes_nor_keeps(store: Engine, year: int) -> None:
    at = datetime(year, 1, 2, tzinfo=UTC)
    written(store, timedelta(days=31), occurred_at=at)
    young = written(store, timedelta(days=1), occurred_at=at)
    keep(store, {"scans": 30})
    assert kept(store) == {young}


def test_the_longest_term_deletes_nothing(store: Engine) -> None:
    young = written(store, timedelta(0))
    keep(store, {"scans": 18_250})
    assert kept(store) == {young}


def test_what_is_so_already_is_not_touched(store: Engine) -> None:
    assert keep(store, {"scans": 30, "journeys": 400}) == ["scans", "journeys"]
    before = terms(store)
    assert "toDateTime(written_at) + toIntervalDay(30)" in before["scans"]
    assert "toDateTime(as_of) + toIntervalDay(400)" in before["journeys"]
    assert keep(store, {"scans": 30, "journeys": 400}) == []
    assert terms(store) == before


def test_another_term_replaces_the_one_before_and_none_takes_it_away(store: Engine) -> None:
    keep(store, {"scans": 30})
    assert keep(store, {"scans": 60}) == ["scans"]
    middle = written(store, timedelta(days=45))
    assert kept(store) == {middle}
    assert keep(store, {}) == ["scans"]
    assert terms(store) == {}
    ancient = written(store, timedelta(days=4000))
    assert kept(store) == {middle, ancient}


def test_a_term_set_by_hand_is_taken_away(store: Engine) -> None:
    store.execute(f"ALTER TABLE {DATABASE}.scans MODIFY TTL toDateTime(occurred_at) + INTERVAL 1 DAY")
    assert keep(store, {}) == ["scans"]
    assert terms(store) == {}


def test_every_other_table_can_have_a_term(store: Engine) -> None:
    facts = set(TABLES) - set(CURRENT) - set(CORRECTIONS)
    days = dict.fromkeys((*facts, *WORKED_OUT), 100) | dict.fromkeys(CORRECTIONS, 100 + MARGIN_DAYS)
    assert set(keep(store, days)) == set(days)
    assert set(terms(store)) == set(days)
    write(store, every_record())


@pytest.mark.parametrize("table", [*CURRENT, "schema_migrations", "v_scans", "scan", "scans; DROP TABLE scans"])
def test_what_does_not_expire_is_refused_by_name(table: str) -> None:
    with pytest.raises(ConfigError, match=rf"^settings: retention_days\.{table}: "):
        check({table: 30})


@pytest.mark.parametrize(
    ("days", "is_right"),
    [
        ({"observations_recounted": 400}, False),
        ({"observations_recounted": 400, "mission_events": 371}, False),
        ({"observations_recounted": 400, "mission_events": 370}, True),
        ({"dead_letters_settled": 60, "dead_letters": 30}, True),
        ({"dead_letters": 30}, True),
        ({"event_retractions": 400, "scans": 30}, False),
    ],
)
def test_a_correction_outlives_what_it_corrects(days: dict[str, int], *, is_right: bool) -> None:
    if is_right:
        check(days)
        return
    with pytest.raises(ConfigError, match=r"says what does not count in \w+: keep it 30 days longer"):
        check(days)


def test_the_sink_that_owns_the_data_keeps_to_the_setting(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "engine_for", lambda settings: store)
    monkeypatch.setattr(store, "close", lambda: None)
    with bootstrap._store(load(retention_days={"scans": 30}, plate_key=KEY)):
        assert set(terms(store)) == {"scans"}
    assert bootstrap.migrate_server(load(retention_days={"scans": 31}, plate_key=KEY)) == ["retention of scans"]
    with pytest.raises(ConfigError, match=r"retention_days\.nope"):
        bootstrap.migrate_server(load(retention_days={"nope": 1}, plate_key=KEY))
