"""How long rows are kept: of each table as the setting ``retention_days`` says, of all others for ever.

A row's age counts from ``written_at``, the store's own clock: ``occurred_at`` is a reader's and ``published_at`` a
producer's, and one that runs wrong would delete a row at once, or never.
"""

import re
from collections.abc import Mapping

import msgspec

from runtime.errors import ConfigError
from sinks.cluster import SUFFIX
from sinks.engine import Engine
from sinks.plates import TABLE as PLATES
from sinks.rows import TABLES

WORKED_OUT = ("journeys", "reader_hours")
"""What is worked out from other tables; its age counts from then."""

CURRENT = ("mission_states", "deviation_alerts")
"""What stands now: of a mission that nobody has seen for years the last row is the one that says so."""

CORRECTIONS: Mapping[str, tuple[str, ...]] = {
    "event_retractions": tuple(
        table for table in TABLES if table not in {*CURRENT, "event_retractions", "observations_recounted"}
        and not table.startswith("dead_letters")
    ),
    "observations_recounted": ("mission_events",),
    "dead_letters_settled": ("dead_letters",),
}  # fmt: skip
"""Tables that say which rows of others do not count, with those others: these would count again without them."""

KNOWN = (*TABLES, *WORKED_OUT, PLATES)
"""All tables of rows."""

MARGIN_DAYS = 30
"""How much longer a correction is kept than what it corrects: expired rows go when ClickHouse next merges them."""

_EXPIRY = re.compile(r"\sTTL (.+?)(?: SETTINGS |$)")


class _Table(msgspec.Struct):
    name: str
    engine_full: str


def keep(engine: Engine, days: Mapping[str, int], *, cluster: str | None = None) -> list[str]:
    """Let each table keep its rows as long as ``days`` says, and all others for ever; on all hosts of ``cluster``.

    *Shape*: returns the names of the tables whose term was changed now.
    *Guarantee*: what is so already is not touched; a term that was set by hand is replaced or taken away.
    *Raises*: ConfigError as ``check`` does; Unavailable or Fatal as Engine.execute does.
    """
    check(days)
    changed = []
    suffix, on_cluster = ("", "") if cluster is None else (SUFFIX, f" ON CLUSTER `{cluster}`")
    for table, expiry in _expiries(engine, suffix).items():
        wanted = f"toDateTime({_age(table)}) + toIntervalDay({days[table]})" if table in days else None
        if expiry != wanted:
            change = f"MODIFY TTL {wanted}" if wanted else "REMOVE TTL"
            engine.execute(f"ALTER TABLE `{engine.database}`.`{table}{suffix}`{on_cluster} {change}")
            changed.append(table)
    return changed


def check(days: Mapping[str, int]) -> None:
    """See that these terms can be kept without making a wrong answer out of what stays.

    *Raises*: ConfigError naming the table.
    """
    for table, term in days.items():
        if table in CURRENT:
            raise _wrong(table, "it says what stands now, which does not expire")
        if table not in KNOWN:
            raise _wrong(table, "there is no such table")
        for corrected in CORRECTIONS.get(table, ()):
            if corrected not in days or days[corrected] + MARGIN_DAYS > term:
                raise _wrong(
                    table, f"it says what does not count in {corrected}: keep it {MARGIN_DAYS} days longer than that"
                )


def _wrong(table: str, why: str) -> ConfigError:
    return ConfigError(f"settings: retention_days.{table}: {why}")


def _age(table: str) -> str:
    return "as_of" if table in WORKED_OUT else "written_at"


def _expiries(engine: Engine, suffix: str) -> dict[str, str | None]:
    """Of each table of rows when they expire, none for never; as ClickHouse writes it."""
    sql = "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase()"
    tables = msgspec.json.Decoder(_Table).decode_lines(engine.query(sql, "JSONEachRow"))
    expiries = {table.name: _EXPIRY.search(table.engine_full) for table in tables}
    found = {table: expiries[table + suffix] for table in KNOWN if table + suffix in expiries}
    return {table: expiry and expiry[1] for table, expiry in found.items()}
