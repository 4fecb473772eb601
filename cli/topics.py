"""``missionpath topics``: the catalogue of topics against the broker."""

import json
from typing import Annotated

import typer
from rich.table import Table

from cli import bootstrap, shadow
from cli.output import console
from runtime.errors import ConfigError
from runtime.settings import Settings
from topics import admin, clients
from topics.admin import Action, Step

app = typer.Typer(help="Plan and create the topics.")


@app.command()
def plan(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Show what `apply` would do; changes nothing. Exit status 1 when a topic cannot be brought in line."""
    steps = _plan(bootstrap.ready())
    if as_json:
        typer.echo(json.dumps([{"topic": s.topic, "action": s.action, "detail": s.detail} for s in steps], indent=2))
    else:
        _show(steps)
    if any(step.action is Action.REFUSE for step in steps):
        raise typer.Exit(1)


@app.command()
def apply() -> None:
    """Create the topics that are missing and bring settings in line; never deletes, never changes partitions."""
    settings = bootstrap.ready()
    steps = _plan(settings)
    admin.apply(clients.admin(settings), settings, steps)
    counts = {action: sum(step.action is action for step in steps) for action in Action}
    console.print(
        f"{counts[Action.CREATE]} topics created, {counts[Action.ALTER]} altered, {counts[Action.KEEP]} as they were",
        highlight=False,
    )


@app.command()
def drop(
    name: Annotated[str, typer.Argument(metavar="SHADOW", help="The name given to `missionpath replay --into`.")],
) -> None:
    """Delete the topics and groups of a replay's shadow for good."""
    settings = shadow.settings_of(bootstrap.ready(), name)
    if not shadow.is_there(settings):
        raise ConfigError(f"there is no shadow {settings.namespace}")
    admin.clear(clients.admin(settings), settings)
    console.print(f"the shadow {settings.namespace} is deleted", highlight=False)


def _plan(settings: Settings) -> list[Step]:
    return admin.plan(clients.admin(settings), settings)


def _show(steps: list[Step]) -> None:
    table = Table("action", "topic", "detail", box=None)
    for step in steps:
        table.add_row(step.action.value, step.topic, step.detail)
    console.print(table, soft_wrap=False)
