"""Children are started again when they end, and when they give no sign of life any more."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runtime.supervisor import Child, Supervisor
from tests.waiting import eventually

SILENT_SECONDS_MAX = 2.0
BEATS = """
import sys, time
while True:
    open(sys.argv[1], "w").write(str(time.monotonic()))
    time.sleep(0.01)
"""


@pytest.fixture
def beat(tmp_path: Path) -> Path:
    return tmp_path / "beat"


@pytest.fixture
def supervisor(beat: Path, tmp_path: Path) -> Iterator[Supervisor]:
    """Keeps a child that writes a file over and over; that the file is new each time is its sign of life."""

    def answers() -> bool:
        found = beat.exists()
        beat.unlink(missing_ok=True)
        return found

    child = Child(
        "beats", [sys.executable, "-c", BEATS, str(beat)], {}, tmp_path / "log", answers, SILENT_SECONDS_MAX
    )
    keeper = Supervisor([child])
    keeper.start()
    yield keeper
    keeper.stop()


def pid(supervisor: Supervisor) -> int:
    process = supervisor.children[0].process
    return process.pid if process else 0


def says(supervisor: Supervisor, what: str) -> bool:
    return any(what in line for line in supervisor.check())


def test_a_child_that_was_stopped_from_outside_is_ended_and_started_again(supervisor: Supervisor, beat: Path) -> None:
    eventually(beat.exists)
    first = pid(supervisor)
    os.kill(first, signal.SIGSTOP)
    eventually(lambda: says(supervisor, "ended with exit status -9"))
    eventually(lambda: says(supervisor, "started again"))
    assert pid(supervisor) not in (0, first)
    assert not psutil.pid_exists(first)


def test_a_child_that_gives_signs_of_life_is_left_alone(supervisor: Supervisor, beat: Path) -> None:
    eventually(beat.exists)
    first, asked_at = pid(supervisor), supervisor.children[0].asked_at
    eventually(lambda: not supervisor.check() and supervisor.children[0].asked_at > asked_at + 2 * SILENT_SECONDS_MAX)
    assert pid(supervisor) == first
