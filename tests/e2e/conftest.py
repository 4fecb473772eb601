"""The pipeline as a user runs it: `missionpath up` in a process of its own."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from cli.pipeline import Worker
from cli.stage import Stage
from runtime.clock import FileClock
from runtime.settings import Settings
from tests.waiting import eventually

READY = re.compile(r"^(resolve|track|sink): ready, (http://[^/]+)/metrics$")


@dataclass
class Up:
    """A running `missionpath up`."""

    process: subprocess.Popen[str]
    settings: Settings
    said: list[str] = field(default_factory=list)

    def await_running(self) -> None:
        eventually(lambda: self._says("missionpath is running"), 100)

    def stage(self) -> Stage:
        workers = [Worker(*m.groups()) for line in self.said if (m := READY.match(line))]
        return Stage(self.settings, workers, self._check)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def _says(self, what: str) -> bool:
        self._check()
        return any(what in line for line in self.said)

    def _check(self) -> None:
        assert self.process.poll() is None, "\n".join(self.said)


@pytest.fixture
def clocked(settings: Settings) -> Settings:
    """Settings whose clock stands still before everything."""
    settings.home.mkdir(parents=True)
    moved = settings.model_copy(update={"clock_file": settings.home / "clock"})
    FileClock(settings.home / "clock").set(datetime(2000, 1, 1, tzinfo=UTC))
    return moved


@pytest.fixture
def up(clocked: Settings) -> Iterator[Callable[..., Up]]:
    """Starts `missionpath up`; whatever the test leaves running is stopped."""
    started: list[Up] = []

    def start(program: str = "cli.main", **changed: object) -> Up:
        settings = clocked.model_copy(update=changed)
        process = subprocess.Popen(
            [sys.executable, "-m", program, "up"],
            env={**os.environ, **settings.environment(), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running = Up(process, settings)
        started.append(running)
        threading.Thread(target=_listen, args=(running,), daemon=True).start()
        running.await_running()
        return running

    yield start
    for running in started:
        if running.process.poll() is None:
            running.stop()
        assert running.process.stdout is not None


def _listen(running: Up) -> None:
    assert running.process.stdout is not None
    with running.process.stdout as output:
        for line in output:
            running.said.append(line.rstrip("\n"))
