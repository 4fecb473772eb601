"""Kafka records in chunks: one Faust event per partition and fetch, instead of one per record.

Faust stays the shell (group membership, co-partitioning, tables, recovery); its path of two asyncio tasks and a
queue hop per record is what costs nine tenths of the time, and only that is replaced. Registered as the
transport ``chunk://`` under the entry-point group ``faust.transports``.

Private methods of faust-streaming 0.15.3 are overridden here and nowhere else; the version is pinned.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from aiokafka.structs import ConsumerRecord
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage, ack_lock
from mode.utils.futures import notify

from runtime.errors import Fatal

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
RECOVERY_POLL_SECONDS = 0.01
FETCH_WAIT_MS = 10
FETCH_BYTES_MIN = 64 << 10
PROOF_HOLDS = 0.5
"""Of the session's time-out; in the other half the partition is not given to another either."""


class Chunk(ConsumerMessage):  # type: ignore[misc]
    """A message that stands for consecutive records of one partition; its value is the list of them.

    *Shape*: ``offset`` is the last record's, ``first_offset`` the first's; ``follows`` is where the one before it
    ended, none for the first since the partition was assigned.
    """

    first_offset: int = 0
    follows: int | None = None

    def on_final_ack(self, consumer: "ChunkConsumer") -> bool:
        """Called by Faust when the agent acknowledged."""
        return consumer.ack_chunk(self)


class ChunkConsumerThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    """Faust's consumer thread with a fetch wait of its own: ``fetch_wait_ms`` of the application.

    aiokafka keeps one fetch in flight a broker, and a partition just emptied joins the next one only: with Faust's
    fixed 1.5 s a record on a quiet topic waits until another partition has news. But neither is a fetch answered for
    each record: to wake up, hop to the thread and back, and acknowledge costs more than a hundred records cost.
    """

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = self.app.fetch_wait_ms
        consumer._fetch_min_bytes = FETCH_BYTES_MIN
        return consumer


