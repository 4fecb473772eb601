"""``missionpath worker``: one worker process in the foreground."""

import os
import signal
import threading
from enum import StrEnum
from typing import Annotated

import typer

from cli import bootstrap
from runtime import logs, settings

STDIN = 0


class WorkerName(StrEnum):
    """The workers of the pipeline."""

    RESOLVE = "resolve"
    TRACK = "track"
    SINK = "sink"


def worker(
    name: Annotated[WorkerName, typer.Argument(help="Which worker.")],
    instance: Annotated[
        str | None, typer.Option(help="Static group member id, stable over restarts, one a running process.")
    ] = None,
    with_parent: Annotated[bool, typer.Option(hidden=True, help="Stop when standard input closes.")] = False,
) -> None:
    """Run one worker until a signal stops it.

    Several may run side by side; they share the partitions. /metrics, /healthz and /readyz are served on
    MISSIONPATH_HTTP_HOST and MISSIONPATH_HTTP_PORT. Exit status 1 asks a supervisor to start it again.
    """
    logs.configure(settings.load().log_level)
    if with_parent:
        threading.Thread(target=_stop_with_parent, name="parent", daemon=True).start()
    bootstrap.run_worker(name.value, instance)


def _stop_with_parent() -> None:
    """The supervisor holds the other end: when it dies without a word, this reads the end of the file."""
    while os.read(STDIN, 1024):  # not sys.stdin: its lock, held here, would abort the interpreter's own end
        pass
    os.kill(os.getpid(), signal.SIGTERM)
