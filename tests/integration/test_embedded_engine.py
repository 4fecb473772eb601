"""The embedded engine, as every engine and as the one that a process has to itself.

chdb opens one directory at a time in a process: what needs another one runs in a process of its own.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from runtime.errors import ConfigError, Unavailable
from runtime.health import Request, serve
from runtime.settings import Settings
from sinks.embedded import EmbeddedEngine
from sinks.engine import Engine, QueryRefused, data_directory, engine_for
from sinks.migrate import bundled, migrate
from sinks.owner import announce, live_url, withdraw
from sinks.query import ask
from sinks.query_http import query_route
from sinks.read_only import answer
from sinks.report import ESCAPES
from sinks.rows import row
from tests.integration.delivered_records import (
    amended,
    dead_letter,
    delivered,
    generated,
    retracted,
    scanned,
    settled,
    signalled,
    status_changed,
)
from tests.integration.engine_contract import EngineContract, found, through_view, write

CHECKOUT = Path(__file__).parents[2]
DEADLINE_SECONDS = 60

WRITER = """
import sys
from runtime.settings import Settings
from tests.integration.delivered_records import delivered, scanned
from tests.integration.engine_contract import write
from sinks.engine import engine_for
from sinks.migrate import migrate
engine = engine_for(Settings(home=sys.argv[1]))
migrate(engine)
write(engine, [delivered(scanned()) for _ in range(500)])
print("written", flush=True)
sys.stdin.read()
"""

SERVANT = """
import asyncio, signal, sys
from runtime.settings import Settings
from sinks.engine import engine_for
engine = engine_for(Settings(home=sys.argv[1]))
async def main():
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    slow = "SELECT sum(sleepEachRow(0.25)) FROM numbers(4)"
    busy = asyncio.create_task(asyncio.to_thread(engine.query, slow, "TSV"))
    print("ready", flush=True)
    await stop.wait()
    print("stopping", busy.done(), await busy, flush=True)
asyncio.run(main())
engine.close()
print("closed", flush=True)
"""

IDLE = """
import signal, sys, time
from runtime.settings import Settings
from sinks.engine import engine_for
# What Python sets at start, unless it was started as a background job.
signal.signal(signal.SIGINT, signal.default_int_handler)
engine = engine_for(Settings(home=sys.argv[1]))
engine.query("SELECT 1", "TSV")
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""

CLOSER = """
import sys, threading, time
from runtime.settings import Settings
from runtime.errors import MissionpathError, Unavailable
from sinks.engine import engine_for
engine = engine_for(Settings(home=sys.argv[1]))
said = []
def ask():
    try:
        said.append(engine.query("SELECT count() FROM numbers(1000000000000)", "TSV"))
    except MissionpathError as error:
        said.append(error)
slow = threading.Thread(target=ask, daemon=True)
slow.start()
# Through the writer: the reader is taken.
running = "SELECT count() FROM system.processes WHERE query LIKE '%numbers(1%' AND query NOT LIKE '%processes%'"
while engine._writer.query(running, "TSV").bytes() != b"1\\n":
    time.sleep(0.01)
engine.close()
engine.close()
print("closed", flush=True)
slow.join()
print(*said)
try:
    engine.query("SELECT 1", "TSV")
except Unavailable as error:
    print(error)
engine_for(Settings(home=sys.argv[1])).close()
"""

CLI = "import typer; from cli.query import query; typer.run(query)"


def started(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A Python process that runs ``program``; it has written its first line when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # so that reading one line leaves the rest to communicate()
    )
    assert process.stdout is not None
    if not process.stdout.readline():
        raise AssertionError(process.communicate(timeout=DEADLINE_SECONDS)[1])
    return process


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    """Exit status, and what the process wrote after its first line."""
    out, err = process.communicate(timeout=DEADLINE_SECONDS)
    return process.returncode, out.decode(), err.decode()


