"""What every engine must do; each engine's suite inherits the class and gives it an ``engine``.

Every test names its own missions, events and alerts, so that one database serves them all.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from domain.events import AlertStatus, MissionStatus
from runtime.errors import ConfigError, Fatal
from sinks.batch import Batch
from sinks.engine import DATABASE, NO_PARAMETERS, Engine, QueryRefused, RowsRefused
from sinks.migrate import RECORD, Migration, bundled, migrate
from sinks.query_http import query_route
from sinks.read_only import answer
from sinks.rows import TABLES, Delivery, row
from tests.integration.delivered_records import (
    AT,
    alert,
    bound,
    composed,
    delivered,
    every_record,
    manifested,
    mission_state,
    recounted,
    scanned,
)

READONLY, SYNTAX_ERROR, INCORRECT_QUERY = 164, 62, 80
VIEWS = {
    **{table: f"v_{table}" for table in TABLES},
    "deviation_alerts": "v_alerts",
}


def write(engine: Engine, deliveries: Sequence[Delivery]) -> None:
    batch = Batch(rows_max=1000, bytes_max=1 << 20, seconds_max=1.0)
    for delivery in deliveries:
        batch.add(*row(delivery), 100)
    batch.write(engine)


def found(engine: Engine, sql: str) -> list[dict[str, object]]:
    return msgspec.json.Decoder(dict[str, object]).decode_lines(engine.query(sql, "JSONEachRow"))


def through_view(engine: Engine, table: str, columns: dict[str, object]) -> list[dict[str, object]]:
    """The rows of the table's view that have the given key, as Python values like those that went in."""
    keys = [key for key in ("event_id", "alert_id", "iot_id", "origin_offset") if columns.get(key) is not None]
    where = " AND ".join(f"toString({key}) = '{columns[key]}'" for key in keys)
    rows = found(engine, f"SELECT * FROM {VIEWS[table]} WHERE {where}")
    return [
        {name: alike(value, columns[name]) for name, value in one.items() if name != "written_at"} for one in rows
    ]


def alike(value: object, model: object) -> object:
    """``value`` as ClickHouse wrote it, in the type of ``model``."""
    if isinstance(model, datetime):
        return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    if isinstance(model, UUID):
        return UUID(str(value))
    if isinstance(model, list | tuple) and isinstance(value, list):
        return type(model)(alike(*pair) for pair in zip(value, model, strict=True))
    return value


class Cut(Exception):
    """The end of a killed process."""


class CutEngine:
    """Stops working before its n-th change, as a killed process would."""

    def __init__(self, engine: Engine, changes: int) -> None:
        self._engine = engine
        self._left = changes
        self.database = engine.database

    def _spend(self) -> None:
        if self._left == 0:
            raise Cut
        self._left -= 1

    def execute(self, sql: str) -> None:
        self._spend()
        self._engine.execute(sql)

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        self._spend()
        self._engine.insert(table, rows)

    def query(self, sql: str, output_format: str, parameters: Mapping[str, str] = NO_PARAMETERS) -> bytes:
        return self._engine.query(sql, output_format, parameters)

    def close(self) -> None:
        self._engine.close()


