"""Ends a worker that stands still, so that its supervisor starts it again.

A worker can look well and do nothing: a consumer that lost its fetches, an agent that waits for what never comes, an
event loop that hangs while the consumer's own thread keeps its partitions. It looks from a thread of its own,
therefore, and asks Kafka by a client of its own.
"""

import faulthandler
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from runtime import metrics
from runtime.errors import Unavailable
from runtime.health import PARTITIONS, Health
from topics.groups import Place
from topics.whereabouts import Partition

STATUS = 1
LOOKS_PER_BOUND = 8
LOOK_SECONDS_MAX = 15.0
PAUSE_LOOKS = 4
LAST_WORDS_SECONDS = 5.0
PULSE_SECONDS = 1.0
NAMED_MAX = 10

log = logging.getLogger(__name__)


class Waiting(Protocol):
    """What waits in Kafka for the worker's group; see ``topics.groups.Backlog``."""

    def places(self, topics: list[str]) -> dict[Partition, Place]:
        """How far the group has come in every partition of the topics."""
        ...

    def is_readable(self, places: Mapping[Partition, Place]) -> bool:
        """Whether there really is a record to read in one of the places."""
        ...


@dataclass(frozen=True, slots=True)
class Standstill:
    """Partitions of a worker that wait, while it does nothing; *Units*: for how long it was watched doing nothing."""

    group: str
    seconds: float
    silent_seconds: float
    places: Mapping[Partition, Place]

    def __str__(self) -> str:
        named = islice(sorted(self.places.items()), NAMED_MAX)
        what = ", ".join(f"{topic}[{p}]@{place.offset} lags by {place.lag}" for (topic, p), place in named)
        more = f" and {len(self.places) - NAMED_MAX} more partitions" if len(self.places) > NAMED_MAX else ""
        return (
            f"{self.group} stands still: nothing was worked through or acknowledged for {self.seconds:.0f} s, "
            f"the last heartbeat of the event loop is {self.silent_seconds:.0f} s old; {what}{more}"
        )


@dataclass(frozen=True, slots=True)
class _Suspicion:
    """Records waited at a moment, and nothing has moved since."""

    since: float
    assigned: frozenset[Partition]
    places: Mapping[Partition, Place]


class Watchdog:
    """Watches one worker.

    *Units*: ``seconds_max`` is how long it may stand still; ``clock`` counts seconds from anywhere and never jumps.
    *Shape*: ``assigned`` are the partitions that the worker has now, and that it is to acknowledge.
    """

    def __init__(
        self,
        group: str,
        seconds_max: float,
        health: Health,
        waiting: Waiting,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._group = group
        self._seconds_max = seconds_max
        self._health = health
        self._waiting = waiting
        self._clock = clock
        self._moves = health.moves
        self._looked_at = clock()
        self._suspicion: _Suspicion | None = None
        self.interval_seconds = min(seconds_max / LOOKS_PER_BOUND, LOOK_SECONDS_MAX)
        self.assigned: frozenset[Partition] = frozenset()

    def look(self) -> Standstill | None:
        """Look once, at every interval: whether it stands still, and has for longer than it may.

        It does when records have waited all the time, nothing was worked through or acknowledged, and there was no
        reason for it: no assignment or recovery under way, nothing away that it waits for, and Kafka there itself.
        """
        moves, now = self._health.moves, self._clock()
        # This thread slept much too long: the process was stopped, or the machine slept. That is nobody's standstill.
        was_paused = now - self._looked_at > PAUSE_LOOKS * self.interval_seconds
        found = None
        if was_paused or moves != self._moves or not self.assigned or self._is_excused():
            self._suspicion = None
        else:
            try:
                found = self._judge(now)
            except Unavailable as error:
                log.info("nothing is known of %s: %s", self._group, error)
        # To ask takes time, in which it may have gone on.
        has_gone_on = self._health.moves != moves or self._is_excused()
        self._moves, self._looked_at = moves, self._clock()
        return None if has_gone_on else found

    def _judge(self, now: float) -> Standstill | None:
        """*Raises*: Unavailable when Kafka does not answer: then it is Kafka that everything waits for."""
        assigned, before, self._suspicion = self.assigned, self._suspicion, None
        waits = self._places(assigned)
        still = _unmoved(before.places, waits) if before is not None and before.assigned is assigned else {}
        if before is None or not still:
            self._suspicion = _Suspicion(now, assigned, waits) if waits else None
            return None
        if now - before.since < self._seconds_max:
            self._suspicion = before
            return None
        if not self._waiting.is_readable(still):
            return None
        return Standstill(self._group, now - before.since, self._health.silent_seconds, still)

    def _places(self, assigned: frozenset[Partition]) -> dict[Partition, Place]:
        """Where records wait for this worker."""
        places = self._waiting.places(sorted({topic for topic, _ in assigned}))
        return {tp: place for tp, place in places.items() if tp in assigned and place.lag > 0}

    def _is_excused(self) -> bool:
        # Who waits still has a heartbeat; a loop that hangs goes on saying what it waited for last.
        return not self._health.ready and self._health.silent_seconds < self._seconds_max


def _unmoved(before: Mapping[Partition, Place], now: Mapping[Partition, Place]) -> dict[Partition, Place]:
    return {tp: place for tp, place in now.items() if tp in before and before[tp].offset == place.offset}


def pulse(app: Any, health: Health) -> None:
    """Let the application show every second that its event loop turns, and whether it has its partitions.

    By a timer that does nothing else: one that waits for Kafka or for ClickHouse would look like a loop that hangs.
    """

    @app.timer(interval=PULSE_SECONDS)  # type: ignore[untyped-decorator]
    async def beat() -> None:
        health.beat()
        if app.rebalancing or app.in_recovery:
            health.wait_for(PARTITIONS, "assignment or recovery is under way")
        else:
            health.arrived(PARTITIONS)
        metrics.RECOVERY_REMAINING.set(app.tables.recovery.active_remaining_total() if app.in_recovery else 0)


def keep(app: Any, watchdog: Watchdog, topics: Iterable[str]) -> None:
    """Let a watchdog watch the application from its first assignment on; it acknowledges the ``topics``."""
    acknowledged = frozenset(topics)
    thread = threading.Thread(target=_watch, args=(watchdog,), name="watchdog", daemon=True)

    @app.on_partitions_assigned.connect  # type: ignore[untyped-decorator]
    async def assigned(_: Any, partitions: Iterable[Any], **__: Any) -> None:
        watchdog.assigned = frozenset((tp.topic, tp.partition) for tp in partitions if tp.topic in acknowledged)
        if thread.ident is None:
            thread.start()

    @app.on_partitions_revoked.connect  # type: ignore[untyped-decorator]
    async def revoked(_: Any, __: Any, **___: Any) -> None:
        watchdog.assigned = frozenset()


def _watch(watchdog: Watchdog) -> None:
    while True:
        time.sleep(watchdog.interval_seconds)
        if (found := watchdog.look()) is not None:
            _end(found)


def _end(found: Standstill) -> None:
    """Say what stands still and where every thread is, and end at once: what hangs cannot be stopped in order."""
    # The log itself may be what hangs.
    last_words = threading.Timer(LAST_WORDS_SECONDS, os._exit, (STATUS,))
    last_words.daemon = True
    last_words.start()
    log.error("%s; ending with status %d to be started again", found, STATUS)
    faulthandler.dump_traceback(all_threads=True)
    os._exit(STATUS)
