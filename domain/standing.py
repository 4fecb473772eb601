"""Where a mission stands: what its history comes to, for whoever need not fold it himself.

``standing_of`` reads it off all facts; ``advanced`` moves it on by one fact that comes in order, which is what most
events are. Both end in the same for the same facts.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.appointments import Control
from domain.events import CustomsStatus, MissionStateChanged, MissionStatus, PathNode
from domain.facts import Amendment, Booking, Plan, Read, Ruling
from domain.journey import FREE, NOT_A_STATUS, Journey, concerns, hold_name
from domain.port import Port
from domain.travel import SEAL, UNIT, VEHICLE, shown

REST_ON_EXAMINATIONS = frozenset({"EXIT_WITHOUT_RELEASE", "HOLD_VIOLATION"})
"""Kinds that cannot be told without telling that a unit was chosen for an examination."""

USUAL_FACTS = frozenset({Plan, Read, Ruling, Booking})
"""A mission with other facts is judged as a whole, whatever comes."""

SIGNS = frozenset({Plan, Amendment, Read, Ruling})
"""Facts that show that somebody acts on a unit."""

ENDS = {CustomsStatus.DEFINITIVE: MissionStatus.DEFINITIVE, CustomsStatus.CANCELLED: MissionStatus.CANCELLED}


class Sighting(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A node at which something was read, and when."""

    node: str
    at: datetime


