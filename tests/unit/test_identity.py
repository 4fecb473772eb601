"""Which mission an identifier means, in event time, and what becomes of reads that nothing explains yet."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from builders import (
    BOX,
    MRN_1,
    OTHER_BOX,
    TRUCK,
    at,
    event_id,
    ids,
    plan,
    scan,
    status,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.associations import bindings_of
from domain.deviations.unknown_object import MISREADS_NAMED_MAX
from domain.events import CustomsStatus, IdBound, Identifier
from domain.identifiers import Scheme, check, misread_candidates
from domain.identity import (
    BINDINGS_MAX,
    PARKED_MAX,
    WATCHED,
    Identity,
    Parked,
    as_parked,
    bind,
    bound_to,
    expire,
    forget,
    give,
    next_expiry,
    park,
    take_back,
    unknown_objects,
)
from domain.observation import Candidate, candidates

KEY = f"BIC:{BOX}"
GRACE = timedelta(minutes=10)
FIRST, SECOND = UUID(int=1, version=4), UUID(int=2, version=4)


def bound(number: int, minutes: float, iot_id: UUID = FIRST) -> IdBound:
    return IdBound(event_id=event_id(number), iot_id=iot_id, scheme=Scheme.BIC, value=BOX, valid_from=at(minutes))


def waiting(number: int, minutes: float, home: str = KEY, *, is_scan: bool = True) -> Parked:
    return Parked(at(minutes), event_id(number), "DOCK", is_scan, home, b"value", (("h", b"1"),))


def identity(*parked: Parked) -> Identity:
    found = Identity()
    for each in parked:
        found = park(found, each)
    return found


def numbers(found: Identity) -> list[UUID]:
    return [each.event_id for each in found.parked]


def test_a_binding_holds_from_its_moment_on() -> None:
    found = bind(KEY, Identity(), bound(1, 60)).identity
    assert bound_to(found, at(60)) == FIRST
    assert bound_to(found, at(9_999)) == FIRST
    assert bound_to(found, at(59.999)) is None


def test_a_container_comes_back_under_another_iot_id() -> None:
    found = bind(KEY, Identity(), bound(1, 0, FIRST)).identity
    found = bind(KEY, found, bound(2, 60, SECOND)).identity
    assert [bound_to(found, at(minutes)) for minutes in (-1, 0, 59, 60, 61)] == [None, FIRST, FIRST, SECOND, SECOND]


def test_a_repeated_binding_changes_nothing() -> None:
    found = bind(KEY, identity(waiting(9, -5)), bound(1, 0)).identity
    again = bind(KEY, found, bound(1, 0))
    assert again.identity is found
    assert again[1:] == ([], [], [])


def test_a_late_binding_decides_what_it_covers_and_nothing_else() -> None:
    learnt = bind(KEY, identity(waiting(1, 5), waiting(2, 9), waiting(3, 10)), bound(7, 9))
    decided = [(d.iot_id, d.rank, d.taken_from, d.parked.event_id) for d in learnt.decisions]
    assert decided == [(FIRST, 0, None, event_id(2)), (FIRST, 0, None, event_id(3))]
    assert [p.given for p in learnt.identity.parked] == [None, (0, FIRST), (0, FIRST)]


def test_what_a_binding_decides_carries_its_original_bytes_and_headers() -> None:
    (decision,) = bind(KEY, identity(waiting(1, 5)), bound(7, 0)).decisions
    assert (decision.parked.value, decision.parked.headers) == (b"value", (("h", b"1"),))


def test_a_copy_tells_its_home_where_it_leads() -> None:
    copy = waiting(1, 5, "PLATE:X")
    learnt = bind(KEY, identity(copy), bound(7, 0))
    assert (learnt.decisions, learnt.answers) == ([], [(copy, FIRST)])
    assert forget(learnt.identity, copy.event_id).parked == ()


def test_at_home_the_better_identifier_wins_whatever_order_they_tell_in() -> None:
    for order in ([(2, FIRST), (1, SECOND)], [(1, SECOND), (2, FIRST)]):
        home, decisions = identity(waiting(1, 5)), []
        for rank, iot_id in order:
            home, decision = give(home, event_id(1), rank, iot_id)
            decisions += [decision] if decision else []
        assert home.parked[0].given == (1, SECOND)
        assert [(d.iot_id, d.taken_from) for d in decisions][-1] == (SECOND, FIRST if order[0][0] == 2 else None)


def test_what_a_better_identifier_gives_to_the_same_mission_is_taken_from_nobody() -> None:
    home, _ = give(identity(waiting(1, 5)), event_id(1), 2, FIRST)
    home, decision = give(home, event_id(1), 1, FIRST)
    assert decision is not None
    assert (decision.rank, decision.taken_from) == (1, None)


def test_nothing_is_decided_about_what_does_not_wait_here() -> None:
    home = identity(waiting(1, 5))
    assert give(home, event_id(9), 0, FIRST) == (home, None)


def test_a_new_binding_is_handed_over_by_the_mission_that_had_the_identifier() -> None:
    found = bind(KEY, Identity(), bound(1, 0, FIRST)).identity
    ((whom, handover),) = bind(KEY, found, bound(2, 60, SECOND)).handovers
    assert (whom, handover.key, handover.to_iot_id) == (FIRST, KEY, SECOND)
    assert (handover.occurred_at, handover.valid_until) == (at(60), None)


def test_a_binding_in_between_is_handed_over_until_the_next_one() -> None:
    found = bind(KEY, bind(KEY, Identity(), bound(1, 0, FIRST)).identity, bound(3, 90, FIRST)).identity
    (first, again) = (
        bind(KEY, found, bound(2, 60, SECOND)).handovers,
        bind(KEY, found, bound(4, 99, SECOND)).handovers,
    )
    assert [(whom, h.to_iot_id, h.occurred_at, h.valid_until) for whom, h in first] == [
        (FIRST, SECOND, at(60), at(90))
    ]
    assert [(whom, h.occurred_at, h.valid_until) for whom, h in again] == [(FIRST, at(99), None)]


def test_a_mission_that_an_identifier_comes_back_to_is_told_so() -> None:
    found = bind(KEY, bind(KEY, Identity(), bound(1, 0, FIRST)).identity, bound(2, 60, SECOND)).identity
    told = bind(KEY, found, bound(3, 90, FIRST)).handovers
    assert [(whom, handover.to_iot_id) for whom, handover in told] == [(SECOND, FIRST), (FIRST, None)]


def test_the_first_binding_hands_nothing_over() -> None:
    assert bind(KEY, Identity(), bound(1, 0, FIRST)).handovers == []


def released(number: int, minutes: float, iot_id: UUID) -> IdBound:
    return msgspec.structs.replace(bound(number, minutes, iot_id), released=True)


def withdrawn(number: int, minutes: float, iot_id: UUID) -> IdBound:
    return msgspec.structs.replace(bound(number, minutes, iot_id), withdrawn=True)


def handed_over(*learnt: IdBound) -> list[tuple[UUID, UUID | None, bool, float, float | None]]:
    """What the last of them changes: who is told, whom it means now, whether nobody, and in which minutes."""
    found = Identity()
    for each in learnt[:-1]:
        found = bind(KEY, found, each).identity
    told = bind(KEY, found, learnt[-1]).handovers
    return [
        (whom, h.to_iot_id, h.to_nobody, minute(h.occurred_at), h.valid_until and minute(h.valid_until))
        for whom, h in told
    ]


def minute(moment: datetime) -> float:
    return (moment - at(0)) / timedelta(minutes=1)


AT_0, AT_60 = bound(1, 0, FIRST), bound(2, 60, SECOND)


@pytest.mark.parametrize(
    ("learnt", "told"),
    [
        ((AT_0, released(3, 30, FIRST)), [(FIRST, None, True, 30, None)]),
        ((AT_0, AT_60, released(3, 30, FIRST)), [(FIRST, None, True, 30, 60)]),
        ((AT_0, AT_60, released(3, 90, SECOND)), [(SECOND, FIRST, False, 90, None), (FIRST, None, False, 90, None)]),
        ((AT_0, AT_60, released(3, 90, FIRST)), []),
        ((AT_0, withdrawn(1, 0, FIRST)), [(FIRST, None, True, 0, None)]),
        ((AT_0, AT_60, withdrawn(1, 0, FIRST)), [(FIRST, None, True, 0, 60)]),
        ((AT_0, AT_60, withdrawn(2, 60, SECOND)), [(SECOND, FIRST, False, 60, None), (FIRST, None, False, 60, None)]),
        ((AT_0, released(3, 30, FIRST), withdrawn(3, 30, FIRST)), [(FIRST, None, False, 30, None)]),
        ((AT_0, released(3, 30, FIRST), bound(4, 40, SECOND)), []),
        ((withdrawn(1, 0, FIRST), AT_0), []),
        ((released(3, 30, FIRST), AT_0), []),
    ],
)
def test_whom_a_release_or_a_withdrawal_concerns(learnt: tuple[IdBound, ...], told: list[Any]) -> None:
    assert handed_over(*learnt) == told


def test_what_is_told_later_is_numbered_higher() -> None:
    found, numbers = Identity(), []
    for each in (AT_0, AT_60, withdrawn(2, 60, SECOND), released(3, 90, FIRST)):
        learnt = bind(KEY, found, each)
        found = learnt.identity
        numbers += [handover.number for _, handover in learnt.handovers]
        assert bind(KEY, found, each).identity is found
    assert numbers == [2, 3, 3, 4]


def test_a_binding_older_than_all_that_are_remembered_changes_nothing() -> None:
    found = Identity()
    for n in range(BINDINGS_MAX):
        found = bind(KEY, found, bound(n + 1, n, FIRST if n % 2 else SECOND)).identity
    learnt = bind(KEY, found, bound(999, -1, SECOND))
    assert learnt.identity is found
    assert learnt.handovers == []


def test_what_is_forgotten_of_the_oldest_is_told_to_nobody() -> None:
    found = Identity()
    for n in range(BINDINGS_MAX):
        found = bind(KEY, found, bound(n + 1, n, UUID(int=n + 1, version=4))).identity
    told = bind(KEY, found, bound(999, BINDINGS_MAX, SECOND)).handovers
    assert [whom for whom, _ in told][:1] == [UUID(int=BINDINGS_MAX, version=4)]
    assert all(handover.occurred_at == at(BINDINGS_MAX) for _, handover in told)


# What comes back ----------------------------------------------------------------------------------------------


def test_what_comes_back_waits_at_home_as_if_it_had_never_been_led() -> None:
    found = take_back(Identity(), waiting(1, 5), 0)
    assert found == identity(waiting(1, 5))
    assert take_back(found, waiting(1, 5), 0) is found
    assert len(unknown_objects(KEY, expire(KEY, found, at(15), GRACE), GRACE)) == 1


def test_what_was_watched_at_home_waits_again_and_is_told_whom_it_is_taken_from() -> None:
    home, _ = give(identity(waiting(1, 5)), event_id(1), 1, FIRST)
    home = take_back(home, waiting(1, 5), 1)
    assert next_expiry(KEY, home, GRACE) == at(15)
    home, decision = give(home, event_id(1), 2, SECOND)
    assert decision is not None
    assert (decision.iot_id, decision.taken_from, decision.number) == (SECOND, FIRST, 2)


def test_what_another_identifier_has_led_meanwhile_does_not_come_back() -> None:
    for better_or_worse in (0, 2):
        home, _ = give(identity(waiting(1, 5)), event_id(1), better_or_worse, FIRST)
        assert take_back(home, waiting(1, 5), 1) is home


def test_what_came_back_once_is_watched_for_good() -> None:
    home, _ = give(identity(waiting(1, 5)), event_id(1), 1, FIRST)
    home, _ = give(take_back(home, waiting(1, 5), 1), event_id(1), 2, SECOND)
    assert next_expiry(KEY, home, GRACE) is None
    assert expire(KEY, home, at(5) + 2 * WATCHED, GRACE) is home


bindings = st.lists(
    st.builds(bound, st.integers(1, 2**64), st.integers(0, 5), st.sampled_from([FIRST, SECOND])),
    max_size=6,
    unique_by=lambda each: each.event_id,
)


@settings(max_examples=300)
@given(learnt=bindings, data=st.data())
def test_any_order_and_repetition_of_bindings_ends_in_the_same_state(
    learnt: list[IdBound], data: st.DataObject
) -> None:
    repeated = data.draw(st.lists(st.sampled_from(learnt), max_size=3)) if learnt else []
    states = []
    for order in (learnt, data.draw(st.permutations([*learnt, *repeated]))):
        found = identity(waiting(1, 2), waiting(2, -1))
        for each in order:
            found = bind(KEY, found, each).identity
        states.append(found)
    assert states[0] == states[1]
    assert msgspec.msgpack.encode(states[0]) == msgspec.msgpack.encode(states[1])


def told_of(number: int, released: bool, withdrawn: bool) -> IdBound:
    """What an event says of the identifier; its moment and its IOT_ID are the event's own."""
    plain = bound(number, number % 3, FIRST if number % 2 else SECOND)
    return msgspec.structs.replace(plain, released=released, withdrawn=withdrawn)


