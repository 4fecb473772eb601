"""IMPOSSIBLE_TRAVEL: another unit with the same number is read where this one cannot be so soon."""

from readers.simulator.clones import read_twice
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Sight, Story


def plant(story: Story) -> bool:
    """A read of the clone at the next place of the path, or beside the path."""
    reads = read_twice(story, Sight.UNIT)
    if reads is None:
        return False
    before, clone = reads
    why = f"A unit with its number was read at {clone.node} when it had just been at {before.node}."
    story.plant(PLOT.kind, f"{before.node}→{clone.node}", clone.node, clone.at, why)
    if all(step.node != clone.node for step in story.route.steps):
        story.plant("OFF_PATH_NODE", clone.node, clone.node, clone.at, why)
    return True


PLOT = Plot("IMPOSSIBLE_TRAVEL", Story, plant)
