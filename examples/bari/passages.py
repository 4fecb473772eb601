"""The parts that stories are put together from: arriving, being cleared or controlled, leaving, ending."""

from datetime import timedelta

from domain.events import CustomsStatus
from examples.bari.missions import ADM, GDF, Mission
from examples.bari.nodes import DOCK_GATE, GATE_IN, GATE_OUT, SCANNER, TERMINAL
from examples.bari.sightings import Sighting
from examples.bari.timetable import Run, Visit, arrival_after, departure_after, discharging, loading

BETWEEN_WAGONS = timedelta(seconds=40)


def announce(mission: Mission) -> None:
    """The IOT_ID is minted, the manifest received and validated."""
    mission.generate()
    mission.wait(2, 10)
    mission.status(CustomsStatus.MANIFESTED)
    mission.wait(30, 60)
    mission.status(CustomsStatus.MANIFEST_VALIDATED)


def discharge(mission: Mission, visit: Visit | None = None) -> None:
    """Announced, the unit comes off the ship: the one at the quay, unless a call is named."""
    announce(mission)
    mission.wait(40, 150)
    land(mission, visit)


def land(mission: Mission, visit: Visit | None = None, *, late: bool = False) -> None:
    """The crane puts it down behind the dock gate."""
    key = (visit or discharging(mission.started_at)).key
    mission.scenario.aboard.setdefault(key, []).append(mission)
    mission.at_quay = mission.now
    mission.read(DOCK_GATE, conveyance=key, late=late)


def arrive_by_sea(mission: Mission, visit: Visit | None = None) -> None:
    """Discharged, it is put down in the terminal."""
    discharge(mission, visit)
    mission.wait(15, 50)
    mission.read(TERMINAL)


def arrive_by_road(mission: Mission) -> None:
    """Announced, a truck brings it into the port and the terminal."""
    announce(mission)
    pass_gate(mission, GATE_IN, 40, 240)
    mission.wait(10, 40)
    mission.read(TERMINAL)


def arrive_by_rail(mission: Mission) -> None:
    """Announced, the next train brings it into the port and the terminal."""
    announce(mission)
    ride(mission, arrival_after(mission.now))
    mission.wait(10, 40)
    mission.read(TERMINAL)


def declare(mission: Mission) -> None:
    """Every consignment is declared."""
    mission.wait(10, 40)
    mission.decide(CustomsStatus.DECLARED)


def release(mission: Mission) -> None:
    """Every declaration is released."""
    mission.wait(20, 60)
    mission.decide(CustomsStatus.RELEASED)


def scan(mission: Mission) -> None:
    """Selected for the X-ray scanner, taken there and back to the terminal."""
    mission.wait(5, 20)
    mission.status(CustomsStatus.SELECTED_FOR_SCAN, node=SCANNER)
    to_scanner_and_back(mission)


def place_hold(mission: Mission, hold_id: str, authority: str = ADM) -> None:
    """An authority places a hold; it will look at the unit in the customs space."""
    mission.wait(5, 20)
    mission.status(CustomsStatus.HOLD_PLACED, authority=authority, hold_id=hold_id, node=SCANNER)


def lift_hold(mission: Mission, hold_id: str, authority: str = ADM, *, late: bool = False) -> None:
    """The authority lifts its hold."""
    mission.wait(10, 30)
    mission.status(CustomsStatus.HOLD_LIFTED, authority=authority, hold_id=hold_id, late=late)


def to_scanner_and_back(mission: Mission) -> None:
    """A customs space is open to a held unit, and so is the place where the hold found it."""
    mission.wait(10, 30)
    mission.read(SCANNER)
    mission.wait(15, 40)
    mission.read(TERMINAL)


def leave_by_road(mission: Mission) -> None:
    """Out through the road gate, and the Guardia di Finanza certifies it."""
    pass_gate(mission, GATE_OUT, 20, 120)
    certify(mission, GDF)


def pass_gate(mission: Mission, gate: str, least_minutes: int, most_minutes: int, *, late: bool = False) -> None:
    """A truck with a slot passes a road gate; when it is late, it is the reader's word that comes late."""
    come_in_slot(mission, gate, least_minutes, most_minutes)
    mission.read(gate, late=late)


def come_in_slot(mission: Mission, gate: str, least_minutes: int, most_minutes: int) -> None:
    """A slot is booked, and within it the truck stands before the gate."""
    booked_at = mission.now
    mission.wait(least_minutes, most_minutes)
    mission.book(gate, booked_at)


def leave_by_rail(mission: Mission, run: Run | None = None, *, late: bool = False) -> None:
    """Out on the next train, unless one is named, and the Guardia di Finanza certifies it."""
    ride(mission, run or departure_after(mission.now), late=late)
    certify(mission, GDF)


def ride(mission: Mission, run: Run, seen: Sighting | None = None, *, late: bool = False) -> None:
    """It passes the rail gate on its wagon; the readers see what they usually see, or ``seen``."""
    riders = mission.scenario.aboard.setdefault(run.key, [])
    mission.wait_until(run.passes_at + len(riders) * BETWEEN_WAGONS)
    riders.append(mission)
    if seen is None:
        mission.read(run.gate, conveyance=run.key, late=late)
    else:
        mission.scan(run.gate, seen, conveyance=run.key, late=late)


def embark(mission: Mission) -> None:
    """Through the dock gate and aboard the ship that is loading; customs certifies the exit."""
    mission.wait(60, 240)
    key = loading(mission.now).key
    mission.scenario.embarked.setdefault(key, []).append(mission)
    mission.at_quay = mission.now
    mission.read(DOCK_GATE, conveyance=key)
    certify(mission, ADM)


def certify(mission: Mission, authority: str, *, late: bool = False) -> None:
    """The exit is certified, separately from the reads at the gate."""
    mission.wait(3, 15)
    mission.status(CustomsStatus.EXIT_CERTIFIED, authority=authority, late=late)


def end(mission: Mission) -> None:
    """The destination ends the mission, by its IOT_ID."""
    mission.wait(10, 45)
    mission.status(CustomsStatus.DEFINITIVE, of=mission.by_iot_id)
