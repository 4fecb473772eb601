"""Stands in for a broker and the producer of a worker: what is sent is written, batch by batch."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from aiokafka.errors import KafkaTimeoutError
from aiokafka.structs import RecordMetadata, TopicPartition

from topics.headers import Header

Written = tuple[bytes | None, bytes | None, tuple[Header, ...]]


class _Batch:
    def __init__(self) -> None:
        self.records: list[Written] = []

    def append(
        self, *, timestamp: int, key: bytes | None, value: bytes | None, headers: Sequence[Header]
    ) -> object | None:
        assert type(headers) is list  # aiokafka's builder takes nothing else
        self.records.append((key, value, tuple(headers)))
        return timestamp


class Broker:
    """What was written, by topic and partition; while it is away nothing is."""

    def __init__(self) -> None:
        self.is_away = False
        self._written: dict[tuple[str, int], list[Written]] = defaultdict(list)

    def create_batch(self) -> _Batch:
        return _Batch()

    async def send_batch(self, batch: _Batch, topic: str, *, partition: int) -> "asyncio.Future[RecordMetadata]":
        if self.is_away:
            raise KafkaTimeoutError
        place, written = TopicPartition(topic, partition), self._written[topic, partition]
        done: asyncio.Future[RecordMetadata] = asyncio.get_running_loop().create_future()
        done.set_result(RecordMetadata(topic, partition, place, len(written), None, 0, 0))
        written += batch.records
        return done

    def written(self, topic: str, partition: int) -> list[Written]:
        return list(self._written[topic, partition])
