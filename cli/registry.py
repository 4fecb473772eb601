"""``missionpath registry``: the project's own schema registry file."""

import json
import threading
from contextlib import suppress
from typing import Annotated

import typer

from cli.output import console, errors
from runtime import health, settings
from topics import registry_http
from topics.registry import register_current, registered_versions

app = typer.Typer(help="The project's own schema registry.")


@app.command("list")
def list_versions(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Print every registered schema version."""
    versions = registered_versions()
    if as_json:
        rows = [{"id": v.schema_id, "subject": v.subject, "version": v.version} for v in versions]
        typer.echo(json.dumps(rows, indent=2))
        return
    for version in versions:
        console.print(f"{version.schema_id:4d}  {version.subject}  version {version.version}", highlight=False)


@app.command()
def register() -> None:
    """Give changed Avro schemas their numbers in the registry file; done once by whoever changes one."""
    added = register_current()
    for version in added:
        console.print(
            f"registered {version.subject} version {version.version} as {version.schema_id}", highlight=False
        )
    if not added:
        console.print("nothing to register")


@app.command()
def serve(port: Annotated[int, typer.Option(help="0: any free one.")] = 0) -> None:
    """Serve the registry file over HTTP.

    Answers the read-only paths of Confluent's registry, for kcat, ClickHouse and Kafka Connect, until Ctrl-C.
    """
    host, bound = health.serve(settings.load().http_host, port, {"/": registry_http.answer})
    errors.print(f"schema registry on http://{host}:{bound} (Ctrl-C stops it)", highlight=False)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
