"""Every flow of the port of Bari occurs in the example, and in the order in which it goes."""

from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from uuid import UUID

import pytest
from bari import CORRECTIONS, EVERYTHING, EXPECTED, GENERATIONS, PORT, SCANS, TRAFFIC, key

from domain.alerts import alert_id
from domain.events import (
    AlertReviewed,
    AppointmentMade,
    AppointmentPurpose,
    CallStatus,
    CustomsStatus,
    CustomsStatusChanged,
    DeviceSignal,
    DeviceSignalled,
    EventRetracted,
    IotIdGenerated,
    Movement,
    Outcome,
    Permission,
    ReviewStatus,
    TrainComposed,
    TrainPermissionChanged,
    TrainStage,
    VesselCallChanged,
    VesselManifested,
)
from domain.port import NodeKind

WITH_ALERTS = {alert["object_key"] for alert in EXPECTED if alert["object_key"]}
APPOINTMENTS = [event for event in EVERYTHING if isinstance(event, AppointmentMade)]
STATUSES = [event for event in EVERYTHING if isinstance(event, CustomsStatusChanged)]
VARIANTS = {
    ("RAIL_MANIFEST_MISMATCH", "no manifest"),
    ("RAIL_MANIFEST_MISMATCH", "missing"),
    ("RAIL_MANIFEST_MISMATCH", "extra"),
    ("RAIL_MANIFEST_MISMATCH", "wagon"),
    ("RAIL_MANIFEST_MISMATCH", "papers"),
    ("RAIL_NO_DEPARTURE_PERMISSION", "ITBRI-RAIL-OUT"),
    ("MANIFEST_DISCREPANCY", "not notified"),
    ("MANIFEST_DISCREPANCY", "missing"),
    ("MANIFEST_DISCREPANCY", "extra"),
    ("MANIFEST_DISCREPANCY", "mass"),
    ("NOTICE_LATE", "PRE_ARRIVAL"),
    ("NOTICE_LATE", "DANGEROUS_GOODS"),
    ("NOTICE_LATE", "MANIFEST"),
    ("UNEXPECTED_DOOR_OPEN", "ITBRI-WAREHOUSE"),
    ("UNEXPECTED_DOOR_OPEN", "ITBRI-TERMINAL"),
    ("UNEXPECTED_DOOR_OPEN", "en route"),
    ("SEAL_DISCREPANCY", "tampered"),
    ("SEAL_DISCREPANCY", "cloned"),
    ("GATE_WITHOUT_APPOINTMENT", "ITBRI-GATE-IN"),
    ("GATE_WITHOUT_APPOINTMENT", "ITBRI-GATE-OUT"),
    ("OFF_PATH_NODE", "corridor"),
    ("ABANDONED_UNIT", "cleared"),
    ("ABANDONED_UNIT", "uncleared"),
}


def steps_of_train(train: str) -> dict[str, list[datetime]]:
    steps: dict[str, list[datetime]] = defaultdict(list)
    for event in TRAFFIC:
        if isinstance(event, TrainComposed) and event.train == train:
            steps[event.stage.value].append(event.occurred_at)
        elif isinstance(event, TrainPermissionChanged) and event.train == train:
            steps[event.permission.value].append(event.occurred_at)
    steps["READ"] = [scan.occurred_at for scan in SCANS if scan.conveyance == train]
    return steps


def steps_of_call(call: str) -> dict[str, list[datetime]]:
    steps: dict[str, list[datetime]] = defaultdict(list)
    for event in TRAFFIC:
        if isinstance(event, VesselCallChanged) and event.call == call:
            steps[event.status.value].append(event.occurred_at)
        elif isinstance(event, VesselManifested) and event.call == call:
            steps[event.movement.value].append(event.occurred_at)
    steps["READ"] = [scan.occurred_at for scan in SCANS if scan.conveyance == call]
    return steps


TRAINS = sorted({event.train for event in TRAFFIC if isinstance(event, TrainComposed)})
CALLS = sorted({event.call for event in TRAFFIC if isinstance(event, VesselCallChanged)})


def test_every_variant_of_a_kind_is_planted() -> None:
    planted = {(alert["kind"], alert["subject"]) for alert in EXPECTED}
    for kind, subject in VARIANTS:
        assert any(found == kind and f"{told} ".startswith(f"{subject} ") for found, told in planted), (kind, subject)


def test_a_rail_gate_read_names_its_train_and_a_dock_gate_read_its_call() -> None:
    carried = {NodeKind.RAIL_GATE: "TRAIN:", NodeKind.DOCK_GATE: "CALL:"}
    for scan in SCANS:
        node = PORT.node(scan.node)
        assert node is not None
        begins = carried.get(node.kind)
        if begins is None:
            assert scan.conveyance is None
        else:
            assert scan.conveyance is not None
            assert scan.conveyance.startswith(begins)


@pytest.mark.parametrize("train", [train for train in TRAINS if train not in WITH_ALERTS])
def test_a_train_is_listed_manifested_and_permitted_before_it_passes(train: str) -> None:
    steps = steps_of_train(train)
    leaves = any(scan.node == "ITBRI-RAIL-OUT" for scan in SCANS if scan.conveyance == train)
    order: tuple[str, ...] = (TrainStage.LOADING_LIST, TrainStage.MANIFEST, "READ")
    if leaves:
        order = (order[0], Permission.REQUESTED, order[1], Permission.GRANTED, order[2])
    moments = [min(steps[step]) for step in order]
    assert moments == sorted(moments)


