"""What a unit's device reports on its way when nothing is wrong with it."""

from collections.abc import Iterator
from itertools import pairwise

from domain.events import DeviceSignal, Position
from domain.port import Node, NodeKind, distance_meters
from readers.simulator.story import Pass, Report, Story
from readers.simulator.world import MINUTE

BATTERY_LOW = 0.05
LOOKED_INTO = 0.5
"""Of stays at a place where units may be opened."""
WITHOUT_PLACE = 0.2
"""Of reports at a node: the device does not know where it is."""
WAY_METERS_MIN = 1_000
"""Positions are reported on ways of this length and more."""
POSITIONS_PER_WAY = 4
JITTER_DEGREES = 0.0001
"""About ten meters."""


def reports(story: Story) -> Iterator[Report]:
    """Doors where they may be opened and the route leads, positions on the way, and the battery."""
    if story.device is None or not story.announced or not story.passes:
        return
    if story.rng.random() < BATTERY_LOW:
        at = story.between(story.passes[0].at, story.passes[-1].at)
        yield Report(at, DeviceSignal.BATTERY_LOW)
    for passing, after in pairwise((*story.passes, None)):
        assert passing is not None
        until = passing.at + 30 * MINUTE if after is None else after.at
        yield from _doors(story, passing, until)
        if after is not None:
            yield from _positions(story, passing, after)


def _doors(story: Story, passing: Pass, until: int) -> Iterator[Report]:
    opened = passing.at + story.between(2 * MINUTE, 6 * MINUTE)
    closed = opened + story.between(MINUTE, 3 * MINUTE)
    place = story.world.place(passing.node)
    if passing.step is None or closed >= until or not story.world.port.may_open(place.node, story.moment(opened)):
        return
    if place.kind is NodeKind.CUSTOMS_SPACE or story.rng.random() < LOOKED_INTO:
        node, position = _where(story, place)
        yield Report(opened, DeviceSignal.DOOR_OPENED, node, position)
        yield Report(closed, DeviceSignal.DOOR_CLOSED, node, position)


def _where(story: Story, place: Node) -> tuple[str | None, Position | None]:
    """As the platform says, by position, or not at all."""
    if story.rng.random() < WITHOUT_PLACE:
        return None, None
    if story.world.is_apart(place.node) and story.rng.random() < 0.5:  # noqa: PLR2004
        return None, near(story, place.latitude, place.longitude)
    return place.node, None


def _positions(story: Story, before: Pass, after: Pass) -> Iterator[Report]:
    """On a straight way between two nodes that follow each other on the path."""
    if before.step is None or after.step is None or after.step.index != before.step.index + 1:
        return
    start, end = story.world.place(before.node), story.world.place(after.node)
    meters = distance_meters(start.latitude, start.longitude, end.latitude, end.longitude)
    if meters < WAY_METERS_MIN or after.at - before.at < MINUTE:
        return
    for nth in range(1, POSITIONS_PER_WAY + 1):
        share = nth / (POSITIONS_PER_WAY + 1)
        latitude = start.latitude + (end.latitude - start.latitude) * share
        longitude = start.longitude + (end.longitude - start.longitude) * share
        at = int(before.at + (after.at - before.at) * share)
        yield Report(at, DeviceSignal.POSITION, None, near(story, latitude, longitude))


def near(story: Story, latitude: float, longitude: float) -> Position:
    """A place as a device gives it: some meters beside."""
    return Position(
        latitude=round(latitude + story.rng.uniform(-JITTER_DEGREES, JITTER_DEGREES), 6),
        longitude=round(longitude + story.rng.uniform(-JITTER_DEGREES, JITTER_DEGREES), 6),
    )
