"""Stories in which cargo waits too long, leaves unchecked, bears another seal, or is in two places at once."""

from random import Random

from domain.events import CustomsStatus, Technology
from examples.bari.identities import seal, sure
from examples.bari.missions import GDF, TERMINAL_OPERATOR, Mission
from examples.bari.nodes import DRY_PORT, GATE_OUT, SCANNER, TERMINAL
from examples.bari.passages import arrive_by_sea, certify, declare, discharge, end, leave_by_road, pass_gate, release
from examples.bari.sightings import Sighting, camera


def other_seal(mission: Mission) -> None:
    """In the terminal the container bears a seal that nobody declared."""
    other = seal(Random(f"{mission.key}/other"))
    mission.scenario.claim((other,))
    discharge(mission)
    mission.wait(15, 50)
    mission.scan(TERMINAL, Sighting(f"{TERMINAL.lower()}-scan-1", Technology.BARCODE, (mission.cargo.unit, other)))
    declare(mission)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "SEAL_DISCREPANCY",
        subject=f"SEAL:{other.value}",
        node=TERMINAL,
        then=("open", "open"),
        why=f"In the terminal it bore seal {other.value}; the mission declares {mission.cargo.seal.value}.",
    )


def exit_not_certified(mission: Mission) -> None:
    """Released, it leaves and is definitive, but the Guardia di Finanza never certified the exit."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    pass_gate(mission, GATE_OUT, 20, 120)
    end(mission)
    mission.expect(
        "EXIT_CHECK_MISSING",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why="The released unit left through the road gate; no certification followed, and its end is none.",
    )


def certification_reported_late(mission: Mission) -> None:
    """The exit was certified in time, but the message arrives in act 2."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    pass_gate(mission, GATE_OUT, 20, 120)
    certify(mission, GDF, late=True)
    end(mission)
    mission.expect(
        "EXIT_CHECK_MISSING",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "cleared"),
        why="The exit was certified within a quarter of an hour, but the message of that arrived only in act 2.",
    )


def certified_by_the_terminal(mission: Mission) -> None:
    """The terminal's operator says that it left; that is for the Guardia di Finanza or customs to say."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    pass_gate(mission, GATE_OUT, 20, 120)
    certify(mission, TERMINAL_OPERATOR)
    end(mission)
    mission.expect(
        "EXIT_CHECK_MISSING",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why="The exit was certified by the terminal's operator only, whose word does not count.",
    )


def stays_at_scanner(mission: Mission) -> None:
    """Taken to the scanner in the afternoon of the second day, it is still there the next morning."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(5, 20)
    mission.status(CustomsStatus.SELECTED_FOR_SCAN, node=SCANNER)
    mission.wait(10, 30)
    mission.read(SCANNER)
    mission.expect(
        "DWELL_EXCEEDED",
        subject=SCANNER,
        node=SCANNER,
        then=("open", "open"),
        why="Read at the scanner, where two hours are allowed, four hours and more before act 1 is judged.",
    )


def return_from_scanner_read_late(mission: Mission) -> None:
    """Back in the terminal within the hour, but that read comes in act 2: act 1 sees the scanner, then the gate."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(5, 20)
    mission.status(CustomsStatus.SELECTED_FOR_SCAN, node=SCANNER)
    mission.wait(10, 30)
    mission.read(SCANNER)
    mission.wait(15, 40)
    mission.read(TERMINAL, late=True)
    mission.wait(75, 100)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "DWELL_EXCEEDED",
        subject=SCANNER,
        node=SCANNER,
        then=("open", "cleared"),
        why="From the scanner to the gate it took more than two hours; the read in between arrived only in act 2.",
    )


def never_declared(mission: Mission) -> None:
    """Landed on the first day, nobody declares it and nobody comes for it."""
    arrive_by_sea(mission)
    mission.expect(
        "OVERDUE",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why="Landed on the first day, the container was not read at the exit gate within 24 hours.",
    )
    mission.expect(
        "ABANDONED_UNIT",
        subject="uncleared",
        node=TERMINAL,
        then=("open", "open"),
        why="After its read in the terminal nothing was heard of the container for more than 30 hours.",
    )


def cloned_container(mission: Mission) -> None:
    """The dry port reads its number a minute after the exit gate did, and again when it really arrives."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(20, 60)
    mission.decide(CustomsStatus.TO_DRY_PORT)
    pass_gate(mission, GATE_OUT, 20, 60)
    mission.wait(0, 1)
    mission.read(DRY_PORT)
    certify(mission, GDF)
    mission.wait(25, 60)
    mission.read(DRY_PORT)
    end(mission)
    mission.expect(
        "IMPOSSIBLE_TRAVEL",
        subject=f"{GATE_OUT}→{DRY_PORT}",
        node=DRY_PORT,
        then=("open", "open"),
        why="Read at the exit gate and within two minutes at the dry port, to which the way takes five at least.",
    )


def cloned_plate(mission: Mission) -> None:
    """The dry port reads its truck's plate a minute after the exit gate did; the truck itself comes later."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(20, 60)
    mission.decide(CustomsStatus.TO_DRY_PORT)
    pass_gate(mission, GATE_OUT, 20, 60)
    mission.wait(0, 1)
    mission.scan(DRY_PORT, camera(DRY_PORT, (sure(mission.cargo.carrier, 0.90, 0.97, mission.rng),)))
    certify(mission, GDF)
    mission.wait(25, 60)
    mission.read(DRY_PORT)
    end(mission)
    mission.expect(
        "IMPOSSIBLE_TRAVEL",
        subject=f"{GATE_OUT}→{DRY_PORT}",
        node=DRY_PORT,
        then=("open", "open"),
        why="Its truck was read at the exit gate and, by the plate alone, within two minutes at the dry port.",
    )
