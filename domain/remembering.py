"""From an event to what a mission remembers of it, and from one mission to another."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import msgspec

from domain.events import (
    AlertReviewed,
    AppointmentMade,
    CustomsStatusChanged,
    DeviceSignalled,
    EventRetracted,
    FactMoved,
    Identifier,
    IdentifierHandedOver,
    IdScanned,
    IotIdGenerated,
    MissionAmended,
    Observation,
    ObservationTaken,
    is_sure,
)
from domain.facts import (
    Amendment,
    Booking,
    Fact,
    HandedOver,
    Lead,
    Led,
    Plan,
    Read,
    Retraction,
    Review,
    Ruling,
    Signal,
    Taken,
    led,
    led_first,
    tried_by,
)
from domain.identifiers import Scheme, check, plainest
from domain.observation import candidates

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


def fact_of(event: TellsFact, lead: Lead | None = None) -> Fact:
    """What is remembered of an event; of an observation, with what led it here."""
    fact = _REMEMBERED[type(event)](event)
    if lead is None or not isinstance(fact, Led):
        return fact
    if isinstance(event, IdScanned) and isinstance(fact, Read) and len(fact.keys) == len(event.identifiers):
        return led_first(fact, lead)
    tried = tried_by(fact) if isinstance(event, FactMoved) else _named(cast(Observation, event))
    return led(fact, lead, tried)


def _named(observation: Observation) -> tuple[str, ...]:
    return tuple(candidate.key for candidate in candidates(observation))


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
    return HandedOver(
        event.occurred_at,
        event.event_id,
        event.key,
        event.to_iot_id,
        event.valid_until,
        event.to_nobody,
        event.number,
        event.shared,
    )


def _taken(event: ObservationTaken) -> Taken:
    return Taken(event.occurred_at, event.event_id, event.takes, event.rank, event.number)


def carried(event: FactMoved) -> Led:
    """The fact that is on its way. *Raises*: msgspec.DecodeError, binascii.Error when it cannot be read."""
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
    return ObservationTaken(
        event_id=fact.event_id, occurred_at=fact.occurred_at, takes=fact.takes, rank=fact.rank, number=fact.number
    )


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
    read = [_bindable_key(each.scheme, each.value) for each in scan.identifiers if is_sure(each)]
    return tuple([key for key in read if key is not None])


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
    FactMoved: carried,
}

_RECORDS: dict[type, str] = {
    Read: "id_scanned",
    Ruling: "customs_status_changed",
    Signal: "device_signalled",
    Booking: "appointment_made",
    Retraction: "event_retracted",
}
"""The type of the event that told an observation's fact."""
