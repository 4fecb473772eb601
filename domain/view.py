"""What every rule may ask of what it judges, be it a mission, a train's run or a ship's call."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from domain.facts import Retraction, Review
from domain.history import Dated
from domain.port import Port

F = TypeVar("F", bound=Dated)


class View(Protocol):
    """The facts of one owner of alerts, read off once and then asked by every rule."""

    @property
    def port(self) -> Port:
        """The port with its thresholds."""
        ...

    @property
    def reviews(self) -> Sequence[Review]:
        """How customs dealt with its alerts, by event time."""
        ...

    @property
    def owner(self) -> str:
        """Whom its alerts concern: the IOT_ID, the train's run or the ship's call."""
        ...

    @property
    def checked_at(self) -> datetime | None:
        """Up to when absences were judged."""
        ...

    @property
    def moments(self) -> Mapping[UUID, datetime]:
        """The event time of every fact, by event id."""
        ...


def counting(facts: Iterable[F]) -> list[F]:
    """The facts without retractions and what they retract, in the same order."""
    known = list(facts)
    retracted = {fact.retracts for fact in known if isinstance(fact, Retraction)}
    return [f for f in known if f.event_id not in retracted and not isinstance(f, Retraction)]
