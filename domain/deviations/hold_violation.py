"""HOLD_VIOLATION: a held unit moves on or leaves."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.journey import Hold, Journey
from domain.mission import Read
from domain.port import NodeKind


def find(journey: Journey) -> Iterator[Finding]:
    """One finding a hold, with every read that breaks it."""
    for hold in journey.holds():
        breaches = [read for read in journey.reads if _breaks(hold, read, journey)]
        if breaches:
            node = breaches[0].node
            yield Finding(
                RULE.kind,
                str(hold.placed.hold_id),
                node,
                breaches[0].occurred_at,
                (hold.placed.event_id, *(read.event_id for read in breaches)),
                f"Moved to {node} although {hold.placed.authority} holds it.",
            )


def _breaks(hold: Hold, read: Read, journey: Journey) -> bool:
    """Going to the place of control, or to any customs space, is what the hold is for."""
    if not hold.covers(read.occurred_at) or read.node == hold.placed.node:
        return False
    node = journey.port.node(read.node)
    if node is not None and node.kind is NodeKind.CUSTOMS_SPACE:
        return False
    before = [r.node for r in journey.reads if r.occurred_at <= hold.placed.occurred_at]
    if not before:  # not landed yet: it may come in, it may not go out
        return journey.port.is_exit(read.node, read.direction)
    return read.node != before[-1]


RULE = Rule(
    kind="HOLD_VIOLATION",
    trigger="a read of a held unit elsewhere than where it was, where it is controlled, or a customs space",
    subject="the hold",
    severity=Severity.CRITICAL,
    basis="§42, §327, §339",
    find=find,
)
