"""Trains' runs and ships' calls: what belongs to which, what is remembered, and differences told one by one."""

from typing import Any

import msgspec
import pytest
from builders import (
    BOX,
    IOT_ID,
    MRN_1,
    OTHER_BOX,
    PORT,
    appointment,
    at,
    deadline,
    event_id,
    ids,
    plan,
    retracted,
    review,
    scan,
)
from conveyance_builders import (
    CALL,
    OTHER_WAGON,
    TRAIN,
    WAGON,
    call,
    composed,
    folded,
    judged,
    judged_at,
    landed,
    listed,
    manifest,
    manifested,
    passed,
    permission,
    weighed,
)

from domain.conveyance import FACTS_MAX, Conveyance, Load, apply_conveyance, conveyance_of, is_conveyance
from domain.dossier import fold, opened, view_of
from domain.events import CallStatus, Movement, Permission, TrainStage
from domain.facts import Read
from domain.history import HistoryFull
from domain.journey import Journey
from domain.mission import Mission
from domain.train_run import TrainRun
from domain.vessel_call import VesselCall

ARRIVED = call(9, 6_000, CallStatus.ARRIVED)


def subjects(owner: str, *events: Any) -> list[str]:
    return [finding.subject for finding in judged(owner, events)]


@pytest.mark.parametrize(
    ("event", "owner"),
    [
        (composed(1, 0), TRAIN),
        (permission(1, 0), TRAIN),
        (passed(1, 0), TRAIN),
        (manifest(1, 0), CALL),
        (ARRIVED, CALL),
        (weighed(1, 0, 1), CALL),
        (landed(1, 0), CALL),
        (retracted(1, 0, ARRIVED, conveyance=CALL), CALL),
        (review(1, 0, event_id(7), owner=CALL), CALL),
        (judged_at(0, CALL), CALL),
        (scan(1, 0, "DOCK"), None),
        (retracted(1, 0, scan(1, 0, "DOCK")), None),
        (review(1, 0, event_id(7)), None),
        (review(1, 0, event_id(7), owner=f"BIC:{BOX}"), None),
        (deadline(0), None),
    ],
)
def test_an_event_says_to_which_train_or_ship_it_belongs(event: Any, owner: str | None) -> None:
    assert conveyance_of(event) == owner


@pytest.mark.parametrize(
    ("key", "is_one"),
    [(TRAIN, True), (CALL, True), (str(IOT_ID), False), (f"BIC:{BOX}", False), ("SHIP:9074729", False)],
)
def test_a_key_tells_whose_it_is(key: str, is_one: bool) -> None:
    assert is_conveyance(key) is is_one


def test_a_dossier_is_opened_by_its_key_and_looked_at_in_its_own_way() -> None:
    assert opened(TRAIN) == Conveyance(TRAIN)
    assert opened(str(IOT_ID)) == Mission(IOT_ID)
    views = [type(view_of(opened(key), PORT)) for key in (str(IOT_ID), TRAIN, CALL)]
    assert views == [Journey, TrainRun, VesselCall]
    with pytest.raises(ValueError, match="badly formed"):
        opened(f"BIC:{BOX}")


@pytest.mark.parametrize("event", [plan(), appointment(2, 0, "GATE", (0, 1))])
def test_a_train_takes_in_nothing_of_a_mission(event: Any) -> None:
    with pytest.raises(KeyError):
        fold(opened(TRAIN), event)


def test_a_mission_takes_in_nothing_of_a_train() -> None:
    with pytest.raises(KeyError):
        fold(opened(str(IOT_ID)), composed(1, 0))


# The fold ----------------------------------------------------------------------------------------------------------


def test_a_known_event_changes_nothing_at_all() -> None:
    known = folded(TRAIN, (composed(1, 0), passed(2, 30), judged_at(60)))
    assert fold(known, passed(2, 30)) is known
    assert fold(known, judged_at(60)) is known
    assert fold(known, judged_at(59)) is known


def test_units_and_wagons_are_remembered_in_their_plainest_form() -> None:
    untidy = listed("csqu 305438-3", wagon="21 81 2471 217-3", mrns=())
    (fact,) = folded(TRAIN, (composed(1, 0, untidy),)).facts
    assert fact.loads == (Load(f"BIC:{BOX}", f"WAGON:{WAGON}", False),)


def test_a_conveyance_is_bounded_and_still_takes_repetitions_and_the_clock() -> None:
    reads = tuple(Read(at(n), event_id(n), "DOCK", None, ()) for n in range(FACTS_MAX))
    full = Conveyance(CALL, reads)
    again = landed(5, 5)
    assert apply_conveyance(full, again) is full
    assert apply_conveyance(full, judged_at(9, CALL)).checked_at == at(9)
    with pytest.raises(HistoryFull):
        apply_conveyance(full, landed(FACTS_MAX, 5))


def test_a_conveyance_goes_through_bytes_unchanged() -> None:
    for owner, events in (
        (TRAIN, (composed(1, 0, listed(wagon=WAGON)), permission(2, 1), passed(3, 30), judged_at(60))),
        (CALL, (manifest(1, 0), ARRIVED, weighed(3, 5, 10), landed(4, 6), retracted(5, 9, ARRIVED, conveyance=CALL))),
    ):
        kept = folded(owner, events)
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=Conveyance) == kept


# Trains ------------------------------------------------------------------------------------------------------------


