"""A mission is a fold over a *set* of facts.

``apply`` puts an event's fact into the history, ordered by event time; putting it in twice, or in another order,
ends in the same mission. What the facts mean is read off in ``domain.journey``; nothing here looks at arrival.
"""

from bisect import bisect_left
from datetime import datetime
from uuid import UUID

import msgspec

from domain.events import (
    CustomsStatus,
    CustomsStatusChanged,
    DeadlinePassed,
    Direction,
    EventRetracted,
    Identifier,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    MissionEvent,
    PathNode,
    Process,
    is_sure,
)
from domain.identifiers import Scheme, check, plainest

FACTS_MAX = 1_000
"""A path has a few dozen events; a reader stuck on one unit must not grow the state without end."""


class Plan(msgspec.Struct, frozen=True, array_like=True, tag="P"):
    """What customs said the mission is: its identifiers (``SCHEME:VALUE``) and its path."""

    occurred_at: datetime
    event_id: UUID
    process: Process
    keys: tuple[str, ...]
    path: tuple[PathNode, ...]


class Read(msgspec.Struct, frozen=True, array_like=True, tag="R"):
    """A scan, as far as it can be held for or against the mission: ``keys`` are the identifiers surely read."""

    occurred_at: datetime
    event_id: UUID
    node: str
    direction: Direction | None
    keys: tuple[str, ...]


class Ruling(msgspec.Struct, frozen=True, array_like=True, tag="S"):
    """A customs status, a hold or its lifting; ``mrns`` are the declarations it concerns, all when empty."""

    occurred_at: datetime
    event_id: UUID
    status: CustomsStatus
    mrns: tuple[str, ...]
    authority: str
    hold_id: str | None
    node: str | None


class Amendment(msgspec.Struct, frozen=True, array_like=True, tag="A"):
    """A change of the plan; ``path`` is none when the path stays."""

    occurred_at: datetime
    event_id: UUID
    path: tuple[PathNode, ...] | None
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Retraction(msgspec.Struct, frozen=True, array_like=True, tag="X"):
    """The fact of that id does not count."""

    occurred_at: datetime
    event_id: UUID
    retracts: UUID


Fact = Plan | Amendment | Read | Ruling | Retraction


class Mission(msgspec.Struct, frozen=True, array_like=True):
    """All that is known of one IOT_ID.

    *Shape*: ``facts`` ordered by event time, then event id, each once; ``checked_at`` is the moment up to which
    absences were judged.
    """

    iot_id: UUID
    facts: tuple[Fact, ...] = ()
    checked_at: datetime | None = None


class MissionFull(Exception):
    """The history holds FACTS_MAX facts already."""


def apply(mission: Mission, event: MissionEvent) -> Mission:
    """The mission with the event in its history; the same mission when it holds the event already.

    *Guarantee*: any order and any repetition of the same events ends in an equal mission.
    *Raises*: MissionFull.
    """
    if isinstance(event, DeadlinePassed):
        if mission.checked_at is not None and event.as_of <= mission.checked_at:
            return mission
        return Mission(mission.iot_id, mission.facts, event.as_of)
    return _insert(mission, _fact(event))


def _insert(mission: Mission, fact: Fact) -> Mission:
    at = bisect_left(mission.facts, _order(fact), key=_order)
    if at < len(mission.facts) and _order(mission.facts[at]) == _order(fact):
        return mission
    if len(mission.facts) >= FACTS_MAX:
        raise MissionFull
    return Mission(mission.iot_id, (*mission.facts[:at], fact, *mission.facts[at:]), mission.checked_at)


def _order(fact: Fact) -> tuple[datetime, UUID]:
    return fact.occurred_at, fact.event_id


def _fact(event: InputEvent) -> Fact:
    at, event_id = event.occurred_at, event.event_id
    match event:
        case IotIdGenerated():
            return Plan(at, event_id, event.process, _associated(event.identifiers), event.path)
        case MissionAmended():
            return Amendment(at, event_id, event.path, _associated(event.added), _associated(event.removed))
        case IdScanned():
            return Read(at, event_id, event.node, event.direction, _surely_read(event))
        case EventRetracted():
            return Retraction(at, event_id, event.retracts)
        case CustomsStatusChanged():
            checked = (check(identifier.scheme, identifier.value) for identifier in event.identifiers)
            mrns = tuple(identifier.value for identifier in checked if identifier.scheme is Scheme.MRN)
            return Ruling(at, event_id, event.status, mrns, event.authority, event.hold_id, event.node)


def _associated(identifiers: tuple[Identifier, ...]) -> tuple[str, ...]:
    checked = (check(identifier.scheme, identifier.value) for identifier in identifiers)
    # A declaration typed wrongly still needs its release.
    return tuple(plainest(i).key for i in checked if i.bindable or i.scheme is Scheme.MRN)


def _surely_read(scan: IdScanned) -> tuple[str, ...]:
    checked = (check(identifier.scheme, identifier.value) for identifier in scan.identifiers if is_sure(identifier))
    return tuple(plainest(identifier).key for identifier in checked if identifier.bindable)
