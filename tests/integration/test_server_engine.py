"""A ClickHouse server as every engine, and as one at the other end of a network."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest

from runtime.errors import ConfigError, Unavailable
from runtime.settings import Settings
from sinks.engine import Engine, QueryRefused, engine_for
from sinks.migrate import bundled, migrate, require
from tests import old_clickhouse
from tests.clickhouse_server import (
    DATABASE,
    PASSWORD_IN_URL,
    USER,
    ClickHouseServer,
    free_ports,
    running,
    url_of,
)
from tests.integration.avro_contract import AvroEngine, scans
from tests.integration.delivered_records import delivered, scanned
from tests.integration.engine_contract import EngineContract, write


@pytest.fixture(scope="module", autouse=True)
def _translated() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        old_clickhouse.translate(patch.setattr)
        yield


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    with running(ClickHouseServer(tmp_path_factory.mktemp("clickhouse"))) as server:
        yield server


@pytest.fixture
def own(tmp_path: Path) -> Iterator[ClickHouseServer]:
    """A server that the test may kill."""
    with running(ClickHouseServer(tmp_path / "own")) as server:
        yield server


@pytest.fixture
def other(own: ClickHouseServer, tmp_path: Path) -> Iterator[ClickHouseServer]:
    """One more, on another host."""
    with running(ClickHouseServer(tmp_path / "other", "127.0.0.2", own.http_port)) as server:
        yield server


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    with running(ClickHouseServer(tmp_path_factory.mktemp("secure"), tls=True)) as server:
        yield server


_MADE: list[Engine] = []


def engine_of(url: str) -> AvroEngine:
    """An engine that is closed after the test: a process has one ClickHouse of its own, and other tests need it."""
    engine = cast(AvroEngine, engine_for(Settings(clickhouse_url=url)))
    _MADE.append(engine)
    return engine


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _MADE:
        _MADE.pop().close()


@pytest.fixture(scope="module")
def engine(server: ClickHouseServer) -> Iterator[Engine]:
    with closing(engine_for(Settings(clickhouse_url=url_of([server])))) as engine:
        yield engine


class TestServerEngine(EngineContract):
    """A server keeps the contract; Debian's has seconds and no parts of them."""

    unnamed = frozenset({"event_id"})

    @staticmethod
    def kept(columns: dict[str, object]) -> dict[str, object]:
        return {name: in_seconds(value) for name, value in columns.items()}


