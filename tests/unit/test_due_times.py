"""When the clock must look again, kind by kind; and that no moment, however far away, stops anything."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

import msgspec
import pytest
from builders import IOT_ID, appointment, at, deadline, plan, scan, signal, status, step
from conveyance_builders import CALL, TRAIN, call, composed, folded, judged, listed, manifest, manifested, passed
from deviation_cases import (
    A_MILLISECOND,
    ABANDONED,
    BIG_PORT,
    CERTIFIED,
    DEFINITIVE,
    ENTERED,
    HOUR,
    IN_YARD,
    LEFT,
    Told,
    of_kind,
)

from domain.assess import assess, next_due_at
from domain.dossier import view_of
from domain.events import CallStatus, DeviceSignal, DeviceSignalled, Direction
from domain.journey import Journey
from domain.policy import END_OF_TIME
from domain.standing import standing_of, summarise

MISSION = str(IOT_ID)
SHORT = plan(path=(step("YARD"), step("GATE-OUT")))
BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)
ETA = 100 * HOUR
ANNOUNCED = call(1, 0, CallStatus.ANNOUNCED, ETA)
NOTIFIED = call(2, 1, CallStatus.PRE_ARRIVAL_NOTIFIED)
DANGEROUS = manifest(3, 2, manifested(dangerous=True))


def due_of(owner: str, events: Told) -> datetime | None:
    return next_due_at(view_of(folded(owner, events), BIG_PORT))


@pytest.mark.parametrize(
    ("owner", "kind", "events", "due"),
    [
        (MISSION, "EXIT_CHECK_MISSING", (SHORT, LEFT), 90),
        (MISSION, "DWELL_EXCEEDED", (SHORT, ENTERED), 100),
        (MISSION, "ABANDONED_UNIT", (SHORT, IN_YARD), 10 + ABANDONED),
        (MISSION, "OVERDUE", (plan(),), 60),
        (TRAIN, "RAIL_MANIFEST_MISMATCH", (composed(1, 0, listed("GYOU4047990")), passed(2, 30)), 60),
        (CALL, "NOTICE_LATE", (ANNOUNCED,), ETA - 72 * HOUR),
        (CALL, "NOTICE_LATE", (ANNOUNCED, NOTIFIED, DANGEROUS), ETA - 48 * HOUR),
        (CALL, "NOTICE_LATE", (ANNOUNCED, NOTIFIED), ETA - 24 * HOUR),
    ],
)
def test_the_clock_raises_it_at_its_due_time_and_not_before(owner: str, kind: str, events: Told, due: float) -> None:
    before, then = deadline(due - A_MILLISECOND, owner), deadline(due, owner)
    known = of_kind(kind, events, owner)
    assert due_of(owner, events) == at(due)
    assert of_kind(kind, (*events, before), owner) == known
    assert due_of(owner, (*events, before)) == at(due)
    raised = [finding for finding in of_kind(kind, (*events, then), owner) if finding not in known]
    assert [finding.deviated_at for finding in raised] == [at(due)]
    later = due_of(owner, (*events, then))
    assert later is None or later > at(due)


@pytest.mark.parametrize(
    ("owner", "events"),
    [
        (MISSION, (plan(), IN_YARD, LEFT, CERTIFIED, DEFINITIVE)),
        (TRAIN, (composed(1, 0),)),
        (TRAIN, (passed(2, 30),)),
        (CALL, (NOTIFIED, manifest(3, 2))),
        (CALL, (ANNOUNCED, NOTIFIED, manifest(3, 2))),
    ],
)
def test_nothing_is_awaited_where_time_alone_changes_nothing(owner: str, events: Told) -> None:
    assert due_of(owner, events) is None


def test_the_end_of_an_embargo_is_awaited() -> None:
    secret = appointment(3, 5, "SCANNER", (300, 360), authorities=("ADM",), not_before=45)
    assert due_of(MISSION, (SHORT, secret)) == at(45)
    assert due_of(MISSION, (SHORT, secret, deadline(45))) is None


# The ends of time --------------------------------------------------------------------------------------------------


def moved(event: Any, **times: datetime) -> Any:
    return msgspec.structs.replace(event, **times)


def opened_at(moment: datetime) -> DeviceSignalled:
    return moved(signal(2, 0, DeviceSignal.DOOR_OPENED, "WORKSHOP"), occurred_at=moment)


@pytest.mark.parametrize("moment", [END_OF_TIME, BEGINNING_OF_TIME])
@pytest.mark.parametrize(
    ("owner", "events"),
    [
        *((MISSION, (plan(), scan(2, 0, node))) for node in ("YARD", "QUARANTINE", "GATE-OUT", "SLOT-GATE")),
        (MISSION, (plan(), status(2, 0, CERTIFIED.status, node="YARD"))),
        (MISSION, (plan(), signal(2, 0, DeviceSignal.DOOR_OPENED, "WORKSHOP"))),
        (MISSION, (plan(), signal(2, 0, DeviceSignal.SEAL_REMOVED, "YARD"))),
        (MISSION, (plan(), signal(2, 0, DeviceSignal.POSITION, None, (41.0, 17.0)))),
        (TRAIN, (composed(1, 0), passed(2, 0))),
        (CALL, (manifest(1, 0), call(2, 0, CallStatus.ARRIVED))),
        (CALL, (manifest(1, 0), call(2, 0, CallStatus.UNLOADED))),
    ],
)
def test_a_clock_that_says_an_end_of_time_stops_nothing(owner: str, events: Told, moment: datetime) -> None:
    lost = (*events[:-1], moved(events[-1], occurred_at=moment))
    due = due_of(owner, lost)
    assert due is None or BEGINNING_OF_TIME <= due <= END_OF_TIME
    found = judged(owner, (*lost, deadline(99, owner)), BIG_PORT)
    assert all(BEGINNING_OF_TIME <= finding.deviated_at <= END_OF_TIME for finding in found)


@pytest.mark.parametrize("moment", [END_OF_TIME, BEGINNING_OF_TIME])
def test_an_announcement_of_an_end_of_time_stops_nothing(moment: datetime) -> None:
    lost = (moved(ANNOUNCED, eta=moment), manifest(3, 2))
    due_of(CALL, lost)
    judged(CALL, (*lost, deadline(99, CALL)), BIG_PORT)


@pytest.mark.parametrize(("starts", "ends"), list(product([END_OF_TIME, BEGINNING_OF_TIME, at(0)], repeat=2)))
@pytest.mark.parametrize("authorities", [(), ("ADM",)])
def test_an_appointment_of_an_end_of_time_stops_nothing(
    starts: datetime, ends: datetime, authorities: tuple[str, ...]
) -> None:
    lost = moved(appointment(3, 0, "SLOT-GATE", (0, 1), authorities=authorities), starts_at=starts, ends_at=ends)
    journey = view_of(
        folded(MISSION, (plan(), lost, scan(2, 30, "SLOT-GATE", direction=Direction.IN), opened_at(at(30)))), BIG_PORT
    )
    assert isinstance(journey, Journey)
    assess(journey)
    next_due_at(journey)
    summarise(standing_of(journey), 1, at(0), ())
