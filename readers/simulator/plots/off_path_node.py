"""OFF_PATH_NODE: on its way to the exit the unit turns up where it has no business."""

from readers.simulator.plots.plot import Plot
from readers.simulator.story import Story


def plant(story: Story) -> bool:
    """A read in a facility that the path does not contain, before the unit leaves."""
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


PLOT = Plot("OFF_PATH_NODE", plant)
