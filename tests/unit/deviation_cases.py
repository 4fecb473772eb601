"""What the tables of deviations share: the form of a case, a port with thresholds and distances, and who judges.

Each ``cases_of_*`` module is the table of a group of kinds: RAISED, NOT_RAISED (its boundary) and CLEARED.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

import msgspec
from builders import BOX, IOT_ID, MRN_1, MRN_2, PORT, ids, plan, scan, status
from conveyance_builders import judged

from domain.associations import bindings_of, expectations_of
from domain.deviations import Finding
from domain.events import (
    AlertReviewed,
    CustomsStatus,
    DeadlinePassed,
    Direction,
    EventRetracted,
    Identifier,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    TrainComposed,
    VesselManifested,
)
from domain.identifiers import Scheme
from domain.identity import Identity, as_parked, bind, bound_to, expect, expire, park, review, unknown_objects
from domain.policy import Policy
from domain.port import Node, NodeKind, Port, Travel, Weekday, Window

HOUR = 60
DAY = 24 * HOUR
ABANDONED = 15 * DAY
A_MILLISECOND = 1 / 60_000
GRACE = timedelta(minutes=10)
SATURDAY_IN_ROME = 3 * DAY + 15 * HOUR  # the first moment of 2026-03-14 there


def far(node: str, kind: NodeKind, latitude: float, dwell_max_minutes: int | None = None) -> Node:
    """A node straight south of those of the small port."""
    return Node(
        node=node, name=node, kind=kind, latitude=latitude, longitude=16.8, dwell_max_minutes=dwell_max_minutes
    )


WORKDAYS = Window(days=(Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI), start="06:00", end="20:00")
WORKSHOP = Node(
    node="WORKSHOP",
    name="Where units may be opened on workdays",
    kind=NodeKind.PORT_FACILITY,
    latitude=41.05,
    longitude=16.9,
    openings=(WORKDAYS,),
)
SLOT_GATE = Node(
    node="SLOT-GATE",
    name="A gate with slots",
    kind=NodeKind.PORT_GATE,
    latitude=41.1,
    longitude=16.8,
    passage=Direction.IN,
    requires_slot=True,
)
DRY_PORT = far("DRY-PORT", NodeKind.EXTRA_PORT_FACILITY, 41.0)  # 11.1 km: 5.56 minutes at 120 km/h

BIG_PORT = msgspec.structs.replace(
    PORT,
    nodes=(
        *PORT.nodes,
        msgspec.structs.replace(DRY_PORT, radius_meters=3_000.0),
        far("NEXT-DOOR", NodeKind.PORT_GATE, 41.0911),  # 990 m
        far("QUARANTINE", NodeKind.CUSTOMS_SPACE, 41.1, dwell_max_minutes=90),
        WORKSHOP,
        SLOT_GATE,
    ),
    travel=(
        Travel(between=("DOCK", "RAIL-OUT"), travel_min_minutes=10),
        Travel(between=("STORE", "DRY-PORT"), travel_min_minutes=0),
    ),
    timezone="Europe/Rome",
    policy=Policy(corridor_meters=2_000),
)

RELEASED = status(90, 5, CustomsStatus.RELEASED)
CERTIFIED = status(91, 31, CustomsStatus.EXIT_CERTIFIED, authority="GDF")
DEFINITIVE = status(92, 80, CustomsStatus.DEFINITIVE)
CANCELLED = status(93, 80, CustomsStatus.CANCELLED)
LEFT = scan(2, 30, "GATE-OUT")
TWO_MRNS = (*ids(BIC=BOX, MRN=MRN_1), *ids(MRN=MRN_2))
OTHER_SEAL = Identifier(scheme=Scheme.SEAL, value="BRI7654321", confidence=0.75)
SEALED = plan(identifiers=(*ids(BIC=BOX, SEAL="BRI1234567"), *ids(SEAL="BRI0000001")))
ENTERED = scan(2, 10, "QUARANTINE")
IN_YARD = scan(2, 10, "YARD")

Told = tuple[InputEvent | DeadlinePassed, ...]


class Case(NamedTuple):
    """Events that raise one deviation of a kind, and what must be said about it."""

    kind: str
    events: Told
    subject: str
    node: str | None
    minutes: float
    evidence: tuple[int, ...]
    owner: str = str(IOT_ID)


class Clean(NamedTuple):
    """Events that do not raise a kind, for a subject that begins like this: its boundary."""

    kind: str
    why: str
    events: Told
    subject: str = ""
    owner: str = str(IOT_ID)


class Cleared(NamedTuple):
    """Events that raise a kind, and what clears it whenever it arrives."""

    kind: str
    why: str
    events: Told
    by: Told
    subject: str = ""
    owner: str = str(IOT_ID)


def of_kind(kind: str, events: Told, owner: str = str(IOT_ID), port: Port = BIG_PORT) -> list[Finding]:
    """What of that kind is wrong with an owner of these events."""
    is_stranger = not owner.startswith(("TRAIN:", "CALL:")) and ":" in owner
    found = strangers(owner, events) if is_stranger else judged(owner, events, port)
    return [finding for finding in found if finding.kind == kind]


def strangers(key: str, events: Iterable[InputEvent | DeadlinePassed]) -> list[Finding]:
    """What was seen under an identifier and stays unknown."""
    identity = Identity()
    for event in events:
        identity = _learnt(key, identity, event)
    return unknown_objects(key, identity, GRACE)


def _learnt(key: str, identity: Identity, event: InputEvent | DeadlinePassed) -> Identity:
    match event:
        case IotIdGenerated():
            bound = [each for each in bindings_of(event) if f"{each.scheme}:{each.value}" == key]
            return bind(key, identity, bound[0]).identity if bound else identity
        case TrainComposed() | VesselManifested():
            named = [each for each in expectations_of(event) if f"{each.scheme}:{each.value}" == key]
            return expect(identity, named[0]) if named else identity
        case DeadlinePassed():
            return expire(key, identity, event.as_of, GRACE)
        case AlertReviewed():
            return review(identity, event)
    assert isinstance(event, IdScanned | EventRetracted)
    parked = as_parked(event, key, b"", ())
    known = bound_to(identity, parked.occurred_at) is not None
    return identity if known else park(identity, parked)
