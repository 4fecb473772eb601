"""OVERDUE: a required node was not reached by its due time."""

from collections.abc import Iterator
from datetime import UTC, datetime

from domain.deviations.rule import Finding, Rule, always
from domain.events import Severity
from domain.journey import Journey
from domain.port import Port
from domain.standing import Standing


def find(journey: Journey) -> Iterator[Finding]:
    """One finding for each awaited step whose due time was over when absences were last judged."""
    checked_at = journey.mission.checked_at
    if checked_at is None or journey.plan is None:
        return
    for index in journey.awaited():
        step = journey.path[index]
        if step.due_at is not None and step.due_at <= checked_at:
            due_at = step.due_at.astimezone(UTC)
            yield Finding(
                RULE.kind,
                journey.step_name(index),
                step.node,
                due_at,
                (journey.plan.event_id,),
                f"Not read at {step.node}, where it was due by {due_at:%Y-%m-%d %H:%M} UTC.",
            )


def due(journey: Journey) -> Iterator[datetime]:
    """When each awaited step is due."""
    for index in journey.awaited():
        due_at = journey.path[index].due_at
        if due_at is not None:
            yield due_at


def next_due(standing: Standing, port: Port) -> datetime | None:
    """When the first awaited step is due that is due at all; due times do not go back along the path."""
    ahead = standing.steps[standing.trail.farthest + 1 :]
    return next((step.due_at for step in ahead if step.required and step.due_at is not None), None)


RULE = Rule(
    kind="OVERDUE",
    trigger="the clock passes the due time of a required step that is still ahead",
    subject="the step's node",
    severity=Severity.WARNING,
    basis="§366",
    find=find,
    due=due,
    threshold="`due_after_minutes` of the port's path",
    unmoved=always,  # what comes makes nothing late
    next_due=next_due,
)
