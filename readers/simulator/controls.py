"""A control: the unit is held where it is, looked at in the customs space by appointment, and brought back."""

from domain.events import AmendmentReason, AppointmentPurpose, CustomsStatus, DeviceSignal
from domain.port import NodeKind
from readers.simulator.routes import Step
from readers.simulator.story import ADM, AGENCIES, Amendment, Booking, Pass, Report, Story
from readers.simulator.world import HOUR, MINUTE

JOINT = 0.3
"""Of controls: another agency looks at the unit on the same visit."""
OPENED = 0.4
"""Of controls: the seal is taken off and replaced."""
SUSPECTED = 0.2
"""Of controls of units with a device: what it reported of a door is why; the control finds nothing."""


def control(story: Story, came_from: Step) -> None:
    """Selected where the unit was, held, looked at with a satisfactory result, the hold lifted.

    Nobody but customs may know of it before the hold is placed.
    """
    *_, origin, there = story.passes
    selected = story.within(origin, there, 0.2, 0.4)
    placed = story.within(origin, there, 0.45, 0.6)
    done = there.at + story.between(10 * MINUTE, 20 * MINUTE)
    back = done + story.world.travel(there.node, origin.node)
    if came_from.kind is NodeKind.PORT_FACILITY:
        story.passes.append(story.passing(back, origin.node))
    story.rule(selected, CustomsStatus.SELECTED_FOR_SCAN).not_before = placed
    story.hold(ADM, placed, back + story.between(2 * MINUTE, 5 * MINUTE), there.node)
    story.bookings.extend(_appointments(story, there, selected, placed))
    story.rule(done, CustomsStatus.CONTROL_SATISFACTORY)
    if story.device and story.rng.random() < SUSPECTED:
        opened = story.within(origin, there, 0.05, 0.15)
        story.reports.append(Report(opened, DeviceSignal.DOOR_OPENED, origin.node))
    if not story.amendments and story.rng.random() < OPENED:
        _replace_seal(story, there, done)


def _appointments(story: Story, there: Pass, selected: int, placed: int) -> list[Booking]:
    """One of customs, and now and then one of another agency for the same visit."""
    authorities = [ADM, *(story.rng.sample(AGENCIES, 1) if story.rng.random() < JOINT else ())]
    starts = there.at - story.between(0, 10 * MINUTE)
    return [
        Booking(
            at=story.between(selected, placed),
            appointment_id=f"CTRL-{authority}-{story.number}-{len(story.passes)}",
            purpose=AppointmentPurpose.CONTROL,
            node=there.node,
            starts=starts,
            ends=starts + HOUR,
            authorities=(authority,),
            not_before=placed,
        )
        for authority in authorities
    ]


def _replace_seal(story: Story, there: Pass, done: int) -> None:
    old, new = story.cargo.seal, story.yard.spare_seal(story.number)
    assert old is not None
    story.amendments.append(Amendment(done + MINUTE, AmendmentReason.SEAL_REPLACED, added=(new,), removed=(old,)))
    if story.device:
        taken_off = there.at + story.between(3 * MINUTE, 9 * MINUTE)
        story.reports.append(Report(taken_off, DeviceSignal.SEAL_REMOVED, there.node))
