"""EXIT_WITHOUT_RELEASE: gate-out before customs procedures are complete."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.journey import FREE, Journey
from domain.port import Port
from domain.standing import Arrival


def find(journey: Journey) -> Iterator[Finding]:
    """One finding an exit: free only when every declaration was free at the moment of the read."""
    if journey.plan is None:
        return
    seen: set[str] = set()
    for read in journey.reads:
        if read.node in seen or not journey.port.is_exit(read.node, read.direction):
            continue
        statuses = journey.statuses_at(read.occurred_at)
        open_ones = {mrn: status for mrn, status in statuses.items() if status not in FREE}
        if open_ones:
            seen.add(read.node)
            state = ", ".join(sorted({"no status" if s is None else s.value for s in open_ones.values()}))
            sentence = (
                f"Left through {read.node} while {len(open_ones)} of {len(statuses)} customs procedures "
                f"were not released ({state})."
            )
            yield Finding(RULE.kind, read.node, read.node, read.occurred_at, (read.event_id,), sentence)


def unmoved(arrival: Arrival, port: Port) -> bool:
    """Whether it is no exit, or one that is free."""
    return not port.is_exit(arrival.node, arrival.read.direction) or arrival.standing.clearance.is_free


RULE = Rule(
    kind="EXIT_WITHOUT_RELEASE",
    trigger="a read at a land exit while a declaration is not released",
    subject="the exit's node",
    severity=Severity.CRITICAL,
    basis="§361",
    find=find,
    unmoved=unmoved,
)
