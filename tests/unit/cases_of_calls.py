"""Kinds that judge a ship's call: NOTICE_LATE, MANIFEST_DISCREPANCY."""

from builders import BOX, OTHER_BOX, ids, retracted
from conveyance_builders import CALL, call, judged_at, landed, manifest, manifested, weighed
from deviation_cases import A_MILLISECOND, HOUR, Case, Clean, Cleared, Told

from domain.events import CallStatus, DeadlinePassed, Direction, Identifier, Movement
from domain.identifiers import Scheme

LATE, DISCREPANCY = "NOTICE_LATE", "MANIFEST_DISCREPANCY"
ETA = 100 * HOUR
DUE_72, DUE_48, DUE_24 = ETA - 72 * HOUR, ETA - 48 * HOUR, ETA - 24 * HOUR
ANNOUNCED = call(1, 0, CallStatus.ANNOUNCED, ETA)
ARRIVED = call(9, ETA, CallStatus.ARRIVED)
UNLOADED = call(9, 100, CallStatus.UNLOADED)
DANGEROUS = manifest(3, 1, manifested(dangerous=True))
NOTIFIED, OF_DANGER = CallStatus.PRE_ARRIVAL_NOTIFIED, CallStatus.DANGEROUS_GOODS_NOTIFIED
WEIGHT = manifest(1, 0, manifested(gross_mass_kg=10_000))  # 5 percent are allowed


def checked(minutes: float) -> DeadlinePassed:
    return judged_at(minutes, CALL)


def late(events: Told, subject: str, minutes: float, evidence: tuple[int, ...]) -> Case:
    return Case(LATE, events, subject, None, minutes, evidence, CALL)


def discrepancy(
    events: Told, subject: str, minutes: float, evidence: tuple[int, ...], node: str | None = None
) -> Case:
    return Case(DISCREPANCY, events, subject, node, minutes, evidence, CALL)


RAISED = {
    "no notice when it is due": late((ANNOUNCED, checked(DUE_72)), "PRE_ARRIVAL", DUE_72, (1,)),
    "no notice when she arrives": late((ANNOUNCED, ARRIVED, manifest(3, 1)), "PRE_ARRIVAL", DUE_72, (1,)),
    "no notice when she arrives as it is due": late(
        (ANNOUNCED, call(9, DUE_72, CallStatus.ARRIVED), manifest(3, 1)), "PRE_ARRIVAL", DUE_72, (1,)
    ),
    "a notice that comes too late": late(
        (ANNOUNCED, call(2, DUE_72 + A_MILLISECOND, NOTIFIED), call(3, DUE_72 + 1, NOTIFIED)),
        "PRE_ARRIVAL",
        DUE_72,
        (2, 1),
    ),
    "an unannounced ship without notice": late((ARRIVED, manifest(3, 1)), "PRE_ARRIVAL", DUE_72, (9,)),
    "announced only when she was there": late(
        (ARRIVED, call(1, ETA + 1, CallStatus.ANNOUNCED, ETA + 999), manifest(3, 1)), "PRE_ARRIVAL", DUE_72, (9,)
    ),
    "announced earlier again": late(
        (ANNOUNCED, call(2, 1, CallStatus.ANNOUNCED, ETA - 60), checked(DUE_72 - 60)),
        "PRE_ARRIVAL",
        DUE_72 - 60,
        (2,),
    ),
    "no notice of dangerous goods when it is due": late(
        (ANNOUNCED, DANGEROUS, checked(DUE_48)), "DANGEROUS_GOODS", DUE_48, (1,)
    ),
    "a notice of dangerous goods that comes too late": late(
        (ANNOUNCED, DANGEROUS, call(2, DUE_48 + A_MILLISECOND, OF_DANGER)), "DANGEROUS_GOODS", DUE_48, (2, 1)
    ),
    "no manifest when it is due": late((ANNOUNCED, checked(DUE_24)), "MANIFEST", DUE_24, (1,)),
    "a manifest that comes too late": late(
        (ANNOUNCED, manifest(2, DUE_24 + A_MILLISECOND), manifest(3, DUE_24 + 1)), "MANIFEST", DUE_24, (2, 1)
    ),
    "a manifest of what is loaded alone": late(
        (ANNOUNCED, manifest(3, 1, movement=Movement.LOADING), checked(DUE_24)), "MANIFEST", DUE_24, (1,)
    ),
    "arrived without a manifest": discrepancy((ARRIVED,), "not notified", ETA, (9,)),
    "arrived before her manifest": discrepancy(
        (ARRIVED, manifest(2, ETA + A_MILLISECOND), manifest(3, ETA + 1)), "not notified", ETA, (9, 2)
    ),
    "arrived with the manifest of what she loads": discrepancy(
        (ARRIVED, manifest(2, 0, movement=Movement.LOADING)), "not notified", ETA, (9,)
    ),
    "not landed": discrepancy(
        (manifest(1, 0, manifested(), manifested(OTHER_BOX)), landed(2, 50), UNLOADED),
        f"missing BIC:{OTHER_BOX}",
        100,
        (1, 9),
    ),
    "not landed, read with the ship at no dock gate": discrepancy(
        (manifest(1, 0), landed(3, 51, node="YARD"), UNLOADED), f"missing BIC:{BOX}", 100, (1, 9)
    ),
    "landed though not manifested": discrepancy(
        (manifest(1, 0), landed(2, 50, *ids(BIC=OTHER_BOX)), landed(3, 51, *ids(BIC=OTHER_BOX))),
        f"extra BIC:{OTHER_BOX}",
        50,
        (2, 1),
        "DOCK",
    ),
    "too heavy": discrepancy((WEIGHT, weighed(2, 50, 10_501)), f"mass BIC:{BOX}", 50, (1, 2)),
    "too light": discrepancy((WEIGHT, weighed(2, 50, 9_499)), f"mass BIC:{BOX}", 50, (1, 2)),
    "too heavy when it was weighed again": discrepancy(
        (WEIGHT, weighed(3, 40, 10_000), weighed(2, 50, 10_501)), f"mass BIC:{BOX}", 50, (1, 2)
    ),
    "too heavy to be loaded": discrepancy(
        (manifest(1, 0, manifested(gross_mass_kg=10_000), movement=Movement.LOADING), weighed(2, 50, 10_501)),
        f"mass BIC:{BOX}",
        50,
        (1, 2),
    ),
}


