"""Slots at the gates where a passage must be booked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from domain.events import AppointmentPurpose
from readers.simulator.story import Booking, Pass, Slot, Story
from readers.simulator.world import HOUR, MILLISECOND

SLOT = HOUR
GRID = timedelta(minutes=30)
"""Slots begin at even times."""
MOVED = 0.15
"""Of slots: booked for another time at first."""
TOO_EARLY = timedelta(hours=6)
"""By how much one who misses his slot comes too early, on top of the port's tolerance."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def slots(story: Story) -> Iterator[Booking]:
    """The bookings for every pass of such a gate that the route foresees."""
    if not story.announced:
        return
    for nth, each in enumerate(story.passes):
        if each.step is not None and each.node in story.world.booked:
            yield from _booked(story, each, f"SLOT-{story.number}-{nth}")


def _booked(story: Story, passing: Pass, appointment_id: str) -> Iterator[Booking]:
    if passing.slot is Slot.NOT_BOOKED:
        return
    starts = _beginning(story, passing.at)
    if passing.slot is Slot.MISSED:
        starts += (TOO_EARLY + story.world.port.policy.slot_tolerance) // MILLISECOND

    def booking(at: int, starts: int, *, cancelled: bool = False) -> Booking:
        purpose, ends = AppointmentPurpose.GATE_SLOT, _beginning(story, starts + SLOT)
        return Booking(at, appointment_id, purpose, passing.node, starts, ends, cancelled=cancelled)

    if passing.slot is Slot.BOOKED and story.rng.random() < MOVED:
        yield booking(story.between(passing.at * 0.02, passing.at * 0.09), starts + 3 * HOUR)
    yield booking(story.between(passing.at * 0.1, passing.at * 0.5), starts)
    if passing.slot is Slot.CANCELLED:
        yield booking(story.between(passing.at * 0.6, passing.at * 0.9), starts, cancelled=True)


def _beginning(story: Story, at: int) -> int:
    """The even time before, but not before there is a mission that the booking could be for."""
    return max(at - (story.moment(at) - _EPOCH) % GRID // MILLISECOND, 1)
