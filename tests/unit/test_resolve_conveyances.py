"""The worker ``resolve``: trains, ships and what they expect; devices, appointments, reviews; what is taken back."""

from typing import Any

import msgspec
import pytest
from builders import (
    BOX,
    IOT_ID,
    MRN_1,
    TRUCK,
    appointment,
    at,
    deadline,
    event_id,
    ids,
    plan,
    retracted,
    review,
    scan,
    signal,
)
from conveyance_builders import (
    CALL,
    TRAIN,
    call,
    composed,
    landed,
    listed,
    manifest,
    passed,
    permission,
    weighed,
)
from rig import (
    CODEC,
    PUBLISHED_MS,
    Sent,
    Worker,
    identity_record,
    partition_for,
    record,
    resolver,
    to_topic,
    told,
)

from domain.alerts import alert_id
from domain.associations import bindings_of, expectations_of
from domain.events import CallStatus, DeviceSignal, IdBound, Outcome, UnitExpected
from domain.identifiers import Scheme
from topics.catalog import ID_BOUND, MISSION_EVENT_RESOLVED, OBSERVATION_REROUTED, READ_BY, RESOLVE_GROUP
from topics.headers import ATTEMPT, ORIGIN_MS, RESOLVED_BY

PARTITIONS = 4
BOX_KEY = f"BIC:{BOX}"
UNKNOWN = ("UNKNOWN_OBJECT", "RAISED", 1)
GENERATED = plan(1, 0, identifiers=ids(BIC=BOX, PLATE=TRUCK, MRN=MRN_1))
TAKEN_BACK = retracted(9, 99, GENERATED, *ids(IOT_ID=str(IOT_ID)), *GENERATED.identifiers)


def through(worker: Worker, *events: Any) -> list[Sent]:
    """Work through events, and through everything that comes back to this worker on its own topics."""
    own = {topic.name for topic in READ_BY[RESOLVE_GROUP]}
    out: list[Sent] = []
    waiting = [identity_record(event) for event in events]
    while waiting:
        sent = worker.take(waiting.pop(0))
        out += sent
        waiting += [record(each.topic, each.key, each.value, each.headers) for each in sent if each.topic in own]
    return out


def owners(out: list[Sent]) -> list[str]:
    """Whose the forwarded events are."""
    return [(each.key or b"").decode() for each in to_topic(out, MISSION_EVENT_RESOLVED)]


# Trains and ships --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "owner"),
    [
        (composed(1, 0), TRAIN),
        (permission(1, 0), TRAIN),
        (manifest(1, 0), CALL),
        (call(1, 0, CallStatus.ARRIVED), CALL),
        (weighed(1, 0, 10), CALL),
    ],
)
def test_what_is_told_of_a_conveyance_goes_to_it_as_it_came(event: Any, owner: str) -> None:
    incoming = identity_record(event, headers=[("ce_id", b"x"), (ORIGIN_MS, b"7")])
    (forwarded,) = to_topic(resolver().take(incoming), MISSION_EVENT_RESOLVED)
    assert (forwarded.key, forwarded.value) == (owner.encode(), incoming.value)
    assert (forwarded.header("ce_id"), forwarded.header(ORIGIN_MS)) == (b"x", b"7")
    assert forwarded.header(RESOLVED_BY) == owner.encode()


@pytest.mark.parametrize(
    ("event", "days"), [(composed(3, 0, listed(), listed("GYOU4047990")), 7), (manifest(3, 0), 30)]
)
def test_its_units_are_told_to_their_identifiers(event: Any, days: int) -> None:
    incoming = identity_record(event)
    fanned = to_topic(resolver(PARTITIONS).take(incoming), ID_BOUND)
    assert [CODEC.decode(each.value, UnitExpected) for each in fanned] == expectations_of(event)
    for each in fanned:
        expected = CODEC.decode(each.value, UnitExpected)
        assert each.key == f"BIC:{expected.value}".encode()
        assert each.partition == partition_for(f"BIC:{expected.value}", PARTITIONS)
        assert (expected.expected_until - expected.expected_from).days == days


@pytest.mark.parametrize("event", [permission(1, 0), call(1, 0, CallStatus.ARRIVED), weighed(1, 0, 10)])
def test_what_names_no_list_of_units_expects_none(event: Any) -> None:
    assert to_topic(resolver().take(identity_record(event)), ID_BOUND) == []


def test_a_scan_with_its_conveyance_goes_to_both() -> None:
    worker = resolver()
    through(worker, GENERATED)
    incoming = identity_record(passed(2, 5))
    out = worker.take(incoming)
    assert sorted(owners(out)) == sorted([TRAIN, str(IOT_ID)])
    assert {each.value for each in out} == {incoming.value}
    assert {each.header(ORIGIN_MS) for each in out} == {str(PUBLISHED_MS).encode()}