@settings(max_examples=300)
@given(
    learnt=st.lists(st.builds(told_of, st.integers(1, 5), st.booleans(), st.booleans()), max_size=7, unique=True),
    data=st.data(),
)
def test_any_order_of_bindings_releases_and_withdrawals_ends_in_the_same_state(
    learnt: list[IdBound], data: st.DataObject
) -> None:
    states = []
    for order in (learnt, data.draw(st.permutations([*learnt, *learnt[:2]]))):
        found = Identity()
        for each in order:
            found = bind(KEY, found, each).identity
        states.append(found)
    meanings = [
        [bound_to(found, at(n), even_withdrawn=even) for n in range(4) for even in (False, True)] for found in states
    ]
    assert meanings[0] == meanings[1]
    assert states[0] == states[1]


@settings(max_examples=300)
@given(learnt=bindings)
def test_a_waiting_read_is_decided_once_at_the_most(learnt: list[IdBound]) -> None:
    found, decided = identity(waiting(1, 2), waiting(2, 4)), []
    for each in learnt:
        known = bind(KEY, found, each)
        found = known.identity
        decided += [decision.parked.event_id for decision in known.decisions]
    assert len(decided) == len(set(decided))
    assert sorted(decided + [p.event_id for p in found.parked if p.given is None]) == [event_id(1), event_id(2)]


