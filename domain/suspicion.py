"""What a device's signal is worth: where it came from, whether it was to be expected, and what a control found."""

from datetime import datetime

from domain.events import CustomsStatus
from domain.facts import Signal
from domain.journey import Journey

RESULTS = (CustomsStatus.CONTROL_SATISFACTORY, CustomsStatus.CONTROL_UNSATISFACTORY)


def place_of(signal: Signal, journey: Journey) -> str | None:
    """The node at which a device was: as its platform says, by its position, or where the unit was read last."""
    if signal.node is not None:
        return signal.node
    if signal.position is not None:
        near = journey.port.node_near(signal.position)
        return None if near is None else near.node
    before = [read.node for read in journey.reads if read.occurred_at <= signal.occurred_at]
    return before[-1] if before else None


def is_authorised(signal: Signal, journey: Journey) -> bool:
    """Whether the unit might be opened there and then: at any time of the node's, or for a control that is set."""
    place = place_of(signal, journey)
    if place is None:
        return False
    at = signal.occurred_at
    if journey.port.may_open(place, at):
        return True
    return any(visit.node == place and visit.starts_at <= at <= visit.ends_at for visit in journey.controls)


def result_of_control(journey: Journey, since: datetime) -> CustomsStatus | None:
    """What the last control from that moment on found, none before there was one."""
    found = (r.status for r in reversed(journey.rulings) if r.status in RESULTS and r.occurred_at >= since)
    return next(found, None)
