"""A ship's call as a story tells it: notices, manifests and how far it came; her cargo is told as missions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from domain.events import (
    CallStatus,
    Identifier,
    ManifestUnit,
    MassVerified,
    Movement,
    VesselCallChanged,
    VesselManifested,
)
from examples.bari.identities import ship
from examples.bari.missions import Mission
from examples.bari.scenario import Scenario, Tracked
from examples.bari.timetable import Visit

SINGLE_WINDOW = "maritime-single-window"
COASTGUARD = "coastguard-bari"
WEIGHBRIDGE = "bari-weighbridge"
DANGEROUS_SHARE = 0.06
TOLD_BY_COASTGUARD = (CallStatus.ARRIVED, CallStatus.MONITORING_STARTED)


class Call(Tracked):
    """One ship's call at the port."""

    def __init__(self, scenario: Scenario, visit: Visit) -> None:
        super().__init__(scenario, visit.key, visit.arrives_at)
        self.visit = visit
        self.ship = ship(Random(f"{visit.key}/ship"))
        scenario.claim((self.ship,))

    @property
    def landed(self) -> list[Mission]:
        """What she brought."""
        return self.scenario.aboard.get(self.visit.key, [])

    @property
    def embarked(self) -> list[Mission]:
        """What she took away."""
        return self.scenario.embarked.get(self.visit.key, [])

    def before_eta(self, hours: int) -> None:
        """The time is that many hours before she is expected."""
        self.now = self.visit.eta - timedelta(hours=hours)

    def after_arrival(self, minutes: int) -> None:
        """The time is that many minutes after she arrived."""
        self.now = self.visit.arrives_at + timedelta(minutes=minutes)

    def announce(self, eta: datetime, *, late: bool = False) -> None:
        """The agent says when she is expected; the latest word holds."""
        self._change(CallStatus.ANNOUNCED, eta, late=late)

    def status(self, status: CallStatus, *, late: bool = False) -> None:
        """The call goes on."""
        self._change(status, None, late=late)

    def lodge(self, units: Iterable[ManifestUnit], movement: Movement, *, late: bool = False) -> None:
        """An agent lodges a manifest."""
        event = VesselManifested(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=SINGLE_WINDOW,
            call=self.visit.key,
            ship=self.ship,
            movement=movement,
            units=tuple(units),
        )
        self._publish(event, late)

    def weigh(self, unit: Identifier, mass_kg: int, *, late: bool = False) -> None:
        """A unit is weighed."""
        event = MassVerified(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=WEIGHBRIDGE,
            call=self.visit.key,
            unit=unit,
            verified_mass_kg=mass_kg,
        )
        self._publish(event, late)

    def _change(self, status: CallStatus, eta: datetime | None, *, late: bool) -> None:
        event = VesselCallChanged(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=COASTGUARD if status in TOLD_BY_COASTGUARD else SINGLE_WINDOW,
            call=self.visit.key,
            ship=self.ship,
            status=status,
            eta=eta,
        )
        self._publish(event, late)

    def _owner(self) -> tuple[UUID | None, str | None]:
        return None, self.visit.key


def manifested(mission: Mission, *, dangerous: bool = False) -> ManifestUnit:
    """The entry of a unit on a ship's manifest; some goods are dangerous even where a story does not need it."""
    dangerous = dangerous or Random(f"{mission.key}/dangerous").random() < DANGEROUS_SHARE
    return ManifestUnit(unit=mission.cargo.unit, gross_mass_kg=declared_kg(mission), dangerous=dangerous)


def declared_kg(mission: Mission) -> int:
    """What it is declared to weigh."""
    return Random(f"{mission.key}/mass").randrange(4_000, 28_000, 10)
