"""What a mission's facts mean along its path: which steps were reached, in what order, under which rulings."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from domain.appointments import Control, joint_control, standing
from domain.events import AppointmentPurpose, CustomsStatus, PathNode
from domain.facts import Amendment, Booking, Plan, Read, Review, Ruling, Signal
from domain.history import order
from domain.mission import Mission
from domain.policy import END_OF_TIME
from domain.port import Port
from domain.view import by_kind

FREE = frozenset(
    {
        CustomsStatus.RELEASED,
        CustomsStatus.TO_DRY_PORT,
        CustomsStatus.EXIT_CERTIFIED,
        CustomsStatus.DEFINITIVE,
    }
)
"""Statuses under which goods may leave the port (§361)."""

NOT_A_STATUS = frozenset(
    {
        CustomsStatus.HOLD_PLACED,
        CustomsStatus.HOLD_LIFTED,
        CustomsStatus.CONTROL_SATISFACTORY,
        CustomsStatus.CONTROL_UNSATISFACTORY,
    }
)
"""Holds and results of controls are orthogonal to the status."""


class Hold(NamedTuple):
    """One placing of a hold and its lifting, if it was lifted; an authority lifts only its own."""

    placed: Ruling
    lifted: Ruling | None

    @property
    def name(self) -> str:
        """``AUTHORITY:HOLD_ID``."""
        return hold_name(self.placed)

    def covers(self, at: datetime) -> bool:
        """Whether the unit was held at that moment: after the placing, and before the lifting."""
        return self.placed.occurred_at < at and (self.lifted is None or at < self.lifted.occurred_at)


class Stay(NamedTuple):
    """A stay at a node that minds how long, from the first read there.

    *Shape*: ``name`` is the node, from the second stay there on with its number; ``closing`` is what ended the stay:
    the first read elsewhere, or the end of the mission; none while it lasts.
    """

    name: str
    first: Read
    due_at: datetime
    closing: Read | Ruling | None


class Trace(NamedTuple):
    """How the reads lie on the path; indexes count the path's steps from 0.

    ``reached`` steps were read in the path's order, ``late`` ones only after a later step; ``farthest`` is the
    last step reached, -1 before the first.
    """

    reached: dict[int, Read]
    late: dict[int, Read]
    off_path: tuple[Read, ...]
    farthest: int


class Journey:
    """One mission at a port, read off its facts once and then asked by every rule.

    *Shape*: ``reads`` and ``signals`` are those until the mission ended, ``reads_after_end`` the later reads; all by
    event time. ``path`` and ``mrns`` are the path and the declarations in force in the end, ``bookings`` the
    appointments that stand.
    """

    def __init__(self, mission: Mission, port: Port) -> None:
        self.mission = mission
        self.port = port
        facts = by_kind(mission.facts)
        plans: list[Plan] = facts.get(Plan, [])
        self.plan = plans[-1] if plans else None
        self.amendments = self._amending(facts.get(Amendment, []))
        self.rulings: list[Ruling] = facts.get(Ruling, [])
        self.bookings: list[Booking] = standing(facts.get(Booking, []))
        self.reviews: list[Review] = facts.get(Review, [])
        self.mrns = tuple(k.removeprefix("MRN:") for k in self.keys_at(END_OF_TIME) if k.startswith("MRN:"))
        self.ended = self._given_to_all(CustomsStatus.DEFINITIVE)
        self.cancelled = self._given_to_all(CustomsStatus.CANCELLED)
        end = None if self.ended is None else self.ended.occurred_at
        reads: list[Read] = facts.get(Read, [])
        self.reads = reads if end is None else [read for read in reads if read.occurred_at <= end]
        signals: list[Signal] = facts.get(Signal, [])
        # Whoever received the goods opens them.
        self.signals = signals if end is None else [signal for signal in signals if signal.occurred_at <= end]
        self.reads_after_end = reads[len(self.reads) :]
        self.path = self.path_at(END_OF_TIME)
        self.trace = trace(self.path, self.reads)

    @property
    def owner(self) -> str:
        """The IOT_ID."""
        return str(self.mission.iot_id)

    @property
    def checked_at(self) -> datetime | None:
        """Up to when absences were judged."""
        return self.mission.checked_at

    @property
    def moments(self) -> Mapping[UUID, datetime]:
        """The event time of every fact, by event id."""
        return {fact.event_id: fact.occurred_at for fact in self.mission.facts}

    def is_disclosed(self, fact: Ruling | Booking) -> bool:
        """Whether others than customs may know of it by now; an embargo ends with the absences judged up to then."""
        return fact.not_before is None or (self.checked_at is not None and self.checked_at >= fact.not_before)

    def disclosures(self) -> Iterator[datetime]:
        """When each embargo ends."""
        secrets: list[Ruling | Booking] = [*self.rulings, *self.bookings]
        return (fact.not_before for fact in secrets if fact.not_before is not None)

    def slots(self, node: str) -> list[Booking]:
        """The slots booked at a gate."""
        return [b for b in self.bookings if b.purpose is AppointmentPurpose.GATE_SLOT and b.node == node]

    @cached_property
    def controls(self) -> list[Booking]:
        """The controls that are set, in order of their beginning."""
        return [b for b in self.bookings if b.purpose is AppointmentPurpose.CONTROL]

    def next_control(self) -> Control | None:
        """The visit that several authorities' controls are grouped into, as far as it is disclosed (§38, §41).

        *Shape*: none when all that is set was followed by a result.
        """
        results = (CustomsStatus.CONTROL_SATISFACTORY, CustomsStatus.CONTROL_UNSATISFACTORY)
        done_at = max((r.occurred_at for r in self.rulings if r.status in results), default=None)
        ahead = [b for b in self.controls if done_at is None or b.starts_at > done_at]
        return joint_control([booking for booking in ahead if self.is_disclosed(booking)])

    def path_at(self, at: datetime) -> tuple[PathNode, ...]:
        """The path in force at a moment; an amended path supersedes the one before it, whole."""
        amended = [a.path for a in self.amendments if a.path is not None and a.occurred_at <= at]
        if amended:
            return amended[-1]
        return self.plan.path if self.plan else ()

    def foreign(self, prefix: tuple[str, ...]) -> dict[str, list[Read]]:
        """The identifiers of these schemes that were read and were not the mission's at that moment, with the reads.

        *Shape*: empty while the mission has none of its own of these schemes.
        """
        found: dict[str, list[Read]] = {}
        plain = None if self.amendments else self.keys_at(END_OF_TIME)
        for read in self.reads:
            own = self.keys_at(read.occurred_at) if plain is None else plain
            for key in read.keys:
                if key not in own and key.startswith(prefix) and any(mine.startswith(prefix) for mine in own):
                    found.setdefault(key, []).append(read)
        return found

    def keys_at(self, at: datetime) -> tuple[str, ...]:
        """The identifiers associated at a moment.

        What an amendment adds counts from the beginning, for the read that made it necessary came before it; what it
        removes counts until then.
        """
        own = self.plan.keys if self.plan else ()
        if not self.amendments:
            return own
        keys = dict.fromkeys(own)
        for amendment in self.amendments:
            keys |= dict.fromkeys(amendment.added)
        for amendment in self.amendments:
            if amendment.occurred_at <= at:
                keys = {key: None for key in keys if key not in amendment.removed}
        return tuple(keys)

    def _amending(self, amendments: list[Amendment]) -> list[Amendment]:
        """Those that amend the plan in force, not one that a later plan replaced."""
        return [a for a in amendments if self.plan is None or a.occurred_at >= self.plan.occurred_at]

    def awaited(self) -> Iterator[int]:
        """The indexes of the required steps still ahead; none once the process has ended."""
        if self.ended or self.cancelled:
            return
        for index in range(self.trace.farthest + 1, len(self.path)):
            if self.path[index].required:
                yield index

    def step_name(self, index: int) -> str:
        """The step's node; a node that the path passes again is told from its first passing by a number."""
        node = self.path[index].node
        return numbered(node, sum(step.node == node for step in self.path[: index + 1]))

    @cached_property
    def holds(self) -> list[Hold]:
        """Every placing of a hold, in the order of placing."""
        placed = [ruling for ruling in self.rulings if ruling.status is CustomsStatus.HOLD_PLACED]
        return [Hold(ruling, self._lifting(ruling)) for ruling in placed]

    def _lifting(self, placed: Ruling) -> Ruling | None:
        for ruling in self.rulings:
            same = (ruling.authority, ruling.hold_id) == (placed.authority, placed.hold_id)
            if same and ruling.status is CustomsStatus.HOLD_LIFTED and ruling.occurred_at >= placed.occurred_at:
                return ruling
        return None

    def statuses_at(self, at: datetime) -> dict[str, CustomsStatus | None]:
        """The status of each declaration in force at that moment; of the unit, under "", when it has none.

        A status without a declaration counts for all of them.
        """
        given = bisect_right(self.rulings, at, key=attrgetter("occurred_at"))
        if given not in self._statuses_after:
            self._statuses_after[given] = self._statuses(self.rulings[:given])
        return self._statuses_after[given]

    @cached_property
    def _statuses_after(self) -> dict[int, dict[str, CustomsStatus | None]]:
        # By the number of rulings given: a gate may be read a dozen times under the same ones.
        return {}

    def statuses_disclosed(self) -> dict[str, CustomsStatus | None]:
        """The statuses in force, as far as others than customs may know of them."""
        return self._statuses([ruling for ruling in self.rulings if self.is_disclosed(ruling)])

    def _statuses(self, rulings: list[Ruling]) -> dict[str, CustomsStatus | None]:
        return {mrn: _status_of(mrn, rulings) for mrn in self.mrns or ("",)}

    @cached_property
    def exits(self) -> dict[str, Read]:
        """The first read at each land exit, by node."""
        exits: dict[str, Read] = {}
        for read in self.reads:
            if read.node not in exits and self.port.is_exit(read.node, read.direction):
                exits[read.node] = read
        return exits

    @cached_property
    def uncertified(self) -> tuple[str, ...]:
        """The declarations, or "" for the unit without any, whose exit nobody certified who may."""
        given = [r for r in self._certifications() if self.port.policy.may_certify(r.authority)]
        return tuple(mrn for mrn in self.mrns or ("",) if not any(concerns(ruling, mrn) for ruling in given))

    def certified_at(self) -> datetime | None:
        """When somebody certified an exit last."""
        return max((ruling.occurred_at for ruling in self._certifications()), default=None)

    def _certifications(self) -> list[Ruling]:
        return [ruling for ruling in self.rulings if ruling.status is CustomsStatus.EXIT_CERTIFIED]

    @cached_property
    def stays(self) -> list[Stay]:
        """The stays at nodes with a threshold; time after the mission's end, or its cancelling, does not count."""
        stays: list[Stay] = []
        if self.plan is None or not any(read.node in self.port.minding for read in self.reads):
            return stays
        firsts = [next(reads) for _, reads in groupby(self.reads, key=attrgetter("node"))]
        numbers: Counter[str] = Counter()
        for place, first in enumerate(firsts):
            numbers[first.node] += 1
            due_at = self.port.stay_due_at(first.node, first.occurred_at)
            if due_at is not None:
                left = firsts[place + 1] if place + 1 < len(firsts) else None
                ends = [fact for fact in (left, self.ended, self.cancelled) if fact is not None]
                closing = min(ends, key=order, default=None)
                stays.append(Stay(numbered(first.node, numbers[first.node]), first, due_at, closing))
        return stays

    def _given_to_all(self, status: CustomsStatus) -> Ruling | None:
        """The ruling with which every declaration had this status, none while one has not."""
        if all(ruling.status is not status for ruling in self.rulings):
            return None
        firsts = []
        for mrn in self.mrns or ("",):
            given = (r for r in self.rulings if r.status is status and concerns(r, mrn))
            firsts.append(next(given, None))
        known = [ruling for ruling in firsts if ruling is not None]
        return max(known, key=lambda r: (r.occurred_at, r.event_id)) if len(known) == len(firsts) else None


