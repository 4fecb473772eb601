"""Kinds that judge a train's run: RAIL_MANIFEST_MISMATCH, RAIL_NO_DEPARTURE_PERMISSION."""

from builders import BOX, OTHER_BOX, ids, retracted
from conveyance_builders import OTHER_WAGON, TRAIN, WAGON, composed, judged_at, listed, passed, permission
from deviation_cases import A_MILLISECOND, Case, Clean, Cleared, Told

from domain.events import Direction, Identifier, Permission, TrainStage, TrainUnit
from domain.identifiers import Scheme

MISMATCH, NO_PERMISSION = "RAIL_MANIFEST_MISMATCH", "RAIL_NO_DEPARTURE_PERMISSION"
GRANTED = permission(90, -1)
BOTH = composed(1, 0, listed(), listed(OTHER_BOX))
ON_WAGON = composed(1, 0, listed(wagon=WAGON))
ILU = "ABCA0012342"
SWAP_BODY = TrainUnit(unit=ids(SWAP_BODY=ILU)[0], mrns=("26ITQBA158977764S6",))


def mismatch(events: Told, subject: str, node: str | None, minutes: float, evidence: tuple[int, ...]) -> Case:
    return Case(MISMATCH, events, subject, node, minutes, evidence, TRAIN)


def no_permission(events: Told, evidence: tuple[int, ...]) -> Case:
    return Case(NO_PERMISSION, events, "RAIL-OUT", "RAIL-OUT", 30, evidence, TRAIN)


RAISED = {
    "a train without a manifest": mismatch((GRANTED, passed(2, 30)), "no manifest", "RAIL-OUT", 30, (2,)),
    "a train with a loading list alone": mismatch(
        (composed(1, 0, stage=TrainStage.LOADING_LIST), passed(3, 31), passed(2, 30)),
        "no manifest",
        "RAIL-OUT",
        30,
        (2,),
    ),
    "not on the train when it has passed": mismatch(
        (BOTH, passed(2, 30), judged_at(60)), f"missing BIC:{OTHER_BOX}", "RAIL-OUT", 60, (1, 2)
    ),
    "not on the train, as its first read tells": mismatch(
        (BOTH, passed(3, 59), passed(2, 30, *ids(WAGON=WAGON)), judged_at(99)),
        f"missing BIC:{OTHER_BOX}",
        "RAIL-OUT",
        60,
        (1, 2),
    ),
    "read unsurely is not read": mismatch(
        (
            BOTH,
            passed(2, 30),
            passed(3, 31, Identifier(scheme=Scheme.BIC, value=OTHER_BOX, confidence=0.74)),
            judged_at(60),
        ),
        f"missing BIC:{OTHER_BOX}",
        "RAIL-OUT",
        60,
        (1, 2),
    ),
    "read with the train, but not at the rail gate": mismatch(
        (
            BOTH,
            passed(2, 30),
            passed(4, 32, *ids(BIC=OTHER_BOX), node="YARD"),
            judged_at(60),
        ),
        f"missing BIC:{OTHER_BOX}",
        "RAIL-OUT",
        60,
        (1, 2),
    ),
    "not on the manifest": mismatch(
        (composed(1, 0), passed(2, 30, *ids(BIC=OTHER_BOX))), f"extra BIC:{OTHER_BOX}", "RAIL-OUT", 30, (1, 2)
    ),
    "not on the manifest, read twice": mismatch(
        (composed(1, 0), passed(3, 31, *ids(BIC=OTHER_BOX)), passed(2, 30, *ids(BIC=OTHER_BOX))),
        f"extra BIC:{OTHER_BOX}",
        "RAIL-OUT",
        30,
        (1, 2, 3),
    ),
    "on the earlier manifest only": mismatch(
        (composed(1, 0, listed(OTHER_BOX)), composed(3, 10), passed(2, 30, *ids(BIC=OTHER_BOX))),
        f"extra BIC:{OTHER_BOX}",
        "RAIL-OUT",
        30,
        (3, 2),
    ),
    "on the loading list only": mismatch(
        (
            composed(1, 0),
            composed(3, 10, listed(OTHER_BOX), stage=TrainStage.LOADING_LIST),
            passed(2, 30, *ids(BIC=OTHER_BOX)),
        ),
        f"extra BIC:{OTHER_BOX}",
        "RAIL-OUT",
        30,
        (1, 2),
    ),
    "on another wagon": mismatch(
        (ON_WAGON, passed(2, 30, *ids(BIC=BOX, WAGON=OTHER_WAGON))), f"wagon BIC:{BOX}", "RAIL-OUT", 30, (1, 2)
    ),
    "without papers": mismatch(
        (composed(1, 0, listed(mrns=()), listed(OTHER_BOX)),), f"papers BIC:{BOX}", None, 0, (1,)
    ),
    "never asked for permission": no_permission((passed(2, 30), passed(3, 31)), (2,)),
    "permission asked for": no_permission((permission(1, 0, Permission.REQUESTED), passed(2, 30)), (2, 1)),
    "permission refused": no_permission(
        (permission(3, -5, Permission.REQUESTED), permission(1, 0, Permission.REFUSED), passed(2, 30)), (2, 1)
    ),
    "permission withdrawn": no_permission(
        (GRANTED, permission(1, 20, Permission.WITHDRAWN), passed(2, 30), passed(3, 31)), (2, 1)
    ),
    "permission given when it had left": no_permission((permission(1, 30 + A_MILLISECOND), passed(2, 30)), (2,)),
}


