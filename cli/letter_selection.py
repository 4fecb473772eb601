"""Which dead letters are meant: the same words for every command."""

import re
from datetime import datetime
from typing import Annotated

import typer

from cli.replay import published
from runtime.settings import Settings
from topics.catalog import EVENT_TOPICS, Topic
from topics.dead_letters import Origin
from topics.letter_box import Selection

_PLACE = re.compile(r"(.+)\[(\d{1,9})\]@(\d{1,18})")

Places = Annotated[list[str] | None, typer.Argument(metavar="[TOPIC[PARTITION]@OFFSET]…", help="As `list` shows.")]
TopicName = Annotated[str | None, typer.Option("--topic", help="Only what was read in this topic.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Only what has this reason.")]
Since = Annotated[
    datetime | None,
    typer.Option("--since", parser=published, metavar="TIME", help="Put aside then or later."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", parser=published, metavar="TIME", help="Put aside before then."),
]
Everything = Annotated[bool, typer.Option("--all", help="All that wait: instead of a selection.")]
AtMost = Annotated[int, typer.Option("--max", min=1, help="No more than so many at once.")]


def chosen(
    settings: Settings,
    places: list[str] | None,
    topic: str | None,
    reason: str | None,
    since: datetime | None,
    until: datetime | None,
    everything: bool,
) -> Selection:
    """What the command line selects. *Raises*: typer.BadParameter when that is nothing: all must be said."""
    if not (places or topic or reason or since or until or everything):
        raise typer.BadParameter("say which: places, --topic, --reason, --since, --until or --all")
    return selection_of(settings, places, topic, reason, since, until)


def selection_of(
    settings: Settings,
    places: list[str] | None,
    topic: str | None,
    reason: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Selection:
    """The letters that all of it is true of. *Raises*: typer.BadParameter for what names no place or topic."""
    origins = frozenset(_origin(settings, place) for place in places or ())
    named = {_topic(settings, origin.topic) for origin in origins} | ({_topic(settings, topic)} if topic else set())
    return Selection(tuple(named) or EVENT_TOPICS, origins, reason, since, until)


def _topic(settings: Settings, name: str) -> Topic:
    """By its name in the catalogue or on the broker."""
    for topic in EVENT_TOPICS:
        if name in (topic.name, settings.topic(topic.name)):
            return topic
    raise typer.BadParameter(f"{name} is no topic of events; `missionpath topics plan` lists them")


def _origin(settings: Settings, place: str) -> Origin:
    found = _PLACE.fullmatch(place)
    if found is None:
        raise typer.BadParameter(f"{place}: expected TOPIC[PARTITION]@OFFSET, such as cargo.id.scanned.v1[3]@41")
    return Origin(settings.topic(_topic(settings, found[1]).name), int(found[2]), int(found[3]))
