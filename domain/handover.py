"""How an observation leaves a mission that it was led to before more was known.

Three things may be learnt late. A better identifier of the observation is bound elsewhere: whoever keeps the
observation *takes* it from the mission that a worse one had led it to. The identifier that led it is bound to another
mission from an earlier moment: it is *handed over*, and the mission moves on what it had led here. Or the identifier
means nobody any more, because it was released, or its binding withdrawn: the mission sends the observation *back* to
its home, to be resolved anew by all its identifiers.

An identifier that several missions share leads to each of them: the mission *copies* to the new one what it led here.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from domain.bindings import is_shared
from domain.events import FactMoved, ObservationTaken
from domain.facts import Fact, HandedOver, Lead, Led, Retraction, Taken, leads_of, led, looked_up_at, tried_by
from domain.identifiers import Scheme
from domain.remembering import moving, passing_on

TAKINGS = UUID("b7f5d2c8-0a65-5c0f-8f5e-7e1d5b1f9d22")
"""Namespace of the ids of takings: they follow from what is taken, and by which rank."""

ITSELF = f"{Scheme.IOT_ID}:"

Leaving = tuple[UUID | None, Led | Taken]
"""What goes to which mission; to none: back to its home."""

Moved = tuple[UUID | None, FactMoved | ObservationTaken]
"""What is told to which mission; to none: to the home of the observation."""


def taking(takes: UUID, occurred_at: datetime, rank: int, number: int = 0) -> ObservationTaken:
    """What is told to a mission that a worse identifier than the one of that rank had led an observation to."""
    event_id = uuid5(TAKINGS, f"{takes}|{rank}|{number}" if number else f"{takes}|{rank}")
    return ObservationTaken(event_id=event_id, occurred_at=occurred_at, takes=takes, rank=rank, number=number)


def counts_here(fact: Led, handovers: Sequence[HandedOver], takings: Sequence[Taken]) -> bool:
    """Whether an observation belongs to the mission that was told these things."""
    found = in_force(fact, handovers)
    return found is not None and found[1] is None and not is_taken(fact.event_id, found[0], takings)


def is_taken(event_id: UUID, lead: Lead, takings: Sequence[Taken]) -> bool:
    """Whether a better identifier leads elsewhere, by what was decided no earlier than that this one leads here."""
    return any(
        taken.takes == event_id and lead.rank > taken.rank and lead.number <= taken.number for taken in takings
    )


def in_force(fact: Led, handovers: Sequence[HandedOver]) -> tuple[Lead, UUID | None] | None:
    """The best of what led a fact here that means a mission still, and which: none when it means this one.

    *Shape*: nothing at all when it means nobody any more, whatever led it.
    """
    for lead in leads_of(fact):
        told = _told_of(lead, fact, handovers)
        if told is None or not told.to_nobody:
            return lead, told.to if told else None
    return None


def _told_of(lead: Lead, fact: Led, handovers: Sequence[HandedOver]) -> HandedOver | None:
    """What was told last of an identifier at the moment of a fact."""
    if isinstance(fact, Retraction) and lead.key.startswith(ITSELF):
        return None  # it names its mission, even if what it takes back is that the mission is
    covering = (h for h in _covering(lead, fact, handovers) if not h.shared or h.to is None)
    return max(covering, key=lambda h: (h.number, h.occurred_at, h.event_id), default=None)


def _covering(lead: Lead, fact: Led, handovers: Iterable[HandedOver]) -> Iterator[HandedOver]:
    """All that was told of an identifier, as far as it concerns a fact that it led here."""
    at, shared = looked_up_at(fact), is_shared(lead.key, lead.rank)
    for each in handovers:
        is_of_it = each.key == lead.key and each.shared == shared
        if is_of_it and each.occurred_at <= at and (each.until is None or at < each.until):
            yield each


def moved(before: Iterable[Fact], after: Iterable[Fact], iot_id: UUID) -> list[Moved]:
    """What a mission must tell whom when its facts have changed.

    *Shape*: ordered by event time. What goes elsewhere now is moved or copied; what went elsewhere before, but was
    led here meanwhile by a better identifier, is taken from where it went.
    """
    known, facts = list(before), list(after)
    had, has = leaving(known) | copied(known), leaving(facts) | copied(facts)
    if had == has:
        return []
    handovers = [fact for fact in facts if isinstance(fact, HandedOver)]
    best = {fact.event_id: in_force(fact, handovers) for fact in facts if isinstance(fact, Led)}
    told = [telling(to, fact, iot_id) for to, fact in has - had]
    for to, fact in had - has:
        now = best.get(fact.event_id)
        if to is not None and isinstance(fact, Led) and now is not None and now[0].rank < fact.rank:
            told.append((to, taking(fact.event_id, fact.occurred_at, now[0].rank, now[0].number)))
    return sorted(told, key=lambda each: (each[1].occurred_at, each[1].event_id, each[0] is not None))


def recounted(before: Iterable[Fact], after: Iterable[Fact]) -> list[tuple[Led, bool]]:
    """The observations that count in a mission no more, or do again; one that it did not know counted by itself.

    *Shape*: ordered as ``after`` is.
    """
    facts = list(after)
    if not any(isinstance(fact, HandedOver | Taken) for fact in facts):
        return []
    counted = _counting(before)
    now = _counting(facts)
    led = (fact for fact in facts if isinstance(fact, Led))
    return [(fact, now[fact.event_id]) for fact in led if counted.get(fact.event_id, True) != now[fact.event_id]]


def _counting(facts: Iterable[Fact]) -> dict[UUID, bool]:
    known = list(facts)
    handovers = [fact for fact in known if isinstance(fact, HandedOver)]
    takings = [fact for fact in known if isinstance(fact, Taken)]
    return {fact.event_id: counts_here(fact, handovers, takings) for fact in known if isinstance(fact, Led)}


def telling(to: UUID | None, fact: Led | Taken, iot_id: UUID) -> Moved:
    """What is told of something that counts elsewhere."""
    return to, passing_on(fact) if isinstance(fact, Taken) else moving(fact, iot_id)


def leaving(facts: Iterable[Fact]) -> set[Leaving]:
    """Everything of these facts that counts elsewhere, with where: what was handed over, and what takes it."""
    known = list(facts)
    handovers = [fact for fact in known if isinstance(fact, HandedOver)]
    if not handovers:
        return set()
    found: set[Leaving] = set()
    for fact in known:
        if isinstance(fact, Led):
            found |= _ways_of(fact, handovers, known)
    return found


def copied(facts: Iterable[Fact]) -> set[Leaving]:
    """Everything of these facts that counts elsewhere as well, with where.

    What is copied once need not be copied again, for a mission forgets nothing that led there.
    """
    known = list(facts)
    shared = [fact for fact in known if isinstance(fact, HandedOver) and fact.shared and fact.to is not None]
    return {
        (handover.to, led(fact, lead, tried_by(fact)))
        for fact in (known if shared else ())
        if isinstance(fact, Led)
        for lead in leads_of(fact)
        for handover in _covering(lead, fact, shared)
    }


def _ways_of(fact: Led, handovers: list[HandedOver], known: list[Fact]) -> set[Leaving]:
    force, tried = in_force(fact, handovers), tried_by(fact)
    leads = leads_of(fact)
    lost = leads if force is None else leads[: leads.index(force[0])]
    found: set[Leaving] = {(None, led(fact, lead, tried)) for lead in lost}
    if force is not None and force[1] is not None:
        found.add((force[1], led(fact, force[0], tried)))
        found |= {(force[1], taken) for taken in known if isinstance(taken, Taken) and taken.takes == fact.event_id}
    return found