def test_parking_is_ordered_by_event_time_and_happens_once() -> None:
    found = identity(waiting(2, 8), waiting(1, 5))
    assert numbers(found) == [event_id(1), event_id(2)]
    assert park(found, waiting(2, 8)) is found


def test_parking_is_bounded_but_takes_repetitions() -> None:
    full = identity(*(waiting(n, n) for n in range(1, PARKED_MAX + 1)))
    with pytest.raises(OverflowError):
        park(full, waiting(PARKED_MAX + 1, 0))
    assert park(full, waiting(1, 1)) is full


def test_what_is_only_watched_makes_room_for_what_waits() -> None:
    full = identity(*(waiting(n, n) for n in range(1, PARKED_MAX + 1)))
    watched, _ = give(full, event_id(7), 1, FIRST)
    held = park(watched, waiting(PARKED_MAX + 1, 0))
    assert event_id(PARKED_MAX + 1) in numbers(held)
    assert event_id(7) not in numbers(held)


def test_at_home_a_read_counts_as_missing_from_the_end_of_its_grace() -> None:
    found = identity(waiting(1, 5))
    assert expire(KEY, found, at(14.999), GRACE) is found
    assert [each.missing for each in expire(KEY, found, at(15), GRACE).parked] == [True]


def test_copies_and_what_was_led_somewhere_are_watched_for_a_while_and_then_dropped() -> None:
    copies = identity(waiting(1, 5, home="PLATE:AB123CD"), waiting(2, 6, home="PLATE:AB123CD"))
    assert expire(KEY, copies, at(15), GRACE) is copies
    assert next_expiry(KEY, copies, GRACE) == at(5) + WATCHED
    assert numbers(expire(KEY, copies, at(5) + WATCHED, GRACE)) == [event_id(2)]
    led, _ = give(identity(waiting(1, 5)), event_id(1), 1, FIRST)
    assert expire(KEY, led, at(15), GRACE) is led
    assert expire(KEY, led, at(5) + WATCHED, GRACE).parked == ()


