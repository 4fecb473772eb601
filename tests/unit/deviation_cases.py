"""A port with thresholds and distances, and what raises the kinds that need them; for the tests of those kinds."""

from typing import NamedTuple

import msgspec
from builders import (
    BOX,
    MRN_1,
    MRN_2,
    PORT,
    deadline,
    hold,
    ids,
    lift,
    plan,
    scan,
    status,
)

from domain.events import CustomsStatus, Direction, Identifier, MissionEvent
from domain.identifiers import Scheme
from domain.port import Node, NodeKind, Travel

HOUR = 60
ABANDONED = 15 * 24 * HOUR
A_MILLISECOND = 1 / 60_000


def far(node: str, kind: NodeKind, latitude: float, dwell_max_minutes: int | None = None) -> Node:
    """A node straight south of those of the small port."""
    return Node(
        node=node, name=node, kind=kind, latitude=latitude, longitude=16.8, dwell_max_minutes=dwell_max_minutes
    )


BIG_PORT = msgspec.structs.replace(
    PORT,
    nodes=(
        *PORT.nodes,
        far("DRY-PORT", NodeKind.EXTRA_PORT_FACILITY, 41.0),  # 11.1 km: 5.56 minutes at 120 km/h
        far("NEXT-DOOR", NodeKind.PORT_GATE, 41.0911),  # 990 m
        far("QUARANTINE", NodeKind.CUSTOMS_SPACE, 41.1, dwell_max_minutes=90),
    ),
    travel=(
        Travel(between=("DOCK", "RAIL-OUT"), travel_min_minutes=10),
        Travel(between=("STORE", "DRY-PORT"), travel_min_minutes=0),
    ),
)

RELEASED = status(90, 5, CustomsStatus.RELEASED)
CERTIFIED = status(91, 31, CustomsStatus.EXIT_CERTIFIED, authority="GDF")
DEFINITIVE = status(92, 80, CustomsStatus.DEFINITIVE)
LEFT = scan(2, 30, "GATE-OUT")
TWO_MRNS = (*ids(BIC=BOX, MRN=MRN_1), *ids(MRN=MRN_2))
OTHER_SEAL = Identifier(scheme=Scheme.SEAL, value="BRI7654321", confidence=0.75)
SEALED = plan(identifiers=(*ids(BIC=BOX, SEAL="BRI1234567"), *ids(SEAL="BRI0000001")))
ENTERED = scan(2, 10, "QUARANTINE")
IN_YARD = scan(2, 10, "YARD")


class Case(NamedTuple):
    """Events that raise one deviation of a kind, and what must be said about it."""

    kind: str
    events: tuple[MissionEvent, ...]
    subject: str
    node: str
    minutes: float
    evidence: tuple[int, ...]


class Clean(NamedTuple):
    """Events that do not raise a kind: its boundary, or what clears it."""

    kind: str
    why: str
    events: tuple[MissionEvent, ...]


def certified(number: int, minutes: float, mrn: str) -> MissionEvent:
    return status(number, minutes, CustomsStatus.EXIT_CERTIFIED, *ids(MRN=mrn), authority="GDF")


RAISED = {
    "another seal": Case(
        "SEAL_DISCREPANCY",
        (
            SEALED,
            scan(2, 10, "DOCK", *ids(BIC=BOX), OTHER_SEAL),
            scan(3, 11, "YARD", *ids(BIC=BOX), OTHER_SEAL),
        ),
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
            scan(1, 20, "GATE"),
            scan(2, 30, "GATE", direction=Direction.OUT),
            scan(3, 31, "GATE", direction=Direction.OUT),
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
    "faster than the distance allows": Case(
        "IMPOSSIBLE_TRAVEL",
        (plan(), IN_YARD, scan(3, 15.5, "DRY-PORT")),
        "YARD→DRY-PORT",
        "DRY-PORT",
        15.5,
        (2, 3),
    ),
    "at two distant nodes at the same moment": Case(
        "IMPOSSIBLE_TRAVEL",
        (plan(), IN_YARD, scan(3, 10, "DRY-PORT")),
        "YARD→DRY-PORT",
        "DRY-PORT",
        10,
        (2, 3),
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
}
