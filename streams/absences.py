"""The clock of a worker: finds what is due and commands its judgement.

A timer cannot write a table, so that a due time becomes a command on a topic of the same partition. It is given
only as far as the input is complete, so that a backlog raises no alert about reads that are still on their way.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.events import DeadlinePassed
from runtime import metrics
from runtime.errors import Unavailable
from runtime.settings import Settings
from streams.deadlines import Deadlines
from streams.outbox import Outbox
from topics.catalog import Topic
from topics.codec import Codec
from topics.progress import Completeness

TICK_SECONDS = 1.0

log = logging.getLogger(__name__)


class Absences:
    """Turns due times into ``DeadlinePassed`` commands."""

    def __init__(
        self, settings: Settings, codec: Codec, topic: Topic, deadlines: Deadlines, completeness: Completeness
    ) -> None:
        self._topic = settings.topic(topic.name)
        self._codec = codec
        self._deadlines = deadlines
        self._completeness = completeness
        self._lateness = timedelta(seconds=settings.lateness_seconds)

    async def tick(self, app: Any) -> None:
        """Command what is due now; does nothing while the tables are being recovered."""
        if app.rebalancing or app.in_recovery:
            return
        try:
            await asyncio.to_thread(self._completeness.poll)
        except Unavailable as error:
            log.warning("absences wait: %s", error)
        until = self._completeness.until
        if until is None or app.rebalancing or app.in_recovery:
            return
        outbox = Outbox(app.conf.topic_partitions)
        self.command(until - self._lateness, outbox)
        await outbox.flush(app.producer._producer)
        due_at = self._deadlines.next_due_at()
        metrics.DEADLINES.set(len(self._deadlines))
        metrics.NEXT_DUE.set(due_at.timestamp() if due_at else 0)
        metrics.COMPLETE_UNTIL.set(until.timestamp())

    def command(self, as_of: datetime, outbox: Outbox) -> None:
        """Put a command into the outbox for everything that was due by ``as_of``."""
        for partition, key in self._deadlines.pop_due(as_of):
            event = DeadlinePassed(subject=key.decode(), as_of=as_of.astimezone(UTC))
            outbox.put(self._topic, key, self._codec.encode(event), partition=partition)
            metrics.DEADLINES_PASSED.inc()


def watch(app: Any, absences: Absences) -> None:
    """Let the application tick every second."""

    @app.timer(interval=TICK_SECONDS)  # type: ignore[untyped-decorator]
    async def tick() -> None:
        await absences.tick(app)
