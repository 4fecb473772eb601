"""READ_AFTER_DEFINITIVE: movement after the process that required tracking has ended."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule, always
from domain.events import Severity
from domain.journey import Journey


def find(journey: Journey) -> Iterator[Finding]:
    """One finding a node, whatever the number of reads there."""
    if journey.ended is None:
        return
    for node in dict.fromkeys(read.node for read in journey.reads_after_end):
        reads = [read for read in journey.reads_after_end if read.node == node]
        yield Finding(
            RULE.kind,
            node,
            node,
            reads[0].occurred_at,
            (journey.ended.event_id, *(read.event_id for read in reads)),
            f"Read at {node} after its definitive status had ended the customs process.",
        )


RULE = Rule(
    kind="READ_AFTER_DEFINITIVE",
    trigger="a read later than the definitive status",
    subject="the node",
    severity=Severity.CRITICAL,
    basis="§357",
    find=find,
    unmoved=always,  # no fact is usual once the mission has ended
)
