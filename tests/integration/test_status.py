"""`missionpath status` as a user runs it, and what it rests on, against a real broker."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from runtime.errors import Unavailable
from runtime.settings import Settings
from tests.waiting import eventually
from topics import clients, whereabouts
from topics.catalog import ID_SCANNED, MISSION_EVENT_RESOLVED, TRACK_GROUP
from topics.groups import Backlog, Place, describe
from topics.whereabouts import Whereabouts


def status(settings: Settings, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "status", *options],
        env={**os.environ, **settings.environment(), "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def track(topics: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """The worker ``track``, which listens on a port that nobody chose."""
    command = [sys.executable, "-m", "cli.main", "worker", "track", "--instance", "test"]
    with (topics.home.parent / "track.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **topics.environment()}, stderr=log)
    yield process
    process.terminate()
    process.wait(30)


def test_without_a_kafka_it_is_unavailable(tmp_path: Path) -> None:
    said = status(Settings(home=tmp_path), "--json", KAFKA_BOOTSTRAP_SERVERS="")
    assert (said.returncode, said.stdout) == (3, "")
    assert "missionpath up" in said.stderr


def test_without_topics_it_says_what_to_do(settings: Settings) -> None:
    said = status(settings)
    assert said.returncode == 1
    assert "topics are missing" in said.stderr


def test_a_worker_is_found_wherever_it_listens(topics: Settings, track: subprocess.Popen[bytes]) -> None:
    def told() -> dict[str, Any] | None:
        assert track.poll() is None
        said = json.loads(status(topics, "--json").stdout)
        workers = said["groups"][1]["workers"]
        return said if workers and workers[0]["answers"] and not workers[0]["waits_for"] else None

    said = eventually(told, 90)
    assert [(group["state"], group["lag"]) for group in said["groups"]] == [
        ("no worker", 0),
        ("at work", 0),
        ("no worker", 0),
    ]
    assert not said["well"], "the two others do not run"
    (worker,) = said["groups"][1]["workers"]
    assert worker["worker"] == "missionpath.track-test"
    assert worker["partitions"][topics.topic(MISSION_EVENT_RESOLVED.name)] == [0, 1, 2, 3]
    assert (said["missions"], said["missions_open"], said["parked_observations"]) == (0, 0, None)

    plain = status(topics)
    assert plain.returncode == 1
    assert f"missionpath.track-test  {worker['url']}" in " ".join(plain.stdout.split(" ")).replace("   ", "  ")
    assert "observations parked         unknown" in plain.stdout


def test_whoever_takes_a_partition_over_writes_over_the_note(topics: Settings) -> None:
    admin, group = clients.admin(topics), topics.topic(TRACK_GROUP)
    name = topics.topic(MISSION_EVENT_RESOLVED.name)
    assert whereabouts.noted(admin, group) == {}
    first, second = Whereabouts("one", "10.0.0.1", 9100), Whereabouts("two", "10.0.0.2", 9100)
    whereabouts.note(admin, group, [(name, 0), (name, 1)], first)
    whereabouts.note(admin, group, [(name, 1)], second)
    assert whereabouts.noted(admin, group) == {(name, 0): first, (name, 1): second}
    assert describe(admin, [group])[group].members == ()


def test_a_mark_of_a_transaction_is_no_record_to_read(topics: Settings) -> None:
    name = topics.topic(ID_SCANNED.name)
    producer = Producer({**clients.common(topics), "transactional.id": uuid4().hex})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(name, b"a record", partition=0)
    producer.commit_transaction(30)
    backlog = Backlog(topics, "missionpath.resolve")

    def place() -> Place | None:
        with suppress(Unavailable):  # of topics only just created
            return backlog.places([name])[name, 0]
        return None

    eventually(lambda: place() == Place(0, 2))
    assert backlog.is_readable({(name, 0): Place(0, 2)})
    assert not backlog.is_readable({(name, 0): Place(1, 1)})
    assert not backlog.is_readable({(name, 0): Place(1, 1), (name, 1): Place(0, 0)})
    assert backlog.is_readable({(name, 1): Place(0, 0), (name, 0): Place(0, 2)})
