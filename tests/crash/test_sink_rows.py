"""Every event in its table once, and none missing, whatever falls at the worst moment of the way into ClickHouse."""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from pydantic import SecretStr

from cli.pipeline import get
from cli.stage import Stage
from domain.events import InputEvent
from readers.jsonl import lines, parse
from readers.publisher import Publisher
from runtime.settings import SecretUrl, Settings
from sinks.rows import Delivery, row
from tests.clickhouse_server import ClickHouseServer, running, url_of
from tests.crash.fleet import Fleet, Member
from tests.crash.halting_sink import AMIDST, BEFORE, MOMENT, PLACE, UNCOMMITTED, go, halted
from tests.waiting import eventually
from topics import clients
from topics.catalog import READ_BY, SINK_GROUP
from topics.codec import Codec
from topics.groups import describe
from topics.producer import DurableProducer
from topics.progress import Progress
from topics.registry import FileRegistry

PROGRAM = "tests.crash.halting_sink"
TRAFFIC = Path("examples/bari/1-traffic.jsonl")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
NEVER = "never"


class Scene:
    """Topics full of events, a store, and sinks; one of them halts at ``moment``."""

    def __init__(self, settings: Settings, place: Path, moment: str = NEVER) -> None:
        self.settings = settings
        self.place = place
        self.fleet = Fleet(settings, print, PROGRAM, **{MOMENT: moment, PLACE: str(place)})
        self._progress = Progress(settings)
        self._topics = [settings.topic(topic.name) for topic in READ_BY[SINK_GROUP]]

    def add(self, instance: str = "a") -> Member:
        self.fleet.add("sink", instance)
        return self.fleet.members[-1]

    def await_halt(self) -> None:
        def is_there() -> bool:
            self.fleet.check()
            return halted(self.place).exists()

        eventually(is_there, 60)

    def let_go(self) -> None:
        go(self.place).touch()

    def settle(self) -> None:
        """Wait until everything is read and acknowledged."""
        self.fleet.await_ready()
        Stage(self.settings, self.fleet.workers(), self.fleet.check, groups=[SINK_GROUP]).settle()

    def acknowledged(self) -> int:
        return sum(self._progress.committed(self.settings.topic(SINK_GROUP), self._topics).values())

    def missionpath(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", PROGRAM, *arguments],
            env={**os.environ, **self.settings.environment(), MOMENT: NEVER, PLACE: str(self.place)},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def stored(self) -> dict[str, list[str]]:
        """The event ids that analysts see, by table."""
        each = (f"SELECT '{table}' AS name, toString(event_id) AS id FROM v_{table}" for table in EXPECTED)
        answer = self.missionpath("query", "--format", "TSV", " UNION ALL ".join(each))
        found: dict[str, list[str]] = defaultdict(list)
        for line in answer.splitlines():
            table, event_id = line.split("\t")
            found[table].append(event_id)
        return {table: sorted(ids) for table, ids in found.items()}


def table_of(event: InputEvent) -> str:
    return row(Delivery(event, "", 0, 0, NOW))[0]


def _events() -> list[InputEvent]:
    with TRAFFIC.open("rb") as file:
        return [parse(line) for line in lines(file)]


def _expected(events: list[InputEvent]) -> dict[str, list[str]]:
    by_table: dict[str, set[str]] = defaultdict(set)
    for event in events:
        by_table[table_of(event)].add(str(event.event_id))
    return {table: sorted(ids) for table, ids in by_table.items()}


EVENTS = _events()
EXPECTED = _expected(EVENTS)


def publish(settings: Settings, events: list[InputEvent]) -> None:
    publisher = Publisher(settings, Codec(FileRegistry()), DurableProducer(settings))
    for event in events:
        publisher.publish(event)
    publisher.flush()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ClickHouseServer]:
    with running(ClickHouseServer(tmp_path / "clickhouse")) as server:
        yield server


@pytest.fixture
def on_server(topics: Settings, server: ClickHouseServer) -> Settings:
    given = {
        "clickhouse_url": SecretUrl(url_of([server])),
        "plate_key": SecretStr("a key of plates for this test only"),
    }
    return topics.model_copy(update=given)


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Settings:
    """Settings of either kind of store."""
    settings: Settings = request.getfixturevalue("topics" if request.param == "embedded" else "on_server")
    return settings


@contextmanager
def scene_of(settings: Settings, place: Path, moment: str = NEVER, *, migrated: bool = True) -> Iterator[Scene]:
    publish(settings, EVENTS)
    scene = Scene(settings, place, moment)
    if settings.clickhouse_url is not None and migrated:
        assert "migrated: initial" in scene.missionpath("migrate")
    try:
        yield scene
    finally:
        scene.fleet.end()


