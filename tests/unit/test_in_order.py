"""The short way of judging a usual event ends where the long way does: in the same state, alerts and due time."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from builders import (
    BOX,
    IOT_ID,
    MRN_1,
    MRN_2,
    OTHER_TRUCK,
    PORT,
    TRUCK,
    at,
    deadline,
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

from domain import judging
from domain.events import CustomsStatus, DeadlinePassed, Direction, Identifier, InputEvent
from domain.facts import Lead
from domain.identifiers import Scheme
from domain.judging import Judged, Kept, judge
from domain.mission import FACTS_MAX
from domain.policy import Policy
from domain.port import Node, NodeKind, Port

NODES = ("DOCK", "YARD", "STORE", "GATE", "GATE-OUT", "SCANNER", "RAIL-OUT", "FAR")
PATH = (
    step("DOCK", due=90),
    step("YARD", due=150),
    step("STORE", required=False),
    step("YARD"),
    step("GATE-OUT", due=400),
)
FAR = Node(node="FAR", name="Far", kind=NodeKind.EXTRA_PORT_FACILITY, latitude=42.1, longitude=16.8)
BUSY_PORT = msgspec.structs.replace(
    PORT,
    nodes=(
        *(
            msgspec.structs.replace(
                node,
                dwell_max_minutes=60 if node.node == "YARD" else None,
                requires_slot=node.node == "GATE",
            )
            for node in PORT.nodes
        ),
        FAR,
    ),
    policy=Policy(abandoned_after_hours=3, exit_check_grace_minutes=30, exit_certified_by=("GDF",)),
)
SEALED = (*ids(BIC=BOX, PLATE=TRUCK, SEAL="BRI1", MRN=MRN_1), *ids(MRN=MRN_2))
READ = [
    *[ids(BIC=BOX)] * 6,
    ids(BIC=BOX, PLATE=TRUCK),
    ids(PLATE=TRUCK),
    ids(SEAL="BRI1"),
    ids(MRN=MRN_1),
    ids(BIC=BOX, PLATE=OTHER_TRUCK),
    ids(BIC=BOX, SEAL="BRI2"),
    (Identifier(scheme=Scheme.BIC, value=BOX, confidence=0.2),),
]
LEADS = (None, Lead(0, f"BIC:{BOX}"), Lead(1, f"PLATE:{TRUCK}"))
STATUSES = sorted(set(CustomsStatus) - {CustomsStatus.HOLD_PLACED, CustomsStatus.HOLD_LIFTED})


@st.composite
def histories(draw: st.DrawFn) -> list[InputEvent | DeadlinePassed]:
    """A mission told mostly in order: reads along the path, rulings, and now and then something else."""
    events: list[InputEvent | DeadlinePassed] = [plan(1, 0, path=PATH, identifiers=SEALED)]
    minutes, place = 0.0, 0
    for number in range(2, draw(st.integers(4, 16))):
        minutes += draw(st.sampled_from([0, 1, 7, 7, 20, 20, 45, 70]))
        when = minutes - draw(st.sampled_from([0] * 12 + [5, 60]))
        what = draw(st.sampled_from(["read"] * 5 + ["status"] * 3 + ["anywhere", "hold", "lift", "clock"]))
        place = min(place + draw(st.sampled_from([0, 1, 1, 1, 2])), len(PATH) - 1)
        node = PATH[place].node if what == "read" else draw(st.sampled_from(NODES))
        named = draw(st.sampled_from([ids(BIC=BOX), ids(MRN=MRN_1), ids(MRN=MRN_2)]))
        authority = draw(st.sampled_from(["ADM", "GDF"]))
        direction = draw(st.sampled_from([None, None, Direction.OUT]))
        match what:
            case "status":
                events.append(status(number, when, draw(st.sampled_from(STATUSES)), *named, authority=authority))
            case "hold":
                events.append(hold(number, when, draw(st.sampled_from(["H1", "H2"]))))
            case "lift":
                events.append(lift(number, when, draw(st.sampled_from(["H1", "H2"]))))
            case "clock":
                events.append(deadline(minutes - draw(st.sampled_from([0, 5, 30, -200]))))
            case _:
                events.append(scan(number, when, node, *draw(st.sampled_from(READ)), direction=direction))
    return [*events, deadline(minutes + draw(st.sampled_from([1, 400])))]


def lead_of(number: int) -> Lead | None:
    """What led the event of that number to its mission."""
    return LEADS[number % len(LEADS)]


def the_long_way(kept: Kept, event: InputEvent | DeadlinePassed, lead: Lead | None) -> Judged | None:
    return judging._on_the_whole(kept, event, BUSY_PORT, lead)


def the_short_way(kept: Kept, event: InputEvent | DeadlinePassed, port: Port = BUSY_PORT) -> Judged | None:
    return judging._in_order(kept, event, port, None)


@settings(max_examples=1_000, deadline=None)
@given(events=histories())
def test_the_short_way_ends_where_the_long_way_does(events: list[InputEvent | DeadlinePassed]) -> None:
    kept = Kept(str(IOT_ID))
    for number, event in enumerate(events):
        lead = lead_of(number)
        expected, actual = the_long_way(kept, event, lead), judge(kept, event, BUSY_PORT, lead)
        assert actual == expected
        kept = actual.kept if actual else kept


def test_every_kind_is_reached_by_way_of_the_histories_above_and_many_events_take_the_short_way() -> None:
    kinds: set[str] = set()
    taken: Counter[bool] = Counter()

    @settings(max_examples=600, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(events=histories())
    def tell(events: list[InputEvent | DeadlinePassed]) -> None:
        kept = Kept(str(IOT_ID))
        for event in events:
            taken[the_short_way(kept, event) is not None] += 1
            judged = judge(kept, event, BUSY_PORT)
            kept = judged.kept if judged else kept
        kinds.update(kept.ledger.open_kinds)

    tell()
    assert kinds >= {
        "ABANDONED_UNIT",
        "DWELL_EXCEEDED",
        "EXIT_CHECK_MISSING",
        "EXIT_WITHOUT_RELEASE",
        "GATE_WITHOUT_APPOINTMENT",
        "HOLD_VIOLATION",
        "IDENTIFIER_MISMATCH",
        "IMPOSSIBLE_TRAVEL",
        "NODE_SKIPPED",
        "OFF_PATH_NODE",
        "OVERDUE",
        "READ_AFTER_DEFINITIVE",
        "SEAL_DISCREPANCY",
    }
    assert taken[True] > taken[False] / 4


def usual_kept() -> Kept:
    kept = Kept(str(IOT_ID))
    for event in (plan(1, 0, path=PATH, identifiers=SEALED), scan(2, 10, "DOCK")):
        judged = judge(kept, event, BUSY_PORT)
        assert judged is not None
        kept = judged.kept
    return kept


@pytest.mark.parametrize(
    "event",
    [scan(3, 20, "YARD"), scan(3, 20, "DOCK"), status(3, 20, CustomsStatus.RELEASED), hold(3, 20)],
    ids=["next step", "same pass again", "release", "hold"],
)
def test_what_is_usual_takes_the_short_way(event: InputEvent) -> None:
    assert the_short_way(usual_kept(), event) is not None


@pytest.mark.parametrize(
    "event",
    [
        scan(2, 10, "DOCK"),
        scan(3, 10, "DOCK"),
        scan(3, 5, "DOCK"),
        scan(3, 20, "SCANNER"),
        scan(3, 20, "GATE-OUT"),
        scan(3, 20, "YARD", *ids(BIC=BOX, PLATE=OTHER_TRUCK)),
        scan(3, 11, "FAR"),
        status(3, 20, CustomsStatus.DEFINITIVE),
        plan(3, 20),
        deadline(20),
    ],
    ids=["known", "same moment", "late", "off path", "skipping", "foreign", "too fast", "end", "plan", "clock"],
)
def test_what_is_not_usual_is_judged_on_the_whole(event: Any) -> None:
    assert the_short_way(usual_kept(), event) is None


def test_another_port_file_is_judged_on_the_whole() -> None:
    other = msgspec.structs.replace(BUSY_PORT, policy=Policy(abandoned_after_hours=4))
    assert the_short_way(usual_kept(), scan(3, 20, "YARD"), other) is None


def test_the_history_is_bounded_the_short_way_too() -> None:
    full = msgspec.structs.replace(usual_kept(), count=FACTS_MAX)
    assert the_short_way(full, scan(3, 20, "YARD")) is None


def test_what_is_kept_goes_through_bytes_unchanged() -> None:
    kept = usual_kept()
    raw = msgspec.msgpack.encode(kept)
    assert msgspec.msgpack.decode(raw, type=Kept) == kept
    assert [fact.occurred_at for fact in judging.unpacked(kept).facts] == [at(0), at(10)]
    assert at(0) == datetime(2026, 3, 10, 8, tzinfo=UTC)
