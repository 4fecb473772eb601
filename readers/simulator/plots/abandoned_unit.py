"""ABANDONED_UNIT: a unit waits where units wait, nothing is due, and nobody comes for it."""

from domain.events import AmendmentReason, CustomsStatus
from readers.simulator.consequences import WAITING_PLACES
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Amendment, Pass, Story

RELEASES = (CustomsStatus.RELEASED, CustomsStatus.TO_DRY_PORT)


def plant(story: Story) -> bool:
    """It arrived for good, or its owner was given time without end to fetch it.

    Its truth is stated as that of every other unit that waits for too long: see ``consequences``.
    """
    if _waits(story, story.passes[-1]) and story.leaving < len(story.passes) - 1:
        return _not_fetched(story)
    return _waits(story, story.passes[story.leaving - 1]) and _given_time(story)


def _waits(story: Story, passing: Pass) -> bool:
    return story.world.kinds[passing.node] in WAITING_PLACES


def _not_fetched(story: Story) -> bool:
    """The process at the last node never ends."""
    if any(r.status is CustomsStatus.EXIT_CERTIFIED and r.at >= story.passes[-1].at for r in story.rulings):
        return False
    story.rulings = [ruling for ruling in story.rulings if ruling.status is not CustomsStatus.DEFINITIVE]
    return True


def _given_time(story: Story) -> bool:
    """Customs takes the due times off its path; whether it was released or not, it stays."""
    last, missing = story.passes[story.leaving - 1], story.passes[story.leaving]
    cleared = story.rng.random() < 0.5  # noqa: PLR2004
    story.rulings = [r for r in story.rulings if r.at < missing.at and (cleared or r.status not in RELEASES)]
    del story.passes[story.leaving :]
    at = story.within(last, missing, 0.3, 0.9)
    story.amendments.append(Amendment(at, AmendmentReason.OTHER, path=story.path(story.route.leaving)))
    return True


PLOT = Plot("ABANDONED_UNIT", Story, plant)
