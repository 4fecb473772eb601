"""What a device's signal is worth: a suspicion that a control ends one way or the other; and where it was."""

import msgspec
import pytest
from builders import at, event_id, ids, plan, scan, signal, status, step
from cases_of_devices import DOOR, OPENED, REMOVED, SATISFACTORY, UNSATISFACTORY, opened
from cases_of_paths import BESIDE, TO_DRY_PORT, seen_at
from deviation_cases import BIG_PORT, SATURDAY_IN_ROME, WORKSHOP, of_kind

from domain.events import Position
from domain.policy import Policy
from domain.port import Window, meters_beside


def test_a_door_signal_is_a_suspicion_until_somebody_has_looked() -> None:
    (finding,) = of_kind("UNEXPECTED_DOOR_OPEN", (plan(), OPENED))
    where = "A door was opened at YARD, where it may not be opened then"
    assert finding.sentence == f"{where}, and nobody has looked yet."
    (confirmed,) = of_kind("UNEXPECTED_DOOR_OPEN", (plan(), OPENED, status(3, 60, UNSATISFACTORY)))
    assert confirmed.sentence == f"{where}; a control confirmed it."


def test_a_seal_signal_is_a_suspicion_until_somebody_has_looked() -> None:
    off = (plan(), signal(2, 30, REMOVED, None, (40.5, 16.0)))
    (finding,) = of_kind("SEAL_DISCREPANCY", off)
    assert finding.sentence == "A seal was tampered with on the way, and nobody has looked yet."
    (confirmed,) = of_kind("SEAL_DISCREPANCY", (*off, status(3, 60, UNSATISFACTORY)))
    assert confirmed.sentence == "A seal was tampered with on the way; a control confirmed it."


def test_each_place_where_doors_were_opened_is_told_by_itself() -> None:
    twice = (plan(), OPENED, opened(3, 40, "STORE"), signal(4, 50, DOOR, None, (40.5, 16.0)))
    found = of_kind("UNEXPECTED_DOOR_OPEN", twice)
    assert [(finding.subject, finding.node) for finding in found] == [
        ("YARD", "YARD"),
        ("STORE", "STORE"),
        ("en route", None),
    ]


def test_a_control_ends_the_suspicions_before_it_and_not_those_after_it() -> None:
    suspicions = (plan(), OPENED, opened(3, 40, "STORE"), status(4, 35, SATISFACTORY))
    assert [finding.subject for finding in of_kind("UNEXPECTED_DOOR_OPEN", suspicions)] == ["STORE"]


def test_each_device_that_was_tampered_with_is_told_by_itself() -> None:
    two = (plan(), signal(2, 30, REMOVED, "YARD"), signal(3, 31, REMOVED, "YARD", device="eseal-2"))
    found = of_kind("SEAL_DISCREPANCY", two)
    assert [(finding.subject, finding.evidence) for finding in found] == [
        ("tampered eseal-1", (event_id(2),)),
        ("tampered eseal-2", (event_id(3),)),
    ]


def test_each_seal_in_two_places_is_told_by_itself() -> None:
    sealed = plan(identifiers=(*ids(BIC="CSQU3054383", SEAL="BRI1"), *ids(SEAL="BRI2")))
    both = (*ids(SEAL="BRI1"), *ids(SEAL="BRI2"))
    found = of_kind("SEAL_DISCREPANCY", (sealed, scan(2, 10, "YARD"), scan(3, 12, "DRY-PORT", *both)))
    assert [finding.subject for finding in found] == ["cloned SEAL:BRI1", "cloned SEAL:BRI2"]


# Where it was ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "node"),
    [
        ((41.05, 16.9), "WORKSHOP"),
        ((41.0526, 16.9), "WORKSHOP"),  # 289 m
        ((41.0528, 16.9), None),  # 311 m
        ((41.0, 16.8), "DRY-PORT"),
        ((40.98, 16.8), "DRY-PORT"),  # 2.2 km, in a place of 3 km
        ((41.1, 16.8), "DOCK"),  # several at one point: the first by name
    ],
)
def test_a_position_is_in_the_nearest_place_that_it_is_in_at_all(
    position: tuple[float, float], node: str | None
) -> None:
    near = BIG_PORT.node_near(Position(latitude=position[0], longitude=position[1]))
    assert (near.node if near else None) == node


def test_the_nearest_of_two_places_that_overlap_is_meant() -> None:
    wide = msgspec.structs.replace(WORKSHOP, node="WIDE", latitude=41.06, radius_meters=5_000)
    port = msgspec.structs.replace(BIG_PORT, nodes=(*BIG_PORT.nodes, wide))
    near = port.node_near(Position(latitude=41.0501, longitude=16.9))
    assert near is not None
    assert near.node == "WORKSHOP"


def test_no_corridor_is_judged_unless_the_port_sets_one() -> None:
    without = msgspec.structs.replace(BIG_PORT, policy=Policy())
    assert of_kind("OFF_PATH_NODE", (TO_DRY_PORT, BESIDE), port=BIG_PORT) != []
    assert of_kind("OFF_PATH_NODE", (TO_DRY_PORT, BESIDE), port=without) == []


def test_a_path_of_unknown_places_has_no_corridor() -> None:
    unknown = plan(path=(step("NOWHERE"), step("ELSEWHERE")))
    assert of_kind("OFF_PATH_NODE", (unknown, BESIDE)) == []


def test_positions_and_strays_are_told_apart() -> None:
    found = of_kind("OFF_PATH_NODE", (TO_DRY_PORT, seen_at(2, 10, 41.05, 17), scan(3, 20, "YARD")))
    assert {finding.subject for finding in found} == {"corridor", "YARD"}


def test_the_distance_from_a_way_is_that_from_its_nearest_point() -> None:
    one, other = (node for node in BIG_PORT.nodes if node.node in ("YARD", "DRY-PORT"))
    beside = Position(latitude=41.05, longitude=16.8239)
    before = Position(latitude=41.11, longitude=16.8)
    assert meters_beside(one, other, beside) == pytest.approx(2_004, abs=2)
    assert meters_beside(other, one, beside) == meters_beside(one, other, beside)
    assert meters_beside(one, other, before) == pytest.approx(1_112, abs=2)
    assert meters_beside(one, one, before) == pytest.approx(1_112, abs=2)


# When units may be opened ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "may"),
    [
        (-180, True),  # 06:00 in Rome
        (-181, False),
        (659, True),  # 19:59
        (660, False),
        (SATURDAY_IN_ROME - 1, False),
        (SATURDAY_IN_ROME, False),
    ],
)
def test_openings_are_those_of_the_ports_own_clocks(minutes: float, may: bool) -> None:
    assert BIG_PORT.may_open("WORKSHOP", at(minutes)) is may


def test_a_window_until_midnight_ends_there() -> None:
    late = msgspec.structs.replace(WORKSHOP, openings=(Window(start="22:00", end="24:00"),))
    port = msgspec.structs.replace(BIG_PORT, nodes=(late,), timezone="UTC")
    opened_at = [minutes for minutes in (839, 840, 959, 960) if port.may_open("WORKSHOP", at(minutes))]
    assert opened_at == [840, 959]


def test_a_node_without_openings_is_never_open_and_a_customs_space_always() -> None:
    assert not BIG_PORT.may_open("YARD", at(0))
    assert not BIG_PORT.may_open("NOWHERE", at(0))
    assert BIG_PORT.may_open("SCANNER", at(0))
