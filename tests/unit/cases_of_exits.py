"""Kinds about leaving and being held: EXIT_WITHOUT_RELEASE, EXIT_CHECK_MISSING, HOLD_VIOLATION."""

from builders import MRN_1, MRN_2, amended, appointment, deadline, hold, ids, lift, plan, retracted, scan, status
from deviation_cases import (
    A_MILLISECOND,
    CERTIFIED,
    DEFINITIVE,
    LEFT,
    RELEASED,
    TWO_MRNS,
    Case,
    Clean,
    Cleared,
)

from domain.events import CustomsStatus, Direction, MissionEvent

WITHDRAWN = status(89, 20, CustomsStatus.RELEASE_WITHDRAWN)


def released(number: int, minutes: float, mrn: str) -> MissionEvent:
    return status(number, minutes, CustomsStatus.RELEASED, *ids(MRN=mrn))


def certified(number: int, minutes: float, mrn: str) -> MissionEvent:
    return status(number, minutes, CustomsStatus.EXIT_CERTIFIED, *ids(MRN=mrn), authority="GDF")


MOVED = (plan(), scan(2, 1, "DOCK"), hold(3, 5), scan(4, 10, "STORE"))
CONTROLLED = appointment(6, 6, "STORE", (60, 90), authorities=("ADM", "VETERINARY"))

RAISED = {
    "left undeclared": Case("EXIT_WITHOUT_RELEASE", (plan(), LEFT), "GATE-OUT", "GATE-OUT", 30, (2,)),
    "left by rail": Case("EXIT_WITHOUT_RELEASE", (plan(), scan(2, 30, "RAIL-OUT")), "RAIL-OUT", "RAIL-OUT", 30, (2,)),
    "left by a two-way gate": Case(
        "EXIT_WITHOUT_RELEASE", (plan(), scan(2, 30, "GATE", direction=Direction.OUT)), "GATE", "GATE", 30, (2,)
    ),
    "left with one declaration of two": Case(
        "EXIT_WITHOUT_RELEASE",
        (plan(identifiers=TWO_MRNS), released(3, 5, MRN_1), LEFT),
        "GATE-OUT",
        "GATE-OUT",
        30,
        (2,),
    ),
    "left a moment before the release": Case(
        "EXIT_WITHOUT_RELEASE",
        (plan(), released(3, 30 + A_MILLISECOND, MRN_1), LEFT),
        "GATE-OUT",
        "GATE-OUT",
        30,
        (2,),
    ),
    "left when the release was followed by a control": Case(
        "EXIT_WITHOUT_RELEASE",
        (plan(), RELEASED, status(3, 20, CustomsStatus.UNDER_CONTROL), LEFT),
        "GATE-OUT",
        "GATE-OUT",
        30,
        (2,),
    ),
    "left when the release was withdrawn": Case(
        "EXIT_WITHOUT_RELEASE", (plan(), RELEASED, WITHDRAWN, LEFT), "GATE-OUT", "GATE-OUT", 30, (2,)
    ),
    "left when the release of one declaration was withdrawn": Case(
        "EXIT_WITHOUT_RELEASE",
        (
            plan(identifiers=TWO_MRNS),
            RELEASED,
            status(3, 20, CustomsStatus.RELEASE_WITHDRAWN, *ids(MRN=MRN_2)),
            LEFT,
        ),
        "GATE-OUT",
        "GATE-OUT",
        30,
        (2,),
    ),
    "left on a satisfactory control alone": Case(
        "EXIT_WITHOUT_RELEASE",
        (plan(), status(3, 20, CustomsStatus.CONTROL_SATISFACTORY), LEFT),
        "GATE-OUT",
        "GATE-OUT",
        30,
        (2,),
    ),
    "exit not certified when the grace is over": Case(
        "EXIT_CHECK_MISSING", (plan(), LEFT, deadline(90)), "GATE-OUT", "GATE-OUT", 90, (2,)
    ),
    "exit by rail not certified": Case(
        "EXIT_CHECK_MISSING",
        (plan(), RELEASED, scan(2, 30, "RAIL-OUT"), deadline(999)),
        "RAIL-OUT",
        "RAIL-OUT",
        90,
        (2,),
    ),
    "exit by a two-way gate not certified, read three times": Case(
        "EXIT_CHECK_MISSING",
        (
            plan(),
            scan(3, 20, "GATE"),
            scan(2, 30, "GATE", direction=Direction.OUT),
            scan(4, 31, "GATE", direction=Direction.OUT),
            deadline(90),
        ),
        "GATE",
        "GATE",
        90,
        (2,),
    ),
    "exit certified for one declaration of two": Case(
        "EXIT_CHECK_MISSING",
        (plan(identifiers=TWO_MRNS), LEFT, certified(3, 31, MRN_1), deadline(90)),
        "GATE-OUT",
        "GATE-OUT",
        90,
        (2,),
    ),
    "exit not certified though the mission ended": Case(
        "EXIT_CHECK_MISSING", (plan(), LEFT, DEFINITIVE, deadline(90)), "GATE-OUT", "GATE-OUT", 90, (2,)
    ),
    "moved while held": Case(
        "HOLD_VIOLATION",
        (plan(), scan(2, 1, "DOCK"), hold(3, 5), scan(4, 10, "YARD"), scan(5, 11, "STORE")),
        "ADM:H1",
        "YARD",
        10,
        (3, 4, 5),
    ),
    "left while held, though released": Case(
        "HOLD_VIOLATION",
        (plan(), RELEASED, scan(2, 1, "YARD"), hold(3, 5), scan(4, 10, "GATE-OUT")),
        "ADM:H1",
        "GATE-OUT",
        10,
        (3, 4),
    ),
    "held at sea and left": Case(
        "HOLD_VIOLATION",
        (plan(), hold(2, 0), scan(3, 1, "DOCK"), scan(4, 9, "GATE-OUT")),
        "ADM:H1",
        "GATE-OUT",
        9,
        (2, 4),
    ),
    "held by two, lifted by one": Case(
        "HOLD_VIOLATION",
        (plan(), scan(2, 1, "DOCK"), hold(3, 5, "H1"), hold(4, 5, "H2"), lift(5, 7, "H1"), scan(6, 10, "YARD")),
        "ADM:H2",
        "YARD",
        10,
        (4, 6),
    ),
    "moved to where a control was cancelled": Case(
        "HOLD_VIOLATION",
        (
            *MOVED,
            CONTROLLED,
            appointment(7, 7, "STORE", (60, 90), authorities=("ADM",), cancelled=True),
        ),
        "ADM:H1",
        "STORE",
        10,
        (3, 4),
    ),
    "moved to where it has a slot": Case(
        "HOLD_VIOLATION", (*MOVED, appointment(6, 6, "STORE", (0, 90))), "ADM:H1", "STORE", 10, (3, 4)
    ),
}

