"""``missionpath simulate``: a port's traffic with planted deviations, to a file, to standard output or to Kafka."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated, Any

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli import bootstrap
from cli.output import errors, is_terminal
from domain.events import InputEvent
from domain.port import Port
from readers.simulator import NoiseRates, Parameters, Row, Simulation, Totals, encode_row
from readers.simulator.parameters import DEFAULT_START
from runtime import settings as settings_module
from runtime.clock import clock_for
from runtime.errors import ConfigError, Fatal

REPORT_SECONDS = 5.0
ADVANCE_EVERY = 500
PAUSE_SECONDS_MIN = 0.005
"""Shorter pauses are not worth a system call: the next events wait together."""
KAFKA = "kafka"
STDOUT = "-"
_DEFAULT = NoiseRates()

Take = Callable[[InputEvent], None]


def share(text: str | float) -> float:
    """A share as ``3%`` or ``0.03``; a default comes as it is. *Raises*: typer.BadParameter."""
    text = str(text)
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise typer.BadParameter(f"{text}: expected a share such as 3% or 0.03")
    return number


def moment(text: str | datetime) -> datetime:
    """A time with an offset; a default comes as it is. *Raises*: typer.BadParameter."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise typer.BadParameter(f"{text}: expected a time such as 2026-03-01T00:00Z") from error
    if at.tzinfo is None:
        raise typer.BadParameter(f"{text}: the time needs an offset, such as Z")
    return at.astimezone(UTC)


def _rate(text: str) -> Any:
    return typer.Option(parser=share, metavar="SHARE", help=text)


def simulate(
    port: Annotated[
        str | None, typer.Option(help="Name of an example port, or a port file  [default: the settings' port_file]")
    ] = None,
    missions: Annotated[int, typer.Option(min=0, help="How many missions.")] = 1_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same events.")] = 7,
    deviating: Annotated[float, _rate("Missions, trains and calls that deviate.")] = 0.03,
    returns: Annotated[float, _rate("Missions whose unit, or whose truck, has been here before.")] = 0.2,
    missions_a_day: Annotated[float, typer.Option(min=0.1, max=100_000, help="Density in event time.")] = 720.0,
    start: Annotated[
        datetime,
        typer.Option(
            parser=moment, metavar="TIME", help="When the first mission starts; its ship is announced days before."
        ),
    ] = DEFAULT_START,
    until_now: Annotated[
        bool, typer.Option("--until-now", help="Start so that everything is over, and due, by now.")
    ] = False,
    misreads: Annotated[float, _rate("Camera reads with one character misread.")] = _DEFAULT.misreads,
    duplicates: Annotated[float, _rate("Events that come twice.")] = _DEFAULT.duplicates,
    repeats: Annotated[float, _rate("Camera reads with a second frame.")] = _DEFAULT.repeats,
    delays: Annotated[float, _rate("Time for which a reader is cut off.")] = _DEFAULT.delays,
    disorder: Annotated[float, _rate("Events overtaken by later ones.")] = _DEFAULT.disorder,
    rate: Annotated[
        float | None, typer.Option(min=0.001, help="Events a second at the most, to standard output or Kafka.")
    ] = None,
    to: Annotated[
        str, typer.Option(metavar="FILE|-|kafka", help="Where to: a file, standard output, Kafka.")
    ] = STDOUT,
    truth: Annotated[Path | None, typer.Option(help="File for what was planted, for `missionpath score`.")] = None,
) -> None:
    """Simulate a port and tell the ground truth.

    Missions by road, rail and sea with their trains and ships, some of them deviating, with noise. The events are
    lines for `missionpath publish`, in order of arrival, or go straight to Kafka. Shares are written 3% or 0.03.
    Without noise: --misreads 0 --duplicates 0 --repeats 0 --delays 0 --disorder 0.
    """
    rates = NoiseRates(misreads=misreads, duplicates=duplicates, repeats=repeats, delays=delays, disorder=disorder)
    parameters = Parameters(
        seed=seed,
        missions=missions,
        deviating=deviating,
        returns=returns,
        start=start,
        missions_a_day=missions_a_day,
        noise=rates,
    )
    loaded = _port(port)
    if until_now:
        parameters = _until_now(loaded, parameters)
    with _truth(truth) as tell, _taker(to, rate) as take:
        simulation = _simulation(loaded, parameters, tell)
        with _progress(simulation.totals, missions) as advance:
            for event in simulation.events():
                take(event)
                advance()
    _report(simulation.totals)


