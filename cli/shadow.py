"""A second run of the pipeline beside the live one: the same code, a copy of the same events, topics of its own."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from cli.demo import BEFORE_EVERYTHING
from cli.pipeline import Pipeline
from cli.stage import Stage
from runtime.clock import FileClock
from runtime.errors import ConfigError
from runtime.settings import Settings
from topics import admin, clients
from topics.admin import Action
from topics.catalog import RESOLVE_GROUP, TRACK_GROUP, all_topics
from topics.progress import Progress

WORKERS = ("resolve", "track")
GROUPS = (RESOLVE_GROUP, TRACK_GROUP)
NAMESPACE_MAX = 40
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")

Tell = Callable[[str], None]


def settings_of(live: Settings, name: str) -> Settings:
    """The settings of a shadow: its topics, groups, logs and clock are its own.

    The word ``shadow`` in its namespace keeps it from being some other pipeline's.
    *Raises*: ConfigError when the name does not do for topics.
    """
    namespace = "-".join(part for part in (live.namespace, "shadow", name) if part)
    if not _NAME.fullmatch(name) or len(namespace) > NAMESPACE_MAX:
        room = NAMESPACE_MAX - len(namespace) + len(name)
        raise ConfigError(f"{name!r} is no name for a shadow: up to {room} of a-z, 0-9 and -, not - first")
    home = live.home / "shadow" / name
    return live.model_copy(update={"namespace": namespace, "home": home, "clock_file": home / "clock"})


def is_there(settings: Settings) -> bool:
    """Whether topics of the shadow exist. *Raises*: Unavailable."""
    steps = admin.plan(clients.admin(settings), settings)
    return any(step.action is not Action.CREATE for step in steps)


def create(settings: Settings) -> None:
    """Create its topics. *Raises*: Unavailable."""
    client = clients.admin(settings)
    admin.apply(client, settings, admin.plan(client, settings))


@contextmanager
def working(settings: Settings, tell: Tell) -> Iterator[Stage]:
    """Its workers at work, with a clock that stands still before everything.

    *Guarantee*: none of them is left afterwards.
    *Raises*: Unavailable when Kafka does not answer; Fatal, while it waits, when a worker keeps ending.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    set_clock(settings, BEFORE_EVERYTHING)
    pipeline = Pipeline(settings, WORKERS)

    def check() -> None:
        for line in pipeline.check():
            tell(line)

    try:
        pipeline.start(tell)
        yield Stage(settings, pipeline.workers, check, GROUPS)
    finally:
        pipeline.stop()


def set_clock(settings: Settings, at: datetime) -> None:
    """Set its clock."""
    FileClock(settings.home / "clock").set(at)


def dead_letters(settings: Settings) -> dict[str, int]:
    """How many records each of its topics put aside, those with any. *Raises*: Unavailable."""
    kept = {settings.topic(topic.dead_letters): topic.name for topic in all_topics() if topic.dead_lettered}
    counts: dict[str, int] = {}
    for (letters, _), end in Progress(settings).ends(list(kept)).items():
        if end:
            counts[kept[letters]] = counts.get(kept[letters], 0) + end
    return counts
