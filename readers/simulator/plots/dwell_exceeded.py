"""DWELL_EXCEEDED: a unit is taken to a place where it may not stay long, and forgotten there for a while."""

from readers.simulator.plots.plot import Plot
from readers.simulator.story import Story
from readers.simulator.world import MINUTE


def plant(story: Story) -> bool:
    """A visit of a place that the path allows, until the unit leaves.

    Its truth is stated as that of every other stay that is too long: see ``consequences``.
    """
    before, after = story.passes[story.leaving - 1], story.passes[story.leaving]
    visits = []
    for step in story.route.steps[: story.route.leaving]:
        longest, at = story.world.dwell_max(step.node), before.at + story.world.travel(before.node, step.node)
        too_long = longest is not None and after.at - at > longest + 10 * MINUTE
        if not step.required and too_long and story.way_in_time(before, at, step.node, after):
            visits.append(story.passing(at, step.node, step))
    if not visits:
        return False
    story.passes.insert(story.leaving, story.rng.choice(visits))
    return True


PLOT = Plot("DWELL_EXCEEDED", Story, plant)
