"""The central promise: a mission is a fold over a set of events, so that order and repetition mean nothing."""

from typing import NamedTuple

import msgspec
import pytest
from builders import (
    BOX,
    IOT_ID,
    MRN_1,
    MRN_2,
    OTHER_BOX,
    OTHER_TRUCK,
    PORT,
    TRUCK,
    at,
    deadline,
    event_id,
    fold,
    hold,
    ids,
    lift,
    plan,
    scan,
    status,
    step,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.assess import assess, next_due_at, summarise
from domain.deviations import RULES, Finding
from domain.events import CustomsStatus, Direction, Identifier, MissionEvent
from domain.identifiers import Scheme
from domain.journey import Journey
from domain.facts import Read
from domain.history import HistoryFull
from domain.mission import FACTS_MAX, Mission, apply
from domain.policy import Policy
from domain.port import Node, NodeKind

ON_PATH = ("DOCK", "YARD", "STORE", "GATE-OUT")
OFF_PATH = ("SCANNER", "GATE", "RAIL-OUT", "DRY-PORT", "ELSEWHERE")
STATUSES = sorted(set(CustomsStatus) - {CustomsStatus.HOLD_PLACED, CustomsStatus.HOLD_LIFTED})

# Thresholds on the grid of times below, and a place too far away for one step of it.
DRY_PORT = Node(node="DRY-PORT", name="Far", kind=NodeKind.EXTRA_PORT_FACILITY, latitude=30, longitude=16.8)
STRICT_PORT = msgspec.structs.replace(
    PORT,
    nodes=(
        *(
            msgspec.structs.replace(node, dwell_max_minutes=60) if node.node == "YARD" else node
            for node in PORT.nodes
        ),
        DRY_PORT,
    ),
    policy=Policy(abandoned_after_hours=3),
)

# A coarse grid of times, so that many events happen at the same moment and on the due times.
minutes = st.integers(0, 12).map(lambda n: n * 60)
numbers = st.integers(1, 2**64)
paths = st.lists(
    st.builds(step, st.sampled_from(ON_PATH), required=st.booleans(), due=st.one_of(st.none(), minutes)),
    min_size=2,
    max_size=6,
).map(tuple)
read_identifiers = st.lists(
    st.builds(
        Identifier,
        scheme=st.just(Scheme.BIC),
        value=st.sampled_from([BOX, OTHER_BOX, "CSQU3054384"]),
        confidence=st.sampled_from([None, 0.5, 0.75, 1.0]),
    )
    | st.builds(Identifier, scheme=st.just(Scheme.PLATE), value=st.sampled_from([TRUCK, OTHER_TRUCK]))
    | st.builds(Identifier, scheme=st.just(Scheme.SEAL), value=st.sampled_from(["BRI1", "BRI2"])),
    min_size=1,
    max_size=3,
)

plans = st.builds(
    plan,
    numbers,
    minutes,
    path=paths,
    identifiers=st.sampled_from(
        [
            ids(BIC=BOX, PLATE=TRUCK, SEAL="BRI1", MRN=MRN_1),
            ids(BIC=OTHER_BOX),
            (*ids(BIC=BOX, MRN=MRN_1), *ids(MRN=MRN_2)),
        ]
    ),
)
scans = st.builds(
    lambda number, when, node, seen, direction: scan(number, when, node, *seen, direction=direction),
    numbers,
    minutes,
    st.sampled_from(ON_PATH + OFF_PATH),
    read_identifiers,
    st.sampled_from([None, Direction.IN, Direction.OUT]),
)
statuses = st.builds(
    lambda number, when, decided, named: status(number, when, decided, *named),
    numbers,
    minutes,
    st.sampled_from(STATUSES),
    st.sampled_from([ids(BIC=BOX), ids(MRN=MRN_1), ids(BIC=BOX, MRN=MRN_2)]),
)
hold_ids = st.sampled_from(["H1", "H2"])
holds = st.builds(hold, numbers, minutes, hold_ids, st.sampled_from([None, "STORE"]))
lifts = st.builds(lift, numbers, minutes, hold_ids)
deadlines = st.builds(deadline, st.sampled_from([*range(0, 15 * 60, 60), 20 * 60, 20 * 60]))


class Told(NamedTuple):
    """The same events, each once, and as an untidy broker might deliver them."""

    once: list[MissionEvent]
    untidily: list[MissionEvent]


def identity(event: MissionEvent) -> object:
    return getattr(event, "event_id", None) or event


@st.composite
def told_twice(draw: st.DrawFn) -> Told:
    """A mission with a path, and anything that may happen to it."""
    anything = st.one_of(scans, scans, statuses, holds, lifts, deadlines, plans)
    rest = draw(st.lists(anything, max_size=14, unique_by=identity))
    first = draw(plans.filter(lambda p: all(identity(p) != identity(e) for e in rest)))
    once = [first, *rest]
    repeated = draw(st.lists(st.sampled_from(once), max_size=6))
    return Told(once, draw(st.permutations([*once, *repeated])))


def deviations(mission: Mission) -> list[Finding]:
    return assess(Journey(mission, STRICT_PORT))


@settings(max_examples=250, deadline=None)
@given(told=told_twice())
def test_any_order_and_repetition_ends_in_the_same_mission(told: Told) -> None:
    expected, actual = fold(told.once), fold(told.untidily)
    assert actual == expected
    assert msgspec.msgpack.encode(actual) == msgspec.msgpack.encode(expected)
    one, other = Journey(expected, STRICT_PORT), Journey(actual, STRICT_PORT)
    assert assess(other) == assess(one)
    assert next_due_at(other) == next_due_at(one)
    assert summarise(other, 1, at(0), ()) == summarise(one, 1, at(0), ())


@settings(max_examples=250, deadline=None)
@given(told=told_twice(), at_minutes=st.integers(0, 24 * 60))
def test_time_alone_changes_nothing_before_the_next_due_time(told: Told, at_minutes: int) -> None:
    before = fold(told.once)
    after = fold([deadline(at_minutes)], before)
    due_at = next_due_at(Journey(before, STRICT_PORT))
    is_due = due_at is not None and at(at_minutes) >= due_at
    assert (deviations(after) != deviations(before)) == is_due


def test_the_missions_told_here_reach_every_kind() -> None:
    reached: set[str] = set()

    @settings(max_examples=500, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(told=told_twice())
    def tell(told: Told) -> None:
        reached.update(finding.kind for finding in deviations(fold(told.once)))

    tell()
    assert reached == {kind for kind, rule in RULES.items() if rule.find}


@settings(max_examples=120, deadline=None)
@given(told=told_twice(), data=st.data())
def test_folding_in_pieces_through_bytes_equals_folding_at_once(told: Told, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(told.untidily)))
    raw = msgspec.msgpack.encode(fold(told.untidily[:cut]))
    resumed = fold(told.untidily[cut:], msgspec.msgpack.decode(raw, type=Mission))
    assert resumed == fold(told.once)


@settings(max_examples=120, deadline=None)
@given(told=told_twice())
def test_history_holds_each_event_once_in_order_of_event_time(told: Told) -> None:
    facts = fold(told.untidily).facts
    expected = {identity(event) for event in told.once if hasattr(event, "event_id")}
    assert {fact.event_id for fact in facts} == expected
    assert len(facts) == len(expected)
    assert list(facts) == sorted(facts, key=lambda fact: (fact.occurred_at, fact.event_id))


def test_a_known_event_changes_nothing_at_all() -> None:
    mission = fold([plan(), scan(2, 10, "DOCK"), deadline(60)])
    assert apply(mission, scan(2, 10, "DOCK")) is mission
    assert apply(mission, deadline(60)) is mission
    assert apply(mission, deadline(59)) is mission


def test_the_clock_only_moves_forward() -> None:
    assert fold([deadline(30), deadline(90), deadline(60)]).checked_at == at(90)


def test_the_newest_plan_is_in_force_whatever_arrives_last() -> None:
    old, new = plan(1, 0), plan(2, 30, path=(step("DOCK"), step("RAIL-OUT")))
    for order in ([old, new], [new, old]):
        journey = Journey(fold(order), PORT)
        assert [each.node for each in journey.path] == ["DOCK", "RAIL-OUT"]


def test_unsure_and_misread_identifiers_are_not_held_against_a_mission() -> None:
    unsure = Identifier(scheme=Scheme.PLATE, value=OTHER_TRUCK, confidence=0.74)
    sure = Identifier(scheme=Scheme.PLATE, value=TRUCK, confidence=0.75)
    misread = Identifier(scheme=Scheme.BIC, value="CSQU3054384")
    (read,) = fold([scan(1, 0, "DOCK", unsure, sure, misread)]).facts
    assert isinstance(read, Read)
    assert read.keys == (f"PLATE:{TRUCK}",)


def test_history_is_bounded() -> None:
    mission = fold(scan(number, number, "DOCK") for number in range(1, FACTS_MAX + 1))
    assert len(mission.facts) == FACTS_MAX
    with pytest.raises(HistoryFull):
        apply(mission, scan(FACTS_MAX + 1, 0, "DOCK"))


def test_a_full_mission_still_takes_repetitions_and_the_clock() -> None:
    mission = fold(scan(number, number, "DOCK") for number in range(1, FACTS_MAX + 1))
    assert apply(mission, scan(1, 1, "DOCK")) is mission
    assert apply(mission, deadline(5)).checked_at == at(5)


def test_an_empty_mission_has_no_deviation_and_no_due_time() -> None:
    journey = Journey(Mission(IOT_ID), PORT)
    assert assess(journey) == []
    assert next_due_at(journey) is None


def test_reads_before_any_plan_wait_for_it() -> None:
    early = scan(7, 10, "ELSEWHERE")
    assert deviations(fold([early])) == []
    assert [f.evidence for f in deviations(fold([early, plan()]))] == [(event_id(7),)]
