"""A mission is a fold over a *set* of facts.

``apply`` puts an event's fact into the history, ordered by event time; putting it in twice, or in another order,
ends in the same mission. What the facts mean is read off in ``domain.journey``; nothing here looks at arrival.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from domain.events import DeadlinePassed, DeviceSignal, MissionEvent
from domain.facts import Fact, Lead, Led, Signal, with_leads_of
from domain.history import inserted
from domain.remembering import fact_of

FACTS_MAX = 1_000
"""A path has a few dozen events; a reader stuck on one unit must not grow the state without end."""

POSITIONS_MAX = 128
"""A device reports its position every few minutes for weeks: the latest ones are kept."""


class Mission(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="M"):
    """All that is known of one IOT_ID.

    *Shape*: ``facts`` ordered by event time, then event id, each once; ``checked_at`` is the moment up to which
    absences were judged.
    """

    iot_id: UUID
    facts: tuple[Fact, ...] = ()
    checked_at: datetime | None = None


def apply(mission: Mission, event: MissionEvent, lead: Lead | None = None) -> Mission:
    """The mission with the event in its history; the same mission when it holds the event already.

    Of an observation that several identifiers led here all are kept.

    *Guarantee*: any order and any repetition of the same events ends in an equal mission.
    *Raises*: HistoryFull.
    """
    if isinstance(event, DeadlinePassed):
        if mission.checked_at is not None and event.as_of <= mission.checked_at:
            return mission
        return Mission(mission.iot_id, mission.facts, event.as_of)
    fact = fact_of(event, lead)
    facts = inserted(mission.facts, fact, FACTS_MAX)
    if facts is mission.facts:
        facts = _led_again(facts, fact)
    if facts is mission.facts:
        return mission
    if _is_position(fact):
        facts = _with_latest_positions(facts)
        if facts == mission.facts:  # an old one, dropped again
            return mission
    return Mission(mission.iot_id, facts, mission.checked_at)


def _led_again(facts: tuple[Fact, ...], fact: Fact) -> tuple[Fact, ...]:
    """The facts with what led the observation of that id there now."""
    at = next(at for at, known in enumerate(facts) if known.event_id == fact.event_id)
    known = facts[at]
    if not isinstance(fact, Led) or not isinstance(known, Led):
        return facts
    led = with_leads_of(known, fact)
    return facts if led is known else (*facts[:at], led, *facts[at + 1 :])


def _with_latest_positions(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Of a set the latest are the same in whatever order it grew."""
    positions = [at for at, fact in enumerate(facts) if _is_position(fact)]
    dropped = set(positions[:-POSITIONS_MAX])
    return tuple(fact for at, fact in enumerate(facts) if at not in dropped) if dropped else facts


def _is_position(fact: Fact) -> bool:
    return isinstance(fact, Signal) and fact.signal is DeviceSignal.POSITION
