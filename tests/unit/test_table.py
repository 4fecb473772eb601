"""The table of a worker: what it has, what it writes, what recovery takes over, and what recovery tells once more."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from faust.types import TP
from producer import Broker
from rig import partition_for, record

from runtime.errors import Fatal, Unavailable
from runtime.settings import Settings
from streams.application import application
from streams.outbox import Outbox
from streams.stores import MemoryStore, Store, store
from streams.table import ChunkTable
from topics.headers import Header

PARTITIONS = 4
TOPIC = "changelog"


def key_on(partition: int, number: int = 0) -> bytes:
    keys = (f"key-{n}" for n in range(1_000))
    return [key.encode() for key in keys if partition_for(key, PARTITIONS) == partition][number]


ONE, OTHER = key_on(0), key_on(0, 1)


class Held:
    """A table on a broker of the test's own; ``recovered`` notes how much it had each time."""

    def __init__(self, broker: Broker, values: Store | None = None) -> None:
        settings = Settings(partitions=PARTITIONS, namespace="", kafka_bootstrap_servers="127.0.0.1:9")
        app = application(settings, "missionpath.test", None)
        self.broker = broker
        self.recovered: list[int] = []
        self.crashed: list[BaseException] = []
        self.retold: list[tuple[bytes, bytes]] = []
        self.table = ChunkTable(
            app,
            name="held",
            partitions=PARTITIONS,
            store=MemoryStore() if values is None else values,
            on_recovered=self._note,
            retell=lambda key, value, _: self.retold.append((key, value)),
        )
        app._producer, app.crash = SimpleNamespace(_producer=broker), self._crash

    def _note(self) -> None:
        self.recovered.append(len(self.values))

    async def _crash(self, error: BaseException) -> None:
        self.crashed.append(error)

    def changes(self, key: bytes, value: bytes, *told: bytes) -> Outbox:
        """Change a key; returns what is to be told of it."""
        results = Outbox(PARTITIONS)
        for each in told:
            results.put("alerts", b"of", each, [("why", b"because")], 3, of=key)
        self.table[key] = value
        return results

    def flush(self, results: Outbox) -> None:
        """Make the changes durable; their results are not sent."""
        outbox = Outbox(PARTITIONS)
        self.table.put_changes(outbox, results)
        self.table.settle(asyncio.run(outbox.flush(cast(Any, self.broker))))

    def completes(self, *partitions: int) -> None:
        asyncio.run(self.table.on_recovery_completed({TP(TOPIC, partition) for partition in partitions}, set()))

    def recovers(self, *partitions: int) -> int:
        """Read the changelog of the partitions as the transport does, to its end; returns how many records."""
        read = 0
        for partition in partitions:
            written = self.broker.written(self.table.changelog_topic_name, partition)
            persisted = self.table.persisted_offset(TP(TOPIC, partition))
            fresh = [told(*each, offset=n) for n, each in enumerate(written) if persisted is None or n > persisted]
            self.table.recover(partition, fresh)
            read += len(fresh)
        self.completes(*partitions)
        return read

    @property
    def values(self) -> dict[bytes, bytes]:
        return {key: value for _, key, value in self.table.items_by_partition()}


def told(key: bytes | None, value: bytes | None, headers: Iterable[Header] = (), offset: int = 0) -> Any:
    return record(TOPIC, key, value, headers, offset=offset)


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture(params=["memory", "rocksdict"])
def held(broker: Broker, request: pytest.FixtureRequest, tmp_path: Path) -> Held:
    return Held(broker, store(request.param, tmp_path))


def test_the_last_value_of_a_key_is_recovered_and_a_deleted_key_is_not(held: Held) -> None:
    held.table.recover(0, [told(ONE, b"old"), told(OTHER, b"gone"), told(ONE, b"new"), told(OTHER, None)])
    held.completes(0)
    assert list(held.table.items_by_partition()) == [(0, ONE, b"new")]


def test_what_other_workers_own_now_is_dropped_before_the_owner_is_told(held: Held) -> None:
    held.table.recover(1, [told(key_on(1), b"1")])
    held.table.recover(2, [told(key_on(2), b"2")])
    held.completes(1, 2)
    held.completes(1)
    assert held.recovered == [2, 1]
    assert held.values == {key_on(1): b"1"}


def test_what_was_recovered_leaves_no_second_changelog_record(held: Held) -> None:
    held.table.recover(0, [told(ONE, b"1")])
    held.table.apply_changelog_batch([])
    held.completes(0)
    held.flush(Outbox(PARTITIONS))
    assert held.broker.written(held.table.changelog_topic_name, 0) == []


def test_a_change_is_seen_at_once_and_belongs_to_the_table_when_it_is_durable(held: Held) -> None:
    held.recovers(0)
    held.table[ONE] = b"1"
    assert (held.table.get(ONE), held.values) == (b"1", {})
    held.flush(Outbox(PARTITIONS))
    assert (held.table.get(ONE), held.values) == (b"1", {ONE: b"1"})


def test_a_change_that_is_not_to_be_leaves_what_was_there(held: Held) -> None:
    held.flush(held.changes(ONE, b"1"))
    held.table[ONE] = b"2"
    held.table.discard()
    assert held.table.get(ONE) == b"1"
    held.flush(Outbox(PARTITIONS))
    assert len(held.broker.written(held.table.changelog_topic_name, 0)) == 1


def test_what_the_last_flush_had_to_tell_is_told_by_whoever_takes_over(held: Held, broker: Broker) -> None:
    held.flush(held.changes(ONE, b"1", b"raised"))
    held.flush(held.changes(OTHER, b"2", b"changed", b"cleared"))
    heir = Held(broker)
    heir.recovers(0)
    assert heir.values == {ONE: b"1", OTHER: b"2"}
    assert broker.written("alerts", 3) == [
        (b"of", value, (("why", b"because"),)) for value in (b"changed", b"cleared")
    ], "the worker had told what came before: it does so before it flushes again"


