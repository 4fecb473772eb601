"""Stories in which customs changes a mission under way, or a report is taken back."""

from random import Random

from domain.events import AmendmentReason, Identifier, Incident, PathNode
from examples.bari.identities import plate, seal, sure
from examples.bari.missions import GDF, Mission
from examples.bari.nodes import FERRY_YARD, GATE_OUT, TERMINAL
from examples.bari.passages import arrive_by_sea, certify, declare, end, leave, release
from examples.bari.sightings import camera


def seal_replaced(mission: Mission) -> None:
    """Customs opens the container in the terminal and puts a new seal on it; the amendment says so at once."""
    arrive_by_sea(mission)
    declare(mission)
    new = seal(Random(f"{mission.key}/new"))
    mission.scenario.claim((new,))
    mission.amend(
        AmendmentReason.SEAL_REPLACED, incident=Incident.SEAL_BROKEN, added=(new,), removed=(mission.cargo.seal,)
    )
    mission.wait(2, 5)
    release(mission)
    leave(mission, GATE_OUT)
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
    leave(mission, GATE_OUT)
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
    leave(mission, GATE_OUT)
    end(mission)
    mission.expect(
        "OFF_PATH_NODE",
        subject=FERRY_YARD,
        node=FERRY_YARD,
        then=("open", "cleared"),
        why="A camera said ferry yard and stood in the terminal; its scan was taken back in act 2.",
    )


def _other_truck(mission: Mission) -> Identifier:
    other = plate(Random(f"{mission.key}/other"))
    mission.scenario.claim((other,))
    mission.wait(5, 15)
    return other


def _leave_on(mission: Mission, truck: Identifier) -> None:
    mission.wait(20, 60)
    unit = sure(mission.cargo.unit, 0.90, 0.99, mission.rng)
    mission.scan(GATE_OUT, camera(GATE_OUT, (unit, sure(truck, 0.90, 0.97, mission.rng))))
    certify(mission, GDF)
    end(mission)


def _by_the_ferry_yard(mission: Mission) -> tuple[PathNode, ...]:
    path = mission.path
    terminal = next(index for index, step in enumerate(path) if step.node == TERMINAL)
    return (*path[: terminal + 1], PathNode(node=FERRY_YARD), *path[terminal + 1 :])
