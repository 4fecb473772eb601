"""Stories of smart containers and electronic seals: doors, seals and positions that are in order, and some that are not."""

from datetime import timedelta
from random import Random

from domain.events import AmendmentReason, CustomsStatus, DeviceSignal, Incident, Outcome, Position, ReviewStatus
from domain.events import Technology
from examples.bari.identities import key_of, seal, sure
from examples.bari.missions import GDF, Mission
from examples.bari.nodes import DRY_PORT, GATE_OUT, PORT, TERMINAL, WAREHOUSE
from examples.bari.passages import (
    arrive_by_sea,
    certify,
    come_in_slot,
    declare,
    end,
    leave_by_road,
    pass_gate,
    release,
)
from examples.bari.scenario import ExpectedAlert, at
from examples.bari.sightings import Sighting, camera

ASTRAY = Position(latitude=41.1010, longitude=16.8990)
"""In the south-east of the town, on no way from the port to the dry port."""


def tracked_to_dry_port(mission: Mission) -> None:
    """Its device is followed to the dry port, where it is opened within the opening times."""
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
    """Opened in temporary storage while that is open; the device does not know where it is, the last read does."""
    _open_in_warehouse(mission, minutes=10)
    _release_and_leave(mission)


def opened_in_warehouse_at_night(mission: Mission) -> None:
    """Opened in temporary storage at 20:20 by the clocks of Bari, twenty minutes after it closed."""
    _open_in_warehouse(mission, until_evening=True)
    _release_and_leave(mission)
    mission.expect(
        "UNEXPECTED_DOOR_OPEN",
        subject=WAREHOUSE,
        node=WAREHOUSE,
        then=("open", "open"),
        why="The warehouse is open until 20:00 in Bari, which is 19:00 UTC; the door was opened at 19:20 UTC.",
    )
