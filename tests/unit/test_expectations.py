"""Units that a list or a manifest names before anybody bound them; and what an identity learns of reviews."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from builders import (
    BOX,
    IOT_ID,
    MRN_1,
    OTHER_BOX,
    TRUCK,
    appointment,
    at,
    event_id,
    ids,
    plan,
    retracted,
    review,
    scan,
    signal,
)
from conveyance_builders import CALL, TRAIN, composed, listed, manifest, manifested
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.associations import bindings_of, expectations_of
from domain.events import AlertReviewed, DeviceSignal, IdBound, Movement, TrainStage, TrainUnit, UnitExpected
from domain.identifiers import Scheme
from domain.identity import EXPECTED_MAX, REVIEWS_MAX, Identity, as_parked, bind, bound_to, expect, meant_by
from domain.identity import (
    review as learn_review,
)
from domain.observation import candidates, lookup_time

KEY = f"BIC:{BOX}"
OTHER = UUID(int=0xB0B, version=4)


# Expected units (§359, §372a) --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", list(TrainStage))
def test_a_train_expects_its_units_for_a_week(stage: TrainStage) -> None:
    told = expectations_of(composed(1, 5, listed(), listed(OTHER_BOX), stage=stage))
    assert [(each.scheme, each.value) for each in told] == [(Scheme.BIC, BOX), (Scheme.BIC, OTHER_BOX)]
    assert {each.conveyance for each in told} == {TRAIN}
    assert {(each.expected_from, each.expected_until) for each in told} == {(at(5), at(5) + timedelta(days=7))}


@pytest.mark.parametrize("movement", list(Movement))
def test_a_ship_expects_her_units_for_thirty_days(movement: Movement) -> None:
    (told,) = expectations_of(manifest(1, 5, movement=movement))
    assert (told.conveyance, told.event_id) == (CALL, event_id(1))
    assert told.expected_until - told.expected_from == timedelta(days=30)


def test_a_unit_is_expected_once_in_its_plainest_form_and_only_if_it_may_bind() -> None:
    swap_body, ilu = ids(SWAP_BODY="ABCA0012342")[0], ids(ILU="ABCA0012342")[0]
    told = expectations_of(
        composed(1, 0, TrainUnit(unit=swap_body), TrainUnit(unit=ilu), listed("CSQU3054384"), listed("csqu 305438-3"))
    )
    assert [(each.scheme, each.value) for each in told] == [(Scheme.ILU, "ABCA0012342"), (Scheme.BIC, BOX)]
    assert expectations_of(manifest(1, 0, manifested("CSQU3054384"))) == []


def expected(number: int, minutes: int, *, withdrawn: bool = False) -> UnitExpected:
    (told,) = expectations_of(composed(number, minutes))
    return msgspec.structs.replace(told, withdrawn=withdrawn)


def test_a_known_expectation_changes_nothing_at_all() -> None:
    found = expect(Identity(), expected(1, 0))
    assert expect(found, expected(1, 0)) is found


@settings(max_examples=200)
@given(
    data=st.data(),
    known=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 3), st.booleans()), max_size=24, unique=True),
)
def test_expectations_are_the_latest_in_whatever_order_they_and_their_withdrawals_come(
    data: st.DataObject, known: list[tuple[int, int, bool]]
) -> None:
    identities = []
    for order in (known, data.draw(st.permutations([*known, *known[:3]]))):
        found = Identity()
        for number, minutes, withdrawn in order:
            found = expect(found, expected(number, minutes, withdrawn=withdrawn))
        identities.append(found)
    assert identities[0] == identities[1]
    lists = {each[:2] for each in known}
    assert len(identities[0].expected) == min(len(lists), EXPECTED_MAX)
    withdrawn_lists = {each[:2] for each in known if each[2]}
    gone = {each.event_id for each in identities[0].expected if each.withdrawn}
    assert gone <= {event_id(number) for number, _ in withdrawn_lists}
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(identities[0]), type=Identity) == identities[0]


# Reviews of unknown objects ----------------------------------------------------------------------------------------


def reviewed(number: int, minutes: int) -> AlertReviewed:
    return review(number, minutes, event_id(7), owner=KEY)


def test_a_known_review_changes_nothing_at_all() -> None:
    found = learn_review(Identity(), reviewed(1, 0))
    assert learn_review(found, reviewed(1, 0)) is found


@settings(max_examples=200)
@given(data=st.data(), known=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 3)), max_size=20, unique=True))
def test_reviews_are_the_latest_in_whatever_order_they_come(
    data: st.DataObject, known: list[tuple[int, int]]
) -> None:
    identities = []
    for order in (known, data.draw(st.permutations([*known, *known[:3]]))):
        found = Identity()
        for number, minutes in order:
            found = learn_review(found, reviewed(number, minutes))
        identities.append(found)
    assert identities[0] == identities[1]
    assert len(identities[0].reviews) == min(len(known), REVIEWS_MAX)


# By what, and as of when, the new observations are looked up -------------------------------------------------------


def test_an_appointment_is_looked_up_as_of_its_beginning_and_everything_else_as_of_its_own_time() -> None:
    assert lookup_time(appointment(1, 0, "GATE", (600, 630))) == at(600)
    assert lookup_time(signal(1, 5, DeviceSignal.DOOR_OPENED)) == at(5)
    assert lookup_time(scan(1, 5, "DOCK")) == at(5)
    assert lookup_time(retracted(9, 99, scan(1, 5, "DOCK"))) == at(5)


def test_a_retraction_that_names_a_train_alone_has_nothing_to_be_looked_up_by() -> None:
    assert candidates(retracted(9, 99, composed(1, 0), conveyance=TRAIN)) == ()


def test_only_a_scan_is_an_object_that_somebody_saw() -> None:
    assert as_parked(scan(1, 5, "DOCK"), KEY, b"", ()).is_scan
    for event in (signal(1, 5, DeviceSignal.DOOR_OPENED, "YARD"), appointment(1, 0, "GATE", (600, 630))):
        assert not as_parked(event, KEY, b"", ()).is_scan


# A generation that is taken back -----------------------------------------------------------------------------------


def learnt(*told: IdBound, key: str = KEY) -> Identity:
    found = Identity()
    for each in told:
        if f"{each.scheme}:{each.value}" == key:
            found = bind(key, found, each).identity
    return found


ITSELF = ids(IOT_ID=str(IOT_ID))
GENERATED = plan(1, 10, identifiers=ids(BIC=BOX, PLATE=TRUCK, MRN=MRN_1))
TAKEN_BACK = retracted(9, 99, GENERATED, *ITSELF, *GENERATED.identifiers)


def test_it_says_of_everything_that_was_bound_that_it_never_was() -> None:
    told = bindings_of(TAKEN_BACK)
    assert {each.scheme for each in told} == {Scheme.IOT_ID, Scheme.BIC, Scheme.PLATE, Scheme.MRN}
    assert {(each.event_id, each.iot_id, each.valid_from) for each in told} == {(event_id(1), IOT_ID, at(10))}
    assert all(each.withdrawn for each in told)


@pytest.mark.parametrize("first", ["the generation", "its retraction"])
def test_what_it_bound_means_the_mission_no_more_in_whatever_order_it_comes(first: str) -> None:
    both = [*bindings_of(GENERATED), *bindings_of(TAKEN_BACK)]
    found = learnt(*(both if first == "the generation" else both[::-1]))
    assert bound_to(found, at(10)) is None
    assert bound_to(found, at(999)) is None


def test_what_was_bound_before_it_is_bound_again() -> None:
    before = plan(2, 5, identifiers=ids(BIC=BOX), iot_id=OTHER)
    found = learnt(*bindings_of(before), *bindings_of(GENERATED), *bindings_of(TAKEN_BACK))
    assert bound_to(found, at(50)) == OTHER


def test_generated_anew_it_is_bound_again() -> None:
    anew = plan(3, 20, identifiers=ids(BIC=BOX))
    found = learnt(*bindings_of(GENERATED), *bindings_of(TAKEN_BACK), *bindings_of(anew))
    assert bound_to(found, at(19)) is None
    assert bound_to(found, at(20)) == IOT_ID


def test_the_retraction_of_a_read_goes_where_the_read_goes() -> None:
    found = learnt(*bindings_of(GENERATED), *bindings_of(TAKEN_BACK))
    seen = scan(4, 50, "DOCK")
    assert meant_by(KEY, found, as_parked(seen, KEY, b"", ())) is None
    assert meant_by(KEY, found, as_parked(retracted(5, 99, seen), KEY, b"", ())) is None


def test_the_retraction_of_a_generation_follows_it_by_the_iot_id() -> None:
    itself = f"IOT_ID:{IOT_ID}"
    found = learnt(*bindings_of(GENERATED), *bindings_of(TAKEN_BACK), key=itself)
    assert meant_by(itself, found, as_parked(TAKEN_BACK, itself, b"", ())) == IOT_ID
    assert meant_by(itself, found, as_parked(scan(4, 50, "DOCK", *ITSELF), itself, b"", ())) is None


def test_a_retraction_of_anything_else_binds_and_releases_nothing() -> None:
    assert bindings_of(retracted(9, 99, scan(1, 5, "DOCK"))) == []
    assert bindings_of(retracted(9, 99, composed(1, 0), conveyance=TRAIN)) == []
    assert bindings_of(retracted(9, 99, GENERATED, *ids(IOT_ID="not a uuid"))) == []
