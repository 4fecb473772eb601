"""The migrations on a cluster: every statement is ClickHouse's, and rows that replace each other share a shard."""

import re

import pytest
from chdb import query

from sinks.cluster import SHARDED_BY, clustered
from sinks.migrate import bundled
from sinks.plates import TABLE as PLATES
from sinks.retention import WORKED_OUT
from sinks.rows import TABLES

STATEMENTS = [statement for migration in bundled() for statement in migration.statements]
CREATED = {
    found[1]: statement
    for statement in STATEMENTS
    if (found := re.match(r"CREATE TABLE IF NOT EXISTS missionpath\.(\w+)", statement))
}


def formatted(statement: str) -> str:
    """The statement as ClickHouse writes it; what is none of its own raises."""
    text = statement.replace("\\", "\\\\").replace("'", "\\'")
    return bytes(query(f"SELECT formatQuerySingleLine('{text}')", "RawBLOB").bytes()).decode()


@pytest.mark.parametrize("number", range(len(STATEMENTS)))
def test_every_statement_is_one_of_clickhouses_and_for_all_hosts(number: int) -> None:
    for each in clustered(STATEMENTS[number], "port"):
        plain = formatted(each)
        if plain.startswith("INSERT"):
            assert "insert_distributed_sync = 1" in plain
        else:
            assert "ON CLUSTER port" in plain


def test_every_table_has_its_shards() -> None:
    assert set(SHARDED_BY) == set(CREATED) == {*TABLES, *WORKED_OUT, PLATES}


@pytest.mark.parametrize("table", SHARDED_BY)
def test_rows_that_replace_each_other_meet_on_one_shard(table: str) -> None:
    key = re.search(r"ORDER BY \(?([^)\n]*)", CREATED[table])
    by = re.fullmatch(r"cityHash64\((?:toString\()?([^)]*)\)+", SHARDED_BY[table])
    assert key
    assert by
    unchanging = set(key[1].split(", "))
    if "event_id" in unchanging:  # whose fields never change
        return
    assert set(by[1].split(", ")) <= unchanging


@pytest.mark.parametrize("table", CREATED)
def test_a_table_is_replicated_on_each_shard_and_distributed_over_all(table: str) -> None:
    local, distributed = map(formatted, clustered(CREATED[table], "port", "harbour"))
    assert local.startswith(f"CREATE TABLE IF NOT EXISTS missionpath.{table}_local ON CLUSTER port ")
    path = f"/clickhouse/tables/{{shard}}/{{database}}/{table}"
    version = re.search(r"ENGINE = ReplacingMergeTree\((\w+)\)", CREATED[table])
    assert version
    assert f"ENGINE = ReplicatedReplacingMergeTree('{path}', '{{replica}}', {version[1]})" in local
    assert distributed.endswith(
        f"AS missionpath.{table}_local ENGINE = Distributed('port', 'harbour', '{table}_local', {SHARDED_BY[table]})"
    )


def test_a_view_asks_one_distributed_table_in_a_question_to_another_once() -> None:
    made = [each for each in STATEMENTS if re.match(r"CREATE (OR REPLACE )?VIEW", each)]
    views = [formatted(clustered(each, "port")[0]) for each in made]
    assert any("GLOBAL NOT IN (SELECT" in view for view in views)
    assert not any(re.search(r"(?<!GLOBAL )(?<!GLOBAL NOT )\bIN \(SELECT", view) for view in views)


def test_what_is_worked_out_by_the_minute_stays_on_its_shard() -> None:
    views = [each for each in STATEMENTS if each.startswith("CREATE MATERIALIZED VIEW")]
    assert len(views) == len(WORKED_OUT)
    for view in views:
        [plain] = map(formatted, clustered(view, "port"))
        tables = set(re.findall(r"missionpath\.(\w+)", plain)) - {f"{table}_worked_out" for table in WORKED_OUT}
        assert tables
        assert all(table.endswith("_local") for table in tables)
        assert "scans_local FINAL" in plain or "mission_events_local" in plain
