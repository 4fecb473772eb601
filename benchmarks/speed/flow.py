"""The pipeline itself: ``resolve`` with ``track``, the whole of it into ClickHouse, and how late alerts come."""

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from confluent_kafka import OFFSET_END, Consumer, TopicPartition

from benchmarks.speed.ground import Ground, frozen, ignored, workers
from benchmarks.speed.measure import PARTITIONS, Pace, Processes, Running, Watch, between, wait
from benchmarks.speed.traffic import STRAY_NODE, Traffic
from domain.events import IdScanned, InputEvent
from readers.publisher import Publisher
from runtime.errors import Unavailable
from sinks.owner import ask_owner, live_url
from topics.catalog import DEVIATION_ALERT_CHANGED, MISSION_EVENT_RESOLVED, TRACK_GROUP
from topics.codec import Codec
from topics.headers import ORIGIN_MS, number, value_of
from topics.producer import DurableProducer
from topics.registry import FileRegistry

SECONDS_MAX = 60.0
SCANS_PER_SECOND = 1_000
STRAY_EVERY = 20
"""One scan of so many is read where its mission does not lead: an alert each."""

QUERY_SECONDS = 0.2
LISTEN_SECONDS = 2.0
POLL_SECONDS = 0.1
_WRITTEN = (
    "SELECT (SELECT count() FROM v_scans), (SELECT count() FROM v_mission_events), "
    "(SELECT sum(reads) FROM v_mission_states)"
)


class Lateness(NamedTuple):
    """From the publication of a scan to the arrival of its alert, in milliseconds."""

    p50: float
    p99: float
    alerts: int


class Flow:
    """A pipeline with so many missions under way.

    *Shape*: every measurement takes the next reads of all of them.
    """

    def __init__(self, ground: Ground, missions: int) -> None:
        self._ground, self._missions, self._scans = ground, missions, 0
        self._is_under_way = False
        self._settings = ground.settings("flow")
        self._traffic = Traffic()
        self._topic = self._settings.topic(MISSION_EVENT_RESOLVED.name)

    def whole(self, reads: int, times: int, began: Callable[[Running], None] = ignored) -> list[Pace]:
        """Scans a second from the first one published until the last is in every view; the publisher included.

        *Shape*: ``began`` is told the processes when all missions are under way.
        """
        with workers(self._settings, "resolve", "track", "sink") as running:
            self._set_out()
            self._await_views(running)
            began(running)
            return [self._whole(reads, running) for _ in range(times)]

    def resolve_and_track(self, reads: int, times: int) -> list[Pace]:
        """How fast the two come through scans that wait for them."""
        with workers(self._settings, "resolve", "track") as running:
            pids = [*(process.pid for process in running), self._ground.pid]
            watch = Watch(self._ground.servers, self._settings.topic(TRACK_GROUP), self._topic, pids)
            self._set_out()
            watch.await_committed(self._missions + self._scans, running)
            return [self._resolve_and_track(watch, reads, running) for _ in range(times)]

    def lateness(self, reads: int, times: int) -> list[Lateness]:
        """How late alerts are at 1,000 scans a second, some of which deviate."""
        with workers(self._settings, "resolve", "track", "sink") as running:
            self._set_out()
            self._await_views(running)
            return [self._lateness(reads) for _ in range(times)]

    def _whole(self, reads: int, running: Running) -> Pace:
        scans = list(self._next_reads(reads))
        processes = Processes([*(process.pid for process in running), os.getpid(), self._ground.pid])
        began = processes.sample(0)
        self._publish(scans)
        self._await_views(running)
        return between(began, processes.sample(len(scans)))

    def _resolve_and_track(self, watch: Watch, reads: int, running: Running) -> Pace:
        before = self._missions + self._scans
        with frozen(running):
            self._publish(self._next_reads(reads))
        pace = watch.pace(before + 1, self._missions + self._scans, SECONDS_MAX, running)
        watch.await_committed(self._missions + self._scans, running)
        return pace

    def _lateness(self, reads: int) -> Lateness:
        scans = [
            self._traffic.read(mission, number, STRAY_NODE if index % STRAY_EVERY == 0 else None)
            for index, (mission, number) in enumerate(self._next(reads))
        ]
        publisher = self._publisher(SCANS_PER_SECOND)
        # Readers are connected already when something passes.
        for scan in scans[:SCANS_PER_SECOND]:
            publisher.publish(scan)
        with listening(self._ground.servers, self._settings.topic(DEVIATION_ALERT_CHANGED.name)) as heard:
            for scan in scans[SCANS_PER_SECOND:]:
                publisher.publish(scan)
            publisher.flush()
            wait(lambda: len(heard) >= (len(scans) - SCANS_PER_SECOND) // STRAY_EVERY, ())
        return _lateness(heard)

    def _next_reads(self, reads: int) -> Iterator[IdScanned]:
        return (self._traffic.read(mission, number) for mission, number in self._next(reads))

    def _next(self, reads: int) -> list[tuple[int, int]]:
        """Mission and number of the reads to come: the next of every mission, then the one after it."""
        first = self._scans // self._missions + 1
        self._scans += reads * self._missions
        return [(mission, number) for number in range(first, first + reads) for mission in range(self._missions)]

    def _set_out(self) -> None:
        if not self._is_under_way:
            self._publish(map(self._traffic.generation, range(self._missions)))
            self._is_under_way = True

    def _publisher(self, rate: float | None = None) -> Publisher:
        return Publisher(self._settings, Codec(FileRegistry()), DurableProducer(self._settings), rate)

    def _publish(self, events: Iterable[InputEvent]) -> None:
        publisher = self._publisher()
        for event in events:
            publisher.publish(event)
        publisher.flush()

    def _await_views(self, running: Running) -> None:
        """Wait until the views show every scan, that it counts in its mission, and the mission's state with it."""
        events = self._missions + self._scans
        wait(lambda: self._written() == [self._scans, events, self._scans], running)

    def _written(self) -> list[int]:
        time.sleep(QUERY_SECONDS)
        # Never without the sink: whoever opens the data keeps it from opening them.
        url = live_url(self._settings.home)
        try:
            answered = ask_owner(url, _WRITTEN, "TSV") if url else None
        except Unavailable:  # it is starting
            return []
        return [int(count) for count in (answered or b"").split()]


@contextmanager
def listening(servers: str, topic: str) -> Iterator[list[float]]:
    """How many milliseconds ago what caused them was published, of the alerts that arrive meanwhile."""
    late_ms: list[float] = []
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "bench.alerts", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, partition, OFFSET_END) for partition in range(PARTITIONS)])
    consumer.poll(LISTEN_SECONDS)
    ending = threading.Event()

    def listen() -> None:
        while not ending.is_set():
            message = consumer.poll(POLL_SECONDS)
            if message is not None and message.error() is None:
                headers: Any = message.headers() or []
                late_ms.append(time.time() * 1000 - (number(value_of(headers, ORIGIN_MS)) or 0))

    thread = threading.Thread(target=listen, name="alerts")
    thread.start()
    try:
        yield late_ms
    finally:
        ending.set()
        thread.join()
        consumer.close()


def _lateness(late_ms: Sequence[float]) -> Lateness:
    cuts = statistics.quantiles(late_ms, n=100)
    return Lateness(cuts[49], cuts[98], len(late_ms))
