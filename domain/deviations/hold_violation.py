"""HOLD_VIOLATION: a held unit moves on or leaves."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.facts import Read
from domain.journey import Hold, Journey
from domain.port import NodeKind, Port
from domain.standing import Arrival


def find(journey: Journey) -> Iterator[Finding]:
    """One finding a hold, with every read that breaks one of its placings."""
    breaches: dict[str, list[tuple[Hold, Read]]] = {}
    for hold in journey.holds:
        for read in journey.reads:
            if _breaks(hold, read, journey):
                breaches.setdefault(hold.name, []).append((hold, read))
    for name, broken in breaches.items():
        hold, first = broken[0]
        event_ids = (event_id for h, read in broken for event_id in (h.placed.event_id, read.event_id))
        yield Finding(
            RULE.kind,
            name,
            first.node,
            first.occurred_at,
            tuple(dict.fromkeys(event_ids)),
            f"Moved to {first.node} although {hold.placed.authority} holds it.",
        )


def _breaks(hold: Hold, read: Read, journey: Journey) -> bool:
    """Going where a control is to take place, or to any customs space, is what the hold is for."""
    if not hold.covers(read.occurred_at) or read.node == hold.placed.node:
        return False
    node = journey.port.node(read.node)
    if node is not None and node.kind is NodeKind.CUSTOMS_SPACE:
        return False
    if any(visit.node == read.node for visit in journey.controls):
        return False
    leaves = journey.port.is_exit(read.node, read.direction)
    before = [r for r in journey.reads if r.occurred_at <= hold.placed.occurred_at]
    if not before:  # not landed yet: it may come in, it may not go out
        return leaves
    was_leaving = journey.port.is_exit(before[-1].node, before[-1].direction)
    return (read.node, leaves) != (before[-1].node, was_leaving)


def unmoved(arrival: Arrival, port: Port) -> bool:
    """Whether nothing is held."""
    return not arrival.standing.clearance.holds


RULE = Rule(
    kind="HOLD_VIOLATION",
    trigger="a read of a held unit elsewhere than where it was, where it is controlled, or a customs space",
    subject="the hold",
    severity=Severity.CRITICAL,
    basis="§42, §327, §339",
    find=find,
    unmoved=unmoved,
)
