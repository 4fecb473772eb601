"""Analysts' tools at a running pipeline: a port of their own, a user and a password."""

import socket
from collections.abc import Callable

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from pydantic import SecretStr

from runtime.settings import Settings
from tests.e2e.conftest import Up
from tests.e2e.test_up import BARI, missionpath


@pytest.fixture
def clocked(clocked: Settings) -> Settings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"query_port": port, "query_user": "analyst", "query_password": SecretStr("secret of mine")}
    return clocked.model_copy(update=given)


def test_a_tool_asks_while_the_pipeline_writes(clocked: Settings, up: Callable[[], Up]) -> None:
    running = up()
    assert missionpath(clocked, "publish", str(BARI / "1-traffic.jsonl")).returncode == 0
    running.stage().settle()
    address = {"host": "127.0.0.1", "port": clocked.query_port, "username": "analyst"}
    client = clickhouse_connect.get_client(**address, password="secret of mine")
    counted = "SELECT count() FROM v_scans WHERE node = "
    [[count]] = client.query(f"{counted}{{node:String}}", parameters={"node": "ITBRI-GATE-OUT"}).result_rows
    assert count > 0
    client.close()
    with pytest.raises(DatabaseError, match="AUTHENTICATION_FAILED"):
        clickhouse_connect.get_client(**address, password="another")
    # Who may read the home of the pipeline needs no password.
    own = missionpath(clocked, "query", f"{counted}'ITBRI-GATE-OUT'", "--format", "TSV")
    assert (own.returncode, own.stdout) == (0, b"%d\n" % count)
    assert b"secret of mine" not in missionpath(clocked, "config").stdout
    assert running.stop() == 0
