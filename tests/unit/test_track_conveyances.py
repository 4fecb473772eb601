"""The worker ``track``: trains' runs and ships' calls beside missions; reviews; keys that are nobody's."""

from typing import Any

import msgspec
import pytest
from builders import (
    BOX,
    IOT_ID,
    OTHER_BOX,
    PORT,
    appointment,
    at,
    deadline,
    event_id,
    hold,
    ids,
    plan,
    review,
    scan,
    status,
)
from conveyance_builders import (
    CALL,
    TRAIN,
    call,
    composed,
    judged_at,
    landed,
    listed,
    manifest,
    passed,
    permission,
    weighed,
)
from rig import CODEC, Worker, alerts, mission_record, packed, record, states, told, tracker

from domain.alerts import alert_id
from domain.conveyance import FACTS_MAX
from domain.events import CallStatus, CustomsStatus, Outcome, Permission
from domain.facts import Read
from domain.judging import Kept, unpacked
from domain.policy import Policy
from topics.catalog import DEVIATION_ALERT_CHANGED, MISSION_DEADLINE_PASSED, MISSION_EVENT_RESOLVED

ETA = 6_000
STRAY = alert_id(str(IOT_ID), "OFF_PATH_NODE", "SCANNER")


def on_train(*events: Any) -> list[Any]:
    return [mission_record(event, TRAIN) for event in events]


def on_call(*events: Any) -> list[Any]:
    return [mission_record(event, CALL) for event in events]


def of_mission(*events: Any) -> list[Any]:
    return [mission_record(event, IOT_ID) for event in events]


def kept(worker: Worker, owner: str) -> Kept:
    return msgspec.msgpack.decode(worker.table[owner.encode()], type=Kept)


# Trains and ships --------------------------------------------------------------------------------------------------


def test_a_train_is_judged_under_its_own_key_and_tells_no_state_of_a_mission() -> None:
    worker = tracker(PORT)
    out = worker.take(*on_train(composed(1, 0), permission(2, 1, Permission.REFUSED), passed(3, 30)))
    (alert,) = alerts(out)
    assert (alert.kind, alert.object_key, alert.iot_id) == ("RAIL_NO_DEPARTURE_PERMISSION", TRAIN, None)
    assert (alert.trigger, alert.changed_at) == (event_id(3), at(30))
    assert [(each.topic, each.key) for each in out] == [(DEVIATION_ALERT_CHANGED.name, TRAIN.encode())]
    assert states(out) == []
    assert len(unpacked(kept(worker, TRAIN)).facts) == 3


def test_what_is_missing_on_a_train_is_raised_by_the_clock_and_cleared_by_a_late_read() -> None:
    worker, missing = tracker(PORT), passed(4, 31, *ids(BIC=OTHER_BOX))
    worker.take(*on_train(permission(1, 0), composed(2, 0, listed(), listed(OTHER_BOX)), passed(3, 30)))
    assert list(worker.deadlines.pop_due(at(59.9))) == []
    assert list(worker.deadlines.pop_due(at(60))) == [(0, TRAIN.encode())]
    (raised,) = alerts(worker.take(*on_train(judged_at(60))))
    assert (raised.kind, raised.subject, raised.trigger) == (
        "RAIL_MANIFEST_MISMATCH",
        f"missing BIC:{OTHER_BOX}",
        None,
    )
    assert told(worker.take(*on_train(missing))) == [("RAIL_MANIFEST_MISMATCH", "CLEARED", 2)]


def test_a_call_is_judged_when_its_notices_are_due() -> None:
    worker = tracker(PORT)
    assert worker.take(*on_call(call(1, 0, CallStatus.ANNOUNCED, ETA))) == []
    due = at(ETA - 72 * 60)
    assert list(worker.deadlines.pop_due(due)) == [(0, CALL.encode())]
    assert told(worker.take(*on_call(judged_at(ETA - 72 * 60, CALL)))) == [("NOTICE_LATE", "RAISED", 1)]
    given = call(2, 5, CallStatus.PRE_ARRIVAL_NOTIFIED)
    assert told(worker.take(*on_call(given))) == [("NOTICE_LATE", "CLEARED", 2)]


def test_a_scan_of_a_ship_is_her_landing_and_her_units_step() -> None:
    worker, seen = tracker(PORT), landed(3, 50)
    worker.take(*on_call(manifest(1, 0)), *of_mission(plan()))
    out = worker.take(*on_call(seen), *of_mission(seen))
    assert [(state.iot_id, state.last_node) for state in states(out)] == [(IOT_ID, "DOCK")]
    assert told(worker.take(*on_call(call(4, 100, CallStatus.UNLOADED)))) == []


def test_a_repeated_chunk_of_a_conveyance_changes_nothing_and_tells_nothing() -> None:
    worker = tracker(PORT)
    chunk = [*on_train(composed(1, 0), passed(3, 30), judged_at(60)), *on_call(manifest(4, 0), weighed(5, 1, 9))]
    assert told(worker.take(*chunk)) != []
    before = dict(worker.table)
    assert worker.take(*chunk) == []
    assert worker.table == before


def test_after_recovery_the_due_times_of_conveyances_are_known_again() -> None:
    worker = tracker(PORT)
    worker.take(*on_train(composed(1, 0), permission(2, 0), passed(3, 30)))
    worker.deadlines.clear()
    worker.handler.recovered()
    assert list(worker.deadlines.pop_due(at(60))) == [(0, TRAIN.encode())]


