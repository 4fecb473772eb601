"""How customs has dealt with what is found: acknowledged, or disposed of with an outcome."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from domain.alerts import alert_id
from domain.deviations import Finding, Handling
from domain.facts import Review


def reviewed(
    findings: Iterable[Finding], reviews: Sequence[Review], owner: str, moments: Mapping[UUID, datetime]
) -> list[Finding]:
    """The findings, each with the latest review of its alert.

    A review covers what could be known when it was made: a deviation that goes on afterwards, or has evidence from
    afterwards, is open again.
    *Shape*: ``reviews`` by event time; ``moments`` are the event times of the evidence.
    """
    latest = {review.alert_id: review for review in reviews}
    return [
        _with(finding, latest.get(alert_id(owner, finding.kind, finding.subject)), moments) for finding in findings
    ]


def _with(finding: Finding, review: Review | None, moments: Mapping[UUID, datetime]) -> Finding:
    if review is None:
        return finding
    shown_at = max([finding.deviated_at, *(moments[each] for each in finding.evidence if each in moments)])
    if review.occurred_at < shown_at:
        return finding
    return msgspec.structs.replace(finding, handling=Handling(review.status, review.outcome, review.reviewer))
