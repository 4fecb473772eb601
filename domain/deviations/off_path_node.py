"""OFF_PATH_NODE: read at a node that is not on the path, or seen by its device beside every way of it."""

from collections.abc import Iterator
from itertools import pairwise

from domain.deviations.rule import Finding, Rule
from domain.events import DeviceSignal, Severity
from domain.facts import Read, Signal
from domain.journey import Journey
from domain.port import Port, meters_beside, meters_to
from domain.standing import Arrival

CORRIDOR = "corridor"


def find(journey: Journey) -> Iterator[Finding]:
    """One finding a node, whatever the number of reads there, and one for all positions off the corridor."""
    if journey.plan is None:
        return
    yield from _off_corridor(journey)
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


def _off_corridor(journey: Journey) -> Iterator[Finding]:
    if not journey.port.policy.corridor_meters:
        return
    outside = [signal for signal in journey.signals if _is_outside(signal, journey)]
    if outside:
        evidence = tuple(signal.event_id for signal in outside)
        sentence = "Its device reported positions off the corridor between the nodes of its path."
        yield Finding(RULE.kind, CORRIDOR, None, outside[0].occurred_at, evidence, sentence)


def _is_outside(signal: Signal, journey: Journey) -> bool:
    """Whether a position is in no place of the path that was in force, and beside every way of it."""
    position = signal.position
    if signal.signal is not DeviceSignal.POSITION or position is None:
        return False
    steps = (journey.port.node(step.node) for step in journey.path_at(signal.occurred_at))
    nodes = [node for node in steps if node is not None]
    if not nodes or any(
        signal.node == node.node or meters_to(node, position) <= node.radius_meters for node in nodes
    ):
        return False
    widest = journey.port.policy.corridor_meters
    return all(meters_beside(one, other, position) > widest for one, other in pairwise(nodes))


def unmoved(arrival: Arrival, port: Port) -> bool:
    """Whether it is on the path."""
    return arrival.ahead is not None or arrival.node in [step.node for step in arrival.steps]


RULE = Rule(
    kind="OFF_PATH_NODE",
    trigger="a read at a node that the path in force does not contain, or a device's position off its corridor",
    subject="the node, or `corridor`",
    severity=Severity.WARNING,
    basis="§356-358",
    find=find,
    threshold="`corridor_meters` of the port's policy",
    unmoved=unmoved,
)
