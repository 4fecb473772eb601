"""RAIL_NO_DEPARTURE_PERMISSION: a train passes the rail gate without permission to leave."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule
from domain.events import Permission, Severity
from domain.train_run import TrainRun


def find(train: TrainRun) -> Iterator[Finding]:
    """One finding a rail gate: the permission at the first read there decides."""
    first = {read.node: read for read in reversed(train.passages)}
    for read in first.values():
        permit = train.permit_at(read.occurred_at)
        if permit is not None and permit.permission is Permission.GRANTED:
            continue
        state = "never asked for" if permit is None else permit.permission.lower()
        evidence = (read.event_id, *((permit.event_id,) if permit else ()))
        sentence = f"The train left through {read.node} although permission was {state}."
        yield Finding(RULE.kind, read.node, read.node, read.occurred_at, evidence, sentence)


RULE = Rule(
    kind="RAIL_NO_DEPARTURE_PERMISSION",
    trigger="a read of a train at the rail gate on its way out while its permission to leave is not granted",
    subject="the rail gate's node",
    severity=Severity.CRITICAL,
    basis="§372b-c",
    find=find,
    judges=TrainRun,
)