def test_every_unit_of_a_train_is_told_by_itself() -> None:
    third = "MSCU6639870"
    events = (
        permission(9, -9),
        composed(1, 0, listed(wagon=WAGON), listed(OTHER_BOX), listed(third, mrns=())),
        passed(2, 30, *ids(BIC=BOX, WAGON=OTHER_WAGON)),
        passed(3, 31, *ids(BIC="TEMU6079348")),
        judged_at(60),
    )
    assert set(subjects(TRAIN, *events)) == {
        f"wagon BIC:{BOX}",
        f"missing BIC:{OTHER_BOX}",
        f"missing BIC:{third}",
        f"papers BIC:{third}",
        "extra BIC:TEMU6079348",
    }


def test_a_train_in_order_has_no_deviation() -> None:
    events = (
        composed(1, 0, listed(wagon=WAGON), listed(OTHER_BOX, wagon=OTHER_WAGON), stage=TrainStage.LOADING_LIST),
        permission(2, 10, Permission.REQUESTED),
        composed(3, 20, listed(wagon=WAGON), listed(OTHER_BOX, wagon=OTHER_WAGON)),
        permission(4, 25),
        passed(5, 30, *ids(BIC=BOX, WAGON=WAGON)),
        passed(6, 31, *ids(BIC=OTHER_BOX, WAGON=OTHER_WAGON)),
        judged_at(999),
    )
    assert subjects(TRAIN, *events) == []


def test_the_permission_in_force_is_that_of_the_moment() -> None:
    changes = (permission(1, 0, Permission.REQUESTED), permission(2, 10), permission(3, 20, Permission.WITHDRAWN))
    run = view_of(folded(TRAIN, changes), PORT)
    assert isinstance(run, TrainRun)
    found = [run.permit_at(at(minutes)) for minutes in (-1, 0, 10, 20)]
    assert [permit and permit.permission for permit in found] == [
        None,
        Permission.REQUESTED,
        Permission.GRANTED,
        Permission.WITHDRAWN,
    ]


# Ships -------------------------------------------------------------------------------------------------------------


def test_a_call_in_order_has_no_deviation() -> None:
    notices = (CallStatus.PRE_ARRIVAL_NOTIFIED, CallStatus.DANGEROUS_GOODS_NOTIFIED, CallStatus.MONITORING_STARTED)
    events = (
        call(1, 0, CallStatus.ANNOUNCED, 6_000),
        *(call(10 + n, 5, step) for n, step in enumerate(notices)),
        manifest(2, 10, manifested(gross_mass_kg=10_000, dangerous=True)),
        manifest(3, 10, manifested(OTHER_BOX), movement=Movement.LOADING),
        ARRIVED,
        landed(4, 6_010),
        weighed(5, 6_020, 10_200),
        call(6, 6_100, CallStatus.UNLOADED),
        call(7, 6_200, CallStatus.DEPARTED),
        judged_at(9_999, CALL),
    )
    assert subjects(CALL, *events) == []


def test_every_unit_of_a_ship_is_told_by_itself() -> None:
    events = (
        manifest(1, -9_999, manifested(gross_mass_kg=10_000), manifested(OTHER_BOX, gross_mass_kg=10_000)),
        landed(2, 50, *ids(BIC="TEMU6079348")),
        weighed(3, 55, 20_000),
        weighed(4, 55, 20_000, OTHER_BOX),
        call(5, 100, CallStatus.UNLOADED),
    )
    assert set(subjects(CALL, *events)) == {
        f"missing BIC:{BOX}",
        f"missing BIC:{OTHER_BOX}",
        "extra BIC:TEMU6079348",
        f"mass BIC:{BOX}",
        f"mass BIC:{OTHER_BOX}",
    }


def test_every_notice_that_is_late_is_told_by_itself() -> None:
    dangerous = manifest(2, 5_999, manifested(dangerous=True))
    late = subjects(CALL, call(1, 0, CallStatus.ANNOUNCED, 6_000), dangerous, judged_at(6_000, CALL))
    assert late == ["PRE_ARRIVAL", "DANGEROUS_GOODS", "MANIFEST"]


def test_a_notice_that_was_given_late_is_told_otherwise_than_one_that_was_not_given() -> None:
    announced = call(1, 0, CallStatus.ANNOUNCED, 6_000)
    (missing, *_) = judged(CALL, (announced, judged_at(6_000, CALL)))
    (late,) = judged(CALL, (announced, call(2, 5_000, CallStatus.PRE_ARRIVAL_NOTIFIED)))
    assert missing.sentence == "The pre-arrival notice was not given: it was due 72 hours before the arrival."
    assert late.sentence == "The pre-arrival notice was given late: it was due 72 hours before the arrival."


def test_a_manifest_after_the_arrival_is_late_and_was_not_notified() -> None:
    found = judged(CALL, (ARRIVED, manifest(2, 6_001)))
    assert {(finding.kind, finding.subject) for finding in found} == {
        ("NOTICE_LATE", "PRE_ARRIVAL"),
        ("NOTICE_LATE", "MANIFEST"),
        ("MANIFEST_DISCREPANCY", "not notified"),
    }


def test_masses_are_spelt_as_they_are() -> None:
    heavy = (manifest(1, 0, manifested(gross_mass_kg=10_000)), weighed(2, 50, 20_500))
    (finding,) = judged(CALL, heavy)
    assert finding.sentence == f"BIC:{BOX} weighs 20,500 kg, and 10,000 kg were declared."


def test_a_unit_without_papers_is_one_with_neither_declaration_nor_transport_document() -> None:
    units = (
        listed(mrns=(MRN_1,)),
        listed(OTHER_BOX, mrns=(), transport_document="CIM-1"),
        listed("TEMU6079348", mrns=()),
    )
    assert subjects(TRAIN, composed(1, 0, *units)) == ["papers BIC:TEMU6079348"]
