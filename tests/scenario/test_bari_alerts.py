"""The domain alone, without the pipeline, comes to the alerts that the stories of Bari planted, in whatever order."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import get_args
from uuid import UUID

import pytest
from bari import BARI, PORT, events_of

from cli.scenario import Act, Identity, Scenario, identity_of, state_of
from domain import identity as identities
from domain.alerts import Cause, Ledger, changes
from domain.associations import bindings_of, expectations_of
from domain.conveyance import conveyance_of, is_conveyance
from domain.events import (
    AlertReviewed,
    AlertStatus,
    ConveyanceEvent,
    DeadlinePassed,
    DeviationAlertChanged,
    EventRetracted,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    Observation,
    ReviewStatus,
    TrainComposed,
    VesselManifested,
)
from domain.judging import Kept, judge
from domain.observation import candidates

GRACE = timedelta(minutes=10)
Alerts = dict[Identity, DeviationAlertChanged]


class Desk:
    """Knows all identifiers of what has arrived, and judges event by event what it has not judged before."""

    def __init__(self) -> None:
        self.arrived: list[InputEvent] = []
        self.kept: dict[str, Kept] = {}
        self.latest: Alerts = {}
        self.judged: set[tuple[str, UUID]] = set()

    def play(self, act: Act, order: Random | None) -> None:
        """Take in the act, in the order of its file or in one of chance, and judge absences as of its end."""
        self.arrived += events_of(act.file)
        known = _identities(self.arrived)
        deliveries = [(key, event) for event in self.arrived for key in _goes_to(event, known)]
        if order is not None:
            order.shuffle(deliveries)
        for key, event in deliveries:
            if (key, event.event_id) not in self.judged:
                self.judged.add((key, event.event_id))
                self._judge(key, event)
        for key in list(self.kept):
            self._judge(key, DeadlinePassed(subject=key, as_of=act.clock))
        self._judge_strangers(known, act.clock)

    def _judge(self, key: str, event: InputEvent | DeadlinePassed) -> None:
        judged = judge(self.kept.get(key, Kept(key)), event, PORT)
        if judged is not None:
            self.kept[key] = judged.kept
            self.latest |= {identity_of(alert): alert for alert in judged.alerts}

    def _judge_strangers(self, known: dict[str, identities.Identity], as_of: datetime) -> None:
        """What no IOT_ID was found for; judged anew, it is not among the latest any more when it is found."""
        self.latest = {known_as: alert for known_as, alert in self.latest.items() if alert.kind != "UNKNOWN_OBJECT"}
        for key, waiting in known.items():
            found = identities.unknown_objects(key, identities.expire(key, waiting, as_of, GRACE), GRACE)
            alerts = changes(Ledger(), found, Cause(None, key, as_of, None, PORT.policy))[1]
            self.latest |= {identity_of(alert): alert for alert in alerts}


def _identities(events: Iterable[InputEvent]) -> dict[str, identities.Identity]:
    """Every identifier with what binds it, expects it and reviews it, and with the reads that nothing resolves."""
    known: dict[str, identities.Identity] = {}

    def of(key: str) -> identities.Identity:
        return known.get(key, identities.Identity())

    for event in events:
        if isinstance(event, IotIdGenerated | MissionAmended | EventRetracted):
            for bound in bindings_of(event):
                key = f"{bound.scheme.value}:{bound.value}"
                known[key] = identities.bind(key, of(key), bound).identity
        elif isinstance(event, TrainComposed | VesselManifested):
            for unit in expectations_of(event):
                key = f"{unit.scheme.value}:{unit.value}"
                known[key] = identities.expect(of(key), unit)
        elif isinstance(event, AlertReviewed) and event.object_key and not is_conveyance(event.object_key):
            known[event.object_key] = identities.review(of(event.object_key), event)
    for event in events:
        if isinstance(event, IdScanned) and _mission_of(event, known) is None:
            home = candidates(event)[0].key
            known[home] = identities.park(of(home), identities.as_parked(event, home, b"", ()))
    return known


def _goes_to(event: InputEvent, known: dict[str, identities.Identity]) -> Iterator[str]:
    """The mission and the conveyance that an event is told to."""
    if isinstance(event, get_args(ConveyanceEvent)) and (conveyance := conveyance_of(event)) is not None:
        yield conveyance
    is_resolved = isinstance(event, get_args(Observation))
    iot_id = _mission_of(event, known) if is_resolved else getattr(event, "iot_id", None)
    if iot_id is not None:
        yield str(iot_id)


def _mission_of(observation: Observation, known: dict[str, identities.Identity]) -> UUID | None:
    waiting = identities.as_parked(observation, "", b"", ())
    for candidate in candidates(observation):
        if candidate.bindable and candidate.key in known:
            iot_id = identities.meant_by(candidate.key, known[candidate.key], waiting)
            if iot_id is not None:
                return iot_id
    return None


def standing(alerts: Alerts) -> Alerts:
    return {known_as: alert for known_as, alert in alerts.items() if alert.status is not AlertStatus.CLEARED}


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_domain_alone_finds_what_was_planted(seed: int | None) -> None:
    scenario, desk = Scenario(BARI), Desk()
    for number, act in enumerate(scenario.acts, start=1):
        desk.play(act, None if seed is None else Random(seed))
        expected = {
            each.identity: (state, each.node)
            for each in scenario.expected
            if (state := each.after_act[str(number)]) in ("open", "disposed")
        }
        found = {known_as: (state_of(alert), alert.node) for known_as, alert in standing(desk.latest).items()}
        assert found == expected, number


def test_in_order_nothing_is_raised_that_was_not_planted() -> None:
    scenario, desk = Scenario(BARI), Desk()
    for act in scenario.acts:
        desk.play(act, None)
        assert scenario.unplanned(desk.latest) == []


def test_customs_reviewed_what_it_was_told() -> None:
    """Every review names an alert that stands; the last one says how far it was dealt with, but for news."""
    scenario, desk = Scenario(BARI), Desk()
    for act in scenario.acts:
        desk.play(act, None)
    statuses = {alert.alert_id: alert.status for alert in desk.latest.values()}
    reviews = {each.alert_id: each for each in desk.arrived if isinstance(each, AlertReviewed)}
    assert reviews.keys() <= statuses.keys()
    reopened = {each for each, review in reviews.items() if statuses[each] != AlertStatus(review.review)}
    assert len(reopened) == 1
    assert {statuses[each] for each in reopened} == {AlertStatus.CHANGED}
    assert {review.review for review in reviews.values()} == set(ReviewStatus)