NOT_RAISED = [
    Clean("EXIT_WITHOUT_RELEASE", "released at the same moment", (plan(), released(3, 30, MRN_1), LEFT)),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "both declarations were released",
        (plan(identifiers=TWO_MRNS), released(3, 1, MRN_1), released(4, 2, MRN_2), LEFT),
    ),
    Clean("EXIT_WITHOUT_RELEASE", "the whole unit was released", (plan(identifiers=TWO_MRNS), RELEASED, LEFT)),
    Clean(
        "EXIT_WITHOUT_RELEASE", "entered by the two-way gate", (plan(), scan(2, 30, "GATE", direction=Direction.IN))
    ),
    Clean("EXIT_WITHOUT_RELEASE", "a two-way gate without direction", (plan(), scan(2, 30, "GATE"))),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "passed the exit gate inwards",
        (plan(), scan(2, 30, "GATE-OUT", direction=Direction.IN)),
    ),
    Clean("EXIT_WITHOUT_RELEASE", "the dock is no land exit", (plan(), scan(2, 30, "DOCK", direction=Direction.OUT))),
    Clean("EXIT_WITHOUT_RELEASE", "a hold does not take back the release", (plan(), RELEASED, hold(3, 6), LEFT)),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "nor does the result of a control",
        (plan(), RELEASED, status(3, 6, CustomsStatus.CONTROL_UNSATISFACTORY), LEFT),
    ),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "the release was withdrawn when it had left",
        (plan(), RELEASED, LEFT, status(3, 30 + A_MILLISECOND, CustomsStatus.RELEASE_WITHDRAWN)),
    ),
    Clean(
        "EXIT_WITHOUT_RELEASE",
        "it was released again",
        (plan(), RELEASED, WITHDRAWN, status(3, 25, CustomsStatus.RELEASED), LEFT),
    ),
    *(
        Clean("EXIT_WITHOUT_RELEASE", f"{free} is free to leave", (plan(), status(3, 5, free), LEFT))
        for free in (CustomsStatus.TO_DRY_PORT, CustomsStatus.EXIT_CERTIFIED)
    ),
    Clean("EXIT_CHECK_MISSING", "a millisecond before", (plan(), LEFT, deadline(90 - A_MILLISECOND))),
    Clean("EXIT_CHECK_MISSING", "nobody judged absences yet", (plan(), LEFT)),
    Clean("EXIT_CHECK_MISSING", "without a plan", (LEFT, deadline(90))),
    Clean(
        "EXIT_CHECK_MISSING", "it came in", (plan(), scan(2, 30, "GATE-OUT", direction=Direction.IN), deadline(999))
    ),
    Clean("EXIT_CHECK_MISSING", "the dock is no land exit", (plan(), scan(2, 30, "DOCK"), deadline(999))),
    Clean(
        "EXIT_CHECK_MISSING",
        "after the end it is another kind",
        (plan(), status(3, 29, CustomsStatus.DEFINITIVE), LEFT, deadline(999)),
    ),
    Clean("HOLD_VIOLATION", "read again where it was", (plan(), scan(2, 1, "YARD"), hold(3, 5), scan(4, 10, "YARD"))),
    Clean(
        "HOLD_VIOLATION",
        "to the place of the control",
        (plan(), scan(2, 1, "YARD"), hold(3, 5, node="STORE"), scan(4, 10, "STORE")),
    ),
    Clean("HOLD_VIOLATION", "to a customs space", (plan(), scan(2, 1, "YARD"), hold(3, 5), scan(4, 10, "SCANNER"))),
    Clean("HOLD_VIOLATION", "landing while held", (plan(), hold(2, 0), scan(3, 1, "DOCK"), scan(4, 2, "YARD"))),
    Clean(
        "HOLD_VIOLATION",
        "read again where it was at the moment of the placing",
        (plan(), scan(2, 1, "DOCK"), hold(3, 5), scan(4, 5, "YARD"), scan(5, 10, "YARD")),
    ),
    Clean(
        "HOLD_VIOLATION", "at the moment of the placing", (plan(), scan(2, 1, "DOCK"), hold(3, 5), scan(4, 5, "YARD"))
    ),
    Clean(
        "HOLD_VIOLATION",
        "at the moment of the lifting",
        (plan(), scan(2, 1, "DOCK"), hold(3, 5), lift(5, 10), scan(4, 10, "YARD")),
    ),
]

