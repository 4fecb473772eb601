"""Records on their way out of a chunk: collected, sent in whole batches, and awaited until they are durable."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from aiokafka.structs import RecordMetadata

from runtime.errors import Unavailable
from topics.headers import Header

KEYS_REMEMBERED_MAX = 65_536
"""The hash is computed in Python, 9 µs for an IOT_ID, and what is under way comes again and again."""

_Record = tuple[bytes | None, bytes | None, list[Header]]

Told = tuple[str, int, bytes | None, bytes | None, list[Header]]
"""A record with the topic and partition that it goes to."""


@lru_cache(maxsize=KEYS_REMEMBERED_MAX)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition that Java, aiokafka and librdkafka's ``murmur2_random`` give a key."""
    return (int(murmur2(key)) & 0x7FFFFFFF) % partitions


class Outbox:
    """What one chunk sends.

    *Guarantee*: when ``flush`` returns, all in-sync replicas have everything that was put in.
    """

    def __init__(self, partitions: int) -> None:
        self.partitions = partitions
        self._waiting: dict[tuple[str, int], list[_Record]] = defaultdict(list)
        self._told: dict[bytes, list[Told]] = {}

    def put(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Iterable[Header] = (),
        partition: int | None = None,
        of: bytes | None = None,
    ) -> None:
        """Add a record; it goes to its key's partition unless another is given.

        *Shape*: ``of`` is the table's key whose change the record tells: whoever has the change must tell it, and a
        change that is known already is not told by itself a second time.
        """
        if partition is None:
            partition = 0 if key is None else partition_of(key, self.partitions)
        record = (key, value, list(headers))
        self._waiting[topic, partition].append(record)
        if of is not None:
            self._told.setdefault(of, []).append((topic, partition, *record))

    def told_of(self, key: bytes) -> list[Told]:
        """What tells of a change of that key, in order."""
        return self._told.get(key, [])

    def take_over(self, other: "Outbox") -> None:
        """Add everything that waits in another outbox, none of which tells of a change."""
        for place, records in other._waiting.items():
            self._waiting[place].extend(records)

    def records(self) -> Iterator[Told]:
        """What waits, by topic and partition."""
        for (topic, partition), waiting in self._waiting.items():
            for key, value, headers in waiting:
                yield topic, partition, key, value, headers

    async def flush(self, producer: AIOKafkaProducer) -> dict[tuple[str, int], int]:
        """Send everything and wait until it is durable; returns the first offset by topic and partition.

        *Raises*: Unavailable when the broker did not take it in the producer's time-out.
        """
        waiting, self._waiting = self._waiting, defaultdict(list)
        self._told.clear()
        try:
            sent = [await _send(producer, *place, records) for place, records in waiting.items()]
            written = await asyncio.gather(*(future for futures in sent for future in futures))
        except KafkaError as error:
            raise Unavailable(f"results could not be sent: {error!r}") from error
        first: dict[tuple[str, int], int] = {}
        for each in written:
            first.setdefault((each.topic, each.partition), each.offset)
        return first


async def _send(
    producer: AIOKafkaProducer, topic: str, partition: int, records: Iterable[_Record]
) -> list[asyncio.Future[RecordMetadata]]:
    at_ms = int(time.time() * 1000)
    futures: list[asyncio.Future[RecordMetadata]] = []
    batch = producer.create_batch()
    for key, value, headers in records:
        if batch.append(timestamp=at_ms, key=key, value=value, headers=headers) is None:
            futures.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(timestamp=at_ms, key=key, value=value, headers=headers)
    futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures
