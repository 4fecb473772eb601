"""The sink: one load is collected while one is written; nothing is acknowledged too early, nor out of order."""

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, cast

import msgspec
import pytest
from builders import scan
from producer import Broker
from rig import CODEC, record

from domain.events import MissionStateChanged, MissionStatus
from runtime.circuit_breaker import BAD_MIN
from runtime.errors import Fatal, Unavailable
from runtime.health import Health
from runtime.settings import Settings
from sinks.avro_rows import AvroRow, AvroRows
from streams.chunks import Receiver
from streams.outbox import Outbox
from streams.sink import Sink, deliver
from streams.vouched import Vouched
from tests.sink_chunks import DEADLINE_SECONDS, ChunkEvent, app_of, delivering, settled, until
from topics.catalog import ID_SCANNED, MISSION_EVENT_RESOLVED, MISSION_STATE_CHANGED, SINK_GROUP
from topics.codec import BODY_AT
from topics.headers import RESOLVED_BY

IOT_ID = b"840cf5d5-0d1c-4b4f-9b55-0f9d3f1b8c11"
SCAN = scan(1, 0, "ITBRI-GATE-IN")
GOOD = CODEC.encode(SCAN)
STATE = CODEC.encode(
    MissionStateChanged(
        iot_id=SCAN.event_id,
        revision=1,
        status=MissionStatus.DEPARTED,
        process=None,
        changed_at=SCAN.occurred_at,
        last_node=None,
        last_read_at=None,
        next_node=None,
        next_due_at=None,
        nodes_reached=(),
        customs_statuses=(),
        open_holds=(),
        open_alerts=(),
        reads=1,
    )
)


class Store:
    """Notes what it takes, and which way; holds inserts up while it is not ``open``."""

    def __init__(self) -> None:
        self.read: list[int] = []
        self.vouched: list[int] = []
        self.refused: list[BaseException] = []
        self.open = threading.Event()
        self.open.set()
        self.inserting = 0

    def _admit(self) -> None:
        self.inserting += 1
        assert self.inserting == 1
        assert self.open.wait(DEADLINE_SECONDS)
        time.sleep(0)
        self.inserting -= 1
        if self.refused:
            raise self.refused.pop()

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._admit()
        self.read += [row["kafka_offset"] for row in rows]

    def insert_avro(self, into: AvroRows, rows: Sequence[AvroRow]) -> None:
        self._admit()
        self.vouched += [row.offset for row in rows]


def receiver_of(settings: Settings) -> Receiver:
    receiver = Receiver(settings, CODEC, SINK_GROUP)
    for topic, value in ((ID_SCANNED, GOOD), (MISSION_STATE_CHANGED, STATE)):
        receiver.decode([record(topic.name, b"k", value)], Outbox(1))  # so that the codec knows the schema
    return receiver


def sink_of(store: Store, **settings: Any) -> Sink:
    chosen = Settings(**{"partitions": 1, "namespace": "", "sink_seconds_max": 1e-6, **settings})
    return Sink(chosen, receiver_of(chosen), cast(Any, store), Health())


def scanned(*offsets: int, value: bytes | None = GOOD) -> list[Any]:
    return [record(ID_SCANNED.name, b"k", value, offset=offset) for offset in offsets]


def resolved(key: bytes | None, offset: int, *headers: tuple[str, bytes]) -> Any:
    return record(MISSION_EVENT_RESOLVED.name, key, GOOD, headers, offset=offset)


# Which way ------------------------------------------------------------------------------------------------------


def test_garbage_among_good_records_is_a_letter_and_the_good_ones_are_rows() -> None:
    store, broker = Store(), Broker()
    values = [STATE, STATE, STATE[:-1] + b"\x07", b"hello", STATE, None]
    chunk = [record(MISSION_STATE_CHANGED.name, IOT_ID, value, offset=n) for n, value in enumerate(values)]
    asyncio.run(delivering(sink_of(store), app_of(broker), ChunkEvent(*chunk)))
    assert (store.vouched, store.read) == ([0, 1, 4], [])
    letters = broker.written(MISSION_STATE_CHANGED.dead_letters, 0)
    assert [value for _, value, _ in letters] == [values[2], values[3], None]


def test_garbage_of_which_resolve_keeps_the_letters_is_passed_over() -> None:
    store, broker = Store(), Broker()
    chunk = [*scanned(0), *scanned(1, value=GOOD[:-1] + b"\x07"), *scanned(2)]
    asyncio.run(delivering(sink_of(store), app_of(broker), ChunkEvent(*chunk)))
    assert (store.vouched, store.read) == ([0, 2], [])
    assert broker.written(ID_SCANNED.dead_letters, 0) == []


def test_a_seldom_scan_among_usual_ones_goes_the_usual_way() -> None:
    store = Store()
    long = CODEC.encode(msgspec.structs.replace(SCAN, reader="r" * 64))
    chunk = [*scanned(0), *scanned(1, value=long), *scanned(2)]
    asyncio.run(delivering(sink_of(store), app_of(Broker()), ChunkEvent(*chunk)))
    assert (store.vouched, store.read) == ([0, 2], [1])


def test_a_resolved_scan_is_vouched_for_under_an_iot_id_only() -> None:
    store, broker = Store(), Broker()
    keys = [IOT_ID, IOT_ID.upper(), b"TRAIN:41231-20260310", b"no-iot-id", None, IOT_ID + b"\n"]
    chunk = [resolved(key, offset) for offset, key in enumerate(keys)]
    asyncio.run(delivering(sink_of(store), app_of(broker), ChunkEvent(*chunk)))
    # A train's reads have a table of their own; UUID() takes capitals.
    assert (store.vouched, store.read) == ([0], [1])
    assert [key for key, _, _ in broker.written(MISSION_EVENT_RESOLVED.dead_letters, 0)] == keys[3:]


@pytest.mark.parametrize("published_ms", [-1, 1 << 41])
def test_a_time_of_publishing_that_nobody_vouches_for(published_ms: int) -> None:
    vouched = Vouched(receiver_of(Settings(partitions=1, namespace="")))
    (far,) = scanned(0)
    far.timestamp = published_ms
    assert vouched.split([far]) == ([], [far])


def test_a_time_of_publishing_that_no_calendar_has_is_a_letter() -> None:
    """A producer that counts microseconds, for example."""
    store, broker = Store(), Broker()
    chunk = scanned(0, 1, 2)
    chunk[1].timestamp = 1_773_129_600_123_456
    asyncio.run(delivering(sink_of(store), app_of(broker), ChunkEvent(*chunk)))
    assert (store.vouched, store.read) == ([0, 2], [])
    assert [value for _, value, _ in broker.written(ID_SCANNED.dead_letters, 0)] == [GOOD]


def test_what_led_to_the_mission_stands_behind_the_body() -> None:
    vouched = Vouched(receiver_of(Settings(partitions=1, namespace="")))
    chunk = [resolved(IOT_ID, 0, (RESOLVED_BY, b"BIC:CSQU3054383")), resolved(IOT_ID, 1)]
    [portion], rest = vouched.split(chunk)
    assert not rest
    with_led, without = (row.avro.removeprefix(GOOD[BODY_AT:]) for row in portion.rows)
    assert with_led.startswith(b"\x48" + IOT_ID + b"\x02\x1eBIC:CSQU3054383")
    assert without.startswith(b"\x48" + IOT_ID + b"\x00")


@pytest.mark.parametrize(
    "led_by",
    ["PLATE:", "PLATE:~0123", f"PLATE:{'9' * 58}", "PLATE:GA123ÈC", "BIC:PLATE:GA123BC"],
)
def test_a_plate_that_led_in_an_unusual_way_is_looked_for_in_the_row(led_by: str) -> None:
    vouched = Vouched(receiver_of(Settings(partitions=1, namespace="")))
    chunk = [resolved(IOT_ID, 0, (RESOLVED_BY, led_by.encode()))]
    assert vouched.split(chunk) == ([], chunk)


def test_the_circuit_breaker_counts_what_is_vouched_for() -> None:
    numbers, app = range(BAD_MIN + 50), app_of(Broker())
    good, bad = (ChunkEvent(*scanned(*numbers, value=value)) for value in (GOOD, b"hello"))
    asyncio.run(delivering(sink_of(Store()), app, good, bad))
    with pytest.raises(Fatal):
        asyncio.run(delivering(sink_of(Store()), app, ChunkEvent(*bad.value)))


# When -----------------------------------------------------------------------------------------------------------


def test_a_chunk_without_a_row_is_acknowledged_without_a_write() -> None:
    store = Store()
    store.open.clear()
    sink = sink_of(store, sink_seconds_max=60)
    asyncio.run(delivering(sink, app_of(Broker()), ChunkEvent(*scanned(0, value=b"hello"))))


