"""What analysts ask, as named queries: one .sql file each in ``reports/``, whose head says what it answers.

The head is its first comment: a line that says what it answers, ``Parameters:``, ``Columns:``, and ``Picture:`` where
one looks at a picture rather than at figures.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from runtime.settings import Settings
from sinks.engine import Engine
from sinks.migrate import migrate
from sinks.owner import live_url
from sinks.query import ask

WORKED_OUT = ("journeys_worked_out", "reader_hours_worked_out")
"""The views that keep what reports are made of; while a worker owns the data they do so every minute."""

_TROUBLE = """
SELECT concat('since ', toString(last_success_time), ' UTC nothing new is counted: ', substring(exception, 1, 200))
FROM system.view_refreshes WHERE database = currentDatabase() AND exception != '' LIMIT 1
"""
_PLACEHOLDER = re.compile(r"\{(\w+):")
_COLUMN = re.compile(r"^  (\w+) {2,}(\S.*)$", re.MULTILINE)
_PICTURE = re.compile(r"^Picture: (?:bars|line) (?P<values>.+?)(?: over (?P<over>\w+))? by (?P<by>.+)$", re.MULTILINE)
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\0": r"\0", "\b": r"\b", "\f": r"\f"})
"""How a value is written in ClickHouse's format Escaped, in which it takes parameters."""


@dataclass(frozen=True, slots=True)
class Picture:
    """How a report is drawn; *Shape*: of columns. ``over`` is the horizontal axis of lines, none of bars."""

    values: tuple[str, ...]
    by: tuple[str, ...]
    over: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """One named query.

    *Shape*: ``parameters`` are those that the query asks for, ``columns`` say what each one means, units last in
    their names; ``picture`` is none where figures say more.
    """

    name: str
    answers: str
    sql: str
    parameters: tuple[str, ...]
    columns: Mapping[str, str]
    picture: Picture | None


def reports() -> dict[str, Report]:
    """All reports by name."""
    found = sorted((files("sinks") / "reports").iterdir(), key=lambda file: file.name)
    texts = {file.name.removesuffix(".sql"): file.read_text("utf-8") for file in found if file.name.endswith(".sql")}
    return {name: _report(name, text) for name, text in texts.items()}


def _report(name: str, text: str) -> Report:
    lines = text.splitlines()
    end = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    head = "\n".join(line.removeprefix("--").removeprefix(" ") for line in lines[:end])
    sql = "\n".join(lines[end:]).strip()
    return Report(
        name=name,
        answers=head.splitlines()[0],
        sql=sql,
        parameters=tuple(dict.fromkeys(_PLACEHOLDER.findall(sql))),
        columns=dict(_COLUMN.findall(head.partition("Columns:\n")[2])),
        picture=_picture(head),
    )


def _picture(head: str) -> Picture | None:
    said = _PICTURE.search(head)
    return None if said is None else Picture(tuple(said["values"].split()), tuple(said["by"].split()), said["over"])


def work_out(engine: Engine) -> None:
    """Bring what reports are made of up to what is written now; blocks."""
    for view in WORKED_OUT:
        engine.execute(f"SYSTEM REFRESH VIEW {engine.database}.{view}")
        engine.execute(f"SYSTEM WAIT VIEW {engine.database}.{view}")


def tell(settings: Settings, report: Report, given: Mapping[str, str], output_format: str) -> bytes:
    """The report in any ClickHouse format, as of now when no process owns the data, else as of a minute ago.

    *Shape*: ``given`` has a value for each of the report's parameters.
    *Raises*: QueryRefused saying in one line what is wrong with a parameter, and as ``ask`` does.
    """
    parameters = {name: value.translate(ESCAPES) for name, value in given.items()}
    return ask(settings, report.sql, output_format, parameters, prepare=_up_to_now)


def trouble(settings: Settings) -> str:
    """Why the figures of a server, or of a process that owns the data, may be old; empty when they are not."""
    if settings.clickhouse_url is None and live_url(settings.home) is None:
        return ""
    return ask(settings, _TROUBLE, "TSVRaw").decode().strip()


def _up_to_now(engine: Engine) -> None:
    # The data may be of a release before.
    migrate(engine)
    work_out(engine)
