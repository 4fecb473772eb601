"""Kinds that a device on the unit tells of: UNEXPECTED_DOOR_OPEN, seals tampered with; and seals in two places."""

from builders import BOX, amended, appointment, ids, plan, retracted, scan, signal, status
from deviation_cases import A_MILLISECOND, DAY, HOUR, IN_YARD, SEALED, Case, Clean, Cleared

from domain.events import CustomsStatus, DeviceSignal, DeviceSignalled

DOOR, REMOVED, TAMPERED = DeviceSignal.DOOR_OPENED, DeviceSignal.SEAL_REMOVED, DeviceSignal.SEAL_TAMPERED
SATISFACTORY, UNSATISFACTORY = CustomsStatus.CONTROL_SATISFACTORY, CustomsStatus.CONTROL_UNSATISFACTORY
NOWHERE_NEAR = (40.5, 16.0)
BY_THE_WORKSHOP = (41.0501, 16.9001)
CLOSES = 11 * HOUR  # on the first day, a Tuesday: at 20:00 in Rome, which is 19:00 UTC
OPENS = -3 * HOUR
SATURDAY = 4 * DAY
SUMMER_MONDAY = 20 * DAY  # 08:00 UTC is 10:00 in Rome
SEAL_KEY = "SEAL:BRI1234567"
SEAL_ALONE = ids(SEAL="BRI1234567")

OPENED = signal(2, 30, DOOR, "YARD")
CONTROL = appointment(3, 0, "STORE", (20, 40), authorities=("ADM",))


def opened(number: int, minutes: float, node: str = "WORKSHOP") -> DeviceSignalled:
    return signal(number, minutes, DOOR, node)


