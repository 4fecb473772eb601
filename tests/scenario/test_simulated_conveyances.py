"""Trains, ships, devices, slots and controls of the simulated port, where nothing is wrong with them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import pytest
from fold import PORT, run

from domain.events import (
    EXAMINATIONS,
    AmendmentReason,
    AppointmentMade,
    AppointmentPurpose,
    CallStatus,
    CustomsStatus,
    CustomsStatusChanged,
    DeviceSignal,
    DeviceSignalled,
    Direction,
    Identifier,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MassVerified,
    MissionAmended,
    Movement,
    Permission,
    TrainComposed,
    TrainPermissionChanged,
    TrainStage,
    VesselCallChanged,
    VesselManifested,
)
from domain.port import NodeKind
from readers.simulator.parameters import TIDY

E = TypeVar("E")
MISSIONS = 4_000


@pytest.fixture(scope="module")
def events() -> list[InputEvent]:
    return run(missions=MISSIONS, deviating=0, noise=TIDY)[0]


def of(events: Iterable[InputEvent], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def scans_at(events: Iterable[InputEvent], kind: NodeKind, direction: Direction) -> list[IdScanned]:
    nodes = {node.node for node in PORT.nodes if node.kind is kind}
    return [s for s in of(events, IdScanned) if s.node in nodes and s.direction is direction]


def unit_read(scan: IdScanned) -> str | None:
    return next((seen.value for seen in scan.identifiers if seen.scheme in ("BIC", "ILU")), None)


def test_whatever_leaves_by_rail_leaves_on_a_train(events: list[InputEvent]) -> None:
    leaving = scans_at(events, NodeKind.RAIL_GATE, Direction.OUT)
    assert sum(scan.conveyance is None for scan in leaving) <= len(leaving) * 0.02
    passed: dict[str, list[IdScanned]] = defaultdict(list)
    for scan in leaving:
        if scan.conveyance is not None:
            passed[scan.conveyance].append(scan)
    loaded = {event.train: event for event in of(events, TrainComposed) if event.stage is TrainStage.MANIFEST}
    candidates = {event.train: event for event in of(events, TrainComposed) if event.stage is TrainStage.LOADING_LIST}
    granted = {e.train: e for e in of(events, TrainPermissionChanged) if e.permission is Permission.GRANTED}
    assert passed.keys() == loaded.keys() == candidates.keys() == granted.keys()
    for train, scans in passed.items():
        times = [scan.occurred_at for scan in scans]
        assert max(times) - min(times) < PORT.policy.train_passing
        assert candidates[train].occurred_at < loaded[train].occurred_at < granted[train].occurred_at < min(times)
        listed = {(each.unit.value, each.wagon.value) for each in loaded[train].units if each.wagon}
        by_camera = [scan for scan in scans if unit_read(scan)]
        assert {(unit_read(scan), scan.identifiers[-1].value) for scan in by_camera} == listed
    assert 15 <= sum(len(each.units) for each in loaded.values()) / len(loaded) <= 30


def test_ships_are_announced_notified_and_there_before_they_land_anything(events: list[InputEvent]) -> None:
    steps: dict[str, dict[CallStatus, datetime]] = defaultdict(dict)
    for event in of(events, VesselCallChanged):
        steps[event.call].setdefault(event.status, event.occurred_at)
    manifests = [event for event in of(events, VesselManifested) if event.movement is Movement.DISCHARGE]
    landed: dict[str, list[IdScanned]] = defaultdict(list)
    for scan in scans_at(events, NodeKind.DOCK_GATE, Direction.IN):
        assert scan.conveyance is not None
        landed[scan.conveyance].append(scan)
    assert steps.keys() == landed.keys() == {manifest.call for manifest in manifests}
    for call, at in steps.items():
        lodged = [manifest for manifest in manifests if manifest.call == call]
        assert at[CallStatus.ANNOUNCED] < at[CallStatus.PRE_ARRIVAL_NOTIFIED] < min(m.occurred_at for m in lodged)
        order = [CallStatus.ARRIVED, CallStatus.MONITORING_STARTED, CallStatus.MANIFEST_VALIDATED]
        assert [at[status] for status in order] == sorted(at[status] for status in order)
        times = [scan.occurred_at for scan in landed[call]]
        assert at[CallStatus.MANIFEST_VALIDATED] < min(times) < max(times) < at[CallStatus.UNLOADED]
        assert at[CallStatus.UNLOADED] < at[CallStatus.DEPARTED]
        units = {each.unit.value for manifest in lodged for each in manifest.units}
        assert {unit_read(scan) for scan in landed[call]} == units
        is_dangerous = any(each.dangerous for manifest in lodged for each in manifest.units)
        assert (CallStatus.DANGEROUS_GOODS_NOTIFIED in at) is is_dangerous


def test_a_mission_by_sea_is_validated_after_its_ship(events: list[InputEvent]) -> None:
    validated = {e.call: e.occurred_at for e in of(events, VesselCallChanged) if e.status == "MANIFEST_VALIDATED"}
    lodged: dict[str, datetime] = {}
    for manifest in of(events, VesselManifested):
        lodged.setdefault(manifest.call, manifest.occurred_at)
    ship_of = {
        unit_read(scan): scan.conveyance
        for scan in scans_at(events, NodeKind.DOCK_GATE, Direction.IN)
        if scan.conveyance is not None
    }
    checked = 0
    for ruling in of(events, CustomsStatusChanged):
        # A unit that comes back is told from its first coming by nothing but time.
        call = ship_of.get(ruling.identifiers[0].value)
        if call is None or abs(ruling.occurred_at - validated[call]) > timedelta(hours=12):
            continue
        if ruling.status is CustomsStatus.MANIFESTED:
            assert lodged[call] < ruling.occurred_at
        elif ruling.status is CustomsStatus.MANIFEST_VALIDATED:
            assert validated[call] < ruling.occurred_at
            checked += 1
    assert checked > MISSIONS / 3


def test_what_is_loaded_was_weighed_and_is_manifested(events: list[InputEvent]) -> None:
    loaded = [s for s in scans_at(events, NodeKind.DOCK_GATE, Direction.OUT) if s.conveyance is not None]
    assert len(loaded) > MISSIONS / 5
    manifested = {
        (event.call, each.unit.value): each.gross_mass_kg
        for event in of(events, VesselManifested)
        if event.movement is Movement.LOADING
        for each in event.units
    }
    weighed = {(event.call, event.unit.value): event for event in of(events, MassVerified)}
    for scan in loaded:
        key = (scan.conveyance, unit_read(scan))
        assert weighed[key].occurred_at < scan.occurred_at
        assert weighed[key].verified_mass_kg == pytest.approx(manifested[key], rel=0.02)
    assert manifested.keys() == {(scan.conveyance, unit_read(scan)) for scan in loaded}


def test_empties_are_on_lists_and_on_no_mission(events: list[InputEvent]) -> None:
    bound = {named.value for event in of(events, IotIdGenerated) for named in event.identifiers}
    on_ships = {each.unit.value for event in of(events, VesselManifested) for each in event.units} - bound
    on_trains = {each.unit.value for event in of(events, TrainComposed) for each in event.units} - bound
    read = {unit_read(scan) for scan in of(events, IdScanned)}
    assert on_ships
    assert on_trains
    assert on_ships | on_trains <= read


def test_gates_with_slots_are_booked_and_controls_are_kept_secret(events: list[InputEvent]) -> None:
    slots, controls = [], []
    for event in of(events, AppointmentMade):
        (slots if event.purpose is AppointmentPurpose.GATE_SLOT else controls).append(event)
    assert {slot.node for slot in slots} == {"ITBRI-GATE-IN", "ITBRI-GATE-OUT"}
    assert any(slot.cancelled for slot in slots) is False
    assert len({slot.appointment_id for slot in slots}) < len(slots)
    visits: dict[Identifier, set[str]] = defaultdict(set)
    for control in controls:
        assert control.not_before is not None
        assert control.occurred_at < control.not_before <= control.starts_at
        visits[control.identifiers[0]].update(control.authorities)
    assert any(len(authorities) > 1 for authorities in visits.values())
    chosen = [event for event in of(events, CustomsStatusChanged) if event.status in EXAMINATIONS]
    assert chosen
    assert all(event.not_before is not None for event in chosen)


def test_devices_report_and_missions_are_amended_though_nothing_is_wrong(events: list[InputEvent]) -> None:
    signals: dict[DeviceSignal, list[DeviceSignalled]] = defaultdict(list)
    for event in of(events, DeviceSignalled):
        signals[event.signal].append(event)
    assert signals.keys() == set(DeviceSignal)
    doors = signals[DeviceSignal.DOOR_OPENED]
    assert any(door.node for door in doors)
    assert any(door.position for door in doors)
    assert any(door.node is None and door.position is None for door in doors)
    reasons: dict[AmendmentReason, set[UUID]] = defaultdict(set)
    for amendment in of(events, MissionAmended):
        reasons[amendment.reason].add(amendment.iot_id)
    assert reasons.keys() == {AmendmentReason.NEW_VEHICLE, AmendmentReason.SEAL_REPLACED}
    assert len(reasons[AmendmentReason.NEW_VEHICLE]) > MISSIONS / 100
