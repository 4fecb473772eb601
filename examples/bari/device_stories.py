"""Stories of smart containers and electronic seals: what they report is in order, or is not."""

from random import Random

from domain.events import (
    AmendmentReason,
    CustomsStatus,
    DeviceSignal,
    Incident,
    Outcome,
    Position,
    ReviewStatus,
    Technology,
)
from examples.bari.identities import key_of, seal, sure
from examples.bari.missions import GDF, Mission
from examples.bari.nodes import DRY_PORT, GATE_OUT, PORT, TERMINAL, WAREHOUSE
from examples.bari.passages import arrive_by_sea, certify, come_in_slot, declare, end, leave_by_road, release
from examples.bari.scenario import at
from examples.bari.sightings import Sighting, camera

ASTRAY = Position(latitude=41.1010, longitude=16.8990)
"""In the south-east of the town, on no way from the port to the dry port."""


def tracked_to_dry_port(mission: Mission) -> None:
    """Its device is followed to the dry port, where it is opened while that is open."""
    _leave_for_dry_port(mission)
    for share in (0.25, 0.5, 0.75):
        mission.wait(5, 10)
        mission.signal(DeviceSignal.POSITION, position=_on_the_way(share))
    mission.wait(5, 10)
    mission.read(DRY_PORT)
    mission.wait(10, 20)
    mission.signal(DeviceSignal.DOOR_OPENED, position=_on_the_way(1.0))
    mission.wait(10, 20)
    mission.signal(DeviceSignal.DOOR_CLOSED, position=_on_the_way(1.0))
    mission.signal(DeviceSignal.BATTERY_LOW)
    end(mission)


def opened_in_warehouse_by_day(mission: Mission) -> None:
    """Opened in temporary storage while that is open; where it is, only the last read says."""
    _put_into_warehouse(mission)
    mission.signal(DeviceSignal.DOOR_OPENED)
    mission.wait(10, 20)
    mission.signal(DeviceSignal.DOOR_CLOSED)
    _clear_and_leave(mission)


def opened_in_warehouse_at_night(mission: Mission) -> None:
    """Opened in temporary storage twenty minutes after that closed, by the clocks of Bari."""
    _put_into_warehouse(mission)
    mission.wait_until(at(10, 19, 20))
    mission.signal(DeviceSignal.DOOR_OPENED)
    _clear_and_leave(mission)
    mission.expect(
        "UNEXPECTED_DOOR_OPEN",
        subject=WAREHOUSE,
        node=WAREHOUSE,
        then=("open", "open"),
        why="Opened at 19:20 UTC, when it was 20:20 in Bari: the warehouse is open until 20:00 there.",
    )


def opened_in_terminal(mission: Mission) -> None:
    """Its door is opened in the terminal, as its position says; nobody looks into it."""
    arrive_by_sea(mission)
    mission.wait(10, 30)
    mission.signal(DeviceSignal.DOOR_OPENED, position=_near(TERMINAL))
    _clear_and_leave(mission)
    mission.expect(
        "UNEXPECTED_DOOR_OPEN",
        subject=TERMINAL,
        node=TERMINAL,
        then=("open", "open"),
        why="The device reported an opened door from the terminal, where no unit may be opened.",
    )


def opened_but_in_order(mission: Mission) -> None:
    """Its door is opened in the terminal; that customs looked and found all in order arrives in act 2."""
    arrive_by_sea(mission)
    mission.wait(10, 30)
    mission.signal(DeviceSignal.DOOR_OPENED, node=TERMINAL)
    mission.wait(40, 60)
    mission.status(CustomsStatus.CONTROL_SATISFACTORY, node=TERMINAL, late=True)
    _clear_and_leave(mission)
    mission.expect(
        "UNEXPECTED_DOOR_OPEN",
        subject=TERMINAL,
        node=TERMINAL,
        then=("open", "cleared"),
        why="A door was opened in the terminal; the satisfactory control after it was known only in act 2.",
    )


def opened_en_route(mission: Mission) -> None:
    """Opened halfway to the dry port; a control finds goods missing, and customs disposes of the alert in act 2."""
    _leave_for_dry_port(mission)
    mission.wait(5, 10)
    mission.signal(DeviceSignal.DOOR_OPENED, position=_on_the_way(0.5))
    mission.wait(15, 30)
    mission.read(DRY_PORT)
    mission.wait(60, 90)
    mission.status(CustomsStatus.CONTROL_UNSATISFACTORY, node=DRY_PORT)
    alert = mission.expect(
        "UNEXPECTED_DOOR_OPEN",
        subject="en route",
        node=None,
        then=("open", "disposed"),
        why="The door was opened between port and dry port; a control confirmed it, and so did customs in act 2.",
    )
    mission.wait(60, 90)
    mission.review(alert, ReviewStatus.DISPOSED, Outcome.CONFIRMED, late=True)


