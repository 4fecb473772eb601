"""``missionpath query``: SQL over everything the pipeline has written."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from runtime import settings
from sinks.query import ask


def query(
    sql: Annotated[str, typer.Argument(help="One reading statement; - reads it from standard input.")],
    output_format: Annotated[
        str, typer.Option("--format", help="Any ClickHouse format: JSON, CSVWithNames, Parquet, …")
    ] = "PrettyCompact",
    home: Annotated[
        Path | None, typer.Option("--home", help="Where embedded data is, if not where the settings say.")
    ] = None,
) -> None:
    """Ask ClickHouse with SQL, read-only.

    Start with `SHOW TABLES`; the views, called v_…, show every event once.
    """
    text = sys.stdin.read() if sql == "-" else sql
    # Bytes as they are: Parquet is no text, and nobody wants colours in a file.
    where = settings.load()
    if home is not None:
        where = where.model_copy(update={"home": home, "clickhouse_url": None})
    sys.stdout.buffer.write(ask(where, text, output_format))
    sys.stdout.buffer.flush()