def _port(name: str | None) -> Port:
    if name is None:
        return bootstrap.port(settings_module.load().port_file)
    example = Path("examples") / name / "port.json"
    return bootstrap.port(example if example.is_file() and not Path(name).is_file() else Path(name))


def _simulation(port: Port, parameters: Parameters, tell: Callable[[Row], None] | None = None) -> Simulation:
    try:
        return Simulation(port, parameters, tell) if tell else Simulation(port, parameters)
    except ValueError as error:
        raise ConfigError(f"port {port.locode}: {error}") from error


def _until_now(port: Port, parameters: Parameters) -> Parameters:
    now = clock_for(settings_module.load().clock_file).now()
    start = (now - _simulation(port, parameters).longest).replace(second=0, microsecond=0)
    return msgspec.structs.replace(parameters, start=start)


@contextmanager
def _truth(path: Path | None) -> Iterator[Callable[[Row], None] | None]:
    if path is None:
        yield None
        return
    with _created(path) as file:
        yield lambda row: _write(file, encode_row(row), path)


@contextmanager
def _taker(to: str, rate: float | None) -> Iterator[Take]:
    """What takes the events; everything is durable, or written, at the end."""
    encode = msgspec.json.Encoder().encode
    if to == KAFKA:
        publisher = bootstrap.publisher(bootstrap.ready(), rate)
        yield publisher.publish
        publisher.flush()
    elif to == STDOUT:
        pace = _pace(rate)
        out = sys.stdout.buffer

        def take(event: InputEvent) -> None:
            pace(out.flush)
            out.write(encode(event) + b"\n")

        try:
            yield take
            out.flush()
        except BrokenPipeError:
            # Whoever reads has had enough; what the interpreter flushes at its end must go nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
    else:
        path = Path(to)
        with _created(path) as file:
            yield lambda event: _write(file, encode(event) + b"\n", path)


def _pace(rate: float | None) -> Callable[[Callable[[], None]], None]:
    """Waits for an event's turn, after letting go of what was written before."""
    if not rate:
        return lambda _flush: None
    gap, due = 1 / rate, time.monotonic()

    def wait(flush: Callable[[], None]) -> None:
        nonlocal due
        now = time.monotonic()
        # After a pause of the reader it goes on at the rate, without making up for what it missed.
        due = max(due + gap, now - 1)
        if due - now > PAUSE_SECONDS_MIN:
            flush()
            time.sleep(due - now)

    return wait


@contextmanager
def _created(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("wb")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    with file:
        yield file


def _write(file: IO[bytes], line: bytes, path: Path) -> None:
    try:
        file.write(line)
    except OSError as error:
        raise Fatal(f"{path} cannot be written: {error.strerror}") from error


@contextmanager
def _progress(totals: Totals, missions: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; off it a line every 5 s."""
    if not is_terminal():
        yield _plain_progress(totals, missions)
        return
    columns = (TextColumn("missions"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[events]}"))
    with Progress(*columns, TimeRemainingColumn(), console=errors, transient=True) as bar:
        task = bar.add_task("simulate", total=missions, events="")

        def advance() -> None:
            if totals.events % ADVANCE_EVERY == 0:
                bar.update(task, completed=totals.missions, events=f"{totals.events:,} events")

        yield advance


def _plain_progress(totals: Totals, missions: int) -> Callable[[], None]:
    reported_at = time.monotonic()

    def advance() -> None:
        nonlocal reported_at
        if totals.events % ADVANCE_EVERY == 0 and time.monotonic() - reported_at >= REPORT_SECONDS:
            reported_at = time.monotonic()
            errors.print(f"{totals.missions:,} of {missions:,} missions, {totals.events:,} events", highlight=False)

    return advance


def _report(totals: Totals) -> None:
    over = f", over by {totals.over_at:%Y-%m-%dT%H:%M:%SZ}" if totals.over_at else ""
    errors.print(
        f"{totals.events:,} events of {totals.missions:,} missions, {totals.trains:,} trains and {totals.calls:,} "
        f"ships' calls{over}; {totals.planted:,} deviations planted into {totals.deviating:,} of them",
        highlight=False,
    )
