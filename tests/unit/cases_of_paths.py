"""Kinds that compare reads with the path: OFF_PATH_NODE, NODE_SKIPPED, OVERDUE, READ_AFTER_DEFINITIVE."""

from builders import (
    BOX,
    IMPORT_PATH,
    MRN_1,
    MRN_2,
    amended,
    deadline,
    ids,
    plan,
    retracted,
    scan,
    signal,
    status,
    step,
)
from deviation_cases import A_MILLISECOND, DEFINITIVE, RELEASED, Case, Clean, Cleared

from domain.events import CustomsStatus, DeviceSignalled
from domain.events import DeviceSignal as Reported

THERE_AND_BACK = (step("YARD"), step("SCANNER"), step("YARD"), step("GATE-OUT"))
BY_RAIL = (*IMPORT_PATH[:2], step("RAIL-OUT"))
REROUTED = plan(20, 1, path=BY_RAIL)
STRAY = scan(2, 10, "RAIL-OUT")
TO_DRY_PORT = plan(path=(step("DOCK"), step("DRY-PORT")))  # due south


def seen_at(
    number: int, minutes: float, latitude: float, longitude: float, node: str | None = None
) -> DeviceSignalled:
    return signal(number, minutes, Reported.POSITION, node, (latitude, longitude))


BESIDE = seen_at(2, 10, 41.05, 16.8239)  # 2,004 m east of the way; 2,000 are allowed

RAISED = {
    "off path": Case("OFF_PATH_NODE", (plan(), STRAY, RELEASED), "RAIL-OUT", "RAIL-OUT", 10, (2,)),
    "off path, read twice there": Case(
        "OFF_PATH_NODE", (plan(), scan(3, 12, "SCANNER"), scan(2, 10, "SCANNER")), "SCANNER", "SCANNER", 10, (2, 3)
    ),
    "off path, at a place the port does not know": Case(
        "OFF_PATH_NODE", (plan(), scan(2, 10, "NOWHERE")), "NOWHERE", "NOWHERE", 10, (2,)
    ),
    "off path, where only the superseded path led": Case(
        "OFF_PATH_NODE", (plan(), REROUTED, RELEASED, scan(3, 10, "GATE-OUT")), "GATE-OUT", "GATE-OUT", 10, (3,)
    ),
    "off the corridor": Case("OFF_PATH_NODE", (TO_DRY_PORT, BESIDE), "corridor", None, 10, (2,)),
    "off the corridor, seen twice": Case(
        "OFF_PATH_NODE", (TO_DRY_PORT, BESIDE, seen_at(3, 20, 41.05, 17)), "corridor", None, 10, (2, 3)
    ),
    "off the corridor, beyond its end": Case(
        "OFF_PATH_NODE", (TO_DRY_PORT, seen_at(2, 10, 40.9721, 16.8)), "corridor", None, 10, (2,)
    ),
    "off the corridor, though at a place that the path does not have": Case(
        "OFF_PATH_NODE", (TO_DRY_PORT, seen_at(2, 10, 41.05, 16.9, "WORKSHOP")), "corridor", None, 10, (2,)
    ),
    "off the corridor after it was rerouted": Case(
        "OFF_PATH_NODE",
        (plan(path=(step("DOCK"), step("WORKSHOP"))), amended(3, 9, TO_DRY_PORT.path), seen_at(2, 10, 41.06, 16.88)),
        "corridor",
        None,
        10,
        (2,),
    ),
    "skipped": Case("NODE_SKIPPED", (plan(), scan(2, 10, "YARD")), "DOCK", "DOCK", 10, (2,)),
    "skipped, as the first read beyond it shows": Case(
        "NODE_SKIPPED", (plan(), scan(2, 10, "YARD"), RELEASED, scan(3, 20, "GATE-OUT")), "DOCK", "DOCK", 10, (2,)
    ),
    "passed out of order": Case(
        "NODE_SKIPPED", (plan(), scan(2, 10, "YARD"), scan(3, 20, "DOCK")), "DOCK", "DOCK", 10, (2, 3)
    ),
    "skipped the way back": Case(
        "NODE_SKIPPED",
        (plan(path=THERE_AND_BACK), scan(2, 1, "YARD"), scan(3, 2, "SCANNER"), scan(4, 10, "GATE-OUT"), RELEASED),
        "YARD#2",
        "YARD",
        10,
        (4,),
    ),
    "overdue at its due time": Case(
        "OVERDUE", (plan(), scan(2, 10, "DOCK"), deadline(120)), "YARD", "YARD", 120, (1,)
    ),
    "overdue by the path laid down anew": Case(
        "OVERDUE",
        (plan(), plan(2, 1, path=(step("DOCK", due=30), step("YARD", due=600))), deadline(30)),
        "DOCK",
        "DOCK",
        30,
        (2,),
    ),
    "read after the end": Case(
        "READ_AFTER_DEFINITIVE",
        (plan(), DEFINITIVE, scan(4, 81, "YARD"), scan(5, 82, "YARD")),
        "YARD",
        "YARD",
        81,
        (92, 4, 5),
    ),
}

