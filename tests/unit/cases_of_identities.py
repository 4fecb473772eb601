"""Kinds about what was read: IDENTIFIER_MISMATCH, IMPOSSIBLE_TRAVEL, foreign seals, UNKNOWN_OBJECT."""

from builders import BOX, MRN_1, OTHER_BOX, OTHER_TRUCK, TRUCK, amended, deadline, ids, plan, retracted, scan, status
from conveyance_builders import WAGON, composed, listed, manifest
from deviation_cases import (
    A_MILLISECOND,
    DAY,
    IN_YARD,
    OTHER_SEAL,
    SEALED,
    Case,
    Clean,
    Cleared,
)

from domain.events import CustomsStatus, Identifier
from domain.identifiers import Scheme

SURE_STRANGER = Identifier(scheme=Scheme.PLATE, value=OTHER_TRUCK, confidence=0.75)
UNSURE_STRANGER = Identifier(scheme=Scheme.PLATE, value=OTHER_TRUCK, confidence=0.74)
UNSURE_SEAL = Identifier(scheme=Scheme.SEAL, value="BRI7654321", confidence=0.74)
NEW_SEAL = amended(94, 60, added=ids(SEAL="BRI7654321"), removed=ids(SEAL="BRI1234567"))
SSCC = "376104250021234569"
BOX_KEY = f"BIC:{BOX}"
STRANGER = (scan(2, 5, "DOCK"), deadline(15, BOX_KEY))

