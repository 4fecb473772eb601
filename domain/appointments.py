"""Slots and controls: which appointments stand, and which of them are one visit."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain.facts import Booking


class Control(NamedTuple):
    """One visit for the controls of all authorities that want one."""

    node: str
    starts_at: datetime
    ends_at: datetime
    authorities: tuple[str, ...]


def standing(bookings: Sequence[Booking]) -> list[Booking]:
    """The appointments that stand, in order of their beginning.

    *Shape*: ``bookings`` by event time; of an ``appointment_id`` the last one holds, unless it cancels.
    """
    latest = {booking.appointment_id: booking for booking in bookings}
    held = [booking for booking in latest.values() if not booking.cancelled]
    return sorted(held, key=lambda booking: (booking.starts_at, booking.appointment_id))


def joint_control(controls: Sequence[Booking]) -> Control | None:
    """The first control with all others that overlap it at the same node; none when there is none.

    *Shape*: ``controls`` in order of their beginning.
    """
    if not controls:
        return None
    visit = _alone(controls[0])
    for other in controls[1:]:
        if other.node == visit.node and other.starts_at < visit.ends_at:
            authorities = tuple(dict.fromkeys((*visit.authorities, *other.authorities)))
            visit = Control(visit.node, visit.starts_at, max(visit.ends_at, other.ends_at), authorities)
    return visit


def _alone(booking: Booking) -> Control:
    return Control(booking.node, booking.starts_at, booking.ends_at, booking.authorities)
