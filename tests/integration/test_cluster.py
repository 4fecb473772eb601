"""The migrations carried out on a cluster of two real shards, and rows that go in and come out through it.

Debian's servers are old, see ``tests/old_clickhouse.py``: they have no views by the minute.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from uuid import uuid4

import pytest

from domain.events import MissionStatus
from runtime.errors import ConfigError, Unavailable
from runtime.settings import Settings
from sinks.cluster import SHARDED_BY, SUFFIX
from sinks.engine import Engine, engine_for
from sinks.migrate import bundled, migrate, require
from sinks.rows import TABLES, row
from tests import old_clickhouse
from tests.clickhouse_cluster import CLUSTER, cluster_of_two
from tests.clickhouse_server import ClickHouseServer, url_of
from tests.integration.avro_contract import AvroEngine, portion_of, recorded
from tests.integration.delivered_records import delivered, every_record, mission_state, recounted, scanned
from tests.integration.engine_contract import through_view, write
from tests.integration.test_server_engine import in_seconds
from topics.catalog import MISSION_STATE_CHANGED

MISSIONS = 40


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ClickHouseServer, ClickHouseServer]]:
    with cluster_of_two(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers


@pytest.fixture(scope="module")
def engines(servers: tuple[ClickHouseServer, ClickHouseServer]) -> Iterator[tuple[Engine, Engine]]:
    """The database of this release, seen from either host."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        old_clickhouse.translate(patch.setattr)
        urls = (url_of([server]) for server in servers)
        one, other = (stack.enter_context(closing(engine_for(Settings(clickhouse_url=url)))) for url in urls)
        with pytest.raises(Unavailable, match="missionpath migrate"):
            require(one)
        assert migrate(one, cluster=CLUSTER) == [migration.name for migration in bundled()]
        yield one, other


def test_one_migration_is_enough_for_all_hosts(engines: tuple[Engine, Engine]) -> None:
    for engine in engines:
        require(engine)
        assert migrate(engine, cluster=CLUSTER) == []
        with pytest.raises(ConfigError, match="made on a cluster: set MISSIONPATH_CLICKHOUSE_CLUSTER"):
            migrate(engine)


def test_every_record_comes_out_once_whoever_is_asked(engines: tuple[Engine, Engine]) -> None:
    deliveries = every_record()
    for engine in (*engines, engines[0]):  # thrice, as after two crashes
        write(engine, deliveries)
    for delivery in deliveries:
        table, columns = row(delivery)
        for engine in engines:
            assert through_view(engine, table, columns) == [
                {name: in_seconds(value) for name, value in columns.items()}
            ], table


def test_what_was_acknowledged_is_on_its_shard(engines: tuple[Engine, Engine]) -> None:
    """Not in a queue of the host that took it: the sink forgets it then."""
    one, other = engines
    write(one, [delivered(mission_state(uuid4(), 1, MissionStatus.EXPECTED)) for _ in range(MISSIONS)])
    counts = [int(engine.query(f"SELECT count() FROM mission_states{SUFFIX}", "TSV")) for engine in engines]
    assert all(counts)
    assert sum(counts) >= MISSIONS
    assert int(other.query("SELECT count() FROM mission_states", "TSV")) == sum(counts)


def test_what_came_as_avro_is_on_its_shard_too(engines: tuple[AvroEngine, AvroEngine]) -> None:
    states = [mission_state(uuid4(), 1, MissionStatus.EXPECTED) for _ in range(MISSIONS)]
    portion = portion_of([recorded(MISSION_STATE_CHANGED, state, offset) for offset, state in enumerate(states)])
    for engine in engines:  # twice, by one host and by the other
        engine.insert_avro(portion.into, portion.rows)
    named = ", ".join(f"toUUID('{state.iot_id}')" for state in states)
    counts = [
        int(engine.query(f"SELECT count() FROM mission_states{SUFFIX} FINAL WHERE iot_id IN ({named})", "TSV"))
        for engine in engines
    ]
    assert all(counts)
    assert sum(counts) == MISSIONS


def test_a_view_asks_one_distributed_table_in_a_question_to_another(engines: tuple[Engine, Engine]) -> None:
    one, other = engines
    events, iot_id = [scanned(), scanned()], uuid4()
    write(one, [delivered(event, iot_id) for event in events])
    counted = f"SELECT count() FROM v_mission_events WHERE iot_id = toUUID('{iot_id}')"
    assert other.query(counted, "TSV") == b"2\n"
    write(other, [delivered(recounted(delivered(events[0], iot_id), 1, counts=False))])
    assert one.query(counted, "TSV") == b"1\n"


def test_every_table_is_on_every_host(engines: tuple[Engine, Engine]) -> None:
    for engine in engines:
        names = set(engine.query("SHOW TABLES", "TSV").decode().split())
        assert names >= set(TABLES) | {f"{table}{SUFFIX}" for table in SHARDED_BY}