RAISED = {
    "on another truck": Case(
        "IDENTIFIER_MISMATCH",
        (
            plan(),
            scan(2, 10, "DOCK", *ids(BIC=BOX), SURE_STRANGER),
            scan(3, 11, "YARD", *ids(BIC=BOX), SURE_STRANGER),
        ),
        f"PLATE:{OTHER_TRUCK}",
        "DOCK",
        10,
        (1, 2, 3),
    ),
    "another box on the truck": Case(
        "IDENTIFIER_MISMATCH",
        (plan(), scan(2, 10, "DOCK", *ids(BIC=OTHER_BOX, PLATE=TRUCK))),
        f"BIC:{OTHER_BOX}",
        "DOCK",
        10,
        (1, 2),
    ),
    "a loading unit where a container was declared": Case(
        "IDENTIFIER_MISMATCH",
        (plan(), scan(2, 10, "DOCK", *ids(ILU="ABCA0012342", PLATE=TRUCK))),
        "ILU:ABCA0012342",
        "DOCK",
        10,
        (1, 2),
    ),
    "another seal": Case(
        "SEAL_DISCREPANCY",
        (SEALED, scan(2, 10, "DOCK", *ids(BIC=BOX), OTHER_SEAL), scan(3, 11, "YARD", *ids(BIC=BOX), OTHER_SEAL)),
        "SEAL:BRI7654321",
        "DOCK",
        10,
        (1, 2, 3),
    ),
    "another seal beside the right one": Case(
        "SEAL_DISCREPANCY",
        (SEALED, scan(2, 10, "DOCK", *ids(SEAL="BRI1234567"), OTHER_SEAL)),
        "SEAL:BRI7654321",
        "DOCK",
        10,
        (1, 2),
    ),
    "a seal that only the superseded association had": Case(
        "SEAL_DISCREPANCY",
        (SEALED, plan(2, 1, identifiers=ids(BIC=BOX, SEAL="BRI9")), scan(3, 10, "DOCK", *ids(SEAL="BRI1234567"))),
        "SEAL:BRI1234567",
        "DOCK",
        10,
        (2, 3),
    ),
    "the old seal after it was replaced": Case(
        "SEAL_DISCREPANCY",
        (SEALED, NEW_SEAL, scan(2, 61, "DOCK", *ids(BIC=BOX, SEAL="BRI1234567"))),
        "SEAL:BRI1234567",
        "DOCK",
        61,
        (1, 2),
    ),
    "faster than the distance allows": Case(
        "IMPOSSIBLE_TRAVEL", (plan(), IN_YARD, scan(3, 15.5, "DRY-PORT")), "YARD→DRY-PORT", "DRY-PORT", 15.5, (2, 3)
    ),
    "at two distant nodes at the same moment": Case(
        "IMPOSSIBLE_TRAVEL", (plan(), IN_YARD, scan(3, 10, "DRY-PORT")), "YARD→DRY-PORT", "DRY-PORT", 10, (2, 3)
    ),
    "faster than the port says the way takes": Case(
        "IMPOSSIBLE_TRAVEL",
        (plan(), scan(2, 10, "RAIL-OUT"), scan(3, 20 - A_MILLISECOND, "DOCK")),
        "RAIL-OUT→DOCK",
        "DOCK",
        20 - A_MILLISECOND,
        (2, 3),
    ),
    "the same way too fast twice": Case(
        "IMPOSSIBLE_TRAVEL",
        (plan(), IN_YARD, scan(3, 12, "DRY-PORT"), scan(4, 60, "YARD"), scan(5, 61, "DRY-PORT")),
        "YARD→DRY-PORT",
        "DRY-PORT",
        12,
        (2, 3, 4, 5),
    ),
    "the unit too fast, its truck read between": Case(
        "IMPOSSIBLE_TRAVEL",
        (plan(), IN_YARD, scan(4, 11, "NOWHERE", *ids(PLATE=TRUCK)), scan(3, 12, "DRY-PORT")),
        "YARD→DRY-PORT",
        "DRY-PORT",
        12,
        (2, 3),
    ),
    "the truck too fast": Case(
        "IMPOSSIBLE_TRAVEL",
        (plan(), scan(2, 10, "YARD", *ids(PLATE=TRUCK)), scan(3, 12, "DRY-PORT", *ids(PLATE=TRUCK))),
        "YARD→DRY-PORT",
        "DRY-PORT",
        12,
        (2, 3),
    ),
    "the wagon too fast": Case(
        "IMPOSSIBLE_TRAVEL",
        (plan(), scan(2, 10, "YARD", *ids(BIC=BOX, WAGON=WAGON)), scan(3, 12, "DRY-PORT", *ids(WAGON=WAGON))),
        "YARD→DRY-PORT",
        "DRY-PORT",
        12,
        (2, 3),
    ),
    "the pallet too fast": Case(
        "IMPOSSIBLE_TRAVEL",
        (plan(), scan(2, 10, "YARD", *ids(SSCC=SSCC)), scan(3, 12, "DRY-PORT", *ids(SSCC=SSCC))),
        "YARD→DRY-PORT",
        "DRY-PORT",
        12,
        (2, 3),
    ),
    "nobody knows it when the grace is over": Case("UNKNOWN_OBJECT", STRANGER, BOX_KEY, "DOCK", 5, (2,), BOX_KEY),
    "nobody knows it, read twice": Case(
        "UNKNOWN_OBJECT",
        (scan(3, 6, "YARD"), scan(2, 5, "DOCK"), deadline(16, BOX_KEY)),
        BOX_KEY,
        "DOCK",
        5,
        (2, 3),
        BOX_KEY,
    ),
    "known only since it was read": Case(
        "UNKNOWN_OBJECT", (plan(1, 5 + A_MILLISECOND), *STRANGER), BOX_KEY, "DOCK", 5, (2,), BOX_KEY
    ),
    "expected by a train until a week after its list": Case(
        "UNKNOWN_OBJECT",
        (composed(1, 0), scan(2, 7 * DAY + A_MILLISECOND, "YARD"), deadline(8 * DAY, BOX_KEY)),
        BOX_KEY,
        "YARD",
        7 * DAY + A_MILLISECOND,
        (2,),
        BOX_KEY,
    ),
    "expected by a ship until thirty days after her manifest": Case(
        "UNKNOWN_OBJECT",
        (manifest(1, 0), scan(2, 30 * DAY + A_MILLISECOND, "YARD"), deadline(31 * DAY, BOX_KEY)),
        BOX_KEY,
        "YARD",
        30 * DAY + A_MILLISECOND,
        (2,),
        BOX_KEY,
    ),
}

