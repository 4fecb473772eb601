"""Nothing that is judged rests on a clock or on the order of arrival: both are poisoned here, and nobody dies."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from time import monotonic_ns as known_by_another_name
from typing import Any

import pytest
from builders import (
    BOX,
    IOT_ID,
    MRN_1,
    OTHER_BOX,
    OTHER_TRUCK,
    TRUCK,
    at,
    deadline,
    hold,
    ids,
    plan,
    review,
    scan,
    signal,
    status,
    step,
)
from conveyance_builders import (
    CALL,
    OTHER_WAGON,
    TRAIN,
    WAGON,
    call,
    composed,
    folded,
    judged_at,
    landed,
    listed,
    manifest,
    manifested,
    passed,
    weighed,
)
from deviation_cases import BIG_PORT, Case, of_kind, strangers
from poison import ClockRead, poisoned_clocks, poisoned_order
from test_deviation_kinds import RAISED, SUBJECTS

from domain.alerts import Cause, Ledger, alert_id, changes
from domain.assess import assess, next_due_at
from domain.deviations import RULES
from domain.dossier import view_of
from domain.events import CallStatus, CustomsStatus, DeadlinePassed, DeviceSignal, InputEvent, Outcome
from domain.journey import Journey
from domain.judging import Kept, judge
from domain.standing import standing_of, summarise

FOLDED = {name: case for name, case in RAISED.items() if case.owner in (str(IOT_ID), TRAIN, CALL)}


def everything(owner: str, events: list[InputEvent | DeadlinePassed]) -> list[Any]:
    """All that the domain ever says of these events, told in this order."""
    view = view_of(folded(owner, events), BIG_PORT)
    found = assess(view)
    iot_id, key = (view.mission.iot_id, None) if isinstance(view, Journey) else (None, owner)
    ledger, alerts = changes(Ledger(), found, Cause(iot_id, key, at(0), None, BIG_PORT.policy))
    state = summarise(standing_of(view), 1, at(0), ledger.open_kinds) if isinstance(view, Journey) else None
    kept = Kept(owner)
    for event in events:
        judged = judge(kept, event, BIG_PORT)
        kept = judged.kept if judged else kept
    stands = sorted(
        (entry.finding for entry in kept.ledger.entries if entry.is_open), key=lambda f: (f.kind, f.subject)
    )
    return [found, next_due_at(view), alerts, state, stands]


@pytest.mark.parametrize("case", FOLDED.values(), ids=FOLDED.keys())
def test_no_kind_looks_at_a_clock_or_at_the_order_of_arrival(case: Case) -> None:
    expected = everything(case.owner, list(case.events))
    for seed in range(3):
        untidily = poisoned_order(case.events, Random(seed))
        with poisoned_clocks():
            actual = everything(case.owner, untidily)
        assert actual == expected


# Everything at once ------------------------------------------------------------------------------------------------

UNDER_WAY = (
    plan(
        path=(
            step("DOCK"),
            step("YARD"),
            step("STORE"),
            step("GATE-OUT"),
            step("DRY-PORT"),
            step("RAIL-OUT", due=600),
        ),
        identifiers=ids(BIC=BOX, PLATE=TRUCK, SEAL="BRI1", MRN=MRN_1),
    ),
    scan(2, 10, "YARD", *ids(BIC=BOX, PLATE=OTHER_TRUCK, SEAL="BRI2")),
    scan(3, 11, "DRY-PORT", *ids(SEAL="BRI1")),
    scan(4, 12, "DRY-PORT"),
    scan(5, 60, "SLOT-GATE"),
    scan(6, 90, "QUARANTINE"),
    hold(7, 300),
    signal(8, 310, DeviceSignal.DOOR_OPENED, "STORE"),
    signal(9, 310, DeviceSignal.SEAL_REMOVED, "STORE"),
    signal(10, 320, DeviceSignal.POSITION, None, (41.05, 17)),
    scan(11, 400, "GATE-OUT"),
    scan(12, 500, "STORE"),
    review(13, 501, alert_id(str(IOT_ID), "HOLD_VIOLATION", "ADM:H1"), Outcome.CONFIRMED),
    deadline(60 * 24 * 30),
)
ENDED = (plan(), status(2, 5, CustomsStatus.DEFINITIVE), scan(3, 10, "DOCK"))
RECONCILED = (
    composed(1, 0, listed(wagon=WAGON), listed(OTHER_BOX, mrns=())),
    passed(2, 30, *ids(BIC=BOX, WAGON=OTHER_WAGON)),
    passed(3, 31, *ids(BIC="TEMU6079348")),
    judged_at(99),
)
UNKNOWN_TRAIN = (passed(2, 30), judged_at(99))
LANDED = (
    call(1, 0, CallStatus.ANNOUNCED, 6_000),
    call(2, 6_000, CallStatus.ARRIVED),
    manifest(3, 6_001, manifested(gross_mass_kg=10_000, dangerous=True)),
    landed(4, 6_010, *ids(BIC=OTHER_BOX)),
    weighed(5, 6_020, 20_000),
    call(6, 6_030, CallStatus.UNLOADED),
)
WORST = {
    "a mission under way": (str(IOT_ID), UNDER_WAY),
    "a mission that ended": (str(IOT_ID), ENDED),
    "a train": (TRAIN, RECONCILED),
    "a train without a manifest": (TRAIN, UNKNOWN_TRAIN),
    "a ship's call": (CALL, LANDED),
}


@pytest.mark.parametrize(("owner", "events"), WORST.values(), ids=WORST.keys())
def test_everything_that_can_be_wrong_at_once_is_judged_without_a_clock_or_an_order(
    owner: str, events: tuple[Any, ...]
) -> None:
    expected = everything(owner, list(events))
    for seed in range(20):
        untidily = poisoned_order(events, Random(seed))
        with poisoned_clocks():
            actual = everything(owner, untidily)
        assert actual == expected


def test_everything_was_wrong_at_once() -> None:
    found = [finding for owner, events in WORST.values() for finding in everything(owner, list(events))[0]]
    assert {finding.kind for finding in found} == RULES.keys() - {"UNKNOWN_OBJECT"}
    for kind, beginnings in SUBJECTS.items():
        subjects = [finding.subject for finding in found if finding.kind == kind]
        assert kind in {"UNKNOWN_OBJECT", "ABANDONED_UNIT"} or all(
            any(subject.startswith(beginning) for subject in subjects) for beginning in beginnings
        )


def test_what_nobody_knows_is_judged_without_a_clock() -> None:
    for case in RAISED.values():
        if case.kind == "UNKNOWN_OBJECT":
            with poisoned_clocks():
                found = strangers(case.owner, case.events)
            assert found == of_kind("UNKNOWN_OBJECT", case.events, case.owner)


def test_every_kind_was_judged_here() -> None:
    assert {case.kind for case in RAISED.values()} == RULES.keys()


@pytest.mark.parametrize(
    "look",
    [
        time.time,
        time.monotonic,
        time.perf_counter_ns,
        time.localtime,
        known_by_another_name,
        datetime.now,
        datetime.utcnow,
        datetime.today,
        date.today,
        lambda: datetime.now(UTC),
        lambda: datetime.now(tz=UTC).replace(microsecond=0),
    ],
)
def test_the_poison_is_deadly(look: Callable[[], object]) -> None:
    with pytest.raises(ClockRead), poisoned_clocks():
        look()
    look()


def test_a_subclass_of_the_calendar_is_poisoned_too() -> None:
    class Moment(datetime):
        pass

    with pytest.raises(ClockRead), poisoned_clocks():
        Moment.now()


def test_what_is_no_clock_is_no_poison() -> None:
    with poisoned_clocks():
        assert datetime.fromisoformat("2026-03-10T08:00:00+00:00") == at(0)
        assert max([at(0), at(5)]) == at(5)