def numbered(node: str, passing: int) -> str:
    """The node; when it is passed again, with the number of the passing."""
    return node if passing == 1 else f"{node}#{passing}"


def concerns(ruling: Ruling, mrn: str) -> bool:
    """Whether a ruling is about a declaration; one without a declaration is about all, and "" is any."""
    return not ruling.mrns or not mrn or mrn in ruling.mrns


def hold_name(ruling: Ruling) -> str:
    """``AUTHORITY:HOLD_ID``; a hold placed again keeps its name."""
    return f"{ruling.authority}:{ruling.hold_id}"


def _status_of(mrn: str, rulings: list[Ruling]) -> CustomsStatus | None:
    for ruling in reversed(rulings):
        if concerns(ruling, mrn) and ruling.status not in NOT_A_STATUS:
            return ruling.status
    return None


def trace(path: tuple[PathNode, ...], reads: list[Read]) -> Trace:
    """Lay reads, ordered by event time, on the path.

    A read at the place of the last one, or at a place reached before, is the same pass read again.
    """
    reached: dict[int, Read] = {}
    late: dict[int, Read] = {}
    off_path: list[Read] = []
    farthest = -1
    steps_at: dict[str, list[int]] = {}
    for index, step in enumerate(path):
        steps_at.setdefault(step.node, []).append(index)
    for read in reads:
        steps = steps_at.get(read.node)
        if steps is None:
            off_path.append(read)
        elif farthest in steps:
            continue
        elif ahead := [i for i in steps if i > farthest]:
            farthest = ahead[0]
            reached[farthest] = read
        elif not any(i in reached for i in steps):
            late.setdefault(steps[-1], read)
    return Trace(reached, late, tuple(off_path), farthest)
