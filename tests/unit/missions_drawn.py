"""Missions drawn at random: a path, anything that may happen on it, reviews of what is found, and taking back.

Times lie on a coarse grid, so that many events happen at the same moment and on the due times.
"""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from builders import (
    BOX,
    IOT_ID,
    MRN_1,
    MRN_2,
    OTHER_BOX,
    OTHER_TRUCK,
    PORT,
    TRUCK,
    amended,
    appointment,
    at,
    deadline,
    event_id,
    hold,
    ids,
    lift,
    plan,
    retracted,
    review,
    scan,
    signal,
    status,
    step,
)
from conveyance_builders import WAGON, judged
from hypothesis import strategies as st

from domain.alerts import alert_id
from domain.events import (
    EXAMINATIONS,
    CustomsStatus,
    DeadlinePassed,
    DeviceSignal,
    Direction,
    Identifier,
    IdentifierHandedOver,
    Observation,
    Outcome,
)
from domain.facts import Lead
from domain.handover import taking
from domain.identifiers import Scheme
from domain.policy import Policy
from domain.port import Node, NodeKind, Window
from domain.remembering import fact_of, moving

MISSION = str(IOT_ID)
HOUR = 60
ON_PATH = ("DOCK", "YARD", "STORE", "GATE-OUT")
OFF_PATH = ("SCANNER", "GATE", "RAIL-OUT", "ELSEWHERE", *["DRY-PORT"] * 4)
DECIDED = [
    CustomsStatus.DEFINITIVE,
    CustomsStatus.RELEASED,
    *sorted(set(CustomsStatus) - {CustomsStatus.HOLD_LIFTED} - EXAMINATIONS),
]

# Thresholds on the grid of times below, and a place too far away for one step of it.
DRY_PORT = Node(node="DRY-PORT", name="Far", kind=NodeKind.EXTRA_PORT_FACILITY, latitude=30, longitude=16.8)
SPECIAL: dict[str, dict[str, Any]] = {
    "YARD": {"dwell_max_minutes": 60},
    "STORE": {"openings": (Window(start="10:00", end="14:00"),)},
    "GATE": {"requires_slot": True},
}
STRICT_PORT = msgspec.structs.replace(
    PORT,
    nodes=(*(msgspec.structs.replace(node, **SPECIAL.get(node.node, {})) for node in PORT.nodes), DRY_PORT),
    timezone="Europe/Rome",
    policy=Policy(abandoned_after_hours=3, corridor_meters=2_000, exit_certified_by=("ADM", "GDF")),
)

minutes = st.integers(0, 12).map(lambda n: n * HOUR)
numbers = st.integers(1, 2**40)
maybe_embargoed = st.sampled_from([None, None, 3 * HOUR, 9 * HOUR])
paths = st.lists(
    st.builds(step, st.sampled_from(ON_PATH), required=st.booleans(), due=st.one_of(st.none(), minutes)),
    min_size=2,
    max_size=5,
).map(tuple)
identifiers = st.one_of(
    st.builds(
        Identifier,
        scheme=st.just(Scheme.BIC),
        value=st.sampled_from([BOX, OTHER_BOX, "CSQU3054384"]),
        confidence=st.sampled_from([None, 0.5, 0.75]),
    ),
    st.sampled_from(
        [
            *(each for value in (TRUCK, OTHER_TRUCK) for each in ids(PLATE=value)),
            *(each for value in ("BRI1", "BRI1", "BRI2") for each in ids(SEAL=value)),
            *ids(WAGON=WAGON),
        ]
    ),
)
own = st.sampled_from(
    [
        ids(BIC=BOX, PLATE=TRUCK, SEAL="BRI1", MRN=MRN_1),
        ids(BIC=OTHER_BOX),
        (*ids(BIC=BOX, SEAL="BRI1", MRN=MRN_1), *ids(MRN=MRN_2)),
    ]
)
changed = st.sampled_from([(), ids(SEAL="BRI2"), ids(PLATE=OTHER_TRUCK), ids(BIC=OTHER_BOX), ids(SEAL="BRI1")])

