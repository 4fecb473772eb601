"""A second unit, or a second seal, with the same number somewhere else."""

from itertools import pairwise

from domain.port import NodeKind
from readers.simulator.story import Pass, Sight, Story
from readers.simulator.world import MINUTE

PLACES = (NodeKind.PORT_FACILITY, NodeKind.CUSTOMS_SPACE, NodeKind.EXTRA_PORT_FACILITY)


def read_twice(story: Story, sight: Sight) -> tuple[Pass, Pass] | None:
    """Read unit or seal at a place far away, sooner after a read of the unit than it can be there.

    *Shape*: the read before and the one that cannot be, which is put into the story; none when no place is far
    enough. It is the next place of the path, or one that the path does not contain.
    """
    places = [
        (before, node, after)
        for before, after in pairwise(story.passes)
        for node, kind in story.world.kinds.items()
        if kind in PLACES and _is_far(story, before, node, after)
    ]
    if not places:
        return None
    before, node, after = story.rng.choice(places)
    before.sight = Sight.UNIT
    far = story.world.judged_travel(before.node, node)
    clone = story.passing(before.at + story.between(far * 0.2, far * 0.8), node)
    clone.sight = sight
    story.passes.insert(story.passes.index(after), clone)
    return before, clone


def _is_far(story: Story, before: Pass, node: str, after: Pass) -> bool:
    far, world = story.world.judged_travel(before.node, node), story.world
    if far < MINUTE or node in world.booked or not _carrier_may_come(story, before, node):
        return False
    if node == after.node:
        return after.at - before.at > far
    is_stray = all(step.node != node for step in story.route.steps)
    return is_stray and after.at - before.at >= far + world.travel(node, after.node)


def _carrier_may_come(story: Story, before: Pass, node: str) -> bool:
    """Whether what carries the unit may be read there as well: it was last read elsewhere long enough ago."""
    if not story.world.shows_carrier(node):
        return True
    seen = [p for p in story.passes if p.at < before.at and story.world.shows_carrier(p.node) and p.node != node]
    return all(before.at - each.at >= story.world.judged_travel(each.node, node) for each in seen)
