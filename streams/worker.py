"""One worker process: an application, its agent, its clock and its health, put together by name."""

import gc
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import faust

from domain.port import Port
from runtime.clock import clock_for
from runtime.errors import Unavailable
from runtime.health import Health
from runtime.settings import Settings
from sinks.engine import Engine
from sinks.migrate import require
from streams.absences import Absences, watch
from streams.announcement import announce
from streams.application import application, topic_of
from streams.chunks import REGISTRY, Agent, Receiver, work
from streams.deadlines import Deadlines
from streams.open_missions import OpenMissions
from streams.resolve import Resolve
from streams.sink import FETCH_WAIT_MS as SINK_FETCH_WAIT_MS
from streams.sink import STORE, Sink, deliver
from streams.stores import store
from streams.table import ChunkTable, Retell
from streams.track import Track
from streams.transport import FETCH_WAIT_MS
from streams.watchdog import Watchdog, keep, pulse
from topics import clients
from topics.catalog import (
    IDENTITIES_TABLE,
    IDENTITY_DEADLINE_PASSED,
    MISSION_DEADLINE_PASSED,
    MISSIONS_TABLE,
    READ_BY,
    RESOLVE_GROUP,
    SINK_GROUP,
    TRACK_GROUP,
)
from topics.codec import Codec
from topics.groups import Backlog
from topics.progress import Completeness, Progress
from topics.registry import registry_for
from topics.whereabouts import here

RESOLVE_PASSES = 9
"""The group feeds itself: bindings, and reads that try their up to eight identifiers one after the other."""