plans = st.builds(plan, numbers, minutes, path=paths, identifiers=own)
scans = st.builds(
    lambda number, when, node, seen, direction: scan(number, when, node, *seen, direction=direction),
    numbers,
    minutes,
    st.sampled_from(ON_PATH + OFF_PATH),
    st.sampled_from([ids(BIC=BOX), ids(BIC=BOX), ids(SEAL="BRI1")]) | st.lists(identifiers, min_size=1, max_size=3),
    st.sampled_from([None, None, Direction.IN, Direction.OUT]),
)
concerned = st.sampled_from([ids(BIC=BOX), ids(BIC=BOX), ids(MRN=MRN_1), ids(BIC=BOX, MRN=MRN_2)])
authorities = st.sampled_from(["ADM", "GDF", "TERMINAL"])
rulings = st.builds(
    lambda number, when, decided, named, authority: status(number, when, decided, *named, authority=authority),
    numbers,
    minutes,
    st.sampled_from(DECIDED),
    concerned,
    authorities,
)
examinations = st.builds(
    lambda number, when, decided, named, not_before: status(number, when, decided, *named, not_before=not_before),
    numbers,
    minutes,
    st.sampled_from([CustomsStatus.SELECTED_FOR_SCAN, CustomsStatus.UNDER_CONTROL]),
    concerned,
    maybe_embargoed,
)
hold_ids = st.sampled_from(["H1", "H2"])
holds = st.builds(
    hold, numbers, minutes, hold_ids, st.sampled_from([None, None, "STORE"]), not_before=maybe_embargoed
)
lifts = st.builds(lift, numbers, minutes, hold_ids)
amendments = st.builds(amended, numbers, minutes, st.one_of(st.none(), paths), changed, changed)
signals = st.builds(
    signal,
    numbers,
    minutes,
    st.sampled_from(DeviceSignal),
    st.sampled_from([None, None, "STORE", "YARD", "SCANNER"]),
    st.sampled_from([None, (41.1, 16.8), (35.0, 16.8), (35.0, 18.0)]),
    st.sampled_from(["eseal-1", "lock-2"]),
)
windows = st.builds(lambda start, hours: (start, start + hours * HOUR), minutes, st.sampled_from([1, 1, 3]))
slots = st.builds(
    appointment,
    numbers,
    minutes,
    st.just("GATE"),
    windows,
    st.sampled_from(["A1", "A2"]),
    cancelled=st.sampled_from([False, False, True]),
)
controls = st.builds(
    appointment,
    numbers,
    minutes,
    st.sampled_from(["SCANNER", "STORE"]),
    windows,
    st.sampled_from(["C1", "C2"]),
    st.sampled_from([("ADM",), ("VETERINARY", "HEALTH")]),
    cancelled=st.sampled_from([False, False, True]),
)
secret_controls = st.builds(
    lambda number, when, node, window: appointment(
        number, when, node, window, f"S{number}", ("ADM",), not_before=9 * HOUR
    ),
    numbers,
    minutes,
    st.sampled_from(["SCANNER", "STORE"]),
    windows,
)
moments = st.sampled_from([*range(0, 15 * HOUR, HOUR), 20 * HOUR, 20 * HOUR])
happenings = st.one_of(
    *[scans] * 6,
    rulings,
    rulings,
    examinations,
    holds,
    holds,
    lifts,
    amendments,
    signals,
    slots,
    controls,
    secret_controls,
    plans,
    moments.map(deadline),
)


def identity(event: Any) -> object:
    """What makes an event the same as another: its id, or for a command of the clock all of it."""
    return getattr(event, "event_id", event)


