"""Child processes that are kept running: started, restarted with growing pauses, stopped in order."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import Fatal

QUICK_SECONDS = 20.0
QUICK_FAILURES_MAX = 5
PAUSE_SECONDS_MAX = 10.0
STOP_SECONDS = 20.0
PROBES_PER_BOUND = 12
LOG_BYTES_MAX = 10 << 20
TAIL_LINES = 12


@dataclass(slots=True)
class Child:
    """One process to keep running; what it prints goes to ``log``, which is cut back at each start.

    *Shape*: ``answers`` asks it for a sign of life, and takes a second at most; without it none is asked for.
    *Units*: ``silent_seconds_max`` is for how long it may give none.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    answers: Callable[[], bool] | None = None
    silent_seconds_max: float = 120.0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    quick_failures: int = 0
    asked_at: float = 0.0
    answered_at: float = 0.0

    def is_silent(self, now: float) -> bool:
        """Whether it has given no sign of life for too long: frozen, or stuck beyond its own watchdog."""
        if self.answers is None:
            return False
        if now - self.asked_at >= self.silent_seconds_max / PROBES_PER_BOUND:
            self.asked_at = now
            if self.answers():
                self.answered_at = now
        return now - self.answered_at > self.silent_seconds_max

    def tail(self) -> str:
        """The last lines it printed."""
        try:
            return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-TAIL_LINES:])
        except OSError:
            return ""


class Supervisor:
    """Keeps children running until it is told to stop.

    The children are in sessions of their own, so that Ctrl-C reaches this process alone; each holds the read end
    of a pipe as its standard input, and so notices when this process dies without a word.
    """

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            self._start(child)

    def check(self) -> list[str]:
        """Restart what ended, and end what gives no sign of life any more; returns a line about each change.

        *Guarantee*: blocks for no longer than signs of life take. Pauses between restarts grow from 1 s to 10 s.
        *Raises*: Fatal when a child ends within 20 s of its start five times running, with its last lines.
        """
        return [line for child in self.children for line in self._check(child)]

    def stop(self) -> None:
        """Ask every child to end, one after the other; after 20 s each is killed."""
        for child in self.children:
            if child.process is None:
                continue
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
            try:
                child.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            if child.process.stdin:
                child.process.stdin.close()

    def _start(self, child: Child) -> None:
        child.log.parent.mkdir(parents=True, exist_ok=True)
        mode = "wb" if child.log.exists() and child.log.stat().st_size > LOG_BYTES_MAX else "ab"
        with child.log.open(mode) as log:
            child.process = subprocess.Popen(
                list(child.command),
                env={**os.environ, **child.environment},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child.started_at = child.asked_at = child.answered_at = time.monotonic()

    def _check(self, child: Child) -> list[str]:
        now = time.monotonic()
        if child.process is None:
            if now < child.start_at:
                return []
            self._start(child)
            return [f"{child.name}: started again"]
        status = child.process.poll()
        if status is None:
            if not child.is_silent(now):
                return []
            child.process.kill()  # what is stopped does not hear anything else
            status = child.process.wait()
        quick = now - child.started_at < QUICK_SECONDS
        child.quick_failures = child.quick_failures + 1 if quick else 1
        if child.quick_failures >= QUICK_FAILURES_MAX:
            raise Fatal(f"{child.name} keeps ending (exit status {status}); {child.log} ends with\n{child.tail()}")
        pause_seconds = min(2.0 ** (child.quick_failures - 1), PAUSE_SECONDS_MAX)
        child.process, child.start_at = None, now + pause_seconds
        return [f"{child.name}: ended with exit status {status}, starting again in {pause_seconds:.0f} s"]
