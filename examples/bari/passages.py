"""The parts that stories are put together from: arriving, being cleared or controlled, leaving, ending."""

from domain.events import CustomsStatus
from examples.bari.missions import ADM, GDF, Mission
from examples.bari.nodes import DOCK_GATE, GATE_IN, RAIL_IN, SCANNER, TERMINAL


def announce(mission: Mission) -> None:
    """The IOT_ID is minted, the manifest received and validated."""
    mission.generate()
    mission.wait(2, 10)
    mission.status(CustomsStatus.MANIFESTED)
    mission.wait(30, 60)
    mission.status(CustomsStatus.MANIFEST_VALIDATED)


def discharge(mission: Mission) -> None:
    """Announced, the unit comes off the ship."""
    announce(mission)
    mission.wait(40, 150)
    mission.read(DOCK_GATE)


def arrive_by_sea(mission: Mission) -> None:
    """Discharged, it is put down in the terminal."""
    discharge(mission)
    mission.wait(15, 50)
    mission.read(TERMINAL)


def arrive_by_road(mission: Mission) -> None:
    """Announced, a truck brings it into the port and the terminal."""
    _arrive_by_land(mission, GATE_IN)


def arrive_by_rail(mission: Mission) -> None:
    """Announced, a train brings it into the port and the terminal."""
    _arrive_by_land(mission, RAIL_IN)


def _arrive_by_land(mission: Mission, gate: str) -> None:
    announce(mission)
    mission.wait(40, 240)
    mission.read(gate)
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


def leave(mission: Mission, gate: str) -> None:
    """Out through the gate, and the Guardia di Finanza certifies it."""
    mission.wait(20, 120)
    mission.read(gate)
    certify(mission, GDF)


def embark(mission: Mission) -> None:
    """Through the dock gate and aboard; customs certifies the exit."""
    mission.wait(60, 240)
    mission.read(DOCK_GATE)
    certify(mission, ADM)


def certify(mission: Mission, authority: str, *, late: bool = False) -> None:
    """The exit is certified, separately from the reads at the gate."""
    mission.wait(3, 15)
    mission.status(CustomsStatus.EXIT_CERTIFIED, authority=authority, late=late)


def end(mission: Mission) -> None:
    """The destination ends the mission, by its IOT_ID."""
    mission.wait(10, 45)
    mission.status(CustomsStatus.DEFINITIVE, of=mission.by_iot_id)
