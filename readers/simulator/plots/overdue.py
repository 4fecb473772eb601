"""OVERDUE: from some node on the unit is not seen any more, and nobody ends the mission."""

from domain.events import CustomsStatus
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Story


def plant(story: Story) -> bool:
    """Cut the story off before a required node; every required one from there on that has a due time is overdue."""
    places = [i for i in range(len(story.passes)) if any(p.step and p.step.due for p in story.passes[i:])]
    if not places:
        return False
    place = story.rng.choice(places)
    missing = story.passes[place:]
    has_left = place > story.leaving
    story.rulings = [
        ruling
        for ruling in story.rulings
        if ruling.at < missing[0].at or (has_left and ruling.status is CustomsStatus.EXIT_CERTIFIED)
    ]
    del story.passes[place:]
    for each in missing:
        if each.step and each.step.due is not None:
            why = f"It was never read at {each.node}; nothing more was heard of it."
            story.plant(PLOT.kind, each.step.name, each.node, each.step.due, why)
    return True


PLOT = Plot("OVERDUE", Story, plant)
