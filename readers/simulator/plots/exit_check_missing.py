"""EXIT_CHECK_MISSING: nobody certifies that the goods left, or somebody who may not."""

from domain.events import CustomsStatus
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Story
from readers.simulator.world import MILLISECOND

TERMINAL = "TERMINAL"


def plant(story: Story) -> bool:
    """Leave out the certification of a land exit, or let the terminal give it where the port minds who does."""
    if not story.route.leaves_by_land:
        return False
    policy, leaving = story.world.port.policy, story.passes[story.leaving]
    certified = [ruling for ruling in story.rulings if ruling.status is CustomsStatus.EXIT_CERTIFIED]
    if policy.exit_certified_by and story.rng.random() < 0.5:  # noqa: PLR2004
        for ruling in certified:
            ruling.authority = TERMINAL
        why = f"Only the terminal certified that it left through {leaving.node}."
    else:
        story.rulings = [ruling for ruling in story.rulings if ruling not in certified]
        why = f"Nobody certified that it left through {leaving.node}."
    due = leaving.at + policy.exit_check_grace // MILLISECOND
    story.plant(PLOT.kind, leaving.node, leaving.node, due, why)
    return True


PLOT = Plot("EXIT_CHECK_MISSING", Story, plant)
