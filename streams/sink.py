"""The agent ``sink``: every event into ClickHouse, acknowledged only after ClickHouse has acknowledged."""

import asyncio
import logging
from dataclasses import replace
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
from sinks.engine import AvroTaker, Engine
from sinks.refusals import Refusals, Refused
from sinks.rows import Columns, Delivery, row
from streams.chunks import Received, Receiver, decoded
from streams.letters import delivery_of, letters_in
from streams.outbox import Outbox
from streams.vouched import Vouched
from topics.catalog import MISSION_EVENT_RESOLVED
from topics.headers import RESOLVED_BY, value_of

TICK_SECONDS = 0.2
FETCH_WAIT_MS = 250
"""Nobody waits for a row as they wait for an alert."""
STORE = "store"
REFUSED = "refused-by-store"

_Row = tuple[str, Columns, int]
"""A table, the columns, and how many bytes they came as."""

log = logging.getLogger(__name__)


class Sink:
    """Collects chunks into batches, bounded by rows, bytes and age, and writes one at a time.

    One batch is filled while the one before is written. While the store is down both wait, the agent waits for them,
    and so nothing more is consumed.
    """

    def __init__(self, settings: Settings, receiver: Receiver, engine: Engine, health: Health) -> None:
        self._settings = settings
        self._receiver = receiver
        self._engine = engine
        self._vouched = Vouched(receiver) if isinstance(engine, AvroTaker) else None
        self._health = health
        self._refusals = Refusals()
        self._writing = asyncio.Lock()
        self._batch = self._new_batch()
        self._events: list[Any] = []
        self._written: asyncio.Future[None] | None = None

    async def take(self, app: Any, event: Any) -> None:
        """Add a chunk to the batch; when it is full, begin to write it, once the one before is written.

        *Raises*: whatever writing the one before raised.
        """
        is_dead_letters = not self._receiver.catalogued(event.message.topic).dead_lettered
        if is_dead_letters:
            rows, sure = _rows_of_letters(event.value), []
        else:
            sure, rest = self._vouched.split(event.value) if self._vouched else ([], event.value)
            rows = await self._rows(app, rest) if rest else []
        # At once, so that a row is never written in another batch than the one that acknowledges its chunk.
        for portion in sure:
            self._batch.extend(portion.into, portion.rows, portion.size_bytes)
        for table, columns, size_bytes in rows:
            self._batch.add(table, columns, size_bytes)
        self._events.append(event)
        self._health.moved()
        if self._batch.full:
            if self._written is not None:
                await self._written
            self._written = asyncio.ensure_future(self.write(app))
            await asyncio.sleep(0)  # so that the next chunk finds a new batch

    async def _rows(self, app: Any, records: list[ConsumerRecord]) -> list[_Row]:
        """The rows of a chunk; what makes none for being unusable is durable among the dead letters."""
        rows: list[_Row] = []
        outbox = Outbox(app.conf.topic_partitions)
        for each in await decoded(self._receiver, records, outbox, self._health):
            try:
                rows += [(*row(delivery), len(each.record.value)) for delivery in self._deliveries(each)]
            except InvalidRecord as error:
                self._receiver.reject(each.record, error, outbox)
        await outbox.flush(app.producer._producer)
        return rows

    async def write_if_due(self, app: Any) -> None:
        """Write the batch when it is old enough; chunks that left no row in it are acknowledged at once.

        *Raises*: whatever writing raised.
        """
        if self._written is not None and self._written.done():
            self._written.result()
        if self._batch.due or (self._events and not len(self._batch)):
            await self.write(app)

    async def write(self, app: Any) -> None:
        """Write the batch, however long the store is away, then acknowledge its chunks.

        *Guarantee*: what the store does not take as it is stands among the dead letters of its topic before its chunk
        is acknowledged.
        *Raises*: Fatal when the store takes hardly any row of a table; nothing is acknowledged.
        """
        async with self._writing:
            batch, self._batch = self._batch, self._new_batch()
            events, self._events = self._events, []
            while len(batch):
                try:
                    await asyncio.to_thread(batch.write, self._engine)
                    self._health.moved()
                except Unavailable as error:
                    log.warning("the store is away: %s", error)
                    self._health.wait_for(STORE, str(error))
                    await asyncio.sleep(error.retry_after_seconds)
            self._health.arrived(STORE)
            await self._put_aside(app, batch.refused, events)
            self._health.moved()
            for event in events:
                event.ack()
                topic = self._receiver.catalogued(event.message.topic).name
                metrics.CONSUMED.labels(topic).inc(len(event.value))

    async def _put_aside(self, app: Any, refused: list[Refused], events: list[Any]) -> None:
        """Give what the store refused to the dead letters, with its original bytes."""
        if not refused:
            return
        outbox = Outbox(app.conf.topic_partitions)
        records = {(r.topic, r.partition, r.offset): r for event in events for r in event.value}
        for each in refused:
            record = records[each.place]
            if self._receiver.catalogued(record.topic).dead_lettered:
                self._receiver.reject(record, InvalidRecord(REFUSED, str(each.why)), outbox)
            else:  # it stays where it is
                log.warning("%s[%d]@%d: %s", record.topic, record.partition, record.offset, each.why)
        await outbox.flush(app.producer._producer)

    def watch(self, app: Any) -> None:
        """Let the application look at the batch's age."""

        @app.timer(interval=TICK_SECONDS)  # type: ignore[untyped-decorator]
        async def tick() -> None:
            await self.write_if_due(app)

    def _new_batch(self) -> Batch:
        settings = self._settings
        bounds = settings.sink_rows_max, settings.sink_bytes_max, settings.sink_seconds_max
        return Batch(*bounds, refusals=self._refusals)

    def _deliveries(self, each: Received[Any]) -> list[Delivery]:
        """What goes into the store; nothing of what is in the table of its own topic already, or is no event."""
        record, delivery = each.record, delivery_of(each.record, each.event)
        if self._receiver.catalogued(record.topic) is not MISSION_EVENT_RESOLVED:
            return [delivery]
        if isinstance(each.event, IdentifierHandedOver | ObservationTaken) or is_conveyance(
            (record.key or b"").decode("ascii", "replace")
        ):
            return []
        led_by = value_of(record.headers, RESOLVED_BY)
        by = led_by.decode("utf-8", "replace") if led_by else None
        return [replace(delivery, iot_id=_iot_id(record), resolved_by=by)]


def _rows_of_letters(records: list[ConsumerRecord]) -> list[_Row]:
    return [(*row(letter), length) for letter, length in letters_in(records)]


def _iot_id(record: ConsumerRecord) -> UUID:
    try:
        return UUID((record.key or b"").decode("ascii"))
    except ValueError as error:
        raise InvalidRecord("bad-key", "the record key is not an IOT_ID") from error


async def deliver(app: Any, stream: Any, sink: Sink) -> None:
    """Take chunks for ever; the same shape as every agent, but acknowledged by the batch."""
    async for event in stream.noack().events():
        await sink.take(app, event)
