"""When ships and trains come and go."""

from typing import NamedTuple

from readers.simulator.sailings import Sailings
from readers.simulator.timetable import Timetable


class Schedule(NamedTuple):
    """What a mission may come and go with; all of it follows from port and parameters."""

    timetable: Timetable
    sailings: Sailings