def in_seconds(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return type(value)(map(in_seconds, value)) if isinstance(value, list | tuple) else value


class TestConnection:
    def test_a_wrong_password_is_said_so_and_not_shown(self, server: ClickHouseServer) -> None:
        engine = engine_of(url_of([server], password="wrong-secret"))
        for attempt in every_way_of(engine):
            with pytest.raises(ConfigError, match=rf"{server.port}/missionpath: .*code 193") as refused:
                attempt()
            assert "wrong-secret" not in str(refused.value)

    def test_an_unknown_database_is_said_so(self, server: ClickHouseServer) -> None:
        for attempt in every_way_of(engine_of(url_of([server], database="nowhere"))):
            with pytest.raises(ConfigError, match=r"nowhere.*code 81"):
                attempt()

    def test_an_unknown_database_of_a_query_is_the_queries_fault(self, engine: Engine) -> None:
        with pytest.raises(QueryRefused, match="nowhere"):
            engine.query("SELECT * FROM nowhere.scans", "TSV")

    def test_without_a_server_it_is_away(self) -> None:
        port, http_port = free_ports("127.0.0.1", 2)
        engine = engine_of(f"clickhouse://x:secret@127.0.0.1:{port}?http_port={http_port}")
        for attempt in every_way_of(engine):
            with pytest.raises(Unavailable, match=r"127\.0\.0\.1.* does not answer: .*Connection refused") as away:
                attempt()
            assert "secret" not in str(away.value)

    def test_what_is_no_clickhouse_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sinks.server_http.ANSWER_SECONDS_MAX", 1)  # it is asked twice, and hangs up once
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            engine = engine_of(f"clickhouse://127.0.0.1:{port}?http_port={port}")
            for attempt in every_way_of(engine):
                hangs_up = threading.Thread(target=hang_up, args=(listener,))
                hangs_up.start()
                with pytest.raises(Unavailable, match="does not answer"):
                    attempt()
                hangs_up.join()

    def test_a_server_that_stands_still_is_away_before_long(
        self, own: ClickHouseServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sinks.server.INSERT_SECONDS_MAX", 1)
        monkeypatch.setattr("sinks.server.PING_SECONDS_MAX", 1)
        monkeypatch.setattr("sinks.server_http.ANSWER_SECONDS_MAX", 1)
        engine = engine_of(url_of([own]))
        migrate(engine)
        own.freeze()
        try:
            for attempt in every_way_of(engine):
                with pytest.raises(Unavailable, match="does not answer"):
                    attempt()
        finally:
            own.thaw()
        write(engine, [delivered(scanned())])

    def test_it_comes_back_after_a_restart(self, own: ClickHouseServer) -> None:
        engine = engine_of(url_of([own]))
        migrate(engine)
        write(engine, [delivered(scanned())])
        own.kill()
        with pytest.raises(Unavailable):
            write(engine, [delivered(scanned())])
        own.start()
        write(engine, [delivered(scanned())])
        assert engine.query("SELECT count() FROM v_scans", "TSV") == b"2\n"

    def test_a_closed_engine_is_away(self, server: ClickHouseServer) -> None:
        engine = engine_of(url_of([server]))
        engine.close()
        engine.close()
        for attempt in every_way_of(engine):
            with pytest.raises(Unavailable, match="closed"):
                attempt()


class TestSeveralHosts:
    def test_another_host_takes_over(self, own: ClickHouseServer, other: ClickHouseServer) -> None:
        """Two stores, so that it shows which host was asked; who is failed over to must lead to the same tables."""
        for server in (own, other):
            migrate(engine_of(url_of([server])))
        engine = engine_of(url_of([own, other]))
        write(engine, [delivered(scanned())])
        assert counts(own, other) == [1, 0]
        own.kill()
        write(engine, [delivered(scanned())])
        assert engine.query("SELECT count() FROM v_scans", "TSV") == b"1\n"
        own.start()
        assert counts(own, other) == [1, 1]

    def test_another_host_takes_over_avro_too(self, own: ClickHouseServer, other: ClickHouseServer) -> None:
        for server in (own, other):
            migrate(engine_of(url_of([server])))
        engine = engine_of(url_of([own, other]))
        write_avro(engine)
        assert counts(own, other) == [1, 0]
        own.kill()
        write_avro(engine)
        own.start()
        write_avro(engine)  # to the same: who was left is not turned to again
        assert counts(own, other) == [1, 2]

    def test_a_host_that_was_never_there_is_passed_over(self, own: ClickHouseServer, other: ClickHouseServer) -> None:
        own.kill()
        engine = engine_of(url_of([own, other]))
        migrate(engine)
        write(engine, [delivered(scanned())])
        assert counts(other) == [1]


class TestTls:
    def test_a_certificate_that_is_trusted_opens_both_ways(self, secure: ClickHouseServer) -> None:
        engine = engine_of(secure_url(secure, f"&ca_certs={secure.certificate}"))
        migrate(engine)
        write(engine, [delivered(scanned())])
        assert engine.query("SELECT count() FROM v_scans", "TSV") == b"1\n"

    def test_one_that_is_not_trusted_is_refused(self, secure: ClickHouseServer) -> None:
        for attempt in every_way_of(engine_of(secure_url(secure))):
            with pytest.raises(ConfigError, match="has no certificate that is trusted here"):
                attempt()

    def test_it_need_not_be_verified(self, secure: ClickHouseServer) -> None:
        engine = engine_of(secure_url(secure, "&verify=0"))
        engine.execute("DROP TABLE IF EXISTS none")
        assert engine.query("SELECT 1", "TSV") == b"1\n"

    def test_a_file_that_is_not_there_is_named(self, secure: ClickHouseServer) -> None:
        with pytest.raises(ConfigError, match=r"ca_certs: .*No such file"):
            engine_of(secure_url(secure, "&ca_certs=/nowhere/ca.pem"))


class TestSchema:
    def test_another_database_has_tables_of_its_own(self, server: ClickHouseServer, engine: Engine) -> None:
        migrate(engine)
        engine.execute("CREATE DATABASE another")
        another = engine_of(url_of([server], database="another"))
        migrate(another)
        write(another, [delivered(scanned())])
        assert another.query("SELECT count() FROM v_scans", "TSV") == b"1\n"
        assert another.query("SELECT count() FROM another.v_scans", "TSV") == b"1\n"
        another.execute("DROP DATABASE another")

    def test_a_server_older_than_what_is_needed_is_refused(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sinks.migrate.OLDEST_SERVER", (24, 10))
        for attempt in (migrate, require):
            with pytest.raises(ConfigError, match=r"ClickHouse 18\.16\.\d+ is too old: 24\.10 or newer is needed"):
                attempt(engine)

    def test_a_worker_waits_for_the_schema_and_does_not_change_it(self, own: ClickHouseServer) -> None:
        engine = engine_of(url_of([own]))
        with pytest.raises(Unavailable, match=r"at schema version 0 of .*: run `missionpath migrate`"):
            require(engine)
        assert engine.query("SHOW TABLES", "TSV") == b""
        migrate(engine, bundled()[:-1])
        with pytest.raises(Unavailable, match=f"at schema version {len(bundled()) - 1} of {len(bundled())}"):
            require(engine)
        migrate(engine)
        require(engine)


def hang_up(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    connection.close()


def every_way_of(engine: AvroEngine) -> list[Callable[[], object]]:
    return [
        lambda: write(engine, [delivered(scanned())]),
        lambda: engine.execute("DROP TABLE IF EXISTS none"),
        lambda: write_avro(engine),
        lambda: engine.query("SELECT 1", "TSV"),
    ]


def write_avro(engine: AvroEngine) -> None:
    portion = scans(["lane 1"])
    engine.insert_avro(portion.into, portion.rows)


def counts(*servers: ClickHouseServer) -> list[int]:
    return [int(engine_of(url_of([server])).query("SELECT count() FROM v_scans", "TSV")) for server in servers]


def secure_url(server: ClickHouseServer, more: str = "") -> str:
    return (
        f"clickhouse://{USER}:{PASSWORD_IN_URL}@{server.host}:{server.secure_port}/{DATABASE}"
        f"?secure=1&http_port={server.https_port}{more}"
    )
