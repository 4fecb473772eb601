"""The life of an alert: raised, changed, dealt with, cleared. What changed is the difference of two assessments."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from domain.deviations import RULES, Finding, severity_of
from domain.events import AlertStatus, DeviationAlertChanged, ReviewStatus
from domain.policy import Policy

ALERT_NAMESPACE = UUID("6f1c7f5e-4a52-5b8e-9d0b-2f6c1f1c9a10")
"""Alert ids are UUIDv5 in this namespace: the same deviation has the same id, however often it is computed."""

EVIDENCE_MAX = 20
"""More reads than this prove nothing more; the first ones and the count of the mission's reads are kept."""


class Entry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was last said about one deviation."""

    finding: Finding
    revision: int
    is_open: bool


class Ledger(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was said about all deviations of one subject of tracking, and how often its state changed."""

    entries: tuple[Entry, ...] = ()
    revision: int = 0

    @property
    def open_kinds(self) -> tuple[str, ...]:
        """The kinds of the deviations that stand and were not disposed of, sorted, one each."""
        if not self.entries:
            return ()
        standing = (entry.finding for entry in self.entries if entry.is_open)
        return tuple(sorted({finding.kind for finding in standing if not _is_disposed(finding)}))


def _is_disposed(finding: Finding) -> bool:
    return finding.handling is not None and finding.handling.status is ReviewStatus.DISPOSED


class Cause(msgspec.Struct, frozen=True, gc=False):
    """Whom the alerts concern and what brought the change.

    *Shape*: either ``iot_id`` or ``object_key``; ``trigger`` is none when it was the clock; ``policy`` is the port's.
    """

    iot_id: UUID | None
    object_key: str | None
    at: datetime
    trigger: UUID | None
    policy: Policy = Policy()


def changes(ledger: Ledger, findings: Iterable[Finding], cause: Cause) -> tuple[Ledger, list[DeviationAlertChanged]]:
    """Bring the ledger to ``findings``, and say what there is to tell.

    *Guarantee*: pure; the same ledger and findings give the same alerts, revision numbers included.
    """
    wanted = {(f.kind, f.subject): _bounded(f) for f in findings}
    entries: list[Entry] = []
    alerts: list[DeviationAlertChanged] = []
    for entry in ledger.entries:
        finding = wanted.pop((entry.finding.kind, entry.finding.subject), None)
        after, status = _next(entry, finding)
        entries.append(after)
        if status is not None:
            alerts.append(_alert(after, status, cause))
    for finding in wanted.values():
        entries.append(Entry(finding, 1, True))
        status = AlertStatus(finding.handling.status) if finding.handling else AlertStatus.RAISED
        alerts.append(_alert(entries[-1], status, cause))
    return Ledger(tuple(entries), ledger.revision + 1), alerts


def _next(entry: Entry, finding: Finding | None) -> tuple[Entry, AlertStatus | None]:
    if finding is None:
        if not entry.is_open:
            return entry, None
        return Entry(entry.finding, entry.revision + 1, False), AlertStatus.CLEARED
    if entry.is_open and finding == entry.finding:
        return entry, None
    if finding.handling is not None:
        return Entry(finding, entry.revision + 1, True), AlertStatus(finding.handling.status)
    return Entry(finding, entry.revision + 1, True), AlertStatus.CHANGED if entry.is_open else AlertStatus.RAISED


def _bounded(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, evidence=finding.evidence[:EVIDENCE_MAX])


def alert_id(owner: str, kind: str, subject: str) -> UUID:
    """The id of a deviation: ``owner`` is the IOT_ID, or the key of an unknown object."""
    return uuid5(ALERT_NAMESPACE, f"{owner}|{kind}|{subject}")


def _alert(entry: Entry, status: AlertStatus, cause: Cause) -> DeviationAlertChanged:
    finding, rule = entry.finding, RULES[entry.finding.kind]
    sentence = finding.sentence
    if status is AlertStatus.CLEARED:
        # A sentence that begins with an identifier keeps it as it is written.
        begins_with_word = ":" not in sentence.partition(" ")[0]
        sentence = f"No longer stands: {sentence[0].lower() if begins_with_word else sentence[0]}{sentence[1:]}"
    return DeviationAlertChanged(
        alert_id=alert_id(str(cause.iot_id or cause.object_key), finding.kind, finding.subject),
        revision=entry.revision,
        status=status,
        kind=finding.kind,
        severity=severity_of(finding.kind, cause.policy),
        basis=rule.basis,
        subject=finding.subject,
        iot_id=cause.iot_id,
        object_key=cause.object_key,
        node=finding.node,
        deviated_at=finding.deviated_at,
        changed_at=cause.at,
        sentence=sentence,
        evidence=finding.evidence,
        trigger=cause.trigger,
        outcome=finding.handling.outcome if finding.handling else None,
        reviewed_by=finding.handling.reviewer if finding.handling else None,
    )
