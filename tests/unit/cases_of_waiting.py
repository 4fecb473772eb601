"""Kinds about time and place: DWELL_EXCEEDED, ABANDONED_UNIT, GATE_WITHOUT_APPOINTMENT."""

from builders import MRN_1, amended, appointment, deadline, hold, ids, lift, plan, retracted, scan, status
from deviation_cases import (
    A_MILLISECOND,
    ABANDONED,
    CANCELLED,
    CERTIFIED,
    DEFINITIVE,
    ENTERED,
    IN_YARD,
    RELEASED,
    TWO_MRNS,
    Case,
    Clean,
    Cleared,
)

from domain.events import CustomsStatus

CAME_IN = scan(2, 60, "SLOT-GATE")
SLOT = appointment(3, 0, "SLOT-GATE", (60, 90))  # 30 minutes are allowed on both sides

RAISED = {
    "still there when the threshold is reached": Case(
        "DWELL_EXCEEDED",
        (plan(), ENTERED, scan(3, 40, "QUARANTINE"), deadline(100)),
        "QUARANTINE",
        "QUARANTINE",
        100,
        (2,),
    ),
    "left a millisecond too late": Case(
        "DWELL_EXCEEDED",
        (plan(), ENTERED, scan(3, 100 + A_MILLISECOND, "STORE")),
        "QUARANTINE",
        "QUARANTINE",
        100,
        (2, 3),
    ),
    "left too late, and the mission ended": Case(
        "DWELL_EXCEEDED",
        (plan(), ENTERED, scan(3, 101, "STORE"), status(4, 200, CustomsStatus.DEFINITIVE)),
        "QUARANTINE",
        "QUARANTINE",
        100,
        (2, 3),
    ),
    "still there when the mission ended, too late": Case(
        "DWELL_EXCEEDED",
        (plan(), ENTERED, status(3, 101, CustomsStatus.DEFINITIVE)),
        "QUARANTINE",
        "QUARANTINE",
        100,
        (2, 3),
    ),
    "too long the second time": Case(
        "DWELL_EXCEEDED",
        (plan(), ENTERED, scan(3, 20, "STORE"), scan(4, 30, "QUARANTINE"), deadline(120)),
        "QUARANTINE#2",
        "QUARANTINE",
        120,
        (4,),
    ),
    "not collected and not cleared": Case(
        "ABANDONED_UNIT", (plan(), IN_YARD, deadline(10 + ABANDONED)), "uncleared", "YARD", 10 + ABANDONED, (2,)
    ),
    "not collected though cleared": Case(
        "ABANDONED_UNIT",
        (plan(), IN_YARD, status(3, 50, CustomsStatus.RELEASED), deadline(50 + ABANDONED)),
        "cleared",
        "YARD",
        50 + ABANDONED,
        (2, 3),
    ),
    "not collected, one declaration of two cleared": Case(
        "ABANDONED_UNIT",
        (
            plan(identifiers=TWO_MRNS),
            IN_YARD,
            status(3, 5, CustomsStatus.RELEASED, *ids(MRN=MRN_1)),
            deadline(10 + ABANDONED),
        ),
        "uncleared",
        "YARD",
        10 + ABANDONED,
        (2,),
    ),
    "not collected, cleared but held": Case(
        "ABANDONED_UNIT",
        (plan(), RELEASED, hold(3, 6), IN_YARD, deadline(10 + ABANDONED)),
        "uncleared",
        "YARD",
        10 + ABANDONED,
        (2,),
    ),
    "not collected, cleared and held no more": Case(
        "ABANDONED_UNIT",
        (plan(), RELEASED, hold(3, 6), lift(4, 7), IN_YARD, deadline(10 + ABANDONED)),
        "cleared",
        "YARD",
        10 + ABANDONED,
        (2,),
    ),
    "not collected, its release revoked": Case(
        "ABANDONED_UNIT",
        (plan(), RELEASED, status(3, 6, CustomsStatus.UNDER_CONTROL), IN_YARD, deadline(10 + ABANDONED)),
        "uncleared",
        "YARD",
        10 + ABANDONED,
        (2,),
    ),
    "not collected at the dry port, its leaving certified": Case(
        "ABANDONED_UNIT",
        (
            plan(),
            status(3, 5, CustomsStatus.TO_DRY_PORT),
            CERTIFIED,
            scan(4, 60, "DRY-PORT"),
            deadline(60 + ABANDONED),
        ),
        "uncleared",
        "DRY-PORT",
        60 + ABANDONED,
        (4,),
    ),
    "not collected, its release withdrawn": Case(
        "ABANDONED_UNIT",
        (plan(), RELEASED, status(3, 6, CustomsStatus.RELEASE_WITHDRAWN), IN_YARD, deadline(10 + ABANDONED)),
        "uncleared",
        "YARD",
        10 + ABANDONED,
        (2,),
    ),
    "not collected, controlled and found in order": Case(
        "ABANDONED_UNIT",
        (plan(), RELEASED, IN_YARD, status(3, 60, CustomsStatus.CONTROL_SATISFACTORY), deadline(60 + ABANDONED)),
        "cleared",
        "YARD",
        60 + ABANDONED,
        (2, 3),
    ),
    "no slot at all": Case("GATE_WITHOUT_APPOINTMENT", (plan(), CAME_IN), "SLOT-GATE", "SLOT-GATE", 60, (2,)),
    "too early for its slot": Case(
        "GATE_WITHOUT_APPOINTMENT",
        (plan(), SLOT, scan(2, 30 - A_MILLISECOND, "SLOT-GATE")),
        "SLOT-GATE",
        "SLOT-GATE",
        30 - A_MILLISECOND,
        (2,),
    ),
    "too late for its slot": Case(
        "GATE_WITHOUT_APPOINTMENT",
        (plan(), SLOT, scan(2, 120 + A_MILLISECOND, "SLOT-GATE")),
        "SLOT-GATE",
        "SLOT-GATE",
        120 + A_MILLISECOND,
        (2,),
    ),
    "in its slot, and later once more": Case(
        "GATE_WITHOUT_APPOINTMENT",
        (plan(), SLOT, scan(4, 60, "SLOT-GATE"), scan(2, 200, "SLOT-GATE"), scan(5, 300, "SLOT-GATE")),
        "SLOT-GATE",
        "SLOT-GATE",
        200,
        (2,),
    ),
    "its slot was cancelled": Case(
        "GATE_WITHOUT_APPOINTMENT",
        (plan(), SLOT, appointment(4, 10, "SLOT-GATE", (60, 90), cancelled=True), CAME_IN),
        "SLOT-GATE",
        "SLOT-GATE",
        60,
        (2,),
    ),
    "its slot was moved": Case(
        "GATE_WITHOUT_APPOINTMENT",
        (plan(), SLOT, appointment(4, 10, "SLOT-GATE", (600, 630)), CAME_IN),
        "SLOT-GATE",
        "SLOT-GATE",
        60,
        (2,),
    ),
    "a slot at another gate": Case(
        "GATE_WITHOUT_APPOINTMENT",
        (plan(), appointment(3, 0, "GATE", (60, 90)), CAME_IN),
        "SLOT-GATE",
        "SLOT-GATE",
        60,
        (2,),
    ),
    "a control at the gate is no slot": Case(
        "GATE_WITHOUT_APPOINTMENT",
        (plan(), appointment(3, 0, "SLOT-GATE", (60, 90), authorities=("ADM",)), CAME_IN),
        "SLOT-GATE",
        "SLOT-GATE",
        60,
        (2,),
    ),
}