class EngineContract:
    """Inherit it and define a fixture ``engine``.

    *Shape*: of a wrong value in a column of ``unnamed`` an engine does not say where it is.
    """

    unnamed: frozenset[str] = frozenset()

    @staticmethod
    def kept(columns: dict[str, object]) -> dict[str, object]:
        """What becomes of a row in the store: it stays as it is."""
        return columns

    @pytest.fixture
    def empty(self, engine: Engine) -> Iterator[Engine]:
        self.clear(engine)
        yield engine
        self.clear(engine)

    @staticmethod
    def clear(engine: Engine) -> None:
        engine.execute(f"DROP DATABASE IF EXISTS {DATABASE} SYNC")
        engine.execute(f"CREATE DATABASE {DATABASE}")

    @pytest.fixture
    def store(self, engine: Engine) -> Engine:
        migrate(engine)
        return engine

    def test_migrations_apply_once(self, empty: Engine) -> None:
        assert migrate(empty) == [migration.name for migration in bundled()]
        assert migrate(empty) == []
        tables = found(empty, f"SELECT name FROM system.tables WHERE database = '{DATABASE}'")
        names = {str(table["name"]) for table in tables}
        assert names >= {*TABLES, *VIEWS.values(), "v_open_alerts", RECORD}

    def test_migrations_go_on_after_a_cut_at_any_change(self, empty: Engine) -> None:
        migrations = (
            Migration(1, "first", f"CREATE TABLE IF NOT EXISTS {DATABASE}.a (x Int8) ENGINE = Memory;"),
            Migration(
                2,
                "second",
                "-- two statements; the first with a semicolon; in a comment\n"
                f"CREATE TABLE IF NOT EXISTS {DATABASE}.b (x Int8) ENGINE = Memory;\n"
                f"CREATE TABLE IF NOT EXISTS {DATABASE}.c (x Int8) ENGINE = Memory;\n",
            ),
        )
        changes = 1 + 2 + 3  # the ground; a statement and its record; two statements and their record
        for n in range(changes):
            self.clear(empty)
            with pytest.raises(Cut):
                migrate(CutEngine(empty, n), migrations)
            migrate(empty, migrations)
            assert migrate(CutEngine(empty, 1), migrations) == []  # the ground only
            assert [empty.query(f"SELECT count() FROM {table}", "TSV") for table in "abc"] == [b"0\n"] * 3

    def test_every_statement_of_this_release_can_be_repeated(self, empty: Engine) -> None:
        migrate(empty)
        for migration in bundled():
            for statement in migration.statements:
                empty.execute(statement)
        write(empty, every_record())

    def test_rows_of_the_release_before_stay_readable(self, empty: Engine) -> None:
        migrate(empty, [migration for migration in bundled() if migration.version < 3])
        later = ("conveyance", "withdrawn")
        rows = [row(delivered(event)) for event in (scanned(), bound())]
        for table, columns in rows:
            empty.insert(table, [{name: value for name, value in columns.items() if name not in later}])
        migrate(empty)
        for table, columns in rows:
            assert through_view(empty, table, columns) == [self.kept(columns)]

    def test_a_newer_database_is_refused(self, empty: Engine) -> None:
        newer = Migration(bundled()[-1].version + 1, "of_tomorrow", "")
        migrate(empty, [*bundled(), newer])
        with pytest.raises(ConfigError, match="upgrade missionpath"):
            migrate(empty)

    def test_a_changed_migration_is_refused(self, empty: Engine) -> None:
        migrate(empty, [Migration(1, "initial", "")])
        with pytest.raises(ConfigError, match=r"0001_initial\.sql"):
            migrate(empty)

    def test_every_record_comes_out_as_it_went_in(self, store: Engine) -> None:
        deliveries = every_record()
        assert {row(delivery)[0] for delivery in deliveries} == set(TABLES)
        write(store, deliveries)
        for delivery in deliveries:
            table, columns = row(delivery)
            assert through_view(store, table, columns) == [self.kept(columns)]

    def test_rows_and_tables_have_the_same_columns(self, store: Engine) -> None:
        for delivery in every_record():
            table, columns = row(delivery)
            described = found(store, f"DESCRIBE TABLE {table}")
            assert {str(column["name"]) for column in described} == {*columns, "written_at"}

    def test_a_repeated_batch_shows_each_event_once(self, store: Engine) -> None:
        deliveries = every_record()
        write(store, deliveries)
        write(store, deliveries)
        for delivery in deliveries:
            table, columns = row(delivery)
            assert through_view(store, table, columns) == [self.kept(columns)]

    @pytest.mark.parametrize("order", [(1, 2), (2, 1)])
    def test_whether_an_observation_counts_is_said_by_the_latest_revision(
        self, store: Engine, order: tuple[int, ...]
    ) -> None:
        resolved = delivered(scanned(), iot_id=uuid4())
        write(store, [resolved])
        write(store, [delivered(recounted(resolved, revision, counts=revision == 1)) for revision in order])
        assert through_view(store, *row(resolved)) == []
        write(store, [delivered(recounted(resolved, 3, counts=True))])
        assert through_view(store, *row(resolved)) == [self.kept(row(resolved)[1])]

    def test_the_later_publication_of_an_event_holds(self, store: Engine) -> None:
        event = scanned()
        write(store, [delivered(event, published_at=AT + timedelta(seconds=1))])
        write(store, [delivered(event)])
        [kept] = through_view(store, *row(delivered(event)))
        assert kept == self.kept(row(delivered(event, published_at=AT + timedelta(seconds=1)))[1])

    @pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (3, 2, 1)])
    def test_the_latest_revision_of_a_mission_holds(self, store: Engine, order: tuple[int, ...]) -> None:
        iot_id = uuid4()
        states = {1: MissionStatus.EXPECTED, 2: MissionStatus.DEPARTED, 3: MissionStatus.ARRIVED}
        for revision in order:
            write(store, [delivered(mission_state(iot_id, revision, states[revision]))])
        latest = found(store, f"SELECT revision, status FROM v_mission_states WHERE iot_id = '{iot_id}'")
        assert latest == [{"revision": 3, "status": "ARRIVED"}]
        history = found(store, f"SELECT count() AS n FROM v_mission_state_history WHERE iot_id = '{iot_id}'")
        assert history == [{"n": 3}]

    @pytest.mark.parametrize("order", [(1, 2), (2, 1)])
    def test_a_cleared_alert_is_not_open(self, store: Engine, order: tuple[int, ...]) -> None:
        alert_id, statuses = uuid4(), {1: AlertStatus.RAISED, 2: AlertStatus.CLEARED}
        where = f"WHERE alert_id = '{alert_id}'"
        for revision in order:
            write(store, [delivered(alert(alert_id, revision, statuses[revision]))])
        assert found(store, f"SELECT revision FROM v_alerts {where}") == [{"revision": 2}]
        # Asked for directly: the condition must not reach below the choice of the latest revision.
        assert found(store, f"SELECT revision FROM v_alerts {where} AND status = 'RAISED'") == []
        assert found(store, f"SELECT revision FROM v_open_alerts {where}") == []

    @pytest.mark.parametrize(
        ("status", "is_open"),
        [
            (AlertStatus.RAISED, True),
            (AlertStatus.CHANGED, True),
            (AlertStatus.ACKNOWLEDGED, True),
            (AlertStatus.DISPOSED, False),
            (AlertStatus.CLEARED, False),
        ],
    )
    def test_an_alert_is_open_as_long_as_it_waits_for_somebody(
        self, store: Engine, status: AlertStatus, is_open: bool
    ) -> None:
        alert_id = uuid4()
        write(store, [delivered(alert(alert_id, 1, AlertStatus.RAISED)), delivered(alert(alert_id, 2, status))])
        where = f"WHERE alert_id = '{alert_id}'"
        assert found(store, f"SELECT status FROM v_alerts {where}") == [{"status": status.value}]
        assert found(store, f"SELECT count() AS n FROM v_open_alerts {where}") == [{"n": int(is_open)}]

    @pytest.mark.parametrize("apart", [timedelta(0), timedelta(hours=1)])
    @pytest.mark.parametrize("order", [(False, True), (True, False)])
    def test_a_withdrawn_binding_stays_withdrawn(
        self, store: Engine, order: tuple[bool, ...], apart: timedelta
    ) -> None:
        """In whatever order both come, and although whoever took it back was wrong about its time."""
        event = bound()
        for seconds, withdrawn in enumerate(order):
            valid_from = AT + apart if withdrawn else AT
            said = msgspec.structs.replace(event, withdrawn=withdrawn, valid_from=valid_from)
            write(store, [delivered(said, published_at=AT + timedelta(seconds=seconds))])
        store.execute(f"OPTIMIZE TABLE {DATABASE}.id_bindings FINAL")
        where = f"WHERE event_id = '{event.event_id}'"
        assert found(store, f"SELECT withdrawn FROM v_id_bindings {where}") == [{"withdrawn": True}]
        assert found(store, f"SELECT withdrawn FROM v_id_bindings {where} AND NOT withdrawn") == []

    def test_declarations_are_found_with_their_unit(self, store: Engine) -> None:
        train, manifest = composed(), manifested()
        write(store, [delivered(train), delivered(manifest)])
        of_train = f"FROM v_train_compositions ARRAY JOIN units WHERE event_id = '{train.event_id}'"
        of_mrn = f"{of_train} AND has(units.mrns, '26ITQBA190171210R0')"
        assert found(store, f"SELECT units.wagon_value AS wagon {of_mrn}") == [{"wagon": "218124712173"}]
        rows = found(
            store,
            "SELECT units.unit_value AS unit, mrn FROM v_vessel_manifests "
            f"ARRAY JOIN units ARRAY JOIN units.mrns AS mrn WHERE event_id = '{manifest.event_id}'",
        )
        assert rows == [{"unit": "MSCU6639871", "mrn": "26ITQBA158977764S6"}]

    @pytest.mark.parametrize(
        ("column", "value"),
        [("event_id", "a secret"), ("occurred_at", "a secret"), ("identifiers.confidence", ["a secret", None])],
    )
    def test_a_bad_row_is_refused_without_its_value(self, store: Engine, column: str, value: object) -> None:
        table, good = row(delivered(scanned()))
        _, bad = row(delivered(scanned()))
        with pytest.raises(RowsRefused) as refused:
            store.insert(table, [good, bad | {column: value}])
        assert (refused.value.table, refused.value.column) == (table, None if column in self.unnamed else column)
        assert refused.value.code > 0
        assert "secret" not in str(refused.value)
        assert refused.value.__suppress_context__  # a traceback must not show ClickHouse's own message

    def test_nested_columns_of_unequal_length_are_refused(self, store: Engine) -> None:
        table, columns = row(delivered(scanned()))
        with pytest.raises(RowsRefused, match=r"\(code 190\)"):
            store.insert(table, [columns | {"identifiers.value": ["one"]}])

    def test_bad_rows_are_left_out_and_all_others_go_in(self, store: Engine) -> None:
        batch, events = Batch(rows_max=1000, bytes_max=1 << 20, seconds_max=1.0), [scanned() for _ in range(100)]
        bad = {3: {"event_id": "a secret"}, 4: {"identifiers.value": ["one"]}, 99: {"occurred_at": "a secret"}}
        for n, event in enumerate(events):
            table, columns = row(delivered(event))
            batch.add(table, columns | {"kafka_offset": n} | bad.get(n, {}), 100)
        batch.write(store)
        assert [each.place for each in batch.refused] == [("cargo.some.topic.v1", 3, n) for n in bad]
        assert all(each.why.code > 0 for each in batch.refused)
        ids = ", ".join(f"'{event.event_id}'" for event in events)
        offsets = store.query(
            f"SELECT kafka_offset FROM v_scans WHERE event_id IN ({ids}) ORDER BY kafka_offset", "TSV"
        )
        assert [int(line) for line in offsets.split()] == [n for n in range(100) if n not in bad]

    def test_a_table_that_is_not_as_expected_stops_the_process(self, store: Engine) -> None:
        table, columns = row(delivered(scanned()))
        with pytest.raises(Fatal, match="NO_SUCH_COLUMN_IN_TABLE"):
            store.insert(table, [columns | {"colour": "red"}])
        with pytest.raises(Fatal, match="UNKNOWN_TABLE"):
            store.insert("no_such_table", [columns])

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT 1",
            "SELECT 1;",
            "-- first\n(SELECT 1)",
            "FROM v_scans SELECT count()",
            "WITH 1 AS one SELECT one",
            "SHOW TABLES",
            "DESCRIBE v_scans",
            "DESCRIBE (SELECT 1)",
            "EXISTS v_scans",
            "EXPLAIN SELECT count() FROM v_scans",
            "SELECT 'INTO OUTFILE', 'file(1)'",
            "SELECT 1 FORMAT CSV",
        ],
    )
    def test_reading_is_answered(self, store: Engine, sql: str) -> None:
        assert answer(store, sql, "TSV")

    @pytest.mark.parametrize(
        "sql",
        [
            "INSERT INTO scans (reader) VALUES ('x')",
            "WITH 1 AS x INSERT INTO scans (reader) SELECT 'x'",
            "DROP TABLE scans",
            "TRUNCATE TABLE scans",
            "ALTER TABLE scans DELETE WHERE 1",
            "OPTIMIZE TABLE scans FINAL",
            "CREATE TEMPORARY TABLE x (y Int8)",
            "KILL QUERY WHERE 1",
            "SYSTEM SHUTDOWN",
            "SET readonly = 0",
            "USE default",
            "SELECT 1 SETTINGS readonly = 0",
            "SELECT 1 SETTINGS max_execution_time = 0",
            "SELECT 1 PARALLEL WITH DROP TABLE scans",
            "SELECT 1; DROP TABLE scans",
            "SELECT 1 INTO OUTFILE '{file}'",
            "SHOW TABLES /**/ INTO /**/ OUTFILE '{file}'",
            "INSERT INTO FUNCTION file('{file}') SELECT 1",
            "SELECT file('/etc/hostname')",
            "SELECT arrayMap(`file`, ['/etc/hostname'])",
            "SELECT * FROM file('/etc/hostname', LineAsString)",
            "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)",
            "DESCRIBE url('http://127.0.0.1:1/')",
            "DESC remote('127.0.0.1:1', system.one)",
            "",
            "  ",
            "SELCT 1",
            "SELECT 'a",
        ],
    )
    def test_anything_else_is_refused(
        self, store: Engine, sql: str, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        file = tmp_path_factory.getbasetemp() / "outfile"
        with pytest.raises(QueryRefused) as refused:
            answer(store, sql.replace("{file}", str(file)), "TSV")
        assert refused.value.code in {READONLY, SYNTAX_ERROR, INCORRECT_QUERY}
        assert "\n" not in str(refused.value)
        assert not file.exists()
        assert answer(store, "EXISTS scans", "TSV") == b"1\n"

    @pytest.mark.parametrize(
        "sql", ["DROP TABLE scans", "SET max_execution_time = 0", "SELECT * FROM url('http://127.0.0.1:1/')"]
    )
    def test_what_asks_by_itself_can_only_read_too(self, store: Engine, sql: str) -> None:
        with pytest.raises(QueryRefused, match=r"\(READONLY, code 164\)"):
            store.query(sql, "TSV")

    @pytest.mark.parametrize("output_format", ["NoSuchFormat", "DataFrame", "CSV; DROP TABLE scans", ""])
    def test_an_unknown_format_is_refused(self, store: Engine, output_format: str) -> None:
        with pytest.raises(QueryRefused, match="UNKNOWN_FORMAT"):
            answer(store, "SELECT 1", output_format)

    def test_the_route_answers_as_clickhouse_does(self, store: Engine) -> None:
        from runtime.health import Request

        route = query_route(store)
        assert route(Request("GET", "", "query=SELECT+1", b"")).body == b"1\n"
        assert route(Request("POST", "", "default_format=CSV", b"SELECT 'x'")).body == b'"x"\n'
        assert route(Request("POST", "", "query=SELECT+1%2C", b"2 FORMAT CSV")).body == b"1,2\n"
        unknown = route(Request("POST", "", "", b"SELECT nope"))
        assert (unknown.status, unknown.headers["X-ClickHouse-Exception-Code"]) == (400, "47")
        assert b"UNKNOWN_IDENTIFIER" in unknown.body
        assert route(Request("POST", "", "", b"DROP TABLE scans")).status == 403
        assert route(Request("POST", "", "", b"SELECT * FROM nope")).status == 404
        assert route(Request("POST", "", "", b"SELECT '\xff'")).status == 400
