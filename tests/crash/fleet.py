"""The workers, each a process of its own: started, killed, stopped, frozen; what ends by itself is started again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli.pipeline import Worker, get
from runtime.settings import Settings, env_name
from tests.waiting import eventually

RESTART_SECONDS = 1.0
STOP_SECONDS = 40.0
READY_SECONDS = 120.0
JUDGED_UNTIL = re.compile(r"^missionpath_complete_until_timestamp_seconds (\S+)$", re.MULTILINE)


@dataclass(slots=True)
class Member:
    """One worker; ``process`` is none between its end and its next start, ``start_at`` is when that is."""

    name: str
    instance: str
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    start_at: float = 0.0
    is_frozen: bool = False

    @property
    def label(self) -> str:
        """How it is called in what is printed."""
        return f"{self.name} {self.instance}"

    @property
    def url(self) -> str:
        """Where its metrics are."""
        return f"http://127.0.0.1:{self.port}"

    def judged_until(self) -> float:
        """Up to which moment it has judged absences, in seconds since 1970; 0 before the first time."""
        found = JUDGED_UNTIL.search(get(self.url + "/metrics") or "")
        return float(found.group(1)) if found else 0.0


class Fleet:
    """Keeps workers running, as ``missionpath up`` does, while a test does its worst to them.

    *Shape*: ``program`` is the module that takes the place of ``missionpath``; ``mishaps`` counts what workers did
    that nobody did to them, which costs time, but must cost no event.
    """

    def __init__(
        self, settings: Settings, tell: Callable[[str], None], program: str = "cli.main", **environment: str
    ) -> None:
        # Where a worker is ended by a defect of a library, its log shall say where that was.
        self._environment = {**settings.environment(), **environment, "PYTHONFAULTHANDLER": "1"}
        self._program = program
        self._tell = tell
        self._logs = settings.home / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self.members: list[Member] = []
        self.mishaps: Counter[str] = Counter()

    def add(self, name: str, instance: str) -> None:
        """Start one more worker."""
        member = Member(name, instance, _free_port(), self._logs / f"{name}-{instance}.log")
        self.members.append(member)
        self._start(member)

    def remove(self, member: Member) -> None:
        """Stop a worker for good."""
        self.terminate(member)
        self.members.remove(member)

    def kill(self, member: Member) -> None:
        """End a worker without a word; it is started again a moment later."""
        process = _process_of(member)
        process.kill()
        process.wait()
        self._gone(member)

    def terminate(self, member: Member) -> None:
        """Ask a worker to end and see that it does; it is started again a moment later."""
        process = _process_of(member)
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._tell(f"{member.label} did not end within {STOP_SECONDS:.0f} s of being asked to")
            self.mishaps["worker that did not stop"] += 1
            process.kill()
            process.wait()
        self._gone(member)

    def freeze(self, member: Member) -> None:
        """Let a worker stand still until it is thawed."""
        _process_of(member).send_signal(signal.SIGSTOP)
        member.is_frozen = True

    def thaw(self, member: Member) -> None:
        """Let a frozen worker go on as if nothing had been."""
        member.is_frozen = False
        _process_of(member).send_signal(signal.SIGCONT)

    def check(self) -> None:
        """Start again what has ended; does not block."""
        for member in self.members:
            if member.process is None:
                if time.monotonic() >= member.start_at:
                    self._start(member)
            elif (status := member.process.poll()) is not None:
                self._tell(f"{member.label} ended by itself with status {status}")
                self.mishaps[f"worker that ended by itself with status {status}"] += 1
                self._gone(member)

    def await_ready(self) -> None:
        """Wait until every worker does its work."""
        waiting = {member.url: member for member in self.members}

        def all_ready() -> bool:
            self.check()
            for url in list(waiting):
                if get(url + "/readyz") is not None:
                    del waiting[url]
            return not waiting

        eventually(all_ready, READY_SECONDS)

    def workers(self) -> list[Worker]:
        """The workers as the pipeline's own tools know them."""
        return [Worker(member.name, member.url) for member in self.members]

    def end(self) -> None:
        """Kill whatever runs."""
        for member in self.members:
            if member.process is not None:
                member.process.kill()
                member.process.wait()
                self._gone(member)

    def _start(self, member: Member) -> None:
        command = [sys.executable, "-m", self._program, "worker", member.name]
        with member.log.open("ab") as log:
            member.process = subprocess.Popen(
                [*command, "--instance", member.instance, "--with-parent"],
                env={**os.environ, **self._environment, env_name("http_port"): str(member.port)},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _gone(self, member: Member) -> None:
        assert member.process is not None
        assert member.process.stdin is not None
        member.process.stdin.close()
        member.process, member.is_frozen = None, False
        member.start_at = time.monotonic() + RESTART_SECONDS


def _process_of(member: Member) -> subprocess.Popen[bytes]:
    assert member.process is not None
    return member.process


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