class Trail(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the reads come to.

    *Shape*: ``reached`` are indexes of path steps, ``farthest`` the last of them, -1 before the first. ``last`` is
    the last of ``reads`` reads, ``unit``, ``vehicle`` and ``cargo`` (the unit or its seal) the last that showed them.
    ``exits`` are the first reads at each land exit.
    """

    farthest: int
    reached: tuple[int, ...]
    reads: int
    last: Sighting | None
    unit: Sighting | None
    vehicle: Sighting | None
    cargo: Sighting | None
    stay_due_at: datetime | None
    exits: tuple[Sighting, ...]


class Clearance(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the rulings come to, as far as they are disclosed.

    *Shape*: ``statuses`` and ``holds`` are those in force; ``uncertified`` are the declarations ("" the unit) whose
    exit nobody certified, ``certified_at`` is the last certification of any; ``is_embargoed`` when there are rulings
    that may not be told yet.
    """

    statuses: tuple[tuple[str, CustomsStatus | None], ...]
    holds: tuple[str, ...]
    uncertified: tuple[str, ...]
    certified_at: datetime | None
    is_embargoed: bool

    @property
    def is_free(self) -> bool:
        """Whether every declaration lets the goods leave."""
        return all(status in FREE for _, status in self.statuses)


class Standing(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Where a mission stands.

    *Shape*: ``is_usual`` when a fact in order may move it on by itself; ``at`` is the time of the last fact,
    ``signed_at`` that of the last sign that somebody acts on the unit; ``end`` is set once the mission has ended;
    ``path`` is none while it is the plan's.
    """

    iot_id: UUID
    is_usual: bool
    at: datetime | None
    signed_at: datetime | None
    end: MissionStatus | None
    plan: Plan | None
    path: tuple[PathNode, ...] | None
    trail: Trail
    clearance: Clearance
    control: Control | None

    @property
    def steps(self) -> tuple[PathNode, ...]:
        """The path in force: the amended one, or else the plan's."""
        if self.path is not None:
            return self.path
        return self.plan.path if self.plan else ()

    @property
    def status(self) -> MissionStatus:
        """How far the mission has come."""
        if self.end is not None:
            return self.end
        farthest = self.trail.farthest
        if farthest < 0:
            return MissionStatus.EXPECTED
        if farthest == len(self.steps) - 1:
            return MissionStatus.ARRIVED
        return MissionStatus.IN_TRANSIT if farthest > 0 else MissionStatus.DEPARTED

    @property
    def awaited(self) -> PathNode | None:
        """The next required step; none once the mission has ended."""
        if self.end is not None:
            return None
        for step in self.steps[self.trail.farthest + 1 :]:
            if step.required:
                return step
        return None


class Arrival:
    """A read that comes in order, beside where the mission stands: read off once what several rules ask.

    *Shape*: ``ahead`` is the index of the step that it reaches, none when it is the same pass again or not ahead;
    ``shows`` is a sum of ``UNIT``, ``VEHICLE`` and ``SEAL``; ``shows_only_own`` when all its identifiers are the
    mission's own, as its plan says.
    """

    __slots__ = ("ahead", "at", "node", "read", "shows", "shows_only_own", "standing", "steps", "trail")

    def __init__(self, standing: Standing, read: Read) -> None:
        self.standing, self.read = standing, read
        self.trail, self.steps = standing.trail, standing.steps
        self.node, self.at = read.node, read.occurred_at
        self.ahead = step_ahead(self.steps, self.trail.farthest, read.node)
        self.shows = shown(read.keys)
        self.shows_only_own = standing.plan is not None and set(read.keys).issubset(standing.plan.keys)

    def is_in_time(self, before: Sighting | None, port: Port) -> bool:
        """Whether there was time enough to come there from where something was read before."""
        if before is None or before.node == self.node:
            return True
        return self.at - before.at >= port.travel_min(before.node, self.node)


def standing_of(journey: Journey) -> Standing:
    """Where a mission stands after all its facts."""
    facts, plan, clearance = journey.mission.facts, journey.plan, _clearance(journey)
    end = CustomsStatus.DEFINITIVE if journey.ended else CustomsStatus.CANCELLED if journey.cancelled else None
    is_whole = plan is not None and end is None and not clearance.is_embargoed and not journey.controls
    return Standing(
        iot_id=journey.mission.iot_id,
        is_usual=is_whole and all(type(fact) in USUAL_FACTS for fact in facts),
        at=facts[-1].occurred_at if facts else None,
        signed_at=next((fact.occurred_at for fact in reversed(facts) if type(fact) in SIGNS), None),
        end=ENDS[end] if end else None,
        plan=plan,
        path=None if plan is not None and journey.path is plan.path else journey.path,
        trail=_trail(journey),
        clearance=clearance,
        control=journey.next_control(),
    )


def _trail(journey: Journey) -> Trail:
    reads = [*journey.reads, *journey.reads_after_end]
    return Trail(
        farthest=journey.trace.farthest,
        reached=tuple(sorted(journey.trace.reached)),
        reads=len(reads),
        last=Sighting(reads[-1].node, reads[-1].occurred_at) if reads else None,
        unit=_last(reads, UNIT),
        vehicle=_last(reads, VEHICLE),
        cargo=_last(reads, UNIT | SEAL),
        stay_due_at=_stay_due_at(journey),
        exits=tuple(Sighting(read.node, read.occurred_at) for read in journey.exits.values()),
    )


def _clearance(journey: Journey) -> Clearance:
    held = (hold for hold in journey.holds if hold.lifted is None and journey.is_disclosed(hold.placed))
    return Clearance(
        statuses=tuple(journey.statuses_disclosed().items()),
        holds=tuple(sorted({hold.name for hold in held})),
        uncertified=journey.uncertified,
        certified_at=journey.certified_at(),
        is_embargoed=not all(journey.is_disclosed(ruling) for ruling in journey.rulings),
    )


def advanced(standing: Standing, fact: Read | Ruling, port: Port) -> Standing:
    """Where a mission stands after one more fact, later than all before it.

    *Shape*: ``standing`` is usual, and the fact neither ends the mission nor is under embargo.
    """
    return _read(standing, fact, port) if isinstance(fact, Read) else _ruled(standing, fact, port)


def _read(standing: Standing, read: Read, port: Port) -> Standing:
    at, trail = read.occurred_at, standing.trail
    seen, shows = Sighting(read.node, at), shown(read.keys)
    ahead = step_ahead(standing.steps, trail.farthest, read.node)
    stays = trail.last is not None and trail.last.node == read.node
    exits = trail.exits
    if port.is_exit(read.node, read.direction) and all(read.node != left.node for left in exits):
        exits = (*exits, seen)
    moved = Trail(
        farthest=trail.farthest if ahead is None else ahead,
        reached=trail.reached if ahead is None else (*trail.reached, ahead),
        reads=trail.reads + 1,
        last=seen,
        unit=seen if shows & UNIT else trail.unit,
        vehicle=seen if shows & VEHICLE else trail.vehicle,
        cargo=seen if shows & (UNIT | SEAL) else trail.cargo,
        stay_due_at=trail.stay_due_at if stays else port.stay_due_at(read.node, at),
        exits=exits,
    )
    return replace(standing, at=at, signed_at=at, trail=moved)


def step_ahead(steps: tuple[PathNode, ...], farthest: int, node: str) -> int | None:
    """The index of the step that a read there reaches, none when it is the same pass again or not ahead."""
    if farthest >= 0 and steps[farthest].node == node:
        return None
    for at in range(farthest + 1, len(steps)):
        if steps[at].node == node:
            return at
    return None


def _ruled(standing: Standing, ruling: Ruling, port: Port) -> Standing:
    at, clearance = ruling.occurred_at, standing.clearance
    statuses, holds = clearance.statuses, clearance.holds
    uncertified, certified_at = clearance.uncertified, clearance.certified_at
    if ruling.status is CustomsStatus.HOLD_PLACED:
        holds = tuple(sorted({*holds, hold_name(ruling)}))
    elif ruling.status is CustomsStatus.HOLD_LIFTED:
        holds = tuple(hold for hold in holds if hold != hold_name(ruling))
    elif ruling.status not in NOT_A_STATUS:
        statuses = tuple((mrn, ruling.status if concerns(ruling, mrn) else status) for mrn, status in statuses)
    if ruling.status is CustomsStatus.EXIT_CERTIFIED:
        certified_at = at
        if port.policy.may_certify(ruling.authority):
            uncertified = tuple(mrn for mrn in uncertified if not concerns(ruling, mrn))
    moved = Clearance(statuses, holds, uncertified, certified_at, is_embargoed=False)
    return replace(standing, at=at, signed_at=at, clearance=moved)


def summarise(
    standing: Standing, revision: int, changed_at: datetime, open_kinds: tuple[str, ...]
) -> MissionStateChanged:
    """Where a mission stands, to be told to others.

    *Guarantee*: says nothing of an examination under embargo (§262).
    """
    trail, clearance, awaited, control = standing.trail, standing.clearance, standing.awaited, standing.control
    if clearance.is_embargoed:
        open_kinds = tuple(kind for kind in open_kinds if kind not in REST_ON_EXAMINATIONS)
    steps = standing.steps
    return MissionStateChanged(
        iot_id=standing.iot_id,
        revision=revision,
        status=standing.status,
        process=standing.plan.process if standing.plan else None,
        changed_at=changed_at,
        last_node=trail.last.node if trail.last else None,
        last_read_at=trail.last.at if trail.last else None,
        next_node=awaited.node if awaited else None,
        next_due_at=awaited.due_at if awaited else None,
        nodes_reached=tuple([steps[index].node for index in trail.reached]),
        customs_statuses=tuple([status for _, status in clearance.statuses if status is not None]),
        open_holds=clearance.holds,
        open_alerts=open_kinds,
        reads=trail.reads,
        control_node=control.node if control else None,
        control_at=control.starts_at if control else None,
        control_authorities=control.authorities if control else (),
    )


def _last(reads: list[Read], what: int) -> Sighting | None:
    """Where something was read last."""
    showing = (Sighting(read.node, read.occurred_at) for read in reversed(reads) if shown(read.keys) & what)
    return next(showing, None)


def _stay_due_at(journey: Journey) -> datetime | None:
    """When the stay at the last node is too long, none where nobody minds."""
    if not journey.reads:
        return None
    first = journey.reads[-1]
    for read in reversed(journey.reads):
        if read.node != first.node:
            break
        first = read
    return journey.port.stay_due_at(first.node, first.occurred_at)
