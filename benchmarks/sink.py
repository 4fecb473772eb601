"""How fast the sink drains a topic of scans into ClickHouse: ``make bench-sink ROWS=500000``.

On a broker of its own; each time so many scans more wait before the worker starts. Into the embedded engine, then
into a server: Debian's, as old as it is, because it is the one that every machine has (``tests/old_clickhouse.py``).
Prints the pace, the most memory that the worker took, how many parts the table has in the end, and where the time
goes.
"""

import os
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count, islice
from pathlib import Path
from string import ascii_uppercase

import psutil
from msgspec import structs
from pydantic import SecretStr

from benchmarks.backlog import publish
from benchmarks.speed.ground import Ground, ground, ignored, processes
from benchmarks.speed.measure import Pace, Watch
from benchmarks.speed.profile import spied
from benchmarks.speed.traffic import Traffic
from domain.events import Identifier, IdScanned
from domain.identifiers import Scheme
from runtime.settings import SecretUrl, Settings
from sinks.engine import engine_for
from sinks.migrate import migrate
from tests.clickhouse_server import ClickHouseServer, running, url_of
from tests.old_clickhouse import translate
from topics.catalog import ID_SCANNED, SINK_GROUP

MISSIONS = 25_000
TIMES = 3
SECONDS_MAX = 120.0
SAMPLE_SECONDS = 0.1
_PARTS = "SELECT count() FROM system.parts WHERE active AND database = 'missionpath' AND table = 'scans'"


def main() -> None:
    """Measure both engines and print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    translate()
    print("| scans into | rows/s | least – most | µs of a core a row: sink; broker | most memory | parts |")
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="missionpath-bench-") as home, ground(Path(home)) as place:
        _drain("the embedded engine", "cli.main", place, place.settings("embedded"), rows)
        with running(ClickHouseServer(Path(home) / "server")) as server:
            given = {
                "clickhouse_url": SecretUrl(url_of([server])),
                "plate_key": SecretStr("of this benchmark alone" * 2),
            }
            to_server = place.settings("server").model_copy(update=given)
            _drain("a server", "tests.old_clickhouse", place, to_server, rows)


def _drain(what: str, program: str, place: Ground, settings: Settings, rows: int) -> None:
    with closing(engine_for(settings)) as engine:
        migrate(engine)
    waiting, paces, memory = 0, list[Pace](), list[int]()
    scans = _scans()
    for turn in range(TIMES + 1):
        publish(settings, islice(scans, rows))
        with (
            processes(
                [[sys.executable, "-m", program, "worker", "sink"]], settings.home, _environment(settings)
            ) as at,
            spied(["sink"] if turn == TIMES else []) as spy,
            _most_memory(at[0].pid, memory),
        ):
            (spy if turn == TIMES else ignored)(at)
            topic = settings.topic(ID_SCANNED.name)
            watch = Watch(place.servers, settings.topic(SINK_GROUP), topic, [at[0].pid, place.pid])
            pace = watch.pace(waiting + 1, waiting + rows, SECONDS_MAX, at)
            waiting += rows
            watch.await_committed(waiting, at)
        if turn < TIMES:
            paces.append(pace)
        if turn == TIMES - 1:
            _print(what, paces, max(memory), settings)


def _print(what: str, paces: list[Pace], most: int, settings: Settings) -> None:
    with closing(engine_for(settings)) as engine:
        parts = int(engine.query(_PARTS, "TSV"))
    speeds = [pace.per_second for pace in paces]
    sink, broker = (statistics.median(spent) for spent in zip(*(pace.core_micros for pace in paces), strict=True))
    middle, least, greatest = statistics.median(speeds), min(speeds), max(speeds)
    shown = f"{middle:,.0f} | {least:,.0f} – {greatest:,.0f} | {sink:.0f}; {broker:.0f} | {most:,} MiB | {parts}"
    print(f"| {what} | {shown} |", flush=True)


def _scans() -> Iterator[IdScanned]:
    """Reads of containers, every other one together with the plate of the truck that carries it."""
    traffic = Traffic()
    for number in count():
        mission = number % MISSIONS
        scan = traffic.read(mission, 1 + number // MISSIONS)
        yield structs.replace(scan, identifiers=(*scan.identifiers, _plate(mission))) if mission % 2 else scan


def _plate(mission: int) -> Identifier:
    series, number = divmod(mission, 1000)
    first, last = divmod(series, len(ascii_uppercase))
    value = f"G{ascii_uppercase[first]}{number:03d}{ascii_uppercase[last]}B"
    return Identifier(scheme=Scheme.PLATE, value=value, confidence=0.9)


def _environment(settings: Settings) -> dict[str, str]:
    return {**os.environ, **settings.environment()}


@contextmanager
def _most_memory(pid: int, most: list[int]) -> Iterator[None]:
    """Add the most resident memory of a process, in MiB, to a list."""
    process, ended, seen = psutil.Process(pid), threading.Event(), [0]

    def look() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            seen.append(process.memory_info().rss >> 20)

    thread = threading.Thread(target=look, name="memory")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        most.append(max(seen))


if __name__ == "__main__":
    main()
