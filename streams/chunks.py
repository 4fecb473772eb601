"""The one shape of every agent that keeps state: decode, judge, make durable, acknowledge."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiokafka.structs import ConsumerRecord
from msgspec import Struct

from runtime import metrics
from runtime.errors import InvalidRecord, Unavailable
from runtime.health import Health
from runtime.settings import Settings
from streams.outbox import Outbox
from streams.table import ChunkTable
from topics.catalog import READ_BY, Topic, keeper_of
from topics.codec import Codec
from topics.dead_letters import CircuitBreaker, Origin, reason_headers

log = logging.getLogger(__name__)

CHUNKS_TOGETHER_MAX = 32
REGISTRY = "registry"

E = TypeVar("E", bound=Struct)


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
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

    *Shape*: ``changed`` is told what changed in the table, by partition and key, before it is made durable.
    """

    app: Any
    receiver: Receiver
    table: ChunkTable
    health: Health
    handle: Callable[[int, list[Received[Any]], Outbox], None]
    changed: Callable[[Mapping[tuple[int, bytes], bytes | None]], None] | None = None


async def work(agent: Agent, stream: Any) -> None:
    """Work through chunks for ever; those that wait already are made durable and acknowledged together.

    Results are durable before the changelog leaves, and the changelog before the acknowledgement. Killed between
    the first two, a worker computes the same results again from the old state (they carry the same ids and
    revisions); the other order could lose them, since the new state would call the repeated events known.
    *Raises*: whatever ``handle`` raises, without acknowledging.
    """
    outbox = Outbox(agent.app.conf.topic_partitions)
    events: list[Any] = []
    started = time.perf_counter()
    async for event in stream.noack().events():
        if not events:
            started = time.perf_counter()
        events.append(event)
        received = await decoded(agent.receiver, event.value, outbox, agent.health)
        agent.table.partition = event.message.partition
        agent.handle(event.message.partition, received, outbox)
        agent.health.moved()
        # A flush takes two round trips to the broker, however much is in it.
        if stream.channel.queue.empty() or len(events) >= CHUNKS_TOGETHER_MAX:
            await _make_durable(agent, outbox)
            _acknowledge(agent, events)
            metrics.CHUNK_SECONDS.labels(agent.receiver.agent).observe(time.perf_counter() - started)
            events = []


async def _make_durable(agent: Agent, outbox: Outbox) -> None:
    producer = agent.app.producer._producer
    await outbox.flush(producer)
    if agent.changed is not None:
        agent.changed(agent.table.dirty)
    agent.table.drain(outbox)
    await outbox.flush(producer)


def _acknowledge(agent: Agent, events: list[Any]) -> None:
    for event in events:
        event.ack()
        metrics.CONSUMED.labels(agent.receiver.catalogued(event.message.topic).name).inc(len(event.value))
    agent.health.moved()
