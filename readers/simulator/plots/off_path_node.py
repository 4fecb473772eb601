"""OFF_PATH_NODE: the unit turns up where it has no business, or its device beside every way of its path."""

from itertools import pairwise
from math import cos, degrees, radians, sin

from domain.events import DeviceSignal, Position
from domain.port import EARTH_RADIUS_METERS, meters_beside, meters_to
from readers.simulator.devices import near
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Pass, Report, Story

ASTRAY_METERS = (500, 5_000)
"""How far beyond the corridor and every place it goes astray."""


def plant(story: Story) -> bool:
    """A read in a facility that the path does not contain, before the unit leaves, or a position off the corridor."""
    variants = (_stray, _off_corridor)
    return any(variant(story) for variant in story.rng.sample(variants, len(variants)))


def _stray(story: Story) -> bool:
    strays = story.world.strays(story.route)
    before, after = story.passes[story.leaving - 1], story.passes[story.leaving]
    at = story.within(before, after, 0.3, 0.6)
    strays = [node for node in strays if story.way_in_time(before, at, node, after)]
    if not strays:
        return False
    node = story.rng.choice(strays)
    story.passes.insert(story.leaving, story.passing(at, node))
    story.plant(PLOT.kind, node, node, at, f"Between {before.node} and {after.node} it was read at {node}.")
    return True


def _off_corridor(story: Story) -> bool:
    if not story.world.port.policy.corridor_meters:
        return False
    before, after = story.rng.choice(list(pairwise(story.passes)))
    position = _position_beside(story, before)
    if position is None:
        return False
    at = story.within(before, after, 0.3, 0.6)
    device = story.fit_device()
    story.reports.append(Report(at, DeviceSignal.POSITION, None, position))
    why = f"Between {before.node} and {after.node} its device {device} was far from every way of its path."
    story.plant(PLOT.kind, "corridor", None, at, why)
    return True


def _position_beside(story: Story, before: Pass) -> Position | None:
    """A position in no place of the path and beside its corridor, none where the path leaves no room for it."""
    path = [story.world.place(step.node) for step in story.route.steps]
    corridor = story.world.port.policy.corridor_meters
    start = story.world.place(before.node)
    meters = corridor + max(node.radius_meters for node in path) + story.between(*ASTRAY_METERS)
    for bearing in story.rng.sample(range(0, 360, 45), 8):
        north, east = meters * cos(radians(bearing)), meters * sin(radians(bearing))
        radius = EARTH_RADIUS_METERS * cos(radians(start.latitude))
        northwards, eastwards = degrees(north / EARTH_RADIUS_METERS), degrees(east / radius)
        position = near(story, start.latitude + northwards, start.longitude + eastwards)
        in_a_place = any(meters_to(node, position) <= node.radius_meters for node in path)
        if not in_a_place and all(meters_beside(a, b, position) > corridor for a, b in pairwise(path)):
            return position
    return None


PLOT = Plot("OFF_PATH_NODE", Story, plant)