@st.composite
def followed_up(draw: st.DrawFn, owner: str, events: list[Any], port: Any) -> list[Any]:
    """The events with reviews of what they show, and with some of them taken back or corrected.

    *Shape*: what is added has ids above all that are drawn.
    """
    found = [alert_id(owner, f.kind, f.subject) for f in judged(owner, events, port)]
    alerts = draw(st.lists(st.sampled_from([*found, event_id(7)]), max_size=3))
    outcomes = st.sampled_from([None, *Outcome])
    reviews = [
        review(2**41 + n, draw(st.sampled_from([0, 4, 8, 12, 20, 20])) * HOUR, alert, draw(outcomes), owner)
        for n, alert in enumerate(alerts)
    ]
    told = [*events, *reviews]
    facts = [event for event in told if not isinstance(event, DeadlinePassed)]
    gone = draw(st.lists(st.sampled_from(facts), max_size=3, unique_by=identity)) if facts else []
    conveyance = None if owner == MISSION else owner
    back = [retracted(2**42 + n, 9 * HOUR, event, conveyance=conveyance) for n, event in enumerate(gone)]
    corrected = [
        msgspec.structs.replace(event, event_id=event_id(2**43 + n))
        for n, event in enumerate(gone)
        if draw(st.booleans())
    ]
    return [*told, *back, *corrected]


@st.composite
def missions(draw: st.DrawFn) -> list[Any]:
    """The events of a mission, each once."""
    rest = draw(st.lists(happenings, min_size=4, max_size=14, unique_by=identity))
    first = draw(plans.filter(lambda p: all(identity(p) != identity(e) for e in rest)))
    checked = [] if (moment := draw(st.none() | moments)) is None else [deadline(moment)]
    return draw(followed_up(MISSION, [first, *rest, *checked], STRICT_PORT))


# Observations that come to a mission by one of their identifiers, and leave it for another mission ------------------


class LedHere(NamedTuple):
    """An observation with the identifier that led it to the mission."""

    event: Any
    lead: Lead


def taken_in(told: Any) -> tuple[Any, Lead | None]:
    """What is told, with what led it here if that was said."""
    return (told.event, told.lead) if isinstance(told, LedHere) else (told, None)


OTHER_IOT_ID = UUID(int=0xB0B, version=4)
handovers = st.builds(
    lambda number, when, key, to, hours, told_as, shared: IdentifierHandedOver(
        event_id=event_id(2**44 + number),
        occurred_at=at(when),
        key=key,
        to_iot_id=None if to == "nobody" else to,
        valid_until=None if hours is None else at(when + hours * HOUR),
        to_nobody=to == "nobody",
        number=told_as,
        shared=shared and key.startswith("MRN:"),
    ),
    numbers,
    minutes,
    st.sampled_from([f"BIC:{BOX}", f"BIC:{BOX}", f"PLATE:{TRUCK}", f"MRN:{MRN_1}"]),
    st.sampled_from([OTHER_IOT_ID, OTHER_IOT_ID, "nobody", None]),
    st.sampled_from([None, 1, 6]),
    st.integers(0, 3),
    st.booleans(),
)
leads = st.sampled_from(
    [
        Lead(0, f"BIC:{BOX}"),
        Lead(0, f"BIC:{BOX}"),
        Lead(0, f"BIC:{BOX}", 3),
        Lead(0, f"MRN:{MRN_1}"),
        Lead(1, f"PLATE:{TRUCK}"),
        Lead(1, f"PLATE:{TRUCK}", 1),
        Lead(2, "SEAL:BRI1", 2),
    ]
)


@st.composite
def resolved_missions(draw: st.DrawFn) -> list[Any]:
    """The events of a mission whose observations were led here and there while more became known."""
    told = draw(missions())
    observed = [event for event in told if isinstance(event, Observation)]
    if not observed:
        return told
    some = st.lists(st.sampled_from(observed), max_size=4)
    led = [LedHere(event, draw(leads)) for event in [*observed, *draw(some)]]
    rest = [event for event in told if not isinstance(event, Observation)]
    taken = [
        taking(event.event_id, event.occurred_at, draw(st.integers(0, 1)), draw(st.integers(0, 2)))
        for event in draw(some)
    ]
    over = draw(st.lists(handovers, max_size=3, unique_by=identity))
    moved = [moving(fact_of(event, draw(leads)), OTHER_IOT_ID) for event in draw(some)]
    return [*rest, *led, *taken, *over, *moved]
