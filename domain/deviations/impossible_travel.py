"""IMPOSSIBLE_TRAVEL: read at two nodes faster than anything drives from one to the other: a cloned identity."""

from collections.abc import Iterator
from itertools import pairwise

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.journey import Journey
from domain.mission import Read


def find(journey: Journey) -> Iterator[Finding]:
    """One finding for each way, whatever the number of times it was too fast."""
    if journey.plan is None:
        return
    ways: dict[tuple[str, str], list[Read]] = {}
    for one, other in pairwise(journey.reads):
        if one.node != other.node and other.occurred_at - one.occurred_at < journey.port.travel_min(
            one.node, other.node
        ):
            ways.setdefault((one.node, other.node), []).extend((one, other))
    for (start, end), reads in ways.items():
        yield Finding(
            RULE.kind,
            f"{start}→{end}",
            end,
            reads[1].occurred_at,
            tuple(dict.fromkeys(read.event_id for read in reads)),
            f"Read at {start} and then at {end} sooner than anything gets from one to the other.",
        )


RULE = Rule(
    kind="IMPOSSIBLE_TRAVEL",
    trigger="two reads, one after the other, at two nodes in less than the way between them takes",
    subject="the way, `A→B`",
    severity=Severity.CRITICAL,
    basis="§355",
    find=find,
    threshold="`speed_max_kmh` and `travel_distance_min_meters` of the port's policy, or `travel_min_minutes` of the "
    "port's `travel`",
)