class ChunkConsumer(driver.Consumer):  # type: ignore[misc]
    """Delivers chunks and commits up to the last chunk acknowledged.

    *Guarantee*: chunks of a partition are delivered in order and without overlap within one assignment; an
    acknowledgement from before a rebalance is ignored, and its records are delivered again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._delivered: dict[TP, int] = {}
        self._acknowledged: dict[TP, int] = {}
        self._delivering_generation: int | None = None
        self._proven_generation: int | None = None
        self._proven_at = 0.0

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Subscribe, but never without the tables' changelogs.

        Stopped in its first second, Faust no longer waits for its tables and subscribes to what it has by then. As
        leader of the group it would assign itself partitions without their tables; a static member that comes back
        would be given the same again, and begin its tables anew over what they hold.
        """
        wanted = set(topics)
        if missing := self.app.tables.changelog_topics - wanted:
            log.warning("not joining the group without %s: the worker is stopping", ", ".join(sorted(missing)))
            return
        await super().subscribe(wanted)

    def _new_consumer_thread(self) -> Any:
        return ChunkConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def ack(self, message: Any) -> bool:
        """Acknowledge a chunk, or a changelog record as Faust does it."""
        if isinstance(message, Chunk):
            return self.ack_chunk(message)
        return bool(super().ack(message))

    def ack_chunk(self, chunk: Chunk) -> bool:
        """Let the offsets up to the chunk's end be committed.

        *Raises*: Fatal unless all chunks of its partition before it were acknowledged, in order: what was delivered
        and got lost is never committed past.
        """
        with ack_lock:
            chunk.acked = True
            self._unacked_messages.discard(chunk)
            notify(self._waiting_for_ack)
            if chunk.generation_id != self.app.consumer_generation_id:
                return False
            before = self._acknowledged.get(chunk.tp)
            if chunk.follows != before:
                place = f"{chunk.tp.topic}[{chunk.tp.partition}]@{chunk.first_offset}"
                raise Fatal(f"{place}: acknowledged after {before}, and not {chunk.follows}")
            self._acknowledged[chunk.tp] = chunk.offset + 1
            self._n_acked += len(chunk.value)
            return True

    async def holds(self, chunk: Chunk) -> bool:
        """Whether the chunk's partition is this worker's still, for a few seconds more at the least.

        A process that was frozen, or whose network was cut, does not know that the group has given its partitions to
        another. The coordinator knows: it takes no commit of a worker that is out.
        """
        if chunk.generation_id != self.app.consumer_generation_id:
            return False
        now = time.monotonic()
        is_proven = self._proven_generation == chunk.generation_id
        if is_proven and now - self._proven_at < self.app.conf.broker_session_timeout * PROOF_HOLDS:
            return True
        if not await self._thread.commit({chunk.tp: chunk.first_offset}):
            return False
        self._proven_at, self._proven_generation = now, chunk.generation_id
        return bool(chunk.generation_id == self.app.consumer_generation_id)

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in list(self._acknowledged) if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        return self._acknowledged.get(tp)

    async def _drain_messages(self, fetcher: Any) -> None:
        while not (self.should_stop or fetcher.should_stop):
            await asyncio.sleep(0)
            records, active = await self._wait_next_records(POLL_SECONDS)
            if not records or self.should_stop:
                continue
            if not self.flow_active:
                await self.perform_seek()
                continue
            await self._deliver(records, active)

    async def _deliver(self, records: Mapping[Any, list[ConsumerRecord]], active: set[TP] | None) -> None:
        generation = self.app.consumer_generation_id
        for partition, fetched in records.items():
            tp = TP(*partition)
            if not self._current(generation):
                return
            if self._is_changelog_tp(tp):
                if active is None or tp in active or tp in self._buffered_partitions:
                    await self._deliver_changelog(tp, fetched)
                continue
            # When recovery ends Faust resumes the partitions before it seeks to the committed offsets: what was
            # fetched in between is held until the seek is done, then what comes twice is dropped.
            while self.app.rebalancing and self._current(generation):  # noqa: ASYNC110 - Faust has no event for it
                await asyncio.sleep(RECOVERY_POLL_SECONDS)
            if not self._current(generation):
                return
            if fresh := self._fresh(tp, fetched, generation):
                await self._deliver_chunk(tp, fresh, generation)

    def _current(self, generation: int) -> bool:
        return bool(self.flow_active and generation == self.app.consumer_generation_id)

    def _fresh(self, tp: TP, fetched: list[ConsumerRecord], generation: int) -> list[ConsumerRecord]:
        if generation != self._delivering_generation:
            self._delivering_generation = generation
            self._delivered.clear()
            self._acknowledged.clear()
        start = self._delivered.get(tp)
        if start is None:
            start = self._committed_offset[tp] or 0
        return fetched if fetched[0].offset >= start else [r for r in fetched if r.offset >= start]

    async def _deliver_changelog(self, tp: TP, fetched: list[ConsumerRecord]) -> None:
        """Recover a table from what was fetched of its changelog.

        The table takes the records all at once; Faust is shown the last one only, by which it counts how far recovery
        has come. One by one it would take ten times as long.
        """
        read = self._read_offset[tp]
        fresh = fetched if read is None else [record for record in fetched if record.offset >= read]
        table = self.app.tables.recovery.tp_to_table.get(tp)
        if not fresh or table is None:
            return
        table.recover(tp.partition, fresh)
        last = fresh[-1]
        await self.wait_first(self.callback(self._to_message(tp, last)), self.suspend_flow.wait())
        self._read_offset[tp] = last.offset

    async def _deliver_chunk(self, tp: TP, fetched: list[ConsumerRecord], generation: int) -> None:
        last = fetched[-1]
        chunk = Chunk(
            tp.topic, tp.partition, last.offset, last.timestamp / 1000.0, last.timestamp_type,
            (), None, fetched, None, 0, 0, tp, generation_id=generation,
        )  # fmt: skip
        chunk.first_offset, chunk.follows = fetched[0].offset, self._delivered.get(tp)
        self._delivered[tp] = last.offset + 1
        self._read_offset[tp] = last.offset
        self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
        await self.wait_first(self.callback(chunk), self.suspend_flow.wait())


class ChunkTransport(driver.Transport):  # type: ignore[misc]
    """Faust's aiokafka transport with the chunked consumer; producers are unchanged."""

    Consumer = cast(Any, ChunkConsumer)