def command(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", CLI, *arguments],
        cwd=CHECKOUT,
        input=given,
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[Engine]:
    engine = engine_for(Settings(home=home))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def owner(home: Path, engine: Engine) -> Iterator[str]:
    migrate(engine)
    host, port = serve("127.0.0.1", 0, {"/query": query_route(engine)})
    announce(home, f"http://{host}:{port}/query")
    yield f"http://{host}:{port}/query"
    withdraw(home)


class TestEmbeddedEngine(EngineContract):
    """The embedded engine keeps the contract."""

    # What follows an 18.16 does not know; it is the same for every server of today.
    def test_dead_letters_are_open_until_they_are_settled(self, store: Engine) -> None:
        letter = dead_letter(b"hello", b"\xff" * 5_000)
        write(store, [delivered(letter)])
        where = f"WHERE origin_offset = {letter.origin_offset}"
        [told] = found(
            store, f"SELECT key, value_bytes, hex(base64Decode(value_base64)) AS h FROM v_dead_letters {where}"
        )
        assert (told["key"], told["value_bytes"], told["h"]) == ("hello", 5_000, "FF" * 4_096)
        assert found(store, f"SELECT reason FROM v_open_dead_letters {where}") == [{"reason": "bad-frame"}]
        write(store, [delivered(settled(letter))])
        assert found(store, f"SELECT reason FROM v_open_dead_letters {where}") == []

    @pytest.mark.parametrize(
        "value", ["it's", "'; DROP TABLE scans --", "back\\slash", "two\nlines\ttab", "{v:String}", ""]
    )
    def test_a_parameter_is_a_value_and_never_sql(self, store: Engine, value: str) -> None:
        given = {"v": value.translate(ESCAPES)}
        assert msgspec.json.decode(answer(store, "SELECT {v:String} AS v", "JSONEachRow", given)) == {"v": value}
        with pytest.raises(QueryRefused, match="UNKNOWN_QUERY_PARAMETER"):
            answer(store, "SELECT {w:String}", "TSV", given)
        with pytest.raises(QueryRefused, match="CANNOT_PARSE"):
            answer(store, "SELECT {v:UUID}", "TSV", {"v": "no uuid"})

    def test_a_parameter_may_be_in_the_address(self, store: Engine) -> None:
        bound_to = "query=SELECT+{v:String}&param_v=it%27s%5Cn"
        assert query_route(store)(Request("GET", "", bound_to, b"")).body == b"it\\'s\\n\n"

    def test_events_of_the_release_before_say_what_happened(self, empty: Engine) -> None:
        migrate(empty, [migration for migration in bundled() if migration.version < 7])
        read, ruled, planned, taken_back, opened = scanned(), status_changed(), generated(), retracted(), signalled()
        later = ("process", "node", "direction", "reader", "status", "authority", "signal", "retracts")
        events = (read, ruled, planned, taken_back, opened, amended())
        rows = [row(delivered(event, iot_id=uuid4())) for event in events]
        for table, columns in (*rows, *(row(delivered(event)) for event in events)):
            known = {name: value for name, value in columns.items() if table != "mission_events" or name not in later}
            empty.insert(table, [known])
        migrate(empty)
        for table, columns in rows:
            assert through_view(empty, table, columns) == [columns]


class TestOwnership:
    def test_a_second_opener_is_told_who_owns_the_data(self, home: Path, engine: Engine) -> None:
        with pytest.raises(Unavailable, match=f"in use by process {os.getpid()}$"):
            engine_for(Settings(home=home))
        assert engine.query("SELECT 1", "TSV") == b"1\n"

    def test_a_second_directory_in_one_process_is_refused(self, engine: Engine, tmp_path: Path) -> None:
        for _ in range(2):  # twice: the refused one must not keep its lock
            with pytest.raises(ConfigError, match="different path"):
                EmbeddedEngine(tmp_path / "data")

    def test_an_unusable_place_is_said_so(self, tmp_path: Path) -> None:
        (tmp_path / "clickhouse").write_text("not a directory")
        with pytest.raises(ConfigError, match="cannot use"):
            engine_for(Settings(home=tmp_path))

    def test_without_chdb_the_extra_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "chdb.session", None)
        with pytest.raises(ConfigError, match=re.escape("pip install 'missionpath[embedded]'")):
            engine_for(Settings(home=tmp_path))
        assert not data_directory(tmp_path).exists()


class TestProcess:
    def test_rows_survive_kill_9_right_after_the_insert(self, tmp_path: Path) -> None:
        writer = started(WRITER, str(tmp_path))
        writer.kill()
        assert ended(writer)[0] == -signal.SIGKILL
        answered = command("--home", str(tmp_path), "--format", "TSV", "SELECT count() FROM v_scans")
        assert (answered.stdout, answered.stderr) == (b"500\n", b"")

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_signals_reach_the_handlers_during_a_query(self, tmp_path: Path, number: signal.Signals) -> None:
        servant = started(SERVANT, str(tmp_path))
        servant.send_signal(number)
        assert ended(servant) == (0, "stopping False b'0\\n'\nclosed\n", "")

    @pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "KeyboardInterrupt"), (signal.SIGTERM, "")])
    def test_signals_without_handlers_end_the_process(
        self, tmp_path: Path, number: signal.Signals, said: str
    ) -> None:
        idle = started(IDLE, str(tmp_path))
        idle.send_signal(number)
        status, _, err = ended(idle)
        assert status == -number
        assert said in err

    def test_closing_cuts_a_query_short(self, tmp_path: Path) -> None:
        closed = ended(started(CLOSER, str(tmp_path)))
        assert closed == (
            0,
            "Query was cancelled (QUERY_WAS_CANCELLED, code 394)\nthe embedded ClickHouse is closed\n",
            "",
        )

    def test_other_threads_run_and_inserts_go_on_during_a_query(self, engine: Engine) -> None:
        migrate(engine)
        asked_at, query_ended_at, ticks = time.monotonic(), [0.0], 0

        def ask_slowly() -> None:
            engine.query("SELECT sum(sleepEachRow(0.5)) FROM numbers(2)", "TSV")
            query_ended_at[0] = time.monotonic()

        slow = threading.Thread(target=ask_slowly)
        slow.start()
        write(engine, [delivered(scanned())])
        written_at = time.monotonic()
        while slow.is_alive():
            ticks += 1
            time.sleep(0.01)
        assert written_at < query_ended_at[0]
        assert query_ended_at[0] - asked_at >= 1.0
        assert ticks > 10


