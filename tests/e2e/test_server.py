"""The pipeline on a ClickHouse server: every command that has to do with it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from runtime.settings import SecretUrl, Settings
from tests.clickhouse_server import PASSWORD, PASSWORD_IN_URL, ClickHouseServer, running, url_of
from tests.e2e.conftest import Up

PROGRAM = "tests.old_clickhouse"
PLATE_KEY = "a key of plates that nobody may see"
LINES = Path("examples/bari/1-traffic.jsonl").read_bytes().splitlines(keepends=True)[:300]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ClickHouseServer]:
    with running(ClickHouseServer(tmp_path / "clickhouse")) as server:
        yield server


def on(server: ClickHouseServer, **changed: str) -> dict[str, Any]:
    """The settings of a pipeline on this server."""
    return {"clickhouse_url": SecretUrl(url_of([server], **changed)), "plate_key": SecretStr(PLATE_KEY)}


def missionpath(settings: Settings, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **settings.environment()}
    command = [sys.executable, "-m", PROGRAM, *arguments]
    return subprocess.run(command, input=given, env=environment, capture_output=True, timeout=120, check=False)


def test_the_pipeline_runs_on_a_server(up: Callable[..., Up], server: ClickHouseServer) -> None:
    running = up(PROGRAM, **on(server))
    settings = running.settings
    assert any("migrated: initial" in line for line in running.said)
    assert missionpath(settings, "publish", "-", given=b"".join(LINES)).returncode == 0
    running.stage().settle()
    status = json.loads(missionpath(settings, "status", "--json").stdout)
    assert status["well"] is True
    scans = {json.loads(line)["event_id"] for line in LINES if b'"id_scanned"' in line}
    counted = missionpath(settings, "query", "SELECT count() FROM v_scans", "--format", "TSV")
    assert counted.stdout == b"%d\n" % len(scans), counted.stderr
    assert running.stop() == 0
    assert missionpath(settings, "query", "SELECT count() FROM v_scans", "--format", "TSV").stdout == counted.stdout
    assert not (settings.home / "clickhouse").exists()
    shown = b"".join(log.read_bytes() for log in (settings.home / "logs").iterdir()) + "".join(running.said).encode()
    for secret in (PASSWORD, PASSWORD_IN_URL, PLATE_KEY):
        assert secret.encode() not in shown


@pytest.mark.parametrize("command", [["migrate"], ["worker", "sink"]])
def test_a_server_needs_a_key_for_plates(settings: Settings, server: ClickHouseServer, command: list[str]) -> None:
    done = missionpath(settings.model_copy(update={**on(server), "plate_key": None}), *command)
    assert done.returncode == 1
    assert b"MISSIONPATH_PLATE_KEY is not set" in done.stderr


def test_what_a_query_may_not_do_is_refused_by_a_server_too(settings: Settings, server: ClickHouseServer) -> None:
    on_server = settings.model_copy(update=on(server))
    refused = missionpath(on_server, "query", "DROP TABLE scans")
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert b"only SELECT, WITH" in refused.stderr


@pytest.mark.parametrize(
    ("changed", "said"), [({"password": "wrong-secret"}, b"193"), ({"database": "nowhere"}, b"81")]
)
@pytest.mark.parametrize("command", [["migrate"], ["query", "SELECT 1"], ["worker", "sink"]])
def test_who_is_not_let_in_is_told_so(
    settings: Settings,
    server: ClickHouseServer,
    command: list[str],
    changed: dict[str, str],
    said: bytes,
) -> None:
    on_server = settings.model_copy(update=on(server, **changed))
    done = missionpath(on_server, *command)
    assert done.returncode == 1
    assert b"code " + said in done.stderr
    assert b"wrong-secret" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) == 1, done.stderr.decode()


def test_a_server_that_is_away_is_not_available(settings: Settings, server: ClickHouseServer) -> None:
    server.kill()
    away = settings.model_copy(update=on(server))
    for command in (["migrate"], ["query", "SELECT 1"]):
        done = missionpath(away, *command)
        assert (done.returncode, done.stdout) == (3, b"")
        assert b"does not answer" in done.stderr


def test_migrate_needs_a_server(settings: Settings) -> None:
    done = missionpath(settings, "migrate")
    assert done.returncode == 1
    assert b"CLICKHOUSE_URL is not set" in done.stderr