def test_it_goes_to_its_conveyance_once_however_far_it_is_looked_up() -> None:
    box, truck = partition_for(BOX_KEY, PARTITIONS), partition_for(f"PLATE:{TRUCK}", PARTITIONS)
    workers = {partition: resolver(PARTITIONS) for partition in (box, truck)}
    seen = landed(2, 5, *ids(BIC=BOX, PLATE=TRUCK))
    elsewhere = workers[truck].take(identity_record(seen), partition=truck)
    assert owners(elsewhere) == [CALL]
    (hop,) = to_topic(elsewhere, OBSERVATION_REROUTED)
    at_home = workers[box].take(record(hop.topic, hop.key, hop.value, hop.headers), partition=box)
    assert owners(at_home) == []
    (hop,) = to_topic(at_home, OBSERVATION_REROUTED)
    away = workers[truck].take(record(hop.topic, hop.key, hop.value, hop.headers), partition=truck)
    assert owners(away) == []
    bound = IdBound(event_id=event_id(7), iot_id=IOT_ID, scheme=Scheme.PLATE, value=TRUCK, valid_from=at(0))
    (answer,) = to_topic(workers[truck].take(identity_record(bound), partition=truck), OBSERVATION_REROUTED)
    given = workers[box].take(record(answer.topic, answer.key, answer.value, answer.headers), partition=box)
    assert owners(given) == [str(IOT_ID)]


def test_a_forged_attempt_does_not_keep_a_scan_from_its_conveyance() -> None:
    out = resolver().take(identity_record(passed(2, 5), headers=[(ATTEMPT, b"3")]))
    assert owners(out) == [TRAIN]


# Expected units before unknown objects (§359, §372a) ---------------------------------------------------------------


@pytest.mark.parametrize("listing", [composed(3, 0), manifest(3, 0)])
def test_an_expected_unit_is_no_unknown_object(listing: Any) -> None:
    worker = resolver()
    through(worker, listing, scan(2, 5, "YARD"))
    assert told(worker.take(identity_record(deadline(15, BOX_KEY)))) == []


@pytest.mark.parametrize("listing", [composed(3, 0), manifest(3, 0)])
def test_a_list_that_comes_late_clears_an_unknown_object(listing: Any) -> None:
    worker = resolver()
    through(worker, scan(2, 5, "YARD"))
    assert told(worker.take(identity_record(deadline(15, BOX_KEY)))) == [UNKNOWN]
    assert told(through(worker, listing)) == [("UNKNOWN_OBJECT", "CLEARED", 2)]


@pytest.mark.parametrize(("listed_at", "alerts"), [(4, []), (6, []), (15, []), (15.001, [UNKNOWN])])
@pytest.mark.parametrize("listing", [composed, manifest])
@pytest.mark.parametrize("first", ["the read", "the list"])
def test_a_list_of_the_grace_time_explains_a_read_and_one_of_afterwards_does_not(
    listing: Any, first: str, listed_at: float, alerts: list[Any]
) -> None:
    worker = resolver()
    both = [scan(2, 5, "YARD"), listing(3, listed_at)]
    through(worker, *(both if first == "the read" else both[::-1]))
    assert told(worker.take(identity_record(deadline(15, BOX_KEY)))) == alerts


@pytest.mark.parametrize("listing", [composed(3, 0), manifest(3, 0)])
def test_a_unit_of_a_withdrawn_list_is_an_unknown_object_until_another_names_it(listing: Any) -> None:
    worker = resolver()
    through(worker, listing, scan(2, 5, "YARD"))
    assert told(worker.take(identity_record(deadline(15, BOX_KEY)))) == []
    (named,) = expectations_of(listing)
    assert told(through(worker, msgspec.structs.replace(named, withdrawn=True))) == [UNKNOWN]
    assert told(through(worker, listing)) == []
    assert told(through(worker, composed(4, 1))) == [("UNKNOWN_OBJECT", "CLEARED", 2)]


def test_an_expected_unit_still_waits_for_its_iot_id() -> None:
    worker = resolver()
    through(worker, composed(3, 0), scan(2, 5, "YARD"))
    worker.take(identity_record(deadline(15, BOX_KEY)))
    assert owners(through(worker, GENERATED)) == [str(IOT_ID), str(IOT_ID)]


def test_a_list_told_twice_changes_nothing() -> None:
    worker = resolver()
    through(worker, composed(3, 0))
    before = dict(worker.table)
    through(worker, composed(3, 0))
    assert worker.table == before


# Devices and appointments ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event", [signal(2, 5, DeviceSignal.DOOR_OPENED, "YARD"), appointment(2, 5, "GATE", (60, 90))]
)
def test_signals_and_appointments_follow_the_unit(event: Any) -> None:
    worker = resolver()
    through(worker, GENERATED)
    assert owners(worker.take(identity_record(event))) == [str(IOT_ID)]


@pytest.mark.parametrize(
    "event", [signal(2, 5, DeviceSignal.DOOR_OPENED, "YARD"), appointment(2, 5, "GATE", (6, 90))]
)
def test_they_wait_for_it_without_ever_being_an_unknown_object(event: Any) -> None:
    worker = resolver()
    through(worker, event)
    assert told(worker.take(identity_record(deadline(999, BOX_KEY)))) == []
    assert owners(through(worker, GENERATED)) == [str(IOT_ID)] * 2


