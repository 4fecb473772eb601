"""The memory of workers over a long backlog: ``make bench-backlog EVENTS=5000000``.

On a broker of its own. So many scans wait before ``resolve`` and ``track`` begin: reads of 5,000 missions that are
repeated over and over, so that what is kept does not grow and only queues and buffers could. Prints each worker's
resident memory as the backlog shrinks, and the most that it was.
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path

import psutil
from confluent_kafka import KafkaException

from benchmarks.speed.ground import ground, workers
from benchmarks.speed.measure import Watch, ensure, wait
from benchmarks.speed.traffic import Traffic
from domain.events import InputEvent
from readers.publisher import Publisher
from runtime.settings import Settings
from topics.catalog import ID_SCANNED, MISSION_EVENT_RESOLVED, RESOLVE_GROUP, TRACK_GROUP
from topics.codec import Codec
from topics.producer import DurableProducer
from topics.registry import FileRegistry

MISSIONS = 5_000
READS = 4
NAMES = ("resolve", "track")
TENTHS = 10
SAMPLE_SECONDS = 1.0


def publish(settings: Settings, events: Iterable[InputEvent]) -> None:
    """Publish events as fast as they are taken."""
    publisher = Publisher(settings, Codec(FileRegistry()), DurableProducer(settings))
    for event in events:
        publisher.publish(event)
    publisher.flush()


def committed(watch: Watch) -> int:
    """How far a group is; nowhere while its coordinator is being found."""
    try:
        return watch.committed()
    except KafkaException:
        return 0


def shrinking(watches: dict[str, Watch], processes: dict[str, psutil.Process], scans: int) -> Iterator[list[int]]:
    """The memory of both in MiB, whenever ``track`` has come another tenth on, and in the end."""
    most = dict.fromkeys(processes, 0)
    for tenth in range(1, TENTHS + 1):
        while committed(watches["track"]) < MISSIONS + scans * tenth // TENTHS:
            for name, process in processes.items():
                most[name] = max(most[name], process.memory_info().rss >> 20)
            time.sleep(SAMPLE_SECONDS)
        yield [process.memory_info().rss >> 20 for process in processes.values()]
    yield list(most.values())


def main() -> None:
    """Fill, let them work, print."""
    scans = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    with tempfile.TemporaryDirectory(prefix="missionpath-bench-") as home, ground(Path(home)) as place:
        settings = place.settings("backlog")
        read = {"resolve": (RESOLVE_GROUP, ID_SCANNED), "track": (TRACK_GROUP, MISSION_EVENT_RESOLVED)}
        watches = {
            name: Watch(place.servers, settings.topic(group), settings.topic(topic.name), ())
            for name, (group, topic) in read.items()
        }
        traffic = Traffic()
        publish(settings, map(traffic.generation, range(MISSIONS)))
        with workers(settings, *NAMES) as running:
            wait(lambda: committed(watches["track"]) >= MISSIONS, running)
        reads = [traffic.read(mission, number) for number in range(1, READS + 1) for mission in range(MISSIONS)]
        publish(settings, islice(cycle(reads), scans))
        print(f"{scans:,} scans of {MISSIONS:,} missions wait")
        began = time.monotonic()
        with workers(settings, *NAMES) as running:
            processes = {name: psutil.Process(p.pid) for name, p in zip(NAMES, running, strict=True)}
            labels = [*(f"{tenth} %" for tenth in range(10, 101, 10)), "most"]
            for label, mib in zip(labels, shrinking(watches, processes, scans), strict=True):
                ensure(running)
                shown = "  ".join(f"{name} {each:,} MiB" for name, each in zip(NAMES, mib, strict=True))
                print(f"{label:>6}  {shown}", flush=True)
        print(f"{scans / (time.monotonic() - began):,.0f} scans/s, process start and end included")


if __name__ == "__main__":
    main()
