"""Which mission does an identifier mean? The state kept for one identifier, and what a read of it leads to.

Containers and trucks come back next month under another IOT_ID, so a binding holds from a moment in event time
until the next one. A read that no binding covers waits; whatever binds its identifier later wakes it.
"""

from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID, uuid5

import msgspec

from domain.alerts import Ledger
from domain.deviations import Finding
from domain.deviations.unknown_object import unknown
from domain.events import (
    AlertReviewed,
    EventRetracted,
    IdBound,
    IdentifierHandedOver,
    IdScanned,
    Observation,
    ObservationTaken,
    UnitExpected,
)
from domain.facts import Review, review_of
from domain.handover import taking
from domain.history import order
from domain.observation import lookup_time
from domain.policy import after
from domain.reviews import reviewed

BINDINGS_MAX = 64
"""Missions that one identifier is remembered for, the latest ones; a truck comes back every day."""

PARKED_MAX = 256
"""Observations that may wait under one identifier; a reader stuck on an unknown object must not fill the store."""


REVIEWS_MAX = 16
"""Reviews of an unknown object that are remembered, the latest ones."""

EXPECTED_MAX = 16
"""Lists and manifests that one unit is remembered to stand on, the latest ones."""

WATCHED = timedelta(days=7)
"""For how long in event time an observation is watched for a better binding than the one that led it."""

HANDOVERS = UUID("3c0f4f0e-58d5-5a53-9b0e-5d2f0a4c7b11")
"""Namespace of the ids of handovers: they follow from what is handed over, and to whom."""


class Binding(msgspec.Struct, frozen=True, array_like=True):
    """From ``valid_from`` on the identifier means this IOT_ID or, ``released``, no longer does.

    *Shape*: ``withdrawn``, the other bindings of that event never were.
    """

    valid_from: datetime
    event_id: UUID
    iot_id: UUID
    released: bool = False
    withdrawn: bool = False


class Expectation(msgspec.Struct, frozen=True, array_like=True):
    """A list or a manifest names the unit, so that it is no unknown object in that time."""

    expected_from: datetime
    event_id: UUID
    expected_until: datetime
    conveyance: str


