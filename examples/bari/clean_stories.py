"""Missions on which nothing deviates, and which must therefore cause no alert."""

from domain.events import CustomsStatus, Process
from examples.bari.missions import USMAF, Mission
from examples.bari.nodes import DRY_PORT, TERMINAL, WAREHOUSE
from examples.bari.passages import (
    announce,
    arrive_by_rail,
    arrive_by_road,
    arrive_by_sea,
    declare,
    embark,
    end,
    land,
    leave_by_rail,
    leave_by_road,
    lift_hold,
    place_hold,
    release,
    scan,
    to_scanner_and_back,
)
from examples.bari.sightings import camera
from examples.bari.timetable import Run, Visit, departure_after


def import_by_road(mission: Mission, visit: Visit | None = None) -> None:
    """Discharged, declared, released, collected by truck."""
    arrive_by_sea(mission, visit)
    declare(mission)
    release(mission)
    leave_by_road(mission)
    end(mission)


def import_by_road_scanned(mission: Mission) -> None:
    """Selected for the scanner before the release."""
    arrive_by_sea(mission)
    declare(mission)
    scan(mission)
    release(mission)
    leave_by_road(mission)
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
    leave_by_road(mission)
    end(mission)


def import_by_road_held_after_release(mission: Mission) -> None:
    """The health office holds it after customs released it, and lifts the hold before it leaves."""
    hold_id = f"USMAF-{mission.cargo.seal.value}"
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    place_hold(mission, hold_id, USMAF)
    lift_hold(mission, hold_id, USMAF)
    leave_by_road(mission)
    end(mission)


def import_through_warehouse(mission: Mission) -> None:
    """Waits for its release in temporary storage."""
    arrive_by_sea(mission)
    mission.wait(20, 60)
    mission.read(WAREHOUSE)
    declare(mission)
    release(mission)
    leave_by_road(mission)
    end(mission)


def import_by_rail(mission: Mission, run: Run | None = None) -> None:
    """Leaves on a train."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    leave_by_rail(mission, run)
    end(mission)


def import_by_rail_scanned(mission: Mission) -> None:
    """Selected for the scanner, then leaves on a train."""
    arrive_by_sea(mission)
    declare(mission)
    scan(mission)
    release(mission)
    leave_by_rail(mission)
    end(mission)


def release_given_again(mission: Mission) -> None:
    """The release is withdrawn, for a paper was missing, and given again before the truck comes."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    mission.wait(5, 15)
    mission.decide(CustomsStatus.RELEASE_WITHDRAWN)
    release(mission)
    leave_by_road(mission)
    end(mission)


def only_on_a_ships_manifest(mission: Mission) -> None:
    """An empty container, for which customs mints no IOT_ID: the manifest that names it makes it known."""
    mission.wait(60, 150)
    land(mission)
    mission.wait(15, 50)
    mission.scan(TERMINAL, camera(TERMINAL, (mission.cargo.unit,)))


def only_on_a_loading_list(mission: Mission) -> None:
    """It waits in the terminal for a train that it then misses: the loading list that names it makes it known."""
    key = departure_after(mission.now).key
    mission.scenario.candidates.setdefault(key, []).append(mission)
    mission.wait(10, 30)
    mission.scan(TERMINAL, camera(TERMINAL, (mission.cargo.unit,)))


def transit(mission: Mission) -> None:
    """Comes by sea and leaves by road under a transit declaration."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    leave_by_road(mission)
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
    leave_by_road(mission)
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