BROKER = "broker"
GARBAGE_MIN = 300_000
"""So many more objects than before, of those that may be part of a cycle, are a reason to look for cycles."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Wiring:
    """What a worker needs from outside; ``port`` is for ``track``, ``engine`` for ``sink``."""

    settings: Settings
    health: Health
    instance: str | None = None
    port: Port | None = None
    engine: Engine | None = None


def resolve_application(wiring: Wiring) -> Any:
    """The application of ``resolve``."""
    settings, codec, deadlines = wiring.settings, _codec(wiring), Deadlines()
    receiver = Receiver(settings, codec, RESOLVE_GROUP)
    app = _application(wiring, RESOLVE_GROUP, receiver)
    resolve = Resolve(settings, codec, receiver, deadlines)
    resolve.table = _table(app, IDENTITIES_TABLE, wiring, resolve.recovered)
    stages = [_stage(settings, RESOLVE_GROUP)] * RESOLVE_PASSES
    absences = _absences(settings, codec, IDENTITY_DEADLINE_PASSED, deadlines, stages)
    _agent(app, receiver, lambda s: work(Agent(app, receiver, resolve.table, wiring.health, resolve.handle), s))
    watch(app, absences)
    return app


def track_application(wiring: Wiring) -> Any:
    """The application of ``track``."""
    assert wiring.port is not None
    settings, codec, deadlines = wiring.settings, _codec(wiring), Deadlines()
    receiver = Receiver(settings, codec, TRACK_GROUP)
    app = _application(wiring, TRACK_GROUP, receiver)
    track, open_missions = Track(settings, codec, receiver, deadlines, wiring.port), OpenMissions()

    def recovered() -> None:
        track.recovered()
        open_missions.recount((key, value) for _, key, value in track.table.items_by_partition())

    track.table = _table(app, MISSIONS_TABLE, wiring, recovered, track.retell)
    stages = [_stage(settings, RESOLVE_GROUP)] * RESOLVE_PASSES + [_stage(settings, TRACK_GROUP)]
    absences = _absences(settings, codec, MISSION_DEADLINE_PASSED, deadlines, stages)
    agent = Agent(app, receiver, track.table, wiring.health, track.handle, open_missions.changed)
    _agent(app, receiver, lambda s: work(agent, s))
    watch(app, absences)
    return app


def sink_application(wiring: Wiring) -> Any:
    """The application of ``sink``."""
    assert wiring.engine is not None
    settings, engine = wiring.settings, wiring.engine
    _patiently(wiring, STORE, lambda: require(engine))
    receiver = Receiver(settings, Codec(registry_for(settings.schema_registry_url)), SINK_GROUP)
    app = _application(wiring, SINK_GROUP, receiver, SINK_FETCH_WAIT_MS)
    sink = Sink(settings, receiver, engine, wiring.health)
    _agent(app, receiver, lambda s: deliver(app, s, sink))
    sink.watch(app)
    return app


APPLICATIONS: dict[str, Callable[[Wiring], Any]] = {
    "resolve": resolve_application,
    "track": track_application,
    "sink": sink_application,
}
"""Every worker by name."""


def run(app: Any, log_level: str) -> None:
    """Run an application in the foreground until a signal stops it; raises SystemExit with its exit status."""
    app.conf.datadir.mkdir(parents=True, exist_ok=True)
    _look_for_garbage_seldom()
    faust.Worker(app, loglevel=log_level, override_logging=False, quiet=True).execute_from_commandline()


def _look_for_garbage_seldom() -> None:
    """Let Python look for reference cycles a hundredth as often as it would, and never among what is loaded by now.

    A chunk holds thousands of objects for a moment, none of which is part of a cycle, and to look them through time
    and again took a quarter of a worker's time.
    """
    gc.freeze()
    gc.set_threshold(GARBAGE_MIN, *gc.get_threshold()[1:])


def _application(wiring: Wiring, group: str, receiver: Receiver, fetch_wait_ms: int = FETCH_WAIT_MS) -> Any:
    """An application that says where it serves its health, and that is ended when it stands still."""
    settings, health = wiring.settings, wiring.health
    # Faust waits for a broker that goes away, but not for one that is away when it starts.
    _patiently(wiring, BROKER, lambda: clients.require(settings))
    app = application(settings, group, wiring.instance, fetch_wait_ms)
    pulse(app, health)
    watchdog = Watchdog(settings.topic(group), settings.stall_seconds_max, health, Backlog(settings, group))
    keep(app, watchdog, receiver.topics)
    if health.address is not None:
        announce(app, settings, group, here(settings, health.address), receiver.topics)
    return app


def _agent(app: Any, receiver: Receiver, loop: Callable[[Any], Any]) -> None:
    @app.agent(topic_of(app, *receiver.topics), name=receiver.agent)  # type: ignore[untyped-decorator]
    async def agent(stream: Any) -> None:
        await loop(stream)


def _codec(wiring: Wiring) -> Codec:
    """A codec that needs the registry for nothing that it writes: in the middle of a chunk nobody could wait."""
    codec = Codec(registry_for(wiring.settings.schema_registry_url))
    _patiently(wiring, REGISTRY, codec.prepare)
    return codec


def _patiently(wiring: Wiring, part: str, attempt: Callable[[], None]) -> None:
    """Try until ``part`` is there; meanwhile the worker is not ready, and says why."""
    while True:
        try:
            attempt()
        except Unavailable as error:
            log.warning("waiting: %s", error)
            wiring.health.wait_for(part, str(error))
            wiring.health.beat()
            time.sleep(error.retry_after_seconds)
        else:
            wiring.health.arrived(part)
            return


def _table(
    app: Any, name: str, wiring: Wiring, on_recovered: Callable[[], None], retell: Retell | None = None
) -> ChunkTable:
    settings = wiring.settings
    # One for each instance: a frozen worker has its files open still when another takes its partitions over.
    directory = settings.home.absolute() / "tables" / str(app.conf.id) / (wiring.instance or "only") / name
    values = store(settings.store, directory)
    table = ChunkTable(
        app,
        name=name,
        partitions=settings.partitions,
        store=values,
        on_recovered=on_recovered,
        retell=retell,
    )
    app.tables.add(table)
    return table


def _stage(settings: Settings, group: str) -> tuple[str, list[str]]:
    return settings.topic(group), [settings.topic(topic.name) for topic in READ_BY[group]]


def _absences(
    settings: Settings, codec: Codec, topic: Any, deadlines: Deadlines, stages: list[tuple[str, list[str]]]
) -> Absences:
    progress = Progress(settings)
    completeness = Completeness(progress, clock_for(settings.clock_file), stages)
    return Absences(settings, codec, topic, deadlines, completeness)
