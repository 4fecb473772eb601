"""A history: facts ordered by event time, each once. The ground of every fold."""

from bisect import bisect_left
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID


class Dated(Protocol):
    """What happened at a moment, under an id of its own."""

    @property
    def occurred_at(self) -> datetime:
        """Event time."""
        ...

    @property
    def event_id(self) -> UUID:
        """The event that told of it."""
        ...


F = TypeVar("F", bound=Dated)


class HistoryFull(Exception):
    """The history holds as many facts as it may."""


def order(fact: Dated) -> tuple[datetime, UUID]:
    """What a history is sorted by: event time, then event id."""
    return fact.occurred_at, fact.event_id


def inserted(facts: tuple[F, ...], fact: F, facts_max: int) -> tuple[F, ...]:
    """The history with the fact in it; the same tuple when it is in it already.

    *Guarantee*: any order and any repetition of the same facts ends in an equal history.
    *Raises*: HistoryFull.
    """
    if not facts or order(facts[-1]) < order(fact):
        at = len(facts)
    else:
        at = bisect_left(facts, order(fact), key=order)
        if order(facts[at]) == order(fact):
            return facts
    if len(facts) >= facts_max:
        raise HistoryFull
    return (*facts[:at], fact, *facts[at:])
