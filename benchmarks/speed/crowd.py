"""Whether ``track`` is as fast with a million open missions as with ten thousand."""

from collections.abc import Iterator

from benchmarks.speed import fill
from benchmarks.speed.ground import Ground, frozen, workers
from benchmarks.speed.measure import Pace, Watch
from benchmarks.speed.traffic import Traffic
from domain.events import IdScanned
from topics.catalog import MISSION_EVENT_RESOLVED, TRACK_GROUP

EVENTS = 12
"""What a mission has seen, on average over the measurement, however many there are."""

STRIDE = 7_919
"""A prime: taken so far apart, missions come in an order of their own, and each once before any comes again."""

SECONDS_MAX = 60.0


def paces(ground: Ground, missions: int, records: int, times: int) -> list[Pace]:
    """How fast ``track`` takes in that many records, spread over all missions that it has in its table."""
    traffic, settings = Traffic(alike=True), ground.settings(f"open-{missions}")
    reads = EVENTS - 1 - times * records // missions // 2
    fill.kept(settings, traffic, missions, reads)
    topic, measured = settings.topic(MISSION_EVENT_RESOLVED.name), []
    with workers(settings, "track") as running:
        pids = [running[0].pid, ground.pid]
        watch = Watch(ground.servers, settings.topic(TRACK_GROUP), topic, pids)
        # One is on its way already: when it is committed, the table has been read back.
        fill.resolved(settings, _spread(traffic, missions, reads, range(1)))
        watch.await_committed(1, running)
        for begin in range(1, 1 + times * records, records):
            with frozen(running):
                fill.resolved(settings, _spread(traffic, missions, reads, range(begin, begin + records)))
            measured.append(watch.pace(begin + 1, begin + records, SECONDS_MAX, running))
            watch.await_committed(begin + records, running)
    return measured


def _spread(traffic: Traffic, missions: int, reads: int, places: range) -> Iterator[tuple[int, IdScanned]]:
    for place in places:
        mission = place * STRIDE % missions
        yield mission, traffic.read(mission, reads + 1 + place // missions)