def clean(kind: str, why: str, events: Told, subject: str = "") -> Clean:
    return Clean(kind, why, events, subject, TRAIN)


UNSURE_WAGON = Identifier(scheme=Scheme.WAGON, value=OTHER_WAGON, confidence=0.74)
BOTH_WAGONS = (*ids(BIC=BOX, WAGON=WAGON), *ids(WAGON=OTHER_WAGON))

NOT_RAISED = [
    clean(MISMATCH, "nothing passed", (GRANTED, judged_at(99)), "no manifest"),
    clean(MISMATCH, "it came in", (passed(2, 30, direction=Direction.IN), judged_at(99)), "no manifest"),
    clean(MISMATCH, "no rail gate", (passed(2, 30, node="GATE-OUT"), judged_at(99)), "no manifest"),
    clean(MISMATCH, "without a manifest there is no other difference", (passed(2, 30), judged_at(99)), "extra"),
    clean(MISMATCH, "a millisecond before", (BOTH, passed(2, 30), judged_at(60 - A_MILLISECOND)), "missing"),
    clean(MISMATCH, "nobody judged absences yet", (BOTH, passed(2, 30)), "missing"),
    clean(MISMATCH, "the train did not come yet", (BOTH, judged_at(999)), "missing"),
    clean(
        MISMATCH,
        "read as the train's last, whenever",
        (BOTH, passed(2, 30), passed(3, 200, *ids(BIC=OTHER_BOX)), judged_at(99)),
        "missing",
    ),
    clean(
        MISMATCH,
        "two units of one wagon in one read",
        (BOTH, passed(2, 30, *ids(BIC=BOX, WAGON=WAGON), *ids(BIC=OTHER_BOX)), judged_at(99)),
        "missing",
    ),
    clean(
        MISMATCH,
        "what is in the unit is read first",
        (composed(1, 0), passed(2, 30, *ids(SSCC="376104250021234569", BIC=BOX)), judged_at(99)),
    ),
    clean(
        MISMATCH,
        "a swap body under its other name",
        (composed(1, 0, SWAP_BODY), passed(2, 30, *ids(ILU=ILU)), judged_at(99)),
    ),
    clean(
        MISMATCH,
        "on the loading list, not loaded",
        (
            composed(1, 0),
            composed(3, -10, listed(), listed(OTHER_BOX), stage=TrainStage.LOADING_LIST),
            passed(2, 30),
            judged_at(99),
        ),
    ),
    clean(MISMATCH, "in another order", (BOTH, passed(2, 30, *ids(BIC=OTHER_BOX)), passed(3, 31), judged_at(99))),
    clean(
        MISMATCH,
        "not read surely",
        (composed(1, 0), passed(2, 30, Identifier(scheme=Scheme.BIC, value=OTHER_BOX, confidence=0.74))),
        "extra",
    ),
    clean(MISMATCH, "a misread is no unit", (composed(1, 0), passed(2, 30, *ids(BIC="CSQU3054384"))), "extra"),
    clean(MISMATCH, "on its own wagon", (ON_WAGON, passed(2, 30, *ids(BIC=BOX, WAGON=WAGON))), "wagon"),
    clean(MISMATCH, "between its own wagon and the next", (ON_WAGON, passed(2, 30, *BOTH_WAGONS)), "wagon"),
    clean(MISMATCH, "no wagon was read", (ON_WAGON, passed(2, 30)), "wagon"),
    clean(MISMATCH, "no wagon was read surely", (ON_WAGON, passed(2, 30, *ids(BIC=BOX), UNSURE_WAGON)), "wagon"),
    clean(MISMATCH, "no wagon was manifested", (composed(1, 0), passed(2, 30, *ids(BIC=BOX, WAGON=WAGON))), "wagon"),
    clean(MISMATCH, "declared", (composed(1, 0),), "papers"),
    clean(
        MISMATCH,
        "with a transport document",
        (composed(1, 0, listed(mrns=(), transport_document="CIM-1")),),
        "papers",
    ),
    clean(
        MISMATCH,
        "a candidate needs no papers yet",
        (composed(1, 0, listed(mrns=()), stage=TrainStage.LOADING_LIST),),
        "papers",
    ),
    clean(NO_PERMISSION, "granted at the same moment", (permission(1, 30), passed(2, 30))),
    clean(
        NO_PERMISSION, "withdrawn when it had left", (GRANTED, passed(2, 30), permission(3, 31, Permission.WITHDRAWN))
    ),
    clean(NO_PERMISSION, "granted after a refusal", (permission(3, -9, Permission.REFUSED), GRANTED, passed(2, 30))),
    clean(NO_PERMISSION, "it came in", (passed(2, 30, direction=Direction.IN),)),
    clean(NO_PERMISSION, "it did not leave", (permission(1, 0, Permission.REFUSED),)),
]


