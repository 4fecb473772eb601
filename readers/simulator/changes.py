"""What may change on a mission's way without anything being wrong, as customs is told of it."""

from domain.events import AmendmentReason, DeviceSignal
from readers.simulator.story import Amendment, Report, Story
from readers.simulator.world import HOUR, MINUTE

TOLD_BEFORE = 0.7
"""Of new trucks: customs is told before the first gate reads them, otherwise soon afterwards."""


def take_over(story: Story) -> None:
    """Another truck carries the unit past every gate."""
    gates = [i for i, each in enumerate(story.passes) if story.world.is_gate(each.node)]
    if not gates:
        return
    first = story.passes[gates[0]]
    since = story.passes[gates[0] - 1].at if gates[0] else 0
    if story.rng.random() < TOLD_BEFORE:
        told = story.between(since + (first.at - since) * 0.2, since + (first.at - since) * 0.8)
    else:
        told = first.at + story.between(MINUTE, 5 * MINUTE)
    new = story.yard.spare_plate(story.number)
    story.amendments.append(
        Amendment(told, AmendmentReason.NEW_VEHICLE, added=(new,), removed=(story.cargo.carrier,))
    )
    for each in story.passes[gates[0] :]:
        each.carrier = new


def reseal(story: Story) -> None:
    """Its seal breaks, as the device reports, and another one is put on."""
    old, new = story.cargo.seal, story.yard.spare_seal(story.number)
    before, after = story.passes[story.leaving - 1], story.passes[story.leaving]
    assert old is not None
    broken = story.within(before, after, 0.05, 0.2)
    told = min(broken + story.between(10 * MINUTE, 2 * HOUR), story.within(before, after, 0.25, 0.5))
    story.reports.append(Report(broken, DeviceSignal.SEAL_TAMPERED, before.node))
    story.amendments.append(Amendment(told, AmendmentReason.SEAL_REPLACED, added=(new,), removed=(old,)))
