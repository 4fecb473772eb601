"""The scenario: what all stories publish and expect, and what every subject of a story has in common."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Literal
from uuid import UUID, uuid5

import msgspec

from domain.alerts import alert_id
from domain.events import AlertReviewed, Identifier, InputEvent, Outcome, ReviewStatus

if TYPE_CHECKING:
    from examples.bari.missions import Mission

NAMESPACE = UUID("5f0e6c1e-9c1b-4e0e-8d6b-1a0b52494249")
"""All ids of the scenario are derived from this one, so that every run makes the same."""

ALERT_DESK = "adm-alert-desk"
"""Who at customs looks into alerts."""

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
    "UNEXPECTED_DOOR_OPEN",
    "GATE_WITHOUT_APPOINTMENT",
    "RAIL_MANIFEST_MISMATCH",
    "RAIL_NO_DEPARTURE_PERMISSION",
    "MANIFEST_DISCREPANCY",
    "NOTICE_LATE",
]
State = Literal["open", "cleared", "absent", "disposed"]


class ExpectedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that a story planted; ``after_act`` says how it stands once each act has been judged."""

    kind: Kind
    iot_id: UUID | None
    object_key: str | None
    subject: str
    node: str | None
    after_act: dict[str, State]
    why: str

    @property
    def alert_id(self) -> UUID:
        """The id under which customs know it."""
        return alert_id(str(self.iot_id or self.object_key), self.kind, self.subject)


@dataclass(slots=True)
class Scenario:
    """Everything published, by act, and everything expected.

    *Shape*: ``aboard`` are the missions that a train or a ship brought or took away, by its key and in the order of
    their passing; ``embarked`` those that a ship took away; ``candidates`` what stood on a train's loading list only.
    """

    acts: dict[int, list[InputEvent]] = field(default_factory=lambda: {1: [], 2: []})
    expected: list[ExpectedAlert] = field(default_factory=list)
    claimed: set[str] = field(default_factory=set)
    aboard: dict[str, list["Mission"]] = field(default_factory=dict)
    embarked: dict[str, list["Mission"]] = field(default_factory=dict)
    candidates: dict[str, list["Mission"]] = field(default_factory=dict)

    def claim(self, identifiers: Iterable[Identifier]) -> None:
        """Reserve identifiers for one mission; *Raises*: ValueError when another one has drawn the same."""
        for identifier in identifiers:
            if identifier.value in self.claimed:
                raise ValueError(f"{identifier.value}: drawn twice, change the key of a story")
            self.claimed.add(identifier.value)

    def expect(
        self,
        kind: Kind,
        *,
        subject: str,
        node: str | None,
        then: tuple[State, State],
        why: str,
        iot_id: UUID | None = None,
        object_key: str | None = None,
    ) -> ExpectedAlert:
        """Plant the expectation of an alert, as it stands after each act."""
        alert = ExpectedAlert(
            kind=kind,
            iot_id=iot_id,
            object_key=object_key,
            subject=subject,
            node=node,
            after_act={"1": then[0], "2": then[1]},
            why=why,
        )
        self.expected.append(alert)
        return alert

    def in_order(self, act: int) -> list[InputEvent]:
        """The act's events in the order in which they are published: by event time."""
        return sorted(self.acts[act], key=lambda event: event.occurred_at)


class Tracked:
    """What stories are told of: a mission, a train's run or a ship's call.

    ``now`` moves on as a story is told, and whatever happens is published. Everything random is drawn from ``key``,
    so that a story added elsewhere leaves this one as it is. What happens ``late`` has its time in the story but is
    published only in act 2.
    """

    def __init__(self, scenario: Scenario, key: str, start: datetime) -> None:
        self.scenario = scenario
        self.key = key
        self.now = start
        self.rng = Random(key)
        self._published = 0

    def wait(self, least_minutes: int, most_minutes: int) -> None:
        """Let some time pass."""
        self.now += timedelta(seconds=self.rng.randrange(least_minutes * 60, most_minutes * 60))

    def wait_until(self, moment: datetime) -> None:
        """Let the time pass until a moment; *Raises*: ValueError when it is over already."""
        if moment < self.now:
            raise ValueError(f"{self.key}: {moment} is over, it is {self.now}")
        self.now = moment

    def expect(
        self, kind: Kind, *, subject: str, node: str | None, then: tuple[State, State], why: str
    ) -> ExpectedAlert:
        """Plant the expectation of an alert of this subject, as it stands after each act."""
        iot_id, object_key = self._owner()
        return self.scenario.expect(
            kind, iot_id=iot_id, object_key=object_key, subject=subject, node=node, then=then, why=why
        )

    def review(
        self, alert: ExpectedAlert, review: ReviewStatus, outcome: Outcome | None = None, *, late: bool = False
    ) -> None:
        """Customs takes note of an alert, or disposes of it with an outcome."""
        event = AlertReviewed(
            event_id=self._event_id(),
            occurred_at=self.now,
            source=ALERT_DESK,
            alert_id=alert.alert_id,
            review=review,
            iot_id=alert.iot_id,
            object_key=alert.object_key,
            outcome=outcome,
        )
        self._publish(event, late)

    def _owner(self) -> tuple[UUID | None, str | None]:
        """The IOT_ID, or the object key, that alerts of this subject have."""
        raise NotImplementedError

    def _event_id(self) -> UUID:
        self._published += 1
        return uuid5(NAMESPACE, f"{self.key}/event/{self._published}")

    def _publish(self, event: InputEvent, late: bool) -> None:
        self.scenario.acts[2 if late else 1].append(event)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in March 2026, in UTC: Bari's clocks show one hour more."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)
