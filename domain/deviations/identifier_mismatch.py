"""IDENTIFIER_MISMATCH: identifiers read together differ from the association."""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.journey import Journey
from domain.port import Port
from domain.standing import Arrival

GROUPS = (("BIC:", "ILU:", "SWAP_BODY:"), ("PLATE:",))
"""Schemes that name the same thing: the unit, and the vehicle under it."""


def find(journey: Journey) -> Iterator[Finding]:
    """One finding for each foreign unit or vehicle, whatever the number of reads of it."""
    if journey.plan is None:
        return
    for group in GROUPS:
        foreign_reads = journey.foreign(group)
        for foreign, reads in foreign_reads.items():
            yield Finding(
                RULE.kind,
                foreign,
                reads[0].node,
                reads[0].occurred_at,
                (journey.plan.event_id, *(read.event_id for read in reads)),
                f"Read at {reads[0].node} together with a {_noun(foreign)} that customs did not associate with it.",
            )


def _noun(key: str) -> str:
    return "vehicle" if key.startswith("PLATE:") else "loading unit"


def unmoved(arrival: Arrival, port: Port) -> bool:
    """Whether nothing foreign is read."""
    return arrival.shows_only_own


RULE = Rule(
    kind="IDENTIFIER_MISMATCH",
    trigger="a read that shows, surely, another unit or vehicle than the association's",
    subject="the foreign identifier",
    severity=Severity.CRITICAL,
    basis="§355, §370",
    find=find,
    unmoved=unmoved,
)