@pytest.mark.parametrize("call", [call for call in CALLS if call not in WITH_ALERTS])
def test_a_call_goes_from_its_announcement_to_its_departure(call: str) -> None:
    steps = steps_of_call(call)
    order = (
        CallStatus.ANNOUNCED,
        CallStatus.PRE_ARRIVAL_NOTIFIED,
        Movement.DISCHARGE,
        CallStatus.ARRIVED,
        CallStatus.MONITORING_STARTED,
        CallStatus.MANIFEST_VALIDATED,
        "READ",
        CallStatus.UNLOADED,
        CallStatus.DEPARTED,
    )
    moments = [min(steps[step]) for step in order]
    assert moments == sorted(moments)
    assert max(steps["READ"]) < moments[-1]


def test_some_calls_carry_dangerous_goods_and_load() -> None:
    regular = [steps_of_call(call) for call in CALLS if call not in WITH_ALERTS]
    assert any(steps[CallStatus.DANGEROUS_GOODS_NOTIFIED] for steps in regular)
    assert any(steps[Movement.LOADING] for steps in regular)


def test_several_authorities_control_in_one_visit_under_embargo() -> None:
    controls = [event for event in APPOINTMENTS if event.purpose is AppointmentPurpose.CONTROL]
    assert max(len(event.authorities) for event in controls) >= 3
    assert all(event.not_before is not None and event.not_before < event.starts_at for event in controls)
    secret = {event.status for event in STATUSES if event.not_before is not None}
    assert secret == {CustomsStatus.SELECTED_FOR_SCAN, CustomsStatus.HOLD_PLACED}
    asked: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for event in controls:
        asked[event.appointment_id].add(event.authorities)
    assert any(len(authorities) > 1 for authorities in asked.values()), "an authority joined later"


def test_slots_are_booked_moved_and_cancelled() -> None:
    slots = [event for event in APPOINTMENTS if event.purpose is AppointmentPurpose.GATE_SLOT]
    starts: dict[str, set[datetime]] = defaultdict(set)
    for slot in slots:
        starts[slot.appointment_id].add(slot.starts_at)
    assert {slot.node for slot in slots} == {node.node for node in PORT.nodes if node.requires_slot}
    assert any(len(moments) > 1 for moments in starts.values())
    assert any(slot.cancelled for slot in slots)
    assert any(isinstance(event, AppointmentMade) for event in CORRECTIONS)


def test_devices_report_everything_they_can() -> None:
    signals = [event for event in EVERYTHING if isinstance(event, DeviceSignalled)]
    assert {event.signal for event in signals} == set(DeviceSignal)
    places = {(event.node is not None, event.position is not None) for event in signals}
    assert places == {(True, False), (False, True), (False, False)}


def test_rulings_of_every_sort_occur_but_a_rejection() -> None:
    assert {event.status for event in STATUSES} == set(CustomsStatus) - {CustomsStatus.REJECTED}


def test_customs_deals_with_alerts_of_missions_trains_calls_and_strangers() -> None:
    reviews = [event for event in EVERYTHING if isinstance(event, AlertReviewed)]
    ids = {
        alert_id(alert["iot_id"] or alert["object_key"], alert["kind"], alert["subject"]): alert for alert in EXPECTED
    }
    assert all(event.alert_id in ids for event in reviews)
    owners = {(event.object_key or "MISSION:").split(":")[0] for event in reviews}
    assert owners == {"MISSION", "TRAIN", "CALL", "BIC"}
    assert {event.review for event in reviews} == set(ReviewStatus)
    assert {event.outcome for event in reviews} >= {Outcome.CONFIRMED, Outcome.UNFOUNDED}
    stands = {(alert["after_act"]["1"], alert["after_act"]["2"]) for alert in ids.values()}
    assert stands >= {("disposed", "disposed"), ("open", "disposed"), ("disposed", "open")}


def test_what_a_retracted_iot_id_bound_is_bound_anew() -> None:
    taken_back = {event.retracts: event for event in EVERYTHING if isinstance(event, EventRetracted)}
    wrong = [event for event in EVERYTHING if isinstance(event, IotIdGenerated) and event.event_id in taken_back]
    assert len(wrong) >= 2
    for event in wrong:
        retraction = taken_back[event.event_id]
        assert UUID(retraction.identifiers[0].value) == event.iot_id
        assert retraction.identifiers[1:] == event.identifiers
        (right,) = [each for each in GENERATIONS.values() if set(each.identifiers) == set(event.identifiers)]
        assert right.occurred_at > retraction.occurred_at


def test_a_unit_without_an_iot_id_is_known_by_a_list_or_a_manifest() -> None:
    minted = {key(named) for event in GENERATIONS.values() for named in event.identifiers}
    expected = {alert["object_key"] for alert in EXPECTED if alert["kind"] == "UNKNOWN_OBJECT"}
    read = {key(seen) for scan in SCANS for seen in scan.identifiers} - minted - expected
    for kind in (TrainComposed, VesselManifested):
        named = {key(each.unit) for event in TRAFFIC if isinstance(event, kind) for each in event.units}
        assert named & read, kind


def test_a_train_passes_the_gate_in_minutes() -> None:
    for train in TRAINS:
        passed = sorted(scan.occurred_at for scan in SCANS if scan.conveyance == train)
        assert all((later - earlier).total_seconds() < 90 for earlier, later in pairwise(passed)), train
