"""What the bindings of one identifier mean in event time, and whom it concerns when one more becomes known."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

import msgspec

from domain.events import IdentifierHandedOver

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


def meant(bindings: Sequence[Binding], at: datetime, *, even_withdrawn: bool = False) -> UUID | None:
    """The IOT_ID that the bindings of an identifier mean at that moment; even by what was withdrawn, if asked so."""
    withdrawn = {b.event_id for b in bindings if b.withdrawn and not even_withdrawn}
    released: set[UUID] = set()
    for binding in reversed(bindings):
        if binding.valid_from > at or binding.withdrawn or binding.event_id in withdrawn:
            continue
        if binding.released:
            released.add(binding.iot_id)
        elif binding.iot_id not in released:
            return binding.iot_id
    return None


class _Change(NamedTuple):
    """In that time the identifier meant one mission and means another now."""

    since: datetime
    until: datetime | None
    had: UUID | None
    has: UUID | None


def handovers(
    key: str, before: Sequence[Binding], after: Sequence[Binding], new: Binding, number: int
) -> list[tuple[UUID, IdentifierHandedOver]]:
    """What a new binding changes for the missions that the identifier meant until now, to be told to them.

    A mission that an identifier comes back to is told that it means it again.
    """
    bound = {b.iot_id for b in before if not b.released and not b.withdrawn}
    told: list[tuple[UUID, IdentifierHandedOver]] = []
    for change in _changes(before, after, new.valid_from):
        if change.had is not None:
            told.append((change.had, _handover(key, change, change.has, new, number)))
        if change.has in bound:
            told.append((change.has, _handover(key, change, change.has, new, number, again=True)))
    return told


def _changes(before: Sequence[Binding], after: Sequence[Binding], since: datetime) -> list[_Change]:
    moments = sorted({b.valid_from for b in after if b.valid_from >= since})
    found: list[_Change] = []
    for at, until in zip(moments, [*moments[1:], None], strict=True):
        change = _Change(at, until, meant(before, at), meant(after, at))
        if found and found[-1][2:] == change[2:]:
            change = change._replace(since=found.pop().since)
        found.append(change)
    return [change for change in found if change.had != change.has]


def _handover(
    key: str, change: _Change, to: UUID | None, new: Binding, number: int, *, again: bool = False
) -> IdentifierHandedOver:
    what = f"{key}|{change.since.isoformat()}|{change.until and change.until.isoformat()}|{new.event_id}"
    return IdentifierHandedOver(
        event_id=uuid5(HANDOVERS, f"{what}|{'again' if again else to}|{number}"),
        occurred_at=change.since,
        key=key,
        to_iot_id=None if again else to,
        valid_until=change.until,
        to_nobody=to is None,
        number=number,
    )
