"""``missionpath score``: alerts against the ground truth of a simulation."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli import bootstrap
from cli.output import console
from cli.simulate import moment
from domain.deviations import RULES
from domain.events import DeviationAlertChanged
from readers.score import Difference, KindScore, Score, Truth, compare, read_truth
from runtime import settings as settings_module
from runtime.clock import clock_for
from runtime.errors import ConfigError
from topics.alert_feed import AlertFeed

SHOWN_MAX = 50
KIND_WIDTH = max(map(len, RULES))
HEAD = ["kind", "planted", "found", "missed", "false", "transient", "precision", "recall", "unexplained"]


def score(
    truth: Annotated[Path, typer.Option(help="The truth that `missionpath simulate --truth` wrote.")],
    alerts: Annotated[
        str | None,
        typer.Option(metavar="FILE|-", help="Lines of `missionpath alerts --json`  [default: the alerts on Kafka]"),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            parser=moment, metavar="TIME", help="Up to when absences were judged  [default: the pipeline's clock]"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compare alerts with a simulation's truth.

    Precision and recall per kind, every difference explained. What counts is what stands at the end; alerts that
    were raised and cleared again are transient. The exit status is 1 when a missed or false alert is not explained
    by a misread.
    """
    known = _truth(truth)
    heard = _from_kafka() if alerts is None else _from_lines(alerts)
    judged_until = until or clock_for(settings_module.load().clock_file).now()
    result = compare(known, heard, judged_until)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(_document(result)) + b"\n")
    else:
        _show(result)
    if result.unexplained:
        raise typer.Exit(1)


def _truth(path: Path) -> Truth:
    try:
        with path.open("rb") as lines:
            return read_truth(lines)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error


def _from_kafka() -> Iterator[DeviationAlertChanged]:
    settings = bootstrap.ready()
    feed = AlertFeed(settings, bootstrap.codec(settings))
    return (heard.alert for heard in feed.listen(until_end=True) if heard is not None)


def _from_lines(name: str) -> Iterator[DeviationAlertChanged]:
    decode = msgspec.json.Decoder(DeviationAlertChanged).decode
    try:
        with Path(name).open("rb") if name != "-" else sys.stdin.buffer as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield decode(line)
                except msgspec.MsgspecError as error:
                    raise ConfigError(f"{name}:{number}: not an alert: {error}") from error
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror}") from error


def _document(result: Score) -> dict[str, object]:
    kinds = [
        {**msgspec.structs.asdict(each), "precision": each.precision, "recall": each.recall} for each in result.kinds
    ]
    return {"kinds": kinds, "not_due": result.not_due, "differences": result.differences}


def _show(result: Score) -> None:
    for row in (HEAD, *(_cells(each) for each in result.kinds)):
        name, *figures = row
        console.print(f"{name:<{KIND_WIDTH}}" + "".join(f"{figure:>12}" for figure in figures), highlight=False)
    for difference in sorted(result.differences, key=lambda each: each.explanation is not None)[:SHOWN_MAX]:
        _line(difference)
    if len(result.differences) > SHOWN_MAX:
        console.print(f"… and {len(result.differences) - SHOWN_MAX:,} more; --json lists all", highlight=False)
    if result.not_due:
        console.print(f"{result.not_due:,} planted deviations were not due yet and do not count", highlight=False)
    console.print(
        f"{len(result.differences):,} differences, {len(result.unexplained):,} of them unexplained", highlight=False
    )


def _cells(each: KindScore) -> list[str]:
    counts = (each.planted, each.found, each.missed, each.false, each.transient)
    shares = (each.precision, each.recall)
    return [
        each.kind,
        *(f"{count:,}" for count in counts),
        *("–" if one is None else f"{one:.4f}" for one in shares),
        f"{each.unexplained:,}",
    ]


def _line(difference: Difference) -> None:
    reason = difference.explanation or f"UNEXPLAINED; {difference.why}"
    head = f"{difference.what:<9} {difference.kind:<{KIND_WIDTH}} {difference.owner} ({difference.subject})"
    console.print(f"{head}: {reason}", highlight=False, markup=False)
