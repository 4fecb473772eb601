"""NODE_SKIPPED: a required node was passed over, or nodes were passed out of order."""

from collections.abc import Iterator
from uuid import UUID

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.journey import Journey
from domain.port import Port
from domain.standing import Arrival


def find(journey: Journey) -> Iterator[Finding]:
    """One finding for each required step before the farthest one that was not read in its turn."""
    trace = journey.trace
    for index, step in enumerate(journey.path[: max(trace.farthest, 0)]):
        if not step.required or index in trace.reached:
            continue
        beyond = trace.reached[min(i for i in trace.reached if i > index)]
        out_of_order = trace.late.get(index)
        if out_of_order:
            evidence: tuple[UUID, ...] = (beyond.event_id, out_of_order.event_id)
            sentence = f"Required node {step.node} was passed only after {beyond.node}."
        else:
            evidence = (beyond.event_id,)
            sentence = f"Read at {beyond.node} without the required read at {step.node} before it."
        yield Finding(RULE.kind, journey.step_name(index), step.node, beyond.occurred_at, evidence, sentence)


def unmoved(arrival: Arrival, port: Port) -> bool:
    """Whether it reaches the next required step, or none of the path for the first time."""
    steps, farthest, ahead = arrival.steps, arrival.trail.farthest, arrival.ahead
    if ahead is not None:
        return ahead == farthest + 1 or not any(step.required for step in steps[farthest + 1 : ahead])
    if farthest >= 0 and steps[farthest].node == arrival.node and len(arrival.trail.reached) == farthest + 1:
        return True  # where it was last, and nothing before it was left out
    return all(at in arrival.trail.reached for at in range(farthest) if steps[at].node == arrival.node)


RULE = Rule(
    kind="NODE_SKIPPED",
    trigger="a read at a later step of the path than a required one not read yet",
    subject="the step's node",
    severity=Severity.WARNING,
    basis="§358",
    find=find,
    unmoved=unmoved,
)
