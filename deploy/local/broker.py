"""A Kafka broker of one's own for development: started, found again and stopped by any process."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local import jars, record
from deploy.local.jvm import Installation
from deploy.local.lock import locked
from deploy.local.probe import answers
from deploy.local.record import HOST, Record
from deploy.local.tools import find_tools, last_lines
from runtime.errors import ConfigError, Unavailable

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
KILL_SECONDS_MAX = 10.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class BrokerStatus:
    """The broker that runs: where clients reach it, its process, its data and its log.

    *Shape*: ``ready`` is False while it starts, or hangs: its process is there but does not answer.
    """

    bootstrap_servers: str
    pid: int
    data: Path
    log: Path
    ready: bool


class LocalBroker:
    """The development broker whose data, logs and record are in ``home``.

    One node, no replication, no authentication, reachable from this machine only.

    *Guarantee*: any number of instances in any number of processes stand for the one broker of ``home``; it
    outlives them all, until ``stop``. ``libs`` may be shared by several homes.
    *Shape*: ``advertised_port`` is where clients find a proxy that passes on to the broker; none without one.
    """

    def __init__(self, libs: Path, home: Path, advertised_port: int | None = None) -> None:
        # Both are part of the process's command line: one spelling for one directory.
        self._libs, self._home = libs.resolve(), home.resolve()
        self._advertised_port = advertised_port

    def start(self) -> BrokerStatus:
        """Start the broker unless it runs, and wait until it answers.

        *Guarantee*: idempotent, also when called twice at once. Data of earlier starts is kept, however the
        broker ended. It survives the end of this process and an interrupt (Ctrl-C) sent to its group.
        *Raises*: ConfigError when Java or Maven is missing or fails, or the home cannot be written;
        Unavailable, with the last lines of the log, when the broker ends or does not answer in time.
        """
        with self._alone():
            broker = self._running()
            # One that is found may be just ending: killed a moment ago, or out of disk.
            if broker is None or not self._comes_up(broker):
                broker = self._launch()
                if not self._comes_up(broker):
                    said = self._said(broker, informed=False)
                    raise Unavailable(f"the development broker ended while starting. {said}")
            return self._status(broker, ready=True)

    def stop(self) -> None:
        """Stop the broker if it runs, and wait for its end; its data stays.

        *Guarantee*: idempotent; no other process is ever signalled.
        *Raises*: Unavailable when the process outlives even a kill.
        """
        if self._running() is None:
            return
        with self._alone():
            broker = self._running()
            if broker is None or _end(broker, signal.SIGTERM, STOP_SECONDS_MAX):
                return
            if not _end(broker, signal.SIGKILL, KILL_SECONDS_MAX):
                raise Unavailable(f"the development broker (pid {broker.pid}) does not end, even if killed")

    def status(self) -> BrokerStatus | None:
        """The broker that runs now; None when none does.

        *Guarantee*: changes nothing, and waits at most about a second for an answer of the broker.
        """
        broker = self._running()
        return self._status(broker, ready=answers(HOST, broker.broker_port)) if broker else None

    @property
    def installed(self) -> bool:
        """Whether Kafka's jars are there; else the next start downloads them."""
        return jars.installed(self._libs)

    @property
    def _record_file(self) -> Path:
        return self._home / "broker.json"

    @property
    def _log_file(self) -> Path:
        return self._home / "logs" / "broker.log"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._files(), locked(self._home / "broker.lock"):
            yield

    @contextmanager
    def _files(self) -> Iterator[None]:
        """What the file system refuses is the machine's configuration."""
        try:
            yield
        except OSError as error:
            what = error.filename or self._home
            raise ConfigError(f"the local development broker: {what}: {error.strerror or error}") from error

    def _running(self) -> Record | None:
        with self._files():
            return record.running(self._home, record.read(self._record_file))

    def _status(self, broker: Record, *, ready: bool) -> BrokerStatus:
        servers = f"{HOST}:{broker.broker_port}"
        return BrokerStatus(servers, broker.pid, self._home / "data", self._log_file, ready)

    def _launch(self) -> Record:
        tools = find_tools(with_maven=not self.installed)
        if tools.maven:
            jars.install(self._libs, tools.maven)
        kafka = Installation(tools.java, self._libs, self._home)
        ports = record.choose_ports(record.read(self._record_file))
        kafka.configure(*ports, self._advertised_port or ports[0])
        kafka.format()
        broker = kafka.spawn(*ports)
        record.write(self._record_file, broker)
        return broker

    def _comes_up(self, broker: Record) -> bool:
        """Wait for an answer; False as soon as the process has ended.

        *Raises*: Unavailable when it neither answers nor ends in time.
        """
        answered = False

        def settled() -> bool:
            nonlocal answered
            # An answer counts only while our process lives: later the port may be anybody's.
            answered = answers(HOST, broker.broker_port) and record.alive(broker)
            return answered or not record.alive(broker)

        if not _wait(settled, START_SECONDS_MAX):
            # Left running: reading back a large log after a crash takes as long as it takes.
            raise Unavailable(
                f"the development broker (pid {broker.pid}) does not answer after {START_SECONDS_MAX:.0f} s, "
                f"and is left running. {self._said(broker)}"
            )
        return answered

    def _said(self, broker: Record, *, informed: bool = True) -> str:
        """Where its log is and how that ends, without its information lines if these would only distract."""
        said: list[str] = []
        for file in (self._log_file, self._log_file.with_name("console.log")):
            # A JVM that did not even start leaves the log of an earlier one in place.
            if file.is_file() and file.stat().st_mtime >= broker.created - 1:
                said += _tail(file).splitlines()
        shown = [line for line in said if informed or " INFO " not in line]
        return f"Its log {self._log_file} ends:\n{last_lines(shown)}"


def _end(broker: Record, number: signal.Signals, patience_seconds: float) -> bool:
    """Whether the signal ended the broker in time."""
    process = record.process_of(broker)
    if process is None:
        return True
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return True
    return _wait(lambda: not record.alive(broker), patience_seconds)


def _wait(condition: Callable[[], bool], seconds_max: float) -> bool:
    """Whether the condition came true before the time was up."""
    deadline = time.monotonic() + seconds_max
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _tail(file: Path, bytes_max: int = 32_768) -> str:
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - bytes_max))
        return opened.read().decode(errors="replace")
