"""EXIT_WITHOUT_RELEASE: out through a land exit while a declaration is not released."""

from domain.events import CustomsStatus
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Ruling, Story
from readers.simulator.world import HOUR, MINUTE

FREEING = (CustomsStatus.RELEASED, CustomsStatus.TO_DRY_PORT)


def plant(story: Story) -> bool:
    """A declaration stays under control for good, its release is withdrawn, or the releases come after the exit."""
    if not story.route.leaves_by_land:
        return False
    leaving = story.passes[story.leaving]
    releases = [ruling for ruling in story.rulings if ruling.status in FREEING]
    variant = story.rng.choice((_keep_under_control, _withdraw, _release_late))
    # What goes on to another place needs its release there.
    why = (variant if story.passes[-1] is leaving else _release_late)(story, releases)
    story.plant(PLOT.kind, leaving.node, leaving.node, leaving.at, f"It left through {leaving.node}; {why}")
    return True


def _keep_under_control(story: Story, releases: list[Ruling]) -> str:
    releases[-1].status = CustomsStatus.UNDER_CONTROL
    _never_end(story)
    return "a declaration was under control then and later."


def _withdraw(story: Story, releases: list[Ruling]) -> str:
    released = releases[-1]
    at = story.between(released.at + 1, story.passes[story.leaving].at - 1)
    story.rule(at, CustomsStatus.RELEASE_WITHDRAWN, of=released.of)
    _never_end(story)
    return "the release of a declaration had been withdrawn."


def _never_end(story: Story) -> None:
    story.rulings = [ruling for ruling in story.rulings if ruling.status is not CustomsStatus.DEFINITIVE]


def _release_late(story: Story, releases: list[Ruling]) -> str:
    late = story.passes[story.leaving].at - releases[0].at + story.between(20 * MINUTE, HOUR)
    for ruling in releases:
        ruling.at += late
    for ruling in story.rulings:
        if ruling.status is CustomsStatus.DEFINITIVE:
            ruling.at = max(ruling.at, releases[-1].at + story.between(10 * MINUTE, HOUR))
    return "the release was given only afterwards."


PLOT = Plot("EXIT_WITHOUT_RELEASE", Story, plant)
