"""What the facts of a train's run mean: its manifest, its permission to leave, and what passed the rail gate."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from domain.conveyance import Composition, Conveyance, Permit
from domain.events import TrainStage
from domain.facts import Read, Review
from domain.port import NodeKind, Port
from domain.view import by_kind


class TrainRun:
    """One train's run at a port.

    *Shape*: ``manifest`` is the latest, none before the first; ``passages`` are the reads at a rail gate on the way
    out, by event time.
    """

    def __init__(self, conveyance: Conveyance, port: Port) -> None:
        self.conveyance = conveyance
        self.port = port
        facts = by_kind(conveyance.facts)
        lists = facts.get(Composition, [])
        self.manifest = next((each for each in reversed(lists) if each.stage is TrainStage.MANIFEST), None)
        self.permits = facts.get(Permit, [])
        self.passages = [read for read in facts.get(Read, []) if self._leaves(read)]
        self.reviews = facts.get(Review, [])

    @property
    def owner(self) -> str:
        """The train's run."""
        return self.conveyance.key

    @property
    def checked_at(self) -> datetime | None:
        """Up to when absences were judged."""
        return self.conveyance.checked_at

    @property
    def moments(self) -> Mapping[UUID, datetime]:
        """The event time of every fact, by event id."""
        return {fact.event_id: fact.occurred_at for fact in self.conveyance.facts}

    def permit_at(self, at: datetime) -> Permit | None:
        """Where the permission to leave stood at a moment, none before it was asked for."""
        return next((permit for permit in reversed(self.permits) if permit.occurred_at <= at), None)

    def _leaves(self, read: Read) -> bool:
        node = self.port.node(read.node)
        return node is not None and node.kind is NodeKind.RAIL_GATE and self.port.is_exit(read.node, read.direction)
