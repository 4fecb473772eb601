"""IMPOSSIBLE_TRAVEL: read at two nodes faster than anything drives from one to the other: a cloned identity."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.facts import Read
from domain.journey import Journey
from domain.port import Port
from domain.standing import Arrival
from domain.travel import UNIT, VEHICLE, showing, too_fast

GROUPS = (UNIT, VEHICLE)
"""What is followed each by itself: a truck may drive on while its container waits."""


def find(journey: Journey) -> Iterator[Finding]:
    """One finding for each way, whatever the number of times it was too fast."""
    if journey.plan is None:
        return
    ways: dict[tuple[str, str], list[Read]] = {}
    for group in GROUPS:
        for one, other in too_fast(showing(journey.reads, group), journey.port):
            ways.setdefault((one.node, other.node), []).extend((one, other))
    for (start, end), pairs in ways.items():
        yield Finding(
            RULE.kind,
            f"{start}→{end}",
            end,
            pairs[1].occurred_at,
            tuple(dict.fromkeys(read.event_id for read in pairs)),
            f"Read at {start} and then at {end} sooner than anything gets from one to the other.",
        )


def unmoved(arrival: Arrival, port: Port) -> bool:
    """Whether what is read had the time to come there."""
    if arrival.shows & UNIT and not arrival.is_in_time(arrival.trail.unit, port):
        return False
    return not arrival.shows & VEHICLE or arrival.is_in_time(arrival.trail.vehicle, port)


RULE = Rule(
    kind="IMPOSSIBLE_TRAVEL",
    trigger="two reads of the unit, or of the vehicle, one after the other, at two nodes in less than the way takes",
    subject="the way, `A→B`",
    severity=Severity.CRITICAL,
    basis="§355",
    find=find,
    threshold="`speed_max_kmh` and `travel_distance_min_meters` of the port's policy, or `travel_min_minutes` of the "
    "port's `travel`",
    unmoved=unmoved,
)
