"""What the facts of a ship's call mean: when she came, what was notified, what she carries and what she landed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from domain.conveyance import CallStep, Conveyance, Manifest, Weighing, units_of
from domain.events import CallStatus, Direction, Movement
from domain.facts import Read, Review
from domain.policy import END_OF_TIME
from domain.port import NodeKind, Port
from domain.view import by_kind


class VesselCall:
    """One ship's call at a port.

    *Shape*: ``landings`` are the reads at a dock gate that are not on the way out to the ship, by unit, the first of
    each.
    """

    def __init__(self, conveyance: Conveyance, port: Port) -> None:
        self.conveyance = conveyance
        self.port = port
        facts = by_kind(conveyance.facts)
        self.manifests = facts.get(Manifest, [])
        self.steps = facts.get(CallStep, [])
        self.weighings = facts.get(Weighing, [])
        self.reviews = facts.get(Review, [])
        self.landings = self._landings(facts.get(Read, []))
        self.arrival = self.first(CallStatus.ARRIVED)

    @property
    def owner(self) -> str:
        """The ship's call."""
        return self.conveyance.key

    @property
    def checked_at(self) -> datetime | None:
        """Up to when absences were judged."""
        return self.conveyance.checked_at

    @property
    def moments(self) -> Mapping[UUID, datetime]:
        """The event time of every fact, by event id."""
        return {fact.event_id: fact.occurred_at for fact in self.conveyance.facts}

    def first(self, status: CallStatus) -> CallStep | None:
        """When the call first had a status, none while it had not."""
        return next((step for step in self.steps if step.status is status), None)

    def lodged(self, movement: Movement) -> list[Manifest]:
        """The manifests of what is discharged, or of what is loaded."""
        return [manifest for manifest in self.manifests if manifest.movement is movement]

    def manifest_of(self, movement: Movement) -> dict[str, Manifest]:
        """On which manifest each unit stands, the earliest one."""
        found: dict[str, Manifest] = {}
        for manifest in self.lodged(movement):
            for cargo in manifest.cargo:
                found.setdefault(cargo.unit, manifest)
        return found

    @property
    def due_reference(self) -> datetime | None:
        """The moment before which notices are counted: the ETA in force at the arrival, or else the arrival.

        A ship that comes early is not late with her notices.
        """
        if self.announced is not None:
            return self.announced.eta
        return None if self.arrival is None else self.arrival.occurred_at

    @property
    def announced(self) -> CallStep | None:
        """The announcement with the ETA in force at the arrival."""
        arrived_at = END_OF_TIME if self.arrival is None else self.arrival.occurred_at
        etas = [step for step in self.steps if step.eta is not None and step.occurred_at <= arrived_at]
        return etas[-1] if etas else None

    def _landings(self, reads: list[Read]) -> dict[str, Read]:
        landings: dict[str, Read] = {}
        for read in reads:
            node = self.port.node(read.node)
            if node is not None and node.kind is NodeKind.DOCK_GATE and read.direction is not Direction.OUT:
                for unit in units_of(read):
                    landings.setdefault(unit, read)
        return landings
