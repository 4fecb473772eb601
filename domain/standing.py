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
from domain.facts import Booking, Plan, Read, Ruling
from domain.journey import FREE, NOT_A_STATUS, Journey, concerns, hold_name
from domain.port import Port
from domain.travel import SEAL, UNIT, VEHICLE, showing, shown

REST_ON_EXAMINATIONS = frozenset({"EXIT_WITHOUT_RELEASE", "HOLD_VIOLATION"})
"""Kinds that cannot be told without telling that a unit was chosen for an examination."""

USUAL_FACTS = frozenset({Plan, Read, Ruling, Booking})
"""A mission with other facts is judged as a whole, whatever comes."""

ENDS = {CustomsStatus.DEFINITIVE: MissionStatus.DEFINITIVE, CustomsStatus.CANCELLED: MissionStatus.CANCELLED}


class Sighting(msgspec.Struct, frozen=True, array_like=True):
    """A node at which something was read, and when."""

    node: str
    at: datetime


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """Where a mission stands.

    *Shape*: ``is_usual`` when a fact in order may move it on by itself; ``at`` is the time of the last fact; ``end``
    is set once the mission has ended. ``reached`` are indexes of path steps, ``farthest`` the last of them, -1 before
    the first. ``last`` is the last read, ``unit``, ``vehicle`` and ``cargo`` (the unit or its seal) the last that
    showed them. ``exits`` are the first reads at each land exit, ``uncertified`` the declarations ("" the unit) whose
    exit nobody certified, ``certified_at`` is the last certification of any. ``statuses``, ``holds`` and ``control``
    are those in force, as far as they are disclosed; ``is_embargoed`` when some are not.
    """

    iot_id: UUID
    is_usual: bool
    at: datetime | None
    end: MissionStatus | None
    plan: Plan | None
    path: tuple[PathNode, ...] | None
    farthest: int
    reached: tuple[int, ...]
    reads: int
    last: Sighting | None
    unit: Sighting | None
    vehicle: Sighting | None
    cargo: Sighting | None
    stay_due_at: datetime | None
    exits: tuple[Sighting, ...]
    uncertified: tuple[str, ...]
    certified_at: datetime | None
    statuses: tuple[tuple[str, CustomsStatus | None], ...]
    holds: tuple[str, ...]
    control: Control | None
    is_embargoed: bool

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
        if not self.reached:
            return MissionStatus.EXPECTED
        if self.farthest == len(self.steps) - 1:
            return MissionStatus.ARRIVED
        return MissionStatus.IN_TRANSIT if self.farthest > 0 else MissionStatus.DEPARTED

    @property
    def awaited(self) -> PathNode | None:
        """The next required step; none once the mission has ended."""
        if self.end is not None:
            return None
        return next((step for step in self.steps[self.farthest + 1 :] if step.required), None)

    @property
    def is_free(self) -> bool:
        """Whether every declaration lets the goods leave."""
        return all(status in FREE for _, status in self.statuses)


def standing_of(journey: Journey) -> Standing:
    """Where a mission stands after all its facts."""
    facts, plan, trace = journey.mission.facts, journey.plan, journey.trace
    reads = [*journey.reads, *journey.reads_after_end]
    end = CustomsStatus.DEFINITIVE if journey.ended else CustomsStatus.CANCELLED if journey.cancelled else None
    is_embargoed = not all(journey.is_disclosed(ruling) for ruling in journey.rulings)
    held = (hold for hold in journey.holds() if hold.lifted is None and journey.is_disclosed(hold.placed))
    return Standing(
        iot_id=journey.mission.iot_id,
        is_usual=plan is not None and end is None and not is_embargoed and _has_usual_facts(journey),
        at=facts[-1].occurred_at if facts else None,
        end=ENDS[end] if end else None,
        plan=plan,
        path=None if plan is not None and journey.path is plan.path else journey.path,
        farthest=trace.farthest,
        reached=tuple(sorted(trace.reached)),
        reads=len(reads),
        last=_last(reads),
        unit=_last(showing(reads, UNIT)),
        vehicle=_last(showing(reads, VEHICLE)),
        cargo=_last(showing(reads, UNIT | SEAL)),
        stay_due_at=_stay_due_at(journey),
        exits=tuple(Sighting(read.node, read.occurred_at) for read in journey.exits().values()),
        uncertified=journey.uncertified(),
        certified_at=journey.certified_at(),
        statuses=tuple(journey.statuses_disclosed().items()),
        holds=tuple(sorted({hold.name for hold in held})),
        control=journey.next_control(),
        is_embargoed=is_embargoed,
    )


