"""An analyst follows a vehicle and never learns its plate; the data's owner does. On the embedded engine."""

import re
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from domain.events import Identifier
from domain.identifiers import Scheme
from runtime.health import Request, Response
from runtime.settings import Settings
from sinks.discretion import RESTRICTED, Discretion
from sinks.engine import DATABASE, Engine, engine_for
from sinks.hiding import HidingEngine
from sinks.login import Login
from sinks.migrate import RECORD, migrate
from sinks.plates import Plates
from sinks.query_http import query_route
from sinks.report import ESCAPES
from sinks.rows import TABLES
from tests.integration.delivered_records import bound, delivered, every_record, scanned
from tests.integration.engine_contract import found, write

KEY = b"0123456789abcdef0123456789abcdef"
PLATE = "XY987ZW"
LORRY = Identifier(scheme=Scheme.PLATE, value=PLATE)
LOGIN = Login("analyst", "secret")
ROLE = Path(__file__).parents[2] / "deploy" / "clickhouse" / "analyst.sql"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with closing(engine_for(Settings(home=tmp_path_factory.mktemp("privacy")))) as engine:
        migrate(engine)
        hiding = HidingEngine(engine, Plates(KEY))
        write(hiding, every_record())
        scan = msgspec.structs.replace(scanned(), identifiers=(LORRY,))
        abroad = msgspec.structs.replace(scan, identifiers=(Identifier(scheme=Scheme.PLATE, value=f"IT:{PLATE}"),))
        write(hiding, [delivered(scan), delivered(msgspec.structs.replace(abroad, event_id=bound().event_id))])
        write(hiding, [delivered(msgspec.structs.replace(bound(), scheme=Scheme.PLATE, value=PLATE))])
        yield engine


def asked(engine: Engine, sql: str, *, analyst: bool = True, **given: str) -> Response:
    if analyst:
        route = query_route(engine, LOGIN, Discretion(engine).check)
        given = {"user": LOGIN.user, "password": LOGIN.password, **given}
    else:
        route = query_route(engine)
    return route(Request("POST", "", urlencode(given), sql.encode()))


def test_no_ordinary_table_holds_a_plate(engine: Engine) -> None:
    for table in TABLES:
        everything = engine.query(f"SELECT * FROM {table}", "JSONEachRow").decode()
        assert PLATE not in everything, table
        assert "GA123" not in everything, table
    assert {str(one["value"]) for one in found(engine, "SELECT value FROM v_plates")} >= {PLATE, f"IT:{PLATE}"}


def test_an_analyst_follows_a_vehicle(engine: Engine) -> None:
    sql = """
        SELECT count() FROM v_scans ARRAY JOIN identifiers
        WHERE identifiers.value IN (SELECT value FROM v_id_bindings WHERE scheme = 'PLATE')
    """
    assert asked(engine, sql).body == b"2\n"


def test_who_owns_the_data_finds_the_plate(engine: Engine) -> None:
    sql = "SELECT value FROM v_plates WHERE pseudonym = (SELECT value FROM v_id_bindings WHERE scheme = 'PLATE')"
    assert asked(engine, f"{sql} ORDER BY value", analyst=False).body.decode().split() == [f"IT:{PLATE}", PLATE]


def test_with_the_key_the_pseudonym_is_found_in_sql_too(engine: Engine) -> None:
    """HMAC, RFC 2104, in functions that every ClickHouse has; for who may have the key in a statement."""
    inner, outer = (bytes(each ^ pad for each in KEY.ljust(64, b"\0")).hex() for pad in (0x36, 0x5C))
    sql = f"lower(hex(SHA256(concat(unhex('{outer}'), SHA256(concat(unhex('{inner}'), '{PLATE}'))))))"
    assert f"~{engine.query(f'SELECT {sql}', 'TSV').decode()[:32]}" == Plates(KEY).pseudonym(PLATE)


