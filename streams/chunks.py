"""The one shape of every agent that keeps state: decode, judge, make durable, acknowledge."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from aiokafka.structs import ConsumerRecord
from msgspec import Struct

from runtime import metrics
from runtime.circuit_breaker import CircuitBreaker
from runtime.errors import InvalidRecord, Unavailable
from runtime.health import Health
from runtime.settings import Settings
from streams.outbox import Outbox
from streams.table import ChunkTable
from topics.catalog import READ_BY, Topic, keeper_of
from topics.codec import Codec, Voucher
from topics.dead_letters import Origin, reason_headers

log = logging.getLogger(__name__)

CHUNKS_TOGETHER_MAX = 16
REGISTRY = "registry"

E = TypeVar("E", bound=Struct)


class Received(NamedTuple, Generic[E]):
    """A record that could be decoded, beside what it said."""

    event: E
    record: ConsumerRecord


class Receiver:
    """Decodes the records of a chunk for a group; what cannot be used goes to the dead letters of its topic."""

    def __init__(self, settings: Settings, codec: Codec, group: str) -> None:
        self._codec = codec
        self._group = group
        self.agent = group.rpartition(".")[2]
        self._topics = {settings.topic(topic.name): topic for topic in READ_BY[group]}
        self._namespaced = settings.topic
        self._breaker = CircuitBreaker()

    @property
    def topics(self) -> list[str]:
        """The names on the broker of what it reads."""
        return list(self._topics)

    def catalogued(self, name: str) -> Topic:
        """The catalogue's entry of a name on the broker."""
        return self._topics[name]

    def decode(self, records: list[ConsumerRecord], outbox: Outbox) -> list[Received[Any]]:
        """The usable records of a chunk.

        *Guarantee*: every other record is in the outbox as a dead letter, so that it is durable before the
        chunk is acknowledged; unless another group keeps the dead letters of the topic and meets it too.
        *Raises*: Fatal when too much of the input is bad; Unavailable from the schema registry, before anything
        was changed.
        """
        received = []
        for record in records:
            try:
                event = self._codec.decode(record.value, *self._topics[record.topic].records)
                received.append(Received(event, record))
                self._breaker.record(bad=False)
            except InvalidRecord as error:
                if keeper_of(self._topics[record.topic]) == self._group:
                    self.reject(record, error, outbox)
                self._breaker.record(bad=True)
        return received

    def voucher(self, record: ConsumerRecord) -> Voucher | None:
        """What can vouch for records in the frame of this one (``Codec.voucher``)."""
        return self._codec.voucher(record.value, *self._topics[record.topic].records)

    def passed(self, count: int) -> None:
        """So many records were usable without being decoded here."""
        self._breaker.passed(count)

    def reject(self, record: ConsumerRecord, error: InvalidRecord, outbox: Outbox) -> None:
        """Put a record to the dead letters of its topic, with its original bytes."""
        topic = self._topics[record.topic]
        origin = Origin(record.topic, record.partition, record.offset)
        log.warning("%s[%d]@%d: %s", record.topic, record.partition, record.offset, error)
        metrics.DEAD_LETTERS.labels(topic.name, error.reason).inc()
        headers = reason_headers(record.headers, origin, error, self.agent)
        outbox.put(self._namespaced(topic.dead_letters), record.key, record.value, headers, record.partition)


async def decoded(
    receiver: Receiver, records: list[ConsumerRecord], outbox: Outbox, health: Health
) -> list[Received[Any]]:
    """The usable records of a chunk, however long the schema registry takes to answer."""
    while True:
        attempt = Outbox(outbox.partitions)
        try:
            received = receiver.decode(records, attempt)
        except Unavailable as error:
            log.warning("waiting: %s", error)
            health.wait_for(REGISTRY, str(error))
            await asyncio.sleep(error.retry_after_seconds)
        else:
            health.arrived(REGISTRY)
            outbox.take_over(attempt)
            return received


