"""UNKNOWN_OBJECT: a read resolves to no IOT_ID within the grace time.

It is judged where identifiers are resolved, for there is no mission to ask. Of a wrong number it names what may have
been misread; whether that is bound is left to whoever looks at it, for nothing binds by a guess.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.identifiers import Scheme, check, misread_candidates

MISREADS_NAMED_MAX = 3
"""Look-alikes that are named, the likeliest confusions: a misread container has one or two of them, seldom more."""


def unknown(object_key: str, node: str | None, read_at: datetime, evidence: Sequence[UUID]) -> Finding:
    """The finding for reads of one object, the first of them at ``node``."""
    return Finding(
        RULE.kind,
        object_key,
        node,
        read_at,
        tuple(evidence),
        f"Something was read at {node or 'an unnamed place'} that no IOT_ID is bound to.{_doubt(object_key)}",
    )


def _doubt(object_key: str) -> str:
    """What is wrong with the number, and what it may be."""
    scheme, _, value = object_key.partition(":")
    checked = check(Scheme(scheme), value)
    if checked.bindable:
        return ""
    likely = " or ".join(candidate.key for candidate in misread_candidates(checked)[:MISREADS_NAMED_MAX])
    return f" Its number is wrong: perhaps {likely} was misread." if likely else " Its number is wrong."


RULE = Rule(
    kind="UNKNOWN_OBJECT",
    trigger="a read that resolves to no IOT_ID within the grace time",
    subject="the identifier read best",
    severity=Severity.WARNING,
    basis="§355-356, §359, §372a",
    find=None,
    threshold="setting `unknown_grace_seconds`",
)