NOT_RAISED = [
    Clean("OFF_PATH_NODE", "an allowed node is on the path", (plan(), scan(2, 10, "STORE"))),
    Clean("OFF_PATH_NODE", "without a plan there is no path", (scan(2, 10, "SCANNER"),)),
    Clean("OFF_PATH_NODE", "after the end it is another kind", (plan(), DEFINITIVE, scan(4, 81, "SCANNER"))),
    Clean("OFF_PATH_NODE", "as wide as the corridor", (TO_DRY_PORT, seen_at(2, 10, 41.05, 16.8238)), "corridor"),
    Clean("OFF_PATH_NODE", "in the wide place of a node", (TO_DRY_PORT, seen_at(2, 10, 40.9775, 16.8)), "corridor"),
    Clean(
        "OFF_PATH_NODE",
        "its platform sees it at a node of the path",
        (TO_DRY_PORT, seen_at(2, 10, 41.05, 17, "DRY-PORT")),
        "corridor",
    ),
    Clean(
        "OFF_PATH_NODE",
        "a place without coordinates",
        (TO_DRY_PORT, signal(2, 10, Reported.POSITION, "WORKSHOP")),
        "corridor",
    ),
    Clean(
        "OFF_PATH_NODE",
        "another signal than a position",
        (TO_DRY_PORT, signal(2, 10, Reported.BATTERY_LOW, None, (41.05, 17))),
        "corridor",
    ),
    Clean(
        "OFF_PATH_NODE",
        "on the way that was in force then",
        (plan(path=(step("DOCK"), step("WORKSHOP"))), amended(3, 11, TO_DRY_PORT.path), seen_at(2, 10, 41.06, 16.88)),
        "corridor",
    ),
    Clean("OFF_PATH_NODE", "without a plan there is no way", (BESIDE,), "corridor"),
    Clean(
        "NODE_SKIPPED",
        "only an allowed node was left out",
        (plan(), RELEASED, scan(2, 1, "DOCK"), scan(3, 2, "YARD"), scan(4, 10, "GATE-OUT")),
    ),
    Clean("NODE_SKIPPED", "the required node is still ahead", (plan(), scan(2, 10, "DOCK"))),
    Clean(
        "NODE_SKIPPED",
        "going there and back is on the path",
        (plan(path=THERE_AND_BACK), scan(2, 1, "YARD"), scan(3, 2, "SCANNER"), scan(4, 3, "YARD")),
    ),
    Clean(
        "NODE_SKIPPED",
        "read twice at a node to which the path comes back",
        (plan(path=THERE_AND_BACK), scan(2, 1, "YARD"), scan(3, 2, "YARD")),
    ),
    Clean(
        "NODE_SKIPPED",
        "read again at the place of the last read",
        (plan(), scan(2, 1, "DOCK"), scan(3, 2, "YARD"), scan(4, 3, "DOCK"), scan(5, 4, "YARD")),
    ),
    Clean("OVERDUE", "a millisecond before the due time", (plan(), deadline(60 - A_MILLISECOND))),
    Clean("OVERDUE", "nobody judged absences yet", (plan(),)),
    Clean(
        "OVERDUE",
        "an allowed node cannot be late",
        (plan(path=(step("DOCK", required=False, due=30), step("YARD"))), deadline(60)),
    ),
    Clean(
        "OVERDUE", "a node without due time cannot be late", (plan(path=(step("DOCK"), step("YARD"))), deadline(999))
    ),
    Clean("READ_AFTER_DEFINITIVE", "at the same moment", (plan(), DEFINITIVE, scan(4, 80, "YARD"))),
    Clean(
        "READ_AFTER_DEFINITIVE", "the read is older, it only came later", (plan(), DEFINITIVE, scan(4, 79, "YARD"))
    ),
    Clean("READ_AFTER_DEFINITIVE", "nothing ended", (plan(), scan(4, 81, "YARD"))),
    Clean(
        "READ_AFTER_DEFINITIVE",
        "one declaration of two is under way",
        (
            plan(identifiers=(*ids(BIC=BOX, MRN=MRN_1), *ids(MRN=MRN_2))),
            status(3, 80, CustomsStatus.DEFINITIVE, *ids(MRN=MRN_1)),
            scan(4, 81, "YARD"),
        ),
    ),
]

