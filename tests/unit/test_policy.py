"""What a port may set: thresholds, ways and severities; and how a wrong port file is told."""

import msgspec
import pytest
from builders import at, deadline, fold, plan, scan
from deviation_cases import ABANDONED, BIG_PORT, IN_YARD, LEFT

from domain.assess import assess
from domain.deviations import RULES, severity_of
from domain.events import MissionEvent, Severity
from domain.journey import Journey
from domain.policy import END_OF_TIME, Policy, after, spell
from domain.port import distance_meters
from domain.port_file import parse_port


def kinds(events: tuple[MissionEvent, ...], policy: Policy) -> set[str]:
    port = msgspec.structs.replace(BIG_PORT, policy=policy)
    return {finding.kind for finding in assess(Journey(fold(events), port))}


@pytest.mark.parametrize(
    ("kind", "policy", "events"),
    [
        ("EXIT_CHECK_MISSING", Policy(exit_check_grace_minutes=61), (plan(), LEFT, deadline(90))),
        ("ABANDONED_UNIT", Policy(abandoned_after_hours=361), (plan(), IN_YARD, deadline(10 + ABANDONED))),
        ("IMPOSSIBLE_TRAVEL", Policy(speed_max_kmh=122), (plan(), IN_YARD, scan(3, 15.5, "DRY-PORT"))),
        (
            "IMPOSSIBLE_TRAVEL",
            Policy(travel_distance_min_meters=11_200),
            (plan(), IN_YARD, scan(3, 15.5, "DRY-PORT")),
        ),
    ],
)
def test_a_port_may_be_more_patient(kind: str, policy: Policy, events: tuple[MissionEvent, ...]) -> None:
    assert kind in kinds(events, Policy())
    assert kind not in kinds(events, policy)


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
    ],
)
def test_a_wrong_threshold_is_refused_by_name(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_port(msgspec.json.encode(PORT_FILE | wrong))
