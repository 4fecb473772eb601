"""Missions that are changed under way, and events that are taken back: what was caused by them no longer stands."""

from datetime import datetime
from itertools import permutations
from uuid import UUID

import msgspec
import pytest
from builders import (
    BOX,
    IOT_ID,
    OTHER_TRUCK,
    PORT,
    TRUCK,
    amended,
    at,
    deadline,
    findings,
    fold,
    ids,
    plan,
    retracted,
    scan,
    status,
    step,
)
from rig import identity_record, resolver, to_topic, told

from domain.assess import assess
from domain.associations import bindings_of
from domain.events import (
    CustomsStatus,
    IdScanned,
    MissionEvent,
)
from domain.identity import Identity, bind, bound_to
from domain.journey import Journey
from topics.catalog import ID_BOUND, MISSION_EVENT_RESOLVED

BOX_KEY = f"BIC:{BOX}"
BY_THE_SCANNER = (step("DOCK"), step("SCANNER"), step("GATE-OUT"))


def kinds(*events: MissionEvent) -> set[tuple[str, str]]:
    return {(finding.kind, finding.subject) for finding in findings(*events)}


def in_every_order(*events: MissionEvent) -> set[tuple[str, str]]:
    """What the events show; the same in every order, or it fails."""
    missions = {msgspec.msgpack.encode(fold(order)) for order in permutations((*events, events[-1]))}
    assert len(missions) == 1
    return {(finding.kind, finding.subject) for finding in assess(Journey(fold(events), PORT))}


def test_a_new_path_clears_what_only_the_old_one_justified() -> None:
    went = (plan(), scan(2, 10, "DOCK"), scan(3, 20, "SCANNER"), status(4, 25, CustomsStatus.RELEASED))
    left = scan(5, 30, "GATE-OUT")
    assert kinds(*went, left) == {("OFF_PATH_NODE", "SCANNER"), ("NODE_SKIPPED", "YARD"), *exit_check(went, left)}
    rerouted = amended(6, 15, BY_THE_SCANNER)
    assert in_every_order(plan(), scan(2, 10, "DOCK"), scan(3, 20, "SCANNER"), rerouted) == set()


def exit_check(went: tuple[MissionEvent, ...], left: IdScanned) -> set[tuple[str, str]]:
    """Kinds of the exit itself, which are not what is looked at here."""
    return {found for found in kinds(*went, left) if found[0] == "EXIT_CHECK_MISSING"}


def test_where_it_was_before_the_amendment_it_was_rightly() -> None:
    elsewhere = amended(4, 30, BY_THE_SCANNER)
    assert ("OFF_PATH_NODE", "YARD") not in in_every_order(
        plan(), scan(2, 10, "DOCK"), scan(3, 20, "YARD"), elsewhere
    )
    after = scan(5, 40, "YARD")
    assert ("OFF_PATH_NODE", "YARD") in kinds(plan(), scan(2, 10, "DOCK"), elsewhere, after)


def test_a_due_time_of_the_old_path_is_no_longer_due() -> None:
    events = (plan(), scan(2, 10, "DOCK"), deadline(300))
    assert ("OVERDUE", "YARD") in kinds(*events)
    assert kinds(*events, amended(4, 15, BY_THE_SCANNER)) == set()


def test_the_latest_amendment_holds_whenever_it_arrives() -> None:
    first, second = amended(3, 15, BY_THE_SCANNER), amended(4, 18, (step("DOCK"), step("STORE"), step("GATE-OUT")))
    assert ("OFF_PATH_NODE", "STORE") not in in_every_order(plan(), scan(2, 20, "STORE"), first, second)


def test_a_plan_made_anew_is_not_amended_by_what_came_before_it() -> None:
    anew = plan(5, 40)
    assert ("OFF_PATH_NODE", "SCANNER") in in_every_order(
        plan(), amended(2, 15, BY_THE_SCANNER), anew, scan(6, 50, "SCANNER")
    )


def test_a_new_truck_belongs_to_the_mission_and_the_old_one_no_more() -> None:
    mismatch = ("IDENTIFIER_MISMATCH", f"PLATE:{OTHER_TRUCK}")
    with_new = scan(2, 10, "DOCK", *ids(BIC=BOX, PLATE=OTHER_TRUCK))
    change = amended(3, 15, added=ids(PLATE=OTHER_TRUCK), removed=ids(PLATE=TRUCK))
    assert mismatch in kinds(plan(), with_new)
    assert in_every_order(plan(), with_new, change) == set()
    with_old = scan(4, 20, "YARD", *ids(BIC=BOX, PLATE=TRUCK))
    assert in_every_order(plan(), with_new, change, with_old) == {("IDENTIFIER_MISMATCH", f"PLATE:{TRUCK}")}


