"""What the stories of missions, trains and ships' calls have in common: luck, a clock, and the truth about them."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import UUID

from readers.simulator.cargo import Yard
from readers.simulator.truth import Planted
from readers.simulator.world import MILLISECOND, World


@dataclass(slots=True)
class Narrative:
    """A story that counts its milliseconds from a moment of its own, backwards too."""

    rng: Random
    world: World
    yard: Yard
    started_at: datetime
    planted: list[Planted] = field(default_factory=list, kw_only=True)

    def fresh_id(self) -> UUID:
        """An id for an event."""
        return UUID(int=self.rng.getrandbits(128), version=4)

    def moment(self, at: int) -> datetime:
        """The event time."""
        return self.started_at + MILLISECOND * at

    def between(self, low: float, high: float) -> int:
        """Some time between the two."""
        return int(low + (high - low) * self.rng.random())


@dataclass(slots=True, kw_only=True)
class Conveyed(Narrative):
    """The story of what carries units, a train or a ship: ``key`` is ``TRAIN:…`` or ``CALL:…``."""

    key: str

    def plant(self, kind: str, subject: str, node: str | None, at: int, why: str, mission: int | None = None) -> None:
        """Write into the truth that it deviates; ``mission`` has a part in it."""
        row = Planted(
            kind=kind,
            iot_id=None,
            object_key=self.key,
            subject=subject,
            node=node,
            at=self.moment(at),
            mission=mission,
            why=why,
        )
        self.planted.append(row)
