"""``missionpath up``: the whole pipeline in the foreground."""

import signal
import threading
from types import FrameType

from cli import bootstrap
from cli.migrate import migrated
from cli.output import console
from cli.pipeline import Pipeline
from runtime import settings as settings_module
from runtime.health import Health, serve_health
from runtime.settings import Settings
from topics import registry_http

CHECK_SECONDS = 0.5


def up() -> None:
    """Run the whole pipeline until Ctrl-C.

    Starts a local broker unless KAFKA_BOOTSTRAP_SERVERS is set, creates the topics, and the tables on the server of
    CLICKHOUSE_URL if that is set, and keeps the workers running.
    Workers that end are started again. `up` again continues where it was: offsets are in Kafka, rows in
    ClickHouse.
    """
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    settings = settings_module.load()
    own_broker = None
    if settings.kafka_bootstrap_servers is None:
        broker = bootstrap.local_broker(settings)
        own_broker = broker if broker.status() is None else None
        say("starting the local development broker" if own_broker else "using the local broker that runs already")
        settings = settings.model_copy(update={"kafka_bootstrap_servers": broker.start().bootstrap_servers})
    try:
        _run(settings, stop)
    finally:
        if own_broker is not None:
            own_broker.stop()
            say("broker stopped")


def say(line: str) -> None:
    """One plain line of progress."""
    console.print(line, highlight=False, markup=False)


def tell(lines: list[str]) -> None:
    """Several of them."""
    for line in lines:
        say(line)


def _run(settings: Settings, stop: threading.Event) -> None:
    say(f"Kafka: {settings.kafka_bootstrap_servers}")
    health = Health()
    health.wait_for("workers", "starting")
    host, port = serve_health(settings.http_host, settings.http_port, health, {"/": registry_http.answer})
    say(f"schema registry (read-only), health and metrics of this process: http://{host}:{port}")
    if settings.clickhouse_url is not None:
        say(f"ClickHouse: {settings.clickhouse_url}, {migrated(bootstrap.migrate_server(settings))}")
    pipeline = Pipeline(settings)
    try:
        pipeline.start(say)
        health.arrived("workers")
        say("missionpath is running; Ctrl-C stops it")
        while not stop.wait(CHECK_SECONDS):
            tell(pipeline.check())
            health.beat()
    finally:
        say("stopping")
        pipeline.stop()
        say("workers stopped; nothing is lost, `missionpath up` continues here")
