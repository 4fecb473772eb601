"""What every rule may ask of what it judges, be it a mission, a train's run or a ship's call."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.facts import HandedOver, Led, Retraction, Review, Taken
from domain.handover import counts_here
from domain.history import Dated
from domain.port import Port


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


def by_kind(facts: Iterable[Dated]) -> dict[type, list[Any]]:
    """The facts by type, each in the same order, without what was retracted or belongs elsewhere."""
    found: dict[type, list[Any]] = {}
    for fact in facts:
        found.setdefault(type(fact), []).append(fact)
    handovers, takings = found.get(HandedOver, []), found.get(Taken, [])
    if handovers or takings:
        found = {
            kind: [f for f in held if not isinstance(f, Led) or counts_here(f, handovers, takings)]
            for kind, held in found.items()
        }
    if Retraction in found:  # what was handed over took its retraction along
        retracted = {retraction.retracts for retraction in found[Retraction]}
        found = {kind: [f for f in held if f.event_id not in retracted] for kind, held in found.items()}
    return found
