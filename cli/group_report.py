"""How the groups of the pipeline stand: from Kafka, and from their workers what only they know."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from cli.worker_report import WorkerReport, ask_all
from runtime.errors import ConfigError, Unavailable
from runtime.settings import Settings
from topics import admin, clients
from topics.catalog import READ_BY, Topic
from topics.groups import Backlog, Group, Place, describe
from topics.whereabouts import Partition

MOVE_SECONDS_MAX = 15.0
COORDINATOR_SECONDS_MAX = 10.0
POLL_SECONDS = 0.5

T = TypeVar("T")
Places = Mapping[Partition, Place]


class State(StrEnum):
    """How a group stands."""

    AT_WORK = "at work"
    CATCHES_UP = "catches up"
    STANDS_STILL = "stands still"
    WAITS = "waits"
    ASSIGNS = "assigns partitions"
    NO_WORKER = "no worker"

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to look after it."""
        return self in (State.AT_WORK, State.CATCHES_UP)


@dataclass(frozen=True, slots=True)
class GroupReport:
    """One group; ``name`` is the one on the broker."""

    name: str
    state: State
    places: Places
    workers: tuple[WorkerReport, ...]

    @property
    def lag(self) -> int:
        """How many records wait for it."""
        return sum(place.lag for place in self.places.values())


def observe(settings: Settings) -> list[GroupReport]:
    """Look at every group, in the order of the flow; up to 15 s at one that has records to read and does not move.

    *Raises*: Unavailable when Kafka does not answer, ConfigError when the topics do not exist.
    """
    client = clients.admin(settings)
    if missing := [s.topic for s in admin.plan(client, settings) if s.action is admin.Action.CREATE]:
        raise ConfigError(f"{len(missing)} topics are missing, {missing[0]} first: run `missionpath up`")
    looks = _patiently(lambda: _looks(settings, describe(client, [settings.topic(group) for group in READ_BY])))
    deadline = time.monotonic() + MOVE_SECONDS_MAX
    while [look for look in looks if look.may_move()] and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return [look.report() for look in looks]


def _looks(settings: Settings, found: Mapping[str, Group]) -> list["_Look"]:
    return [_Look(settings, group, topics, found[settings.topic(group)]) for group, topics in READ_BY.items()]


def _patiently(ask: Callable[[], T]) -> T:
    """Ask again for 10 s: the coordinator of a group may have moved, or only just have started."""
    deadline = time.monotonic() + COORDINATOR_SECONDS_MAX
    while True:
        try:
            return ask()
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)


class _Look:
    """One group, looked at until it moves."""

    def __init__(self, settings: Settings, group: str, topics: tuple[Topic, ...], found: Group) -> None:
        self._name = settings.topic(group)
        self._group = found
        self._topics = [settings.topic(topic.name) for topic in topics]
        self._backlog = Backlog(settings, group)
        self._before = self._backlog.places(self._topics)
        self._now: Places = self._before
        self._workers = tuple(ask_all(found.members))

    def may_move(self) -> bool:
        """Look again at a group that is expected to move and did not yet; whether it still did not."""
        if self._hindrance() or not _lag(self._before) or self._has_moved():
            return False
        self._now = self._backlog.places(self._topics)
        return not self._has_moved()

    def report(self) -> GroupReport:
        """How it stands."""
        return GroupReport(self._name, self._state(), self._now, self._workers)

    def _state(self) -> State:
        if hindrance := self._hindrance():
            return hindrance
        waiting = {tp: place for tp, place in self._now.items() if place.lag}
        if not waiting:
            return State.AT_WORK
        if self._has_moved():
            return State.CATCHES_UP
        return State.STANDS_STILL if self._backlog.is_readable(waiting) else State.AT_WORK

    def _hindrance(self) -> State | None:
        if not self._group.members:
            return State.NO_WORKER
        if not self._group.is_stable:
            return State.ASSIGNS
        return State.WAITS if any(worker.waits_for for worker in self._workers) else None

    def _has_moved(self) -> bool:
        return any(self._now[tp].offset > place.offset for tp, place in self._before.items())


def _lag(places: Places) -> int:
    return sum(place.lag for place in places.values())
