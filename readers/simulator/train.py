"""The story of a train: what it is said to carry, whether it may leave, and what passes the rail gate.

Times are milliseconds after its departure, so that most of them are negative.
"""

from dataclasses import dataclass, field
from random import Random

from domain.events import Identifier, Permission
from readers.simulator.cargo import Yard, key_of
from readers.simulator.narrative import Conveyed
from readers.simulator.story import Story
from readers.simulator.timetable import CLOSED, PASSING, Departure
from readers.simulator.world import MILLISECOND, MINUTE, World

EMPTIES = (1, 2)
"""A train carries so many units without goods, which are no mission of customs."""
EMPTIES_MAX = 4
"""So many different ones are kept for each train."""

LISTED = (-CLOSED + MINUTE, -50 * MINUTE)
MANIFESTED = (-45 * MINUTE, -35 * MINUTE)
REQUESTED = (-30 * MINUTE, -25 * MINUTE)
GRANTED = (-20 * MINUTE, -5 * MINUTE)


@dataclass(slots=True)
class Load:
    """A unit on the train; ``passes`` is when it is read at the rail gate, none when it never is.

    *Shape*: ``wagon`` is what it stands on, ``listed_on`` what the manifest says; not ``listed``, the manifest leaves
    it out. ``read_as`` is the unit that is read instead where another one stands there.
    """

    unit: Identifier
    wagon: Identifier
    listed_on: Identifier
    mrns: tuple[str, ...]
    passes: int | None
    mission: int | None = None
    transport_document: str | None = None
    listed: bool = True
    read_as: Identifier | None = None

    @property
    def key(self) -> str:
        """The unit as alerts name it."""
        return key_of(self.unit)


@dataclass(slots=True, kw_only=True)
class Train(Conveyed):
    """A train under construction; without a time ``manifested`` none is ever lodged."""

    serial: int
    node: str
    loads: list[Load]
    listed: int = 0
    manifested: int | None = None
    permissions: list[tuple[int, Permission]] = field(default_factory=list)

    @property
    def first(self) -> int:
        """When the first of it is read at the rail gate."""
        return min(load.passes for load in self.loads if load.passes is not None)

    @property
    def passed(self) -> int:
        """When all of it must have passed."""
        return self.first + self.world.port.policy.train_passing // MILLISECOND


def load_of(story: Story) -> Load | None:
    """What a mission's unit is on its train, none when it never passes the rail gate on it."""
    departure = story.train
    passing = story.on(departure.key) if departure else None
    if departure is None or passing is None:
        return None
    return Load(
        unit=story.cargo.unit,
        wagon=story.cargo.carrier,
        listed_on=story.cargo.carrier,
        mrns=tuple(mrn.value for mrn in story.cargo.mrns),
        passes=passing.at - (departure.at - story.started_at) // MILLISECOND,
        mission=story.number,
        read_as=None if passing.unit is story.cargo.unit else passing.unit,
    )


def compose(departure: Departure, loads: list[Load], serial: int, rng: Random, world: World, yard: Yard) -> Train:
    """A train with the units of the missions that leave with it; nothing is wrong but what they bring along."""
    train = Train(
        rng=rng,
        world=world,
        yard=yard,
        started_at=departure.at,
        key=departure.key,
        serial=serial,
        node=departure.node,
        loads=loads,
    )
    for nth in range(rng.randint(*EMPTIES)):
        loads.append(empty(train, nth))
    train.listed, train.manifested = train.between(*LISTED), train.between(*MANIFESTED)
    train.permissions = [
        (train.between(*REQUESTED), Permission.REQUESTED),
        (train.between(*GRANTED), Permission.GRANTED),
    ]
    for load in loads:
        if load.read_as is not None:
            _plant_exchange(train, load, load.read_as)
    return train


def empty(train: Train, nth: int) -> Load:
    """A unit without goods."""
    number = train.serial * EMPTIES_MAX + nth
    wagon = train.yard.empty_wagon(number)
    return Load(
        unit=train.yard.empty(number, by_rail=True),
        wagon=wagon,
        listed_on=wagon,
        mrns=(),
        passes=train.rng.randrange(PASSING),
        transport_document=f"CIM-{number:08d}",
    )


def _plant_exchange(train: Train, load: Load, other: Identifier) -> None:
    """Another unit than the mission's stands on its wagon."""
    assert load.passes is not None
    kind, due = "RAIL_MANIFEST_MISMATCH", train.passed
    why = f"{load.key} was exchanged: another unit passed {train.node} on its wagon."
    train.plant(kind, f"missing {load.key}", train.node, due, why, load.mission)
    train.plant(kind, f"extra {key_of(other)}", train.node, load.passes, why, load.mission)
