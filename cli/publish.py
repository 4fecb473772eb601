"""``missionpath publish``: events from JSON Lines files to Kafka."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from cli import bootstrap
from cli.output import console, errors, is_terminal
from readers.jsonl import Line, lines, parse
from readers.publisher import Publisher
from readers.rejects import Rejects
from runtime import metrics
from runtime.errors import ConfigError, InvalidRecord

REPORT_SECONDS = 5.0
SHOWN_MAX = 20


@dataclass(slots=True)
class Tally:
    """What became of the lines so far."""

    read: int = 0
    rejected: int = 0
    bytes_read: int = 0
    started_at: float = field(default_factory=time.monotonic)

    @property
    def rate(self) -> float:
        """Lines a second."""
        return self.read / max(1e-9, time.monotonic() - self.started_at)


def publish(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="JSON Lines files; '-' is standard input.")],
    rate: Annotated[float | None, typer.Option(min=0.001, help="Events a second at the most.")] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="File for refused lines  [default: FILE.rejects.jsonl beside each file]")
    ] = None,
) -> None:
    """Publish events from JSON Lines files.

    One form for IOT_ID generations, scans and customs statuses: `missionpath schema` prints it as JSON Schema.
    A bad line is reported by file and number and kept in the rejects file with the reason; the rest goes through,
    and the exit status is 1. Publishing a file again is harmless: events are recognised by their event_id.
    """
    missing = [name for name in files if name != "-" and not Path(name).is_file()]
    if missing:
        raise ConfigError(f"no such file: {', '.join(missing)}")
    settings = bootstrap.ready()
    publisher = bootstrap.publisher(settings, rate)
    tally = Tally()
    with _progress(files, tally) as advance:
        for name in files:
            _publish_file(name, rejects, publisher, tally, advance)
        publisher.flush()
    console.print(
        f"{publisher.acknowledged:,} events published, {tally.rejected:,} lines rejected, {tally.rate:,.0f} lines/s",
        highlight=False,
    )
    if tally.rejected:
        raise typer.Exit(1)


def rejects_path(name: str) -> Path:
    """Where the refused lines of a file go, unless told otherwise."""
    return Path("stdin.rejects.jsonl") if name == "-" else Path(f"{name.removesuffix('.jsonl')}.rejects.jsonl")


def _publish_file(
    name: str, rejects_file: Path | None, publisher: Publisher, tally: Tally, advance: Callable[[], None]
) -> None:
    with _opened(name) as stream, Rejects(rejects_file or rejects_path(name)) as rejects:
        for line in lines(stream):
            tally.read += 1
            tally.bytes_read += len(line.text) + 1
            try:
                publisher.publish(parse(line))
            except InvalidRecord as error:
                rejects.add(name, line, error)
                tally.rejected += 1
                metrics.REJECTED_LINES.labels(error.reason).inc()
                _report(name, line, error, rejects)
            advance()
    if rejects.count:
        errors.print(f"{name}: {rejects.count:,} lines rejected, kept in {rejects.path}", highlight=False)


def _report(name: str, line: Line, error: InvalidRecord, rejects: Rejects) -> None:
    if rejects.count <= SHOWN_MAX:
        errors.print(f"{name}:{line.number}: {error}", highlight=False, markup=False, soft_wrap=True)
    if rejects.count == SHOWN_MAX:
        errors.print(f"{name}: further bad lines are only written to {rejects.path}", highlight=False)


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror}") from error
    with stream:
        yield stream


@contextmanager
def _progress(files: list[str], tally: Tally) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; off it a line every 5 s."""
    if not is_terminal():
        yield _plain_progress(tally)
        return
    total = None if "-" in files else sum(Path(name).stat().st_size for name in files)
    columns = (TextColumn("publishing"), BarColumn(), DownloadColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=errors, transient=True) as bar:
        task = bar.add_task("publish", total=total, rate="")

        def advance() -> None:
            if tally.read % 500 == 0:
                bar.update(task, completed=tally.bytes_read, rate=f"{tally.rate:,.0f} lines/s")

        yield advance


def _plain_progress(tally: Tally) -> Callable[[], None]:
    reported_at = time.monotonic()

    def advance() -> None:
        nonlocal reported_at
        if time.monotonic() - reported_at >= REPORT_SECONDS:
            reported_at = time.monotonic()
            errors.print(f"{tally.read:,} lines, {tally.rate:,.0f} lines/s", highlight=False)

    return advance
