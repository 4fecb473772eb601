"""GATE_WITHOUT_APPOINTMENT: a unit passes a gate outside every slot that was booked for it, where slots are used."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.facts import Read
from domain.journey import Journey
from domain.policy import after, before
from domain.port import Port
from domain.standing import Arrival


def find(journey: Journey) -> Iterator[Finding]:
    """One finding a gate, for the first read there that no slot covers."""
    if journey.plan is None:
        return
    seen: set[str] = set()
    for read in journey.reads:
        if read.node not in journey.port.slot_gates or read.node in seen or _has_slot(read, journey):
            continue
        seen.add(read.node)
        booked = "at another time than was booked" if journey.slots(read.node) else "without a booked slot"
        sentence = f"Passed {read.node} {booked}."
        yield Finding(RULE.kind, read.node, read.node, read.occurred_at, (read.event_id,), sentence)


def _has_slot(read: Read, journey: Journey) -> bool:
    tolerance = journey.port.policy.slot_tolerance
    return any(
        before(slot.starts_at, tolerance) <= read.occurred_at <= after(slot.ends_at, tolerance)
        for slot in journey.slots(read.node)
    )


def unmoved(arrival: Arrival, port: Port) -> bool:
    """Whether no slot is needed there."""
    return arrival.node not in port.slot_gates


RULE = Rule(
    kind="GATE_WITHOUT_APPOINTMENT",
    trigger="a read at a gate that requires a slot, outside every slot booked for the unit there",
    subject="the gate's node",
    severity=Severity.WARNING,
    basis="§385",
    find=find,
    threshold="`requires_slot` of the port's node, `slot_tolerance_minutes` of its policy",
    unmoved=unmoved,
)
