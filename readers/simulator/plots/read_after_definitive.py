"""READ_AFTER_DEFINITIVE: hours after the process has ended the unit is read again."""

from readers.simulator.plots.plot import Plot
from readers.simulator.story import Story
from readers.simulator.world import HOUR


def plant(story: Story) -> bool:
    """A read at one of the path's nodes, hours after the definitive status."""
    node = story.rng.choice(story.passes).node
    at = story.end + story.between(HOUR, 10 * HOUR)
    story.passes.append(story.passing(at, node))
    story.plant(PLOT.kind, node, node, at, f"The mission was definitive, yet its unit was read at {node}.")
    return True


PLOT = Plot("READ_AFTER_DEFINITIVE", Story, plant)
