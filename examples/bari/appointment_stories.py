"""Stories of appointments: controls of several authorities in one visit, and slots at the gates."""

from datetime import timedelta

from domain.events import CustomsStatus, DeviceSignal
from examples.bari.missions import ADM, GDF, PCF, USMAF, Mission
from examples.bari.nodes import GATE_IN, GATE_OUT, SCANNER, TERMINAL, WAREHOUSE
from examples.bari.passages import (
    announce,
    arrive_by_sea,
    certify,
    declare,
    embark,
    end,
    leave_by_road,
    lift_hold,
    release,
)
from examples.bari.scenario import State, at

NOTICE = timedelta(minutes=30)
"""How long before a control the parties are told of it."""


def controlled_in_one_visit(mission: Mission) -> None:
    """Customs, the health office and the border control post want to look: one visit, told half an hour before."""
    arrive_by_sea(mission)
    declare(mission)
    visit_at = mission.now + timedelta(minutes=90)
    told_at = visit_at - NOTICE
    mission.status(CustomsStatus.SELECTED_FOR_SCAN, node=SCANNER, not_before=told_at)
    mission.set_control(SCANNER, visit_at, (ADM,), not_before=told_at)
    holds = {authority: f"{authority}-{mission.cargo.seal.value}" for authority in (USMAF, PCF)}
    for authority, hold_id in holds.items():
        mission.wait(5, 10)
        mission.status(
            CustomsStatus.HOLD_PLACED, authority=authority, hold_id=hold_id, node=SCANNER, not_before=told_at
        )
    mission.set_control(SCANNER, visit_at, (ADM, *holds), not_before=told_at)
    mission.wait_until(visit_at + timedelta(minutes=5))
    mission.read(SCANNER)
    mission.wait(5, 10)
    mission.signal(DeviceSignal.DOOR_OPENED, node=SCANNER)
    mission.wait(20, 30)
    mission.signal(DeviceSignal.DOOR_CLOSED, node=SCANNER)
    for authority in (ADM, *holds):
        mission.status(CustomsStatus.CONTROL_SATISFACTORY, authority=authority, node=SCANNER)
    for authority, hold_id in holds.items():
        mission.wait(2, 5)
        mission.status(CustomsStatus.HOLD_LIFTED, authority=authority, hold_id=hold_id)
    mission.wait(5, 15)
    mission.read(TERMINAL)
    release(mission)
    leave_by_road(mission)
    end(mission)


def controlled_in_warehouse(mission: Mission) -> None:
    """Held, it goes to the warehouse and is opened there at night: that is what the appointment is for."""
    _control_in_warehouse(mission, reported_late=False)


def control_reported_late(mission: Mission) -> None:
    """Held, it goes to the warehouse; that it was to be controlled there is known only in act 2."""
    hold_id = _control_in_warehouse(mission, reported_late=True)
    mission.expect(
        "HOLD_VIOLATION",
        subject=f"{ADM}:{hold_id}",
        node=WAREHOUSE,
        then=("open", "cleared"),
        why="Held in the terminal, it was moved to the warehouse; that a control was set there arrived in act 2.",
    )


def slot_moved(mission: Mission) -> None:
    """The truck is late: its slot is moved before it comes."""
    _make_ready(mission)
    mission.book(GATE_OUT, mission.now, slot_at=mission.now + timedelta(hours=1))
    mission.wait(10, 20)
    moved_at = mission.now
    mission.wait(240, 300)
    mission.book(GATE_OUT, moved_at)
    mission.read(GATE_OUT)
    _certify_and_end(mission)


def no_slot_booked(mission: Mission) -> None:
    """A truck takes the unit away without a slot."""
    _make_ready(mission)
    mission.wait(20, 60)
    mission.read(GATE_OUT)
    _certify_and_end(mission)
    _expect_no_slot(mission, GATE_OUT, "open", "Nobody booked a slot for this unit at the exit gate.")


def outside_its_slot(mission: Mission) -> None:
    """A truck brings an export hours after its slot."""
    announce(mission)
    mission.book(GATE_IN, mission.now, slot_at=mission.now + timedelta(hours=1))
    mission.wait(270, 300)
    mission.read(GATE_IN)
    mission.wait(10, 40)
    mission.read(TERMINAL)
    declare(mission)
    release(mission)
    embark(mission)
    end(mission)
    _expect_no_slot(
        mission, GATE_IN, "open", "It came more than two hours after its slot; half an hour is tolerated."
    )


def slot_cancelled(mission: Mission) -> None:
    """The slot is cancelled, and the truck comes all the same."""
    _make_ready(mission)
    booked_at = mission.now
    mission.wait(60, 90)
    mission.book(GATE_OUT, booked_at)
    mission.book(GATE_OUT, booked_at + timedelta(minutes=20), cancelled=True)
    mission.read(GATE_OUT)
    _certify_and_end(mission)
    _expect_no_slot(mission, GATE_OUT, "open", "Its slot had been cancelled when it came to the exit gate.")


def booking_reported_late(mission: Mission) -> None:
    """The slot was booked in time, but the message arrives in act 2."""
    _make_ready(mission)
    booked_at = mission.now
    mission.wait(60, 90)
    mission.book(GATE_OUT, booked_at, late=True)
    mission.read(GATE_OUT)
    _certify_and_end(mission)
    _expect_no_slot(mission, GATE_OUT, "cleared", "It came in its slot, but the booking arrived only in act 2.")


def _control_in_warehouse(mission: Mission, *, reported_late: bool) -> str:
    """Held and controlled in the evening of the first day; returns the hold's id."""
    hold_id = f"ADM-{mission.cargo.seal.value}"
    visit_at = at(10, 20)
    arrive_by_sea(mission)
    declare(mission)
    mission.status(CustomsStatus.HOLD_PLACED, hold_id=hold_id, not_before=visit_at - NOTICE)
    mission.set_control(WAREHOUSE, visit_at, (ADM, USMAF), not_before=visit_at - NOTICE, late=reported_late)
    mission.wait_until(visit_at + timedelta(minutes=5))
    mission.read(WAREHOUSE)
    mission.wait(10, 20)
    if not reported_late:
        mission.signal(DeviceSignal.DOOR_OPENED, node=WAREHOUSE)
    mission.wait(20, 30)
    for authority in (ADM, USMAF):
        mission.status(CustomsStatus.CONTROL_SATISFACTORY, authority=authority, node=WAREHOUSE)
    lift_hold(mission, hold_id)
    release(mission)
    leave_by_road(mission)
    end(mission)
    return hold_id


def _make_ready(mission: Mission) -> None:
    arrive_by_sea(mission)
    declare(mission)
    release(mission)


def _certify_and_end(mission: Mission) -> None:
    certify(mission, GDF)
    end(mission)


def _expect_no_slot(mission: Mission, gate: str, after_act_2: State, why: str) -> None:
    mission.expect("GATE_WITHOUT_APPOINTMENT", subject=gate, node=gate, then=("open", after_act_2), why=why)
