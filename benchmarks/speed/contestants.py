"""The contest: plain clients, stock Faust, Quix Streams and ``track`` over one topic."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.speed import fill
from benchmarks.speed.ground import Ground, ignored, processes, workers
from benchmarks.speed.measure import Pace, Running, Watch
from benchmarks.speed.traffic import Traffic
from topics.catalog import MISSION_EVENT_RESOLVED, MISSIONS_TABLE, TRACK_GROUP

SECONDS_MAX = 22.0
"""How long a contestant is watched at the most: four checkpoints of Quix Streams, every 5 s."""
BENCH_PYTHON = Path(".local/bench-venv/bin/python")


class Contestants:
    """Everybody who reads the topic, one at a time.

    *Shape*: the generations at the topic's beginning are the way up to speed and not measured.
    """

    def __init__(self, ground: Ground, missions: int, reads: int) -> None:
        self._ground, self._missions, self._turns = ground, missions, 0
        self._settings = ground.settings("contest")
        self._topic = self._settings.topic(MISSION_EVENT_RESOLVED.name)
        self._records = fill.resolved(self._settings, Traffic().events(missions, reads))

    def by_name(self) -> dict[str, Callable[[], Pace]]:
        """What measures whom, once each call."""
        return {
            "confluent-kafka, consume and decode": lambda: self._guest("plain_confluent", sys.executable),
            "aiokafka, consume and decode": lambda: self._guest("plain_aiokafka", sys.executable),
            "stock Faust, the same job": lambda: self._guest("stock_faust", sys.executable),
            "Quix Streams, the same job": lambda: self._guest("quix", str(BENCH_PYTHON)),
            "track": self.track,
        }

    def _guest(self, module: str, python: str) -> Pace:
        self._turns += 1
        name = f"{module.replace('_', '-')}-{self._turns}"
        self._ground.create(f"{name}.states", f"{name}.alerts")
        home = self._ground.home / name
        command = [python, "-m", f"benchmarks.speed.{module}", self._ground.servers, self._topic, name, str(home)]
        with processes([command], home, {**os.environ, "PYTHONPATH": "."}) as running:
            watch = Watch(self._ground.servers, name, self._topic, [running[0].pid, self._ground.pid])
            return watch.pace(self._missions, self._records, SECONDS_MAX, running)

    def track(self, began: Callable[[Running], None] = ignored) -> Pace:
        """Measure ``track``; ``began`` is told its process when it is up to speed."""
        group = self._settings.topic(TRACK_GROUP)
        with workers(self._settings, "track") as running:
            watch = Watch(self._ground.servers, group, self._topic, [running[0].pid, self._ground.pid])
            watch.await_committed(self._missions, running)
            began(running)
            pace = watch.pace(self._missions, self._records, SECONDS_MAX, running)
        self._ground.forget(self._settings, TRACK_GROUP, MISSIONS_TABLE)
        return pace
