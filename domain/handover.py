"""How an observation leaves a mission that it was led to before more was known.

Two things may be learnt late. A better identifier of the observation is bound elsewhere: whoever keeps the
observation *takes* it from the mission that a worse one had led it to. And the identifier that led it is bound to
another mission from an earlier moment: it is *handed over*, and the mission moves on what it had led here.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from domain.events import FactMoved, ObservationTaken
from domain.facts import Fact, HandedOver, Led, Taken, led_by, looked_up_at, moving, passing_on

TAKINGS = UUID("b7f5d2c8-0a65-5c0f-8f5e-7e1d5b1f9d22")
"""Namespace of the ids of takings: they follow from what is taken, and by which rank."""

Leaving = tuple[UUID, Led | Taken]
"""What goes to which mission."""


def taking(takes: UUID, occurred_at: datetime, rank: int) -> ObservationTaken:
    """What is told to a mission that a worse identifier than the one of that rank had led an observation to."""
    event_id = uuid5(TAKINGS, f"{takes}|{rank}")
    return ObservationTaken(event_id=event_id, occurred_at=occurred_at, takes=takes, rank=rank)


def is_taken(fact: Led, takings: Iterable[Taken]) -> bool:
    """Whether a better identifier leads elsewhere."""
    return any(taken.takes == fact.event_id and fact.rank > taken.rank for taken in takings)


def destination(fact: Led, handovers: Iterable[HandedOver]) -> UUID | None:
    """The mission that the identifier which led the fact here means at its moment; none when it means this one.

    *Shape*: of several handovers that cover the moment the one from the latest moment holds.
    """
    at, key = looked_up_at(fact), led_by(fact)
    covering = [
        handover
        for handover in handovers
        if handover.key == key and handover.occurred_at <= at and (handover.until is None or at < handover.until)
    ]
    return max(covering, key=lambda h: (h.occurred_at, h.event_id)).to if covering else None


def moved(
    before: Iterable[Fact], after: Iterable[Fact], iot_id: UUID
) -> list[tuple[UUID, FactMoved | ObservationTaken]]:
    """What a mission must tell which other missions when its facts have changed.

    *Shape*: ordered by event time. What goes elsewhere now is moved; what went elsewhere before, but was led here
    meanwhile by a better identifier, is taken from where it went.
    """
    facts = list(after)
    had, has = leaving(before), leaving(facts)
    if had == has:
        return []
    ranks = {fact.event_id: fact.rank for fact in facts if isinstance(fact, Led)}
    told: list[tuple[UUID, FactMoved | ObservationTaken]] = [
        (to, moving(fact, iot_id) if isinstance(fact, Led) else passing_on(fact)) for to, fact in has - had
    ]
    for to, fact in had - has:
        if isinstance(fact, Led) and ranks[fact.event_id] < fact.rank:
            told.append((to, taking(fact.event_id, fact.occurred_at, ranks[fact.event_id])))
    return sorted(told, key=lambda each: (each[1].occurred_at, each[1].event_id))


def leaving(facts: Iterable[Fact]) -> set[Leaving]:
    """Everything of these facts that counts elsewhere, with where: what was handed over, and what takes it."""
    known = list(facts)
    handovers = [fact for fact in known if isinstance(fact, HandedOver)]
    if not handovers:
        return set()
    found: set[Leaving] = set()
    for fact in known:
        if isinstance(fact, Led) and (to := destination(fact, handovers)) is not None:
            found.add((to, fact))
            found |= {(to, t) for t in known if isinstance(t, Taken) and t.takes == fact.event_id}
    return found