def seal_tampered_in_terminal(mission: Mission) -> None:
    """Its electronic seal reports in the terminal that somebody tampers with it."""
    arrive_by_sea(mission)
    mission.wait(10, 30)
    mission.signal(DeviceSignal.SEAL_TAMPERED, node=TERMINAL)
    _clear_and_leave(mission)
    mission.expect(
        "SEAL_DISCREPANCY",
        subject=f"tampered {mission.seal_device}",
        node=TERMINAL,
        then=("open", "open"),
        why="The electronic seal reported tampering in the terminal, and nobody looked into it.",
    )


def seal_replaced_on_paper_later(mission: Mission) -> None:
    """Its electronic seal is taken off in the terminal; that customs put on another one arrives in act 2."""
    new = seal(Random(f"{mission.key}/new"))
    mission.scenario.claim((new,))
    arrive_by_sea(mission)
    mission.wait(10, 30)
    old, device = mission.cargo.seal, mission.seal_device
    mission.signal(DeviceSignal.SEAL_REMOVED, node=TERMINAL)
    mission.wait(20, 40)
    mission.amend(
        AmendmentReason.SEAL_REPLACED, incident=Incident.SEAL_BROKEN, added=(new,), removed=(old,), late=True
    )
    declare(mission)
    release(mission)
    _pass_camera(mission)
    certify(mission, GDF)
    end(mission)
    mission.expect(
        "SEAL_DISCREPANCY",
        subject=f"tampered {device}",
        node=TERMINAL,
        then=("open", "cleared"),
        why="The seal was taken off in the terminal; its replacement within the hour was known only in act 2.",
    )


def seal_cloned(mission: Mission) -> None:
    """The dry port reads its seal, without the unit, a minute after the exit gate read the unit."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(20, 60)
    mission.decide(CustomsStatus.TO_DRY_PORT)
    _pass_camera(mission)
    mission.wait(0, 1)
    mission.scan(DRY_PORT, Sighting(f"{DRY_PORT.lower()}-rfid-1", Technology.RFID, (mission.cargo.seal,)))
    certify(mission, GDF)
    mission.wait(25, 60)
    mission.read(DRY_PORT)
    end(mission)
    mission.expect(
        "SEAL_DISCREPANCY",
        subject=f"cloned {key_of(mission.cargo.seal)}",
        node=DRY_PORT,
        then=("open", "open"),
        why="Its seal was read at the dry port within two minutes of the unit at the gate: there are two of it.",
    )


def leaves_the_corridor(mission: Mission) -> None:
    """On its way to the dry port its device reports a position in the south-east of the town."""
    _go_astray(mission)
    mission.expect(
        "OFF_PATH_NODE",
        subject="corridor",
        node=None,
        then=("open", "open"),
        why="The position is more than 2,500 meters from every way between nodes of its path.",
    )


def position_taken_back(mission: Mission) -> None:
    """Its device reports a position far away; in act 2 the platform takes that back, it was another device's."""
    _go_astray(mission, taken_back=True)
    mission.expect(
        "OFF_PATH_NODE",
        subject="corridor",
        node=None,
        then=("open", "cleared"),
        why="A position far from its path was reported as its own, and taken back in act 2.",
    )


def _go_astray(mission: Mission, *, taken_back: bool = False) -> None:
    _leave_for_dry_port(mission)
    mission.wait(5, 10)
    mission.signal(DeviceSignal.POSITION, position=_on_the_way(0.5))
    mission.wait(5, 10)
    mission.signal(DeviceSignal.POSITION, position=ASTRAY)
    if taken_back:
        mission.wait(5, 10)
        mission.take_back("the position was that of another device", late=True)
    mission.wait(15, 30)
    mission.read(DRY_PORT)
    end(mission)


def _leave_for_dry_port(mission: Mission) -> None:
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(20, 60)
    mission.decide(CustomsStatus.TO_DRY_PORT)
    leave_by_road(mission)


def _put_into_warehouse(mission: Mission) -> None:
    arrive_by_sea(mission)
    mission.wait(20, 40)
    mission.read(WAREHOUSE)
    mission.wait(10, 20)


def _clear_and_leave(mission: Mission) -> None:
    declare(mission)
    release(mission)
    leave_by_road(mission)
    end(mission)


def _pass_camera(mission: Mission) -> None:
    """Out through the road gate, where only the camera reads, not the antenna."""
    come_in_slot(mission, GATE_OUT, 20, 60)
    unit, truck = mission.cargo.unit, mission.cargo.carrier
    seen = (sure(unit, 0.90, 0.99, mission.rng), sure(truck, 0.90, 0.97, mission.rng))
    mission.scan(GATE_OUT, camera(GATE_OUT, seen))


def _on_the_way(share: float) -> Position:
    """That share of the straight way from the exit gate to the dry port."""
    start, end_ = PORT.node(GATE_OUT), PORT.node(DRY_PORT)
    assert start is not None
    assert end_ is not None
    return Position(
        latitude=round(start.latitude + share * (end_.latitude - start.latitude), 5),
        longitude=round(start.longitude + share * (end_.longitude - start.longitude), 5),
    )


def _near(node: str) -> Position:
    """Some fifty meters beside a node's reference point."""
    place = PORT.node(node)
    assert place is not None
    return Position(latitude=round(place.latitude + 0.0005, 5), longitude=place.longitude)
