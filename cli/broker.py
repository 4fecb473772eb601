"""``missionpath broker``: the development broker on this machine."""

import json
from typing import Annotated

import typer

from cli import bootstrap
from deploy.local.broker import BrokerStatus, LocalBroker
from runtime import settings

NOT_RUNNING = 3

_KIND = "development broker (one node, no replication, no authentication)"

app = typer.Typer(
    help="The local development Kafka broker.",
    no_args_is_help=True,
)


@app.command()
def start() -> None:
    """Start the development broker and wait until it answers; harmless when it runs already."""
    loaded = settings.load()
    if loaded.kafka_bootstrap_servers:
        _say_cluster(loaded.kafka_bootstrap_servers, "no development broker is started")
        return
    broker = _broker_of(loaded)
    if not broker.installed:
        # Said before the long silence, on standard error so that it never mixes with the result.
        typer.echo("Installing the development broker through Maven; this may take minutes.", err=True)
    _say(broker.start())


@app.command()
def stop() -> None:
    """Stop the development broker; its data stays."""
    loaded = settings.load()
    if loaded.kafka_bootstrap_servers:
        # One may still run from before the cluster was set: it must remain possible to stop it.
        _say_cluster(loaded.kafka_bootstrap_servers, "it is not touched")
    broker = _broker_of(loaded)
    ran = broker.status() is not None
    broker.stop()
    typer.echo("The development broker has stopped." if ran else "The development broker is not running.")


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Tell where the development broker is; exit status 0 when it answers, 3 when it does not.

    With KAFKA_BOOTSTRAP_SERVERS set, that cluster is named, unasked, with exit status 0.
    """
    loaded = settings.load()
    cluster = loaded.kafka_bootstrap_servers
    found = None if cluster else _broker_of(loaded).status()
    if as_json:
        typer.echo(json.dumps(_as_json(cluster, found)))
    elif cluster:
        _say_cluster(cluster, "no development broker is started")
    elif found:
        _say(found)
    else:
        typer.echo("The development broker is not running. Start it: missionpath broker start")
    if not cluster and not (found and found.ready):
        raise typer.Exit(NOT_RUNNING)


def _broker_of(loaded: settings.Settings) -> LocalBroker:
    return bootstrap.local_broker(loaded)


def _say_cluster(servers: str, consequence: str) -> None:
    typer.echo(f"KAFKA_BOOTSTRAP_SERVERS is set: the cluster at {servers} is used, and {consequence}.")


def _say(found: BrokerStatus) -> None:
    state = "answers at" if found.ready else "runs but does not answer yet at"
    typer.echo(f"The {_KIND} {state} {found.bootstrap_servers}")
    typer.echo(f"  pid {found.pid}, data {found.data}, log {found.log}")


def _as_json(cluster: str | None, found: BrokerStatus | None) -> dict[str, object]:
    """*Shape*: ``ready`` is null for a cluster, which is not asked; the other fields are null when unknown."""
    return {
        "kind": "cluster" if cluster else "development",
        "bootstrap_servers": cluster or (found.bootstrap_servers if found else None),
        "ready": None if cluster else bool(found and found.ready),
        "pid": found.pid if found else None,
        "data": str(found.data) if found else None,
        "log": str(found.log) if found else None,
    }