@dataclass(slots=True)
class Agent:
    """What one agent works with: where its records come from, what it does with them, where its state is.

    *Shape*: ``changed`` is told what changed in the table, by partition and key, when it is durable.
    """

    app: Any
    receiver: Receiver
    table: ChunkTable
    health: Health
    handle: Callable[[int, list[Received[Any]], Outbox], None]
    changed: Callable[[Mapping[tuple[int, bytes], bytes]], None] | None = None


async def work(agent: Agent, stream: Any) -> None:
    """Work through chunks for ever; those that wait already are made durable and acknowledged together.

    *Raises*: whatever ``handle`` raises, without acknowledging.
    """
    batch = _Batch(agent)
    # Faust waits for who is connected here before it gives partitions back: nobody else writes to them meanwhile.
    agent.app.on_partitions_revoked.connect(batch.finished)
    async for event in stream.noack().events():
        await batch.take(event)
        # A flush takes two round trips to the broker, however much is in it.
        if stream.channel.queue.empty() or batch.is_full:
            await batch.finish()


class _Batch:
    """Chunks that are made durable and acknowledged together.

    State is durable before its results leave, and results before the acknowledgement. The state carries what it has
    to tell (``streams/table.py``): killed in between, whoever has it next tells it. The other order, results first,
    would have to compute the same again from the old state; but what two topics bring comes in another order the next
    time, and what was told already may then never have been.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._finishing = asyncio.Lock()
        self._begin()

    @property
    def is_full(self) -> bool:
        """Whether there is enough in it."""
        return len(self._events) >= CHUNKS_TOGETHER_MAX

    async def take(self, event: Any) -> None:
        """Work through a chunk; drop what is left from before a rebalance, it comes again."""
        agent = self._agent
        if self._events and self._events[0].message.generation_id != event.message.generation_id:
            self._drop()
        if not self._events:
            self._started = time.perf_counter()
        agent.table.require(event.message.partition)
        received = await decoded(agent.receiver, event.value, self._outbox, agent.health)
        self._events.append(event)
        agent.table.partition = event.message.partition
        agent.handle(event.message.partition, received, self._outbox)
        agent.health.moved()

    async def finish(self) -> None:
        """Make everything durable and acknowledge it, if its partitions are this worker's still."""
        agent, chunk = self._agent, self._events[0].message
        async with self._finishing:
            if agent.app.rebalancing or not await agent.app.consumer.holds(chunk):
                self._drop()
                return
            producer = agent.app.producer._producer
            changes = Outbox(self._outbox.partitions)
            agent.table.put_changes(changes, self._outbox)
            written = await changes.flush(producer)
            # Were they not, whoever has them may have read the changelog before.
            if not await agent.app.consumer.holds(chunk):
                self._drop()
                return
            if agent.changed is not None:
                agent.changed(agent.table.changes)
            agent.table.settle(written)
            await self._outbox.flush(producer)
            self._acknowledge()

    async def finished(self, *_: Any, **__: Any) -> None:
        """Wait until nothing is being written, and commit what was acknowledged."""
        async with self._finishing:
            await self._agent.app.consumer.commit()

    def _begin(self) -> None:
        self._outbox = Outbox(self._agent.app.conf.topic_partitions)
        self._events: list[Any] = []

    def _drop(self) -> None:
        log.warning("%d chunks are dropped, their partitions were taken away; they come again", len(self._events))
        self._agent.table.discard()
        self._begin()

    def _acknowledge(self) -> None:
        receiver, events = self._agent.receiver, self._events
        self._begin()
        for event in events:
            event.ack()
            metrics.CONSUMED.labels(receiver.catalogued(event.message.topic).name).inc(len(event.value))
        self._agent.health.moved()
        metrics.CHUNK_SECONDS.labels(receiver.agent).observe(time.perf_counter() - self._started)
