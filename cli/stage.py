"""Knowing when the pipeline has done everything there is to do."""

import re
import time
from collections.abc import Callable, Sequence

from cli.pipeline import Worker, get
from runtime.errors import Unavailable
from runtime.settings import Settings
from topics.catalog import DEVIATION_ALERT_CHANGED, EVENT_TOPICS, READ_BY, Topic
from topics.progress import Progress

WAIT_SECONDS = 90.0
POLL_SECONDS = 0.25
QUIET_POLLS = 2
_COMPLETE_UNTIL = re.compile(r"^missionpath_complete_until_timestamp_seconds ([0-9.e+]+)$", re.MULTILINE)


class Stage:
    """A running pipeline, watched from outside.

    *Shape*: ``check`` is called while waiting; it raises when the pipeline is past helping.
    *Raises*: every wait raises Unavailable after 90 s, and what ``check`` raises.
    """

    def __init__(self, settings: Settings, workers: Sequence[Worker], check: Callable[[], object]) -> None:
        self._settings = settings
        self._clocked = [worker for worker in workers if worker.name != "sink"]
        self._check = check
        self._progress = Progress(settings)

    def settle(self) -> None:
        """Wait until every group has committed everything, twice running: a group's output is another's input."""
        quiet = 0

        def settled() -> bool:
            nonlocal quiet
            lags = [self._progress.lag(self._settings.topic(g), self._names(topics)) for g, topics in READ_BY.items()]
            quiet = quiet + 1 if not any(lags) else 0
            return quiet >= QUIET_POLLS

        self._wait(settled, "the workers did not come to the end of their topics")

    def await_clock(self, timestamp: float) -> None:
        """Wait until the workers have judged absences as of a moment; *Units*: seconds since 1970."""
        self._wait(
            lambda: all(_complete_until(worker.url) >= timestamp for worker in self._clocked),
            "the workers did not judge absences",
        )

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

    def _names(self, topics: tuple[Topic, ...]) -> list[str]:
        return [self._settings.topic(topic.name) for topic in topics]

    def _wait(self, done: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not done():
            self._check()
            if time.monotonic() > deadline:
                raise Unavailable(f"{otherwise} within {WAIT_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)


def _complete_until(url: str) -> float:
    found = _COMPLETE_UNTIL.search(get(url + "/metrics") or "")
    return float(found.group(1)) if found else 0.0
