"""DWELL_EXCEEDED: a unit stays at a node longer than the port allows there."""

from collections.abc import Iterator
from datetime import datetime

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.journey import Journey, Stay
from domain.policy import spell
from domain.port import Port
from domain.standing import Arrival, Standing


def find(journey: Journey) -> Iterator[Finding]:
    """One finding a stay that was too long, or was so already when absences were last judged."""
    for stay in journey.stays:
        if not _is_exceeded(stay, journey.mission.checked_at):
            continue
        node, due_at = stay.first.node, stay.due_at
        evidence = (stay.first.event_id, *((stay.closing.event_id,) if stay.closing else ()))
        allowed = spell(due_at - stay.first.occurred_at)
        sentence = f"Stayed at {node} longer than the {allowed} that are allowed there."
        yield Finding(RULE.kind, stay.name, node, due_at, evidence, sentence)


def due(journey: Journey) -> Iterator[datetime]:
    """When the stay that still lasts becomes too long."""
    return (stay.due_at for stay in journey.stays if stay.closing is None)


def _is_exceeded(stay: Stay, checked_at: datetime | None) -> bool:
    if stay.closing is not None:
        return stay.closing.occurred_at > stay.due_at
    return checked_at is not None and checked_at >= stay.due_at


def unmoved(arrival: Arrival, port: Port) -> bool:
    """Whether it goes on where it was, or leaves in time."""
    stay_due_at, last = arrival.trail.stay_due_at, arrival.trail.last
    return stay_due_at is None or last is None or arrival.node == last.node or arrival.at <= stay_due_at


def next_due(standing: Standing, port: Port) -> datetime | None:
    """When the stay that still lasts becomes too long."""
    return standing.trail.stay_due_at


RULE = Rule(
    kind="DWELL_EXCEEDED",
    trigger="a stay at a node, from the first read there to the first elsewhere or to the clock, above its threshold",
    subject="the node, with the stay's number from the second on",
    severity=Severity.WARNING,
    basis="§365-366",
    find=find,
    due=due,
    threshold="`dwell_max_minutes` of the port's node",
    unmoved=unmoved,
    next_due=next_due,
)
