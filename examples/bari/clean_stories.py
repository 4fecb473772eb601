"""Missions on which nothing deviates, and which must therefore cause no alert."""

from domain.events import CustomsStatus, Process
from examples.bari.missions import USMAF, Mission
from examples.bari.nodes import DRY_PORT, GATE_OUT, RAIL_OUT, WAREHOUSE
from examples.bari.passages import (
    announce,
    arrive_by_rail,
    arrive_by_road,
    arrive_by_sea,
    declare,
    embark,
    end,
    leave,
    lift_hold,
    place_hold,
    release,
    scan,
    to_scanner_and_back,
)


def import_by_road(mission: Mission) -> None:
    """Discharged, declared, released, collected by truck."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    leave(mission, GATE_OUT)
    end(mission)


def import_by_road_scanned(mission: Mission) -> None:
    """Selected for the scanner before the release."""
    arrive_by_sea(mission)
    declare(mission)
    scan(mission)
    release(mission)
    leave(mission, GATE_OUT)
    end(mission)


def import_by_road_held(mission: Mission) -> None:
    """Customs hold it, look at it in the customs space, and lift the hold before the release."""
    hold_id = f"ADM-{mission.cargo.seal.value}"
    arrive_by_sea(mission)
    declare(mission)
    place_hold(mission, hold_id)
    mission.wait(2, 5)
    mission.decide(CustomsStatus.UNDER_CONTROL, mission.cargo.mrns[:1])
    to_scanner_and_back(mission)
    lift_hold(mission, hold_id)
    release(mission)
    leave(mission, GATE_OUT)
    end(mission)


def import_by_road_held_after_release(mission: Mission) -> None:
    """The health office holds it after customs released it, and lifts the hold before it leaves."""
    hold_id = f"USMAF-{mission.cargo.seal.value}"
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    place_hold(mission, hold_id, USMAF)
    lift_hold(mission, hold_id, USMAF)
    leave(mission, GATE_OUT)
    end(mission)


def import_through_warehouse(mission: Mission) -> None:
    """Waits for its release in temporary storage."""
    arrive_by_sea(mission)
    mission.wait(20, 60)
    mission.read(WAREHOUSE)
    declare(mission)
    release(mission)
    leave(mission, GATE_OUT)
    end(mission)


def import_by_rail(mission: Mission) -> None:
    """Leaves on a train."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    leave(mission, RAIL_OUT)
    end(mission)


def import_by_rail_scanned(mission: Mission) -> None:
    """Selected for the scanner, then leaves on a train."""
    arrive_by_sea(mission)
    declare(mission)
    scan(mission)
    release(mission)
    leave(mission, RAIL_OUT)
    end(mission)


def transit(mission: Mission) -> None:
    """Comes by sea and leaves by road under a transit declaration."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    leave(mission, GATE_OUT)
    end(mission)


def export_by_road(mission: Mission) -> None:
    """Comes by truck and is embarked."""
    arrive_by_road(mission)
    declare(mission)
    release(mission)
    embark(mission)
    end(mission)


def export_by_road_scanned(mission: Mission) -> None:
    """Selected for the scanner before it may embark."""
    arrive_by_road(mission)
    declare(mission)
    scan(mission)
    release(mission)
    embark(mission)
    end(mission)


def export_by_rail(mission: Mission) -> None:
    """Comes by train and is embarked."""
    arrive_by_rail(mission)
    declare(mission)
    release(mission)
    embark(mission)
    end(mission)


def to_dry_port(mission: Mission) -> None:
    """Leaves the port unreleased, as it may, for the dry port where procedures are completed."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(20, 60)
    mission.decide(CustomsStatus.TO_DRY_PORT)
    leave(mission, GATE_OUT)
    mission.wait(25, 60)
    mission.read(DRY_PORT)
    end(mission)


def export_cancelled(mission: Mission) -> None:
    """Cancelled before the truck set out: nobody waits for it any more."""
    announce(mission)
    mission.wait(30, 90)
    mission.status(CustomsStatus.CANCELLED)


def container_comes_back(mission: Mission) -> None:
    """A container imported on one day is exported on the next: its number means the later mission then."""
    import_by_road(mission)
    mission.wait(240, 360)
    export_by_road(mission.next_mission(Process.EXPORT_ROAD))
