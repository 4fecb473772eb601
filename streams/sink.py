"""The agent ``sink``: every event into ClickHouse, acknowledged only after ClickHouse has acknowledged."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiokafka.structs import ConsumerRecord

from domain.conveyance import is_conveyance
from domain.events import IdentifierHandedOver, ObservationTaken
from runtime import metrics
from runtime.errors import InvalidRecord, Unavailable
from runtime.health import Health
from runtime.settings import Settings
from sinks.batch import Batch
from sinks.engine import Engine
from sinks.rows import Delivery
from streams.chunks import Received, Receiver, decoded
from streams.outbox import Outbox
from topics.catalog import MISSION_EVENT_RESOLVED
from topics.headers import RESOLVED_BY, value_of

TICK_SECONDS = 0.2
STORE = "store"

log = logging.getLogger(__name__)


class Sink:
    """Collects chunks into batches, bounded by rows, bytes and age, and writes one at a time.

    While the store is down the batch in hand waits, the agent waits for it, and so nothing more is consumed.
    """

    def __init__(self, settings: Settings, receiver: Receiver, engine: Engine, health: Health) -> None:
        self._settings = settings
        self._receiver = receiver
        self._engine = engine
        self._health = health
        self._writing = asyncio.Lock()
        self._batch = self._new_batch()
        self._events: list[Any] = []

    async def take(self, app: Any, event: Any) -> None:
        """Add a chunk to the batch, and write the batch when it is full."""
        records: list[ConsumerRecord] = event.value
        outbox = Outbox(app.conf.topic_partitions)
        received = await decoded(self._receiver, records, outbox, self._health)
        for each in received:
            try:
                for delivery in self._deliveries(each):
                    self._batch.add(delivery, len(each.record.value))
            except InvalidRecord as error:
                self._receiver.reject(each.record, error, outbox)
        await outbox.flush(app.producer._producer)
        self._events.append(event)
        self._health.moved()
        if self._batch.full:
            await self.write()

    async def write_if_due(self) -> None:
        """Write the batch when it is old enough; chunks that left no row in it are acknowledged at once."""
        if self._batch.due or (self._events and not len(self._batch)):
            await self.write()

    async def write(self) -> None:
        """Write the batch, however long the store is away, then acknowledge its chunks.

        *Raises*: RowsRefused when the store does not take the rows as they are; nothing is acknowledged.
        """
        async with self._writing:
            batch, self._batch = self._batch, self._new_batch()
            events, self._events = self._events, []
            while True:
                try:
                    await asyncio.to_thread(batch.write, self._engine)
                    break
                except Unavailable as error:
                    log.warning("the store is away: %s", error)
                    self._health.wait_for(STORE, str(error))
                    await asyncio.sleep(error.retry_after_seconds)
            self._health.arrived(STORE)
            self._health.moved()
            for event in events:
                event.ack()
                topic = self._receiver.catalogued(event.message.topic).name
                metrics.CONSUMED.labels(topic).inc(len(event.value))

    def watch(self, app: Any) -> None:
        """Let the application look at the batch's age."""

        @app.timer(interval=TICK_SECONDS)  # type: ignore[untyped-decorator]
        async def tick() -> None:
            await self.write_if_due()

    def _new_batch(self) -> Batch:
        settings = self._settings
        return Batch(settings.sink_rows_max, settings.sink_bytes_max, settings.sink_seconds_max)

    def _deliveries(self, each: Received[Any]) -> list[Delivery]:
        """What goes into the store; nothing of what is in the table of its own topic already, or is no event."""
        record = each.record
        delivery = Delivery(
            event=each.event,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            published_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        )
        if self._receiver.catalogued(record.topic) is not MISSION_EVENT_RESOLVED:
            return [delivery]
        if isinstance(each.event, IdentifierHandedOver | ObservationTaken) or is_conveyance(
            (record.key or b"").decode("ascii", "replace")
        ):
            return []
        led_by = value_of(record.headers, RESOLVED_BY)
        by = led_by.decode("utf-8", "replace") if led_by else None
        return [replace(delivery, iot_id=_iot_id(record), resolved_by=by)]


def _iot_id(record: ConsumerRecord) -> UUID:
    try:
        return UUID((record.key or b"").decode("ascii"))
    except ValueError as error:
        raise InvalidRecord("bad-key", "the record key is not an IOT_ID") from error


async def deliver(app: Any, stream: Any, sink: Sink) -> None:
    """Take chunks for ever; the same shape as every agent, but acknowledged by the batch."""
    async for event in stream.noack().events():
        await sink.take(app, event)
