"""``missionpath config``: the settings in force."""

import json
from typing import Annotated

import typer
from rich.table import Table

from cli.output import console
from runtime import settings
from runtime.settings import Settings, env_name, origin


def config(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Print every setting and where it comes from."""
    current = settings.load()
    rows = [
        {
            "name": name,
            "environment": env_name(name),
            "value": None if (value := getattr(current, name)) is None or value == {} else str(value),
            "origin": origin(name),
            "description": info.description or "",
        }
        for name, info in Settings.model_fields.items()
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table("setting", "value", "from", "what it does", box=None)
    for row in rows:
        table.add_row(row["environment"], row["value"] or "-", row["origin"], row["description"])
    console.print(table, soft_wrap=False)
