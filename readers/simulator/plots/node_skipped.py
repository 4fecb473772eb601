"""NODE_SKIPPED: a required node never reads the unit, or only after a later one did."""

from readers.simulator.plots.plot import Plot
from readers.simulator.story import Pass, Story


def plant(story: Story) -> bool:
    """Leave out the pass of one node before the last, or move it behind the next one where time allows."""
    place = story.rng.randrange(len(story.passes) - 1)
    skipped, beyond = story.passes[place], story.passes[place + 1]
    step = skipped.step
    if step is None:
        return False
    may_come_later = place + 1 < story.leaving
    del story.passes[place]
    why = f"Read at {beyond.node} without a read at {skipped.node} before it."
    if may_come_later and story.rng.random() < 0.5 and _come_later(story, skipped, place):  # noqa: PLR2004
        why = f"Read at {beyond.node} first and at {skipped.node} only afterwards."
    story.plant(PLOT.kind, step.name, step.node, beyond.at, why)
    return True


def _come_later(story: Story, skipped: Pass, place: int) -> bool:
    """Put the pass behind the next one; the pass after that must still be reached."""
    before, after = story.passes[place], story.passes[place + 1]
    at = story.within(before, after, 0.2, 0.5)
    if not story.way_in_time(before, at, skipped.node, after):
        return False
    skipped.at = at
    story.passes.insert(place + 1, skipped)
    return True


PLOT = Plot("NODE_SKIPPED", Story, plant)
