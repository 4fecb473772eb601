"""Knowing when the pipeline has done everything there is to do."""

import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from cli.held import COMPLETE_UNTIL, NEXT_DUE
from cli.pipeline import Worker, get
from runtime import metrics
from runtime.errors import Unavailable
from runtime.settings import Settings
from topics.catalog import DEVIATION_ALERT_CHANGED, EVENT_TOPICS, READ_BY, Topic
from topics.progress import Progress

WAIT_SECONDS = 90.0
POLL_SECONDS = 0.25
QUIET_POLLS = 2

T = TypeVar("T")


class Stage:
    """A running pipeline, watched from outside.

    *Shape*: ``check`` is called while waiting; it raises when the pipeline is past helping. ``groups`` are those that
    work in it.
    *Raises*: every wait raises Unavailable after 90 s in which nothing moved, and what ``check`` raises.
    """

    def __init__(
        self,
        settings: Settings,
        workers: Sequence[Worker],
        check: Callable[[], object],
        groups: Collection[str] = tuple(READ_BY),
    ) -> None:
        self._settings = settings
        self._clocked = [worker for worker in workers if worker.name != "sink"]
        self._check = check
        self._read = {settings.topic(group): self._names(READ_BY[group]) for group in groups}
        self._progress = Progress(settings)

    def settle(self) -> None:
        """Wait until every group has committed everything, twice running: a group's output is another's input."""
        quiet = 0

        def settled(lags: list[int]) -> bool:
            nonlocal quiet
            quiet = quiet + 1 if not any(lags) else 0
            return quiet >= QUIET_POLLS

        self._wait(self._lags, settled, "the workers did not come to the end of their topics")

    def await_room(self, records_max: int) -> None:
        """Wait until no more than so many records are left to the groups."""
        self._wait(self._lags, lambda lags: sum(lags) <= records_max, "the workers do not get on")

    def await_clock(self, timestamp: float) -> None:
        """Wait until the workers have judged all absences as of a moment; *Units*: seconds since 1970."""
        due_until = timestamp - self._settings.lateness_seconds

        def judged(figures: list[tuple[float, float]]) -> bool:
            return all(until >= timestamp and not 0 < due_at <= due_until for until, due_at in figures)

        def figures() -> list[tuple[float, float]]:
            return [_clock_of(worker.url) for worker in self._clocked]

        self._wait(figures, judged, "the workers did not judge absences")

    def records(self, topic: Topic) -> int:
        """How many records were ever written to a topic."""
        return sum(self._progress.ends([self._settings.topic(topic.name)]).values())

    def alert_records(self) -> int:
        """How many records the alert topic holds."""
        return self.records(DEVIATION_ALERT_CHANGED)

    def records_by_topic(self) -> dict[str, int]:
        """The same of every event topic and its dead letters, those with any."""
        ends = self._progress.ends(
            [self._settings.topic(n) for t in EVENT_TOPICS for n in (t.name, t.dead_letters) if n]
        )
        counts: dict[str, int] = {}
        for (topic, _), end in ends.items():
            counts[topic] = counts.get(topic, 0) + end
        return {topic: count for topic, count in counts.items() if count}

    def _lags(self) -> list[int]:
        return [self._progress.lag(group, topics) for group, topics in self._read.items()]

    def _names(self, topics: tuple[Topic, ...]) -> list[str]:
        return [self._settings.topic(topic.name) for topic in topics]

    def _wait(self, look: Callable[[], T], is_done: Callable[[T], bool], otherwise: str) -> None:
        seen, moved_at = None, time.monotonic()
        while not is_done(found := look()):
            self._check()
            if found != seen:
                seen, moved_at = found, time.monotonic()
            if time.monotonic() - moved_at > WAIT_SECONDS:
                raise Unavailable(f"{otherwise}: nothing moved for {WAIT_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)


def _clock_of(url: str) -> tuple[float, float]:
    """Up to when a worker has judged absences, and when the next is due; zeros when it does not answer."""
    figures = metrics.values_in(get(url + "/metrics") or "")
    return figures.get(COMPLETE_UNTIL, 0.0), figures.get(NEXT_DUE, 0.0)