def test_who_is_killed_while_taking_over_leaves_it_to_the_next(held: Held, broker: Broker) -> None:
    held.flush(held.changes(ONE, b"1", b"raised"))
    broker.is_away = True
    killed = Held(broker)
    killed.recovers(0)
    assert [type(error) for error in killed.crashed] == [Unavailable], "it stops, and says why"
    broker.is_away = False
    Held(broker).recovers(0)
    assert [value for _, value, _ in broker.written("alerts", 3)] == [b"raised"]


def test_what_was_told_once_more_is_not_told_a_third_time(held: Held, broker: Broker) -> None:
    held.flush(held.changes(ONE, b"1", b"raised"))
    heir = Held(broker)
    heir.recovers(0)
    heir.flush(heir.changes(OTHER, b"2"))
    Held(broker).recovers(0)
    assert len(broker.written("alerts", 3)) == 1


def test_a_value_written_by_an_owner_that_was_one_no_more_does_not_stand(held: Held, broker: Broker) -> None:
    held.recovers(0)
    held.flush(held.changes(ONE, b"early"))
    heir = Held(broker)
    heir.recovers(0)
    heir.flush(heir.changes(ONE, b"right", b"raised"))
    held.flush(held.changes(ONE, b"late", b"never so"))
    third = Held(broker)
    third.recovers(0)
    assert third.values == {ONE: b"right"}
    assert [value for _, value, _ in broker.written("alerts", 3)] == [b"raised"]
    changelog = broker.written(held.table.changelog_topic_name, 0)
    assert [value for _, value, _ in changelog] == [b"early", b"right", b"late", b"right"], (
        "compaction keeps the last"
    )
    fourth = Held(broker)
    fourth.recovers(0)
    assert fourth.values == {ONE: b"right"}


def test_a_partition_that_is_kept_goes_on_in_its_epoch(held: Held, broker: Broker) -> None:
    for value in (b"1", b"2", b"3"):
        held.recovers(0)
        held.flush(held.changes(ONE, value))
    held.completes(0)  # nothing was written since: nothing is read
    held.flush(held.changes(ONE, b"4"))
    heir = Held(broker)
    heir.recovers(0)
    assert heir.values == {ONE: b"4"}


def test_an_epoch_in_which_nothing_was_written_says_nothing_of_what_was(held: Held, broker: Broker) -> None:
    """A worker that got a partition twice and wrote nothing has counted on; what others wrote meanwhile stands."""
    for _ in range(3):
        held.recovers(0)
    other = Held(broker)
    other.recovers(0)
    for value in (b"1", b"2"):
        other.flush(other.changes(ONE, value))
    held.completes()
    held.recovers(0)
    assert held.values == {ONE: b"2"}
    assert len(broker.written(held.table.changelog_topic_name, 0)) == 2


def test_who_has_files_reads_the_last_flush_alone_and_tells_it(broker: Broker, tmp_path: Path) -> None:
    files = store("rocksdict", tmp_path / "a")
    held = Held(broker, files)
    held.recovers(0)
    for number in range(5):
        held.flush(held.changes(key_on(0, number), b"v", b"told %d" % number))
    files.keep_only(set())  # as a kill does
    again = Held(broker, store("rocksdict", tmp_path / "a"))
    assert again.recovers(0) == 1
    assert len(again.values) == 5
    assert [value for _, value, _ in broker.written("alerts", 3)] == [b"told 4"]


def test_files_are_read_on_from_where_others_went_on(broker: Broker, tmp_path: Path) -> None:
    early, late = Held(broker, store("rocksdict", tmp_path / "a")), Held(broker)
    early.recovers(0)
    early.flush(early.changes(ONE, b"1"))
    early.completes()
    late.recovers(0)
    late.flush(late.changes(ONE, b"2"))
    late.flush(late.changes(OTHER, b"3"))
    assert early.recovers(0) == 3
    assert early.values == {ONE: b"2", OTHER: b"3"}


def test_of_a_value_that_compaction_has_left_alone_nothing_better_is_known(held: Held, broker: Broker) -> None:
    held.recovers(0)
    held.flush(held.changes(ONE, b"late"))
    heir = Held(broker)
    heir.recovers(0)
    heir.flush(heir.changes(OTHER, b"other"))
    late, other = broker.written(held.table.changelog_topic_name, 0)
    third = Held(Broker())
    third.table.recover(0, [told(*other), told(*late)])
    third.completes(0)
    assert third.values == {ONE: b"late", OTHER: b"other"}


def test_a_partition_whose_changelog_was_not_read_is_worked_on_by_nobody(held: Held) -> None:
    with pytest.raises(Fatal, match=r"held\[0\] is assigned without its changelog"):
        held.table.require(0)
    held.completes(0)
    held.table.require(0)
    with pytest.raises(Fatal, match=r"held\[1\]"):
        held.table.require(1)
    held.completes(1)
    with pytest.raises(Fatal, match=r"held\[0\]"):
        held.table.require(0)


def test_what_the_last_flush_changed_is_told_again_and_nothing_that_no_worker_wrote(held: Held) -> None:
    held.table.recover(0, [told(ONE, b"filled"), told(OTHER, b"filled", offset=1)])
    held.completes(0)
    assert held.retold == []
    held.flush(held.changes(ONE, b"first"))
    held.flush(held.changes(OTHER, b"second"))
    again = Held(held.broker)
    again.recovers(0)
    assert again.retold == [(OTHER, b"second")]