def test_expiring_twice_changes_nothing() -> None:
    once = expire(KEY, identity(waiting(1, 5)), at(15), GRACE)
    assert expire(KEY, once, at(99), GRACE) is once


def test_the_next_expiry_is_the_earliest_that_was_not_judged() -> None:
    found = identity(waiting(1, 5), waiting(2, 8))
    assert next_expiry(KEY, found, GRACE) == at(15)
    assert next_expiry(KEY, expire(KEY, found, at(15), GRACE), GRACE) == at(18)
    assert next_expiry(KEY, expire(KEY, found, at(18), GRACE), GRACE) is None
    assert next_expiry(KEY, Identity(), GRACE) is None


def test_a_read_from_the_end_of_time_expires_there() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    late = msgspec.structs.replace(waiting(1, 0), occurred_at=last)
    assert next_expiry(KEY, identity(late), GRACE) == last
    assert expire(KEY, identity(late), at(99), GRACE) == identity(late)


def test_an_unknown_object_is_one_finding_with_all_its_reads() -> None:
    found = identity(waiting(2, 8), waiting(1, 5), waiting(3, 99))
    assert unknown_objects(KEY, found, GRACE) == []
    (finding,) = unknown_objects(KEY, expire(KEY, found, at(18), GRACE), GRACE)
    assert (finding.kind, finding.subject, finding.node) == ("UNKNOWN_OBJECT", KEY, "DOCK")
    assert finding.deviated_at == at(5)
    assert finding.evidence == (event_id(1), event_id(2))


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (BOX, None),
        ("CSQU3O54383", [BOX]),
        ("C5QU3054383", [BOX]),
        ("CSQU8054383", [BOX]),
        ("CSQU3054384", []),
    ],
)
def test_of_a_wrong_number_it_says_what_may_have_been_misread(value: str, named: list[str] | None) -> None:
    key = f"BIC:{value}"
    found = expire(key, identity(waiting(1, 5, home=key)), at(15), GRACE)
    (finding,) = unknown_objects(key, found, GRACE)
    assert ("number is wrong" in finding.sentence) is (named is not None)
    if named is not None:
        likely = [each.value for each in misread_candidates(check(Scheme.BIC, value))]
        assert set(named) <= set(likely)
        assert all(f"BIC:{each}" in finding.sentence for each in likely[:MISREADS_NAMED_MAX])


