"""What a port may set: thresholds, ways and severities; and how a wrong port file is told."""

import msgspec
import pytest
from builders import IOT_ID, at, deadline, plan, scan, step
from cases_of_calls import ANNOUNCED, DANGEROUS, DUE_24, DUE_48, DUE_72, WEIGHT, checked
from cases_of_devices import CLONED
from cases_of_paths import BESIDE, TO_DRY_PORT
from cases_of_trains import BOTH
from cases_of_waiting import SLOT
from conveyance_builders import CALL, TRAIN, call, judged_at, passed, weighed
from deviation_cases import ABANDONED, BIG_PORT, IN_YARD, LEFT, Told, of_kind

from domain.deviations import RULES, severity_of
from domain.events import CallStatus, Severity
from domain.judging import Kept, judge
from domain.policy import END_OF_TIME, Policy, after, spell
from domain.port import Port, distance_meters
from domain.port_file import parse_port

MISSION = str(IOT_ID)
MISSING = (BOTH, passed(2, 30), judged_at(60))
NOTIFIED = call(8, 1, CallStatus.PRE_ARRIVAL_NOTIFIED)


def with_policy(policy: Policy) -> Port:
    return msgspec.structs.replace(BIG_PORT, policy=policy)


@pytest.mark.parametrize(
    ("kind", "policy", "events", "owner"),
    [
        ("EXIT_CHECK_MISSING", Policy(exit_check_grace_minutes=61), (plan(), LEFT, deadline(90)), MISSION),
        ("ABANDONED_UNIT", Policy(abandoned_after_hours=361), (plan(), IN_YARD, deadline(10 + ABANDONED)), MISSION),
        ("IMPOSSIBLE_TRAVEL", Policy(speed_max_kmh=122), (plan(), IN_YARD, scan(3, 15.5, "DRY-PORT")), MISSION),
        (
            "IMPOSSIBLE_TRAVEL",
            Policy(travel_distance_min_meters=11_200),
            (plan(), IN_YARD, scan(3, 15.5, "DRY-PORT")),
            MISSION,
        ),
        ("SEAL_DISCREPANCY", Policy(speed_max_kmh=400), CLONED, MISSION),
        (
            "GATE_WITHOUT_APPOINTMENT",
            Policy(slot_tolerance_minutes=31),
            (plan(), SLOT, scan(2, 121, "SLOT-GATE")),
            MISSION,
        ),
        ("RAIL_MANIFEST_MISMATCH", Policy(train_passing_minutes=31), MISSING, TRAIN),
        ("MANIFEST_DISCREPANCY", Policy(mass_tolerance_percent=5.01), (WEIGHT, weighed(2, 50, 10_501)), CALL),
        ("NOTICE_LATE", Policy(pre_arrival_notice_hours=71), (ANNOUNCED, checked(DUE_72)), CALL),
        ("NOTICE_LATE", Policy(manifest_notice_hours=23), (ANNOUNCED, NOTIFIED, checked(DUE_24)), CALL),
        (
            "NOTICE_LATE",
            Policy(dangerous_goods_notice_hours=47),
            (ANNOUNCED, NOTIFIED, DANGEROUS, checked(DUE_48)),
            CALL,
        ),
    ],
)
def test_a_port_may_be_more_patient(kind: str, policy: Policy, events: Told, owner: str) -> None:
    assert of_kind(kind, events, owner, with_policy(Policy()))
    assert not of_kind(kind, events, owner, with_policy(policy))


def test_a_port_may_be_less_patient_about_the_way() -> None:
    beside = (TO_DRY_PORT, BESIDE)
    assert of_kind("OFF_PATH_NODE", beside, port=with_policy(Policy(corridor_meters=2_000)))
    assert not of_kind("OFF_PATH_NODE", beside, port=with_policy(Policy(corridor_meters=2_010)))


def test_severities_are_the_kinds_own_unless_the_port_says_otherwise() -> None:
    policy = Policy(severities={"DWELL_EXCEEDED": Severity.INFO})
    assert severity_of("DWELL_EXCEEDED", policy) is Severity.INFO
    assert all(severity_of(kind, Policy()) is rule.severity for kind, rule in RULES.items())


def test_no_span_leads_beyond_the_end_of_time() -> None:
    assert after(END_OF_TIME, Policy().abandoned_after) == END_OF_TIME
    assert after(at(0), Policy().exit_check_grace) == at(60)


def test_distance_is_that_of_the_great_circle() -> None:
    assert distance_meters(41.1, 16.8, 41.1, 16.8) == 0
    assert distance_meters(0, 0, 0, 1) == pytest.approx(111_195, abs=1)
    assert distance_meters(41.1334, 16.8495, 45.4408, 12.3155) == pytest.approx(601_500, rel=0.01)  # Bari to Venice
    assert distance_meters(0, 0, 0, 180) == pytest.approx(20_015_115, abs=1)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (60, "60 minutes"), (90, "90 minutes"), (120, "2 hours"), (2160, "36 hours"), (2880, "2 days")],
)
def test_a_span_is_spelt_exactly(minutes: int, words: str) -> None:
    assert spell(at(minutes) - at(0)) == words


