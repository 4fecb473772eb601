"""What the bindings of one identifier mean in event time, and whom it concerns when one more becomes known."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID, uuid5

import msgspec

from domain.events import IdentifierHandedOver
from domain.identifiers import Scheme

SHARED = f"{Scheme.MRN}:"
"""A declaration may cover several units: it means each mission that it is bound to."""

HANDOVERS = UUID("3c0f4f0e-58d5-5a53-9b0e-5d2f0a4c7b11")
"""Namespace of the ids of handovers: they follow from what is handed over, and to whom."""


class Binding(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """From ``valid_from`` on the identifier means this IOT_ID or, ``released``, no longer does.

    *Shape*: ``withdrawn``, the other bindings of that event never were.
    """

    valid_from: datetime
    event_id: UUID
    iot_id: UUID
    released: bool = False
    withdrawn: bool = False


def is_shared(key: str, rank: int) -> bool:
    """Whether an identifier leads an observation to every mission that it means: a declaration, if none is better.

    A unit that is named beside the declaration says which of them is concerned.
    """
    return rank == 0 and key.startswith(SHARED)


def meant(bindings: Sequence[Binding], at: datetime) -> UUID | None:
    """The IOT_ID that the bindings of an identifier mean at that moment, if it means but one: the one bound last."""
    return next(all_meant(bindings, at), None)


def all_meant(bindings: Sequence[Binding], at: datetime, *, even_withdrawn: bool = False) -> Iterator[UUID]:
    """The IOT_IDs bound at that moment, the one bound last first; even by what was withdrawn, if asked so."""
    withdrawn = {b.event_id for b in bindings if b.withdrawn and not even_withdrawn}
    heard: set[UUID] = set()
    for binding in reversed(bindings):
        if binding.valid_from > at or binding.withdrawn or binding.event_id in withdrawn or binding.iot_id in heard:
            continue
        heard.add(binding.iot_id)
        if not binding.released:
            yield binding.iot_id


_Meaning = TypeVar("_Meaning")


class _Change(NamedTuple, Generic[_Meaning]):
    """In that time the identifier meant one thing and means another now."""

    since: datetime
    until: datetime | None
    had: _Meaning
    has: _Meaning


Told = list[tuple[UUID, IdentifierHandedOver]]
"""What to tell which mission."""


class _News(NamedTuple):
    """A binding that becomes known of an identifier, as the news of that number."""

    key: str
    binding: Binding
    number: int

    def handover(
        self, change: _Change[Any], to: UUID | None, *, again: bool = False, shared: bool = False
    ) -> IdentifierHandedOver:
        """What it changes: the identifier means another mission, none, or ``again`` the one that is told."""
        until = change.until and change.until.isoformat()
        what = f"{self.key}|{change.since.isoformat()}|{until}|{self.binding.event_id}"
        how = f"{'again' if again else to}|{self.number}{'|shared' if shared else ''}"
        return IdentifierHandedOver(
            event_id=uuid5(HANDOVERS, f"{what}|{how}"),
            occurred_at=change.since,
            key=self.key,
            to_iot_id=None if again else to,
            valid_until=change.until,
            to_nobody=to is None,
            number=self.number,
            shared=shared,
        )


def handovers(key: str, before: Sequence[Binding], after: Sequence[Binding], new: Binding, number: int) -> Told:
    """What a new binding changes for the missions that the identifier meant until now, to be told to them.

    A mission that an identifier comes back to is told that it means it again.
    """
    news = _News(key, new, number)
    bound = {b.iot_id for b in before if not b.released and not b.withdrawn}
    told: Told = []
    for change in _changes(before, after, new.valid_from, meant):
        if change.had is not None:
            told.append((change.had, news.handover(change, change.has)))
        if change.has in bound:
            told.append((change.has, news.handover(change, change.has, again=True)))
    if is_shared(key, rank=0):
        for shares in _changes(before, after, new.valid_from, _sharing):
            told += _shared_anew(news, shares, bound)
    return told


def _shared_anew(news: _News, change: _Change[tuple[UUID, ...]], bound: set[UUID]) -> Told:
    """What a change of those that share an identifier is to each of them.

    Who loses it is told so, and who has it again. One of those that had it tells a new one what it had led there: the
    one bound last, so that each has few to tell.
    """
    lost = [iot_id for iot_id in change.had if iot_id not in change.has]
    gained = [iot_id for iot_id in change.has if iot_id not in change.had]
    told = [(iot_id, news.handover(change, None, shared=True)) for iot_id in lost]
    told += [(iot_id, news.handover(change, iot_id, again=True, shared=True)) for iot_id in gained if iot_id in bound]
    return told + [(last, news.handover(change, to, shared=True)) for last in change.had[:1] for to in gained]


def _sharing(bindings: Sequence[Binding], at: datetime) -> tuple[UUID, ...]:
    return tuple(all_meant(bindings, at))


def _changes(
    before: Sequence[Binding],
    after: Sequence[Binding],
    since: datetime,
    meaning: Callable[[Sequence[Binding], datetime], _Meaning],
) -> list[_Change[_Meaning]]:
    moments = sorted({b.valid_from for b in after if b.valid_from >= since})
    found: list[_Change[_Meaning]] = []
    for at, until in zip(moments, [*moments[1:], None], strict=True):
        change = _Change(at, until, meaning(before, at), meaning(after, at))
        if found and found[-1][2:] == change[2:]:
            change = change._replace(since=found.pop().since)
        found.append(change)
    return [change for change in found if change.had != change.has]
