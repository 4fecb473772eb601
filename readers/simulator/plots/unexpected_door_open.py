"""UNEXPECTED_DOOR_OPEN: a device reports an opened door where or when nobody may open it."""

from domain.events import CustomsStatus, DeviceSignal
from readers.simulator.openings import forbidden_opening
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Report, Story
from readers.simulator.world import MINUTE

CONFIRMED = 0.3


def plant(story: Story) -> bool:
    """One door signal; now and then a control finds that something is wrong."""
    opening = forbidden_opening(story)
    if opening is None:
        return False
    device = story.fit_device()
    story.reports.append(Report(opening.at, DeviceSignal.DOOR_OPENED, opening.node, opening.position))
    if story.rng.random() < CONFIRMED:
        story.rule(opening.at + story.between(MINUTE, 30 * MINUTE), CustomsStatus.CONTROL_UNSATISFACTORY)
    where = f"at {opening.place}" if opening.place else "on the way"
    why = f"Its device {device} reported an opened door {where}."
    story.plant(PLOT.kind, opening.place or "en route", opening.place, opening.at, why)
    return True


PLOT = Plot("UNEXPECTED_DOOR_OPEN", Story, plant)
