"""One mission as it is told before it becomes events: passes of nodes and rulings of authorities, free to be changed.

Times are milliseconds after the generation of the IOT_ID.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from domain.events import CustomsStatus, Direction, Identifier
from readers.simulator.cargo import Cargo, Yard
from readers.simulator.truth import Planted
from readers.simulator.world import Route, Step, World

ADM = "ADM"
"""Customs (Agenzia delle dogane e dei monopoli)."""
GDF = "GDF"
"""Guardia di Finanza: certifies that goods left."""
AGENCIES = ("USMAF", "PCF-VET", "FITO")
"""Other agencies: health office, veterinary border post, phytosanitary service."""


@dataclass(slots=True)
class Pass:
    """The unit passes a node; ``step`` is none for a read that the route does not foresee.

    *Shape*: ``seal`` is one that the antenna catches for sure, none when it is the cargo's own and left to chance.
    """

    at: int
    node: str
    step: Step | None
    direction: Direction | None
    unit: Identifier
    carrier: Identifier
    seal: Identifier | None = None


@dataclass(slots=True)
class Ruling:
    """An authority decides about what ``of`` names."""

    at: int
    status: CustomsStatus
    authority: str
    of: tuple[Identifier, ...]
    hold_id: str | None = None
    node: str | None = None


@dataclass(slots=True)
class Story:
    """A mission under construction; not ``announced``, customs knows nothing of it."""

    number: int
    iot_id: UUID
    rng: Random
    world: World
    route: Route
    yard: Yard
    cargo: Cargo
    started_at: datetime
    announced: bool = True
    passes: list[Pass] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)

    @property
    def leaving(self) -> int:
        """Which of the passes needs the release."""
        return next(i for i, each in enumerate(self.passes) if each.step and each.step.index == self.route.leaving)

    @property
    def end(self) -> int:
        """When the last thing happens."""
        return max([each.at for each in self.passes] + [each.at for each in self.rulings])

    def fresh_id(self, rng: Random | None = None) -> UUID:
        """An id for an event."""
        return UUID(int=(rng or self.rng).getrandbits(128), version=4)

    def moment(self, at: int) -> datetime:
        """The event time."""
        return self.started_at + timedelta(milliseconds=at)

    def between(self, low: float, high: float) -> int:
        """Some time between the two."""
        return int(low + (high - low) * self.rng.random())

    def within(self, before: Pass, after: Pass, low: float, high: float) -> int:
        """Some time between two passes, between the two shares of the way from one to the other."""
        gap = after.at - before.at
        return self.between(before.at + gap * low, before.at + gap * high)

    def passing(self, at: int, node: str, step: Step | None = None) -> Pass:
        """The unit on its own carrier at a node."""
        return Pass(at, node, step, step.direction if step else None, self.cargo.unit, self.cargo.carrier)

    def rule(
        self, at: int, status: CustomsStatus, authority: str = ADM, of: tuple[Identifier, ...] | None = None
    ) -> Ruling:
        """Add a ruling about the unit, or about what ``of`` names."""
        self.rulings.append(Ruling(at, status, authority, of or (self.cargo.unit,)))
        return self.rulings[-1]

    def hold(self, authority: str, placed: int, lifted: int | None, node: str | None = None) -> str:
        """Add a hold and its lifting, if it is lifted; returns ``AUTHORITY:HOLD_ID``."""
        hold_id = f"{authority}-{self.number}"
        of = (self.cargo.unit,)
        self.rulings.append(Ruling(placed, CustomsStatus.HOLD_PLACED, authority, of, hold_id, node))
        if lifted is not None:
            self.rulings.append(Ruling(lifted, CustomsStatus.HOLD_LIFTED, authority, of, hold_id))
        return f"{authority}:{hold_id}"

    def plant(self, kind: str, subject: str, node: str, at: int, why: str) -> None:
        """Write into the truth that the mission deviates."""
        row = Planted(
            kind=kind,
            iot_id=self.iot_id if self.announced else None,
            object_key=None if self.announced else subject,
            subject=subject,
            node=node,
            at=self.moment(at),
            mission=self.number,
            why=why,
        )
        self.planted.append(row)

    def way_in_time(self, before: Pass, at: int, node: str, after: Pass) -> bool:
        """Whether the unit can come by a node in between without being faster than it can."""
        world = self.world
        return at - before.at >= world.travel(before.node, node) and after.at - at >= world.travel(node, after.node)