def cleared(kind: str, why: str, events: Told, by: Told, subject: str = "") -> Cleared:
    return Cleared(kind, why, events, by, subject, TRAIN)


MISSING = (BOTH, passed(2, 30), judged_at(99))
EXTRA = (composed(1, 0), passed(2, 30, *ids(BIC=OTHER_BOX)))
WRONG_WAGON = (ON_WAGON, passed(2, 30, *ids(BIC=BOX, WAGON=OTHER_WAGON)))
WITHDRAWN = permission(1, 20, Permission.WITHDRAWN)

CLEARED = [
    cleared(MISMATCH, "the late manifest arrives", (passed(2, 30),), (composed(1, 0),), "no manifest"),
    cleared(
        MISMATCH,
        "the read is taken back",
        (passed(2, 30),),
        (retracted(3, 99, passed(2, 30), conveyance=TRAIN),),
        "no manifest",
    ),
    cleared(MISMATCH, "the late read arrives", MISSING, (passed(3, 32, *ids(BIC=OTHER_BOX)),), "missing"),
    cleared(MISMATCH, "the manifest is corrected", MISSING, (composed(3, 200),), "missing"),
    cleared(
        MISMATCH,
        "the manifest is taken back for the one before",
        (*MISSING, composed(3, -9)),
        (retracted(4, 99, BOTH, conveyance=TRAIN),),
        "missing",
    ),
    cleared(MISMATCH, "the manifest is corrected", EXTRA, (composed(3, 200, listed(OTHER_BOX)),), "extra"),
    cleared(MISMATCH, "the read is taken back", EXTRA, (retracted(3, 99, EXTRA[1], conveyance=TRAIN),), "extra"),
    cleared(
        MISMATCH, "the manifest is corrected", WRONG_WAGON, (composed(3, 200, listed(wagon=OTHER_WAGON)),), "wagon"
    ),
    cleared(
        MISMATCH,
        "the read is taken back",
        WRONG_WAGON,
        (retracted(3, 99, WRONG_WAGON[1], conveyance=TRAIN),),
        "wagon",
    ),
    cleared(
        MISMATCH, "its papers are told", (composed(1, 0, listed(mrns=())),), (composed(3, 200, listed()),), "papers"
    ),
    cleared(NO_PERMISSION, "the late permission arrives", (passed(2, 30),), (GRANTED,)),
    cleared(
        NO_PERMISSION,
        "the withdrawal is taken back",
        (GRANTED, WITHDRAWN, passed(2, 30)),
        (retracted(3, 99, WITHDRAWN, conveyance=TRAIN),),
    ),
    cleared(
        NO_PERMISSION,
        "the read is taken back",
        (passed(2, 30),),
        (retracted(3, 99, passed(2, 30), conveyance=TRAIN),),
    ),
]
