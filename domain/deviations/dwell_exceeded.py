"""DWELL_EXCEEDED: a unit stays at a node longer than the port allows there."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.facts import Read, Ruling
from domain.journey import Journey
from domain.policy import after, spell


class Stay(NamedTuple):
    """A stay at a node that minds how long, from the first read there.

    *Shape*: ``name`` is the node, from the second stay there on with its number; ``closing`` is what ended the stay:
    the first read elsewhere, or the end of the mission; none while it lasts.
    """

    name: str
    first: Read
    due_at: datetime
    closing: Read | Ruling | None


def find(journey: Journey) -> Iterator[Finding]:
    """One finding a stay that was too long, or was so already when absences were last judged."""
    for stay in _stays(journey):
        if not _is_exceeded(stay, journey.mission.checked_at):
            continue
        node, due_at = stay.first.node, stay.due_at
        evidence = (stay.first.event_id, *((stay.closing.event_id,) if stay.closing else ()))
        allowed = spell(due_at - stay.first.occurred_at)
        sentence = f"Stayed at {node} longer than the {allowed} that are allowed there."
        yield Finding(RULE.kind, stay.name, node, due_at, evidence, sentence)


def due(journey: Journey) -> Iterator[datetime]:
    """When the stay that still lasts becomes too long."""
    return (stay.due_at for stay in _stays(journey) if stay.closing is None)


def _is_exceeded(stay: Stay, checked_at: datetime | None) -> bool:
    if stay.closing is not None:
        return stay.closing.occurred_at > stay.due_at
    return checked_at is not None and checked_at >= stay.due_at


def _stays(journey: Journey) -> Iterator[Stay]:
    """The stays at nodes with a threshold; time after the mission's end, or its cancelling, does not count."""
    groups = [list(reads) for _, reads in groupby(journey.reads, key=lambda read: read.node)] if journey.plan else []
    stays_so_far: dict[str, int] = {}
    for place, (first, *_) in enumerate(groups):
        number = stays_so_far[first.node] = stays_so_far.get(first.node, 0) + 1
        node = journey.port.node(first.node)
        if node is None or node.dwell_max is None:
            continue
        left = groups[place + 1][0] if place + 1 < len(groups) else None
        ends = [fact for fact in (left, journey.ended, journey.cancelled) if fact is not None]
        closing = min(ends, key=lambda fact: (fact.occurred_at, fact.event_id), default=None)
        name = first.node if number == 1 else f"{first.node}#{number}"
        yield Stay(name, first, after(first.occurred_at, node.dwell_max), closing)


RULE = Rule(
    kind="DWELL_EXCEEDED",
    trigger="a stay at a node, from the first read there to the first elsewhere or to the clock, above its threshold",
    subject="the node, with the stay's number from the second on",
    severity=Severity.WARNING,
    basis="§365-366",
    find=find,
    due=due,
    threshold="`dwell_max_minutes` of the port's node",
)