def chunks(acked: list[int], sizes: Sequence[int]) -> list[ChunkEvent]:
    """Chunks that follow each other; each notes its number when it is acknowledged."""
    offsets = count()
    return [
        ChunkEvent(*scanned(*(next(offsets) for _ in range(size))), on_ack=lambda number=number: acked.append(number))
        for number, size in enumerate(sizes)
    ]


def test_a_batch_that_is_due_waits_for_the_one_being_written_and_nothing_is_acknowledged_before() -> None:
    store, acked = Store(), list[int]()
    events, app = chunks(acked, [3, 1]), app_of(Broker())

    async def run() -> None:
        sink = sink_of(store, sink_rows_max=3)
        store.open.clear()
        await sink.take(app, events[0])
        await sink.take(app, events[1])
        for _ in range(10):
            sink.look(app)
            await asyncio.sleep(0.001)
        assert (acked, store.vouched) == ([], [])
        store.open.set()
        await settled(sink, app, *events)

    asyncio.run(run())
    assert (acked, store.vouched) == ([0, 1], [0, 1, 2, 3])


@pytest.mark.parametrize("rows_max", [1, 3, 7, 100])
def test_agent_and_timer_together_write_every_row_once_and_acknowledge_in_order(rows_max: int) -> None:
    store, acked = Store(), list[int]()
    events, app = chunks(acked, [1 + number * number % 5 for number in range(200)]), app_of(Broker())

    async def run() -> None:
        sink = sink_of(store, sink_rows_max=rows_max)
        timer = asyncio.create_task(settled(sink, app, *events))
        for event in events:
            await sink.take(app, event)
            if len(event.value) == 2:
                await asyncio.sleep(0)
        await timer

    asyncio.run(run())
    assert acked == list(range(200))
    assert store.vouched == list(range(sum(len(event.value) for event in events)))


def test_while_the_store_is_away_two_batches_are_held_and_no_more_is_taken() -> None:
    store, acked = Store(), list[int]()
    store.refused = [Unavailable("away", retry_after_seconds=0.001) for _ in range(100)]
    events, app = chunks(acked, [2] * 10), app_of(Broker())

    async def run() -> None:
        sink, taken = sink_of(store, sink_rows_max=4), list[ChunkEvent]()

        async def agent() -> None:
            for event in events:
                taken.append(event)
                await sink.take(app, event)

        store.open.clear()
        working = asyncio.create_task(agent())
        await until(lambda: len(taken) == 4)
        for _ in range(20):
            sink.look(app)
            await asyncio.sleep(0.001)
        assert (len(taken), acked, working.done()) == (4, [], False)  # two rows each
        store.open.set()
        await working
        await settled(sink, app, *events)

    asyncio.run(run())
    assert not store.refused
    assert (acked, store.vouched) == (list(range(10)), list(range(20)))


def test_a_write_that_fails_is_told_by_the_timer_and_nothing_later_is_written_or_acknowledged() -> None:
    store, acked = Store(), list[int]()
    store.refused = [Fatal("no such table")]
    events, app = chunks(acked, [2, 2, 2]), app_of(Broker())

    async def run() -> None:
        sink = sink_of(store, sink_rows_max=2)
        await sink.take(app, events[0])
        with pytest.raises(Fatal, match="no such table"):
            await settled(sink, app, *events)
        for event in events[1:]:
            with pytest.raises(Fatal, match="no such table"):
                await sink.take(app, event)
        with pytest.raises(Fatal, match="no such table"):
            sink.look(app)

    asyncio.run(run())
    assert (acked, store.vouched) == ([], [])


def test_an_agent_that_is_stopped_gives_up_what_is_being_written() -> None:
    store, acked = Store(), list[int]()
    events, app = chunks(acked, [2, 2]), app_of(Broker())

    class Stream:
        def noack(self) -> "Stream":
            return self

        async def events(self) -> Any:
            yield events[0]
            await asyncio.Event().wait()

    async def run() -> set[asyncio.Task[Any]]:
        sink = sink_of(store, sink_rows_max=2)
        store.open.clear()
        agent = asyncio.create_task(deliver(app, Stream(), sink))
        await until(lambda: store.inserting)
        agent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await agent
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        store.open.set()
        return cast("set[asyncio.Task[Any]]", left)

    assert asyncio.run(run()) == set()
    assert acked == []
