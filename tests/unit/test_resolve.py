"""The worker ``resolve``: observations in, mission events out, over bindings, hops, waiting and waking."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from aiokafka.structs import ConsumerRecord
from builders import BOX, IOT_ID, MRN_1, OTHER_BOX, TRUCK, at, deadline, event_id, ids, plan, scan, status
from hypothesis import given, settings
from hypothesis import strategies as st
from rig import (
    CODEC,
    PUBLISHED_MS,
    alerts,
    identity_record,
    packed,
    partition_for,
    record,
    resolver,
    to_topic,
    told,
)

from domain.events import CustomsStatus, IdBound, IdentifierHandedOver, IdScanned, ObservationTaken
from domain.identifiers import Scheme
from domain.identity import PARKED_MAX, Identity, Parked
from streams.outbox import partition_of
from topics.catalog import (
    DEVIATION_ALERT_CHANGED,
    ID_BOUND,
    ID_SCANNED,
    MISSION_EVENT_RESOLVED,
    OBSERVATION_REROUTED,
)
from topics.headers import ANSWER, ATTEMPT, ORIGIN_MS, RANK, RESOLVED_BY

PARTITIONS = 4
BOX_KEY, TRUCK_KEY = f"BIC:{BOX}", f"PLATE:{TRUCK}"
BOX_PARTITION = partition_for(BOX_KEY, PARTITIONS)
TRUCK_PARTITION = partition_for(TRUCK_KEY, PARTITIONS)
OTHER_IOT_ID = UUID(int=0xB0B, version=4)


def bound(
    number: int, minutes: float, scheme: Scheme = Scheme.BIC, value: str = BOX, iot_id: UUID = IOT_ID
) -> IdBound:
    return IdBound(event_id=event_id(number), iot_id=iot_id, scheme=scheme, value=value, valid_from=at(minutes))


def state(worker: Any, key: str) -> Identity:
    return msgspec.msgpack.decode(worker.table[key.encode()], type=Identity)


def test_the_two_identifiers_of_these_tests_live_on_different_partitions() -> None:
    assert BOX_PARTITION != TRUCK_PARTITION


def test_a_mission_is_forwarded_and_fans_out_into_its_bindings() -> None:
    incoming = identity_record(plan(1, 0, identifiers=ids(BIC=BOX, PLATE=TRUCK)))
    out = resolver(PARTITIONS).take(incoming)
    (forwarded,) = to_topic(out, MISSION_EVENT_RESOLVED)
    assert (forwarded.key, forwarded.value) == (str(IOT_ID).encode(), incoming.value)
    assert forwarded.header(RESOLVED_BY) == f"IOT_ID:{IOT_ID}".encode()
    fanned = to_topic(out, ID_BOUND)
    assert {each.key for each in fanned} == {f"IOT_ID:{IOT_ID}".encode(), BOX_KEY.encode(), TRUCK_KEY.encode()}
    assert all(each.partition == partition_of(each.key or b"", PARTITIONS) for each in fanned)
    assert {CODEC.decode(each.value, IdBound).iot_id for each in fanned} == {IOT_ID}


def test_a_read_of_a_bound_identifier_is_forwarded_as_it_came() -> None:
    worker = resolver()
    worker.take(identity_record(bound(1, 0)))
    incoming = identity_record(scan(2, 5, "DOCK"), headers=[("ce_id", b"x")])
    (forwarded,) = worker.take(incoming)
    assert forwarded.topic == MISSION_EVENT_RESOLVED.name
    assert (forwarded.key, forwarded.value) == (str(IOT_ID).encode(), incoming.value)
    assert forwarded.header("ce_id") == b"x"
    assert forwarded.header(RESOLVED_BY) == BOX_KEY.encode()
    assert forwarded.header(ORIGIN_MS) == str(PUBLISHED_MS).encode()


def test_the_moment_at_which_it_all_started_is_kept() -> None:
    worker = resolver()
    worker.take(identity_record(bound(1, 0)))
    (forwarded,) = worker.take(identity_record(scan(2, 5, "DOCK"), headers=[(ORIGIN_MS, b"12345")]))
    assert forwarded.header(ORIGIN_MS) == b"12345"


def test_a_customs_status_takes_the_same_road_by_its_declaration() -> None:
    worker = resolver()
    worker.take(identity_record(bound(1, 0, Scheme.MRN, MRN_1)))
    (forwarded,) = worker.take(identity_record(status(2, 5, CustomsStatus.RELEASED, *ids(MRN=MRN_1))))
    assert (forwarded.key, forwarded.header(RESOLVED_BY)) == (str(IOT_ID).encode(), f"MRN:{MRN_1}".encode())


def test_a_read_on_the_wrong_partition_hops_and_leaves_nothing_behind() -> None:
    worker = resolver(PARTITIONS)
    incoming = identity_record(scan(1, 0, "DOCK"))
    (hop,) = worker.take(incoming, partition=TRUCK_PARTITION)
    assert hop[:4] == (OBSERVATION_REROUTED.name, BOX_PARTITION, BOX_KEY.encode(), incoming.value)
    assert hop.header(ATTEMPT) == b"0"
    assert worker.table == {}


def test_an_unbound_read_waits_at_home_and_tries_its_next_identifier() -> None:
    worker = resolver(PARTITIONS)
    both = scan(1, 0, "DOCK", *ids(BIC=BOX, PLATE=TRUCK))
    (hop,) = worker.take(identity_record(both), partition=BOX_PARTITION)
    assert hop[:3] == (OBSERVATION_REROUTED.name, TRUCK_PARTITION, TRUCK_KEY.encode())
    assert hop.header(ATTEMPT) == b"1"
    assert [each.event_id for each in state(worker, BOX_KEY).parked] == [event_id(1)]


def rerouted(event: IdScanned, key: str, said: bytes, header: str = ATTEMPT) -> ConsumerRecord[Any, Any]:
    headers = [(header, said), (ORIGIN_MS, b"7")]
    return record(OBSERVATION_REROUTED.name, key.encode(), CODEC.encode(event), headers)


def test_its_second_identifier_tells_home_where_it_leads() -> None:
    both = scan(2, 5, "DOCK", *ids(BIC=BOX, PLATE=TRUCK))
    away = resolver(PARTITIONS)
    away.take(identity_record(bound(1, 0, Scheme.PLATE, TRUCK)), partition=TRUCK_PARTITION)
    (answer,) = away.take(rerouted(both, TRUCK_KEY, b"1"), partition=TRUCK_PARTITION)
    assert (answer.topic, answer.partition, answer.key) == (
        OBSERVATION_REROUTED.name,
        BOX_PARTITION,
        BOX_KEY.encode(),
    )
    assert (answer.header(ANSWER), answer.header(ATTEMPT)) == (f"1/{IOT_ID}".encode(), None)
    assert state(away, TRUCK_KEY).parked == ()


def test_home_gives_it_to_where_the_best_identifier_leads() -> None:
    both = scan(2, 5, "DOCK", *ids(BIC=BOX, PLATE=TRUCK))
    home = resolver(PARTITIONS)
    home.take(identity_record(both), partition=BOX_PARTITION)
    answer = rerouted(both, BOX_KEY, f"1/{IOT_ID}".encode(), ANSWER)
    (forwarded,) = home.take(answer, partition=BOX_PARTITION)
    assert (forwarded.key, forwarded.header(RESOLVED_BY), forwarded.header(RANK)) == (
        str(IOT_ID).encode(),
        TRUCK_KEY.encode(),
        b"1",
    )
    assert (forwarded.header(ANSWER), forwarded.header(ATTEMPT)) == (None, None)
    assert home.take(answer, partition=BOX_PARTITION) == []
    better, taken = home.take(identity_record(bound(9, 0, iot_id=OTHER_IOT_ID)), partition=BOX_PARTITION)
    assert (better.key, better.header(RANK)) == (str(OTHER_IOT_ID).encode(), b"0")
    assert taken.key == str(IOT_ID).encode()
    assert CODEC.decode(taken.value, ObservationTaken).takes == event_id(2)


def test_a_late_binding_wakes_what_waits_with_its_own_bytes_and_headers() -> None:
    worker = resolver()
    incoming = identity_record(scan(1, 5, "DOCK"), headers=[("traceparent", b"t")])
    assert worker.take(incoming) == []
    (forwarded,) = worker.take(identity_record(bound(9, 0)))
    assert (forwarded.key, forwarded.value) == (str(IOT_ID).encode(), incoming.value)
    assert (forwarded.header("traceparent"), forwarded.header(ORIGIN_MS)) == (b"t", str(PUBLISHED_MS).encode())
    assert [parked.given for parked in state(worker, BOX_KEY).parked] == [(0, IOT_ID)]


def test_a_late_binding_away_from_home_tells_home() -> None:
    both = scan(2, 5, "DOCK", *ids(BIC=BOX, PLATE=TRUCK))
    away = resolver(PARTITIONS)
    assert away.take(rerouted(both, TRUCK_KEY, b"1"), partition=TRUCK_PARTITION) == []
    (answer,) = away.take(identity_record(bound(1, 0, Scheme.PLATE, TRUCK)), partition=TRUCK_PARTITION)
    assert (answer.key, answer.header(ANSWER)) == (BOX_KEY.encode(), f"1/{IOT_ID}".encode())
    assert state(away, TRUCK_KEY).parked == ()


def test_an_identifier_that_is_bound_anew_is_handed_over_by_its_mission() -> None:
    worker = resolver()
    worker.take(identity_record(bound(1, 0)))
    (told,) = worker.take(identity_record(bound(2, 60, iot_id=OTHER_IOT_ID)))
    handover = CODEC.decode(told.value, IdentifierHandedOver)
    assert (told.topic, told.key) == (MISSION_EVENT_RESOLVED.name, str(IOT_ID).encode())
    assert (handover.key, handover.to_iot_id, handover.occurred_at) == (BOX_KEY, OTHER_IOT_ID, at(60))


def test_an_unknown_object_is_raised_by_the_clock_and_cleared_by_a_late_binding() -> None:
    worker = resolver()
    assert worker.take(identity_record(scan(1, 5, "DOCK"))) == []
    assert worker.take(identity_record(deadline(14.9, BOX_KEY))) == []
    (raised,) = alerts(worker.take(identity_record(deadline(15, BOX_KEY))))
    assert (raised.kind, raised.status, raised.revision) == ("UNKNOWN_OBJECT", "RAISED", 1)
    assert (raised.iot_id, raised.object_key, raised.trigger) == (None, BOX_KEY, None)
    assert (raised.node, raised.evidence, raised.changed_at) == ("DOCK", (event_id(1),), at(15))
    out = worker.take(identity_record(bound(9, 0)))
    (cleared,) = alerts(out)
    assert (cleared.alert_id, cleared.status, cleared.revision) == (raised.alert_id, "CLEARED", 2)
    assert cleared.trigger == event_id(9)
    assert len(to_topic(out, MISSION_EVENT_RESOLVED)) == 1


def test_an_alert_is_keyed_by_what_it_concerns_and_tells_when_it_all_started() -> None:
    worker = resolver()
    worker.take(identity_record(scan(1, 5, "DOCK")), identity_record(deadline(15, BOX_KEY)))
    (sent,) = to_topic(worker.take(identity_record(bound(9, 0))), DEVIATION_ALERT_CHANGED)
    assert (sent.key, sent.header(ORIGIN_MS)) == (BOX_KEY.encode(), str(PUBLISHED_MS).encode())


def test_further_reads_of_an_unknown_object_change_its_alert() -> None:
    worker = resolver()
    worker.take(identity_record(scan(1, 5, "DOCK")), identity_record(deadline(15, BOX_KEY)))
    later = worker.take(identity_record(scan(2, 6, "YARD")), identity_record(deadline(16, BOX_KEY)))
    assert told(later) == [("UNKNOWN_OBJECT", "CHANGED", 2)]


def test_a_misread_waits_under_its_own_key_and_no_binding_resolves_it() -> None:
    misread = "CSQU3054384"
    worker = resolver()
    worker.take(identity_record(bound(1, 0, Scheme.BIC, misread)))
    assert worker.take(identity_record(scan(2, 5, "DOCK", *ids(BIC=misread)))) == []
    assert told(worker.take(identity_record(deadline(15, f"BIC:{misread}")))) == [("UNKNOWN_OBJECT", "RAISED", 1)]


def test_a_repeated_chunk_changes_nothing_and_raises_nothing() -> None:
    worker = resolver()
    chunk = [
        identity_record(event)
        for event in (
            scan(1, 5, "DOCK"),
            bound(8, 20),
            deadline(15, BOX_KEY),
            scan(2, 30, "YARD"),
            deadline(40, BOX_KEY),
        )
    ]
    first = worker.take(*chunk)
    assert told(first) == [("UNKNOWN_OBJECT", "RAISED", 1)]
    before = dict(worker.table)
    again = worker.take(*chunk)
    assert told(again) == []
    assert worker.table == before
    # What it forwards once more carries the same event ids, so that nobody counts it twice.
    assert to_topic(again, MISSION_EVENT_RESOLVED) == to_topic(first, MISSION_EVENT_RESOLVED)


def test_too_many_waiting_go_to_the_dead_letters() -> None:
    worker = resolver()
    full = Identity(
        parked=tuple(Parked(at(n), event_id(n), "DOCK", True, BOX_KEY, b"", ()) for n in range(PARKED_MAX))
    )
    worker.table[BOX_KEY.encode()] = packed(full)
    incoming = identity_record(scan(999, 5, "DOCK"))
    (dead,) = worker.take(incoming)
    assert dead[:4] == (f"{ID_SCANNED.name}.dlq", 0, BOX_KEY.encode(), incoming.value)
    assert dead.header("dlq-reason") == b"too-many-parked"
    assert state(worker, BOX_KEY) == full


def test_what_cannot_be_decoded_goes_to_the_dead_letters_and_the_rest_goes_on() -> None:
    worker = resolver()
    worker.take(identity_record(bound(1, 0)))
    bad = record(ID_SCANNED.name, b"k", b"\x00\x00\x00\x00\x63", [("h", b"1")], offset=17)
    dead, forwarded = worker.take(bad, identity_record(scan(2, 5, "DOCK")))
    assert dead[:4] == (f"{ID_SCANNED.name}.dlq", 0, b"k", bad.value)
    assert (dead.header("h"), dead.header("dlq-offset")) == (b"1", b"17")
    assert dead.header("dlq-reason") == b"unknown-schema"
    assert forwarded.topic == MISSION_EVENT_RESOLVED.name


def test_after_recovery_the_due_times_are_known_again() -> None:
    worker = resolver(PARTITIONS)
    worker.take(identity_record(scan(1, 5, "DOCK")), partition=BOX_PARTITION)
    worker.deadlines.clear()
    worker.handler.recovered()
    assert list(worker.deadlines.pop_due(at(14.9))) == []
    assert list(worker.deadlines.pop_due(at(15))) == [(BOX_PARTITION, BOX_KEY.encode())]


@pytest.mark.parametrize("hostile", [b"9" * 5_000, b"9" * 400, b"-1", b"1.5", b"", b"\xff", "٣".encode()])
@pytest.mark.parametrize("name", [ANSWER, ATTEMPT, ORIGIN_MS])
def test_headers_that_others_wrote_never_stop_the_worker(name: str, hostile: bytes) -> None:
    worker = resolver()
    worker.take(identity_record(scan(1, 5, "DOCK")), identity_record(deadline(15, BOX_KEY)))
    out = worker.take(identity_record(scan(2, 6, "DOCK"), headers=[(name, hostile)]), identity_record(bound(9, 0)))
    assert len(to_topic(out, MISSION_EVENT_RESOLVED)) == 2


@pytest.mark.parametrize("year", [1, 9999])
def test_a_read_at_the_end_of_time_never_stops_the_worker(year: int) -> None:
    extreme = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
    read = msgspec.structs.replace(scan(1, 0, "DOCK"), occurred_at=extreme)
    worker = resolver()
    worker.take(identity_record(read))
    worker.take(identity_record(deadline(15, BOX_KEY)))
    worker.handler.recovered()


# Properties ---------------------------------------------------------------------------------------------------

minutes = st.integers(0, 8).map(lambda n: n * 5)
boxes = st.sampled_from([BOX, OTHER_BOX, "CSQU3054384"])
something = st.one_of(
    st.builds(lambda n, when, box: scan(n, when, "DOCK", *ids(BIC=box)), st.integers(1, 2**64), minutes, boxes),
    st.builds(
        lambda n, when, box: scan(n, when, "YARD", *ids(BIC=box, PLATE=TRUCK)), st.integers(1, 2**64), minutes, boxes
    ),
    st.builds(
        lambda n, when, box, iot_id: bound(n, when, Scheme.BIC, box, iot_id),
        st.integers(1, 2**64),
        minutes,
        boxes,
        st.sampled_from([IOT_ID, OTHER_IOT_ID]),
    ),
    st.builds(lambda when, box: deadline(when, f"BIC:{box}"), minutes, boxes),
)


@settings(max_examples=100, deadline=None)
@given(events=st.lists(something, min_size=1, max_size=12), data=st.data())
def test_where_the_input_is_cut_into_chunks_makes_no_difference(events: list[Any], data: st.DataObject) -> None:
    records = [identity_record(event) for event in events]
    cuts = data.draw(st.sets(st.integers(1, len(records))))
    at_once, in_chunks = resolver(), resolver()
    out, expected = in_chunks.take_in_chunks(records, cuts), at_once.take(*records)
    for topic in {each.topic for each in (*out, *expected)}:
        assert to_topic(out, topic) == to_topic(expected, topic)
    assert in_chunks.table == at_once.table


def test_grace_is_counted_from_the_read() -> None:
    worker = resolver()
    worker.take(identity_record(scan(1, 5, "DOCK")))
    assert list(worker.deadlines.pop_due(at(5) + timedelta(seconds=600))) == [(0, BOX_KEY.encode())]