def clean(kind: str, why: str, events: Told, subject: str = "") -> Clean:
    return Clean(kind, why, events, subject, CALL)


NOT_RAISED = [
    clean(LATE, "a millisecond before", (ANNOUNCED, checked(DUE_72 - A_MILLISECOND)), "PRE_ARRIVAL"),
    clean(LATE, "nobody judged absences yet", (ANNOUNCED,), "PRE_ARRIVAL"),
    clean(LATE, "given when it is due", (ANNOUNCED, call(2, DUE_72, NOTIFIED), ARRIVED), "PRE_ARRIVAL"),
    clean(LATE, "neither announced nor there", (call(2, 0, NOTIFIED), checked(99_999))),
    clean(
        LATE,
        "she comes earlier than announced, which is not the agent's fault",
        (ANNOUNCED, call(2, DUE_72, NOTIFIED), call(9, DUE_72 + 1, CallStatus.ARRIVED), manifest(3, DUE_72)),
        "PRE_ARRIVAL",
    ),
    clean(
        LATE,
        "she is there before it is due",
        (ANNOUNCED, call(9, DUE_72 - A_MILLISECOND, CallStatus.ARRIVED), manifest(3, 1)),
    ),
    clean(LATE, "no dangerous goods", (ANNOUNCED, manifest(3, 1), checked(DUE_48)), "DANGEROUS_GOODS"),
    clean(
        LATE,
        "dangerous goods to be loaded",
        (ANNOUNCED, manifest(3, 1, manifested(dangerous=True), movement=Movement.LOADING), checked(DUE_48)),
        "DANGEROUS_GOODS",
    ),
    clean(
        LATE,
        "dangerous goods, a millisecond before",
        (ANNOUNCED, DANGEROUS, checked(DUE_48 - A_MILLISECOND)),
        "DANGEROUS_GOODS",
    ),
    clean(
        LATE,
        "dangerous goods, notified when it is due",
        (ANNOUNCED, DANGEROUS, call(2, DUE_48, OF_DANGER), checked(DUE_48)),
        "DANGEROUS_GOODS",
    ),
    clean(LATE, "a manifest, a millisecond before", (ANNOUNCED, checked(DUE_24 - A_MILLISECOND)), "MANIFEST"),
    clean(LATE, "lodged when it is due", (ANNOUNCED, manifest(2, DUE_24), checked(DUE_24)), "MANIFEST"),
    clean(DISCREPANCY, "lodged as she arrives", (ARRIVED, manifest(2, ETA)), "not notified"),
    clean(
        DISCREPANCY, "a further one comes after her", (manifest(2, 0), ARRIVED, manifest(3, ETA + 1)), "not notified"
    ),
    clean(DISCREPANCY, "not there yet", (ANNOUNCED, checked(99_999)), "not notified"),
    clean(DISCREPANCY, "still unloading", (manifest(1, 0), checked(99_999)), "missing"),
    clean(
        DISCREPANCY, "landed after the unloading was reported", (manifest(1, 0), UNLOADED, landed(2, 999)), "missing"
    ),
    clean(
        DISCREPANCY, "what she loads is not landed", (manifest(1, 0, movement=Movement.LOADING), UNLOADED), "missing"
    ),
    clean(
        DISCREPANCY,
        "two units in one lift",
        (
            manifest(1, 0, manifested(), manifested(OTHER_BOX)),
            landed(2, 50, *ids(BIC=BOX), *ids(BIC=OTHER_BOX)),
            UNLOADED,
        ),
        "missing",
    ),
    clean(DISCREPANCY, "no manifest at all", (landed(2, 50), UNLOADED), "extra"),
    clean(
        DISCREPANCY,
        "no manifest of what she lands",
        (manifest(1, 0, manifested(OTHER_BOX), movement=Movement.LOADING), landed(2, 50)),
        "extra",
    ),
    clean(
        DISCREPANCY,
        "on another agent's manifest",
        (manifest(1, 0, manifested(OTHER_BOX)), manifest(3, 1), landed(2, 50)),
        "extra",
    ),
    clean(
        DISCREPANCY,
        "on the manifest of what she loads",
        (manifest(1, 0, manifested(OTHER_BOX)), manifest(3, 1, movement=Movement.LOADING), landed(2, 50)),
        "extra",
    ),
    clean(
        DISCREPANCY,
        "on its way to the ship",
        (manifest(1, 0, manifested(OTHER_BOX)), landed(2, 50, direction=Direction.OUT)),
        "extra",
    ),
    clean(
        DISCREPANCY,
        "not read surely",
        (manifest(1, 0), landed(2, 50, Identifier(scheme=Scheme.BIC, value=OTHER_BOX, confidence=0.74))),
        "extra",
    ),
    clean(
        DISCREPANCY, "not at a dock gate", (manifest(1, 0), landed(2, 50, *ids(BIC=OTHER_BOX), node="YARD")), "extra"
    ),
    clean(
        DISCREPANCY,
        "what is in the unit is read first",
        (manifest(1, 0), landed(2, 50, *ids(SSCC="376104250021234569", BIC=BOX))),
        "extra",
    ),
    clean(DISCREPANCY, "as heavy as allowed", (WEIGHT, weighed(2, 50, 10_500)), "mass"),
    clean(DISCREPANCY, "as light as allowed", (WEIGHT, weighed(2, 50, 9_500)), "mass"),
    clean(DISCREPANCY, "no mass was declared", (manifest(1, 0), weighed(2, 50, 40_000)), "mass"),
    clean(DISCREPANCY, "weighed, not manifested", (WEIGHT, weighed(2, 50, 40_000, OTHER_BOX)), "mass"),
]