def test_a_customs_status_is_no_object_that_somebody_saw() -> None:
    found = expire(KEY, identity(waiting(1, 5, is_scan=False)), at(15), GRACE)
    assert numbers(found) == [event_id(1)]
    assert unknown_objects(KEY, found, GRACE) == []


def test_a_missing_read_is_still_woken_by_a_late_binding() -> None:
    found = expire(KEY, identity(waiting(1, 5)), at(15), GRACE)
    found, decisions, *_ = bind(KEY, found, bound(7, 0))
    assert [each.parked.event_id for each in decisions] == [event_id(1)]
    assert unknown_objects(KEY, found, GRACE) == []


def test_candidates_are_tried_unit_first_whatever_order_they_were_read_in() -> None:
    seen = ids(PLATE=TRUCK, SEAL="BRI1", MRN=MRN_1, BIC=OTHER_BOX) + ids(BIC=BOX)
    expected = (
        Candidate(f"BIC:{BOX}", True),
        Candidate(f"BIC:{OTHER_BOX}", True),
        Candidate(f"MRN:{MRN_1}", True),
        Candidate("SEAL:BRI1", True),
        Candidate(f"PLATE:{TRUCK}", True),
    )
    assert candidates(scan(1, 0, "DOCK", *seen)) == expected
    assert candidates(scan(1, 0, "DOCK", *reversed(seen))) == expected


