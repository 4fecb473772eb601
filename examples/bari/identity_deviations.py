"""Stories in which what was read does not fit what was declared, or fits nothing at all."""

from random import Random

from domain.events import CustomsStatus
from examples.bari.identities import container, key_of, misread, plate, sure
from examples.bari.missions import GDF, Lodging, Mission
from examples.bari.nodes import DOCK_GATE, GATE_OUT, TERMINAL
from examples.bari.passages import (
    arrive_by_sea,
    certify,
    come_in_slot,
    declare,
    discharge,
    end,
    land,
    leave_by_road,
    release,
)
from examples.bari.sightings import camera
from examples.bari.timetable import discharging


def other_truck(mission: Mission) -> None:
    """The container leaves on a truck that nobody declared."""
    other = plate(Random(f"{mission.key}/other"))
    mission.scenario.claim((other,))
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    come_in_slot(mission, GATE_OUT, 20, 60)
    unit = sure(mission.cargo.unit, 0.90, 0.99, mission.rng)
    mission.scan(GATE_OUT, camera(GATE_OUT, (unit, sure(other, 0.90, 0.97, mission.rng))))
    certify(mission, GDF)
    end(mission)
    mission.expect(
        "IDENTIFIER_MISMATCH",
        subject=f"PLATE:{other.value}",
        node=GATE_OUT,
        then=("open", "open"),
        why=f"The container left on truck {other.value}; the mission declares {mission.cargo.carrier.value}.",
    )


def other_container(mission: Mission) -> None:
    """The declared truck leaves with a container that is not the declared one."""
    other = container(Random(f"{mission.key}/other"))
    mission.scenario.claim((other,))
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    come_in_slot(mission, GATE_OUT, 20, 60)
    truck = sure(mission.cargo.carrier, 0.90, 0.97, mission.rng)
    mission.scan(GATE_OUT, camera(GATE_OUT, (sure(other, 0.90, 0.99, mission.rng), truck)))
    certify(mission, GDF)
    end(mission)
    mission.expect(
        "IDENTIFIER_MISMATCH",
        subject=f"BIC:{other.value}",
        node=GATE_OUT,
        then=("open", "open"),
        why=f"The declared truck left with container {other.value} instead of {mission.cargo.unit.value}.",
    )


def never_announced(mission: Mission) -> None:
    """A container stands in the terminal of which customs knows nothing: no IOT_ID is ever minted."""
    unit = sure(mission.cargo.unit, 0.90, 0.99, mission.rng)
    mission.scan(TERMINAL, camera(TERMINAL, (unit,)))
    mission.expect_unknown(
        unit,
        node=TERMINAL,
        then=("open", "open"),
        why="The container read in the terminal belongs to no mission, then or later.",
    )


def announced_late(mission: Mission) -> None:
    """Customs' link was down: the unit is discharged first, its IOT_ID and manifest arrive in act 2."""
    mission.lodging = Lodging.LATE
    mission.generate(late=True)
    mission.wait(2, 10)
    mission.status(CustomsStatus.MANIFESTED, late=True)
    mission.wait(30, 60)
    mission.status(CustomsStatus.MANIFEST_VALIDATED, late=True)
    mission.wait(40, 60)
    land(mission)
    mission.wait(15, 40)
    mission.read(TERMINAL, late=True)
    mission.expect_unknown(
        mission.cargo.unit,
        node=DOCK_GATE,
        then=("open", "cleared"),
        why="Read at the dock gate before its IOT_ID was known; the generation arrived in act 2, dated before.",
    )
    mission.scenario.expect(
        "MANIFEST_DISCREPANCY",
        object_key=discharging(mission.started_at).key,
        subject=f"extra {key_of(mission.cargo.unit)}",
        node=DOCK_GATE,
        then=("open", "cleared"),
        why="The ship's other manifests do not name it; the one that does arrived in act 2, lodged in time.",
    )


def misread_by_itself(mission: Mission) -> None:
    """A camera misreads the container and sees nothing else: nothing resolves, but the mission is in order."""
    wrong = sure(misread(mission.cargo.unit, Random(f"{mission.key}/misread")), 0.60, 0.85, mission.rng)
    discharge(mission)
    mission.wait(15, 40)
    mission.scan(TERMINAL, camera(TERMINAL, (wrong,)))
    mission.read(TERMINAL)
    declare(mission)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.expect_unknown(
        wrong,
        node=TERMINAL,
        then=("open", "open"),
        why="A frame in which the check digit is wrong and nothing else was read must not lead to a mission.",
    )
