"""The whole pipeline as child processes: used by ``up``, which keeps it, and by ``demo``, which ends it."""

import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runtime.errors import Unavailable
from runtime.settings import Settings, env_name
from runtime.supervisor import Child, Supervisor
from topics import admin, clients
from topics.admin import Action

WORKERS = ("resolve", "track", "sink")
COMMAND = (sys.executable, "-m", "cli.main")
READY_SECONDS = 90.0
PROBE_SECONDS = 2.0
ALIVE_SECONDS = 1.0
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process and where it answers."""

    name: str
    url: str


class Pipeline:
    """The workers over topics that exist, supervised."""

    def __init__(self, settings: Settings, workers: Sequence[str] = WORKERS) -> None:
        self._settings = settings
        ports = {name: _free_port(settings.http_host) for name in workers}
        self.workers = [Worker(name, f"http://{settings.http_host}:{port}") for name, port in ports.items()]
        self._supervisor = Supervisor([_child(settings, name, port) for name, port in ports.items()])

    def start(self, tell: Callable[[str], None]) -> None:
        """Create the topics, start the workers and wait until all are ready.

        *Raises*: Unavailable when they are not within 90 s; Fatal when one keeps ending, with its last lines.
        """
        client = clients.admin(self._settings)
        steps = admin.plan(client, self._settings)
        admin.apply(client, self._settings, steps)
        created = sum(step.action is Action.CREATE for step in steps)
        tell(f"topics: {len(steps)} ({created} created)")
        self._supervisor.start()
        self._await_ready(tell)

    def check(self) -> list[str]:
        """Restart workers that ended; a line about each change. See Supervisor."""
        return self._supervisor.check()

    def stop(self) -> None:
        """Stop the workers, each after its chunk in hand."""
        self._supervisor.stop()

    def _await_ready(self, tell: Callable[[str], None]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = {worker.name: worker for worker in self.workers}
        while waiting:
            for line in self.check():
                tell(line)
            for worker in list(waiting.values()):
                if get(worker.url + "/readyz") is not None:
                    del waiting[worker.name]
                    tell(f"{worker.name}: ready, {worker.url}/metrics")
            if waiting and time.monotonic() > deadline:
                logs = ", ".join(str(c.log) for c in self._supervisor.children if c.name in waiting)
                raise Unavailable(f"not ready after {READY_SECONDS:.0f} s: {', '.join(waiting)}; see {logs}")
            time.sleep(POLL_SECONDS)


def get(url: str, seconds_max: float = PROBE_SECONDS) -> str | None:
    """The body of a local page; none when it is not there or does not answer 200."""
    try:
        with urllib.request.urlopen(url, timeout=seconds_max) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError):
        return None


def _child(settings: Settings, name: str, port: int) -> Child:
    return Child(
        name=name,
        command=[*COMMAND, "worker", name, "--instance", "local", "--with-parent"],
        environment={**settings.environment(), env_name("http_port"): str(port)},
        log=settings.home / "logs" / f"{name}.log",
        answers=lambda: get(f"http://{settings.http_host}:{port}/healthz", ALIVE_SECONDS) is not None,
        silent_seconds_max=settings.stall_seconds_max,
    )


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as probe:
        return int(probe.getsockname()[1])