def test_a_replaced_seal_is_no_discrepancy() -> None:
    sealed = plan(identifiers=ids(BIC=BOX, SEAL="BRI1"))
    resealed = scan(2, 10, "DOCK", *ids(BIC=BOX, SEAL="BRI2"))
    assert ("SEAL_DISCREPANCY", "SEAL:BRI2") in kinds(sealed, resealed)
    assert in_every_order(sealed, resealed, amended(3, 12, added=ids(SEAL="BRI2"), removed=ids(SEAL="BRI1"))) == set()


def test_a_scan_that_is_taken_back_clears_what_it_caused() -> None:
    stray = scan(2, 10, "SCANNER")
    assert in_every_order(plan(), stray) == {("OFF_PATH_NODE", "SCANNER")}
    assert in_every_order(plan(), stray, retracted(3, 60, stray)) == set()


def test_a_definitive_status_that_is_taken_back_leaves_the_mission_under_way() -> None:
    done = status(2, 5, CustomsStatus.DEFINITIVE)
    seen = scan(3, 10, "DOCK")
    assert in_every_order(plan(), done, seen) == {("READ_AFTER_DEFINITIVE", "DOCK")}
    assert in_every_order(plan(), done, seen, retracted(4, 60, done)) == set()


def test_an_amendment_can_be_taken_back() -> None:
    change = amended(2, 5, BY_THE_SCANNER)
    assert in_every_order(plan(), change, scan(3, 10, "SCANNER"), retracted(4, 60, change)) == {
        ("OFF_PATH_NODE", "SCANNER")
    }


# Resolution --------------------------------------------------------------------------------------------------------


def bindings(*events: MissionEvent) -> dict[str, Identity]:
    known: dict[str, Identity] = {}
    for event in events:
        assert not isinstance(event, IdScanned)
        for bound in bindings_of(event):
            key = f"{bound.scheme.value}:{bound.value}"
            known[key] = bind(key, known.get(key, Identity()), bound).identity
    return known


def meaning(known: dict[str, Identity], key: str, when: datetime) -> UUID | None:
    return bound_to(known.get(key, Identity()), when)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_removed_truck_means_the_mission_no_more_but_still_the_others(order: tuple[int, ...]) -> None:
    other = UUID(int=77, version=4)
    events = (
        plan(iot_id=other, identifiers=ids(PLATE=TRUCK)),
        plan(2, 5),
        amended(3, 15, added=ids(PLATE=OTHER_TRUCK), removed=ids(PLATE=TRUCK)),
    )
    known = bindings(*(events[n] for n in order))
    assert [meaning(known, f"PLATE:{TRUCK}", at(m)) for m in (4, 6, 14, 15)] == [other, IOT_ID, IOT_ID, other]
    assert [meaning(known, f"PLATE:{OTHER_TRUCK}", at(m)) for m in (14, 15)] == [None, IOT_ID]


def test_an_amendment_binds_and_releases_and_goes_to_its_mission() -> None:
    out = resolver().take(identity_record(amended(3, 15, added=ids(PLATE=OTHER_TRUCK), removed=ids(PLATE=TRUCK))))
    assert [record.key.decode() for record in to_topic(out, ID_BOUND)] == [f"PLATE:{OTHER_TRUCK}", f"PLATE:{TRUCK}"]
    assert [record.key.decode() for record in to_topic(out, MISSION_EVENT_RESOLVED)] == [str(IOT_ID)]


@pytest.mark.parametrize("first", ["the read", "the retraction"])
def test_an_unknown_object_that_is_taken_back_is_none(first: str) -> None:
    worker, unknown = resolver(), scan(1, 5, "DOCK")
    both = [identity_record(unknown), identity_record(retracted(2, 60, unknown))]
    worker.take(*(both if first == "the read" else both[::-1]))
    assert told(worker.take(identity_record(deadline(600, BOX_KEY)))) == []


def test_a_retraction_clears_an_unknown_object_that_was_raised() -> None:
    worker, unknown = resolver(), scan(1, 5, "DOCK")
    worker.take(identity_record(unknown))
    assert told(worker.take(identity_record(deadline(600, BOX_KEY)))) == [("UNKNOWN_OBJECT", "RAISED", 1)]
    assert told(worker.take(identity_record(retracted(2, 60, unknown)))) == [("UNKNOWN_OBJECT", "CLEARED", 2)]


def test_a_retraction_follows_the_event_to_the_mission_of_its_own_time() -> None:
    other = UUID(int=77, version=4)
    known = bindings(plan(), plan(2, 30, iot_id=other))
    worker, seen = resolver(), scan(5, 10, "DOCK")
    for event in (plan(), plan(2, 30, iot_id=other)):
        bound = [record for record in bindings_of(event) if record.value == BOX]
        worker.take(*(identity_record(each) for each in bound))
    out = worker.take(identity_record(seen), identity_record(retracted(6, 60, seen)))
    assert meaning(known, BOX_KEY, at(60)) == other
    assert {record.key.decode() for record in to_topic(out, MISSION_EVENT_RESOLVED)} == {str(IOT_ID)}
