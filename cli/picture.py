"""Reports as pictures: bars, or lines over time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from runtime.errors import ConfigError
from sinks.report import Picture, Report

SUFFIXES = (".png", ".svg")
BARS_MAX = 60
"""More bars are no picture; the rest is said to be left out."""
WIDTH_INCHES, BAR_INCHES, MARGIN_INCHES, LINES_INCHES = 10.0, 0.22, 1.4, 5.0

Row = Mapping[str, Any]


class Table(msgspec.Struct):
    """What a picture needs of ClickHouse's format JSON."""

    data: list[dict[str, Any]]


def draw(report: Report, table: Table, file: Path) -> None:
    """Draw the report into a file, whose ending says how.

    *Raises*: ConfigError when matplotlib is missing, the ending is neither of the two or the file cannot be written.
    """
    picture = report.picture
    assert picture is not None
    if file.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"--plot {file}: expected a file that ends in {' or '.join(SUFFIXES)}")
    figure = _figure()
    if picture.over is None:
        _bars(figure, picture, table.data)
    else:
        _lines(figure, picture, table.data, picture.over)
    axes = figure.axes[0]
    axes.set_title(report.answers, loc="left", fontsize=10, wrap=True)
    axes.legend(fontsize=8, loc="best")
    try:
        figure.savefig(file, dpi=120, bbox_inches="tight")
    except OSError as error:
        raise ConfigError(f"--plot {file}: {error.strerror}") from error


def _figure() -> Any:
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an optional extra, and a second to load
    except ImportError as error:
        raise ConfigError("matplotlib is not installed: pip install 'missionpath[pictures]'") from error
    # A Figure of its own, not pyplot: nothing opens a window, nothing is kept.
    return Figure(figsize=(WIDTH_INCHES, LINES_INCHES), layout="constrained")


def _bars(figure: Any, picture: Picture, rows: Sequence[Row]) -> None:
    axes, many = figure.add_subplot(), len(picture.values)
    shown = rows[:BARS_MAX]
    figure.set_figheight(MARGIN_INCHES + BAR_INCHES * max(1, len(shown)) * many)
    for number, value in enumerate(picture.values):
        places = [place + number / (many + 1) for place in range(len(shown))]
        axes.barh(places, [_number(row[value]) for row in shown], height=1 / (many + 1), label=_words(value))
    axes.set_yticks([place + (many - 1) / (many + 1) / 2 for place in range(len(shown))])
    axes.set_yticklabels([_label(row, picture.by) for row in shown], fontsize=8)
    axes.margins(y=0.01)
    axes.invert_yaxis()
    if len(rows) > BARS_MAX:
        axes.set_xlabel(f"the first {BARS_MAX} of {len(rows):,}")


def _lines(figure: Any, picture: Picture, rows: Sequence[Row], over: str) -> None:
    axes = figure.add_subplot()
    lines: dict[str, list[Row]] = {}
    for row in rows:
        lines.setdefault(_label(row, picture.by), []).append(row)
    for label, points in lines.items():
        for value in picture.values:
            at = [datetime.fromisoformat(str(point[over])) for point in points]
            axes.plot(at, [_number(point[value]) for point in points], label=label, linewidth=1, marker=".")
    axes.set_ylabel(" ".join(map(_words, picture.values)))
    axes.tick_params(axis="x", rotation=30)


def _number(value: object) -> float:
    """*Shape*: ClickHouse writes counts as text, since JSON has no numbers of 64 bits; what is null draws nothing."""
    return float("nan") if value is None else float(str(value))


def _label(row: Row, columns: tuple[str, ...]) -> str:
    """What a bar or line is of; a yes or no is told by the column's name."""
    cells = ((column, row[column]) for column in columns)
    said = (_words(column) * cell if isinstance(cell, bool) else str(cell) for column, cell in cells)
    return " ".join(filter(None, said))


def _words(column: str) -> str:
    return column.replace("_", " ")
