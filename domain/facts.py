"""What a mission remembers of each event: enough to judge by, and no more.

*Shape*: identifiers are ``SCHEME:VALUE`` in their plainest form.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from domain.events import (
    AlertReviewed,
    AppointmentMade,
    AppointmentPurpose,
    CustomsStatus,
    CustomsStatusChanged,
    DeviceSignal,
    DeviceSignalled,
    Direction,
    EventRetracted,
    FactMoved,
    Identifier,
    IdentifierHandedOver,
    IdScanned,
    IotIdGenerated,
    MissionAmended,
    ObservationTaken,
    Outcome,
    PathNode,
    Position,
    Process,
    ReviewStatus,
    is_sure,
)
from domain.identifiers import Scheme, check, plainest


class Plan(msgspec.Struct, frozen=True, array_like=True, tag="P"):
    """What customs said the mission is: its identifiers and its path."""

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
    rank: int = 0
    led_by: str = ""


class Ruling(msgspec.Struct, frozen=True, array_like=True, tag="S"):
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


class Amendment(msgspec.Struct, frozen=True, array_like=True, tag="A"):
    """A change of the plan; ``path`` is none when the path stays."""

    occurred_at: datetime
    event_id: UUID
    path: tuple[PathNode, ...] | None
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Signal(msgspec.Struct, frozen=True, array_like=True, tag="D"):
    """What a device on the unit reported, and where."""

    occurred_at: datetime
    event_id: UUID
    signal: DeviceSignal
    device: str
    node: str | None
    position: Position | None
    rank: int = 0
    led_by: str = ""


class Booking(msgspec.Struct, frozen=True, array_like=True, tag="B"):
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


class Review(msgspec.Struct, frozen=True, array_like=True, tag="V"):
    """How customs dealt with an alert."""

    occurred_at: datetime
    event_id: UUID
    alert_id: UUID
    status: ReviewStatus
    outcome: Outcome | None
    reviewer: str


class Retraction(msgspec.Struct, frozen=True, array_like=True, tag="X"):
    """The fact of that id, of that moment, does not count."""

    occurred_at: datetime
    event_id: UUID
    retracts: UUID
    retracted_at: datetime
    rank: int = 0
    led_by: str = ""


class Taken(msgspec.Struct, frozen=True, array_like=True, tag="T"):
    """The observation of that id does not count if a worse identifier than the one of that rank led it here."""

    occurred_at: datetime
    event_id: UUID
    takes: UUID
    rank: int


class HandedOver(msgspec.Struct, frozen=True, array_like=True, tag="H"):
    """From ``occurred_at`` until just before ``until`` an identifier means another mission; none: this one again."""

    occurred_at: datetime
    event_id: UUID
    key: str
    to: UUID | None
    until: datetime | None


Led = Read | Ruling | Signal | Booking | Retraction
"""Facts of observations, which an identifier led to their mission.

