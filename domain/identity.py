"""Which mission does an identifier mean? The state kept for one identifier, and what a read of it leads to.

Containers and trucks come back next month under another IOT_ID, so a binding holds from a moment in event time
until the next one. A read that no binding covers waits; whatever binds its identifier later wakes it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from domain.alerts import Ledger
from domain.deviations import Finding
from domain.deviations.unknown_object import unknown
from domain.events import (
    EventRetracted,
    IdBound,
    Identifier,
    IdScanned,
    IotIdGenerated,
    MissionAmended,
    Observation,
    is_sure,
)
from domain.identifiers import BINDING_ORDER, Scheme, check, plainest
from domain.policy import after

BINDINGS_MAX = 64
"""Missions that one identifier is remembered for, the latest ones; a truck comes back every day."""

PARKED_MAX = 256
"""Observations that may wait under one identifier; a reader stuck on an unknown object must not fill the store."""


class Binding(msgspec.Struct, frozen=True, array_like=True):
    """From ``valid_from`` on the identifier means this IOT_ID or, ``released``, no longer does."""

    valid_from: datetime
    event_id: UUID
    iot_id: UUID
    released: bool = False


class Parked(msgspec.Struct, frozen=True, array_like=True):
    """An observation that waits: its original bytes, and what was in the headers to be passed on.

    *Shape*: ``home`` is the key of its best identifier. There it may become UNKNOWN_OBJECT; the copies under its
    further identifiers only wait to be woken. ``is_scan`` is false for customs statuses, which wait as long but
    are no object that somebody saw; ``retracts`` is the event that a waiting retraction takes back.
    """

    occurred_at: datetime
    event_id: UUID
    node: str | None
    is_scan: bool
    home: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    missing: bool = False
    retracts: UUID | None = None


class Identity(msgspec.Struct, frozen=True, array_like=True):
    """All that is kept for one identifier (``SCHEME:VALUE``)."""

    bindings: tuple[Binding, ...] = ()
    parked: tuple[Parked, ...] = ()
    ledger: Ledger = Ledger()


class Candidate(NamedTuple):
    """An identifier by which an observation may be looked up: ``SCHEME:VALUE``, and whether it may resolve it."""

    key: str
    bindable: bool


def candidates(observation: Observation) -> tuple[Candidate, ...]:
    """The identifiers of an observation in the order in which they are tried, whatever order they were read in.

    What was read surely comes before what was not: a doubtful container number may happen to have a right check
    digit and be somebody else's. The first is its *home*. One with a bad check digit may never resolve it, but is a
    home for want of a better.
    *Guarantee*: never empty.
    """
    sure = {plainest(check(i.scheme, i.value)) for i in observation.identifiers if is_sure(i)}
    checked = sorted(
        {plainest(check(i.scheme, i.value)) for i in observation.identifiers},
        key=lambda c: (not c.bindable, c not in sure, BINDING_ORDER.index(c.scheme), c.value),
    )
    usable = [Candidate(c.key, True) for c in checked if c.bindable]
    return tuple(usable) or (Candidate(checked[0].key, False),)


def lookup_time(observation: Observation) -> datetime:
    """The moment as of which bindings are asked: a retraction follows the event that it takes back."""
    return observation.retracted_at if isinstance(observation, EventRetracted) else observation.occurred_at


def bindings_of(event: IotIdGenerated | MissionAmended) -> list[IdBound]:
    """What an event binds and releases.

    Of a new IOT_ID: one binding for each identifier that may bind, and for the IOT_ID itself. Of an amendment: what
    it adds and what it removes.
    """
    if isinstance(event, IotIdGenerated):
        itself = Identifier(scheme=Scheme.IOT_ID, value=str(event.iot_id))
        return _bound(event, (itself, *event.identifiers), released=False)
    return _bound(event, event.added, released=False) + _bound(event, event.removed, released=True)


def _bound(
    event: IotIdGenerated | MissionAmended, identifiers: Iterable[Identifier], *, released: bool
) -> list[IdBound]:
    checked = dict.fromkeys(plainest(check(identifier.scheme, identifier.value)) for identifier in identifiers)
    return [
        IdBound(
            event_id=event.event_id,
            iot_id=event.iot_id,
            scheme=each.scheme,
            value=each.value,
            valid_from=event.occurred_at,
            released=released,
        )
        for each in checked
        if each.bindable
    ]


def bound_to(identity: Identity, at: datetime) -> UUID | None:
    """The IOT_ID that the identifier meant at that moment, none if nothing bound it yet."""
    released: set[UUID] = set()
    for binding in reversed(identity.bindings):
        if binding.valid_from > at:
            continue
        if binding.released:
            released.add(binding.iot_id)
        elif binding.iot_id not in released:
            return binding.iot_id
    return None


def bind(identity: Identity, event: IdBound) -> tuple[Identity, list[tuple[UUID, Parked]]]:
    """Learn a binding; returns the observations that it wakes, each with its IOT_ID.

    *Guarantee*: any order of bindings ends in the same list; a repeated one changes nothing.
    """
    binding = Binding(event.valid_from, event.event_id, event.iot_id, event.released)
    if binding in identity.bindings:
        return identity, []
    bindings = tuple(sorted((*identity.bindings, binding), key=lambda b: (b.valid_from, b.event_id)))[-BINDINGS_MAX:]
    known = Identity(bindings, identity.parked, identity.ledger)
    woken = [(iot_id, p) for p in identity.parked if (iot_id := bound_to(known, p.occurred_at)) is not None]
    return settle(known, {p.event_id for _, p in woken}), woken


def park(identity: Identity, parked: Parked) -> Identity:
    """Let an observation wait here; the same identity when it does already.

    *Raises*: OverflowError when PARKED_MAX wait here.
    """
    if any(p.event_id == parked.event_id for p in identity.parked):
        return identity
    if len(identity.parked) >= PARKED_MAX:
        raise OverflowError
    waiting = sorted((*identity.parked, parked), key=lambda p: (p.occurred_at, p.event_id))
    return msgspec.structs.replace(identity, parked=tuple(waiting))


def settle(identity: Identity, event_ids: set[UUID]) -> Identity:
    """Observations that were resolved need wait no more."""
    waiting = tuple(p for p in identity.parked if p.event_id not in event_ids)
    return identity if len(waiting) == len(identity.parked) else msgspec.structs.replace(identity, parked=waiting)


def expire(key: str, identity: Identity, as_of: datetime, grace: timedelta) -> Identity:
    """Judge the waiting ones as of a moment: at home they count as missing, copies elsewhere are dropped."""
    waiting = []
    for p in identity.parked:
        over = after(p.occurred_at, grace) <= as_of
        if over and p.home != key:
            continue
        waiting.append(msgspec.structs.replace(p, missing=True) if over and not p.missing else p)
    return identity if tuple(waiting) == identity.parked else msgspec.structs.replace(identity, parked=tuple(waiting))


def next_expiry(identity: Identity, grace: timedelta) -> datetime | None:
    """When the next waiting observation must be judged."""
    return min((after(p.occurred_at, grace) for p in identity.parked if not p.missing), default=None)


def unknown_objects(object_key: str, identity: Identity) -> list[Finding]:
    """The deviation of everything that was seen under this identifier and stays unknown."""
    retracted = {p.retracts for p in identity.parked}
    seen = [p for p in identity.parked if p.missing and p.is_scan and p.event_id not in retracted]
    if not seen:
        return []
    return [unknown(object_key, seen[0].node, seen[0].occurred_at, [p.event_id for p in seen])]


def as_parked(observation: Observation, home: str, value: bytes, headers: tuple[tuple[str, bytes], ...]) -> Parked:
    """What must be kept of an observation while it waits."""
    is_scan = isinstance(observation, IdScanned)
    node = None if isinstance(observation, EventRetracted) else observation.node
    retracts = observation.retracts if isinstance(observation, EventRetracted) else None
    at = lookup_time(observation)
    return Parked(at, observation.event_id, node, is_scan, home, value, headers, retracts=retracts)
