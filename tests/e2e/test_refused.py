"""Rows that ClickHouse refuses: put aside, the others are in; published again they go in when it takes them."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from runtime.settings import Settings
from tests.e2e.conftest import Up
from tests.e2e.test_up import BARI, missionpath
from topics.catalog import ID_SCANNED
from topics.clients import follow

NODE = "ITBRI-GATE-OUT"
SCHEMA = """
import sys
from contextlib import closing
from runtime.settings import Settings
from sinks.engine import engine_for
from sinks.migrate import migrate
with closing(engine_for(Settings(home=sys.argv[1]))) as engine:
    migrate(engine)
    engine.execute(sys.argv[2])
"""
REFUSE = f"ALTER TABLE missionpath.scans ADD CONSTRAINT strict CHECK node != '{NODE}'"
ALLOW = "ALTER TABLE missionpath.scans DROP CONSTRAINT strict"


def change_schema(settings: Settings, sql: str) -> None:
    subprocess.run([sys.executable, "-c", SCHEMA, str(settings.home), sql], check=True, timeout=60)


def asked(settings: Settings, sql: str) -> Any:
    answer = missionpath(settings, "query", sql, "--format", "JSONEachRow")
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_refused_rows_wait_among_the_dead_letters_until_they_are_replayed(
    clocked: Settings, up: Callable[[], Up]
) -> None:
    lines = [json.loads(line) for line in (BARI / "1-traffic.jsonl").read_text().splitlines()]
    published = [(line["event_id"], line["node"]) for line in lines if line["type"] == "id_scanned"]
    scans, refused = dict(published), [event_id for event_id, node in published if node == NODE]
    assert 0 < len(refused) < len(scans) / 2

    change_schema(clocked, REFUSE)
    running = up()
    assert missionpath(clocked, "publish", str(BARI / "1-traffic.jsonl")).returncode == 0
    running.stage().settle()
    found = {row["event_id"] for row in asked(clocked, "SELECT event_id FROM v_scans")}
    assert found == set(scans) - set(refused)
    open_letters = "SELECT agent, reason, detail, count() AS n FROM v_open_dead_letters GROUP BY ALL"
    [told] = asked(clocked, open_letters)
    assert (told["agent"], told["reason"], int(told["n"])) == ("sink", "refused-by-store", len(refused))
    assert told["detail"] == "ClickHouse refuses rows of scans: VIOLATED_CONSTRAINT (code 469)"
    [waiting] = json.loads(missionpath(clocked, "dlq", "list", "--json").stdout)["waiting"]
    assert (waiting["topic"], waiting["count"]) == (clocked.topic(ID_SCANNED.name), len(refused))
    assert running.stop() == 0

    change_schema(clocked, ALLOW)
    running = up()
    replayed = missionpath(clocked, "dlq", "replay", "--reason", "refused-by-store")
    assert replayed.stdout.decode().startswith(f"{len(refused)} dead letters replayed")
    running.stage().settle()
    assert {row["event_id"] for row in asked(clocked, "SELECT event_id FROM v_scans")} == set(scans)
    assert asked(clocked, open_letters) == []
    read = [m for m in follow(clocked, clocked.topic(ID_SCANNED.name), until_end=True) if m is not None]
    assert len(read) == len(published) + len(refused)
    assert running.stop() == 0
