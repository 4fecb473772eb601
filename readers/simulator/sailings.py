"""Which ship brings which missions, and which one is there to be loaded: the list of a port's calls.

The missions of a *block* of consecutive numbers come with one ship. Everything follows from the number, so that
nothing of a call need be remembered before it is announced.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from domain.events import Identifier
from domain.port import Port
from readers.simulator.cargo import Yard
from readers.simulator.parameters import Parameters
from readers.simulator.routes import Step
from readers.simulator.world import FIRST_SPREAD, HOUR, MILLISECOND, MINUTE, World, first_read

BLOCK_MAX = 60
SPAN_MAX = timedelta(hours=4)
"""A ship brings at the most what so many missions, or the missions of so much time, need."""

REMEMBERED = 64

NOTICE = 30 * HOUR
"""How long before the first notice is due a ship may be announced."""


class Sailing(NamedTuple):
    """A ship's call: the missions that she brings start from ``opens_at`` on.

    *Shape*: she arrives, and her manifest is validated, in the first third of the time from then to ``lands_from``;
    ``quay`` is where units are landed that are no mission's.
    """

    block: int
    key: str
    ship: Identifier
    quay: str
    announced_at: datetime
    opens_at: datetime
    lands_from: datetime
    loads_from: datetime
    loads_until: datetime


class Sailings:
    """The calls of a simulation, ``count`` of them; none when no mission comes by sea."""

    def __init__(self, world: World, yard: Yard, parameters: Parameters) -> None:
        first = [route.steps[0] for route in world.routes if route.by_sea]
        self._yard = yard
        self._locode = world.port.locode
        self._parameters = parameters
        self.size = max(1, min(BLOCK_MAX, SPAN_MAX // parameters.spacing))
        self._span = self.size * parameters.spacing
        self.count = ceil(parameters.missions / self.size) if first else 0
        self._quay = first[0].node if first else ""
        self._lands_after = min(map(first_read, first), default=0) * MILLISECOND
        landed = max(map(last_landing, first), default=0) * MILLISECOND
        self._loads_after = self._span + landed + 30 * MINUTE * MILLISECOND
        self._announced_before = announced_before(world.port)
        self.of = lru_cache(REMEMBERED)(self._of)  # asked for by every mission that comes or goes by sea

    def bringing(self, number: int) -> Sailing:
        """The ship that brings a mission."""
        return self.of(number // self.size)

    def loading(self, at: datetime) -> Sailing | None:
        """The ship that is loaded at a moment, none when none is."""
        block = (at - self._parameters.start - self._loads_after) // self._span
        if not 0 <= block < self.count:
            return None
        sailing = self.of(block)
        return sailing if at < sailing.loads_until else None

    def _of(self, block: int) -> Sailing:
        """The ship of a block of missions."""
        opens_at = self._parameters.opening(block * self.size)
        loads_from = opens_at + self._loads_after
        loads_until = loads_from + min(self._span, SPAN_MAX)
        key = f"CALL:{self._locode}-{opens_at:%Y}-{block:06d}"
        return Sailing(
            block=block,
            key=key,
            ship=self._yard.ship(block),
            quay=self._quay,
            announced_at=opens_at - self._announced_before,
            opens_at=opens_at,
            lands_from=opens_at + self._lands_after,
            loads_from=loads_from,
            loads_until=loads_until,
        )

    def numbers(self, block: int) -> range:
        """The missions of a block."""
        return range(block * self.size, min((block + 1) * self.size, self._parameters.missions))


def announced_before(port: Port) -> timedelta:
    """How long before the first of her missions a ship is announced: longer than any notice is due."""
    policy = port.policy
    hours = (policy.pre_arrival_notice_hours, policy.dangerous_goods_notice_hours, policy.manifest_notice_hours)
    return (max(hours) * HOUR + NOTICE) * MILLISECOND


def last_landing(first: Step) -> int:
    """When a mission that nothing delays is landed at the latest; counted as its route's times."""
    return min(first.latest, first_read(first) + FIRST_SPREAD)
