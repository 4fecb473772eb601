"""The path of a process as it is travelled: its steps with the latest times at which they may be reached."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a route; ``name`` tells the second passing of a node from the first, ``latest`` keeps due times."""

    index: int
    node: str
    name: str
    kind: NodeKind
    required: bool
    due: int | None
    direction: Direction | None
    latest: int


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
        return self.steps[0].kind is NodeKind.DOCK_GATE

    def boards_train(self, step: Step) -> bool:
        """Whether the unit passes that step on a train that leaves."""
        return self.by_rail and self.leaves_by_land and step.index == self.leaving and step.kind is NodeKind.RAIL_GATE

    def boards_ship(self, step: Step) -> bool:
        """Whether the unit is loaded at that step."""
        return step.kind is NodeKind.DOCK_GATE and step.index == len(self.steps) - 1
