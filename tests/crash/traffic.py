"""The stream that the workers live through: published at a steady pace, and the clock moved along with it."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.events import InputEvent
from readers.publisher import Publisher
from runtime.clock import FileClock
from runtime.errors import MissionpathError
from runtime.settings import Settings
from topics.codec import Codec
from topics.producer import DurableProducer
from topics.registry import FileRegistry

CLOCK_EVERY = 500
"""Events after which the clock is moved on."""

AHEAD = timedelta(hours=18)
"""The clock is ahead of the stream, as when readers report late: absences are found that turn out to be none, so that
alerts are raised and cleared while workers are killed."""

BEFORE_EVERYTHING = datetime(2000, 1, 1, tzinfo=UTC)


class Traffic(threading.Thread):
    """Publishes events in a thread of its own, through whatever happens to the broker.

    *Units*: ``rate`` in events a second.
    """

    def __init__(self, settings: Settings, events: Sequence[InputEvent], rate: float) -> None:
        super().__init__(name="traffic", daemon=True)
        assert settings.clock_file is not None
        self._events = events
        self._publisher = Publisher(settings, Codec(FileRegistry()), DurableProducer(settings), rate)
        self._clock = FileClock(settings.clock_file)
        self.error: MissionpathError | None = None

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self._events)

    @property
    def published(self) -> int:
        """How many events are durable on the broker."""
        return self._publisher.acknowledged

    def run(self) -> None:
        """Publish everything."""
        newest = BEFORE_EVERYTHING
        try:
            for count, event in enumerate(self._events, start=1):
                self._publisher.publish(event)
                newest = max(newest, event.occurred_at)
                if count % CLOCK_EVERY == 0:
                    self._publisher.flush()
                    self._clock.set(newest + AHEAD)
            self._publisher.flush()
        except MissionpathError as error:
            self.error = error