*Shape*: ``led_by`` is that identifier, ``rank`` how many of the observation's are better.
"""

Fact = Plan | Amendment | Led | Review | Taken | HandedOver
"""What the history of a mission holds."""

TellsFact = (
    IotIdGenerated
    | MissionAmended
    | IdScanned
    | CustomsStatusChanged
    | DeviceSignalled
    | AppointmentMade
    | AlertReviewed
    | EventRetracted
    | IdentifierHandedOver
    | ObservationTaken
    | FactMoved
)
"""Which events tell a mission a fact."""


class Lead(NamedTuple):
    """Which identifier of an observation led it to a mission: how many are better, and ``SCHEME:VALUE``."""

    rank: int
    key: str


def fact_of(event: TellsFact, lead: Lead | None = None) -> Fact:
    """What is remembered of an event; of an observation, with what led it here."""
    fact = _REMEMBERED[type(event)](event)
    return fact if lead is None or not isinstance(fact, Led) else _led(fact, lead)


def _led(fact: Led, lead: Lead) -> Led:
    # Most reads are led by the identifier that comes first in them; it is not written twice.
    key = "" if isinstance(fact, Read) and fact.keys and fact.keys[0] == lead.key else lead.key
    return msgspec.structs.replace(fact, rank=lead.rank, led_by=key)


def led_by(fact: Led) -> str:
    """The identifier that led a fact here, as ``SCHEME:VALUE``."""
    return fact.keys[0] if isinstance(fact, Read) and not fact.led_by and fact.keys else fact.led_by


def looked_up_at(fact: Led) -> datetime:
    """The moment as of which its identifiers were looked up."""
    if isinstance(fact, Retraction):
        return fact.retracted_at
    return fact.starts_at if isinstance(fact, Booking) else fact.occurred_at


def read_of(scan: IdScanned) -> Read:
    """What is remembered of a scan."""
    return Read(scan.occurred_at, scan.event_id, scan.node, scan.direction, _surely_read(scan))


def review_of(event: AlertReviewed) -> Review:
    """What is remembered of a review."""
    return Review(event.occurred_at, event.event_id, event.alert_id, event.review, event.outcome, event.source)


def _ruling(event: CustomsStatusChanged) -> Ruling:
    mrns = tuple(mrn for mrn in map(_mrn, event.identifiers) if mrn is not None)
    return Ruling(
        event.occurred_at,
        event.event_id,
        event.status,
        mrns,
        event.authority,
        event.hold_id,
        event.node,
        event.not_before,
    )


def _plan(event: IotIdGenerated) -> Plan:
    return Plan(event.occurred_at, event.event_id, event.process, _associated(event.identifiers), event.path)


def _amendment(event: MissionAmended) -> Amendment:
    added, removed = _associated(event.added), _associated(event.removed)
    return Amendment(event.occurred_at, event.event_id, event.path, added, removed)


def _signal(event: DeviceSignalled) -> Signal:
    return Signal(event.occurred_at, event.event_id, event.signal, event.device, event.node, event.position)


def _booking(event: AppointmentMade) -> Booking:
    return Booking(
        event.occurred_at,
        event.event_id,
        event.appointment_id,
        event.purpose,
        event.node,
        event.starts_at,
        event.ends_at,
        event.authorities,
        event.cancelled,
        event.not_before,
    )


def retraction_of(event: EventRetracted) -> Retraction:
    """What is remembered of a retraction."""
    return Retraction(event.occurred_at, event.event_id, event.retracts, event.retracted_at)


def _handed_over(event: IdentifierHandedOver) -> HandedOver:
    return HandedOver(event.occurred_at, event.event_id, event.key, event.to_iot_id, event.valid_until)


def _taken(event: ObservationTaken) -> Taken:
    return Taken(event.occurred_at, event.event_id, event.takes, event.rank)


def _moved(event: FactMoved) -> Led:
    fact: Led = _unpack(b64decode(event.fact))
    return fact


def moving(fact: Led, from_iot_id: UUID) -> FactMoved:
    """A fact on its way from one mission to another."""
    return FactMoved(
        event_id=fact.event_id,
        occurred_at=fact.occurred_at,
        from_iot_id=from_iot_id,
        record=_RECORDS[type(fact)],
        fact=b64encode(_pack(fact)).decode(),
    )


def passing_on(fact: Taken) -> ObservationTaken:
    """What takes an observation goes where the observation goes."""
    return ObservationTaken(event_id=fact.event_id, occurred_at=fact.occurred_at, takes=fact.takes, rank=fact.rank)


_pack = msgspec.msgpack.Encoder(uuid_format="bytes").encode
_unpack = msgspec.msgpack.Decoder(Led).decode


def _mrn(identifier: Identifier) -> str | None:
    checked = check(identifier.scheme, identifier.value)
    return checked.value if checked.scheme is Scheme.MRN else None


def _associated(identifiers: tuple[Identifier, ...]) -> tuple[str, ...]:
    checked = (check(identifier.scheme, identifier.value) for identifier in identifiers)
    # A declaration typed wrongly still needs its release.
    return tuple(plainest(i).key for i in checked if i.bindable or i.scheme is Scheme.MRN)


def _surely_read(scan: IdScanned) -> tuple[str, ...]:
    read = (
        _bindable_key(identifier.scheme, identifier.value) for identifier in scan.identifiers if is_sure(identifier)
    )
    return tuple(key for key in read if key is not None)


@lru_cache(maxsize=16_384)
def _bindable_key(scheme: Scheme, value: str) -> str | None:
    """The identifier in its plainest form, none when it may not bind; a unit is read some dozen times."""
    checked = check(scheme, value)
    return plainest(checked).key if checked.bindable else None


_REMEMBERED: dict[type, Callable[[Any], Fact]] = {
    IdScanned: read_of,
    CustomsStatusChanged: _ruling,
    IotIdGenerated: _plan,
    MissionAmended: _amendment,
    DeviceSignalled: _signal,
    AppointmentMade: _booking,
    AlertReviewed: review_of,
    EventRetracted: retraction_of,
    IdentifierHandedOver: _handed_over,
    ObservationTaken: _taken,
    FactMoved: _moved,
}

_RECORDS: dict[type, str] = {
    Read: "id_scanned",
    Ruling: "customs_status_changed",
    Signal: "device_signalled",
    Booking: "appointment_made",
    Retraction: "event_retracted",
}
"""The type of the event that told an observation's fact."""
