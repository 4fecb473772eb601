"""``missionpath schema``: the form of published lines."""

import json

import typer

from readers.jsonl import json_schema


def schema() -> None:
    """Print the form of published lines as JSON Schema."""
    typer.echo(json.dumps(json_schema(), indent=2))
