"""UNKNOWN_OBJECT: a read resolves to no IOT_ID within the grace time.

It is judged where identifiers are resolved, for there is no mission to ask.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.deviations.rule import Finding, Rule
from domain.events import Severity


def unknown(object_key: str, node: str | None, read_at: datetime, evidence: Sequence[UUID]) -> Finding:
    """The finding for reads of one object, the first of them at ``node``."""
    return Finding(
        RULE.kind,
        object_key,
        node,
        read_at,
        tuple(evidence),
        f"Something was read at {node or 'an unnamed place'} that no IOT_ID is bound to.",
    )


RULE = Rule(
    kind="UNKNOWN_OBJECT",
    trigger="a read that resolves to no IOT_ID within the grace time",
    subject="the identifier read best",
    severity=Severity.WARNING,
    basis="§355-356, §359, §372a",
    find=None,
    threshold="setting `unknown_grace_seconds`",
)
