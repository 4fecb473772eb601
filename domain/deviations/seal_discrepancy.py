"""SEAL_DISCREPANCY: a seal is read that is none of the mission's."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.journey import Journey
from domain.mission import Read

SEAL = "SEAL:"


def find(journey: Journey) -> Iterator[Finding]:
    """One finding for each foreign seal, whatever the number of reads of it."""
    if journey.plan is None:
        return
    foreign_reads: dict[str, list[Read]] = {}
    for read in journey.reads:
        for foreign in _foreign_seals(read, journey):
            foreign_reads.setdefault(foreign, []).append(read)
    for foreign, reads in foreign_reads.items():
        yield Finding(
            RULE.kind,
            foreign,
            reads[0].node,
            reads[0].occurred_at,
            (journey.plan.event_id, *(read.event_id for read in reads)),
            f"Read at {reads[0].node} under a seal that is none of those put on this cargo.",
        )


def _foreign_seals(read: Read, journey: Journey) -> list[str]:
    """The seals read that were not the mission's at that moment; none of a mission that has no seal."""
    seals = [key for key in read.keys if key.startswith(SEAL)]
    own = [key for key in journey.keys_at(read.occurred_at) if key.startswith(SEAL)] if seals else []
    return [seal for seal in seals if seal not in own] if own else []


RULE = Rule(
    kind="SEAL_DISCREPANCY",
    trigger="a read that shows, surely, another seal than the association's, if it has any",
    subject="the foreign seal",
    severity=Severity.CRITICAL,
    basis="§43, §288",
    find=find,
)
