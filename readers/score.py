"""Alerts against the ground truth of a simulation: what was found, missed or false, and why.

What counts is what stands at the end: an alert that was raised and cleared again is transient, which late and
disordered events are allowed to cause.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from domain.conveyance import is_conveyance
from domain.events import AlertStatus, DeviationAlertChanged
from readers.simulator.parameters import Parameters
from readers.simulator.truth import Misread, Planted, Totals

Identity = tuple[str, str, str]
"""Whom an alert concerns, its kind and its subject: the parts that its id is made of."""

POSITIONAL = frozenset(
    {
        "ABANDONED_UNIT",
        "DWELL_EXCEEDED",
        "HOLD_VIOLATION",
        "IMPOSSIBLE_TRAVEL",
        "NODE_SKIPPED",
        "OVERDUE",
        "SEAL_DISCREPANCY",
        "UNEXPECTED_DOOR_OPEN",
    }
)
"""Kinds that depend on where else the unit was read, so that a read lost at another node may matter."""

OF_THE_UNIT = frozenset({"IMPOSSIBLE_TRAVEL", "SEAL_DISCREPANCY"})
"""Kinds that need the unit itself to be read, not only what carries it."""

READ_ON_BOARD = ("missing", "extra", "wagon")
"""How a train or a ship's call may differ by what was read of a unit; the subject goes on with the unit."""


@dataclass(slots=True)
class Truth:
    """What a simulation planted, and which of its noise may matter.

    *Shape*: misreads by what they can be found by: the event, the mission, the IOT_ID, the identifier read, the train
    or the ship's call.
    """

    parameters: Parameters | None = None
    totals: Totals | None = None
    planted: list[Planted] = field(default_factory=list)
    by_event: dict[UUID, Misread] = field(default_factory=dict)
    by_mission: dict[int | None, list[Misread]] = field(default_factory=lambda: defaultdict(list))
    by_owner: dict[str, list[Misread]] = field(default_factory=lambda: defaultdict(list))
    by_identifier: dict[str, list[Misread]] = field(default_factory=lambda: defaultdict(list))
    by_conveyance: dict[str, list[Misread]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: Parameters | Planted | Misread | Totals) -> None:
        """Learn one row."""
        match row:
            case Parameters():
                self.parameters = row
            case Totals():
                self.totals = row
            case Planted():
                self.planted.append(row)
            case Misread():
                self.by_event[row.event_id] = row
                self.by_mission[row.mission].append(row)
                self.by_owner[str(row.iot_id)].append(row)
                self.by_identifier[row.read_as].append(row)
                if row.conveyance is not None:
                    self.by_conveyance[row.conveyance].append(row)


def read_truth(lines: Iterable[bytes]) -> Truth:
    """The truth from its lines.

    *Raises*: ValueError naming the line that is none.
    """
    truth = Truth()
    for number, line in enumerate(lines, 1):
        try:
            truth.add(_row(msgspec.json.decode(line, type=dict[str, object])))
        except msgspec.MsgspecError as error:
            raise ValueError(f"line {number}: {error}") from error
    return truth