UNCERTIFIED = (plan(), LEFT, deadline(90))

CLEARED = [
    Cleared("EXIT_WITHOUT_RELEASE", "the late release arrives", (plan(), LEFT), (released(3, 29, MRN_1),)),
    Cleared("EXIT_WITHOUT_RELEASE", "the read is taken back", (plan(), LEFT), (retracted(3, 99, LEFT),)),
    Cleared(
        "EXIT_WITHOUT_RELEASE",
        "the withdrawal is taken back",
        (plan(), RELEASED, WITHDRAWN, LEFT),
        (retracted(3, 99, WITHDRAWN),),
    ),
    Cleared(
        "EXIT_WITHOUT_RELEASE",
        "the declaration that was not released belongs to it no more",
        (plan(identifiers=TWO_MRNS), released(3, 1, MRN_1), LEFT),
        (amended(4, 99, removed=ids(MRN=MRN_2)),),
    ),
    Cleared("EXIT_CHECK_MISSING", "certified", UNCERTIFIED, (CERTIFIED,)),
    Cleared(
        "EXIT_CHECK_MISSING",
        "certified after the grace time",
        UNCERTIFIED,
        (status(3, 500, CustomsStatus.EXIT_CERTIFIED),),
    ),
    Cleared(
        "EXIT_CHECK_MISSING",
        "certified before the reader read it",
        UNCERTIFIED,
        (status(3, 29, CustomsStatus.EXIT_CERTIFIED),),
    ),
    Cleared(
        "EXIT_CHECK_MISSING",
        "certified for each declaration",
        (plan(identifiers=TWO_MRNS), LEFT, certified(3, 31, MRN_1), deadline(99)),
        (certified(4, 95, MRN_2),),
    ),
    Cleared("EXIT_CHECK_MISSING", "the read is taken back", UNCERTIFIED, (retracted(3, 99, LEFT),)),
    Cleared("HOLD_VIOLATION", "the lifting arrives late", MOVED, (lift(5, 9),)),
    Cleared("HOLD_VIOLATION", "a control is set there, be it later", MOVED, (CONTROLLED,)),
    Cleared("HOLD_VIOLATION", "the hold is taken back", MOVED, (retracted(5, 99, hold(3, 5)),)),
    Cleared("HOLD_VIOLATION", "the read is taken back", MOVED, (retracted(5, 99, scan(4, 10, "STORE")),)),
]
