"""What a demonstration ends with: the figures, and what to type next."""

from collections import Counter
from statistics import quantiles

import msgspec
from rich.table import Table

from cli.listener import Listener
from cli.output import console
from cli.scenario import state_of
from runtime.settings import Settings
from sinks.query import ask

TABLES = """
SELECT name, total_rows FROM system.tables
WHERE database = 'missionpath' AND engine LIKE '%MergeTree' AND name != 'schema_migrations' ORDER BY name
"""
MISSIONS = "SELECT status, count() AS missions FROM missionpath.v_mission_states GROUP BY status ORDER BY status"


def summarise(settings: Settings, listener: Listener, records_by_topic: dict[str, int]) -> None:
    """Print everything that a run ended with."""
    _table("events per topic", records_by_topic)
    _table("missions by status", _query(settings, MISSIONS))
    _alerts(listener)
    console.print(latency_line(listener.latencies_seconds), highlight=False)
    _table("rows per ClickHouse table", _query(settings, TABLES))
    console.print(
        "\nWhat to type next:\n"
        f'  missionpath query --home {settings.home} "SELECT kind, count() FROM v_open_alerts GROUP BY kind"\n'
        "  missionpath up                                 keep the pipeline running, then in another terminal:\n"
        "  missionpath publish examples/bari/1-traffic.jsonl\n"
        "  missionpath alerts --follow\n"
        "  missionpath --help",
        highlight=False,
        markup=False,
    )


def latency_line(latencies_seconds: list[float]) -> str:
    """Median and 99th percentile of scan → alert."""
    if len(latencies_seconds) <= 1:
        return "scan → alert latency: too few alerts to tell"
    cuts = quantiles(latencies_seconds, n=100, method="inclusive")
    p50, p99 = cuts[49] * 1000, cuts[98] * 1000
    return f"\nscan → alert latency: p50 {p50:.0f} ms, p99 {p99:.0f} ms over {len(latencies_seconds)} alert changes"


def _alerts(listener: Listener) -> None:
    by_state: dict[str, Counter[str]] = {"open": Counter(), "disposed": Counter(), "cleared": Counter()}
    for alert in listener.latest.values():
        by_state[state_of(alert)][alert.kind] += 1
    table = Table("alerts by kind", *by_state, box=None)
    for kind in sorted({alert.kind for alert in listener.latest.values()}):
        table.add_row(kind, *(str(counted[kind]) for counted in by_state.values()))
    console.print()
    console.print(table, soft_wrap=False)


def _table(title: str, rows: dict[str, int]) -> None:
    table = Table(title, "count", box=None)
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    console.print()
    console.print(table, soft_wrap=False)


def _query(settings: Settings, sql: str) -> dict[str, int]:
    rows = msgspec.json.decode(ask(settings, sql, "JSONCompact"))["data"]
    return {str(name): int(count) for name, count in rows}