def _row(found: dict[str, object]) -> Parameters | Planted | Misread | Totals:
    if "parameters" in found:
        return msgspec.convert(found["parameters"], Parameters)
    if "totals" in found:
        return msgspec.convert(found["totals"], Totals)
    if "noise" in found:
        return msgspec.convert(found, Misread)
    return msgspec.convert(found, Planted)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A planted deviation that was missed or is told of another place, or an alert that nobody planted.

    *Shape*: ``explanation`` is none when the truth does not explain it.
    """

    what: Literal["missed", "false", "elsewhere"]
    kind: str
    owner: str
    subject: str
    node: str | None
    why: str
    explanation: str | None


class KindScore(msgspec.Struct, kw_only=True):
    """The figures of one kind; *Units*: ``precision`` and ``recall`` from 0 to 1, none without a case to judge."""

    kind: str
    planted: int = 0
    found: int = 0
    missed: int = 0
    false: int = 0
    transient: int = 0
    unexplained: int = 0

    @property
    def precision(self) -> float | None:
        """The share of standing alerts that were planted."""
        return self.found / (self.found + self.false) if self.found + self.false else None

    @property
    def recall(self) -> float | None:
        """The share of planted deviations that stand as alerts."""
        return self.found / self.planted if self.planted else None


class Score(msgspec.Struct, kw_only=True):
    """The judgement; ``not_due`` are planted deviations that time had not brought about yet, which do not count."""

    kinds: list[KindScore]
    differences: list[Difference]
    not_due: int

    @property
    def unexplained(self) -> list[Difference]:
        """What the simulator cannot answer for."""
        return [each for each in self.differences if each.explanation is None]


def compare(truth: Truth, alerts: Iterable[DeviationAlertChanged], until: datetime | None = None) -> Score:
    """Judge alert changes, in any order and as often repeated as may be, against the truth.

    *Shape*: ``until`` is the moment up to which absences were judged; later deviations are not expected yet.
    """
    latest = _latest(alerts)
    standing = {_identity(alert): alert for alert in latest if alert.status is not AlertStatus.CLEARED}
    expected = {_planted_identity(row): row for row in truth.planted}
    due = {identity: row for identity, row in expected.items() if until is None or row.at <= until}
    differences = [
        *(_missed(row, truth) for identity, row in due.items() if identity not in standing),
        *(_false(alert, truth) for identity, alert in standing.items() if identity not in expected),
        *(
            _elsewhere(row, alert, truth)
            for identity, row in due.items()
            if (alert := standing.get(identity)) is not None and alert.node != row.node
        ),
    ]
    kinds: dict[str, KindScore] = {}
    for identity, row in expected.items():
        figures = kinds.setdefault(row.kind, KindScore(kind=row.kind))
        figures.planted += identity in due or identity in standing
        figures.found += identity in standing
    for kind, count in Counter(alert.kind for alert in latest if alert.status is AlertStatus.CLEARED).items():
        kinds.setdefault(kind, KindScore(kind=kind)).transient = count
    for each in differences:
        figures = kinds.setdefault(each.kind, KindScore(kind=each.kind))
        figures.missed += each.what == "missed"
        figures.false += each.what == "false"
        figures.unexplained += each.explanation is None
    not_due = sum(identity not in due and identity not in standing for identity in expected)
    return Score(kinds=sorted(kinds.values(), key=lambda k: k.kind), differences=differences, not_due=not_due)


def _latest(alerts: Iterable[DeviationAlertChanged]) -> list[DeviationAlertChanged]:
    latest: dict[UUID, DeviationAlertChanged] = {}
    for alert in alerts:
        known = latest.get(alert.alert_id)
        if known is None or alert.revision >= known.revision:
            latest[alert.alert_id] = alert
    return list(latest.values())


def _identity(alert: DeviationAlertChanged) -> Identity:
    return str(alert.iot_id or alert.object_key), alert.kind, alert.subject


def _planted_identity(row: Planted) -> Identity:
    return row.owner, row.kind, row.subject


def _missed(row: Planted, truth: Truth) -> Difference:
    return _difference("missed", row, row.why, _hidden_by(row, truth))


def _elsewhere(row: Planted, alert: DeviationAlertChanged, truth: Truth) -> Difference:
    why = f"It is told of {alert.node or 'no place'}. {row.why}"
    return _difference("elsewhere", row, why, _hidden_by(row, truth))


def _hidden_by(row: Planted, truth: Truth) -> str | None:
    """A read that the mission, the train or the call needed."""
    if row.object_key is not None and is_conveyance(row.object_key):
        on_board = truth.by_conveyance.get(row.object_key, ())
        return next((_say(each) for each in on_board if _hides(each, row)), None)
    own = truth.by_mission.get(row.mission, ())
    return next((_say(each) for each in own if _matters(each, row.kind, row.node)), None)


def _hides(misread: Misread, row: Planted) -> bool:
    of_its_mission = row.mission is not None and row.mission == misread.mission and _is_read_on_board(row.subject)
    return of_its_mission or _is_of(misread, row.subject)


def _false(alert: DeviationAlertChanged, truth: Truth) -> Difference:
    return _difference("false", alert, alert.sentence, _feigned_by(alert, truth))


def _feigned_by(alert: DeviationAlertChanged, truth: Truth) -> str | None:
    """A misread among the evidence, the subject itself as misread, or a read that was lost."""
    if alert.object_key is not None and is_conveyance(alert.object_key):
        on_board = truth.by_conveyance.get(alert.object_key, ())
        return next((_say(each) for each in on_board if _feigns(each, alert)), None)
    for event_id in alert.evidence:
        if event_id in truth.by_event:
            return _say(truth.by_event[event_id])
    if alert.subject in truth.by_identifier:
        return _say(truth.by_identifier[alert.subject][0])
    own = truth.by_owner.get(str(alert.iot_id), ()) if alert.iot_id else ()
    return next((_say(each) for each in own if _matters(each, alert.kind, alert.node)), None)


def _feigns(misread: Misread, alert: DeviationAlertChanged) -> bool:
    """What passes for missing, or extra, or shows another wagon; that is its evidence."""
    on_another_wagon = alert.subject.startswith("wagon ") and misread.event_id in alert.evidence
    return on_another_wagon or _is_of(misread, alert.subject)


def _is_of(misread: Misread, subject: str) -> bool:
    """Whether the unit was read as another one, or another one as the unit."""
    return _is_read_on_board(subject) and subject.partition(" ")[2] in (misread.identifier, misread.read_as)


def _is_read_on_board(subject: str) -> bool:
    return subject.partition(" ")[0] in READ_ON_BOARD


def _matters(misread: Misread, kind: str, node: str | None) -> bool:
    if misread.effect == "unseen":
        return kind in OF_THE_UNIT
    return misread.node == node or (misread.effect == "lost" and kind in POSITIONAL)


def _say(misread: Misread) -> str:
    lost = ", and nothing else in that read said what it was" if misread.effect == "lost" else ""
    return f"the read at {misread.node} was misread: {misread.identifier} as {misread.read_as}{lost}"


def _difference(
    what: Literal["missed", "false", "elsewhere"],
    of: Planted | DeviationAlertChanged,
    why: str,
    explanation: str | None,
) -> Difference:
    owner = str(of.iot_id or of.object_key)
    return Difference(
        what=what, kind=of.kind, owner=owner, subject=of.subject, node=of.node, why=why, explanation=explanation
    )
