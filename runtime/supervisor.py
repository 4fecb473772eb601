"""Child processes that are kept running: started, restarted with growing pauses, stopped in order."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import Fatal

QUICK_SECONDS = 20.0
QUICK_FAILURES_MAX = 5
PAUSE_SECONDS_MAX = 10.0
STOP_SECONDS = 20.0
LOG_BYTES_MAX = 10 << 20
TAIL_LINES = 12


@dataclass(slots=True)
class Child:
    """One process to keep running; what it prints goes to ``log``, which is cut back at each start."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    quick_failures: int = 0

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
        """Restart what ended; returns a line about each change.

        *Guarantee*: does not block. Pauses between restarts grow from 1 s to 10 s.
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
        child.started_at = time.monotonic()

    def _check(self, child: Child) -> list[str]:
        now = time.monotonic()
        if child.process is None:
            if now < child.start_at:
                return []
            self._start(child)
            return [f"{child.name}: started again"]
        status = child.process.poll()
        if status is None:
            return []
        quick = now - child.started_at < QUICK_SECONDS
        child.quick_failures = child.quick_failures + 1 if quick else 1
        if child.quick_failures >= QUICK_FAILURES_MAX:
            raise Fatal(f"{child.name} keeps ending (exit status {status}); {child.log} ends with\n{child.tail()}")
        pause_seconds = min(2.0 ** (child.quick_failures - 1), PAUSE_SECONDS_MAX)
        child.process, child.start_at = None, now + pause_seconds
        return [f"{child.name}: ended with exit status {status}, starting again in {pause_seconds:.0f} s"]
