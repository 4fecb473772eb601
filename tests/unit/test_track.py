"""The worker ``track``: events of missions in, states and alerts out; the same story however it is cut."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from builders import (
    BOX,
    IOT_ID,
    OTHER_TRUCK,
    PORT,
    at,
    deadline,
    event_id,
    hold,
    ids,
    lift,
    plan,
    scan,
    status,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from rig import (
    CODEC,
    PUBLISHED_MS,
    Sent,
    Worker,
    alerts,
    mission_record,
    packed,
    record,
    states,
    to_topic,
    told,
    tracker,
)

from domain.events import CustomsStatus, MissionStatus
from domain.facts import Read
from domain.judging import Kept, unpacked
from domain.mission import FACTS_MAX
from topics.catalog import (
    DEVIATION_ALERT_CHANGED,
    MISSION_DEADLINE_PASSED,
    MISSION_EVENT_RESOLVED,
    MISSION_STATE_CHANGED,
)
from topics.headers import ORIGIN_MS

KEY = str(IOT_ID).encode()
OTHER = UUID(int=0xB0B, version=4)


def records(*events: Any) -> list[Any]:
    return [mission_record(event, IOT_ID) for event in events]


def kept(worker: Worker, key: bytes = KEY) -> Kept:
    return msgspec.msgpack.decode(worker.table[key], type=Kept)


def test_a_mission_under_way_tells_its_state() -> None:
    out = tracker(PORT).take(*records(plan(), scan(2, 10, "DOCK")))
    assert [each.topic for each in out] == [MISSION_STATE_CHANGED.name]
    (state,) = states(out)
    assert out[0].key == KEY
    assert (state.iot_id, state.status, state.reads) == (IOT_ID, MissionStatus.DEPARTED, 1)
    assert (state.last_node, state.next_node, state.next_due_at) == ("DOCK", "YARD", at(120))
    assert (state.nodes_reached, state.open_alerts) == (("DOCK",), ())


def test_the_state_is_told_once_a_chunk_and_mission() -> None:
    other = mission_record(plan(3, iot_id=OTHER), OTHER)
    out = tracker(PORT).take(*records(plan(), scan(2, 10, "DOCK")), other)
    assert [(state.iot_id, state.revision) for state in states(out)] == [(IOT_ID, 2), (OTHER, 1)]


def test_an_alert_is_raised_and_cleared_by_a_late_read() -> None:
    worker = tracker(PORT)
    (raised,) = alerts(worker.take(*records(plan(), scan(2, 10, "YARD"))))
    assert (raised.kind, raised.subject, raised.status, raised.revision) == ("NODE_SKIPPED", "DOCK", "RAISED", 1)
    assert (raised.iot_id, raised.trigger, raised.changed_at) == (IOT_ID, event_id(2), at(10))
    out = worker.take(*records(scan(3, 9, "DOCK")))
    (cleared,) = alerts(out)
    assert (cleared.alert_id, cleared.status, cleared.revision) == (raised.alert_id, "CLEARED", 2)
    assert states(out)[0].open_alerts == ()


def test_an_absence_is_raised_by_the_clock_and_cleared_by_a_read() -> None:
    worker = tracker(PORT)
    worker.take(*records(plan()))
    (raised,) = alerts(worker.take(*records(deadline(60))))
    assert (raised.kind, raised.subject, raised.trigger) == ("OVERDUE", "DOCK", None)
    assert raised.changed_at == at(60)
    assert told(worker.take(*records(scan(2, 59, "DOCK")))) == [("OVERDUE", "CLEARED", 2)]


def test_an_alert_tells_when_the_record_that_brought_it_was_published() -> None:
    worker = tracker(PORT)
    by_read = worker.take(*records(plan()), mission_record(scan(2, 10, "SCANNER"), IOT_ID, [(ORIGIN_MS, b"77")]))
    (sent,) = to_topic(by_read, DEVIATION_ALERT_CHANGED)
    assert (sent.key, sent.header(ORIGIN_MS)) == (KEY, b"77")
    by_clock = worker.take(*records(deadline(60)))
    assert [each.header(ORIGIN_MS) for each in to_topic(by_clock, DEVIATION_ALERT_CHANGED)] == [None]
    unmarked = worker.take(*records(scan(3, 11, "NOWHERE")))
    assert to_topic(unmarked, DEVIATION_ALERT_CHANGED)[0].header(ORIGIN_MS) == str(PUBLISHED_MS).encode()


def test_a_repeated_chunk_changes_nothing_and_tells_nothing() -> None:
    worker = tracker(PORT)
    chunk = records(plan(), scan(2, 10, "YARD"), deadline(60), hold(3, 5), scan(4, 20, "STORE"))
    assert told(worker.take(*chunk)) != []
    before = dict(worker.table)
    assert worker.take(*chunk) == []
    assert worker.table == before


def test_a_repetition_within_a_chunk_counts_once() -> None:
    out = tracker(PORT).take(*records(plan(), plan(), scan(2, 10, "DOCK"), scan(2, 10, "DOCK")))
    assert [(state.revision, state.reads) for state in states(out)] == [(2, 1)]


@pytest.mark.parametrize("key", [None, b"", b"BIC:CSQU3054383", b"\xff" * 16, b"a11ce"])
def test_a_key_that_is_no_iot_id_goes_to_the_dead_letters(key: bytes | None) -> None:
    value = CODEC.encode(scan(2, 10, "DOCK"))
    worker = tracker(PORT)
    dead, state = worker.take(
        record(MISSION_EVENT_RESOLVED.name, key, value, [("h", b"1")], partition=0, offset=41), *records(plan())
    )
    assert (dead.topic, dead.key, dead.value) == (f"{MISSION_EVENT_RESOLVED.name}.dlq", key, value)
    assert (dead.header("h"), dead.header("dlq-offset"), dead.header("dlq-reason")) == (b"1", b"41", b"bad-key")
    assert state.topic == MISSION_STATE_CHANGED.name
    assert list(worker.table) == [KEY]


def test_a_deadline_of_no_iot_id_goes_to_the_dead_letters() -> None:
    value = CODEC.encode(deadline(10, f"BIC:{BOX}"))
    (dead,) = tracker(PORT).take(record(MISSION_DEADLINE_PASSED.name, KEY, value))
    assert dead.topic == f"{MISSION_DEADLINE_PASSED.name}.dlq"
    assert dead.header("dlq-reason") == b"bad-key"


def test_a_record_that_does_not_belong_on_its_topic_goes_to_the_dead_letters() -> None:
    value = CODEC.encode(deadline(10))
    (dead,) = tracker(PORT).take(record(MISSION_EVENT_RESOLVED.name, KEY, value))
    assert dead.header("dlq-reason") == b"wrong-record"


@pytest.mark.parametrize("hostile", [b"9" * 5_000, b"9" * 400, b"-1", b""])
def test_an_origin_that_others_wrote_never_stops_the_worker(hostile: bytes) -> None:
    out = tracker(PORT).take(*records(plan()), mission_record(scan(2, 10, "SCANNER"), IOT_ID, [(ORIGIN_MS, hostile)]))
    assert told(out) == [("OFF_PATH_NODE", "RAISED", 1)]


def test_a_full_mission_takes_no_more_and_the_rest_goes_on() -> None:
    worker = tracker(PORT)
    reads = b"".join(packed(Read(at(n), event_id(n), "DOCK", None, ())) for n in range(FACTS_MAX))
    worker.table[KEY] = packed(Kept(str(IOT_ID), count=FACTS_MAX, facts=reads))
    full = dict(worker.table)
    dead, state = worker.take(*records(scan(9_999, 5, "DOCK")), mission_record(plan(iot_id=OTHER), OTHER))
    assert dead.header("dlq-reason") == b"history-full"
    assert state.topic == MISSION_STATE_CHANGED.name
    assert worker.table[KEY] == full[KEY]


def test_the_next_due_time_is_watched_until_it_is_judged() -> None:
    worker = tracker(PORT)
    worker.take(*records(plan()))
    assert list(worker.deadlines.pop_due(at(59.9))) == []
    assert list(worker.deadlines.pop_due(at(60))) == [(0, KEY)]
    worker.take(*records(deadline(60)))
    assert list(worker.deadlines.pop_due(at(119.9))) == []
    assert list(worker.deadlines.pop_due(at(120))) == [(0, KEY)]


def test_the_end_of_a_mission_ends_the_watch() -> None:
    worker = tracker(PORT)
    worker.take(*records(plan(), status(2, 5, CustomsStatus.DEFINITIVE)))
    assert len(worker.deadlines) == 0


def test_after_recovery_the_due_times_are_known_again() -> None:
    worker = tracker(PORT)
    worker.take(*records(plan(), scan(2, 10, "DOCK")))
    worker.deadlines.clear()
    worker.handler.recovered()
    assert list(worker.deadlines.pop_due(at(120))) == [(0, KEY)]


def test_what_is_kept_is_the_mission_and_what_was_said_about_it() -> None:
    worker = tracker(PORT)
    worker.take(*records(plan(), scan(2, 10, "YARD"), deadline(60)))
    found = kept(worker)
    mission = unpacked(found)
    assert mission.checked_at == at(60)
    assert [fact.event_id for fact in mission.facts] == [event_id(1), event_id(2)]
    assert (found.ledger.revision, found.ledger.open_kinds) == (3, ("NODE_SKIPPED",))


# Properties ---------------------------------------------------------------------------------------------------

numbers = st.integers(10, 2**64)
minutes = st.integers(0, 12).map(lambda n: n * 15)
nodes = st.sampled_from(["DOCK", "YARD", "STORE", "GATE-OUT", "SCANNER", "NOWHERE"])
something = st.one_of(
    st.builds(scan, numbers, minutes, nodes),
    st.builds(lambda n, when, node: scan(n, when, node, *ids(BIC=BOX, PLATE=OTHER_TRUCK)), numbers, minutes, nodes),
    st.builds(deadline, minutes),
    st.builds(hold, numbers, minutes),
    st.builds(lift, numbers, minutes),
    st.builds(
        status,
        numbers,
        minutes,
        st.sampled_from([CustomsStatus.RELEASED, CustomsStatus.UNDER_CONTROL, CustomsStatus.DEFINITIVE]),
    ),
)
missions = st.lists(something, max_size=10, unique_by=lambda event: getattr(event, "event_id", event)).map(
    lambda rest: [plan(1, 0), *rest]
)


def standing(out: list[Sent]) -> set[tuple[UUID, Any]]:
    """The alerts that stand at the end: of each, its highest revision says whether."""
    last = {alert.alert_id: alert for alert in sorted(alerts(out), key=lambda alert: alert.revision)}
    return {(alert.alert_id, alert.evidence) for alert in last.values() if alert.status != "CLEARED"}


@settings(max_examples=100, deadline=None)
@given(events=missions, data=st.data())
def test_where_the_input_is_cut_into_chunks_makes_no_difference(events: list[Any], data: st.DataObject) -> None:
    chunk = [mission_record(event, data.draw(st.sampled_from([IOT_ID, OTHER]))) for event in events]
    at_once, in_chunks = tracker(PORT), tracker(PORT)
    expected = at_once.take(*chunk)
    out = in_chunks.take_in_chunks(chunk, data.draw(st.sets(st.integers(1, len(chunk)))))
    assert to_topic(out, DEVIATION_ALERT_CHANGED) == to_topic(expected, DEVIATION_ALERT_CHANGED)
    assert in_chunks.table == at_once.table
    assert {each.iot_id: each for each in states(out)} == {each.iot_id: each for each in states(expected)}


@settings(max_examples=100, deadline=None)
@given(events=missions, data=st.data())
def test_whatever_order_and_repetition_the_same_alerts_stand_at_the_end(
    events: list[Any], data: st.DataObject
) -> None:
    untidily = data.draw(st.permutations([*events, *events[:3]]))
    tidy, untidy = tracker(PORT), tracker(PORT)
    assert standing(tidy.take(*records(*events))) == standing(untidy.take(*records(*untidily)))
    assert unpacked(kept(tidy)) == unpacked(kept(untidy))
    assert kept(tidy).ledger.open_kinds == kept(untidy).ledger.open_kinds


@settings(max_examples=100, deadline=None)
@given(events=missions, data=st.data())
def test_a_crash_after_sending_tells_the_same_alerts_again(events: list[Any], data: st.DataObject) -> None:
    """Results leave before the state: a worker killed in between repeats them from the old state."""
    chunk = records(*events)
    cut = data.draw(st.integers(0, len(chunk)))
    whole = tracker(PORT).take(*chunk)
    survivor = tracker(PORT)
    before = survivor.take(*chunk[:cut])
    saved = dict(survivor.table)
    lost = survivor.take(*chunk[cut:])
    survivor.table.clear()
    survivor.table.update(saved)
    repeated = survivor.take(*chunk[cut:])
    assert repeated == lost
    assert alerts([*before, *repeated]) == alerts(whole)
