"""A train's run as a story tells it: its lists and its permission to leave; its cargo is told as missions."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import msgspec

from domain.events import Permission, TrainComposed, TrainPermissionChanged, TrainStage, TrainUnit
from examples.bari.missions import ADM, CUSTOMS_SYSTEM, Mission
from examples.bari.scenario import Scenario, Tracked
from examples.bari.timetable import Run

MULTIMODAL_OPERATOR = "mto-bari-rail"


class Train(Tracked):
    """One train's run through a rail gate."""

    def __init__(self, scenario: Scenario, run: Run) -> None:
        super().__init__(scenario, run.key, run.passes_at)
        self.run = run

    @property
    def cargo(self) -> list[Mission]:
        """What passed the gate on it, in the order of its wagons."""
        return self.scenario.aboard.get(self.run.key, [])

    def before(self, minutes: int) -> None:
        """The time is that many minutes before the train passes the gate."""
        self.now = self.run.passes_at - timedelta(minutes=minutes)

    def list_candidates(self, units: Iterable[TrainUnit]) -> None:
        """The loading list: what may be loaded, not yet on which wagon."""
        unplaced = tuple(msgspec.structs.replace(unit, wagon=None) for unit in units)
        self._compose(TrainStage.LOADING_LIST, unplaced, late=False)

    def manifest(self, units: Iterable[TrainUnit], *, late: bool = False) -> None:
        """The manifest: what was loaded, on which wagon and with which papers."""
        self._compose(TrainStage.MANIFEST, tuple(units), late=late)

    def permit(self, permission: Permission, *, late: bool = False) -> None:
        """Permission to leave is asked for, given or not."""
        event = TrainPermissionChanged(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=MULTIMODAL_OPERATOR if permission is Permission.REQUESTED else CUSTOMS_SYSTEM,
            train=self.run.key,
            permission=permission,
            authority=ADM,
        )
        self._publish(event, late)

    def _compose(self, stage: TrainStage, units: tuple[TrainUnit, ...], *, late: bool) -> None:
        event = TrainComposed(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=MULTIMODAL_OPERATOR,
            train=self.run.key,
            stage=stage,
            units=units,
        )
        self._publish(event, late)

    def _owner(self) -> tuple[UUID | None, str | None]:
        return None, self.run.key


def listed(mission: Mission) -> TrainUnit:
    """The entry of a unit on a train's list: on its wagon, with its declarations."""
    cargo = mission.cargo
    return TrainUnit(unit=cargo.unit, wagon=cargo.carrier, mrns=tuple(mrn.value for mrn in cargo.mrns))