NOT_RAISED = [
    Clean("IDENTIFIER_MISMATCH", "the association's own", (plan(), scan(2, 1, "DOCK", *ids(BIC=BOX, PLATE=TRUCK)))),
    Clean("IDENTIFIER_MISMATCH", "not read surely", (plan(), scan(2, 1, "DOCK", *ids(BIC=BOX), UNSURE_STRANGER))),
    Clean(
        "IDENTIFIER_MISMATCH",
        "a misread is no other unit",
        (plan(), scan(2, 1, "DOCK", *ids(BIC="CSQU3054384", PLATE=TRUCK))),
    ),
    Clean(
        "IDENTIFIER_MISMATCH",
        "no vehicle was declared",
        (plan(identifiers=ids(BIC=BOX)), scan(2, 1, "DOCK", *ids(BIC=BOX, PLATE=OTHER_TRUCK))),
    ),
    Clean("SEAL_DISCREPANCY", "one of its own", (SEALED, scan(2, 10, "DOCK", *ids(SEAL="BRI0000001"))), "SEAL:"),
    Clean(
        "SEAL_DISCREPANCY",
        "its own, written otherwise",
        (SEALED, scan(2, 10, "DOCK", *ids(SEAL="bri 123-4567"))),
        "SEAL:",
    ),
    Clean("SEAL_DISCREPANCY", "not read surely", (SEALED, scan(2, 10, "DOCK", *ids(BIC=BOX), UNSURE_SEAL)), "SEAL:"),
    Clean(
        "SEAL_DISCREPANCY", "no seal was declared", (plan(), scan(2, 10, "DOCK", *ids(BIC=BOX), OTHER_SEAL)), "SEAL:"
    ),
    Clean("SEAL_DISCREPANCY", "without a plan", (scan(2, 10, "DOCK", *ids(BIC=BOX), OTHER_SEAL),), "SEAL:"),
    Clean(
        "SEAL_DISCREPANCY",
        "the old seal before it was replaced",
        (SEALED, scan(2, 60 - A_MILLISECOND, "DOCK", *ids(BIC=BOX, SEAL="BRI1234567")), NEW_SEAL),
        "SEAL:",
    ),
    Clean("IMPOSSIBLE_TRAVEL", "slow enough", (plan(), IN_YARD, scan(3, 15.6, "DRY-PORT"))),
    Clean("IMPOSSIBLE_TRAVEL", "as fast as the port says", (plan(), scan(2, 0, "DOCK"), scan(3, 10, "RAIL-OUT"))),
    Clean("IMPOSSIBLE_TRAVEL", "two readers of one gate", (plan(), IN_YARD, scan(3, 10, "NEXT-DOOR"))),
    Clean("IMPOSSIBLE_TRAVEL", "the port does not judge it", (plan(), scan(2, 0, "STORE"), scan(3, 0, "DRY-PORT"))),
    Clean("IMPOSSIBLE_TRAVEL", "a place of unknown position", (plan(), IN_YARD, scan(3, 10, "NOWHERE"))),
    Clean(
        "IMPOSSIBLE_TRAVEL",
        "the truck drives on, its container waits",
        (plan(), scan(2, 10, "YARD", *ids(BIC=BOX, SEAL="BRI1")), scan(3, 12, "DRY-PORT", *ids(PLATE=TRUCK))),
    ),
    Clean(
        "IMPOSSIBLE_TRAVEL",
        "its papers are scanned elsewhere",
        (plan(), IN_YARD, scan(3, 12, "DRY-PORT", *ids(MRN=MRN_1))),
    ),
    Clean(
        "IMPOSSIBLE_TRAVEL",
        "not read surely",
        (plan(), IN_YARD, scan(3, 12, "DRY-PORT", Identifier(scheme=Scheme.BIC, value=BOX, confidence=0.74))),
    ),
    Clean(
        "IMPOSSIBLE_TRAVEL",
        "after the end it is another kind",
        (plan(), status(3, 10, CustomsStatus.DEFINITIVE), IN_YARD, scan(4, 11, "DRY-PORT")),
    ),
    Clean("IMPOSSIBLE_TRAVEL", "without a plan", (IN_YARD, scan(3, 11, "DRY-PORT"))),
    Clean(
        "UNKNOWN_OBJECT",
        "a millisecond before the grace is over",
        (scan(2, 5, "DOCK"), deadline(15 - A_MILLISECOND, BOX_KEY)),
        owner=BOX_KEY,
    ),
    Clean("UNKNOWN_OBJECT", "bound at the moment of the read", (plan(1, 5), *STRANGER), owner=BOX_KEY),
    Clean("UNKNOWN_OBJECT", "nobody judged absences yet", (scan(2, 5, "DOCK"),), owner=BOX_KEY),
    Clean("UNKNOWN_OBJECT", "expected from the moment of the list on", (composed(1, 5), *STRANGER), owner=BOX_KEY),
    Clean(
        "UNKNOWN_OBJECT",
        "expected by a train for a week",
        (composed(1, 0, listed(OTHER_BOX), listed()), scan(2, 7 * DAY, "YARD"), deadline(8 * DAY, BOX_KEY)),
        owner=BOX_KEY,
    ),
    Clean(
        "UNKNOWN_OBJECT",
        "expected by a ship for thirty days",
        (manifest(1, 0), scan(2, 30 * DAY, "YARD"), deadline(31 * DAY, BOX_KEY)),
        owner=BOX_KEY,
    ),
]