def test_an_identifier_read_twice_is_one_candidate() -> None:
    twice = (Identifier(scheme=Scheme.BIC, value="csqu 305438-3", confidence=0.4), *ids(BIC=BOX))
    assert candidates(scan(1, 0, "DOCK", *twice)) == (Candidate(KEY, True),)


def test_a_bad_check_digit_never_binds_and_is_a_home_only_for_want_of_a_better() -> None:
    misread = ids(BIC="CSQU3054384")
    assert candidates(scan(1, 0, "DOCK", *misread, *ids(PLATE=TRUCK))) == (Candidate(f"PLATE:{TRUCK}", True),)
    assert candidates(scan(1, 0, "DOCK", *misread)) == (Candidate("BIC:CSQU3054384", False),)


@settings(max_examples=300)
@given(
    values=st.lists(
        st.builds(Identifier, scheme=st.sampled_from(Scheme), value=st.text(min_size=1, max_size=20) | st.just(BOX)),
        min_size=1,
        max_size=8,
    ),
    data=st.data(),
)
def test_there_is_always_a_home_and_it_does_not_depend_on_order(
    values: list[Identifier], data: st.DataObject
) -> None:
    found = candidates(scan(1, 0, "DOCK", *values))
    assert 1 <= len(found) <= len(values)
    assert found == candidates(scan(1, 0, "DOCK", *data.draw(st.permutations(values))))
    assert all(each.bindable for each in found) or len(found) == 1


def test_a_mission_binds_itself_and_each_usable_identifier_once() -> None:
    event = plan(
        3, 7, identifiers=(*ids(BIC=BOX, PLATE=TRUCK), *ids(BIC="csqu3054383"), *ids(MRN="26ITQBA158977764S7"))
    )
    made = bindings_of(event)
    assert [(each.scheme.value, each.value) for each in made] == [
        ("IOT_ID", str(event.iot_id)),
        ("BIC", BOX),
        ("PLATE", TRUCK),
    ]
    assert {(each.event_id, each.iot_id, each.valid_from) for each in made} == {(event_id(3), event.iot_id, at(7))}


def test_what_is_parked_is_the_observation_as_it_came() -> None:
    kept = as_parked(scan(4, 2, "YARD"), KEY, b"bytes", (("a", b"b"),))
    assert kept == Parked(at(2), event_id(4), "YARD", True, KEY, b"bytes", (("a", b"b"),), False, None, at(2))
    assert not as_parked(status(4, 2, CustomsStatus.RELEASED), KEY, b"", ()).is_scan


def test_an_identity_survives_bytes() -> None:
    found = bind(KEY, expire(KEY, identity(waiting(1, 5), waiting(2, 50)), at(15), GRACE), bound(7, 40)).identity
    encoded = msgspec.msgpack.Encoder(uuid_format="bytes").encode(found)
    assert msgspec.msgpack.decode(encoded, type=Identity) == found


def test_what_was_read_surely_is_tried_before_a_doubtful_container() -> None:
    doubtful = Identifier(scheme=Scheme.BIC, value=BOX, confidence=0.4)
    sure = Identifier(scheme=Scheme.PLATE, value=TRUCK, confidence=0.9)
    keys = [candidate.key for candidate in candidates(scan(1, 5, "DOCK", doubtful, sure))]
    assert keys == [f"PLATE:{TRUCK}", f"BIC:{BOX}"]
    both = msgspec.structs.replace(doubtful, confidence=0.75)
    assert [c.key for c in candidates(scan(1, 5, "DOCK", doubtful, sure, both))] == [f"BIC:{BOX}", f"PLATE:{TRUCK}"]


def test_a_plate_leads_to_its_mission_with_or_without_its_country() -> None:
    known: dict[str, Identity] = {}
    for bound in bindings_of(plan(identifiers=ids(PLATE=f"IT:{TRUCK}"))):
        key = f"{bound.scheme.value}:{bound.value}"
        known[key] = bind(key, known.get(key, Identity()), bound).identity
    for read in (TRUCK, f"IT:{TRUCK}"):
        (tried,) = candidates(scan(2, 5, "DOCK", *ids(PLATE=read)))
        assert bound_to(known[tried.key], at(5)) is not None
