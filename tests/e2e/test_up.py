"""A port's day: started, stopped, started again, killed in the middle; nothing lost and nothing told wrongly."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

from cli.scenario import Identity, Scenario, identity_of
from domain.events import DeviationAlertChanged
from runtime.clock import FileClock
from runtime.settings import Settings
from tests.e2e.conftest import Up
from tests.waiting import eventually
from topics.alert_feed import AlertFeed
from topics.codec import Codec
from topics.registry import FileRegistry

BARI = Path("examples/bari")


def missionpath(settings: Settings, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **settings.environment()}
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(command, input=stdin, env=environment, capture_output=True, timeout=120, check=False)


def alerts(settings: Settings) -> dict[Identity, DeviationAlertChanged]:
    feed = AlertFeed(settings, Codec(FileRegistry()))
    return {identity_of(heard.alert): heard.alert for heard in feed.listen(until_end=True) if heard is not None}


def worker_of(running: Up, name: str) -> psutil.Process:
    children = psutil.Process(running.process.pid).children()
    return next(child for child in children if name in child.cmdline())


def test_a_day_with_a_restart_and_three_kills_ends_as_expected(clocked: Settings, up: Callable[[], Up]) -> None:
    scenario = Scenario(BARI)
    act = scenario.acts[0]
    lines = (BARI / act.file).read_bytes().splitlines(keepends=True)
    morning, noon, evening = lines[:300], lines[300:600], lines[600:]

    running = up()
    assert missionpath(clocked, "publish", "-", stdin=b"".join(morning)).returncode == 0
    children = psutil.Process(running.process.pid).children(recursive=True)
    assert running.stop() == 0
    assert not [child for child in children if child.is_running()]

    assert missionpath(clocked, "publish", "-", stdin=b"".join(noon)).returncode == 0
    running = up()
    for victim in [worker_of(running, name) for name in ("track", "resolve", "sink")]:
        victim.send_signal(signal.SIGKILL)
    assert missionpath(clocked, "publish", "-", stdin=b"".join(evening)).returncode == 0
    eventually(lambda: sum("started again" in line for line in running.said) == 3, 60)

    stage = running.stage()
    stage.settle()
    FileClock(clocked.home / "clock").set(act.clock)
    stage.await_clock(act.clock.timestamp())
    stage.settle()
    assert scenario.differences(1, alerts(clocked)) == []

    published = {json.loads(line)["event_id"] for line in lines}
    views = (
        "v_iot_ids_generated",
        "v_mission_amendments",
        "v_scans",
        "v_customs_statuses",
        "v_device_signals",
        "v_appointments",
        "v_alert_reviews",
        "v_train_compositions",
        "v_train_permissions",
        "v_vessel_manifests",
        "v_vessel_calls",
        "v_masses_verified",
        "v_event_retractions",
    )
    counted = "SELECT " + " + ".join(f"(SELECT count() FROM {view})" for view in views)
    answer = missionpath(clocked, "query", counted, "--format", "TSV")
    assert int(answer.stdout) == len(published), answer.stderr
    open_now = missionpath(clocked, "query", "SELECT count() FROM v_open_alerts", "--format", "TSV")
    assert int(open_now.stdout) == sum(each.after_act["1"] == "open" for each in scenario.expected)
    listed = missionpath(clocked, "alerts", "--open", "--json").stdout.splitlines()
    assert {json.loads(line)["status"] for line in listed} <= {"RAISED", "CHANGED", "ACKNOWLEDGED"}
    assert len(listed) == int(open_now.stdout)
    assert running.stop() == 0
    assert int(missionpath(clocked, "query", counted, "--format", "TSV").stdout) == len(published)


def test_five_bad_lines_among_ten_thousand(topics: Settings, tmp_path: Path) -> None:
    good = [line for line in (BARI / "1-traffic.jsonl").read_text().splitlines() if '"id_scanned"' in line]
    lines = [good[n % len(good)] for n in range(10_000)]
    bad = {
        17: "{not json",
        1_234: good[0].replace('"node"', '"nod"'),
        5_000: "\x00\x01\x02",
        7_777: good[1].replace("id_scanned", "id_skanned"),
        9_999: good[2][: len(good[2]) // 2],
    }
    for number, text in bad.items():
        lines[number - 1] = text
    file = tmp_path / "gate.jsonl"
    file.write_text("\n".join(lines) + "\n")
    done = missionpath(topics, "publish", str(file))
    said = done.stderr.decode()
    assert done.returncode == 1
    assert b"9,995 events published, 5 lines rejected" in done.stdout
    rejects = [json.loads(line) for line in (tmp_path / "gate.rejects.jsonl").read_text().splitlines()]
    assert [(row["line"], row["text"]) for row in rejects] == list(bad.items())
    for number in bad:
        assert f"gate.jsonl:{number}: " in said, said
