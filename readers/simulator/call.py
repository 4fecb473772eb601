"""The story of a ship's call: when she is announced, notified and there, what she brings, what is landed.

Times are milliseconds after the first mission that she brings may start; most of them are days before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from domain.events import CallStatus, Identifier
from readers.simulator.cargo import Yard, key_of
from readers.simulator.narrative import Conveyed
from readers.simulator.sailings import Sailing, last_landing
from readers.simulator.story import Story
from readers.simulator.weighing import weighed
from readers.simulator.world import HOUR, MILLISECOND, MINUTE, World

EMPTIES = (1, 3)
"""She lands so many units without goods, which are no mission of customs."""
EMPTIES_MAX = 4
"""So many different ones are kept for each call."""
EMPTY_MASS_KG = 3_800
LODGINGS = (1, 1, 2)
"""How many agents lodge a manifest."""
UNITS_FOR_TWO = 8
WEIGHED = 0.1
"""Of the units landed: verified on the terminal's scale."""
DELAYED = 0.4
"""Of calls: the ETA is corrected, by less than any notice is ahead."""
DELAY = 45 * MINUTE
AHEAD = (HOUR, 10 * HOUR)
"""By how much a notice is given earlier than it must."""


@dataclass(slots=True)
class Aboard:
    """A unit on the ship; ``landed`` is when it is read at the quay, at the latest, none when it never is.

    *Shape*: not ``listed``, no manifest names it; ``weighed`` is when and with what mass.
    """

    unit: Identifier
    mass_kg: int
    dangerous: bool
    mrns: tuple[str, ...]
    landed: int | None
    node: str
    mission: int | None = None
    listed: bool = True
    weighed: tuple[int, int] | None = None

    @property
    def key(self) -> str:
        """The unit as alerts name it."""
        return key_of(self.unit)


@dataclass(slots=True, kw_only=True)
class Call(Conveyed):
    """A call under construction; ``etas`` are announcements and what they announce, ``manifested`` the lodgings.

    *Shape*: a step that is left out never happens.
    """

    sailing: Sailing
    aboard: list[Aboard]
    etas: list[tuple[int, int]] = field(default_factory=list)
    steps: dict[CallStatus, int] = field(default_factory=dict)
    manifested: list[int] = field(default_factory=list)

    @property
    def lead(self) -> int:
        """When anything is landed at the earliest."""
        return (self.sailing.lands_from - self.started_at) // MILLISECOND

    def due(self, hours: int) -> int:
        """When a notice is due that must come so many hours before her arrival, as announced last."""
        return self.etas[-1][1] - hours * HOUR


def call_of(sailing: Sailing, stories: Iterable[Story], rng: Random, world: World, yard: Yard) -> Call:
    """A call with the units of the missions that come with it; nothing is wrong but what they bring along.

    *Shape*: of a mission without deviations nothing need be told yet: it is landed, at some time.
    """
    aboard = [each for story in stories if (each := _aboard(story, sailing)) is not None]
    call = Call(
        rng=rng,
        world=world,
        yard=yard,
        started_at=sailing.opens_at,
        key=sailing.key,
        sailing=sailing,
        aboard=aboard,
    )
    for nth in range(rng.randint(*EMPTIES)):
        aboard.append(empty(call, nth))
    _arrive(call)
    _notify(call)
    for each in aboard:
        if each.landed is not None and each.listed and rng.random() < WEIGHED:
            each.weighed = each.landed + call.between(HOUR / 2, 2 * HOUR), weighed(call, each.mass_kg)
    _plant_what_came(call)
    return call


def _aboard(story: Story, sailing: Sailing) -> Aboard | None:
    """A mission's unit; one of which customs knows nothing is aboard only when it is landed."""
    quay, landing = story.route.steps[0], story.on(sailing.key)
    if not story.announced and landing is None:
        return None
    landed = last_landing(quay) if not story.is_told else landing.at if landing else None
    return Aboard(
        unit=story.cargo.unit,
        mass_kg=story.yard.mass_kg(story.number),
        dangerous=story.yard.is_dangerous(story.number),
        mrns=tuple(mrn.value for mrn in story.cargo.mrns),
        landed=None if landed is None else landed + (story.started_at - sailing.opens_at) // MILLISECOND,
        node=quay.node,
        mission=story.number,
        listed=story.announced,
    )


def empty(call: Call, nth: int) -> Aboard:
    """A unit without goods."""
    return Aboard(
        unit=call.yard.empty(call.sailing.block * EMPTIES_MAX + nth, by_rail=False),
        mass_kg=EMPTY_MASS_KG,
        dangerous=False,
        mrns=(),
        landed=call.between(call.lead, call.lead + HOUR),
        node=call.sailing.quay,
    )


def _arrive(call: Call) -> None:
    """There, monitored, her manifest validated in the first third of the time before anything is landed."""
    lead = call.lead
    landed = max(each.landed for each in call.aboard if each.landed is not None)
    unloaded = landed + call.between(5 * MINUTE, 15 * MINUTE)
    loaded = (call.sailing.loads_until - call.started_at) // MILLISECOND
    call.steps = {
        CallStatus.ARRIVED: call.between(0, lead * 0.08),
        CallStatus.MONITORING_STARTED: call.between(lead * 0.14, lead * 0.2),
        CallStatus.MANIFEST_VALIDATED: call.between(lead * 0.24, lead * 0.3),
        CallStatus.UNLOADED: unloaded,
        CallStatus.DEPARTED: max(unloaded, loaded) + call.between(HOUR / 2, HOUR),
    }


def _notify(call: Call) -> None:
    """Announced first, then every notice in time."""
    arrived, policy = call.steps[CallStatus.ARRIVED], call.world.port.policy
    announced = (call.sailing.announced_at - call.started_at) // MILLISECOND
    call.etas = [(announced + call.between(0, 3 * HOUR), arrived + call.between(-DELAY, DELAY))]
    if call.rng.random() < DELAYED:
        call.etas.append((call.between(-20 * HOUR, -6 * HOUR), arrived + call.between(-DELAY, DELAY)))
    expected = min(eta for _, eta in call.etas)

    def in_time(hours: int) -> int:
        return expected - hours * HOUR - call.between(*AHEAD)

    call.steps[CallStatus.PRE_ARRIVAL_NOTIFIED] = in_time(policy.pre_arrival_notice_hours)
    if any(each.dangerous for each in call.aboard if each.listed):
        call.steps[CallStatus.DANGEROUS_GOODS_NOTIFIED] = in_time(policy.dangerous_goods_notice_hours)
    lodgings = call.rng.choice(LODGINGS) if len(call.aboard) >= UNITS_FOR_TWO else 1
    call.manifested = sorted(in_time(policy.manifest_notice_hours) for _ in range(lodgings))


def _plant_what_came(call: Call) -> None:
    """What missions that deviate themselves mean to the call."""
    for each in call.aboard:
        if each.listed and each.landed is None:
            why = f"{each.key} was manifested, and never read at {each.node}."
            unloaded = call.steps[CallStatus.UNLOADED]
            call.plant("MANIFEST_DISCREPANCY", f"missing {each.key}", None, unloaded, why, each.mission)
        elif each.landed is not None and not each.listed:
            why = f"{each.key} was landed at {each.node}; nobody had manifested it."
            call.plant("MANIFEST_DISCREPANCY", f"extra {each.key}", each.node, each.landed, why, each.mission)
