"""The central promise: what is known of cargo is a set of events, so that order and repetition mean nothing.

``make prove`` tries the first of these properties on 100,000 missions, trains and calls.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple
from unittest.mock import patch

import msgspec
import pytest
from builders import at, deadline, event_id, fold, plan, scan, signal
from conveyance_builders import CALL, TRAIN, folded
from conveyances_drawn import HURRIED_PORT, calls, trains
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from missions_drawn import MISSION, STRICT_PORT, identity, missions, resolved_missions, taken_in

from domain.alerts import EVIDENCE_MAX
from domain.assess import assess, next_due_at
from domain.deviations import RULES, RULES_OF, Finding
from domain.dossier import Dossier, opened, view_of
from domain.dossier import fold as fold_one
from domain.events import DeadlinePassed, DeviceSignal, EventRetracted, MissionStateChanged
from domain.facts import Led, Taken, leads_of
from domain.handover import copied, is_taken, leaving
from domain.journey import Journey
from domain.judging import Kept, judge, unpacked
from domain.port import Port
from domain.standing import standing_of, summarise

encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
decode = msgspec.msgpack.Decoder(Dossier).decode

PORTS = {MISSION: STRICT_PORT, TRAIN: HURRIED_PORT, CALL: HURRIED_PORT}
AT_LEAST = 1_200
CENTRAL = settings(max_examples=max(AT_LEAST, settings().max_examples))


class Told(NamedTuple):
    """The same events, each once, and as an untidy broker might deliver them."""

    owner: str
    once: list[Any]
    untidily: list[Any]

    @property
    def port(self) -> Port:
        return PORTS[self.owner]


DRAWN = {MISSION: missions, TRAIN: trains, CALL: calls}


@st.composite
def told_twice(draw: st.DrawFn, mission: Callable[[], st.SearchStrategy[list[Any]]] = missions) -> Told:
    """A mission, a train's run or a ship's call: late, twice, corrected, taken back."""
    owner = draw(st.sampled_from([MISSION, MISSION, MISSION, TRAIN, CALL]))
    once = draw((DRAWN | {MISSION: mission})[owner]())
    repeated = draw(st.lists(st.sampled_from(once), max_size=4))
    return Told(owner, once, draw(st.permutations([*once, *repeated])))


class Seen(NamedTuple):
    """All that anybody learns of a dossier."""

    findings: list[Finding]
    due_at: datetime | None
    state: MissionStateChanged | None


def seen(dossier: Dossier, port: Port) -> Seen:
    view = view_of(dossier, port)
    found = assess(view)
    kinds = tuple(sorted({finding.kind for finding in found}))
    state = summarise(standing_of(view), 1, at(0), kinds) if isinstance(view, Journey) else None
    return Seen(found, next_due_at(view), state)


def folding(owner: str, told: list[Any], dossier: Dossier | None = None) -> Dossier:
    """The dossier after all that was told, observations with what led them here."""
    known = dossier or opened(owner)
    for event, lead in map(taken_in, told):
        known = fold_one(known, event, lead)
    return known


def judged_one_by_one(owner: str, told: list[Any], port: Port) -> Kept:
    """What is kept after everything was judged as it came."""
    kept = Kept(owner)
    for event, lead in map(taken_in, told):
        judged = judge(kept, event, port, lead)
        kept = judged.kept if judged else kept
    return kept


def open_findings(kept: Kept) -> set[Finding]:
    """What stands by the ledger, with how it was dealt with."""
    return {entry.finding for entry in kept.ledger.entries if entry.is_open}


def as_told(findings: list[Finding]) -> set[Finding]:
    """The findings as an alert carries them."""
    return {msgspec.structs.replace(finding, evidence=finding.evidence[:EVIDENCE_MAX]) for finding in findings}


@pytest.mark.timeout(0)  # as many examples as asked for, however long they take
@CENTRAL
@given(told=told_twice(resolved_missions))
def test_any_order_and_repetition_ends_in_the_same_state_and_the_same_open_alerts(told: Told) -> None:
    expected, actual = folding(told.owner, told.once), folding(told.owner, told.untidily)
    assert actual == expected
    assert encode(actual) == encode(expected)
    assert decode(encode(expected)) == expected
    known = seen(expected, told.port)
    assert seen(actual, told.port) == known
    for order in (told.once, told.untidily):
        kept = judged_one_by_one(told.owner, order, told.port)
        assert unpacked(kept) == expected
        assert open_findings(kept) == as_told(known.findings)
        assert kept.due_at == known.due_at
        view = view_of(expected, told.port)
        assert kept.standing == (standing_of(view) if isinstance(view, Journey) else None)


@settings(max_examples=300)
@given(told=told_twice(resolved_missions), data=st.data())
def test_folding_in_pieces_through_bytes_equals_folding_at_once(told: Told, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(told.untidily)))
    snapshot = decode(encode(folding(told.owner, told.untidily[:cut])))
    assert folding(told.owner, told.untidily[cut:], snapshot) == folding(told.owner, told.once)


@settings(max_examples=300)
@given(told=told_twice(resolved_missions), data=st.data())
def test_judging_in_pieces_through_bytes_tells_the_same_alerts(told: Told, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(told.untidily)))
    kept, resumed = Kept(told.owner), Kept(told.owner)
    for place, (event, lead) in enumerate(map(taken_in, told.untidily)):
        if place == cut:
            resumed = msgspec.msgpack.decode(encode(resumed), type=Kept)
        at_once, after_a_pause = judge(kept, event, told.port, lead), judge(resumed, event, told.port, lead)
        assert after_a_pause == at_once
        if at_once is not None and after_a_pause is not None:
            kept, resumed = at_once.kept, after_a_pause.kept


@settings(max_examples=300)
@given(told=told_twice())
def test_what_is_taken_back_might_as_well_never_have_been_told(told: Told) -> None:
    gone = {event.retracts for event in told.once if isinstance(event, EventRetracted)}
    rest = [
        event
        for event in told.once
        if not isinstance(event, EventRetracted) and getattr(event, "event_id", None) not in gone
    ]
    assert seen(folded(told.owner, told.once), told.port) == seen(folded(told.owner, rest), told.port)


@settings(max_examples=300)
@given(told=told_twice(), at_minutes=st.integers(-24 * 60, 24 * 60))
def test_time_alone_changes_nothing_before_the_next_due_time(told: Told, at_minutes: int) -> None:
    before = folded(told.owner, told.once)
    after = folded(told.owner, [deadline(at_minutes, told.owner)], before)
    then, now = seen(before, told.port), seen(after, told.port)
    if then.due_at is None or at(at_minutes) < then.due_at:
        assert now == then
    else:
        assert now.due_at is None or now.due_at > at(at_minutes)


@settings(max_examples=300)
@given(events=missions(), at_minutes=st.integers(0, 24 * 60))
def test_a_mission_is_looked_at_again_only_when_that_shows_something(events: list[Any], at_minutes: int) -> None:
    before = fold(events)
    after = fold([deadline(at_minutes)], before)
    journey = Journey(before, STRICT_PORT)
    assume(journey.plan is not None)
    due = [at_ for rule in RULES_OF[Journey] if rule.due for at_ in rule.due(journey)]
    is_due = any(_is_between(before.checked_at, moment, at(at_minutes)) for moment in due)
    then, now = (seen(mission, STRICT_PORT).findings for mission in (before, after))
    assert (now != then) == is_due


def _is_between(checked_at: datetime | None, moment: datetime, now: datetime) -> bool:
    return moment <= now and (checked_at is None or moment > checked_at)


@settings(max_examples=300)
@given(told=told_twice(resolved_missions))
def test_history_holds_each_event_once_in_order_of_event_time(told: Told) -> None:
    facts = folding(told.owner, told.untidily).facts
    events = (taken_in(each)[0] for each in told.once)
    expected = {identity(event) for event in events if not isinstance(event, DeadlinePassed)}
    assert {fact.event_id for fact in facts} == expected
    assert len(facts) == len(expected)
    assert list(facts) == sorted(facts, key=lambda fact: (fact.occurred_at, fact.event_id))


@settings(max_examples=300)
@given(events=missions())
def test_nothing_that_is_told_of_a_mission_rests_on_what_is_under_embargo(events: list[Any]) -> None:
    judged_until = max((e.as_of for e in events if isinstance(e, DeadlinePassed)), default=None)
    disclosed = [
        event
        for event in events
        if (not_before := getattr(event, "not_before", None)) is None
        or (judged_until is not None and judged_until >= not_before)
    ]
    told, without = seen(fold(events), STRICT_PORT).state, seen(fold(disclosed), STRICT_PORT).state
    assert told is not None
    assert without is not None
    assert set(told.open_alerts) <= set(without.open_alerts)
    assert msgspec.structs.replace(told, open_alerts=()) == msgspec.structs.replace(without, open_alerts=())


@settings(max_examples=100)
@given(data=st.data())
def test_of_positions_the_latest_are_kept_in_whatever_order_they_come(data: st.DataObject) -> None:
    times = data.draw(st.lists(st.integers(0, 9), min_size=4, max_size=9))
    reported = [signal(n, when, DeviceSignal.POSITION, None, (41, 17)) for n, when in enumerate(times, 1)]
    with patch("domain.mission.POSITIONS_MAX", 3):
        kept = fold(data.draw(st.permutations([plan(99), scan(98, 5, "DOCK"), *reported, *reported[:2]])))
    latest = sorted(reported, key=lambda event: (event.occurred_at, event.event_id))[-3:]
    others = {event_id(99), event_id(98)}
    assert {fact.event_id for fact in kept.facts} == others | {event.event_id for event in latest}


# What is drawn reaches everything ----------------------------------------------------------------------------------


def forms(findings: list[Finding]) -> set[str]:
    """Each kind, with the first word of its subject where that tells its sort, and how it was dealt with."""
    sorts = ("corridor", "tampered", "cloned", "no", "missing", "extra", "wagon", "papers", "not", "mass")
    named = ((finding.kind, finding.subject.partition(" ")[0]) for finding in findings)
    dealt = {str(finding.handling.status) for finding in findings if finding.handling}
    return {f"{kind} {word}" if word in sorts or kind == "NOTICE_LATE" else kind for kind, word in named} | dealt


class EnoughError(Exception):
    """Everything was reached."""


def reached(owner: str, wanted: set[str]) -> set[str]:
    """What the dossiers drawn reach until all that is wanted was."""
    found: set[str] = set()

    @settings(max_examples=3_000, derandomize=True, database=None, phases=[Phase.generate])
    @given(events=DRAWN[owner]())
    def tell(events: list[Any]) -> None:
        found.update(forms(assess(view_of(folded(owner, events), PORTS[owner]))))
        if found >= wanted:
            raise EnoughError

    with suppress(EnoughError):
        tell()
    return found


DEALT = {"ACKNOWLEDGED", "DISPOSED"}


def test_the_missions_told_here_reach_every_kind() -> None:
    judged = {rule.kind for rule in RULES.values() if rule.find and rule.judges is Journey}
    sorts = {"OFF_PATH_NODE corridor", "SEAL_DISCREPANCY tampered", "SEAL_DISCREPANCY cloned"}
    assert reached(MISSION, judged | sorts | DEALT) == judged | sorts | DEALT


def test_the_trains_told_here_reach_every_kind() -> None:
    sorts = {f"RAIL_MANIFEST_MISMATCH {sort}" for sort in ("no", "missing", "extra", "wagon", "papers")}
    wanted = {*sorts, "RAIL_NO_DEPARTURE_PERMISSION", *DEALT}
    assert reached(TRAIN, wanted) == wanted


def test_the_calls_told_here_reach_every_kind() -> None:
    notices = {f"NOTICE_LATE {notice}" for notice in ("PRE_ARRIVAL", "DANGEROUS_GOODS", "MANIFEST")}
    sorts = {f"MANIFEST_DISCREPANCY {sort}" for sort in ("not", "missing", "extra", "mass")}
    assert reached(CALL, notices | sorts | DEALT) == notices | sorts | DEALT


def test_observations_of_the_missions_told_here_are_handed_over_copied_given_back_and_taken() -> None:
    found: set[str] = set()

    @settings(max_examples=100, derandomize=True, database=None, phases=[Phase.generate])
    @given(told=resolved_missions())
    def tell(told: list[Any]) -> None:
        facts = folding(MISSION, told).facts
        takings = [fact for fact in facts if isinstance(fact, Taken)]
        found.update("back home" if to is None else "handed over" for to, _ in leaving(facts))
        found.update("copied" for _ in copied(facts))
        found.update(
            "taken" for fact in facts if isinstance(fact, Led) and is_taken(fact.event_id, leads_of(fact)[0], takings)
        )

    tell()
    assert found == {"handed over", "copied", "back home", "taken"}
