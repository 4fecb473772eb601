"""When trains leave: at even times of the day, as often as fills them."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from readers.simulator.world import MINUTE, World

UNITS_PER_TRAIN = 25
"""How many units a train carries at the most on average; some carry more by chance."""
EVERY_MINUTES = (360, 240, 180, 120, 60, 30, 20, 10, 5, 2, 1)
"""Divisors of a day, so that a train leaves at the same times every day."""

CLOSED = 55 * MINUTE
"""How long before its departure a train is composed; what it carries is in the port by then."""
PASSING = 5 * MINUTE
"""Within what time all of a train passes the rail gate."""

FIRST_NUMBER = 60_001
NUMBERS_PER_GATE = 1_500

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Departure(NamedTuple):
    """A train that leaves through a rail gate."""

    key: str
    node: str
    at: datetime


class Timetable:
    """The trains of a port with so many missions a day."""

    def __init__(self, world: World, missions_a_day: float) -> None:
        self._gates = sorted({route.steps[route.leaving].node for route in world.routes if route.by_train})
        weight = sum(w for route, w in zip(world.routes, world.weights, strict=True) if route.by_train)
        units_a_day = missions_a_day * weight / sum(world.weights)
        fitting = (m for m in EVERY_MINUTES if units_a_day * m / (24 * 60) <= UNITS_PER_TRAIN)
        self.every = timedelta(minutes=next(fitting, EVERY_MINUTES[-1]))

    def departure(self, node: str, wish: datetime, earliest: datetime, latest: datetime) -> Departure | None:
        """The first train from ``wish`` on, or else the last one before it; none when none leaves in time."""
        after = _EPOCH - (_EPOCH - wish) // self.every * self.every
        before = after - self.every
        at = after if after <= latest else before
        return Departure(self._key(node, at), node, at) if earliest <= at <= latest else None

    def _key(self, node: str, at: datetime) -> str:
        of_day = (at - at.replace(hour=0, minute=0, second=0, microsecond=0)) // self.every
        return f"TRAIN:{FIRST_NUMBER + NUMBERS_PER_GATE * self._gates.index(node) + of_day}-{at:%Y%m%d}"
