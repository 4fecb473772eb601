"""NOTICE_LATE: a ship's pre-arrival notices come later than they must."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.deviations.rule import Finding, Rule
from domain.events import CallStatus, Movement, Severity
from domain.history import Dated
from domain.policy import before
from domain.vessel_call import VesselCall

SPOKEN = {
    "PRE_ARRIVAL": "pre-arrival notice",
    "DANGEROUS_GOODS": "notice of dangerous goods",
    "MANIFEST": "manifest",
}


class Notice(NamedTuple):
    """A notice that is due before the arrival, and what gave it, if it was given."""

    name: str
    hours: int
    given: Dated | None


def find(call: VesselCall) -> Iterator[Finding]:
    """One finding a notice that was given late, or was not given when it was due."""
    for notice, due_at in _due_notices(call):
        if notice.given is not None and notice.given.occurred_at <= due_at:
            continue
        if notice.given is None and not _is_over(call, due_at):
            continue
        how = "was not given" if notice.given is None else "was given late"
        sentence = f"The {SPOKEN[notice.name]} {how}: it was due {notice.hours} hours before the arrival."
        yield Finding(RULE.kind, notice.name, None, due_at, tuple(_evidence(call, notice)), sentence)


def due(call: VesselCall) -> Iterator[datetime]:
    """When each notice is due that was not given."""
    for notice, due_at in _due_notices(call):
        if notice.given is None:
            yield due_at


def _due_notices(call: VesselCall) -> Iterator[tuple[Notice, datetime]]:
    reference = call.due_reference
    if reference is None:
        return
    for notice in _notices(call):
        yield notice, before(reference, timedelta(hours=notice.hours))


def _notices(call: VesselCall) -> Iterator[Notice]:
    policy = call.port.policy
    yield Notice("PRE_ARRIVAL", policy.pre_arrival_notice_hours, call.first(CallStatus.PRE_ARRIVAL_NOTIFIED))
    if any(cargo.dangerous for manifest in call.lodged(Movement.DISCHARGE) for cargo in manifest.cargo):
        given = call.first(CallStatus.DANGEROUS_GOODS_NOTIFIED)
        yield Notice("DANGEROUS_GOODS", policy.dangerous_goods_notice_hours, given)
    yield Notice("MANIFEST", policy.manifest_notice_hours, next(iter(call.lodged(Movement.DISCHARGE)), None))


def _is_over(call: VesselCall, due_at: datetime) -> bool:
    """Whether the time has come, by the clock or because the ship is there."""
    arrived = call.arrival is not None and call.arrival.occurred_at >= due_at
    return arrived or (call.checked_at is not None and call.checked_at >= due_at)


def _evidence(call: VesselCall, notice: Notice) -> Iterator[UUID]:
    for fact in (notice.given, call.announced or call.arrival):
        if fact is not None:
            yield fact.event_id


RULE = Rule(
    kind="NOTICE_LATE",
    trigger="a notice given, or still not given, less than its hours before the ship's arrival as announced",
    subject="`PRE_ARRIVAL`, `DANGEROUS_GOODS` or `MANIFEST`",
    severity=Severity.WARNING,
    basis="§380",
    find=find,
    due=due,
    threshold="`pre_arrival_notice_hours`, `dangerous_goods_notice_hours` and `manifest_notice_hours` of the port's "
    "policy",
    judges=VesselCall,
)
