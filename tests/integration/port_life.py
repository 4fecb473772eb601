"""What ClickHouse holds of a port: simulated life, and missions drawn by lot that do what no port would."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import get_args
from uuid import UUID

import msgspec

from domain.events import (
    AlertStatus,
    AppointmentMade,
    AppointmentPurpose,
    CustomsStatus,
    CustomsStatusChanged,
    DeviationAlertChanged,
    Direction,
    EventRetracted,
    Identifier,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    Observation,
    ObservationRecounted,
    Outcome,
    PathNode,
    Process,
    Severity,
    Technology,
)
from domain.identifiers import Scheme
from sinks.rows import Delivery
from tests.scenario.fold import PORT, alerts_of, identities_of, led_to, over, run

BEGINNING = datetime(2026, 6, 1, tzinfo=UTC)
NODES = ("XXAAA-GATE", "XXAAA-QUAY", "XXAAA-YARD", "XXAAA-SCANNER")
READERS = ("lane-1", "lane-2")
SOURCES = ("operator-a", "operator-b")
STATUSES = (
    CustomsStatus.DECLARED,
    CustomsStatus.RELEASED,
    CustomsStatus.TO_DRY_PORT,
    CustomsStatus.RELEASE_WITHDRAWN,
    CustomsStatus.CONTROL_SATISFACTORY,
    CustomsStatus.CONTROL_UNSATISFACTORY,
    CustomsStatus.DEFINITIVE,
    CustomsStatus.CANCELLED,
    CustomsStatus.HOLD_PLACED,
)


@dataclass
class Life:
    """Events with the missions that they were led to, and what was told of them."""

    events: list[tuple[InputEvent, UUID | None]] = field(default_factory=list)
    alerts: list[DeviationAlertChanged] = field(default_factory=list)
    recounted: list[ObservationRecounted] = field(default_factory=list)

    def deliveries(self) -> Iterator[Delivery]:
        for event, iot_id in self.events:
            yield _delivered(event, event.occurred_at)
            if iot_id is not None:
                yield _delivered(event, event.occurred_at, iot_id)
        for told in (*self.alerts, *self.recounted):
            yield _delivered(told, BEGINNING)

    def __add__(self, other: "Life") -> "Life":
        return Life(self.events + other.events, self.alerts + other.alerts, self.recounted + other.recounted)


def _delivered(event: msgspec.Struct, at: datetime, iot_id: UUID | None = None) -> Delivery:
    return Delivery(event, "t", 0, 0, at + timedelta(seconds=7), iot_id, "BIC:X" if iot_id else None)


def simulated(missions: int, seed: int) -> Life:
    """A port as the simulator tells it, judged by the domain alone; some alerts were reviewed or cleared."""
    events, simulation = run(missions=missions, deviating=0.3, seed=seed)
    alerts = alerts_of(events, PORT, over(simulation))
    return Life(list(_led(events)), list(_reviewed(alerts, Random(seed))))


def _led(events: Iterable[InputEvent]) -> Iterator[tuple[InputEvent, UUID | None]]:
    told = list(events)
    identities = identities_of(told)
    for event in told:
        if isinstance(event, get_args(Observation)):
            yield event, led_to(event, identities)
        else:
            yield event, event.iot_id if isinstance(event, IotIdGenerated | MissionAmended) else None


def _reviewed(alerts: Iterable[DeviationAlertChanged], rng: Random) -> Iterator[DeviationAlertChanged]:
    for alert in alerts:
        yield alert
        status = rng.choice((None, None, AlertStatus.CLEARED, AlertStatus.ACKNOWLEDGED, AlertStatus.DISPOSED))
        if status is not None:
            outcome = rng.choice(tuple(Outcome)) if status is AlertStatus.DISPOSED else None
            yield msgspec.structs.replace(alert, revision=alert.revision + 1, status=status, outcome=outcome)


def drawn(missions: int, seed: int) -> Life:
    """Missions in which anything happens at any time, at the same minute too; some of it is taken back."""
    rng, life = Random(seed), Life()
    for _ in range(missions):
        _draw(life, rng)
    return life


def _draw(life: Life, rng: Random) -> None:
    iot_id = _uuid(rng)
    unit = (Identifier(scheme=Scheme.BIC, value=f"BOX{rng.randrange(10**7)}"),)
    facts: list[InputEvent] = [_plan(rng, iot_id, unit) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    facts += [_scan(rng, unit) for _ in range(rng.randrange(8))]
    facts += [_ruling(rng, unit) for _ in range(rng.randrange(8))]
    facts += [_control(rng, unit) for _ in range(rng.choice((0, 0, 0, 1, 2, 3, 4)))]
    for fact in facts:
        chance = rng.random()
        life.events.append((fact, iot_id))
        if chance < 0.15:
            life.events.append((_retraction(rng, fact, unit), iot_id))
        elif chance < 0.25:
            life.recounted += _counted(fact, iot_id, rng)
        if isinstance(fact, IdScanned) and chance > 0.8:
            life.alerts += _reviewed([_alert(rng, iot_id, [fact, *rng.sample(facts, 1)])], rng)


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _some_time(rng: Random) -> datetime:
    return BEGINNING + timedelta(minutes=rng.randrange(0, 60 * 24 * 3, 15))


def _plan(rng: Random, iot_id: UUID, unit: tuple[Identifier, ...]) -> IotIdGenerated:
    return IotIdGenerated(
        event_id=_uuid(rng),
        occurred_at=BEGINNING + timedelta(microseconds=rng.randrange(10**9) * 1000),
        source="AIDA",
        iot_id=iot_id,
        process=rng.choice(tuple(Process)),
        identifiers=unit,
        path=tuple(PathNode(node=node) for node in NODES[:2]),
    )


def _scan(rng: Random, unit: tuple[Identifier, ...]) -> IdScanned:
    confidence = rng.choice((None, 0.5, 0.74, 0.75, 0.99))
    return IdScanned(
        event_id=_uuid(rng),
        occurred_at=_some_time(rng),
        source=rng.choice(SOURCES),
        node=rng.choice(NODES),
        reader=rng.choice(READERS),
        technology=Technology.OCR,
        identifiers=(msgspec.structs.replace(unit[0], confidence=confidence), *unit),
        direction=rng.choice((None, Direction.IN, Direction.OUT)),
    )


def _ruling(rng: Random, unit: tuple[Identifier, ...]) -> CustomsStatusChanged:
    status = rng.choice(STATUSES)
    return CustomsStatusChanged(
        event_id=_uuid(rng),
        occurred_at=_some_time(rng),
        source="AIDA",
        authority=rng.choice(("ADM", "USMAF")),
        status=status,
        identifiers=unit,
        hold_id="H-1" if status is CustomsStatus.HOLD_PLACED else None,
    )


def _control(rng: Random, unit: tuple[Identifier, ...]) -> AppointmentMade:
    starts_at = _some_time(rng)
    return AppointmentMade(
        event_id=_uuid(rng),
        occurred_at=_some_time(rng) + timedelta(milliseconds=rng.randrange(60_000)),
        source="pcs",
        appointment_id=f"{unit[0].value}-{rng.randrange(3)}",
        purpose=AppointmentPurpose.CONTROL,
        node=rng.choice(NODES[2:]),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=rng.choice((1, 6, 30))),
        identifiers=unit,
        authorities=tuple(rng.sample(("ADM", "USMAF", "FITO"), rng.choice((1, 1, 2)))),
        cancelled=rng.random() < 0.2,
    )


def _retraction(rng: Random, fact: InputEvent, unit: tuple[Identifier, ...]) -> EventRetracted:
    return EventRetracted(
        event_id=_uuid(rng),
        occurred_at=_some_time(rng),
        source="pcs",
        retracts=fact.event_id,
        retracted_at=fact.occurred_at,
        reason="drawn by lot",
        identifiers=unit,
    )


def _counted(fact: InputEvent, iot_id: UUID, rng: Random) -> list[ObservationRecounted]:
    """It counts no more, or does again."""
    return [
        ObservationRecounted(
            event_id=fact.event_id,
            occurred_at=fact.occurred_at,
            iot_id=iot_id,
            counts=revision == 2,
            revision=revision,
        )
        for revision in range(1, rng.choice((2, 3)))
    ]


def _alert(rng: Random, iot_id: UUID, evidence: list[InputEvent]) -> DeviationAlertChanged:
    kind = rng.choice(("UNKNOWN_OBJECT", "ABANDONED_UNIT", "OFF_PATH_NODE"))
    first = evidence[0]
    return DeviationAlertChanged(
        alert_id=_uuid(rng),
        revision=1,
        status=AlertStatus.RAISED,
        kind=kind,
        severity=Severity.WARNING,
        basis="§356",
        subject=rng.choice(("cleared", "uncleared")),
        iot_id=None if kind == "UNKNOWN_OBJECT" else iot_id,
        object_key="BIC:X" if kind == "UNKNOWN_OBJECT" else None,
        node=rng.choice((None, getattr(first, "node", None))),
        deviated_at=first.occurred_at,
        changed_at=first.occurred_at,
        sentence="Something is wrong.",
        evidence=tuple(dict.fromkeys(each.event_id for each in evidence)),
        trigger=first.event_id,
    )
