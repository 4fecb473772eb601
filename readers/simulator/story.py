"""One mission as it is told before it becomes events: what happens to its unit and who decides; free to be changed.

Times are milliseconds after the generation of the IOT_ID.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from uuid import UUID

from domain.events import (
    AmendmentReason,
    AppointmentPurpose,
    CustomsStatus,
    DeviceSignal,
    Direction,
    Identifier,
    PathNode,
    Position,
)
from readers.simulator.cargo import Cargo
from readers.simulator.narrative import Narrative
from readers.simulator.routes import Route, Step
from readers.simulator.sailings import Sailing
from readers.simulator.schedule import Schedule
from readers.simulator.timetable import Departure
from readers.simulator.truth import Planted

ADM = "ADM"
"""Customs (Agenzia delle dogane e dei monopoli)."""
GDF = "GDF"
"""Guardia di Finanza: certifies that goods left."""
AGENCIES = ("USMAF", "PCF-VET", "FITO")
"""Other agencies: health office, veterinary border post, phytosanitary service."""


class Sight(Enum):
    """What the readers of a node see of a pass: whatever they happen to, or only the unit, or only its seal."""

    CHANCE = auto()
    UNIT = auto()
    SEAL = auto()


class Slot(Enum):
    """How a pass of a gate is booked where that is needed."""

    BOOKED = auto()
    NOT_BOOKED = auto()
    CANCELLED = auto()
    MISSED = auto()


@dataclass(slots=True)
class Pass:
    """The unit passes a node; ``step`` is none for a read that the route does not foresee.

    *Shape*: ``seal`` is one that the antenna catches for sure, none when it is the cargo's own and left to chance;
    ``conveyance`` is the train or the ship's call that it passes on.
    """

    at: int
    node: str
    step: Step | None
    direction: Direction | None
    unit: Identifier
    carrier: Identifier
    seal: Identifier | None = None
    sight: Sight = Sight.CHANCE
    slot: Slot = Slot.BOOKED
    conveyance: str | None = None


@dataclass(slots=True)
class Ruling:
    """An authority decides about what ``of`` names."""

    at: int
    status: CustomsStatus
    authority: str
    of: tuple[Identifier, ...]
    hold_id: str | None = None
    node: str | None = None
    not_before: int | None = None


@dataclass(slots=True)
class Amendment:
    """Customs changes the mission under way."""

    at: int
    reason: AmendmentReason
    path: tuple[PathNode, ...] | None = None
    added: tuple[Identifier, ...] = ()
    removed: tuple[Identifier, ...] = ()


@dataclass(slots=True)
class Booking:
    """A slot at a gate, or a control."""

    at: int
    appointment_id: str
    purpose: AppointmentPurpose
    node: str
    starts: int
    ends: int
    authorities: tuple[str, ...] = ()
    not_before: int | None = None
    cancelled: bool = False


@dataclass(slots=True)
class Report:
    """The unit's device reports something."""

    at: int
    signal: DeviceSignal
    node: str | None = None
    position: Position | None = None


@dataclass(slots=True, kw_only=True)
class Story(Narrative):
    """A mission under construction; not ``announced``, customs knows nothing of it.

    *Shape*: ``brought_by`` and ``loaded_on`` are the ships that it comes and goes with, ``train`` is the one that it
    leaves with; ``device`` is the one fitted to its unit, if any.
    """

    number: int
    iot_id: UUID
    schedule: Schedule
    route: Route
    cargo: Cargo
    device: str | None
    brought_by: Sailing | None = None
    loaded_on: Sailing | None = None
    train: Departure | None = None
    announced: bool = True
    passes: list[Pass] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    @property
    def is_told(self) -> bool:
        """Whether anything happens in it yet."""
        return bool(self.passes or self.rulings)

    @property
    def leaving(self) -> int:
        """Which of the passes needs the release."""
        return next(i for i, each in enumerate(self.passes) if each.step and each.step.index == self.route.leaving)

    @property
    def end(self) -> int:
        """When the unit is read, or somebody decides about it, for the last time."""
        reads, rulings = (each.at for each in self.passes), (each.at for each in self.rulings)
        return max((*reads, *rulings, *(each.at for each in self.amendments)))

    def within(self, before: Pass, after: Pass, low: float, high: float) -> int:
        """Some time between two passes, between the two shares of the way from one to the other."""
        gap = after.at - before.at
        return self.between(before.at + gap * low, before.at + gap * high)

    def passing(self, at: int, node: str, step: Step | None = None) -> Pass:
        """The unit on its own carrier at a node."""
        return Pass(at, node, step, step.direction if step else None, self.cargo.unit, self.cargo.carrier)

    def on(self, conveyance: str) -> Pass | None:
        """The unit's pass on a train or a ship, none when it has none."""
        return next((each for each in self.passes if each.conveyance == conveyance), None)

    def seal_at(self, at: int) -> Identifier | None:
        """The seal on the cargo at a moment."""
        replaced = [a.added[0] for a in self.amendments if a.reason is AmendmentReason.SEAL_REPLACED and a.at <= at]
        return replaced[-1] if replaced else self.cargo.seal

    def path(self, due_until: int | None = None) -> tuple[PathNode, ...]:
        """The path that customs lays down; steps from ``due_until`` on are not due."""
        return tuple(
            PathNode(
                node=step.node,
                required=step.required,
                due_at=None
                if step.due is None or (due_until is not None and step.index >= due_until)
                else self.moment(step.due),
            )
            for step in self.route.steps
        )

    def fit_device(self) -> str:
        """The device on its unit; it is given one when it has none."""
        self.device = self.device or f"CSD-{self.number:08d}"
        return self.device

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
        self.rulings.append(Ruling(placed, CustomsStatus.HOLD_PLACED, authority, of, hold_id, node, placed))
        if lifted is not None:
            self.rulings.append(Ruling(lifted, CustomsStatus.HOLD_LIFTED, authority, of, hold_id))
        return f"{authority}:{hold_id}"

    def plant(self, kind: str, subject: str, node: str | None, at: int, why: str) -> None:
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
