"""How long a worker takes to have its missions back after a start: ``make bench-recovery MISSIONS=1000000``.

On a broker of its own in a temporary directory: fills the changelog of ``track`` with missions under way, starts the
worker as a process, and waits until it is ready; then once more. Prints seconds, missions a second and the worker's
memory. With ``MISSIONPATH_STORE=rocksdict`` the second start finds its files.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from uuid import UUID

import msgspec
import psutil

from benchmarks.domain import PORT_FILE, folded, mission_events
from deploy.local.broker import LocalBroker
from domain.port_file import parse_port
from runtime.settings import Settings, load
from streams.track import decode, encode
from topics import admin, clients
from topics.catalog import MISSIONS_TABLE, TRACK_GROUP, changelog
from topics.producer import DurableProducer

LIBS = Path(os.environ.get("MISSIONPATH_TEST_KAFKA_LIBS", ".local/kafka/libs"))
EVENTS = 12
"""What a mission on its way has seen, on average."""

READY_SECONDS_MAX = 600.0


def fill(settings: Settings, missions: int) -> int:
    """Write the changelog of that many missions; returns its bytes."""
    port = parse_port(PORT_FILE.read_bytes())
    state = decode(folded(mission_events(port, EVENTS), port))
    topic = settings.topic(changelog(TRACK_GROUP, MISSIONS_TABLE).name)
    producer, written = DurableProducer(settings), 0
    for number in range(missions):
        key = str(UUID(int=number + 1))
        value = encode(msgspec.structs.replace(state, key=key))
        producer.send(topic, key.encode(), value, [])
        written += len(value)
    producer.flush()
    return written


def recover(settings: Settings, missions: int) -> tuple[float, float]:
    """Seconds from the start of the process until it is ready with all missions, and its memory in MiB."""
    began = time.monotonic()
    worker = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "worker", "track"],
        env={**os.environ, **settings.environment()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while _missions(settings.http_port) < missions:
            if worker.poll() is not None or time.monotonic() - began > READY_SECONDS_MAX:
                raise SystemExit("the worker ended or did not get ready")
            time.sleep(0.05)
        return time.monotonic() - began, psutil.Process(worker.pid).memory_info().rss / 2**20
    finally:
        worker.terminate()
        worker.wait(60)


def _missions(port: int) -> float:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            found = re.search(rb"^missionpath_missions (\S+)", answer.read(), re.MULTILINE)
    except OSError:
        return 0.0
    return float(found[1]) if found else 0.0


def main() -> None:
    """Fill, recover, print."""
    missions = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="missionpath-bench-") as home:
        broker = LocalBroker(LIBS, Path(home) / "kafka")
        try:
            servers = broker.start().bootstrap_servers
            settings = load(kafka_bootstrap_servers=servers, home=Path(home), http_port=_free_port())
            client = clients.admin(settings)
            admin.apply(client, settings, admin.plan(client, settings))
            written = fill(settings, missions)
            print(f"{missions:,} missions, {written / missions:,.0f} bytes each, in the changelog")
            for start in ("first", "second"):
                seconds, mib = recover(settings, missions)
                pace = f"{missions / seconds:,.0f} missions/s, {mib:,.0f} MiB"
                print(f"{settings.store}, {start} start: ready after {seconds:.1f} s, {pace}")
        finally:
            broker.stop()


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
