"""What a mission remembers of each event: enough to judge by, and no more.

*Shape*: identifiers are ``SCHEME:VALUE`` in their plainest form.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from domain.events import (
    AppointmentPurpose,
    CustomsStatus,
    DeviceSignal,
    Direction,
    Outcome,
    PathNode,
    Position,
    Process,
    ReviewStatus,
)
from domain.identifiers import BINDING_ORDER, Scheme


class Lead(NamedTuple):
    """Which identifier of an observation led it to a mission: how many are better, and ``SCHEME:VALUE``.

    *Shape*: ``number`` is that of the decision at the observation's home, 0 when there was none to be made.
    """

    rank: int
    key: str
    number: int = 0


class Plan(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="P"):
    """What customs said the mission is: its identifiers and its path."""

    occurred_at: datetime
    event_id: UUID
    process: Process
    keys: tuple[str, ...]
    path: tuple[PathNode, ...]


class Read(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="R"):
    """A scan, as far as it can be held for or against the mission: ``keys`` are the identifiers surely read."""

    occurred_at: datetime
    event_id: UUID
    node: str
    direction: Direction | None
    keys: tuple[str, ...]
    rank: int = 0
    led_by: str = ""
    number: int = 0
    others: tuple[str, ...] = ()
    also: tuple[Lead, ...] = ()


class Ruling(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="S"):
    """A customs status, a hold, its lifting, or the result of a control.

    *Shape*: ``mrns`` are the declarations it concerns, all when empty; of an examination nobody but customs may
    know earlier than ``not_before``.
    """

    occurred_at: datetime
    event_id: UUID
    status: CustomsStatus
    mrns: tuple[str, ...]
    authority: str
    hold_id: str | None
    node: str | None
    not_before: datetime | None = None
    rank: int = 0
    led_by: str = ""
    number: int = 0
    others: tuple[str, ...] = ()
    also: tuple[Lead, ...] = ()


class Amendment(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="A"):
    """A change of the plan; ``path`` is none when the path stays."""

    occurred_at: datetime
    event_id: UUID
    path: tuple[PathNode, ...] | None
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Signal(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="D"):
    """What a device on the unit reported, and where."""

    occurred_at: datetime
    event_id: UUID
    signal: DeviceSignal
    device: str
    node: str | None
    position: Position | None
    rank: int = 0
    led_by: str = ""
    number: int = 0
    others: tuple[str, ...] = ()
    also: tuple[Lead, ...] = ()


class Booking(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="B"):
    """A slot or a control that was set, moved or cancelled; the latest of an ``appointment_id`` holds."""

    occurred_at: datetime
    event_id: UUID
    appointment_id: str
    purpose: AppointmentPurpose
    node: str
    starts_at: datetime
    ends_at: datetime
    authorities: tuple[str, ...]
    cancelled: bool
    not_before: datetime | None
    rank: int = 0
    led_by: str = ""
    number: int = 0
    others: tuple[str, ...] = ()
    also: tuple[Lead, ...] = ()


class Review(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="V"):
    """How customs dealt with an alert."""

    occurred_at: datetime
    event_id: UUID
    alert_id: UUID
    status: ReviewStatus
    outcome: Outcome | None
    reviewer: str


class Retraction(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="X"):
    """The fact of that id, of that moment, does not count."""

    occurred_at: datetime
    event_id: UUID
    retracts: UUID
    retracted_at: datetime
    rank: int = 0
    led_by: str = ""
    number: int = 0
    others: tuple[str, ...] = ()
    also: tuple[Lead, ...] = ()


class Taken(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="T"):
    """The observation of that id does not count if a worse identifier than the one of that rank led it here.

    *Shape*: unless that was decided later: ``number`` is the decision's.
    """

    occurred_at: datetime
    event_id: UUID
    takes: UUID
    rank: int
    number: int = 0


class HandedOver(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="H"):
    """From ``occurred_at`` until just before ``until`` an identifier means another mission; none: this one again.

    *Shape*: or ``to_nobody``, no mission at all; ``number`` counts what was told of the identifier. ``shared``, it
    means another mission as well, and this one until it means nobody; what it led here as the best identifier goes by
    what is told so, and nothing else does.
    """

    occurred_at: datetime
    event_id: UUID
    key: str
    to: UUID | None
    until: datetime | None
    to_nobody: bool = False
    number: int = 0
    shared: bool = False


Led = Read | Ruling | Signal | Booking | Retraction
"""Facts of observations, which an identifier led to their mission.

*Shape*: ``led_by`` is that identifier, ``rank`` how many of the observation's are better, ``number`` that of the
decision; ``others`` are its further identifiers, the best first, unless they are all among the ``keys`` of a read;
``also`` are worse ones that led it here as well.
"""

Fact = Plan | Amendment | Led | Review | Taken | HandedOver
"""What the history of a mission holds."""


def led(fact: Led, lead: Lead, tried: tuple[str, ...]) -> Led:
    """An observation with what led it here, and nothing else; ``tried`` are all its identifiers, the best first."""
    is_said = isinstance(fact, Read) and tried == _ordered(fact.keys)
    others = () if is_said else tuple(each for each in tried if each != lead.key)
    return msgspec.structs.replace(led_first(fact, lead), others=others, also=())


def led_first(fact: Led, lead: Lead) -> Led:
    """An observation with what led it here, when all its identifiers are remembered already."""
    # Most reads are led by the identifier that comes first in them; it is not written twice.
    key = "" if isinstance(fact, Read) and fact.keys and fact.keys[0] == lead.key else lead.key
    return msgspec.structs.replace(fact, rank=lead.rank, led_by=key, number=lead.number)


def _ordered(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Identifiers that were all read surely in the order in which they are tried."""
    return tuple(sorted(set(keys), key=_place)) if len(keys) > 1 else keys


def _place(key: str) -> tuple[int, str]:
    scheme, _, value = key.partition(":")
    return BINDING_ORDER.index(Scheme(scheme)), value


def tried_by(fact: Led) -> tuple[str, ...]:
    """The identifiers by which an observation may be looked up, the best first."""
    if isinstance(fact, Read) and not fact.others and fact.keys:
        return _ordered(fact.keys)
    return (*fact.others[: fact.rank], led_by(fact), *fact.others[fact.rank :])


def led_by(fact: Led) -> str:
    """The identifier that led a fact here, as ``SCHEME:VALUE``."""
    return fact.keys[0] if isinstance(fact, Read) and not fact.led_by and fact.keys else fact.led_by


def leads_of(fact: Led) -> tuple[Lead, ...]:
    """Everything that led a fact here, the best first."""
    return (Lead(fact.rank, led_by(fact), fact.number), *fact.also)


def with_leads_of(fact: Led, again: Led) -> Led:
    """An observation with everything that led it here before and now; the same when that was known.

    *Guarantee*: any order and any repetition ends in the same.
    """
    known = leads_of(fact)
    latest: dict[tuple[int, str], Lead] = {}
    for lead in sorted((*known, *leads_of(again))):
        latest[lead.rank, lead.key] = lead
    leads = tuple(latest.values())
    if leads == known:
        return fact
    best = min((fact, again), key=leads_of)
    return msgspec.structs.replace(best, number=leads[0].number, also=leads[1:])


def looked_up_at(fact: Led) -> datetime:
    """The moment as of which its identifiers were looked up."""
    if isinstance(fact, Retraction):
        return fact.retracted_at
    return fact.starts_at if isinstance(fact, Booking) else fact.occurred_at