NOT_RAISED = [
    Clean("DWELL_EXCEEDED", "a millisecond before", (plan(), ENTERED, deadline(100 - A_MILLISECOND))),
    Clean("DWELL_EXCEEDED", "left at the last moment", (plan(), ENTERED, deadline(99), scan(3, 100, "STORE"))),
    Clean("DWELL_EXCEEDED", "nobody judged absences yet", (plan(), ENTERED)),
    Clean("DWELL_EXCEEDED", "the mission ended before", (plan(), ENTERED, DEFINITIVE, deadline(999))),
    Clean("DWELL_EXCEEDED", "the mission was cancelled before", (plan(), ENTERED, CANCELLED, deadline(999))),
    Clean(
        "DWELL_EXCEEDED",
        "after the mission was cancelled",
        (plan(), CANCELLED, scan(2, 90, "QUARANTINE"), scan(3, 999, "STORE")),
    ),
    Clean("DWELL_EXCEEDED", "nobody minds there", (plan(), IN_YARD, deadline(99_999))),
    Clean("DWELL_EXCEEDED", "at a place the port does not know", (plan(), scan(2, 10, "NOWHERE"), deadline(99_999))),
    Clean("DWELL_EXCEEDED", "without a plan", (ENTERED, deadline(999))),
    Clean(
        "ABANDONED_UNIT",
        "a millisecond before",
        (plan(), IN_YARD, deadline(10 + ABANDONED - A_MILLISECOND)),
        "uncleared",
    ),
    Clean(
        "ABANDONED_UNIT",
        "cleared, a millisecond before",
        (plan(), IN_YARD, status(3, 50, CustomsStatus.RELEASED), deadline(50 + ABANDONED - A_MILLISECOND)),
        "cleared",
    ),
    Clean("ABANDONED_UNIT", "nobody judged absences yet", (plan(), IN_YARD)),
    Clean("ABANDONED_UNIT", "never landed", (plan(), deadline(9 * ABANDONED))),
    Clean("ABANDONED_UNIT", "at a gate nobody waits", (plan(), scan(2, 10, "GATE"), deadline(9 * ABANDONED))),
    Clean(
        "ABANDONED_UNIT",
        "at a place the port does not know",
        (plan(), scan(2, 10, "NOWHERE"), deadline(9 * ABANDONED)),
    ),
    Clean(
        "ABANDONED_UNIT",
        "somebody declared it",
        (plan(), IN_YARD, status(3, 60, CustomsStatus.DECLARED), deadline(59 + ABANDONED)),
    ),
    Clean(
        "ABANDONED_UNIT", "customs laid down a path anew", (plan(), IN_YARD, plan(3, 60), deadline(59 + ABANDONED))
    ),
    Clean(
        "ABANDONED_UNIT",
        "customs amended it",
        (plan(), IN_YARD, amended(3, 60, added=ids(SEAL="BRI7654321")), deadline(59 + ABANDONED)),
    ),
    Clean("ABANDONED_UNIT", "without a plan", (IN_YARD, deadline(9 * ABANDONED))),
    Clean("GATE_WITHOUT_APPOINTMENT", "as early as allowed", (plan(), SLOT, scan(2, 30, "SLOT-GATE"))),
    Clean("GATE_WITHOUT_APPOINTMENT", "as late as allowed", (plan(), SLOT, scan(2, 120, "SLOT-GATE"))),
    Clean(
        "GATE_WITHOUT_APPOINTMENT",
        "in the second of two slots",
        (plan(), SLOT, appointment(4, 0, "SLOT-GATE", (600, 630), "A2"), scan(2, 610, "SLOT-GATE")),
    ),
    Clean(
        "GATE_WITHOUT_APPOINTMENT",
        "in the slot as it was moved",
        (plan(), SLOT, appointment(4, 10, "SLOT-GATE", (600, 630)), scan(2, 610, "SLOT-GATE")),
    ),
    Clean(
        "GATE_WITHOUT_APPOINTMENT",
        "cancelled and booked again",
        (
            plan(),
            SLOT,
            appointment(4, 10, "SLOT-GATE", (60, 90), cancelled=True),
            appointment(5, 20, "SLOT-GATE", (60, 90)),
            CAME_IN,
        ),
    ),
    Clean("GATE_WITHOUT_APPOINTMENT", "a gate without slots", (plan(), scan(2, 60, "GATE"))),
    Clean("GATE_WITHOUT_APPOINTMENT", "without a plan", (CAME_IN,)),
    Clean(
        "GATE_WITHOUT_APPOINTMENT",
        "after the end it is another kind",
        (plan(), status(3, 59, CustomsStatus.DEFINITIVE), CAME_IN),
    ),
]

