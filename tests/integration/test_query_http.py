"""The embedded engine answers analysts' tools as a ClickHouse server would: curl, and clickhouse-connect itself."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from runtime.health import Health, serve, serve_health
from runtime.settings import Settings
from sinks.embedded import RESULT_ROWS_MAX
from sinks.engine import Engine, QueryRefused, engine_for
from sinks.login import Login
from sinks.migrate import migrate
from sinks.query_http import query_route
from sinks.read_only import answer
from tests.integration.delivered_records import AT, delivered, scanned
from tests.integration.engine_contract import write

USER, PASSWORD = "analyst", "p:ä&word"
SCANS = [scanned() for _ in range(3)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_for(Settings(home=tmp_path_factory.mktemp("home")))
    migrate(engine)
    write(engine, [delivered(scan) for scan in SCANS])
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def open_port(engine: Engine) -> int:
    """As the sink serves it: beside its health."""
    return serve_health("127.0.0.1", 0, Health(), {"/": query_route(engine)})[1]


@pytest.fixture(scope="module")
def guarded_port(engine: Engine) -> int:
    return serve("127.0.0.1", 0, {"/": query_route(engine, Login(USER, PASSWORD))})[1]


@pytest.fixture
def client(guarded_port: int) -> Iterator[Client]:
    found = clickhouse_connect.get_client(
        host="127.0.0.1", port=guarded_port, username=USER, password=PASSWORD, tz_mode="aware"
    )
    yield found
    found.close()


def curl(port: int, path: str, *arguments: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by lower-case name, and body."""
    command = ["curl", "--silent", "--include", "--noproxy", "*", *arguments, f"http://127.0.0.1:{port}/{path}"]
    head, _, body = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status.split()[1]), headers, body


class TestClickHouseConnect:
    def test_it_knows_the_server(self, client: Client, engine: Engine) -> None:
        assert client.ping()
        assert client.server_version == engine.query("SELECT version()", "TSV").decode().strip()
        assert str(client.server_tz) == "UTC"
        assert client.server_settings["max_result_rows"].value == str(RESULT_ROWS_MAX)

    def test_rows_come_as_python_values(self, client: Client) -> None:
        sql = "SELECT event_id, occurred_at, node, identifiers.value, identifiers.confidence, conveyance FROM v_scans"
        rows = client.query(sql).result_rows
        assert {row[0] for row in rows} == {scan.event_id for scan in SCANS}
        values = ["MSCU6639871", "GA123ÈC"]
        assert {repr(row[1:]) for row in rows} == {repr((AT, "ITBRI-GATE-IN", values, [0.97, None], None))}

    def test_parameters_are_values_and_never_sql(self, client: Client) -> None:
        hostile = 'it\'s \\ "quoted"\n; DROP TABLE scans --'
        sql = "SELECT {text:String}, {numbers:Array(UInt8)}, {at:DateTime}, {none:Nullable(String)}"
        at = datetime(2026, 3, 1, 8, tzinfo=UTC)
        given: dict[str, Any] = {"text": hostile, "numbers": [1, 2], "at": at, "none": None}
        [row] = client.query(sql, parameters=given).result_rows
        assert row == (hostile, [1, 2], at, None)

    def test_a_database_is_chosen(self, guarded_port: int) -> None:
        for database, found in (("system", "system"), ("default", "missionpath"), (None, "missionpath")):
            client = clickhouse_connect.get_client(
                host="127.0.0.1", port=guarded_port, username=USER, password=PASSWORD, database=database
            )
            assert client.command("SELECT currentDatabase()") == found
            client.close()

    def test_much_comes_in_blocks_compressed_or_not(self, guarded_port: int) -> None:
        for compress in (True, False, "gzip"):
            client = clickhouse_connect.get_client(
                host="127.0.0.1", port=guarded_port, username=USER, password=PASSWORD, compress=compress
            )
            with client.query_rows_stream("SELECT number, toString(number) FROM numbers(300000)") as stream:
                assert sum(row[0] for row in stream) == 300_000 * 299_999 // 2
            client.close()

    def test_low_cardinality_and_nested_types_arrive(self, client: Client) -> None:
        columns = "toLowCardinality('x'), map('a', 1), (1, 'b'), [[1], []], toDecimal64(1.5, 2), NULL::Nullable(UUID)"
        [row] = client.query(f"SELECT {columns}").result_rows
        assert [str(each) for each in row] == ["x", "{'a': 1}", "(1, 'b')", "[[1], []]", "1.50", "None"]

    def test_errors_are_clickhouses_own(self, client: Client) -> None:
        with pytest.raises(DatabaseError, match="UNKNOWN_TABLE") as refused:
            client.query("SELECT * FROM nope")
        assert refused.value.code == 60
        with pytest.raises(DatabaseError, match="READONLY"):
            client.command("DROP TABLE scans")
        with pytest.raises(DatabaseError):
            client.insert("scans", [["x"]], column_names=["reader"])
        with pytest.raises(DatabaseError, match="TOO_MANY_ROWS_OR_BYTES"):
            client.query(f"SELECT number FROM numbers({RESULT_ROWS_MAX + 1})")

    def test_a_wrong_password_is_told(self, guarded_port: int) -> None:
        with pytest.raises(DatabaseError, match="AUTHENTICATION_FAILED") as refused:
            clickhouse_connect.get_client(host="127.0.0.1", port=guarded_port, username=USER, password="x")
        assert refused.value.code == 516


