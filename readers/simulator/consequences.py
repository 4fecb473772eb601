"""What follows from any plot by the clock alone: a unit that stays somewhere too long, or that nobody fetches."""

from itertools import groupby

from domain.events import CustomsStatus
from domain.port import NodeKind
from readers.simulator.story import Pass, Story
from readers.simulator.world import MILLISECOND

WAITING_PLACES = (NodeKind.PORT_FACILITY, NodeKind.CUSTOMS_SPACE, NodeKind.EXTRA_PORT_FACILITY)


def plant_consequences(story: Story) -> None:
    """State the truth about stays and abandonment of a mission into which something was planted."""
    ended = next((r.at for r in story.rulings if r.status is CustomsStatus.DEFINITIVE), None)
    passes = [each for each in story.passes if ended is None or each.at <= ended]
    if not story.announced or not passes:
        return
    _plant_stays(story, passes, ended)
    if ended is None:
        _plant_abandonment(story, passes[-1])


def _plant_stays(story: Story, passes: list[Pass], ended: int | None) -> None:
    stays = [next(reads) for _, reads in groupby(passes, key=lambda each: each.node)]
    counts: dict[str, int] = {}
    for stay, after in zip(stays, [*stays[1:], None], strict=True):
        counts[stay.node] = counts.get(stay.node, 0) + 1
        longest = story.world.dwell_max(stay.node)
        left = ended if after is None else after.at
        if longest is not None and (left is None or left - stay.at > longest):
            name = stay.node if counts[stay.node] == 1 else f"{stay.node}#{counts[stay.node]}"
            why = f"It stayed at {stay.node} longer than it may."
            story.plant("DWELL_EXCEEDED", name, stay.node, stay.at + longest, why)


def _plant_abandonment(story: Story, last: Pass) -> None:
    certified = any(r.status is CustomsStatus.EXIT_CERTIFIED and r.at >= last.at for r in story.rulings)
    if certified or story.world.kinds[last.node] not in WAITING_PLACES:
        return
    decided = {r.of: r.status for r in sorted(story.rulings, key=lambda r: r.at) if r.of[0] in story.cargo.mrns}
    cleared = len(decided) > 0 and all(status is CustomsStatus.RELEASED for status in decided.values())
    due = story.end + story.world.port.policy.abandoned_after // MILLISECOND
    why = f"Read last at {last.node}; nobody came for it."
    story.plant("ABANDONED_UNIT", "cleared" if cleared else "uncleared", last.node, due, why)
