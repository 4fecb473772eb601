"""EXIT_CHECK_MISSING: nobody certifies that the goods left."""

from domain.events import CustomsStatus
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Story
from readers.simulator.world import MILLISECOND


def plant(story: Story) -> bool:
    """Leave out the certification of a land exit."""
    if not story.route.leaves_by_land:
        return False
    story.rulings = [ruling for ruling in story.rulings if ruling.status is not CustomsStatus.EXIT_CERTIFIED]
    leaving = story.passes[story.leaving]
    due = leaving.at + story.world.port.policy.exit_check_grace // MILLISECOND
    story.plant(PLOT.kind, leaving.node, leaving.node, due, f"Nobody certified that it left through {leaving.node}.")
    return True


PLOT = Plot("EXIT_CHECK_MISSING", plant)
