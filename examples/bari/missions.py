"""One mission as a story tells it: what customs decides, readers and devices see, and appointments are made."""

from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID, uuid5

from domain.events import (
    AmendmentReason,
    AppointmentMade,
    AppointmentPurpose,
    CustomsStatus,
    CustomsStatusChanged,
    DeviceSignal,
    DeviceSignalled,
    EventRetracted,
    Identifier,
    IdScanned,
    Incident,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    PathNode,
    Position,
    Process,
)
from domain.identifiers import Scheme
from examples.bari.identities import cargo, key_of, resealed, same_unit
from examples.bari.nodes import PORT
from examples.bari.scenario import NAMESPACE, ExpectedAlert, Scenario, State, Tracked
from examples.bari.sightings import Quirk, Sighting, sightings

ADM = "ADM"
"""Customs (Agenzia delle dogane e dei monopoli)."""
GDF = "GDF"
"""Guardia di Finanza: certifies that goods left."""
USMAF = "USMAF"
"""The health office at the border, one of the other agencies."""
PCF = "PCF"
"""The border control post for animals, plants and food (posto di controllo frontaliero)."""
TERMINAL_OPERATOR = "BARI-TERMINAL"
"""Keeps the goods until their release; may certify nothing."""

CUSTOMS_SYSTEM = "adm-customs"
PORT_COMMUNITY_SYSTEM = "pcs-bari"
DEVICE_PLATFORM = "smart-containers"
DUPLICATE_EVERY = 3
DECLARATION_COUNTS = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
SEAL_SIGNALS = (DeviceSignal.SEAL_REMOVED, DeviceSignal.SEAL_TAMPERED)
SLOT = timedelta(hours=1)


class Lodging(Enum):
    """On which of a ship's manifests a unit stands."""

    WITH_OTHERS = auto()
    APART = auto()
    """Its agent lodges one for this unit alone."""
    LATE = auto()
    """The same, and the message of that arrives only in act 2."""