def cleared(kind: str, why: str, events: Told, by: Told, subject: str) -> Cleared:
    return Cleared(kind, why, events, by, subject, CALL)


TAKEN_LATE = call(2, DUE_72 + 1, NOTIFIED)
EXTRA = (manifest(1, 0, manifested(OTHER_BOX)), landed(2, 50))

CLEARED = [
    cleared(
        LATE, "the late message of it arrives", (ANNOUNCED, checked(DUE_72)), (call(2, 5, NOTIFIED),), "PRE_ARRIVAL"
    ),
    cleared(
        LATE,
        "she is announced later",
        (ANNOUNCED, checked(DUE_72)),
        (call(2, 5, CallStatus.ANNOUNCED, ETA + 1),),
        "PRE_ARRIVAL",
    ),
    cleared(
        LATE,
        "the announcement is taken back",
        (ANNOUNCED, TAKEN_LATE),
        (retracted(3, 99, ANNOUNCED, conveyance=CALL),),
        "PRE_ARRIVAL",
    ),
    cleared(
        LATE,
        "the late message of it arrives",
        (ANNOUNCED, DANGEROUS, checked(DUE_48)),
        (call(2, 5, OF_DANGER),),
        "DANGEROUS_GOODS",
    ),
    cleared(
        LATE,
        "the manifest of dangerous goods is taken back",
        (ANNOUNCED, DANGEROUS, checked(DUE_48)),
        (retracted(4, 99, DANGEROUS, conveyance=CALL),),
        "DANGEROUS_GOODS",
    ),
    cleared(LATE, "the late manifest arrives", (ANNOUNCED, checked(DUE_24)), (manifest(2, 5),), "MANIFEST"),
    cleared(DISCREPANCY, "the late manifest arrives", (ARRIVED,), (manifest(2, 5),), "not notified"),
    cleared(
        DISCREPANCY,
        "the arrival is taken back",
        (ARRIVED,),
        (retracted(3, 99, ARRIVED, conveyance=CALL),),
        "not notified",
    ),
    cleared(DISCREPANCY, "the late landing arrives", (manifest(1, 0), UNLOADED), (landed(2, 50),), "missing"),
    cleared(
        DISCREPANCY,
        "the manifest is taken back",
        (manifest(1, 0), UNLOADED),
        (retracted(3, 99, manifest(1, 0), conveyance=CALL),),
        "missing",
    ),
    cleared(
        DISCREPANCY,
        "the unloading is taken back",
        (manifest(1, 0), UNLOADED),
        (retracted(3, 99, UNLOADED, conveyance=CALL),),
        "missing",
    ),
    cleared(DISCREPANCY, "another agent lodges its manifest", EXTRA, (manifest(3, 99),), "extra"),
    cleared(DISCREPANCY, "the read is taken back", EXTRA, (retracted(3, 99, EXTRA[1], conveyance=CALL),), "extra"),
    cleared(DISCREPANCY, "it is weighed again", (WEIGHT, weighed(2, 50, 20_000)), (weighed(3, 60, 10_100),), "mass"),
    cleared(
        DISCREPANCY,
        "the weighing is taken back",
        (WEIGHT, weighed(2, 50, 20_000)),
        (retracted(3, 99, weighed(2, 50, 20_000), conveyance=CALL),),
        "mass",
    ),
]
