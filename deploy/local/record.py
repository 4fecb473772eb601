"""What is remembered of the broker between two commands: its ports, and which process it is."""

import json
import random
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

HOST = "127.0.0.1"
MAIN_CLASS = "kafka.Kafka"

_HOME_FLAG = "-Dmissionpath.broker.home="
_PORTS_FLAG = "-Dmissionpath.broker.ports="
# Below the ranges from which systems give ports to outgoing connections, one of which could otherwise
# sit on the remembered port at the next start.
_PORTS = range(20_000, 32_000)
_PORT_TRIES_MAX = 200
_CREATED_TOLERANCE_SECONDS = 0.005  # half a clock tick: the text of a float need not be exact


@dataclass(frozen=True, slots=True)
class Record:
    """One broker process.

    *Units*: ``created`` is the process's start in seconds since the epoch, as the system tells it.
    """

    broker_port: int
    controller_port: int
    pid: int
    created: float


def write(path: Path, record: Record) -> None:
    """Replace the file; readers see the old or the new record, never half of one."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(record)), encoding="ascii")
    fresh.replace(path)


def read(path: Path) -> Record | None:
    """The record last written; None when there is none or the file holds anything else."""
    try:
        found = json.loads(path.read_bytes())
        record = Record(
            int(found["broker_port"]),
            int(found["controller_port"]),
            int(found["pid"]),
            float(found["created"]),
        )
    except (FileNotFoundError, ValueError, TypeError, KeyError, OverflowError):
        return None
    ports_fit = all(0 < port < 1 << 16 for port in (record.broker_port, record.controller_port))
    return record if ports_fit and 0 < record.pid < 1 << 31 else None


def flags(home: Path, broker_port: int, controller_port: int) -> tuple[str, str]:
    """Arguments for the JVM by which the process is found again when the record is lost."""
    return f"{_HOME_FLAG}{home}", f"{_PORTS_FLAG}{broker_port},{controller_port}"


def running(home: Path, record: Record | None) -> Record | None:
    """The broker process of ``home``, if one is alive.

    *Guarantee*: a process that merely got the remembered pid is never taken for it.
    """
    if record and alive(record):
        return record
    # Not the end of it: the start may have been killed before it wrote the record, the file may be
    # garbage, and the system shifts `created` when its clock is set. The command line tells.
    for process in psutil.process_iter(["pid", "create_time", "cmdline", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE:
            ports = _ports_of(process.info["cmdline"] or (), home)
            if ports:
                return Record(*ports, process.info["pid"], process.info["create_time"])
    return None


def alive(record: Record) -> bool:
    """Whether the very process of the record still runs."""
    return process_of(record) is not None


def process_of(record: Record) -> psutil.Process | None:
    """A handle on the very process of the record; None when it has ended.

    *Guarantee*: signals sent through the handle never reach a later process with the same pid.
    """
    try:
        process = psutil.Process(record.pid)
        same = abs(process.create_time() - record.created) < _CREATED_TOLERANCE_SECONDS
        return process if same and not _ended(process) else None
    except psutil.Error:
        return None


def _ended(process: psutil.Process) -> bool:
    """A zombie has ended, though whoever should look has not looked yet.

    Unless threads are left: while a JVM ends, its first thread is a zombie before the last one has let go
    of the ports and of the lock on the data.
    """
    return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1


def choose_ports(remembered: Record | None) -> tuple[int, int]:
    """Two free ports on 127.0.0.1: each the remembered one where that is still free.

    *Raises*: OSError when none is free.
    """
    broker = _first_free(remembered.broker_port if remembered else None, taken=None)
    return broker, _first_free(remembered.controller_port if remembered else None, taken=broker)


def _first_free(wanted: int | None, taken: int | None) -> int:
    candidates = [wanted, *random.sample(_PORTS, _PORT_TRIES_MAX)]
    for port in candidates:
        if port is not None and port != taken and _free(port):
            return port
    raise OSError(f"no free port on {HOST} in {_PORT_TRIES_MAX} tries")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        # As the JVM does: connections of the last broker that linger in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _ports_of(command: Sequence[str], home: Path) -> tuple[int, int] | None:
    """The ports in the command line of ``home``'s broker; None for any other command line."""
    if MAIN_CLASS not in command or f"{_HOME_FLAG}{home}" not in command:
        return None
    ports = next((word.removeprefix(_PORTS_FLAG) for word in command if word.startswith(_PORTS_FLAG)), "")
    broker, _, controller = ports.partition(",")
    return (int(broker), int(controller)) if broker.isdigit() and controller.isdigit() else None
