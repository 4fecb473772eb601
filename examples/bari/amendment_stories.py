"""Stories in which customs changes a mission under way, or a report is taken back."""

from datetime import timedelta
from random import Random

from domain.events import AmendmentReason, DeviceSignal, Direction, Identifier, Incident, PathNode, Process
from examples.bari.clean_stories import export_by_road
from examples.bari.identities import plate, seal, sure
from examples.bari.missions import GDF, Lodging, Mission
from examples.bari.nodes import FERRY_YARD, GATE_IN, GATE_OUT, SCANNER, TERMINAL
from examples.bari.passages import arrive_by_sea, certify, come_in_slot, declare, end, leave_by_road, release
from examples.bari.scenario import at
from examples.bari.sightings import camera


def seal_replaced(mission: Mission) -> None:
    """Customs opens the container in the customs space and puts a new seal on it; the amendment says so at once."""
    new = seal(Random(f"{mission.key}/new"))
    mission.scenario.claim((new,))
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(10, 30)
    mission.read(SCANNER)
    mission.wait(10, 20)
    mission.signal(DeviceSignal.SEAL_REMOVED, node=SCANNER)
    mission.wait(10, 20)
    mission.amend(
        AmendmentReason.SEAL_REPLACED, incident=Incident.SEAL_BROKEN, added=(new,), removed=(mission.cargo.seal,)
    )
    mission.wait(5, 15)
    mission.read(TERMINAL)
    release(mission)
    leave_by_road(mission)
    end(mission)


def truck_replaced_in_time(mission: Mission) -> None:
    """The declared truck breaks down; another one is announced before it comes for the container."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    other = _other_truck(mission)
    mission.amend(AmendmentReason.NEW_VEHICLE, added=(other,), removed=(mission.cargo.carrier,))
    _leave_on(mission, other)


def truck_replaced_on_paper_later(mission: Mission) -> None:
    """The container leaves on another truck, and the amendment arrives only in act 2."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    other = _other_truck(mission)
    mission.amend(AmendmentReason.NEW_VEHICLE, added=(other,), removed=(mission.cargo.carrier,), late=True)
    _leave_on(mission, other)
    mission.expect(
        "IDENTIFIER_MISMATCH",
        subject=f"PLATE:{other.value}",
        node=GATE_OUT,
        then=("open", "cleared"),
        why=f"The container left on truck {other.value}; that customs knew of the change arrived only in act 2.",
    )


def rerouted_on_paper_later(mission: Mission) -> None:
    """A unit is sent through the ferry yard; the amended path arrives only in act 2."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(10, 20)
    mission.amend(AmendmentReason.REROUTED, path=_by_the_ferry_yard(mission), late=True)
    mission.wait(10, 20)
    mission.read(FERRY_YARD)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "OFF_PATH_NODE",
        subject=FERRY_YARD,
        node=FERRY_YARD,
        then=("open", "cleared"),
        why="The container was read in the ferry yard; that its path led there was known only in act 2.",
    )


def scan_taken_back(mission: Mission) -> None:
    """A reader of the ferry yard was set up under a wrong name; in act 2 its scans are taken back."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(10, 20)
    mission.scan(FERRY_YARD, camera(FERRY_YARD, (sure(mission.cargo.unit, 0.90, 0.99, mission.rng),)))
    mission.take_back("the camera of the terminal was set up as one of the ferry yard", late=True)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "OFF_PATH_NODE",
        subject=FERRY_YARD,
        node=FERRY_YARD,
        then=("open", "cleared"),
        why="A camera said ferry yard and stood in the terminal; its scan was taken back in act 2.",
    )


def iot_id_taken_back(mission: Mission) -> None:
    """Customs minted an IOT_ID for transit, which was wrong; it takes it back and mints one for the export."""
    _mint_by_mistake(mission)
    export_by_road(mission)


def iot_id_taken_back_for_another_day(mission: Mission) -> None:
    """The wrong IOT_ID is taken back; that the right one was minted is known only in act 2, after the truck came."""
    _mint_by_mistake(mission)
    mission.wait_until(at(11, 17))
    mission.generate(late=True)
    come_in_slot(mission, GATE_IN, 90, 120)
    unit = sure(mission.cargo.unit, 0.90, 0.99, mission.rng)
    mission.scan(GATE_IN, camera(GATE_IN, (unit,), Direction.IN))
    mission.wait(10, 40)
    mission.read(TERMINAL, late=True)
    mission.expect_unknown(
        mission.cargo.unit,
        node=GATE_IN,
        then=("open", "cleared"),
        why="The IOT_ID bound to it had been taken back; the right one arrived in act 2, minted before the read.",
    )


def _mint_by_mistake(mission: Mission) -> None:
    """An IOT_ID on the path of another process, taken back within the hour."""
    mission.lodging = Lodging.APART
    wrong = Mission(mission.scenario, f"{mission.key}/wrong", Process.TRANSIT, mission.now)
    wrong.cargo = mission.cargo
    wrong.generate()
    wrong.wait(20, 40)
    wrong.take_back("minted for transit, the goods are exported")
    mission.now = wrong.now + timedelta(minutes=5)


def _other_truck(mission: Mission) -> Identifier:
    other = plate(Random(f"{mission.key}/other"))
    mission.scenario.claim((other,))
    mission.wait(5, 15)
    return other


def _leave_on(mission: Mission, truck: Identifier) -> None:
    come_in_slot(mission, GATE_OUT, 20, 60)
    unit = sure(mission.cargo.unit, 0.90, 0.99, mission.rng)
    mission.scan(GATE_OUT, camera(GATE_OUT, (unit, sure(truck, 0.90, 0.97, mission.rng))))
    certify(mission, GDF)
    end(mission)


def _by_the_ferry_yard(mission: Mission) -> tuple[PathNode, ...]:
    path = mission.path
    terminal = next(index for index, step in enumerate(path) if step.node == TERMINAL)
    return (*path[: terminal + 1], PathNode(node=FERRY_YARD), *path[terminal + 1 :])