def advanced(standing: Standing, fact: Read | Ruling, port: Port) -> Standing:
    """Where a mission stands after one more fact, later than all before it.

    *Shape*: ``standing`` is usual, and the fact neither ends the mission nor is under embargo.
    """
    return _read(standing, fact, port) if isinstance(fact, Read) else _ruled(standing, fact, port)


def _read(standing: Standing, read: Read, port: Port) -> Standing:
    seen, shows = Sighting(read.node, read.occurred_at), shown(read.keys)
    farthest, reached = standing.farthest, standing.reached
    ahead = step_ahead(standing, read.node)
    if ahead is not None:
        farthest, reached = ahead, (*reached, ahead)
    exits = standing.exits
    if port.is_exit(read.node, read.direction) and all(read.node != left.node for left in exits):
        exits = (*exits, seen)
    stays = standing.last is not None and standing.last.node == read.node
    return replace(
        standing,
        at=read.occurred_at,
        farthest=farthest,
        reached=reached,
        reads=standing.reads + 1,
        last=seen,
        unit=seen if shows & UNIT else standing.unit,
        vehicle=seen if shows & VEHICLE else standing.vehicle,
        cargo=seen if shows & (UNIT | SEAL) else standing.cargo,
        stay_due_at=standing.stay_due_at if stays else port.stay_due_at(read.node, read.occurred_at),
        exits=exits,
    )


def step_ahead(standing: Standing, node: str) -> int | None:
    """The index of the step that a read there reaches, none when it is the same pass again or not ahead."""
    steps, farthest = standing.steps, standing.farthest
    if farthest >= 0 and steps[farthest].node == node:
        return None
    return next((at for at in range(farthest + 1, len(steps)) if steps[at].node == node), None)


def _ruled(standing: Standing, ruling: Ruling, port: Port) -> Standing:
    statuses, holds = standing.statuses, standing.holds
    uncertified, certified_at = standing.uncertified, standing.certified_at
    if ruling.status is CustomsStatus.HOLD_PLACED:
        holds = tuple(sorted({*holds, hold_name(ruling)}))
    elif ruling.status is CustomsStatus.HOLD_LIFTED:
        holds = tuple(hold for hold in holds if hold != hold_name(ruling))
    elif ruling.status not in NOT_A_STATUS:
        statuses = tuple((mrn, ruling.status if concerns(ruling, mrn) else status) for mrn, status in statuses)
    if ruling.status is CustomsStatus.EXIT_CERTIFIED:
        certified_at = ruling.occurred_at
        if port.policy.may_certify(ruling.authority):
            uncertified = tuple(mrn for mrn in uncertified if not concerns(ruling, mrn))
    return replace(
        standing,
        at=ruling.occurred_at,
        statuses=statuses,
        holds=holds,
        uncertified=uncertified,
        certified_at=certified_at,
    )


def summarise(
    standing: Standing, revision: int, changed_at: datetime, open_kinds: tuple[str, ...]
) -> MissionStateChanged:
    """Where a mission stands, to be told to others.

    *Guarantee*: says nothing of an examination under embargo (§262).
    """
    last, awaited, control = standing.last, standing.awaited, standing.control
    if standing.is_embargoed:
        open_kinds = tuple(kind for kind in open_kinds if kind not in REST_ON_EXAMINATIONS)
    steps = standing.steps
    return MissionStateChanged(
        iot_id=standing.iot_id,
        revision=revision,
        status=standing.status,
        process=standing.plan.process if standing.plan else None,
        changed_at=changed_at,
        last_node=last.node if last else None,
        last_read_at=last.at if last else None,
        next_node=awaited.node if awaited else None,
        next_due_at=awaited.due_at if awaited else None,
        nodes_reached=tuple(steps[index].node for index in standing.reached),
        customs_statuses=tuple(status for _, status in standing.statuses if status is not None),
        open_holds=standing.holds,
        open_alerts=open_kinds,
        reads=standing.reads,
        control_node=control.node if control else None,
        control_at=control.starts_at if control else None,
        control_authorities=control.authorities if control else (),
    )


def _has_usual_facts(journey: Journey) -> bool:
    return not journey.controls() and all(type(fact) in USUAL_FACTS for fact in journey.mission.facts)


def _last(reads: list[Read]) -> Sighting | None:
    return Sighting(reads[-1].node, reads[-1].occurred_at) if reads else None


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