FOREIGN_SEAL = (SEALED, scan(2, 10, "DOCK", *ids(BIC=BOX), OTHER_SEAL))
FOREIGN_TRUCK = (plan(), scan(2, 10, "DOCK", *ids(BIC=BOX, PLATE=OTHER_TRUCK)))

CLEARED = [
    Cleared(
        "IDENTIFIER_MISMATCH",
        "the association made anew has the truck",
        FOREIGN_TRUCK,
        (plan(3, 1, identifiers=ids(BIC=BOX, PLATE=OTHER_TRUCK)),),
    ),
    Cleared(
        "IDENTIFIER_MISMATCH",
        "the new truck is reported",
        FOREIGN_TRUCK,
        (amended(3, 99, added=ids(PLATE=OTHER_TRUCK)),),
    ),
    Cleared("IDENTIFIER_MISMATCH", "the read is taken back", FOREIGN_TRUCK, (retracted(3, 99, FOREIGN_TRUCK[1]),)),
    Cleared(
        "SEAL_DISCREPANCY",
        "the association made anew has the seal",
        FOREIGN_SEAL,
        (plan(3, 9, identifiers=ids(BIC=BOX, SEAL="BRI7654321")),),
        "SEAL:",
    ),
    Cleared("SEAL_DISCREPANCY", "its replacing is reported afterwards", FOREIGN_SEAL, (NEW_SEAL,), "SEAL:"),
    Cleared(
        "SEAL_DISCREPANCY", "the read is taken back", FOREIGN_SEAL, (retracted(3, 99, FOREIGN_SEAL[1]),), "SEAL:"
    ),
    Cleared(
        "IMPOSSIBLE_TRAVEL",
        "the late read lies between the two",
        (plan(), scan(2, 10, "DOCK"), scan(3, 15, "RAIL-OUT")),
        (scan(4, 12, "GATE"),),
    ),
    Cleared(
        "IMPOSSIBLE_TRAVEL",
        "one of the reads is taken back",
        (plan(), IN_YARD, scan(3, 11, "DRY-PORT")),
        (retracted(4, 99, IN_YARD),),
    ),
    Cleared("UNKNOWN_OBJECT", "the late IOT_ID arrives", STRANGER, (plan(),), owner=BOX_KEY),
    Cleared("UNKNOWN_OBJECT", "the late loading list arrives", STRANGER, (composed(1, 0),), owner=BOX_KEY),
    Cleared("UNKNOWN_OBJECT", "the late manifest arrives", STRANGER, (manifest(1, 0),), owner=BOX_KEY),
    Cleared("UNKNOWN_OBJECT", "the read is taken back", STRANGER, (retracted(3, 99, STRANGER[0]),), owner=BOX_KEY),
]