STAYED = (plan(), ENTERED, deadline(200))
WAITED = (plan(), IN_YARD, deadline(9 * ABANDONED))
WAITED_CLEARED = (plan(), RELEASED, IN_YARD, deadline(9 * ABANDONED))
CANCELLED_SLOT = appointment(4, 10, "SLOT-GATE", (60, 90), cancelled=True)

CLEARED = [
    Cleared("DWELL_EXCEEDED", "the late read elsewhere arrives", STAYED, (scan(3, 50, "STORE"),)),
    Cleared(
        "DWELL_EXCEEDED",
        "the late read elsewhere shows two stays, each short enough",
        (plan(), ENTERED, scan(3, 90, "QUARANTINE"), deadline(150)),
        (scan(4, 50, "STORE"),),
    ),
    Cleared("DWELL_EXCEEDED", "the read there is taken back", STAYED, (retracted(3, 300, ENTERED),)),
    Cleared("DWELL_EXCEEDED", "the mission had ended", STAYED, (DEFINITIVE,)),
    Cleared("ABANDONED_UNIT", "the late read at the gate arrives", WAITED, (scan(3, 50, "GATE-OUT"),), "uncleared"),
    Cleared(
        "ABANDONED_UNIT", "it is collected after all", WAITED, (scan(3, 9 * ABANDONED + 1, "GATE-OUT"),), "uncleared"
    ),
    Cleared("ABANDONED_UNIT", "it left, as certified", WAITED, (CERTIFIED,), "uncleared"),
    Cleared("ABANDONED_UNIT", "the mission had ended", WAITED, (DEFINITIVE,), "uncleared"),
    Cleared("ABANDONED_UNIT", "the mission had been cancelled", WAITED, (CANCELLED,), "uncleared"),
    Cleared("ABANDONED_UNIT", "the read is taken back", WAITED, (retracted(3, 99, IN_YARD),), "uncleared"),
    Cleared("ABANDONED_UNIT", "it is collected, cleared", WAITED_CLEARED, (scan(3, 50, "GATE-OUT"),), "cleared"),
    Cleared(
        "ABANDONED_UNIT",
        "its release had been withdrawn",
        WAITED_CLEARED,
        (status(3, 99, CustomsStatus.RELEASE_WITHDRAWN),),
        "cleared",
    ),
    Cleared("GATE_WITHOUT_APPOINTMENT", "the late slot arrives", (plan(), CAME_IN), (SLOT,)),
    Cleared("GATE_WITHOUT_APPOINTMENT", "the read is taken back", (plan(), CAME_IN), (retracted(3, 99, CAME_IN),)),
    Cleared(
        "GATE_WITHOUT_APPOINTMENT",
        "the cancelling is taken back",
        (plan(), SLOT, CANCELLED_SLOT, CAME_IN),
        (retracted(5, 99, CANCELLED_SLOT),),
    ),
]