@pytest.mark.parametrize("store", ["embedded", "server"], indirect=True)
@pytest.mark.parametrize(("moment", "tables"), [(BEFORE, "none"), (AMIDST, "some"), (UNCOMMITTED, "all")])
def test_a_sink_is_killed(store: Settings, tmp_path: Path, moment: str, tables: str) -> None:
    with scene_of(store, tmp_path, moment) as scene:
        sink = scene.add()
        scene.await_halt()
        scene.fleet.kill(sink)
        assert scene.acknowledged() == 0
        found = scene.stored()
        assert ("none" if not found else "all" if set(found) == set(EXPECTED) else "some") == tables
        scene.settle()
        assert scene.stored() == EXPECTED


def test_the_server_is_killed_in_the_middle_of_a_batch(
    on_server: Settings, server: ClickHouseServer, tmp_path: Path
) -> None:
    with scene_of(on_server, tmp_path, AMIDST) as scene:
        sink = scene.add()
        scene.await_halt()
        server.kill()
        scene.let_go()
        eventually(lambda: waits_for_the_store(sink), 60)
        assert scene.acknowledged() == 0
        server.start()
        scene.settle()
        assert not waits_for_the_store(sink)
        assert "missionpath_store_up 1.0" in (get(sink.url + "/metrics") or "")
        assert scene.stored() == EXPECTED
        assert not scene.fleet.mishaps


def test_a_sink_that_starts_without_its_server_waits_for_it(
    on_server: Settings, server: ClickHouseServer, tmp_path: Path
) -> None:
    with scene_of(on_server, tmp_path) as scene:
        server.kill()
        sink = scene.add()
        eventually(lambda: waits_for_the_store(sink), 60)
        server.start()
        scene.settle()
        assert scene.stored() == EXPECTED
        assert not scene.fleet.mishaps


def test_a_sink_waits_for_the_tables_of_its_release(on_server: Settings, tmp_path: Path) -> None:
    with scene_of(on_server, tmp_path, migrated=False) as scene:
        sinks = [scene.add("a"), scene.add("b")]
        for sink in sinks:
            eventually(lambda sink=sink: "run `missionpath migrate`" in not_ready(sink), 60)
        assert scene.missionpath("migrate").startswith("migrated: initial")
        assert scene.missionpath("migrate") == "its tables are those of this release\n"
        scene.settle()
        assert scene.stored() == EXPECTED
        assert not scene.fleet.mishaps


def test_partitions_change_hands_between_insert_and_commit(on_server: Settings, tmp_path: Path) -> None:
    group = on_server.topic(SINK_GROUP)
    with scene_of(on_server, tmp_path, UNCOMMITTED) as scene:
        first = scene.add("a")
        scene.await_halt()
        scene.add("b")
        eventually(lambda: len(describe(clients.admin(on_server), [group])[group].members) == 2, 60)
        scene.let_go()
        scene.settle()
        assert scene.stored() == EXPECTED
        publish(on_server, EVENTS)
        scene.fleet.remove(first)
        scene.settle()
        assert scene.stored() == EXPECTED


def test_a_topic_is_repeated_from_its_beginning(on_server: Settings, tmp_path: Path) -> None:
    with scene_of(on_server, tmp_path) as scene:
        sink = scene.add()
        scene.settle()
        assert scene.acknowledged() == len(EVENTS)
        scene.fleet.remove(sink)
        forget(on_server)
        assert scene.acknowledged() == 0
        scene.add("again")
        scene.settle()
        assert scene.acknowledged() == len(EVENTS)
        assert scene.stored() == EXPECTED


def forget(settings: Settings) -> None:
    """Set the group's offsets back to the beginning, once its members are gone."""
    group, admin = settings.topic(SINK_GROUP), clients.admin(settings)
    offsets = [
        TopicPartition(settings.topic(topic.name), partition, 0)
        for topic in READ_BY[SINK_GROUP]
        for partition in range(settings.partitions)
    ]

    def is_done() -> bool:
        future = admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, offsets)])[group]
        try:
            return not any(place.error for place in future.result(10).topic_partitions)
        except KafkaException:
            return False

    eventually(is_done, 60)


def not_ready(sink: Member) -> str:
    """What a sink says it waits for."""
    try:
        with urlopen(sink.url + "/readyz", timeout=2):
            return ""
    except HTTPError as error:
        return error.read().decode()
    except OSError:
        return ""


def waits_for_the_store(sink: Member) -> bool:
    return "store: " in not_ready(sink) and "missionpath_store_up 0.0" in (get(sink.url + "/metrics") or "")