class TestCurl:
    @pytest.mark.parametrize(
        ("path", "arguments"),
        [
            ("?query=SELECT+1%2B1", ()),
            ("", ("--data-binary", "SELECT 1+1")),
            ("?query=SELECT+1%2B", ("--data-binary", "1")),
            ("?database=system", ("--data-binary", "SELECT count() + 1 FROM one")),
            ("", ("--data-binary", "SELECT count() + 1 FROM one", "--header", "X-ClickHouse-Database: system")),
            ("?param_n=2", ("--data-binary", "SELECT {n:UInt8}")),
        ],
    )
    def test_every_way_to_ask_is_answered(self, open_port: int, path: str, arguments: tuple[str, ...]) -> None:
        assert curl(open_port, path, *arguments)[::2] == (200, b"2\n")

    @pytest.mark.parametrize(
        ("path", "arguments"),
        [
            ("", ("--data-binary", "SELECT 1 AS a FORMAT JSONEachRow")),
            ("?default_format=JSONEachRow", ("--data-binary", "SELECT 1 AS a")),
            ("", ("--data-binary", "SELECT 1 AS a", "--header", "X-ClickHouse-Format: JSONEachRow")),
        ],
    )
    def test_the_format_is_chosen(self, open_port: int, path: str, arguments: tuple[str, ...]) -> None:
        assert curl(open_port, path, *arguments)[::2] == (200, b'{"a":1}\n')

    def test_it_says_that_it_is_there_to_everybody(self, guarded_port: int) -> None:
        assert curl(guarded_port, "ping")[::2] == (200, b"Ok.\n")
        assert curl(guarded_port, "")[0] == 401

    def test_an_answer_is_compressed_for_who_asks(self, open_port: int) -> None:
        ask = "?enable_http_compression=1&query=SELECT+repeat('x',100000)"
        status, headers, body = curl(open_port, ask, "--globoff", "--compressed")
        assert (status, headers["content-encoding"], body) == (200, "gzip", b"x" * 100_000 + b"\n")
        assert int(headers["content-length"]) < 1_000
        assert "content-encoding" not in curl(open_port, "?query=SELECT+1", "--compressed")[1]

    @pytest.mark.parametrize(
        ("path", "arguments"),
        [
            ("", ("--user", f"{USER}:{PASSWORD}")),
            ("", ("--header", f"X-ClickHouse-User: {USER}", "--header", f"X-ClickHouse-Key: {PASSWORD}")),
            ("?user=analyst&password=p%3A%C3%A4%26word", ()),
        ],
    )
    def test_a_user_is_let_in_in_three_ways(self, guarded_port: int, path: str, arguments: tuple[str, ...]) -> None:
        assert curl(guarded_port, path, "--data-binary", "SELECT 1", *arguments)[::2] == (200, b"1\n")

    @pytest.mark.parametrize(
        ("path", "arguments"),
        [
            ("", ()),
            ("", ("--user", f"{USER}:")),
            ("", ("--user", f"other:{PASSWORD}")),
            ("", ("--header", "Authorization: Basic !")),
            ("", ("--header", f"X-ClickHouse-Key: {PASSWORD}")),
            ("?user=analyst", ()),
        ],
    )
    def test_anybody_else_is_not(self, guarded_port: int, path: str, arguments: tuple[str, ...]) -> None:
        status, headers, body = curl(guarded_port, path, "--data-binary", "SELECT 1", *arguments)
        assert (status, headers["x-clickhouse-exception-code"]) == (401, "516")
        assert headers["www-authenticate"].startswith("Basic")
        assert body.startswith(b"Code: 516. DB::Exception: Authentication failed")

    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            ("?query=DROP+TABLE+scans", 403, "164"),
            ("?query=SELECT+1&max_execution_time=0", 403, "164"),
            ("?query=SELECT+1&database=nope", 404, "81"),
            ("?query=SELECT+1&database=a`b", 404, "81"),
            ("?query=SELECT+{n:UInt8}", 400, "456"),
            ("?query=SELECT+{n:UInt8}&param_n=x", 400, "457"),
            ("?query=SELECT+1&default_format=Nope", 400, "73"),
        ],
    )
    def test_a_refusal_says_why(self, open_port: int, path: str, status: int, code: str) -> None:
        found, headers, body = curl(open_port, path, "--globoff")
        assert (found, headers["x-clickhouse-exception-code"]) == (status, code)
        assert body.startswith(f"Code: {code}. DB::Exception: ".encode())
        assert curl(open_port, "?query=SELECT+currentDatabase()")[2] == b"missionpath\n"


class TestEngine:
    def test_what_a_failed_query_has_put_out_is_in_no_later_answer(self, engine: Engine) -> None:
        for _ in range(10):
            with pytest.raises(QueryRefused, match="FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"):
                engine.query("SELECT throwIf(number = 9000000), number FROM numbers(10000000)", "TSV")
            assert engine.query("SELECT 'mine'", "TSV") == b"mine\n"

    @pytest.mark.parametrize("name", ["file", "`file`", "\\x66ile", "a.file"])
    def test_no_parameter_names_what_the_query_may_not(self, engine: Engine, name: str) -> None:
        with pytest.raises(QueryRefused, match="READONLY"):
            answer(engine, "SELECT arrayMap({f:Identifier}, ['/etc/hostname'])", "TSV", {"f": name})
        assert answer(engine, "SELECT {f:String}", "TSV", {"f": "file"}) == b"file\n"
        assert answer(engine, "SELECT count() FROM {t:Identifier}", "TSV", {"t": "v_scans"}) == b"3\n"


def test_the_announcement_is_private(tmp_path: Path) -> None:
    from sinks.owner import announce, live_url

    announce(tmp_path, "http://127.0.0.1:8/secret/")
    announce(tmp_path, "http://127.0.0.1:9/secret/")
    assert live_url(tmp_path) == "http://127.0.0.1:9/secret/"
    assert (tmp_path / "clickhouse" / "endpoint.json").stat().st_mode & 0o777 == 0o600
