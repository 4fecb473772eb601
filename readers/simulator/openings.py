"""Where and when a unit must not be opened: what plots of devices need."""

from itertools import pairwise
from typing import NamedTuple

from domain.events import Position
from domain.port import NodeKind
from readers.simulator.devices import near
from readers.simulator.story import Pass, Story
from readers.simulator.world import MINUTE


class Opening(NamedTuple):
    """What a device reports of itself, and the ``place`` where it is then, none on the way."""

    at: int
    node: str | None
    position: Position | None
    place: str | None


def forbidden_opening(story: Story) -> Opening | None:
    """On a way far from every node, or at a node that is no place or has no time for it; none when there is none."""
    variants = (_on_the_way, _at_a_node)
    found = (variant(story) for variant in story.rng.sample(variants, len(variants)))
    return next((opening for opening in found if opening is not None), None)


def _on_the_way(story: Story) -> Opening | None:
    ways = [(before, after, _halfway(story, before, after)) for before, after in pairwise(story.passes)]
    ways = [way for way in ways if story.world.is_remote(*way[2])]
    if not ways:
        return None
    before, after, place = story.rng.choice(ways)
    return Opening(story.within(before, after, 0.4, 0.6), None, near(story, *place), None)


def _halfway(story: Story, before: Pass, after: Pass) -> tuple[float, float]:
    start, end = story.world.place(before.node), story.world.place(after.node)
    return (start.latitude + end.latitude) / 2, (start.longitude + end.longitude) / 2


def _at_a_node(story: Story) -> Opening | None:
    """Soon after a read, so that even a device that says no place is there."""
    port = story.world.port
    places: list[tuple[Pass, int]] = []
    for passing, after in zip(story.passes, (*story.passes[1:], None), strict=True):
        latest = 10 * MINUTE if after is None else min(10 * MINUTE, (after.at - passing.at) // 2)
        at = passing.at + story.between(latest / 4, latest)
        if story.world.kinds[passing.node] is not NodeKind.CUSTOMS_SPACE and not port.may_open(
            passing.node, story.moment(at)
        ):
            places.append((passing, at))
    if not places:
        return None
    passing, at = story.rng.choice(places)
    place = story.world.place(passing.node)
    said: list[tuple[str | None, Position | None]] = [(place.node, None), (None, None)]
    if story.world.is_apart(place.node):
        said.append((None, near(story, place.latitude, place.longitude)))
    return Opening(at, *story.rng.choice(said), place.node)
