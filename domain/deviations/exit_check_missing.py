"""EXIT_CHECK_MISSING: nobody certified within the grace time that the goods left.

It says nothing of the release: a unit that left unreleased and uncertified deviates twice (EXIT_WITHOUT_RELEASE).
"""

from collections.abc import Iterator
from datetime import datetime

from domain.deviations.rule import Finding, Rule, always
from domain.events import Severity
from domain.facts import Read
from domain.journey import Journey
from domain.policy import after, spell
from domain.port import Port
from domain.standing import Standing


def find(journey: Journey) -> Iterator[Finding]:
    """One finding an exit whose grace time was over when absences were last judged."""
    checked_at, grace = journey.mission.checked_at, journey.port.policy.exit_check_grace
    if checked_at is None:
        return
    for read in _uncertified(journey):
        due_at = after(read.occurred_at, grace)
        if due_at <= checked_at:
            sentence = f"Left through {read.node}, and nobody certified the exit within {spell(grace)}."
            yield Finding(RULE.kind, read.node, read.node, due_at, (read.event_id,), sentence)


def due(journey: Journey) -> Iterator[datetime]:
    """When the grace time of each exit is over that nobody certified yet."""
    for read in _uncertified(journey):
        yield after(read.occurred_at, journey.port.policy.exit_check_grace)


def _uncertified(journey: Journey) -> list[Read]:
    """The first read at each land exit, none once the exit is certified.

    A certification counts whenever it was given: one that came late was still made, and the officer at the gate may
    be quicker than its reader. The end of the mission does not replace it.
    """
    exits = journey.exits if journey.plan else {}
    return list(exits.values()) if exits and journey.uncertified else []


def next_due(standing: Standing, port: Port) -> datetime | None:
    """When the grace time of the first exit is over that nobody certified yet."""
    exits = standing.trail.exits
    if not exits or not standing.clearance.uncertified:
        return None
    return after(exits[0].at, port.policy.exit_check_grace)


RULE = Rule(
    kind="EXIT_CHECK_MISSING",
    trigger="the clock passes the grace time after a land exit whose certification was not given",
    subject="the exit's node",
    severity=Severity.WARNING,
    basis="§354, §361",
    find=find,
    due=due,
    threshold="`exit_check_grace_minutes` and `exit_certified_by` of the port's policy",
    unmoved=always,  # the grace time of an exit in order ends after what was judged
    next_due=next_due,
)