RAISED = {
    "opened in the yard": Case("UNEXPECTED_DOOR_OPEN", (plan(), OPENED), "YARD", "YARD", 30, (2,)),
    "opened in the yard twice": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), OPENED, signal(3, 40, DOOR, "YARD")), "YARD", "YARD", 30, (2, 3)
    ),
    "opened far from every node": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), signal(2, 30, DOOR, None, NOWHERE_NEAR)), "en route", None, 30, (2,)
    ),
    "opened before anything was read": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), signal(2, 30, DOOR), scan(3, 31, "YARD")), "en route", None, 30, (2,)
    ),
    "opened where it was read last": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), scan(3, 10, "YARD"), signal(2, 30, DOOR)), "YARD", "YARD", 30, (2,)
    ),
    "opened where it is read at that moment": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), scan(3, 30, "YARD"), signal(2, 30, DOOR)), "YARD", "YARD", 30, (2,)
    ),
    "opened where its position says, whatever was read": Case(
        "UNEXPECTED_DOOR_OPEN",
        (plan(), scan(3, SATURDAY, "SCANNER"), signal(2, SATURDAY, DOOR, None, BY_THE_WORKSHOP)),
        "WORKSHOP",
        "WORKSHOP",
        SATURDAY,
        (2,),
    ),
    "opened where its platform says, whatever its position": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), signal(2, 30, DOOR, "YARD", BY_THE_WORKSHOP)), "YARD", "YARD", 30, (2,)
    ),
    "opened at a place the port does not know": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), opened(2, 30, "NOWHERE")), "NOWHERE", "NOWHERE", 30, (2,)
    ),
    "opened at closing time": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), opened(2, CLOSES)), "WORKSHOP", "WORKSHOP", CLOSES, (2,)
    ),
    "opened a moment before opening time": Case(
        "UNEXPECTED_DOOR_OPEN",
        (plan(), opened(2, OPENS - A_MILLISECOND)),
        "WORKSHOP",
        "WORKSHOP",
        OPENS - A_MILLISECOND,
        (2,),
    ),
    "opened on a Saturday": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), opened(2, SATURDAY)), "WORKSHOP", "WORKSHOP", SATURDAY, (2,)
    ),
    "opened at closing time in summer": Case(
        "UNEXPECTED_DOOR_OPEN",
        (plan(), opened(2, SUMMER_MONDAY + 10 * HOUR)),
        "WORKSHOP",
        "WORKSHOP",
        SUMMER_MONDAY + 10 * HOUR,
        (2,),
    ),
    "opened after the control": Case(
        "UNEXPECTED_DOOR_OPEN",
        (plan(), CONTROL, opened(2, 40 + A_MILLISECOND, "STORE")),
        "STORE",
        "STORE",
        40 + A_MILLISECOND,
        (2,),
    ),
    "opened before the control": Case(
        "UNEXPECTED_DOOR_OPEN",
        (plan(), CONTROL, opened(2, 20 - A_MILLISECOND, "STORE")),
        "STORE",
        "STORE",
        20 - A_MILLISECOND,
        (2,),
    ),
    "opened elsewhere than where the control is": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), CONTROL, OPENED), "YARD", "YARD", 30, (2,)
    ),
    "opened though the control was cancelled": Case(
        "UNEXPECTED_DOOR_OPEN",
        (
            plan(),
            CONTROL,
            appointment(4, 1, "STORE", (20, 40), authorities=("ADM",), cancelled=True),
            opened(2, 30, "STORE"),
        ),
        "STORE",
        "STORE",
        30,
        (2,),
    ),
    "opened in its slot at a gate": Case(
        "UNEXPECTED_DOOR_OPEN",
        (plan(), appointment(3, 0, "GATE", (20, 40)), opened(2, 30, "GATE")),
        "GATE",
        "GATE",
        30,
        (2,),
    ),
    "opened, as a control confirmed": Case(
        "UNEXPECTED_DOOR_OPEN", (plan(), OPENED, status(3, 60, UNSATISFACTORY)), "YARD", "YARD", 30, (2,)
    ),
    "opened after a satisfactory control": Case(
        "UNEXPECTED_DOOR_OPEN",
        (plan(), OPENED, status(3, 30 - A_MILLISECOND, SATISFACTORY)),
        "YARD",
        "YARD",
        30,
        (2,),
    ),
    "opened again after the satisfactory control": Case(
        "UNEXPECTED_DOOR_OPEN",
        (plan(), OPENED, status(3, 40, SATISFACTORY), opened(4, 50, "YARD")),
        "YARD",
        "YARD",
        30,
        (2, 4),
    ),
    "seal taken off in the yard": Case(
        "SEAL_DISCREPANCY", (plan(), signal(2, 30, REMOVED, "YARD")), "tampered eseal-1", "YARD", 30, (2,)
    ),
    "seal tampered with en route, twice": Case(
        "SEAL_DISCREPANCY",
        (plan(), signal(3, 40, REMOVED, "YARD"), signal(2, 30, TAMPERED, None, NOWHERE_NEAR)),
        "tampered eseal-1",
        None,
        30,
        (2, 3),
    ),
    "seal taken off, its replacing reported too late": Case(
        "SEAL_DISCREPANCY",
        (plan(), signal(2, 30, REMOVED, "YARD"), amended(3, 30 + DAY + A_MILLISECOND, added=ids(SEAL="BRI9"))),
        "tampered eseal-1",
        "YARD",
        30,
        (2,),
    ),
    "seal taken off after its replacing": Case(
        "SEAL_DISCREPANCY",
        (plan(), signal(2, 30, REMOVED, "YARD"), amended(3, 30 - A_MILLISECOND, added=ids(SEAL="BRI9"))),
        "tampered eseal-1",
        "YARD",
        30,
        (2,),
    ),
    "seal taken off, and another truck reported": Case(
        "SEAL_DISCREPANCY",
        (plan(), signal(2, 30, REMOVED, "YARD"), amended(3, 60, added=ids(PLATE="XY987ZW"))),
        "tampered eseal-1",
        "YARD",
        30,
        (2,),
    ),
    "seal taken off, as a control confirmed": Case(
        "SEAL_DISCREPANCY",
        (plan(), signal(2, 30, REMOVED, "YARD"), status(3, 30, UNSATISFACTORY)),
        "tampered eseal-1",
        "YARD",
        30,
        (2,),
    ),
    "the seal far from its unit": Case(
        "SEAL_DISCREPANCY",
        (SEALED, IN_YARD, scan(3, 12, "DRY-PORT", *SEAL_ALONE)),
        f"cloned {SEAL_KEY}",
        "DRY-PORT",
        12,
        (2, 3),
    ),
    "the seal far from where its unit is read next": Case(
        "SEAL_DISCREPANCY",
        (SEALED, scan(2, 10, "DRY-PORT", *SEAL_ALONE), scan(3, 15.5, "YARD")),
        f"cloned {SEAL_KEY}",
        "YARD",
        15.5,
        (2, 3),
    ),
    "the seal in two places": Case(
        "SEAL_DISCREPANCY",
        (SEALED, scan(2, 10, "YARD", *SEAL_ALONE), scan(3, 12, "DRY-PORT", *SEAL_ALONE)),
        f"cloned {SEAL_KEY}",
        "DRY-PORT",
        12,
        (2, 3),
    ),
}

