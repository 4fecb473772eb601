"""`missionpath replay` beside a live pipeline: the same again, under another port file, of a part, and broken off."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
from confluent_kafka import Message

from cli.pipeline import Pipeline
from cli.shadow import GROUPS, WORKERS, settings_of
from cli.stage import Stage
from deploy.local.broker import BrokerStatus
from runtime.clock import FileClock
from runtime.settings import Settings, load
from tests.waiting import eventually
from topics.catalog import EVENT_TOPICS, ID_SCANNED, READ_BY
from topics.clients import follow, headers_of
from topics.producer import DurableProducer
from topics.progress import Offsets, Progress

BARI = Path("examples/bari")
STORIES = {"DWELL_EXCEEDED", "OVERDUE", "OFF_PATH_NODE"}
EVENING = datetime(2026, 3, 11, 21, tzinfo=UTC)


def missionpath(settings: Settings, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        input=stdin.decode(),
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def stories() -> list[bytes]:
    """All that the example port tells of the missions with some of its planted deviations."""
    planted = [json.loads(line) for line in (BARI / "expected-alerts.jsonl").read_bytes().splitlines()]
    missions = {each["iot_id"] for each in planted if each["kind"] in STORIES and each["iot_id"]}
    lines = (BARI / "1-traffic.jsonl").read_bytes().splitlines()
    born = [event for line in lines if (event := json.loads(line)).get("iot_id") in missions]
    names = {each["value"] for event in born for each in event.get("identifiers", ())} | missions
    return [line for line in lines if any(f'"{name}"'.encode() in line for name in names)]


@dataclass
class Live:
    """A pipeline without a sink, and the moment at which its first day was over."""

    settings: Settings
    stage: Stage
    day_over_at: datetime

    def offsets(self) -> tuple[Offsets, list[Offsets]]:
        """Where its topics end, and how far its groups are."""
        progress = Progress(self.settings)
        read = {self.settings.topic(group): READ_BY[group] for group in GROUPS}
        committed = [
            progress.committed(group, [self.settings.topic(topic.name) for topic in topics])
            for group, topics in read.items()
        ]
        return progress.ends([self.settings.topic(topic.name) for topic in EVENT_TOPICS]), committed


@pytest.fixture(scope="module")
def live(broker: BrokerStatus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    home = tmp_path_factory.mktemp("replay")
    namespace = f"t{uuid4().hex[:10]}"
    clock = FileClock(home / "clock")
    clock.set(datetime(2000, 1, 1, tzinfo=UTC))
    settings = load(
        kafka_bootstrap_servers=broker.bootstrap_servers, namespace=namespace, home=home, clock_file=home / "clock"
    )
    pipeline = Pipeline(settings, WORKERS)
    try:
        pipeline.start(print)
        stage = Stage(settings, pipeline.workers, pipeline.check, GROUPS)
        producer = DurableProducer(settings)
        scans, hour_ago_ms = settings.topic(ID_SCANNED.name), int(time.time() - 3_600) * 1000
        twice = [("h", b"1"), ("h", b"2")]
        producer.send(scans, b"a key", b"\x07garbage", twice, partition=2, timestamp_ms=hour_ago_ms)
        producer.send(scans, None, None, [], partition=3)
        producer.flush()
        assert missionpath(settings, "publish", "-", stdin=b"\n".join(stories())).returncode == 0
        stage.settle()
        clock.set(EVENING)
        stage.await_clock(EVENING.timestamp())
        stage.settle()
        yield Live(settings, stage, datetime.now(UTC))
    finally:
        pipeline.stop()


def replay(live: Live, shadow: str, *options: str) -> tuple[int, dict[str, Any]]:
    done = missionpath(live.settings, "replay", "--into", shadow, "--json", *options)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def records(settings: Settings) -> list[Message]:
    """Two records that no worker can use, as they are in the topic of scans."""
    name = settings.topic(ID_SCANNED.name)
    found = [each for each in follow(settings, name, until_end=True) if each is not None]
    return sorted(
        (each for each in found if each.value() in (None, b"\x07garbage")), key=lambda each: str(each.key())
    )


def test_the_same_again_is_the_same(live: Live) -> None:
    before = live.offsets()
    status, report = replay(live, "same")
    found = report["comparison"]
    assert (status, found["alerts"], found["missions"]) == (0, [], [])
    assert {kind for kind, count in found["kinds"].items() if count["same"]} >= STORIES
    assert found["missions_same"] > 10
    assert (found["alerts_left_out"], found["missions_left_out"], report["live_backlog"]) == (0, 0, 0)
    assert report["dead_letters"] == {ID_SCANNED.name: 2}
    assert live.offsets() == before, "the live pipeline is only read"

    shadow = settings_of(live.settings, "same")
    was, came = records(live.settings), records(shadow)
    assert len(was) == 2
    for one, other in zip(was, came, strict=True):
        assert (one.key(), one.value(), one.partition()) == (other.key(), other.value(), other.partition())
        assert (headers_of(one), one.timestamp()) == (headers_of(other), other.timestamp())

    again = missionpath(live.settings, "replay", "--into", "same")
    assert again.returncode == 2
    assert "--replace" in again.stderr


def test_of_a_day_under_another_port_file(live: Live, tmp_path: Path) -> None:
    port = json.loads((BARI / "port.json").read_bytes())
    next(node for node in port["nodes"] if node["node"] == "ITBRI-SCANNER")["dwell_max_minutes"] = 60
    port["policy"]["severities"]["OVERDUE"] = "CRITICAL"
    changed = tmp_path / "port.json"
    changed.write_text(json.dumps(port))
    off_path = json.loads(next(line for line in stories() if b'"id_scanned"' in line))
    off_path |= {"event_id": str(uuid4()), "node": "ITBRI-FERRY-YARD", "occurred_at": "2026-03-11T20:00:00Z"}
    assert missionpath(live.settings, "publish", "-", stdin=json.dumps(off_path).encode()).returncode == 0
    live.stage.settle()

    to = live.day_over_at.isoformat()
    status, report = replay(live, "trial", "--to", to, "--port", str(changed))
    found = report["comparison"]
    assert status == 1
    assert sum(report["copied"].values()) == len(stories()) + 2, "what came after the day is not replayed"
    assert {(each["kind"], each["live"], each["shadow"], *each["fields"]) for each in found["alerts"]} == {
        ("DWELL_EXCEEDED", "open", "open", "deviated_at", "sentence"),
        ("OVERDUE", "open", "open", "severity"),
    }
    assert found["kinds"]["OVERDUE"]["same"] == found["kinds"]["DWELL_EXCEEDED"]["same"] == 0
    assert found["missions"] == []


def test_of_what_came_after_a_moment(live: Live) -> None:
    status, report = replay(live, "same", "--replace", "--from", live.day_over_at.isoformat())
    found = report["comparison"]
    assert report["copied"] == {ID_SCANNED.name: 1}
    assert (status, found["alerts"], found["missions"]) == (0, [], [])
    assert found["alerts_left_out"] > 0
    nothing = missionpath(live.settings, "replay", "--into", "trial", "--replace", "--to", "2000-01-01")
    assert nothing.returncode == 2
    assert "nothing to replay" in nothing.stderr


def test_broken_off_it_leaves_no_worker(live: Live) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "replay", "--into", "broken-off"],
        env={**os.environ, **live.settings.environment(), "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    said: list[str] = []
    assert running.stderr is not None
    threading.Thread(target=said.extend, args=(running.stderr,), daemon=True).start()
    eventually(lambda: any(line.startswith("track: ready") for line in said), 60)
    workers = psutil.Process(running.pid).children(recursive=True)
    assert len(workers) >= len(WORKERS)
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 130
    assert not [worker for worker in workers if worker.is_running()]
    eventually(lambda: any("interrupted" in line for line in said))
    dropped = missionpath(live.settings, "topics", "drop", "broken-off")
    assert (dropped.returncode, missionpath(live.settings, "topics", "drop", "broken-off").returncode) == (0, 1)
