"""OFF_PATH_NODE: read at a node that is not on the path."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.journey import Journey
from domain.mission import Read


def find(journey: Journey) -> Iterator[Finding]:
    """One finding a node, whatever the number of reads there."""
    if journey.plan is None:
        return
    strays = [read for read in journey.trace.off_path if not _was_on_path(read, journey)]
    for node in dict.fromkeys(read.node for read in strays):
        reads = [read for read in strays if read.node == node]
        yield Finding(
            RULE.kind,
            node,
            node,
            reads[0].occurred_at,
            tuple(read.event_id for read in reads),
            f"Read at {node}, which is not on the path laid down for this cargo.",
        )


def _was_on_path(read: Read, journey: Journey) -> bool:
    """A later amendment does not make a stray of what was on its path when it was read."""
    return any(step.node == read.node for step in journey.path_at(read.occurred_at))


RULE = Rule(
    kind="OFF_PATH_NODE",
    trigger="a read at a node that the path in force does not contain",
    subject="the node",
    severity=Severity.WARNING,
    basis="§356-358",
    find=find,
)