class Parked(msgspec.Struct, frozen=True, array_like=True):
    """An observation that waits: its original bytes, and what was in the headers to be passed on.

    *Shape*: ``home`` is the key of its best identifier. There it is decided whose it is, and there it may become
    UNKNOWN_OBJECT; the copies under its further identifiers only wait for a binding, to tell home. ``rank`` is how
    many of its identifiers are better than this one. ``given`` is set at home: the rank that led it to which mission.
    ``occurred_at`` is the moment as of which it is looked up, ``told_at`` its own. ``is_scan`` is false for customs
    statuses, which wait as long but are no object that somebody saw; ``retracts`` is the event that a waiting
    retraction takes back.
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
    told_at: datetime | None = None
    rank: int = 0
    given: tuple[int, UUID] | None = None


class Decision(NamedTuple):
    """Whose a waiting observation is: led by which rank, to which mission, and from which it is taken."""

    parked: Parked
    rank: int
    iot_id: UUID
    taken_from: UUID | None


class Learnt(NamedTuple):
    """What a binding changed.

    *Shape*: ``decisions`` are about observations at home here; ``answers`` are copies with the mission that this
    identifier leads them to, for their homes; ``handovers`` say what to tell which mission.
    """

    identity: "Identity"
    decisions: list[Decision]
    answers: list[tuple[Parked, UUID]]
    handovers: list[tuple[UUID, IdentifierHandedOver]]


class Identity(msgspec.Struct, frozen=True, array_like=True):
    """All that is kept for one identifier (``SCHEME:VALUE``)."""

    bindings: tuple[Binding, ...] = ()
    parked: tuple[Parked, ...] = ()
    ledger: Ledger = Ledger()
    expected: tuple[Expectation, ...] = ()
    reviews: tuple[Review, ...] = ()


def bound_to(identity: Identity, at: datetime, *, even_withdrawn: bool = False) -> UUID | None:
    """The IOT_ID that the identifier meant at that moment, none if nothing bound it yet.

    *Shape*: what was ``withdrawn`` is asked for by retractions, which follow the event that they take back.
    """
    withdrawn = {b.event_id for b in identity.bindings if b.withdrawn and not even_withdrawn}
    released: set[UUID] = set()
    for binding in reversed(identity.bindings):
        if binding.valid_from > at or binding.withdrawn or binding.event_id in withdrawn:
            continue
        if binding.released:
            released.add(binding.iot_id)
        elif binding.iot_id not in released:
            return binding.iot_id
    return None


def bind(key: str, identity: Identity, event: IdBound) -> Learnt:
    """Learn a binding of the identifier ``key``.

    *Guarantee*: any order of bindings ends in the same list; a repeated one changes nothing.
    """
    binding = Binding(event.valid_from, event.event_id, event.iot_id, event.released, event.withdrawn)
    if binding in identity.bindings:
        return Learnt(identity, [], [], [])
    bindings = tuple(sorted((*identity.bindings, binding), key=msgspec.structs.astuple))[-BINDINGS_MAX:]
    after = msgspec.structs.replace(identity, bindings=bindings)
    decisions: list[Decision] = []
    answers = [(p, iot_id) for p in after.parked if p.home != key and (iot_id := meant_by(after, p)) is not None]
    for parked in identity.parked:
        if parked.home == key and (iot_id := meant_by(after, parked)) is not None:
            after, decision = give(after, parked.event_id, 0, iot_id)
            decisions += [decision] if decision else []
    return Learnt(after, decisions, answers, handovers(key, identity, after, binding))


def give(identity: Identity, event_id: UUID, rank: int, iot_id: UUID) -> tuple[Identity, Decision | None]:
    """Learn, at an observation's home, that its identifier of that rank leads to a mission.

    *Shape*: no decision when a better one has led it already, or none of that id waits here.
    """
    parked = next((p for p in identity.parked if p.event_id == event_id), None)
    if parked is None or parked.given == (rank, iot_id) or (parked.given is not None and parked.given[0] < rank):
        return identity, None
    given = msgspec.structs.replace(parked, given=(rank, iot_id))
    known = msgspec.structs.replace(identity, parked=tuple(given if p is parked else p for p in identity.parked))
    if parked.given is None:
        return known, Decision(parked, rank, iot_id, None)
    rank_before, iot_id_before = parked.given
    if rank_before == rank:  # the identifier is bound anew: the mission that had it hands it over itself
        return known, None
    return known, Decision(parked, rank, iot_id, iot_id_before if iot_id_before != iot_id else None)


def handovers(key: str, before: Identity, after: Identity, new: Binding) -> list[tuple[UUID, IdentifierHandedOver]]:
    """What a new binding takes over from the mission that the identifier meant until now, to be told to that mission.

    A mission that an identifier comes back to is told that it means it again.
    """
    at = new.valid_from
    had = bound_to(before, at)
    if new.released or new.withdrawn or had == new.iot_id or bound_to(after, at) != new.iot_id:
        return []
    until = next((b.valid_from for b in after.bindings if b.valid_from > at), None)
    told: list[tuple[UUID, UUID | None]] = [] if had is None else [(had, new.iot_id)]
    if any(b.iot_id == new.iot_id for b in before.bindings):
        told.append((new.iot_id, None))
    return [
        (
            whom,
            IdentifierHandedOver(
                event_id=uuid5(
                    HANDOVERS, f"{key}|{at.isoformat()}|{until and until.isoformat()}|{new.event_id}|{to}"
                ),
                occurred_at=at,
                key=key,
                to_iot_id=to,
                valid_until=until,
            ),
        )
        for whom, to in told
    ]


def taken(decision: Decision) -> ObservationTaken:
    """What to tell the mission from which an observation is taken."""
    parked = decision.parked
    return taking(parked.event_id, parked.told_at or parked.occurred_at, decision.rank)


def meant_by(identity: Identity, parked: Parked) -> UUID | None:
    """The IOT_ID that the identifier meant for an observation."""
    return bound_to(identity, parked.occurred_at, even_withdrawn=parked.retracts is not None)


def expect(identity: Identity, event: UnitExpected) -> Identity:
    """Learn that a list or a manifest names the unit; the same identity when that is known.

    *Guarantee*: any order ends in the same expectations.
    """
    expectation = Expectation(event.expected_from, event.event_id, event.expected_until, event.conveyance)
    if expectation in identity.expected:
        return identity
    expected = sorted((*identity.expected, expectation), key=lambda e: (e.expected_from, e.event_id))
    return msgspec.structs.replace(identity, expected=tuple(expected[-EXPECTED_MAX:]))


def review(identity: Identity, event: AlertReviewed) -> Identity:
    """Learn how customs dealt with the alert about this unknown object; the same identity when that is known.

    *Guarantee*: any order ends in the same reviews.
    """
    known = review_of(event)
    if known in identity.reviews:
        return identity
    reviews = sorted((*identity.reviews, known), key=order)
    return msgspec.structs.replace(identity, reviews=tuple(reviews[-REVIEWS_MAX:]))


def park(identity: Identity, parked: Parked) -> Identity:
    """Let an observation wait here; the same identity when it does already.

    *Raises*: OverflowError when PARKED_MAX wait here for any binding. What was led somewhere, and is only watched,
    makes room, the oldest first.
    """
    if any(p.event_id == parked.event_id for p in identity.parked):
        return identity
    held = list(identity.parked)
    if len(held) >= PARKED_MAX:
        watched = next((p for p in held if p.given is not None), None)
        if watched is None:
            raise OverflowError
        held.remove(watched)
    held = sorted((*held, parked), key=lambda p: (p.occurred_at, p.event_id))
    return msgspec.structs.replace(identity, parked=tuple(held))


def forget(identity: Identity, event_id: UUID) -> Identity:
    """A copy whose home was told need wait no more."""
    held = tuple(p for p in identity.parked if p.event_id != event_id)
    return identity if len(held) == len(identity.parked) else msgspec.structs.replace(identity, parked=held)


def expire(key: str, identity: Identity, as_of: datetime, grace: timedelta) -> Identity:
    """Judge the waiting ones as of a moment.

    At home one that nothing has led anywhere counts as missing after its grace. What was led somewhere, and the
    copies, are watched for longer, for a better binding may still come; then they are dropped.
    """
    held = []
    for p in identity.parked:
        if (p.home != key or p.given is not None) and after(p.occurred_at, WATCHED) <= as_of:
            continue
        over = p.home == key and p.given is None and after(p.occurred_at, grace) <= as_of
        held.append(msgspec.structs.replace(p, missing=True) if over and not p.missing else p)
    return identity if tuple(held) == identity.parked else msgspec.structs.replace(identity, parked=tuple(held))


def next_expiry(key: str, identity: Identity, grace: timedelta) -> datetime | None:
    """When the next waiting observation must be judged, or dropped."""
    judged = (after(p.occurred_at, grace) for p in identity.parked if _is_waiting(key, p) and not p.missing)
    dropped = (after(p.occurred_at, WATCHED) for p in identity.parked if not _is_waiting(key, p))
    return min(chain(judged, dropped), default=None)


def waiting(key: str, identity: Identity) -> int:
    """How many observations wait here, at home, for any binding."""
    return sum(_is_waiting(key, parked) for parked in identity.parked)


def _is_waiting(key: str, parked: Parked) -> bool:
    return parked.home == key and parked.given is None


def unknown_objects(object_key: str, identity: Identity) -> list[Finding]:
    """The deviation of everything that was seen under this identifier, and stays unknown and unexpected."""
    retracted = {p.retracts for p in identity.parked}
    unled = (p for p in identity.parked if p.missing and p.given is None)
    missing = (p for p in unled if p.is_scan and p.event_id not in retracted)
    seen = [p for p in missing if not _is_expected(identity, p.occurred_at)]
    if not seen:
        return []
    finding = unknown(object_key, seen[0].node, seen[0].occurred_at, [p.event_id for p in seen])
    return reviewed([finding], identity.reviews, object_key, {p.event_id: p.occurred_at for p in seen})


def _is_expected(identity: Identity, at: datetime) -> bool:
    return any(each.expected_from <= at <= each.expected_until for each in identity.expected)


def as_parked(
    observation: Observation, home: str, value: bytes, headers: tuple[tuple[str, bytes], ...], rank: int = 0
) -> Parked:
    """What must be kept of an observation while it waits."""
    is_scan = isinstance(observation, IdScanned)
    node = None if isinstance(observation, EventRetracted) else observation.node
    retracts = observation.retracts if isinstance(observation, EventRetracted) else None
    at, told_at = lookup_time(observation), observation.occurred_at
    return Parked(
        at, observation.event_id, node, is_scan, home, value, headers, retracts=retracts, told_at=told_at, rank=rank
    )
