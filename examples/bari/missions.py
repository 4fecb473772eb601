"""One mission as a story tells it, and the scenario that collects what all stories publish and expect."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from domain.events import (
    AmendmentReason,
    CustomsStatus,
    CustomsStatusChanged,
    EventRetracted,
    Identifier,
    IdScanned,
    Incident,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    PathNode,
    Process,
)
from domain.identifiers import Scheme
from examples.bari.identities import cargo, resealed, same_unit
from examples.bari.nodes import PORT
from examples.bari.sightings import Quirk, Sighting, sightings

NAMESPACE = UUID("5f0e6c1e-9c1b-4e0e-8d6b-1a0b52494249")
"""All ids of the scenario are derived from this one, so that every run makes the same."""

ADM = "ADM"
"""Customs (Agenzia delle dogane e dei monopoli)."""
GDF = "GDF"
"""Guardia di Finanza: certifies that goods left."""
USMAF = "USMAF"
"""The health office at the border, one of the other agencies."""

CUSTOMS_SYSTEM = "adm-customs"
PORT_COMMUNITY_SYSTEM = "pcs-bari"
DUPLICATE_EVERY = 3
DECLARATION_COUNTS = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)

Kind = Literal[
    "OFF_PATH_NODE",
    "NODE_SKIPPED",
    "OVERDUE",
    "READ_AFTER_DEFINITIVE",
    "EXIT_WITHOUT_RELEASE",
    "HOLD_VIOLATION",
    "IDENTIFIER_MISMATCH",
    "UNKNOWN_OBJECT",
    "SEAL_DISCREPANCY",
    "EXIT_CHECK_MISSING",
    "DWELL_EXCEEDED",
    "ABANDONED_UNIT",
    "IMPOSSIBLE_TRAVEL",
]
State = Literal["open", "cleared", "absent"]


class ExpectedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that a story planted; ``after_act`` says how it stands once each act has been judged."""

    kind: Kind
    iot_id: UUID | None
    object_key: str | None
    subject: str
    node: str
    after_act: dict[str, State]
    why: str


@dataclass(slots=True)
class Scenario:
    """Everything published, by act, and everything expected."""

    acts: dict[int, list[InputEvent]] = field(default_factory=lambda: {1: [], 2: []})
    expected: list[ExpectedAlert] = field(default_factory=list)
    claimed: set[str] = field(default_factory=set)

    def claim(self, identifiers: Iterable[Identifier]) -> None:
        """Reserve identifiers for one mission; *Raises*: ValueError when another one has drawn the same."""
        for identifier in identifiers:
            if identifier.value in self.claimed:
                raise ValueError(f"{identifier.value}: drawn twice, change the key of a story")
            self.claimed.add(identifier.value)

    def in_order(self, act: int) -> list[InputEvent]:
        """The act's events in the order in which they are published: by event time."""
        return sorted(self.acts[act], key=lambda event: event.occurred_at)


class Mission:
    """Cargo on its way: ``now`` moves on as the story is told, and whatever happens is published.

    Everything random is drawn from ``key``, so that a story added elsewhere leaves this one as it is.
    What happens ``late`` has its time in the story but is published only in act 2.
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
        self.scenario = scenario
        self.key = key
        self.process = process
        self.now = start
        self.quirk = quirk
        self.rng = Random(key)
        self.iot_id = uuid5(NAMESPACE, key)
        self.cargo = cargo(process, declarations or self.rng.choice(DECLARATION_COUNTS), self.rng)
        scenario.claim(self.cargo.identifiers)
        self.path: tuple[PathNode, ...] = ()
        self._published = 0
        self._last_read: IdScanned | None = None

    def next_mission(self, process: Process) -> "Mission":
        """A later mission of the same unit, with everything else new."""
        later = Mission(self.scenario, f"{self.key}/next", process, self.now, quirk=self.quirk)
        later.cargo = same_unit(self.cargo.unit, later.cargo)
        return later

    @property
    def by_iot_id(self) -> tuple[Identifier, ...]:
        """The mission named by its IOT_ID."""
        return (Identifier(scheme=Scheme.IOT_ID, value=str(self.iot_id)),)

    def wait(self, least_minutes: int, most_minutes: int) -> None:
        """Let some time pass."""
        self.now += timedelta(seconds=self.rng.randrange(least_minutes * 60, most_minutes * 60))

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
        )
        self._publish(event, late)

    def decide(
        self, status: CustomsStatus, mrns: tuple[Identifier, ...] | None = None, *, late: bool = False
    ) -> None:
        """Customs decides about declarations (all of them unless named), one after the other."""
        for mrn in self.cargo.mrns if mrns is None else mrns:
            self.status(status, of=(mrn,), late=late)
            self.now += timedelta(seconds=self.rng.randrange(15, 90))

    def read(self, node: str, *, late: bool = False) -> None:
        """The unit passes a node, and the readers there see what they usually see."""
        for seen in sightings(node, self.cargo, self.quirk, self.rng):
            self.scan(node, seen, late=late)

    def scan(self, node: str, seen: Sighting, *, late: bool = False) -> None:
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
        )
        self._last_read = event
        self._publish(event, late)
        self.now += timedelta(seconds=self.rng.randrange(2, 9))

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
        """Whoever published the last read takes it back."""
        assert self._last_read is not None
        event = EventRetracted(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=self._last_read.source,
            retracts=self._last_read.event_id,
            retracted_at=self._last_read.occurred_at,
            reason=reason,
            identifiers=self._last_read.identifiers,
        )
        self._publish(event, late)

    def expect(self, kind: Kind, *, subject: str, node: str, then: tuple[State, State], why: str) -> None:
        """Plant the expectation of an alert of this mission, as it stands after each act."""
        self.scenario.expected.append(
            ExpectedAlert(
                kind=kind,
                iot_id=self.iot_id,
                object_key=None,
                subject=subject,
                node=node,
                after_act={"1": then[0], "2": then[1]},
                why=why,
            )
        )

    def expect_unknown(self, seen: Identifier, *, node: str, then: tuple[State, State], why: str) -> None:
        """Plant the expectation that what was read leads to no mission."""
        key = f"{seen.scheme.value}:{seen.value}"
        self.scenario.expected.append(
            ExpectedAlert(
                kind="UNKNOWN_OBJECT",
                iot_id=None,
                object_key=key,
                subject=key,
                node=node,
                after_act={"1": then[0], "2": then[1]},
                why=why,
            )
        )

    def _event_id(self) -> UUID:
        self._published += 1
        return uuid5(NAMESPACE, f"{self.key}/event/{self._published}")

    def _publish(self, event: InputEvent, late: bool) -> None:
        act = self.scenario.acts[2 if late else 1]
        act.append(event)
        if self.quirk is Quirk.DUPLICATE_LINES and self._published % DUPLICATE_EVERY == 1:
            act.append(event)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in March 2026, in UTC: Bari's clocks show one hour more."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)
