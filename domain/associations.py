"""What an event says of identifiers: which it binds to a mission or takes from it, and which units to expect."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import msgspec

from domain.conveyance import Composition, ConveyanceFact, Manifest
from domain.events import (
    EventRetracted,
    IdBound,
    Identifier,
    IotIdGenerated,
    MissionAmended,
    TrainComposed,
    UnitExpected,
    VesselManifested,
)
from domain.facts import Retraction
from domain.identifiers import Checked, Scheme, check, plainest
from domain.policy import after

EXPECTED_BY_TRAIN = timedelta(days=7)
EXPECTED_BY_SHIP = timedelta(days=30)
"""For how long after a list, or a manifest, its units are expected."""


def bindings_of(event: IotIdGenerated | MissionAmended | EventRetracted) -> list[IdBound]:
    """What an event binds and releases.

    Of a new IOT_ID: one binding for each identifier that may bind, and for the IOT_ID itself. Of an amendment: what
    it adds and what it removes. Of a retraction that names an IOT_ID first: that the retracted event bound nothing.
    """
    if isinstance(event, EventRetracted):
        return _withdrawn(event)
    if isinstance(event, IotIdGenerated):
        itself = Identifier(scheme=Scheme.IOT_ID, value=str(event.iot_id))
        return _bound(event, (itself, *event.identifiers), released=False)
    return _bound(event, event.added, released=False) + _bound(event, event.removed, released=True)


def _bound(
    event: IotIdGenerated | MissionAmended, identifiers: Iterable[Identifier], *, released: bool
) -> list[IdBound]:
    checked = dict.fromkeys(plainest(check(identifier.scheme, identifier.value)) for identifier in identifiers)
    return [
        IdBound(
            event_id=event.event_id,
            iot_id=event.iot_id,
            scheme=each.scheme,
            value=each.value,
            valid_from=event.occurred_at,
            released=released,
        )
        for each in checked
        if each.bindable
    ]


def _withdrawn(event: EventRetracted) -> list[IdBound]:
    if not event.identifiers or event.identifiers[0].scheme is not Scheme.IOT_ID:
        return []
    itself = check(Scheme.IOT_ID, event.identifiers[0].value)
    if not itself.bindable:
        return []
    checked = dict.fromkeys(plainest(check(each.scheme, each.value)) for each in event.identifiers)
    return [
        IdBound(
            event_id=event.retracts,
            iot_id=UUID(itself.value),
            scheme=each.scheme,
            value=each.value,
            valid_from=event.retracted_at,
            withdrawn=True,
        )
        for each in checked
        if each.bindable
    ]


def expectations_of(event: TrainComposed | VesselManifested) -> list[UnitExpected]:
    """The units that a train's list or a ship's manifest names, as far as their numbers may bind."""
    conveyance = event.train if isinstance(event, TrainComposed) else event.call
    units = dict.fromkeys(plainest(check(each.unit.scheme, each.unit.value)) for each in event.units)
    return [_expected(event, conveyance, unit) for unit in units if unit.bindable]


def no_more_expected(
    conveyance: str, had: Iterable[ConveyanceFact], has: Iterable[ConveyanceFact]
) -> tuple[UnitExpected, ...]:
    """The units of a conveyance's lists and manifests that are known to be retracted now, and were not before."""
    facts = list(has)
    gone = _retracted(facts) - _retracted(had)
    return tuple(
        msgspec.structs.replace(_expected(fact, conveyance, unit), withdrawn=True)
        for fact in facts
        if isinstance(fact, Composition | Manifest) and fact.event_id in gone
        for unit in dict.fromkeys(map(_unit_of, _named_by(fact)))
        if unit.bindable
    )


def _retracted(facts: Iterable[ConveyanceFact]) -> set[UUID]:
    """The lists and manifests that were retracted."""
    known = list(facts)
    gone = {fact.retracts for fact in known if isinstance(fact, Retraction)}
    return {fact.event_id for fact in known if isinstance(fact, Composition | Manifest)} & gone if gone else gone


def _named_by(fact: Composition | Manifest) -> list[str]:
    return [each.unit for each in (fact.loads if isinstance(fact, Composition) else fact.cargo)]


def _unit_of(key: str) -> Checked:
    scheme, _, value = key.partition(":")
    return check(Scheme(scheme), value)


def _expected(
    named_by: TrainComposed | VesselManifested | Composition | Manifest, conveyance: str, unit: Checked
) -> UnitExpected:
    span = EXPECTED_BY_TRAIN if isinstance(named_by, TrainComposed | Composition) else EXPECTED_BY_SHIP
    return UnitExpected(
        event_id=named_by.event_id,
        conveyance=conveyance,
        scheme=unit.scheme,
        value=unit.value,
        expected_from=named_by.occurred_at,
        expected_until=after(named_by.occurred_at, span),
    )
