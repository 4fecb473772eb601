"""What two runs of the pipeline have told, side by side: the live one, and one over a copy of the same events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from cli.scenario import STANDING, State, state_of
from domain.events import AlertStatus, DeviationAlertChanged, MissionStateChanged
from topics.told import Told

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T", DeviationAlertChanged, MissionStateChanged)


class Run(NamedTuple):
    """What a run has told, by the alert's id and by IOT_ID."""

    alerts: Mapping[UUID, Told[DeviationAlertChanged]]
    states: Mapping[UUID, Told[MissionStateChanged]]


class AlertDifference(msgspec.Struct, frozen=True):
    """An alert that stands in one run only, or otherwise in the other.

    *Shape*: ``live`` and ``shadow`` say how it stands; ``fields`` are those that differ when it stands in both.
    """

    kind: str
    owner: str
    subject: str
    live: State
    shadow: State
    fields: tuple[str, ...]
    live_alert: DeviationAlertChanged | None
    shadow_alert: DeviationAlertChanged | None

    @property
    def alert(self) -> DeviationAlertChanged:
        """As it stands: in the shadow, if it does there."""
        found = self.shadow_alert if self.shadow in STANDING else self.live_alert
        assert found is not None
        return found


class MissionDifference(msgspec.Struct, frozen=True):
    """A mission that only one run knows, or that stands otherwise in the other; ``fields`` as of an alert."""

    iot_id: UUID
    fields: tuple[str, ...]
    live: MissionStateChanged | None
    shadow: MissionStateChanged | None


class KindCount(msgspec.Struct):
    """How many alerts of a kind stand in both runs alike, in one only, or otherwise in the other."""

    same: int = 0
    only_live: int = 0
    only_shadow: int = 0
    differing: int = 0

    def add(self, states: tuple[State, State], fields: tuple[str, ...] | None) -> None:
        """Count one alert: how it stands live and in the shadow, and what differs."""
        stands_live, stands_in_shadow = (state in STANDING for state in states)
        if fields is None:
            self.same += 1
        elif stands_live and stands_in_shadow:
            self.differing += 1
        elif stands_live:
            self.only_live += 1
        else:
            self.only_shadow += 1


class Comparison(msgspec.Struct, frozen=True):
    """What differs.

    *Shape*: ``kinds`` are of alerts; ``alerts_left_out`` and ``missions_left_out`` cannot be compared.
    """

    alerts: tuple[AlertDifference, ...]
    missions: tuple[MissionDifference, ...]
    kinds: dict[str, KindCount]
    missions_same: int
    alerts_left_out: int
    missions_left_out: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.alerts and not self.missions


@dataclass(frozen=True, slots=True)
class Scope:
    """What can be compared.

    *Shape*: ``known`` are the missions, trains and calls of which the shadow has all from the first word on; it
    ``is_whole`` when it has all that was ever published before its end.
    """

    known: frozenset[str]
    is_whole: bool

    def has(self, owner: str) -> bool:
        """Whether the shadow has all that there is of it.

        Of what is no more than an identifier nobody can say that it was not bound before a beginning.
        """
        return owner in self.known or (self.is_whole and not _is_mission(owner))


def compare(live: Run, shadow: Run, scope: Scope) -> Comparison:
    """What differs in what stands.

    An alert that was cleared is as one that never was: the shadow's absences are judged once, at the end, so that it
    raises nothing that a later read disproves. Revisions, times of change and triggers hang on how chunks were cut.
    *Guarantee*: pure; differences come in an order of their own.
    """
    alerts, kinds, alerts_left_out = _compare_alerts(live.alerts, shadow.alerts, scope)
    missions, same, missions_left_out = _compare_states(live.states, shadow.states, scope)
    return Comparison(tuple(alerts), tuple(missions), kinds, same, alerts_left_out, missions_left_out)


def _compare_alerts(
    live: Mapping[UUID, Told[DeviationAlertChanged]], shadow: Mapping[UUID, Told[DeviationAlertChanged]], scope: Scope
) -> tuple[list[AlertDifference], dict[str, KindCount], int]:
    differences: list[AlertDifference] = []
    kinds: dict[str, KindCount] = {}
    left_out = 0
    for alert_id in live.keys() | shadow.keys():
        theirs, ours = _pair(live.get(alert_id), shadow.get(alert_id), _plain_alert)
        standing = next((each for each in (ours, theirs) if state_of(each) in STANDING), None)
        if standing is None:
            continue
        owner = str(standing.iot_id or standing.object_key)
        if not scope.has(owner):
            left_out += 1
            continue
        fields = _differing(_plain_alert(theirs), _plain_alert(ours))
        states = state_of(theirs), state_of(ours)
        kinds.setdefault(standing.kind, KindCount()).add(states, fields)
        if fields is not None:
            where = standing.kind, owner, standing.subject
            differences.append(AlertDifference(*where, *states, fields, theirs, ours))
    differences.sort(key=lambda each: (each.kind, each.alert.deviated_at, each.owner, each.subject))
    return differences, dict(sorted(kinds.items())), left_out


def _compare_states(
    live: Mapping[UUID, Told[MissionStateChanged]], shadow: Mapping[UUID, Told[MissionStateChanged]], scope: Scope
) -> tuple[list[MissionDifference], int, int]:
    differences: list[MissionDifference] = []
    same = left_out = 0
    for iot_id in live.keys() | shadow.keys():
        told = live.get(iot_id)
        theirs, ours = _pair(told, shadow.get(iot_id), _plain_state)
        is_gone = theirs is None and told is not None and told.is_later
        if not scope.has(str(iot_id)) or is_gone:
            left_out += 1
        elif (fields := _differing(_plain_state(theirs), _plain_state(ours))) is None:
            same += 1
        else:
            differences.append(MissionDifference(iot_id, fields, theirs, ours))
    differences.sort(key=lambda each: each.iot_id)
    return differences, same, left_out


def _pair(
    live: Told[T] | None, shadow: Told[T] | None, plain: Callable[[T | None], T | None]
) -> tuple[T | None, T | None]:
    """The live and the shadow's word; of the live ones, one that was under way if it is the shadow's."""
    theirs = live.standing if live else None
    ours = shadow.standing if shadow else None
    wanted = plain(ours)
    if live and plain(theirs) != wanted:
        theirs = next((each for each in live.soon_after if plain(each) == wanted), theirs)
    return theirs, ours


def _plain_alert(alert: DeviationAlertChanged | None) -> DeviationAlertChanged | None:
    """An alert without what depends on how it came about; none when it does not stand."""
    if alert is None or state_of(alert) not in STANDING:
        return None
    status = AlertStatus.RAISED if alert.status is AlertStatus.CHANGED else alert.status
    return replace(alert, status=status, revision=0, changed_at=LONG_AGO, trigger=None)


def _plain_state(state: MissionStateChanged | None) -> MissionStateChanged | None:
    """A state without what depends on how often it was told."""
    return None if state is None else replace(state, revision=0, changed_at=LONG_AGO)


def _differing(one: T | None, other: T | None) -> tuple[str, ...] | None:
    """Which fields differ, none of them when only one is there; none at all when nothing does."""
    if one == other:
        return None
    if one is None or other is None:
        return ()
    return tuple(name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name))


def _is_mission(owner: str) -> bool:
    """Whether it is an IOT_ID: conveyances and identifiers name their kind or scheme first."""
    return ":" not in owner