OVERDUE = (plan(), deadline(60))
ENDED = (plan(), DEFINITIVE, scan(4, 81, "YARD"))

CLEARED = [
    Cleared("OFF_PATH_NODE", "the path laid down anew contains it", (plan(), STRAY), (REROUTED,)),
    Cleared("OFF_PATH_NODE", "the amended path contains it", (plan(), STRAY), (amended(3, 99, BY_RAIL),)),
    Cleared("OFF_PATH_NODE", "the read is taken back", (plan(), STRAY), (retracted(3, 60, STRAY),)),
    Cleared(
        "OFF_PATH_NODE", "the position is taken back", (TO_DRY_PORT, BESIDE), (retracted(3, 60, BESIDE),), "corridor"
    ),
    Cleared(
        "OFF_PATH_NODE",
        "it had been rerouted",
        (TO_DRY_PORT, seen_at(2, 10, 41.06, 16.88)),
        (amended(3, 9, (step("DOCK"), step("WORKSHOP"))),),
        "corridor",
    ),
    Cleared("NODE_SKIPPED", "the late read arrives", (plan(), scan(2, 10, "YARD")), (scan(3, 9, "DOCK"),)),
    Cleared(
        "NODE_SKIPPED",
        "the amended path does not have it",
        (plan(), scan(2, 10, "YARD")),
        (amended(3, 15, (step("YARD"), step("GATE-OUT"))),),
    ),
    Cleared(
        "NODE_SKIPPED",
        "the read beyond it is taken back",
        (plan(), scan(2, 10, "YARD")),
        (retracted(3, 60, scan(2, 10, "YARD")),),
    ),
    Cleared("OVERDUE", "the late read arrives", OVERDUE, (scan(2, 59, "DOCK"),)),
    Cleared("OVERDUE", "it comes after all, too late", OVERDUE, (scan(2, 70, "DOCK"),)),
    Cleared("OVERDUE", "it passes a later node", OVERDUE, (scan(2, 70, "YARD"),)),
    Cleared(
        "OVERDUE",
        "the amended path gives more time",
        OVERDUE,
        (amended(2, 50, (step("DOCK", due=61), step("YARD", due=120))),),
    ),
    Cleared("OVERDUE", "the mission is cancelled", OVERDUE, (status(2, 99, CustomsStatus.CANCELLED),)),
    Cleared("OVERDUE", "the process ends", OVERDUE, (status(2, 99, CustomsStatus.DEFINITIVE),)),
    Cleared("READ_AFTER_DEFINITIVE", "the definitive status is taken back", ENDED, (retracted(6, 99, DEFINITIVE),)),
    Cleared("READ_AFTER_DEFINITIVE", "the read is taken back", ENDED, (retracted(6, 99, scan(4, 81, "YARD")),)),
    Cleared(
        "READ_AFTER_DEFINITIVE",
        "another declaration turns out to belong to it",
        (plan(), status(3, 80, CustomsStatus.DEFINITIVE, *ids(MRN=MRN_1)), scan(4, 81, "YARD")),
        (amended(6, 99, added=ids(MRN=MRN_2)),),
    ),
]