class TestAsking:
    def test_the_owner_answers_another_process(self, home: Path, owner: str) -> None:
        answered = command("--home", str(home), "--format", "CSVWithNames", "SELECT currentDatabase() AS name")
        assert (answered.stdout, answered.stderr) == (b'"name"\n"missionpath"\n', b"")

    def test_the_command_reads_standard_input_and_prints_a_table(self, home: Path, owner: str) -> None:
        answered = command("--home", str(home), "-", given=b"SELECT 'BIC' AS scheme, 2 AS scans")
        lines = answered.stdout.decode().splitlines()
        assert [line.split() for line in lines[1:2]] == [["1.", "│", "BIC", "│", "2", "│"]]
        assert "scheme" in lines[0]
        assert "\x1b" not in answered.stdout.decode()

    def test_an_error_of_the_owner_is_one_clear_line(self, home: Path, owner: str) -> None:
        with pytest.raises(QueryRefused) as refused:
            ask(Settings(home=home), "SELECT nope", "TSV")
        assert str(refused.value).startswith("Unknown expression identifier `nope`")
        assert str(refused.value).endswith("(UNKNOWN_IDENTIFIER, code 47)")
        with pytest.raises(QueryRefused, match="only SELECT, WITH") as refused:
            ask(Settings(home=home), "DROP TABLE scans", "TSV")
        assert refused.value.code == 164

    def test_a_result_of_bytes_stays_as_it_is(self, home: Path, owner: str) -> None:
        assert ask(Settings(home=home), "SELECT unhex('00FF0A')", "RawBLOB") == b"\x00\xff\x0a"

    def test_a_proxy_is_not_asked(self, home: Path, owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        assert ask(Settings(home=home), "SELECT 1", "TSV") == b"1\n"

    def test_an_owner_that_does_not_answer_is_named(self, home: Path, engine: Engine, owner: str) -> None:
        announce(home, "http://127.0.0.1:1/query")
        try:
            with pytest.raises(Unavailable, match=f"in use by process {os.getpid()}"):
                ask(Settings(home=home), "SELECT 1", "TSV")
        finally:
            announce(home, owner)

    def test_without_data_the_next_step_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="missionpath demo"):
            ask(Settings(home=tmp_path), "SELECT 1", "TSV")
        assert list(tmp_path.iterdir()) == []


class TestAnnouncement:
    def test_it_lasts_until_it_is_withdrawn(self, tmp_path: Path) -> None:
        assert live_url(tmp_path) is None
        announce(tmp_path, "http://127.0.0.1:8/query")
        assert live_url(tmp_path) == "http://127.0.0.1:8/query"
        withdraw(tmp_path)
        assert live_url(tmp_path) is None

    @pytest.mark.parametrize("content", [b"", b"{", b'{"url": "http://x"}', b'{"url": "http://x", "pid": 4194999}'])
    def test_one_that_is_broken_or_of_a_dead_process_does_not_count(self, tmp_path: Path, content: bytes) -> None:
        announce(tmp_path, "http://127.0.0.1:8/query")
        (tmp_path / "clickhouse/endpoint.json").write_bytes(content)
        assert live_url(tmp_path) is None

    def test_another_process_cannot_be_withdrawn(self, tmp_path: Path) -> None:
        announce(tmp_path, "http://127.0.0.1:8/query")
        file = tmp_path / "clickhouse/endpoint.json"
        file.write_text(json.dumps({"url": "http://127.0.0.1:9/query", "pid": os.getppid()}))
        withdraw(tmp_path)
        assert live_url(tmp_path) == "http://127.0.0.1:9/query"
