"""``missionpath status``: how the pipeline stands now."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli import bootstrap
from cli.group_report import GroupReport, State, observe
from cli.held import RECOVERY_REMAINING, Held, held_by, total
from cli.output import console
from cli.worker_report import WorkerReport
from runtime import settings as settings_module
from runtime.errors import ConfigError, Unavailable
from runtime.settings import Settings
from topics.catalog import RESOLVE_GROUP, TRACK_GROUP
from topics.whereabouts import Partition

NOT_WELL = 1
UNKNOWN = "unknown"
_STYLES = {State.AT_WORK: "green", State.CATCHES_UP: "yellow"}


def status(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Tell how the workers stand: what waits for them, what they wait for, and what they hold.

    Exit status 0 when every group is at work or catches up; 1 when one has no worker, has records to read and does
    not move for 15 s, or waits: for its partitions, its recovery, ClickHouse or the schema registry; 3 when Kafka
    does not answer.
    """
    settings = _with_kafka()
    groups = observe(settings)
    workers = {group.name: group.workers for group in groups}
    held = held_by(workers[settings.topic(RESOLVE_GROUP)], workers[settings.topic(TRACK_GROUP)])
    if as_json:
        typer.echo(json.dumps(_as_json(settings, groups, held)))
    else:
        _show(settings, groups, held)
    if not _is_well(groups):
        raise typer.Exit(NOT_WELL)


def _with_kafka() -> Settings:
    """*Raises*: Unavailable when there is no Kafka: here that is an answer, and no wrong setting."""
    settings = settings_module.load()
    try:
        return bootstrap.with_kafka(settings)
    except ConfigError as error:
        raise Unavailable(str(error)) from error


def _is_well(groups: Iterable[GroupReport]) -> bool:
    return all(group.state.is_well for group in groups)


def _as_json(settings: Settings, groups: Sequence[GroupReport], held: Held) -> dict[str, Any]:
    """*Shape*: a figure is null when a worker that knows it does not answer."""
    return {
        "kafka": settings.kafka_bootstrap_servers,
        "well": _is_well(groups),
        "groups": [
            {
                "group": group.name,
                "state": group.state.value,
                "lag": group.lag,
                "waiting": [
                    {"topic": topic, "partition": partition, "offset": place.offset, "lag": place.lag}
                    for (topic, partition), place in sorted(group.places.items())
                    if place.lag
                ],
                "workers": [_worker_as_json(group, worker) for worker in group.workers],
            }
            for group in groups
        ],
        "missions": held.missions,
        "missions_open": held.missions_open,
        "parked_observations": held.parked_observations,
        "next_due_at": held.next_due_at.isoformat() if held.next_due_at else None,
        "complete_until": held.complete_until.isoformat() if held.complete_until else None,
    }


def _worker_as_json(group: GroupReport, worker: WorkerReport) -> dict[str, Any]:
    by_topic: dict[str, list[int]] = {}
    for topic, partition in _read(group, worker):
        by_topic.setdefault(topic, []).append(partition)
    return {
        "worker": worker.member.name,
        "url": worker.member.url,
        "answers": worker.answers,
        "waits_for": list(worker.waits_for),
        "recovery_remaining_records": total([worker], RECOVERY_REMAINING),
        "partitions": by_topic,
    }


def _read(group: GroupReport, worker: WorkerReport) -> list[Partition]:
    """The partitions that a worker reads for its group; a worker with tables has their changelogs as well."""
    return [tp for tp in worker.member.partitions if tp in group.places]


def _show(settings: Settings, groups: Sequence[GroupReport], held: Held) -> None:
    console.print(f"Kafka: {settings.kafka_bootstrap_servers}", highlight=False)
    table = Table("group", "state", "workers", "lag", box=None)
    for group in groups:
        state = f"[{_STYLES.get(group.state, 'bold red')}]{group.state.value}[/]"
        table.add_row(group.name, state, f"{len(group.workers)}", f"{group.lag:,}")
    _print(table)
    table = Table("worker", "answers at", "partitions", "says", box=None)
    for group in groups:
        for worker in group.workers:
            read = f"{len(_read(group, worker))}"
            table.add_row(worker.member.name, worker.member.url or UNKNOWN, read, escape(_says(worker)))
    _print(table)
    table = Table("waits for", "in", "records", box=None)
    for group in groups:
        for (topic, partition), place in sorted(group.places.items()):
            if place.lag:
                table.add_row(group.name, f"{topic}[{partition}]", f"{place.lag:,}")
    _print(table)
    table = Table("the workers hold", "", box=None)
    table.add_row("missions open", _number(held.missions_open))
    table.add_row("missions, trains and ships", _number(held.missions))
    table.add_row("observations parked", _number(held.parked_observations))
    table.add_row("next due", _moment(held.next_due_at))
    table.add_row("complete until", _moment(held.complete_until))
    _print(table)


def _print(table: Table) -> None:
    if table.row_count:
        console.print()
        console.print(table, soft_wrap=False)


def _says(worker: WorkerReport) -> str:
    if not worker.answers:
        return "nothing" if worker.answers is None else "does not answer"
    remaining = total([worker], RECOVERY_REMAINING)
    still = [f"{remaining:,} records left to recover"] if remaining else []
    return "; ".join([*worker.waits_for, *still]) or "ready"


def _number(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else "-"
