"""The same schema on a cluster: replicated tables on every shard, and one distributed table in front of each.

``scans_local`` is what a shard holds, ``scans`` all shards together, into which the sink writes and which views read.
"""

import re

from sinks.engine import DATABASE

SUFFIX = "_local"
RECORD = "schema_migrations"

# As text: not every release of ClickHouse hashes a UUID.
BY_IOT_ID, BY_ALERT, BY_EVENT = (f"cityHash64(toString({each}))" for each in ("iot_id", "alert_id", "event_id"))
BY_READER, BY_IDENTIFIER = "cityHash64(node, reader)", "cityHash64(scheme, value)"
BY_ORIGIN = "cityHash64(origin_topic, origin_partition, origin_offset)"

SHARDED_BY = {
    "iot_ids_generated": BY_IOT_ID,
    "mission_amendments": BY_IOT_ID,
    "mission_events": BY_IOT_ID,
    "observations_recounted": BY_IOT_ID,
    "mission_states": BY_IOT_ID,
    "journeys": BY_IOT_ID,
    "deviation_alerts": BY_ALERT,
    "alert_reviews": BY_ALERT,
    "scans": BY_READER,
    "reader_hours": BY_READER,
    "id_bindings": BY_IDENTIFIER,
    "units_expected": BY_IDENTIFIER,
    "customs_statuses": BY_EVENT,
    "device_signals": BY_EVENT,
    "appointments": "cityHash64(appointment_id)",
    "event_retractions": "cityHash64(toString(retracts))",
    "train_compositions": "cityHash64(train)",
    "train_permissions": "cityHash64(train)",
    "vessel_manifests": "cityHash64(call)",
    "vessel_calls": "cityHash64(call)",
    "masses_verified": "cityHash64(call)",
    "dead_letters": BY_ORIGIN,
    "dead_letters_settled": BY_ORIGIN,
    "plates": "cityHash64(pseudonym)",
}
"""By what each table's rows are laid out on shards.

*Guarantee*: rows with one sorting key, of which one replaces the other, lie on one shard; so do the tables that the
views of the minute read together: everything of a mission, everything of a reader.
"""

# Only the outermost statement says what it is about; the name is always that of the database.
_NAMED = re.compile(
    rf"(?P<what>CREATE (?:OR REPLACE )?(?:TABLE|VIEW|MATERIALIZED VIEW)(?: IF NOT EXISTS)?|ALTER TABLE)"
    rf"\s+(?P<name>(?:{DATABASE}\.)?(?P<table>\w+))"
)
_ENGINE = re.compile(r"ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?")
_ORDER_BY = re.compile(r",\s*MODIFY ORDER BY \([^)]*\)")
_ASKED = re.compile(r"\b(NOT )?IN(?=\s*\(\s*SELECT\b)")
_TABLES = re.compile(rf"\b{DATABASE}\.(v_)?({'|'.join(SHARDED_BY)})\b")


def clustered(statement: str, cluster: str, database: str = DATABASE) -> list[str]:
    """What is to be carried out on a cluster in place of a statement of a migration.

    *Guarantee*: repeating it changes nothing, if that is so of the statement.
    """
    named = _NAMED.match(statement)
    if named is None:  # an INSERT … SELECT: from distributed tables into one
        return [f"{statement},\n    insert_distributed_sync = 1, distributed_product_mode = 'global'"]
    what, name, table = named["what"], named["name"], named["table"]
    rest = statement[named.end() :]
    on_cluster = f"ON CLUSTER `{cluster}`"
    if "MATERIALIZED" in what:
        return [f"{what} {name} {on_cluster}{_of_one_shard(rest)}"]
    if what.endswith("VIEW") or "VIEW IF" in what:
        # What is asked inside is asked once, and not by every shard of every other.
        return [f"{what} {name} {on_cluster}{_ASKED.sub(_globally, rest)}"]
    if table == RECORD:
        # Every host has all of it: who asks any of them learns the version.
        return [
            f"{what} {name} {on_cluster}{_replicated(rest, f'/clickhouse/tables/{{database}}/{table}', '{shard}-')}"
        ]
    local = f"{name}{SUFFIX}"
    if what == "ALTER TABLE":
        return [f"{what} {local} {on_cluster}{rest}", f"{what} {name} {on_cluster}{_ORDER_BY.sub('', rest)}"]
    engine = f"Distributed('{cluster}', '{database}', '{table}{SUFFIX}', {SHARDED_BY[table]})"
    return [
        f"{what} {local} {on_cluster}{_replicated(rest, f'/clickhouse/tables/{{shard}}/{{database}}/{table}', '')}",
        f"{what} {name} {on_cluster} AS {local} ENGINE = {engine}",
    ]


def _globally(found: re.Match[str]) -> str:
    return f"GLOBAL {found[1] or ''}IN"


def _replicated(rest: str, path: str, prefix: str) -> str:
    def engine(found: re.Match[str]) -> str:
        version = f", {found[2]}" if found[2] else ""
        return f"ENGINE = Replicated{found[1]}('{path}', '{prefix}{{replica}}'{version})"

    return _ENGINE.sub(engine, rest, count=1)


def _of_one_shard(rest: str) -> str:
    """Each shard works out its own: it has everything of a mission, and of a reader."""

    def local(found: re.Match[str]) -> str:
        return f"{DATABASE}.{found[2]}{SUFFIX}{' FINAL' if found[1] else ''}"

    return _TABLES.sub(local, rest)
