"""Which mission does an identifier mean? The state kept for one identifier, and what a read of it leads to.

Containers and trucks come back next month under another IOT_ID, so a binding holds from a moment in event time
until the next one. A read that no binding covers waits; whatever binds its identifier later wakes it.
"""

from datetime import datetime, timedelta
from itertools import chain, islice
from typing import NamedTuple
from uuid import UUID

import msgspec

from domain.alerts import Ledger
from domain.bindings import Binding, all_meant, handovers, is_shared
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
from domain.facts import Led, Read, Retraction, Review, looked_up_at
from domain.handover import ITSELF, taking
from domain.history import order
from domain.observation import lookup_time
from domain.policy import after
from domain.remembering import review_of
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


class Expectation(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A list or a manifest names the unit, so that it is no unknown object in that time.

    *Shape*: ``withdrawn``, it was retracted.
    """

    expected_from: datetime
    event_id: UUID
    expected_until: datetime
    conveyance: str
    withdrawn: bool = False


class Parked(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An observation that waits: its original bytes, and what was in the headers to be passed on.

    *Shape*: ``home`` is the key of its best identifier. There it is decided whose it is, and there it may become
    UNKNOWN_OBJECT; the copies under its further identifiers only wait for a binding, to tell home. ``rank`` is how
    many of its identifiers are better than this one. ``given`` is set at home: the rank that led it to which mission,
    by the decision of which ``number``; ``lost`` is what it was given to until that rank meant nobody any more.
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
    lost: tuple[int, UUID] | None = None
    number: int = 0


class Decision(NamedTuple):
    """Whose a waiting observation is: led by which rank, to which mission, and from which it is taken.

    *Shape*: ``number`` counts the decisions about that observation.
    """

    parked: Parked
    rank: int
    iot_id: UUID
    taken_from: UUID | None
    number: int = 1


class Learnt(NamedTuple):
    """What a binding changed.

    *Shape*: ``decisions`` are about observations at home here; ``answers`` are copies with the mission that this
    identifier leads them to, for their homes; ``handovers`` say what to tell which mission.
    """

    identity: "Identity"
    decisions: list[Decision]
    answers: list[tuple[Parked, UUID]]
    handovers: list[tuple[UUID, IdentifierHandedOver]]


class Identity(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """All that is kept for one identifier (``SCHEME:VALUE``).

    *Shape*: ``learnt`` counts the bindings, releases and withdrawals that were ever learnt.
    """

    bindings: tuple[Binding, ...] = ()
    parked: tuple[Parked, ...] = ()
    ledger: Ledger = Ledger()
    expected: tuple[Expectation, ...] = ()
    reviews: tuple[Review, ...] = ()
    learnt: int = 0


def bound_to(identity: Identity, at: datetime, *, even_withdrawn: bool = False) -> UUID | None:
    """The IOT_ID that the identifier meant at that moment, none if nothing bound it yet."""
    return next(all_meant(identity.bindings, at, even_withdrawn=even_withdrawn), None)


def bind(key: str, identity: Identity, event: IdBound) -> Learnt:
    """Learn a binding of the identifier ``key``, a release, or that there never was one.

    *Guarantee*: any order of bindings ends in the same list; a repeated one changes nothing.
    """
    binding = Binding(event.valid_from, event.event_id, event.iot_id, event.released, event.withdrawn)
    every = tuple(sorted({*identity.bindings, binding}, key=msgspec.structs.astuple))
    kept = every[-BINDINGS_MAX:]
    if kept == identity.bindings:
        return Learnt(identity, [], [], [])
    after = msgspec.structs.replace(identity, bindings=kept, learnt=identity.learnt + 1)
    decisions: list[Decision] = []
    answers = [(p, iot_id) for p in after.parked if p.home != key and (iot_id := meant_by(key, after, p)) is not None]
    for parked in identity.parked:
        if parked.home == key and (iot_id := meant_by(key, after, parked)) is not None:
            after, decision = give(after, parked.event_id, 0, iot_id)
            decisions += [decision] if decision else []
    return Learnt(after, decisions, answers, handovers(key, identity.bindings, every, binding, after.learnt))


def give(identity: Identity, event_id: UUID, rank: int, iot_id: UUID) -> tuple[Identity, Decision | None]:
    """Learn, at an observation's home, that its identifier of that rank leads to a mission.

    *Shape*: no decision when a better one has led it already, or none of that id waits here.
    """
    parked = next((p for p in identity.parked if p.event_id == event_id), None)
    if parked is None or parked.given == (rank, iot_id) or (parked.given is not None and parked.given[0] < rank):
        return identity, None
    if parked.given is not None and parked.given[0] == rank:
        # The identifier is bound anew: the mission that had it hands it over itself.
        return _with(identity, parked, msgspec.structs.replace(parked, given=(rank, iot_id))), None
    number, before = parked.number + 1, parked.given or parked.lost
    known = _with(identity, parked, msgspec.structs.replace(parked, given=(rank, iot_id), number=number))
    taken_from = before[1] if before is not None and before[1] != iot_id else None
    return known, Decision(parked, rank, iot_id, taken_from, number)


def take_back(identity: Identity, waiting: Parked, rank: int) -> Identity:
    """An observation comes back to its home from the mission that its identifier of that rank had led it to.

    It waits here again, unless a better identifier has led it since, or a worse one because it came back before.
    *Raises*: OverflowError as ``park``.
    """
    parked = next((p for p in identity.parked if p.event_id == waiting.event_id), None)
    if parked is None:
        return park(identity, waiting)
    if parked.given is None or parked.given[0] != rank:
        return identity
    number = max(parked.number, waiting.number)
    return _with(identity, parked, msgspec.structs.replace(parked, given=None, lost=parked.given, number=number))


def _with(identity: Identity, before: Parked, after: Parked) -> Identity:
    return msgspec.structs.replace(identity, parked=tuple(after if p is before else p for p in identity.parked))


def taken(decision: Decision) -> ObservationTaken:
    """What to tell the mission from which an observation is taken."""
    parked = decision.parked
    return taking(parked.event_id, parked.told_at or parked.occurred_at, decision.rank, decision.number)


def meant_by(key: str, identity: Identity, parked: Parked) -> UUID | None:
    """The IOT_ID that the identifier ``key`` meant for an observation, of several the one bound last."""
    return next(iter(all_meant_by(key, identity, parked)), None)


def all_meant_by(key: str, identity: Identity, parked: Parked) -> tuple[UUID, ...]:
    """The IOT_IDs that the identifier ``key`` meant for an observation: several if it is shared, else one or none.

    A retraction that names an IOT_ID follows what it takes back even if that is the IOT_ID itself.
    """
    itself = parked.retracts is not None and key.startswith(ITSELF)
    found = all_meant(identity.bindings, parked.occurred_at, even_withdrawn=itself)
    return tuple(found if is_shared(key, parked.rank) else islice(found, 1))


def expect(identity: Identity, event: UnitExpected) -> Identity:
    """Learn that a list or a manifest names the unit, or was retracted; the same identity when that is known.

    *Guarantee*: any order ends in the same expectations.
    """
    told = Expectation(event.expected_from, event.event_id, event.expected_until, event.conveyance, event.withdrawn)
    known = {(each.expected_from, each.event_id): each for each in identity.expected}
    place = (told.expected_from, told.event_id)
    if place not in known or told.withdrawn:
        known[place] = told
    expected = tuple(known[place] for place in sorted(known)[-EXPECTED_MAX:])
    return identity if expected == identity.expected else msgspec.structs.replace(identity, expected=expected)


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
    copies, are watched for longer, for a better binding may still come; then they are dropped. What came back once is
    kept.
    """
    held = []
    for p in identity.parked:
        if not _is_kept(key, p) and after(p.occurred_at, WATCHED) <= as_of:
            continue
        over = p.home == key and p.given is None and after(p.occurred_at, grace) <= as_of
        held.append(msgspec.structs.replace(p, missing=True) if over and not p.missing else p)
    return identity if tuple(held) == identity.parked else msgspec.structs.replace(identity, parked=tuple(held))


def next_expiry(key: str, identity: Identity, grace: timedelta) -> datetime | None:
    """When the next waiting observation must be judged, or dropped."""
    judged = (after(p.occurred_at, grace) for p in identity.parked if _is_waiting(key, p) and not p.missing)
    dropped = (after(p.occurred_at, WATCHED) for p in identity.parked if not _is_kept(key, p))
    return min(chain(judged, dropped), default=None)


def waiting(key: str, identity: Identity) -> int:
    """How many observations wait here, at home, for any binding."""
    return sum(_is_waiting(key, parked) for parked in identity.parked)


def is_waiting(key: str, identity: Identity, event_id: UUID) -> bool:
    """Whether an observation waits here, at home, for any binding."""
    return any(parked.event_id == event_id and _is_waiting(key, parked) for parked in identity.parked)


def _is_waiting(key: str, parked: Parked) -> bool:
    return parked.home == key and parked.given is None


def _is_kept(key: str, parked: Parked) -> bool:
    """Whether it waits at home for any binding, or came back once: what changed once may change again."""
    return parked.lost is not None or (parked.home == key and parked.given is None)


def unknown_objects(object_key: str, identity: Identity, grace: timedelta) -> list[Finding]:
    """The deviation of everything that was seen under this identifier, and stays unknown and unexpected.

    A list or manifest of the read's grace time still explains it: it is consulted when that ends.
    """
    retracted = {p.retracts for p in identity.parked} | {b.event_id for b in identity.bindings if b.withdrawn}
    unled = (p for p in identity.parked if p.missing and p.given is None)
    missing = (p for p in unled if p.is_scan and p.event_id not in retracted)
    seen = [p for p in missing if not _is_expected(identity, p.occurred_at, grace)]
    if not seen:
        return []
    finding = unknown(object_key, seen[0].node, seen[0].occurred_at, [p.event_id for p in seen])
    return reviewed([finding], identity.reviews, object_key, {p.event_id: p.occurred_at for p in seen})


def _is_expected(identity: Identity, at: datetime, grace: timedelta) -> bool:
    consulted_at = after(at, grace)
    named = (each for each in identity.expected if not each.withdrawn)
    return any(each.expected_from <= consulted_at and at <= each.expected_until for each in named)


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


def parked_again(
    fact: Led, given_back_by: UUID, home: str, value: bytes, headers: tuple[tuple[str, bytes], ...], rank: int
) -> Parked:
    """What must be kept of an observation that comes back from a mission while it waits."""
    return Parked(
        looked_up_at(fact),
        fact.event_id,
        None if isinstance(fact, Retraction) else fact.node,
        isinstance(fact, Read),
        home,
        value,
        headers,
        retracts=fact.retracts if isinstance(fact, Retraction) else None,
        told_at=fact.occurred_at,
        rank=rank,
        lost=(fact.rank, given_back_by),
        number=fact.number,
    )
