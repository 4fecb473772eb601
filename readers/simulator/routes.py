"""The path of a process as it is travelled: its steps with the latest times at which they may be reached."""

from dataclasses import dataclass
from enum import Enum, auto

from domain.events import Direction, Process
from domain.port import NodeKind

WEIGHTS = {
    Process.IMPORT_ROAD: 35,
    Process.EXPORT_ROAD: 25,
    Process.TRANSIT: 10,
    Process.IMPORT_RAIL: 10,
    Process.EXPORT_RAIL: 10,
    Process.DRY_PORT: 10,
}
"""How much traffic there is of each process, of 100."""

RAIL = (Process.IMPORT_RAIL, Process.EXPORT_RAIL)
EXPORT = (Process.EXPORT_ROAD, Process.EXPORT_RAIL)


class Boarding(Enum):
    """What a unit passes a step on: the ship that brings it, the one that takes it, or a train that leaves."""

    OFF_SHIP = auto()
    ON_SHIP = auto()
    ON_TRAIN = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a route; ``name`` tells the second passing of a node from the first, ``latest`` keeps due times.

    *Shape*: ``boarding`` is none where the unit comes and goes by itself.
    """

    index: int
    node: str
    name: str
    kind: NodeKind
    required: bool
    due: int | None
    direction: Direction | None
    latest: int
    boarding: Boarding | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The path of a process; ``leaving`` is the index of the step that needs the release.

    *Shape*: ``longest`` is when the last step is reached at the latest, or is due.
    """

    process: Process
    steps: tuple[Step, ...]
    leaving: int
    leaves_by_land: bool
    longest: int

    @property
    def by_rail(self) -> bool:
        """Whether a wagon carries the unit, not a truck."""
        return self.process in RAIL

    @property
    def by_sea(self) -> bool:
        """Whether a ship brings the unit."""
        return self.steps[0].boarding is Boarding.OFF_SHIP

    @property
    def by_train(self) -> bool:
        """Whether a train takes the unit away."""
        return self.steps[self.leaving].boarding is Boarding.ON_TRAIN
