"""Where it is measured: one local broker, topics that are made and made anew, and workers as processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka.admin import NewTopic

from benchmarks.speed.measure import PARTITIONS, Running
from deploy.local.broker import LocalBroker
from deploy.local.tools import last_lines
from runtime.settings import Settings, load
from topics import admin, clients
from topics.catalog import changelog

LIBS = Path(os.environ.get("MISSIONPATH_TEST_KAFKA_LIBS", ".local/kafka/libs"))
REQUEST_SECONDS = 30.0
STOP_SECONDS = 40.0


class Ground:
    """The broker of a run.

    *Shape*: ``pid`` is the broker's process.
    """

    def __init__(self, servers: str, pid: int, home: Path) -> None:
        self.servers, self.pid, self.home = servers, pid, home
        self._client = clients.admin(load(kafka_bootstrap_servers=servers))

    def settings(self, namespace: str) -> Settings:
        """The settings of a pipeline of its own, with its topics."""
        settings = load(
            kafka_bootstrap_servers=self.servers,
            home=self.home / namespace,
            namespace=namespace,
            partitions=PARTITIONS,
            log_level="warning",
        )
        admin.apply(self._client, settings, admin.plan(self._client, settings))
        return settings

    def create(self, *topics: str) -> None:
        """Create topics for the output of a contestant."""
        new = [NewTopic(topic, PARTITIONS, 1) for topic in topics]
        for future in self._client.create_topics(new, operation_timeout=REQUEST_SECONDS).values():
            future.result(REQUEST_SECONDS)

    def forget(self, settings: Settings, group: str, table: str) -> None:
        """Let a group begin anew: its offsets and its table are gone."""
        for future in self._client.delete_consumer_groups([settings.topic(group)]).values():
            future.result(REQUEST_SECONDS)
        admin.delete(self._client, [settings.topic(changelog(group, table).name)])
        admin.apply(self._client, settings, admin.plan(self._client, settings))


@contextmanager
def ground(home: Path) -> Iterator[Ground]:
    """A broker of its own, stopped at the end."""
    broker = LocalBroker(LIBS, home / "kafka")
    try:
        status = broker.start()
        yield Ground(status.bootstrap_servers, status.pid, home)
    finally:
        broker.stop()


@contextmanager
def workers(settings: Settings, *names: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers of the pipeline as processes, told to end at the end."""
    commands = [[sys.executable, "-m", "cli.main", "worker", name] for name in names]
    with processes(commands, settings.home, {**os.environ, **settings.environment()}) as running:
        yield running


@contextmanager
def frozen(running: Running) -> Iterator[None]:
    """Let processes stand still: for less than ten seconds, or their group does without them."""
    for process in running:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in running:
            process.send_signal(signal.SIGCONT)


@contextmanager
def processes(
    commands: Sequence[Sequence[str]], home: Path, environment: dict[str, str] | None = None
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that write into a log in ``home``, told to end at the end."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "output.log").open("ab") as log:
        running = [subprocess.Popen(c, env=environment, stdout=log, stderr=log) for c in commands]
        try:
            yield running
        except SystemExit:
            print(last_lines((home / "output.log").read_text().splitlines()), file=sys.stderr)
            raise
        finally:
            for process in running:
                process.send_signal(signal.SIGTERM)
            for process in running:
                _wait(process)


def ignored(running: Running) -> None:
    """Called when something begins that nobody wants to know of."""


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
