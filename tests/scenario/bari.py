"""The files of the example port, read once for the tests that look into them."""

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from domain.events import (
    EventRetracted,
    Identifier,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MassVerified,
    MissionAmended,
    TrainComposed,
    VesselCallChanged,
    VesselManifested,
)
from domain.identifiers import check
from domain.port_file import parse_port

ROOT = Path(__file__).parents[2]
BARI = ROOT / "examples" / "bari"
PORT = parse_port((BARI / "port.json").read_bytes())


def events_of(file: str) -> list[InputEvent]:
    lines = (BARI / file).read_bytes().splitlines()
    return [msgspec.json.decode(line, type=InputEvent) for line in lines]


def named_by(event: InputEvent) -> tuple[Identifier, ...]:
    """The identifiers that an event names; of an amendment those it adds."""
    match event:
        case MissionAmended():
            return event.added
        case TrainComposed():
            return tuple(each for unit in event.units for each in (unit.unit, unit.wagon) if each is not None)
        case VesselManifested():
            return (event.ship, *(unit.unit for unit in event.units))
        case VesselCallChanged():
            return (event.ship,)
        case MassVerified():
            return (event.unit,)
        case _:
            return getattr(event, "identifiers", ())


def key(identifier: Identifier) -> str:
    return check(identifier.scheme, identifier.value).key


TRAFFIC = events_of("1-traffic.jsonl")
CORRECTIONS = events_of("2-corrections.jsonl")
EVERYTHING = TRAFFIC + CORRECTIONS
AMENDMENTS = [event for event in EVERYTHING if isinstance(event, MissionAmended)]
RETRACTED = {event.retracts for event in EVERYTHING if isinstance(event, EventRetracted)}
GENERATIONS = {
    event.iot_id: event
    for event in EVERYTHING
    if isinstance(event, IotIdGenerated) and event.event_id not in RETRACTED
}
SCANS = [event for event in EVERYTHING if isinstance(event, IdScanned)]
LISTED = {
    key(listed.unit)
    for event in EVERYTHING
    if isinstance(event, TrainComposed | VesselManifested)
    for listed in event.units
}
ACTS: list[dict[str, str]] = msgspec.json.decode((BARI / "scenario.json").read_bytes())["acts"]
EXPECTED: list[dict[str, Any]] = [
    msgspec.json.decode(line) for line in (BARI / "expected-alerts.jsonl").read_bytes().splitlines()
]
DEVIATING = {UUID(alert["iot_id"]) for alert in EXPECTED if alert["iot_id"]}
UNKNOWN = {alert["object_key"] for alert in EXPECTED if alert["kind"] == "UNKNOWN_OBJECT"}


NAMED_BY: dict[tuple[str, str], list[tuple[datetime, UUID]]] = defaultdict(list)
"""By identifier the missions that are associated with it, each from when on."""
for _event in (*GENERATIONS.values(), *AMENDMENTS):
    for _named in named_by(_event):
        NAMED_BY[_named.scheme, _named.value].append((_event.occurred_at, _event.iot_id))


def missions_named(scan: IdScanned) -> set[UUID]:
    """The missions that a read may belong to by what was read."""
    known = (each for seen in scan.identifiers for each in NAMED_BY.get((seen.scheme, seen.value), ()))
    return {iot_id for valid_from, iot_id in known if valid_from <= scan.occurred_at}
