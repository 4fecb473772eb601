"""EXIT_WITHOUT_RELEASE: out through a land exit while a declaration is not released."""

from domain.events import CustomsStatus
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Ruling, Story
from readers.simulator.world import HOUR, MINUTE

FREEING = (CustomsStatus.RELEASED, CustomsStatus.TO_DRY_PORT)


def plant(story: Story) -> bool:
    """Either one declaration stays under control for good, or the releases come after the exit."""
    if not story.route.leaves_by_land:
        return False
    leaving = story.passes[story.leaving]
    releases = [ruling for ruling in story.rulings if ruling.status in FREEING]
    last = story.passes[-1] is leaving
    if last and story.rng.random() < 0.5:  # noqa: PLR2004
        why = _keep_under_control(story, releases[-1])
    else:
        why = _release_late(story, releases)
    story.plant(PLOT.kind, leaving.node, leaving.node, leaving.at, f"It left through {leaving.node}; {why}")
    return True


def _keep_under_control(story: Story, release: Ruling) -> str:
    release.status = CustomsStatus.UNDER_CONTROL
    story.rulings = [ruling for ruling in story.rulings if ruling.status is not CustomsStatus.DEFINITIVE]
    return "a declaration was under control then and later."


def _release_late(story: Story, releases: list[Ruling]) -> str:
    late = story.passes[story.leaving].at - releases[0].at + story.between(20 * MINUTE, HOUR)
    for ruling in releases:
        ruling.at += late
    for ruling in story.rulings:
        if ruling.status is CustomsStatus.DEFINITIVE:
            ruling.at = max(ruling.at, releases[-1].at + story.between(10 * MINUTE, HOUR))
    return "the release was given only afterwards."


PLOT = Plot("EXIT_WITHOUT_RELEASE", plant)
