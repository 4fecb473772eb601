"""The table of a worker: what recovery takes over from the changelog, and what it leaves to others."""

import asyncio
from typing import Any

from faust.types import TP
from rig import partition_for, record

from runtime.settings import Settings
from streams.application import application
from streams.outbox import Outbox
from streams.table import ChunkTable

PARTITIONS = 4
TOPIC = "changelog"


def key_on(partition: int, number: int = 0) -> bytes:
    keys = (f"key-{n}" for n in range(1_000))
    return [key.encode() for key in keys if partition_for(key, PARTITIONS) == partition][number]


def table(recovered: list[int]) -> ChunkTable:
    app = application(
        Settings(partitions=PARTITIONS, namespace="", kafka_bootstrap_servers="127.0.0.1:9"), "missionpath.test", None
    )
    held = ChunkTable(
        app, name="held", partitions=PARTITIONS, on_recovered=lambda: recovered.append(len(held.data.data))
    )
    return held


def told(key: bytes, value: bytes | None) -> Any:
    return record(TOPIC, key, value)


def completed(held: ChunkTable, *partitions: int) -> None:
    asyncio.run(held.on_recovery_completed({TP(TOPIC, partition) for partition in partitions}, set()))


def test_the_last_value_of_a_key_is_recovered_and_a_deleted_key_is_not() -> None:
    held, one, other = table([]), key_on(0), key_on(0, 1)
    held.recover(0, [told(one, b"old"), told(other, b"gone"), told(one, b"new"), told(other, None)])
    completed(held, 0)
    assert list(held.items_by_partition()) == [(0, one, b"new")]


def test_what_other_workers_own_now_is_dropped_before_the_owner_is_told() -> None:
    recovered: list[int] = []
    held, mine, theirs = table(recovered), key_on(1), key_on(2)
    held.recover(1, [told(mine, b"1")])
    held.recover(2, [told(theirs, b"2")])
    completed(held, 1, 2)
    completed(held, 1)
    assert recovered == [2, 1]
    assert list(held.items_by_partition()) == [(1, mine, b"1")]


def test_what_was_recovered_leaves_no_second_changelog_record() -> None:
    held = table([])
    held.recover(0, [told(key_on(0), b"1")])
    held.apply_changelog_batch([])
    outbox = Outbox(PARTITIONS)
    held.drain(outbox)
    assert list(outbox.records()) == []
