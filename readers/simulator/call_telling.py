"""From the story of a ship's call to its events; the landings of missions' units are theirs to tell."""

from collections.abc import Iterator, Sequence

from domain.events import (
    CallStatus,
    Direction,
    InputEvent,
    ManifestUnit,
    MassVerified,
    Movement,
    Technology,
    VesselCallChanged,
    VesselManifested,
)
from readers.simulator.call import Call
from readers.simulator.narrative import Narrative
from readers.simulator.sailings import Sailing
from readers.simulator.sightings import scan, seen_by_camera

SINGLE_WINDOW = "maritime-single-window"
DECLARED_EARLY = 0.4
"""Of the units on a manifest: their declarations are named (pre-clearance)."""

Told = tuple[int, InputEvent]


def call_events(call: Call) -> list[InputEvent]:
    """Everything that is published about a call itself, by event time, but for what it loads."""
    told = [*_steps(call), *_manifests(call), *_weighings(call), *_landings_of_empties(call)]
    told.sort(key=lambda each: each[0])
    return [event for _, event in told]


def manifest(
    narrative: Narrative, sailing: Sailing, at: int, movement: Movement, units: Sequence[ManifestUnit]
) -> VesselManifested:
    """A manifest of what a ship lands or loads."""
    return VesselManifested(
        event_id=narrative.fresh_id(),
        occurred_at=narrative.moment(at),
        source=SINGLE_WINDOW,
        call=sailing.key,
        ship=sailing.ship,
        movement=movement,
        units=tuple(units),
    )


def _steps(call: Call) -> Iterator[Told]:
    announced = [(at, CallStatus.ANNOUNCED, eta) for at, eta in call.etas]
    for at, status, eta in (*announced, *((at, status, None) for status, at in call.steps.items())):
        event = VesselCallChanged(
            event_id=call.fresh_id(),
            occurred_at=call.moment(at),
            source=SINGLE_WINDOW,
            call=call.key,
            ship=call.sailing.ship,
            status=status,
            eta=None if eta is None else call.moment(eta),
        )
        yield at, event


def _manifests(call: Call) -> Iterator[Told]:
    listed = [each for each in call.aboard if each.listed]
    for nth, at in enumerate(call.manifested):
        units = [
            ManifestUnit(
                unit=each.unit,
                gross_mass_kg=each.mass_kg,
                dangerous=each.dangerous,
                mrns=each.mrns if call.rng.random() < DECLARED_EARLY else (),
            )
            for each in listed[nth :: len(call.manifested)]
        ]
        yield at, manifest(call, call.sailing, at, Movement.DISCHARGE, units)


def _weighings(call: Call) -> Iterator[Told]:
    for each in call.aboard:
        if each.weighed is None:
            continue
        at, mass_kg = each.weighed
        event = MassVerified(
            event_id=call.fresh_id(),
            occurred_at=call.moment(at),
            source=call.world.port_system,
            call=call.key,
            unit=each.unit,
            verified_mass_kg=mass_kg,
        )
        yield at, event


def _landings_of_empties(call: Call) -> Iterator[Told]:
    for each in call.aboard:
        if each.mission is None and each.landed is not None:
            seen = seen_by_camera(call.rng, each.unit, None)
            direction, key = Direction.IN, call.key
            yield (
                each.landed,
                scan(call, each.landed, each.node, "ocr", Technology.OCR, seen, direction, key),
            )