def test_after_recovery_under_another_port_file_the_due_times_are_its_own() -> None:
    worker = tracker(PORT)
    worker.take(*on_train(composed(1, 0), permission(2, 0), passed(3, 30)))
    patient = tracker(msgspec.structs.replace(PORT, policy=Policy(train_passing_minutes=90)))
    patient.table.update(worker.table)
    patient.handler.recovered()
    assert list(patient.deadlines.pop_due(at(119.9))) == []
    assert list(patient.deadlines.pop_due(at(120))) == [(0, TRAIN.encode())]


def test_a_full_conveyance_takes_no_more_and_the_rest_goes_on() -> None:
    worker = tracker(PORT)
    reads = b"".join(packed(Read(at(n), event_id(n), "DOCK", None, ())) for n in range(FACTS_MAX))
    worker.table[CALL.encode()] = packed(Kept(CALL, count=FACTS_MAX, facts=reads))
    full = dict(worker.table)
    (dead,) = worker.take(*on_call(landed(9_999, 5)))
    assert dead.header("dlq-reason") == b"history-full"
    assert worker.table == full


# Keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "event"),
    [
        (TRAIN, scan(2, 10, "RAIL-OUT")),  # names no train
        (TRAIN, landed(2, 10)),  # names another conveyance
        ("TRAIN:OTHER", passed(2, 10)),
        (TRAIN, plan()),
        (TRAIN, status(2, 10, CustomsStatus.RELEASED)),
        (TRAIN, appointment(2, 10, "GATE", (60, 90))),
        (CALL, composed(2, 10)),
        (str(IOT_ID), composed(2, 10)),
        (str(IOT_ID), permission(2, 10)),
        (str(IOT_ID), manifest(2, 10)),
        (str(IOT_ID), call(2, 10, CallStatus.ARRIVED)),
        (str(IOT_ID), weighed(2, 10, 5)),
        (f"BIC:{BOX}", passed(2, 10)),
        ("train:60123-20260310", passed(2, 10)),
    ],
)
def test_an_event_under_a_key_that_is_not_its_own_goes_to_the_dead_letters(key: str, event: Any) -> None:
    worker = tracker(PORT)
    (dead,) = worker.take(record(MISSION_EVENT_RESOLVED.name, key.encode(), CODEC.encode(event)))
    assert dead.topic == f"{MISSION_EVENT_RESOLVED.name}.dlq"
    assert dead.header("dlq-reason") == b"bad-key"
    assert worker.table == {}


def test_a_deadline_belongs_to_its_subject_whatever_the_key() -> None:
    worker = tracker(PORT)
    worker.take(*on_train(composed(1, 0), permission(2, 0)))
    worker.take(record(MISSION_DEADLINE_PASSED.name, b"anything", CODEC.encode(judged_at(60))))
    assert unpacked(kept(worker, TRAIN)).checked_at == at(60)
    (dead,) = worker.take(record(MISSION_DEADLINE_PASSED.name, TRAIN.encode(), CODEC.encode(deadline(60, "NOBODY"))))
    assert dead.header("dlq-reason") == b"bad-key"


# Reviews and embargoes ---------------------------------------------------------------------------------------------


def test_a_reviewed_alert_is_told_and_leaves_the_state_when_it_is_disposed_of() -> None:
    worker = tracker(PORT)
    worker.take(*of_mission(plan(), scan(2, 10, "SCANNER")))
    noted = worker.take(*of_mission(review(8, 20, STRAY)))
    assert told(noted) == [("OFF_PATH_NODE", "ACKNOWLEDGED", 2)]
    assert states(noted)[0].open_alerts == ("OFF_PATH_NODE",)
    done = worker.take(*of_mission(review(9, 30, STRAY, Outcome.CONFIRMED)))
    (alert,) = alerts(done)
    assert (alert.status, alert.outcome, alert.reviewed_by) == ("DISPOSED", "CONFIRMED", "officer-7")
    assert states(done)[0].open_alerts == ()
    again = worker.take(*of_mission(scan(3, 40, "SCANNER")))
    assert told(again) == [("OFF_PATH_NODE", "CHANGED", 4)]


def test_the_alert_of_a_train_is_reviewed_under_its_key() -> None:
    worker = tracker(PORT)
    worker.take(*on_train(composed(1, 0), passed(3, 30)))
    alert = alert_id(TRAIN, "RAIL_NO_DEPARTURE_PERMISSION", "RAIL-OUT")
    out = worker.take(*on_train(review(8, 40, alert, Outcome.INCONCLUSIVE, TRAIN)))
    assert told(out) == [("RAIL_NO_DEPARTURE_PERMISSION", "DISPOSED", 2)]


def test_what_is_under_embargo_is_told_when_the_clock_says_so() -> None:
    worker = tracker(PORT)
    worker.take(*of_mission(plan(), scan(2, 10, "DOCK")))
    (secret,) = states(worker.take(*of_mission(hold(3, 20, not_before=45))))
    assert secret.open_holds == ()
    assert list(worker.deadlines.pop_due(at(44.9))) == []
    assert list(worker.deadlines.pop_due(at(45))) == [(0, str(IOT_ID).encode())]
    (told_now,) = states(worker.take(*of_mission(deadline(45))))
    assert told_now.open_holds == ("ADM:H1",)


def test_a_control_is_in_the_state() -> None:
    worker = tracker(PORT)
    booked = appointment(3, 5, "SCANNER", (60, 90), authorities=("ADM", "VETERINARY"))
    (state,) = states(worker.take(*of_mission(plan(), booked)))
    assert (state.control_node, state.control_at) == ("SCANNER", at(60))
    assert state.control_authorities == ("ADM", "VETERINARY")
