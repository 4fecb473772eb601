"""The agent ``sink``: every event into ClickHouse, acknowledged only after ClickHouse has acknowledged."""

import asyncio
import logging
from dataclasses import replace
from typing import Any, NamedTuple
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


class _Load(NamedTuple):
    """Rows that are written together, and the chunks that are acknowledged with them."""

    batch: Batch
    events: list[Any]


class Sink:
    """Collects chunks into batches, bounded by rows, bytes and age, and writes one at a time.

    One is filled while the one before is written. While the store is down both wait, the agent waits for them, and so
    nothing more is consumed.
    *Guarantee*: chunks are acknowledged in the order in which they came, and none after a write that failed.
    """

    def __init__(self, settings: Settings, receiver: Receiver, engine: Engine, health: Health) -> None:
        self._settings = settings
        self._receiver = receiver
        self._engine = engine
        self._vouched = Vouched(receiver) if isinstance(engine, AvroTaker) else None
        self._health = health
        self._refusals = Refusals()
        self._load = self._new_load()
        self._writing: asyncio.Task[None] | None = None

    async def take(self, app: Any, event: Any) -> None:
        """Add a chunk to what is collected; when that is full, begin to write it, once the one before is written.

        *Raises*: whatever writing the one before raised.
        """
        if self._receiver.catalogued(event.message.topic).dead_lettered:
            sure, rest = self._vouched.split(event.value) if self._vouched else ([], event.value)
            rows = await self._rows(app, rest) if rest else []
        else:
            sure, rows = [], _rows_of_letters(event.value)
        # Without a pause, so that a row is never in another load than the chunk that it came with.
        batch, events = self._load
        for portion in sure:
            batch.extend(portion.into, portion.rows, portion.size_bytes)
        for table, columns, size_bytes in rows:
            batch.add(table, columns, size_bytes)
        events.append(event)
        self._health.moved()
        while self._load.batch.full:
            if self._writing is None or self._writing.done():
                self._begin_to_write(app)
            else:
                await asyncio.wait([self._writing])

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

    def look(self, app: Any) -> None:
        """Begin to write what is old enough, or left no row to wait for, unless something is being written.

        *Raises*: whatever writing raised.
        """
        if self._writing is not None:
            if not self._writing.done():
                return
            self._writing.result()
        batch, events = self._load
        if batch.due or (events and not len(batch)):
            self._begin_to_write(app)

    def give_up(self) -> None:
        """Wait no more for the write under way: nothing of it is acknowledged, and all of it comes again."""
        if self._writing is not None:
            self._writing.cancel()

    def _begin_to_write(self, app: Any) -> None:
        """Write what is collected, and collect anew; not to be called while something is being written."""
        if self._writing is not None:
            self._writing.result()  # after a failure nothing later may be acknowledged
        load, self._load = self._load, self._new_load()
        self._writing = asyncio.create_task(self._write(app, load))

    async def _write(self, app: Any, load: _Load) -> None:
        """Write a load, however long the store is away, then acknowledge its chunks.

        *Guarantee*: what the store does not take as it is stands among the dead letters of its topic before its chunk
        is acknowledged.
        *Raises*: Fatal when the store takes hardly any row of a table; nothing is acknowledged.
        """
        batch, events = load
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
        """Let the application look at the age of what is collected."""

        @app.timer(interval=TICK_SECONDS)  # type: ignore[untyped-decorator]
        async def tick() -> None:
            self.look(app)

    def _new_load(self) -> _Load:
        settings = self._settings
        bounds = settings.sink_rows_max, settings.sink_bytes_max, settings.sink_seconds_max
        return _Load(Batch(*bounds, refusals=self._refusals), [])

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
    try:
        async for event in stream.noack().events():
            await sink.take(app, event)
    finally:
        sink.give_up()
