"""The one place where settings, clients, engines and workers are put together."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from deploy.local.broker import LocalBroker
from domain.port import Port
from domain.port_file import parse_port
from readers.publisher import Publisher
from runtime import settings as settings_module
from runtime.errors import ConfigError
from runtime.health import Health, Route, serve, serve_health
from runtime.settings import Settings
from sinks import retention
from sinks.discretion import Discretion
from sinks.engine import AvroTaker, Engine, engine_for
from sinks.hiding import hiding
from sinks.login import Login
from sinks.migrate import migrate
from sinks.owner import announce, withdraw
from sinks.plate_key import plate_key
from sinks.plates import Plates
from sinks.query_http import query_route
from topics import admin, clients
from topics.codec import Codec
from topics.producer import DurableProducer
from topics.registry import registry_for

log = logging.getLogger(__name__)


def local_broker(settings: Settings, home: Path | None = None) -> LocalBroker:
    """The development broker of the settings' home, or of another one; both run on the same installation."""
    return LocalBroker(settings.home / "kafka" / "libs", (home or settings.home) / "kafka")


def ready() -> Settings:
    """Settings with the address of a Kafka: the given cluster's, or that of the local broker if it runs.

    *Raises*: ConfigError when there is neither.
    """
    return with_kafka(settings_module.load())


def with_kafka(settings: Settings) -> Settings:
    """The settings with the running local broker's address where no cluster is given."""
    if settings.kafka_bootstrap_servers is not None:
        return settings
    status = local_broker(settings).status()
    if status is None:
        raise ConfigError(
            "no Kafka: start the local one with `missionpath broker start` (or the whole pipeline with "
            "`missionpath up`), or set KAFKA_BOOTSTRAP_SERVERS to yours"
        )
    return settings.model_copy(update={"kafka_bootstrap_servers": status.bootstrap_servers})


def codec(settings: Settings) -> Codec:
    """The codec over the registry in force."""
    return Codec(registry_for(settings.schema_registry_url))


def publisher(settings: Settings, rate: float | None) -> Publisher:
    """A publisher to topics that exist.

    *Raises*: ConfigError when they do not: publishing must not create topics by accident.
    """
    missing = [s.topic for s in admin.plan(clients.admin(settings), settings) if s.action is admin.Action.CREATE]
    if missing:
        raise ConfigError(f"{len(missing)} topics are missing, {missing[0]} first: run `missionpath topics apply`")
    return Publisher(settings, codec(settings), DurableProducer(settings), rate)


def port(path: Path) -> Port:
    """The port file. *Raises*: ConfigError naming the file and the field."""
    try:
        return parse_port(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"port file {path}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"port file {path}: {error}") from error


def migrate_server(settings: Settings) -> list[str]:
    """Bring the ClickHouse server to this release's tables and to these settings' terms; says what was changed."""
    with closing(engine_for(settings)) as engine:
        plate_key(settings)  # rather said here than by each sink
        return _migrated(engine, settings)


def _migrated(engine: Engine, settings: Settings) -> list[str]:
    days, cluster = settings.retention_days, settings.clickhouse_cluster
    retention.check(days)
    if cluster is not None and settings.clickhouse_url is None:
        raise ConfigError(
            "MISSIONPATH_CLICKHOUSE_CLUSTER is set, and CLICKHOUSE_URL is not: the embedded one is no cluster"
        )
    changed = migrate(engine, cluster=cluster)
    return [*changed, *(f"retention of {table}" for table in retention.keep(engine, days, cluster=cluster))]


def run_worker(name: str, instance: str | None) -> None:
    """Run a worker in the foreground; raises SystemExit at its end."""
    # Faust takes half a second to import; only workers need it.
    from streams import worker  # noqa: PLC0415

    settings = ready()
    health = Health()
    health.wait_for("partitions", "not assigned yet")
    wiring = worker.Wiring(settings, health, instance)
    if name == "track":
        wiring.port = port(settings.port_file)
    with _store(settings) if name == "sink" else nullcontext() as engine:
        wiring.engine = engine
        # A server answers for itself.
        owned = engine if settings.clickhouse_url is None else None
        # Nobody on this machine who may read the announcement is asked for a password.
        private = f"/{secrets.token_urlsafe()}/"
        routes = {} if owned is None else {**_queries(settings, owned), private: query_route(owned)}
        host, bound = serve_health(settings.http_host, settings.http_port, health, routes)
        if owned is not None:
            announce(settings.home, f"http://{host}:{bound}{private}")
            if settings.query_port:
                serve(settings.http_host, settings.query_port, _queries(settings, owned))
        worker.run(worker.APPLICATIONS[name](wiring), settings.log_level)


def _queries(settings: Settings, engine: Engine) -> dict[str, Route]:
    """What analysts' tools ask."""
    password = settings.query_password
    login = None if password is None else Login(settings.query_user, password.get_secret_value())
    return {"/": query_route(engine, login, Discretion(engine).check)}


@contextmanager
def _store(settings: Settings) -> Iterator[Engine]:
    """The ClickHouse that the sink writes to, without plates; the embedded one with the tables of this release."""
    with closing(engine_for(settings)) as engine:
        if settings.clickhouse_url is None:
            _migrated(engine, settings)
        if not isinstance(engine, AvroTaker):
            log.warning("rows are made one by one, at a quarter of the pace: pip install 'missionpath[embedded]'")
        try:
            yield hiding(engine, Plates(plate_key(settings)))
        finally:
            withdraw(settings.home)