def test_an_appointment_made_before_the_iot_id_is_that_of_the_mission_of_its_time() -> None:
    worker = resolver()
    through(worker, plan(3, 50, identifiers=ids(BIC=BOX)))
    assert owners(worker.take(identity_record(appointment(2, 5, "GATE", (60, 90))))) == [str(IOT_ID)]


# Reviews -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", [str(IOT_ID), TRAIN, CALL])
def test_a_review_goes_to_whom_its_alert_concerns(owner: str) -> None:
    incoming = identity_record(review(1, 0, event_id(7), owner=owner))
    worker = resolver()
    (forwarded,) = worker.take(incoming)
    assert (forwarded.topic, forwarded.key, forwarded.value) == (
        MISSION_EVENT_RESOLVED.name,
        owner.encode(),
        incoming.value,
    )
    assert worker.table == {}


def unknown_box() -> Worker:
    worker = resolver()
    through(worker, scan(2, 5, "DOCK"))
    assert told(worker.take(identity_record(deadline(15, BOX_KEY)))) == [UNKNOWN]
    return worker


def disposed(minutes: float) -> Any:
    alert = alert_id(BOX_KEY, "UNKNOWN_OBJECT", BOX_KEY)
    return review(8, minutes, alert, Outcome.UNFOUNDED, BOX_KEY)


def test_the_review_of_an_unknown_object_stays_here_and_is_told() -> None:
    worker = unknown_box()
    out = worker.take(identity_record(disposed(20)))
    assert told(out) == [("UNKNOWN_OBJECT", "DISPOSED", 2)]
    assert owners(out) == []
    assert worker.take(identity_record(disposed(20))) == []


def test_further_reads_open_an_unknown_object_again() -> None:
    worker = unknown_box()
    worker.take(identity_record(disposed(20)))
    through(worker, scan(3, 30, "DOCK"))
    assert told(worker.take(identity_record(deadline(40, BOX_KEY)))) == [("UNKNOWN_OBJECT", "CHANGED", 3)]


def test_a_review_on_the_wrong_partition_hops_to_its_object() -> None:
    home = partition_for(BOX_KEY, PARTITIONS)
    worker = resolver(PARTITIONS)
    incoming = identity_record(disposed(20))
    (hop,) = worker.take(incoming, partition=(home + 1) % PARTITIONS)
    assert hop[:4] == (OBSERVATION_REROUTED.name, home, BOX_KEY.encode(), incoming.value)
    assert worker.table == {}
    assert resolver(PARTITIONS).take(record(hop.topic, hop.key, hop.value, hop.headers), partition=home) == []


# Taking back -------------------------------------------------------------------------------------------------------


def test_a_retraction_with_a_conveyance_goes_to_both() -> None:
    worker = resolver()
    through(worker, GENERATED)
    seen = passed(2, 5)
    through(worker, seen)
    out = worker.take(identity_record(retracted(3, 60, seen, *ids(BIC=BOX), conveyance=TRAIN)))
    assert sorted(owners(out)) == sorted([TRAIN, str(IOT_ID)])


def test_a_retraction_of_what_was_told_of_a_conveyance_alone_goes_to_it_and_nowhere_else() -> None:
    worker = resolver()
    out = worker.take(identity_record(retracted(3, 60, permission(1, 0), conveyance=TRAIN)))
    assert owners(out) == [TRAIN]
    assert len(out) == 1
    assert worker.table == {}


def test_a_retracted_generation_releases_what_it_bound() -> None:
    worker = resolver()
    through(worker, GENERATED)
    out = through(worker, TAKEN_BACK)
    withdrawn = [CODEC.decode(each.value, IdBound) for each in to_topic(out, ID_BOUND)]
    assert withdrawn == bindings_of(TAKEN_BACK)
    assert all(each.withdrawn for each in withdrawn)
    # The retraction, and of each identifier that it means nobody any more; of the declaration twice, once as shared.
    assert owners(out) == [str(IOT_ID)] * 6
    assert owners(through(worker, scan(2, 5, "DOCK"))) == []
    assert told(worker.take(identity_record(deadline(15, BOX_KEY)))) == [UNKNOWN]


def test_a_retraction_that_overtakes_the_generation_releases_it_all_the_same() -> None:
    worker = resolver()
    through(worker, TAKEN_BACK)
    assert set(owners(through(worker, GENERATED))) == {str(IOT_ID)}
    assert owners(through(worker, scan(2, 5, "DOCK"))) == []


def test_what_was_taken_back_before_may_be_bound_anew() -> None:
    worker = resolver()
    through(worker, GENERATED, TAKEN_BACK, plan(3, 20, identifiers=ids(BIC=BOX)))
    assert owners(through(worker, scan(2, 25, "DOCK"))) == [str(IOT_ID)]
