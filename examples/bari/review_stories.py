"""Stories in which customs looks into alerts: takes note of them, disposes of them, or has to open them again."""

from random import Random

from domain.events import Outcome, ReviewStatus, Technology
from examples.bari.identities import key_of, plate, seal, sure
from examples.bari.missions import GDF, Mission
from examples.bari.nodes import FERRY_YARD, GATE_OUT, TERMINAL
from examples.bari.passages import (
    arrive_by_sea,
    certify,
    come_in_slot,
    declare,
    discharge,
    end,
    leave_by_road,
    release,
)
from examples.bari.scenario import at
from examples.bari.sightings import Sighting, camera


def stray_explained(mission: Mission) -> None:
    """An import container turns up in the ferry yard; customs asks, hears why, and disposes of the alert."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(30, 60)
    mission.read(FERRY_YARD)
    alert = mission.expect(
        "OFF_PATH_NODE",
        subject=FERRY_YARD,
        node=FERRY_YARD,
        then=("disposed", "disposed"),
        why="Read in the ferry yard, which no path contains; customs found the alert unfounded within act 1.",
    )
    mission.wait(10, 20)
    mission.review(alert, ReviewStatus.ACKNOWLEDGED)
    mission.wait(30, 60)
    mission.review(alert, ReviewStatus.DISPOSED, Outcome.UNFOUNDED)
    release(mission)
    leave_by_road(mission)
    end(mission)


def truck_looked_into(mission: Mission) -> None:
    """The container leaves on a foreign truck; customs takes note, and confirms the alert in act 2."""
    other = plate(Random(f"{mission.key}/other"))
    mission.scenario.claim((other,))
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    come_in_slot(mission, GATE_OUT, 20, 60)
    unit = sure(mission.cargo.unit, 0.90, 0.99, mission.rng)
    mission.scan(GATE_OUT, camera(GATE_OUT, (unit, sure(other, 0.90, 0.97, mission.rng))))
    alert = mission.expect(
        "IDENTIFIER_MISMATCH",
        subject=key_of(other),
        node=GATE_OUT,
        then=("open", "disposed"),
        why="It left on a truck that nobody declared; customs took note in act 1 and confirmed it in act 2.",
    )
    certify(mission, GDF)
    end(mission)
    mission.review(alert, ReviewStatus.ACKNOWLEDGED)
    mission.wait_until(at(11, 22))
    mission.review(alert, ReviewStatus.DISPOSED, Outcome.CONFIRMED, late=True)


def seal_read_again(mission: Mission) -> None:
    """A foreign seal was thought a typing error, until a later read shows it again: known in act 2, it reopens it."""
    other = seal(Random(f"{mission.key}/other"))
    mission.scenario.claim((other,))
    by_hand = Sighting(f"{TERMINAL.lower()}-scan-1", Technology.BARCODE, (mission.cargo.unit, other))
    discharge(mission)
    mission.wait(15, 50)
    mission.scan(TERMINAL, by_hand)
    alert = mission.expect(
        "SEAL_DISCREPANCY",
        subject=key_of(other),
        node=TERMINAL,
        then=("disposed", "open"),
        why="Disposed of as unfounded in act 1; the second read of the same seal, after that, arrived in act 2.",
    )
    mission.wait(30, 60)
    mission.review(alert, ReviewStatus.DISPOSED, Outcome.UNFOUNDED)
    mission.wait(30, 60)
    mission.scan(TERMINAL, by_hand, late=True)
    declare(mission)
    release(mission)
    leave_by_road(mission)
    end(mission)


def stranger_confirmed(mission: Mission) -> None:
    """A container that no IOT_ID and no manifest names stands in the terminal; customs confirms the alert."""
    mission.scan(TERMINAL, camera(TERMINAL, (sure(mission.cargo.unit, 0.90, 0.99, mission.rng),)))
    alert = mission.expect_unknown(
        mission.cargo.unit,
        node=TERMINAL,
        then=("disposed", "disposed"),
        why="The container belongs to no mission; customs went to see it and confirmed that within act 1.",
    )
    mission.wait(60, 90)
    mission.review(alert, ReviewStatus.DISPOSED, Outcome.CONFIRMED)