PORT_FILE = {
    "locode": "ITBRI",
    "name": "A port",
    "nodes": [
        {"node": "DOCK", "name": "Dock", "kind": "DOCK_GATE", "latitude": 41, "longitude": 16},
        {"node": "YARD", "name": "Yard", "kind": "PORT_FACILITY", "latitude": 41, "longitude": 16},
    ],
    "paths": {},
}


def yard(**more: object) -> dict[str, object]:
    return {"node": "YARD", "name": "Yard", "kind": "PORT_FACILITY", "latitude": 41, "longitude": 16, **more}


def test_a_port_file_says_when_units_may_be_opened_and_where_a_slot_is_needed() -> None:
    openings = [{"days": ["MON"], "start": "06:00", "end": "24:00"}, {"start": "00:00", "end": "01:00"}]
    node = yard(openings=openings, requires_slot=True, radius_meters=50)
    port = parse_port(msgspec.json.encode(PORT_FILE | {"nodes": [node], "timezone": "Europe/Rome"}))
    assert port.slot_gates == {"YARD"}
    assert port.nodes[0].radius_meters == 50
    assert not port.may_open("YARD", at(0))  # a Tuesday, 09:00 in Rome
    assert port.may_open("YARD", at(-24 * 60))


def test_a_port_file_sets_thresholds() -> None:
    text = msgspec.json.encode(
        {
            **PORT_FILE,
            "travel": [{"between": ["DOCK", "YARD"], "travel_min_minutes": 2.5}],
            "policy": {"abandoned_after_hours": 36, "severities": {"OVERDUE": "CRITICAL"}},
        }
    )
    port = parse_port(text)
    assert port.travel_min("YARD", "DOCK") == at(2.5) - at(0)
    assert port.policy == Policy(abandoned_after_hours=36, severities={"OVERDUE": Severity.CRITICAL})
    assert parse_port(msgspec.json.encode(PORT_FILE)).policy == Policy()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"policy": {"severities": {"OVERDU": "INFO"}}}, "policy.severities: no such kind of deviation: OVERDU"),
        ({"policy": {"abandoned_after_days": 3}}, "abandoned_after_days"),
        ({"policy": {"speed_max_kmh": 0}}, "speed_max_kmh"),
        ({"travel": [{"between": ["DOCK", "DICK"], "travel_min_minutes": 1}]}, "travel: no such node: DICK"),
        ({"travel": [{"between": ["DOCK", "DOCK"], "travel_min_minutes": 1}]}, "travel: needs two nodes"),
        (
            {
                "travel": [
                    {"between": ["DOCK", "YARD"], "travel_min_minutes": 1},
                    {"between": ["YARD", "DOCK"], "travel_min_minutes": 2},
                ]
            },
            "travel: needs two nodes, each pair once: YARD, DOCK",
        ),
        ({"timezone": "Europe/Bari"}, "timezone: there is no Europe/Bari"),
        ({"nodes": [yard(openings=[{"start": "20:00", "end": "06:00"}])]}, "openings of YARD: a window ends before"),
        ({"nodes": [yard(openings=[{"start": "06:00", "end": "06:00"}])]}, "openings of YARD"),
        ({"nodes": [yard(openings=[{"start": "6:00"}])]}, "openings"),
        ({"nodes": [yard(openings=[{"end": "24:01"}])]}, "openings"),
        ({"nodes": [yard(openings=[{"days": ["MONDAY"]}])]}, "MONDAY"),
        ({"nodes": [yard(radius_meters=0)]}, "radius_meters"),
        ({"policy": {"corridor_meters": -1}}, "corridor_meters"),
        ({"policy": {"mass_tolerance_percent": 101}}, "mass_tolerance_percent"),
        ({"policy": {"train_passing_minutes": 0}}, "train_passing_minutes"),
        ({"policy": {"exit_certified_by": [""]}}, "exit_certified_by"),
    ],
)
def test_a_wrong_threshold_is_refused_by_name(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_port(msgspec.json.encode(PORT_FILE | wrong))


def test_another_port_file_has_another_fingerprint_and_the_same_one_the_same() -> None:
    port = parse_port(msgspec.json.encode(PORT_FILE))
    again = parse_port(msgspec.json.encode(dict(reversed(PORT_FILE.items()))))
    assert port.fingerprint == again.fingerprint
    stricter = parse_port(msgspec.json.encode(PORT_FILE | {"policy": {"corridor_meters": 1}}))
    assert port.fingerprint != stricter.fingerprint


def test_what_another_port_file_led_to_is_judged_anew_by_the_next_event() -> None:
    kept = Kept(MISSION)
    for event in (
        plan(path=(step("DOCK"), step("YARD"), step("GATE-OUT"))),
        scan(2, 10, "DOCK"),
        scan(3, 20, "YARD"),
    ):
        judged = judge(kept, event, BIG_PORT)
        assert judged is not None
        kept = judged.kept
    assert kept.ledger.open_kinds == ()
    stricter = msgspec.structs.replace(
        BIG_PORT,
        nodes=tuple(msgspec.structs.replace(node, requires_slot=node.node == "DOCK") for node in BIG_PORT.nodes),
    )
    judged = judge(kept, scan(4, 30, "YARD"), stricter)
    assert judged is not None
    assert judged.kept.ledger.open_kinds == ("GATE_WITHOUT_APPOINTMENT",)