@pytest.mark.parametrize(
    "sql",
    [
        *(f"SELECT * FROM {table}" for table in sorted(RESTRICTED)),
        *(f"SELECT * FROM {DATABASE}.{table}" for table in sorted(RESTRICTED)),
        "SELECT value FROM plates FINAL",
        'SELECT * FROM "plates"',
        'SELECT * FROM "missionpath"."plates"',
        "SELECT * FROM `pl\\x61tes`",
        "SELECT * FROM missionpath /* here */ . /* too */ plates",
        "FROM plates SELECT value",
        "SELECT p.value FROM plates AS p",
        "SELECT count() FROM v_scans, plates",
        "SELECT * FROM v_id_bindings AS b JOIN plates ON plates.pseudonym = b.value",
        "SELECT (SELECT any(value) FROM plates)",
        "SELECT 1 WHERE 'x' IN plates",
        "SELECT 1 WHERE 'x' IN (SELECT value FROM plates)",
        "WITH all AS (SELECT * FROM plates) SELECT * FROM all",
        "SELECT * FROM v_scans UNION ALL SELECT * FROM plates",
        "SELECT * FROM (SELECT * FROM (SELECT * FROM plates))",
        "EXPLAIN SELECT (SELECT any(value) FROM plates)",
        "EXPLAIN ESTIMATE SELECT * FROM plates",
        "DESCRIBE TABLE plates",
        "DESCRIBE (SELECT * FROM plates)",
        "SHOW CREATE TABLE plates",
        "SHOW PROCESSLIST",
        "SELECT * FROM merge('missionpath', '^pl')",
        "SELECT * FROM merge('^pl' || 'ates')",
        "SELECT * FROM merge(REGEXP('missionpath'), 'plates')",
        "SELECT * FROM loop('missionpath', 'plates')",
        "SELECT * FROM view(SELECT * FROM plates)",
        "SELECT * FROM eval('SELECT * FROM pla' || 'tes')",
        "SELECT * FROM viewExplain('EXPLAIN', '', (SELECT 1))",
        "SELECT * FROM mergeTreeIndex('missionpath', 'pla' || 'tes')",
        "SELECT * FROM remote('127.0.0.1', 'missionpath', 'pla' || 'tes')",
        "SELECT * FROM cluster('default', 'missionpath', 'plates')",
        "SELECT 1 IN merge('missionpath', '^pl')",
        "SELECT query FROM system.processes",
        "SELECT query FROM `system`.`processes`",
        "SELECT * FROM system.user_query_log",
        "SELECT * FROM system.errors",
        "SELECT * FROM system.asynchronous_inserts",
        "SELECT * FROM system.parts_columns",
    ],
)
def test_an_analyst_does_not_see_what_is_restricted(engine: Engine, sql: str) -> None:
    answer = asked(engine, sql)
    assert answer.status == HTTPStatus.FORBIDDEN, answer.body
    assert answer.headers["X-ClickHouse-Exception-Code"] in {"497", "164"}
    assert PLATE.encode() not in answer.body


@pytest.mark.parametrize(
    ("sql", "given"),
    [
        ("SELECT * FROM {t:Identifier}", {"param_t": "plates"}),
        ("SELECT * FROM {t:Identifier}", {"param_t": "missionpath.plates"}),
        ("SELECT * FROM {t:Identifier}", {"param_t": "`plates`"}),
        ("SELECT * FROM {t:Identifier}", {"param_t": "pl\\x61tes"}),
        ("SELECT * FROM missionpath.{t:Identifier}", {"param_t": "plates"}),
        ("SELECT * FROM {d:Identifier}.processes", {"param_d": "system"}),
        ("SELECT * FROM system.{t:Identifier}", {"param_t": "processes"}),
        ("SELECT query FROM processes", {"database": "system"}),
        ("SELECT 1", {"database": "default_"}),
    ],
)
def test_nor_by_a_parameter_or_another_database(engine: Engine, sql: str, given: dict[str, str]) -> None:
    answer = asked(engine, sql, **given)
    assert answer.status == HTTPStatus.FORBIDDEN, answer.body


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count() FROM v_scans",
        "SHOW TABLES",
        "SHOW CREATE TABLE v_scans",
        "SHOW FULL COLUMNS FROM v_scans",
        "DESCRIBE v_alerts",
        "EXPLAIN SELECT * FROM v_scans",
        "SELECT name FROM system.tables",
        "SELECT name FROM system.columns WHERE table = 'plates'",
        "SELECT table_name FROM information_schema.tables LIMIT 1",
        "SELECT sum(number) FROM numbers(10)",
        "SELECT 'plates' AS text",
        "SELECT count() FROM v_dead_letters_settled",
    ],
)
def test_everything_else_is_answered(engine: Engine, sql: str) -> None:
    assert asked(engine, sql).status == HTTPStatus.OK


def test_without_a_password_nobody_sees_more(engine: Engine) -> None:
    route = query_route(engine, None, Discretion(engine).check)
    assert route(Request("POST", "", "", b"SELECT * FROM plates")).status == HTTPStatus.FORBIDDEN


def test_the_role_of_a_server_reads_what_is_not_restricted(engine: Engine) -> None:
    """Every statement is one of ClickHouse's, and every table is either granted or restricted."""
    text = "\n".join(line for line in ROLE.read_text().splitlines() if not line.startswith("--"))
    statements = [each.strip() for each in text.split(";") if each.strip()]
    for statement in statements:
        engine.query("SELECT formatQuery({sql:String})", "TSV", {"sql": statement.translate(ESCAPES)})
    granted = [
        found[1] for each in statements if (found := re.match(r"GRANT SELECT ON missionpath\.(\w+) TO ", each))
    ]
    sql = f"SELECT name FROM system.tables WHERE database = '{DATABASE}' AND engine != 'MaterializedView'"
    names = set(engine.query(sql, "TSV").decode().split())
    assert set(granted) == names - RESTRICTED - {RECORD}
    assert names >= RESTRICTED
    assert len(granted) == len(statements) - 1