class Mission(Tracked):
    """Cargo on its way.

    *Shape*: ``at_quay`` is when it passed the dock gate, none before.
    """

    def __init__(
        self,
        scenario: Scenario,
        key: str,
        process: Process,
        start: datetime,
        *,
        quirk: Quirk = Quirk.NONE,
        declarations: int | None = None,
    ) -> None:
        super().__init__(scenario, key, start)
        self.started_at = start
        self.process = process
        self.quirk = quirk
        self.iot_id = uuid5(NAMESPACE, key)
        self.cargo = cargo(process, declarations or self.rng.choice(DECLARATION_COUNTS), self.rng)
        scenario.claim(self.cargo.identifiers)
        self.path: tuple[PathNode, ...] = ()
        self.lodging = Lodging.WITH_OTHERS
        self.at_quay: datetime | None = None
        self._last: InputEvent | None = None

    def next_mission(self, process: Process) -> "Mission":
        """A later mission of the same unit, with everything else new."""
        later = Mission(self.scenario, f"{self.key}/next", process, self.now, quirk=self.quirk)
        later.cargo = same_unit(self.cargo.unit, later.cargo)
        self.lodging = later.lodging = Lodging.APART
        return later

    @property
    def by_iot_id(self) -> tuple[Identifier, ...]:
        """The mission named by its IOT_ID."""
        return (Identifier(scheme=Scheme.IOT_ID, value=str(self.iot_id)),)

    def generate(self, *, late: bool = False) -> None:
        """Customs mints the IOT_ID and sends the cargo along the port's path for the process."""
        self.path = tuple(
            PathNode(
                node=step.node,
                required=step.required,
                due_at=None if step.due_after is None else self.now + step.due_after,
            )
            for step in PORT.paths[self.process]
        )
        event = IotIdGenerated(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=CUSTOMS_SYSTEM,
            iot_id=self.iot_id,
            process=self.process,
            identifiers=self.cargo.identifiers,
            path=self.path,
        )
        self._publish(event, late)

    def status(
        self,
        status: CustomsStatus,
        *,
        authority: str = ADM,
        of: tuple[Identifier, ...] | None = None,
        hold_id: str | None = None,
        node: str | None = None,
        not_before: datetime | None = None,
        late: bool = False,
    ) -> None:
        """An authority decides about the unit, or about what ``of`` names."""
        event = CustomsStatusChanged(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=CUSTOMS_SYSTEM,
            authority=authority,
            status=status,
            identifiers=of or (self.cargo.unit,),
            hold_id=hold_id,
            node=node,
            not_before=not_before,
        )
        self._publish(event, late)

    def decide(
        self, status: CustomsStatus, mrns: tuple[Identifier, ...] | None = None, *, late: bool = False
    ) -> None:
        """Customs decides about declarations (all of them unless named), one after the other."""
        for mrn in self.cargo.mrns if mrns is None else mrns:
            self.status(status, of=(mrn,), late=late)
            self.now += timedelta(seconds=self.rng.randrange(15, 90))

    def read(self, node: str, *, conveyance: str | None = None, late: bool = False) -> None:
        """The unit passes a node, and the readers there see what they usually see."""
        for seen in sightings(node, self.cargo, self.quirk, self.rng):
            self.scan(node, seen, conveyance=conveyance, late=late)

    def scan(self, node: str, seen: Sighting, *, conveyance: str | None = None, late: bool = False) -> None:
        """One reader reads; the next one needs some seconds."""
        event = IdScanned(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=PORT_COMMUNITY_SYSTEM,
            node=node,
            reader=seen.reader,
            technology=seen.technology,
            identifiers=seen.identifiers,
            direction=seen.direction,
            conveyance=conveyance,
        )
        self._publish(event, late)
        self.now += timedelta(seconds=self.rng.randrange(2, 9))

    def signal(
        self, signal: DeviceSignal, *, node: str | None = None, position: Position | None = None, late: bool = False
    ) -> None:
        """The tracker in the unit reports something, or the electronic seal when the signal is of the seal."""
        is_of_seal = signal in SEAL_SIGNALS
        event = DeviceSignalled(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=DEVICE_PLATFORM,
            device=self.seal_device if is_of_seal else f"tracker-{self.cargo.unit.value}",
            signal=signal,
            identifiers=(self.cargo.seal,) if is_of_seal else (self.cargo.unit,),
            node=node,
            position=position,
        )
        self._publish(event, late)

    @property
    def seal_device(self) -> str:
        """The electronics of the seal that the unit bears."""
        return f"eseal-{self.cargo.seal.value}"

    def book(
        self,
        gate: str,
        booked_at: datetime,
        *,
        slot_at: datetime | None = None,
        cancelled: bool = False,
        late: bool = False,
    ) -> None:
        """The hour's slot at a gate is booked, for now unless ``slot_at`` says when; booked again, it is moved."""
        starts_at = (slot_at or self.now).replace(minute=0, second=0)
        event = AppointmentMade(
            event_id=self._event_id(),
            occurred_at=booked_at,
            source=PORT_COMMUNITY_SYSTEM,
            appointment_id=f"{gate}-{uuid5(NAMESPACE, self.key).hex[:8]}",
            purpose=AppointmentPurpose.GATE_SLOT,
            node=gate,
            starts_at=starts_at,
            ends_at=starts_at + SLOT,
            identifiers=(self.cargo.unit,),
            cancelled=cancelled,
        )
        self._publish(event, late)

    def set_control(
        self,
        node: str,
        starts_at: datetime,
        authorities: tuple[str, ...],
        *,
        minutes: int = 90,
        not_before: datetime | None = None,
        late: bool = False,
    ) -> None:
        """The controls of several authorities are set for one visit; set again, they are changed."""
        event = AppointmentMade(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=CUSTOMS_SYSTEM,
            appointment_id=f"CONTROL-{uuid5(NAMESPACE, self.key).hex[:8]}",
            purpose=AppointmentPurpose.CONTROL,
            node=node,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            identifiers=(self.cargo.unit,),
            authorities=authorities,
            not_before=not_before,
        )
        self._publish(event, late)

    def amend(
        self,
        reason: AmendmentReason,
        *,
        incident: Incident | None = None,
        path: tuple[PathNode, ...] | None = None,
        added: tuple[Identifier, ...] = (),
        removed: tuple[Identifier, ...] = (),
        late: bool = False,
    ) -> None:
        """Customs changes the mission; the readers see what the cargo bears from then on."""
        event = MissionAmended(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=CUSTOMS_SYSTEM,
            iot_id=self.iot_id,
            reason=reason,
            incident=incident,
            path=path,
            added=added,
            removed=removed,
        )
        for new in added:
            if new.scheme is Scheme.SEAL:
                self.cargo = resealed(self.cargo, new)
        self._publish(event, late)

    def take_back(self, reason: str, *, late: bool = False) -> None:
        """Whoever published the last scan, signal or generation takes it back."""
        last = self._last
        assert isinstance(last, IdScanned | DeviceSignalled | IotIdGenerated)
        names_itself = self.by_iot_id if isinstance(last, IotIdGenerated) else ()
        event = EventRetracted(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=last.source,
            retracts=last.event_id,
            retracted_at=last.occurred_at,
            reason=reason,
            identifiers=(*names_itself, *last.identifiers),
            conveyance=last.conveyance if isinstance(last, IdScanned) else None,
        )
        self._publish(event, late)

    def expect_unknown(self, seen: Identifier, *, node: str, then: tuple[State, State], why: str) -> ExpectedAlert:
        """Plant the expectation that what was read leads to no mission."""
        key = key_of(seen)
        return self.scenario.expect("UNKNOWN_OBJECT", object_key=key, subject=key, node=node, then=then, why=why)

    def _owner(self) -> tuple[UUID | None, str | None]:
        return self.iot_id, None

    def _publish(self, event: InputEvent, late: bool) -> None:
        self._last = event
        super()._publish(event, late)
        if self.quirk is Quirk.DUPLICATE_LINES and self._published % DUPLICATE_EVERY == 1:
            super()._publish(event, late)