NOT_RAISED = [
    Clean("UNEXPECTED_DOOR_OPEN", "in a customs space at any time", (plan(), opened(2, SATURDAY, "SCANNER"))),
    Clean("UNEXPECTED_DOOR_OPEN", "at opening time", (plan(), opened(2, OPENS))),
    Clean("UNEXPECTED_DOOR_OPEN", "a moment before closing time", (plan(), opened(2, CLOSES - A_MILLISECOND))),
    Clean(
        "UNEXPECTED_DOOR_OPEN",
        "a moment before closing time in summer",
        (plan(), opened(2, SUMMER_MONDAY + 10 * HOUR - A_MILLISECOND)),
    ),
    Clean("UNEXPECTED_DOOR_OPEN", "where its position says", (plan(), signal(2, 30, DOOR, None, BY_THE_WORKSHOP))),
    Clean("UNEXPECTED_DOOR_OPEN", "as the control begins", (plan(), CONTROL, opened(2, 20, "STORE"))),
    Clean("UNEXPECTED_DOOR_OPEN", "as the control ends", (plan(), CONTROL, opened(2, 40, "STORE"))),
    Clean("UNEXPECTED_DOOR_OPEN", "without a plan", (OPENED,)),
    Clean(
        "UNEXPECTED_DOOR_OPEN",
        "other signals",
        (plan(), *(signal(n, 30, other, "YARD") for n, other in enumerate(DeviceSignal, 2) if other is not DOOR)),
    ),
    Clean(
        "SEAL_DISCREPANCY",
        "documented at the same moment",
        (plan(), signal(2, 30, REMOVED, "YARD"), amended(3, 30, removed=ids(SEAL="BRI1"))),
        "tampered",
    ),
    Clean(
        "SEAL_DISCREPANCY",
        "documented a day later",
        (plan(), signal(2, 30, REMOVED, "YARD"), amended(3, 30 + DAY, added=ids(SEAL="BRI9"))),
        "tampered",
    ),
    Clean("SEAL_DISCREPANCY", "in a customs space", (plan(), signal(2, 30, TAMPERED, "SCANNER")), "tampered"),
    Clean("SEAL_DISCREPANCY", "for a control", (plan(), CONTROL, signal(2, 30, REMOVED, "STORE")), "tampered"),
    Clean("SEAL_DISCREPANCY", "an opened door is another kind", (plan(), OPENED), "tampered"),
    Clean("SEAL_DISCREPANCY", "without a plan", (signal(2, 30, REMOVED, "YARD"),), "tampered"),
    Clean("SEAL_DISCREPANCY", "slow enough", (SEALED, IN_YARD, scan(3, 15.6, "DRY-PORT", *SEAL_ALONE)), "cloned"),
    Clean(
        "SEAL_DISCREPANCY",
        "with its unit it is IMPOSSIBLE_TRAVEL",
        (SEALED, IN_YARD, scan(3, 12, "DRY-PORT", *ids(BIC=BOX), *SEAL_ALONE)),
        "cloned",
    ),
    Clean(
        "SEAL_DISCREPANCY",
        "not the mission's own seal",
        (SEALED, IN_YARD, scan(3, 12, "DRY-PORT", *ids(SEAL="BRI7654321"))),
        "cloned",
    ),
]

SEAL_OFF = (plan(), signal(2, 30, REMOVED, "YARD"))
CLONED = (SEALED, IN_YARD, scan(3, 12, "DRY-PORT", *SEAL_ALONE))

CLEARED = [
    Cleared("UNEXPECTED_DOOR_OPEN", "a control finds it in order", (plan(), OPENED), (status(3, 60, SATISFACTORY),)),
    Cleared("UNEXPECTED_DOOR_OPEN", "a control at that moment", (plan(), OPENED), (status(3, 30, SATISFACTORY),)),
    Cleared("UNEXPECTED_DOOR_OPEN", "the signal is taken back", (plan(), OPENED), (retracted(3, 99, OPENED),)),
    Cleared(
        "UNEXPECTED_DOOR_OPEN",
        "a control is told of afterwards",
        (plan(), opened(2, 30, "STORE")),
        (appointment(3, 99, "STORE", (20, 40), authorities=("ADM",)),),
    ),
    Cleared(
        "UNEXPECTED_DOOR_OPEN",
        "the late read shows that it was in the customs space",
        (plan(), IN_YARD, signal(3, 30, DOOR)),
        (scan(4, 20, "SCANNER"),),
        "YARD",
    ),
    Cleared("SEAL_DISCREPANCY", "a control finds it in order", SEAL_OFF, (status(3, 60, SATISFACTORY),), "tampered"),
    Cleared(
        "SEAL_DISCREPANCY",
        "its replacing is reported",
        SEAL_OFF,
        (amended(3, 60, added=ids(SEAL="BRI9"), removed=ids(SEAL="BRI1")),),
        "tampered",
    ),
    Cleared("SEAL_DISCREPANCY", "the signal is taken back", SEAL_OFF, (retracted(3, 99, SEAL_OFF[1]),), "tampered"),
    Cleared("SEAL_DISCREPANCY", "the read is taken back", CLONED, (retracted(4, 99, CLONED[2]),), "cloned"),
    Cleared(
        "SEAL_DISCREPANCY",
        "it had been taken off before",
        CLONED,
        (amended(4, 11, removed=SEAL_ALONE),),
        "cloned",
    ),
]
