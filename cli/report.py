"""``missionpath report``: what analysts ask, by name."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import msgspec
import typer

from cli.output import console, errors
from cli.picture import Table, draw
from cli.simulate import moment
from runtime import settings
from runtime.errors import ConfigError
from sinks.report import Report, reports, tell, trouble

_TIME = "%Y-%m-%d %H:%M:%S.%f"
_ALWAYS = {"from": "1970-01-01 00:00:00", "to": "2200-01-01 00:00:00"}
_BY = ("kind", "node", "reader", "operator")


def report(
    name: Annotated[str | None, typer.Argument(help="Which report; without it all are listed.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="List all reports.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option("--from", parser=moment, metavar="TIME", help="From this time on, e.g. 2026-03-01T00:00Z."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", parser=moment, metavar="TIME", help="Until just before this time.")
    ] = None,
    node: Annotated[str | None, typer.Option(help="Only this node.")] = None,
    process: Annotated[str | None, typer.Option(help="Only this customs process.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of deviation.")] = None,
    by: Annotated[str | None, typer.Option(help=f"By which of {', '.join(_BY)}  [default: kind]")] = None,
    iot_id: Annotated[UUID | None, typer.Option(help="Which mission.")] = None,
    output_format: Annotated[
        str, typer.Option("--format", help="Any ClickHouse format: JSON, CSVWithNames, Parquet, …")
    ] = "PrettyCompact",
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png|svg", help="Draw it into a file instead of printing it.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="Where embedded data is, if not where the settings say.")
    ] = None,
) -> None:
    """Answer a question that analysts ask often; each one is explained in docs/reports.md.

    While a worker keeps the data, missions are counted as they stood at most two minutes ago.
    """
    known = reports()
    if listing or name is None:
        _list(known)
        return
    asked = _known(known, name)
    options = {
        "from": None if since is None else since.strftime(_TIME),
        "to": None if until is None else until.strftime(_TIME),
        "node": node,
        "process": process,
        "kind": kind,
        "by": by,
        "iot_id": None if iot_id is None else str(iot_id),
    }
    given = _given(asked, options)
    where = settings.load()
    if home is not None:
        where = where.model_copy(update={"home": home, "clickhouse_url": None})
    if old := trouble(where):
        errors.print(f"missionpath: {old}", highlight=False, markup=False)
    if plot is not None:
        if asked.picture is None:
            raise ConfigError(f"there is no picture of {name}; there is of {_list_of(_drawn(known))}")
        draw(asked, msgspec.json.decode(tell(where, asked, given, "JSON"), type=Table), plot)
        return
    # Bytes as they are: Parquet is no text, and nobody wants colours in a file.
    sys.stdout.buffer.write(tell(where, asked, given, output_format))
    sys.stdout.buffer.flush()


def _known(known: dict[str, Report], name: str) -> Report:
    if name not in known:
        raise ConfigError(f"there is no report {name}; there are {_list_of(known)}")
    return known[name]


def _given(asked: Report, options: dict[str, str | None]) -> dict[str, str]:
    """A value for each parameter of the report. *Raises*: ConfigError naming the option."""
    for option, value in options.items():
        if value is not None and option not in asked.parameters:
            takes = _list_of([_flag(each) for each in asked.parameters])
            raise ConfigError(f"the report {asked.name} takes no {_flag(option)}; it takes {takes}")
    if "iot_id" in asked.parameters and options["iot_id"] is None:
        raise ConfigError(f"the report {asked.name} needs {_flag('iot_id')}")
    if options["by"] not in (None, *_BY):
        raise ConfigError(f"--by {options['by']}: expected one of {_list_of(_BY)}")
    defaults = {**_ALWAYS, "by": _BY[0]}
    return {name: options[name] or defaults.get(name, "") for name in asked.parameters}


def _flag(parameter: str) -> str:
    return "--" + parameter.replace("_", "-")


def _list(known: dict[str, Report]) -> None:
    width = max(map(len, known))
    for each in known.values():
        console.print(f"{each.name:<{width}}  {each.answers}", highlight=False, markup=False)
        takes = " ".join(map(_flag, each.parameters))
        console.print(f"{'':<{width}}  {takes}{' --plot' if each.picture else ''}", highlight=False, markup=False)


def _drawn(known: dict[str, Report]) -> list[str]:
    return [each.name for each in known.values() if each.picture is not None]


def _list_of(names: dict[str, Report] | list[str] | tuple[str, ...]) -> str:
    return ", ".join(names)
