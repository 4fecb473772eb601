"""A mission in order: announced, moved along its route, declared, controlled, released, certified, ended."""

from datetime import datetime
from random import Random
from uuid import UUID

from domain.events import CustomsStatus, Identifier
from domain.identifiers import Scheme
from domain.port import NodeKind
from readers.simulator.boarding import board
from readers.simulator.cargo import Yard
from readers.simulator.changes import reseal, take_over
from readers.simulator.controls import control
from readers.simulator.routes import EXPORT, Step
from readers.simulator.schedule import Schedule
from readers.simulator.story import ADM, AGENCIES, GDF, Story
from readers.simulator.world import FIRST_SPREAD, MINUTE, STAY, World, first_read

CONTROLLED = 0.10
"""Selected for the scanner, held, looked at in the customs space where the route has one."""
HELD_BY_AGENCY = 0.04
STORED = 0.15
"""Stays at a facility that the route allows but does not require."""
CANCELLED = 0.005
"""Of exports: cancelled before they set out."""
WITH_DEVICE = 0.15
"""The share of units with a device that reports doors, seals and positions."""
TAKEN_OVER = 0.03
"""By another truck than declared, as customs is told."""
RESEALED = 0.1
"""Of units with a device: the seal broke, and customs is told of the new one."""
DECLARATIONS = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
FREEING = {True: CustomsStatus.TO_DRY_PORT, False: CustomsStatus.RELEASED}


def begin(number: int, rng: Random, world: World, yard: Yard, schedule: Schedule, started_at: datetime) -> Story:
    """A mission with its cargo, nothing told yet."""
    route = world.draw_route(rng)
    declarations = rng.choice(DECLARATIONS)
    story = Story(
        rng=rng,
        world=world,
        yard=yard,
        started_at=started_at,
        number=number,
        iot_id=UUID(int=rng.getrandbits(128), version=4),
        schedule=schedule,
        route=route,
        cargo=yard.cargo(
            number, route.process, by_rail=route.by_rail, declarations=declarations, year=started_at.year
        ),
        device=None,
    )
    if rng.random() < WITH_DEVICE:
        story.fit_device()
    return story


def tell(story: Story) -> None:
    """A mission in which nothing deviates, with or without controls, storage, a new truck or a new seal."""
    chance = story.rng.random()
    if chance < CANCELLED and story.route.process in EXPORT:
        _announce(story, first_read(story.route.steps[0]))
        story.rule(story.end + 10 * MINUTE, CustomsStatus.CANCELLED)
        return
    controlled = chance > 1 - CONTROLLED
    travel(story, controlled=controlled, stored=story.rng.random() < STORED)
    clear(story)
    if not controlled and chance > 1 - CONTROLLED - HELD_BY_AGENCY:
        before, after = story.passes[story.leaving - 1], story.passes[story.leaving]
        placed, lifted = story.within(before, after, 0.86, 0.9), story.within(before, after, 0.92, 0.97)
        story.hold(story.rng.choice(AGENCIES), placed, lifted)
    if not story.route.by_rail and story.rng.random() < TAKEN_OVER:
        take_over(story)
    if story.device and not story.amendments and story.rng.random() < RESEALED:
        reseal(story)


def tell_plainly(story: Story) -> None:
    """The required nodes and nothing else happens: what a deviation is planted into."""
    travel(story, controlled=False, stored=False)
    clear(story)


def travel(story: Story, *, controlled: bool, stored: bool) -> None:
    """Move the unit along its route, in time for every node and on its ships and trains.

    A ``controlled`` one is held during a visit of the customs space.
    """
    before: Step | None = None
    at = 0
    for step in story.route.steps:
        in_customs = step.kind is NodeKind.CUSTOMS_SPACE
        if not (step.required or (controlled if in_customs else stored)):
            continue
        if before is None:
            low, spread = first_read(step), FIRST_SPREAD
        else:
            low = at + STAY[before.kind] + story.world.travel(before.node, step.node)
            last = story.passes[-1]  # a control brings it back
            spread = story.world.spread(before.node, low - at)
            if last.node != before.node:
                spread = min(spread, story.world.spread(last.node, low - last.at))
        passing = story.passing(story.between(low, max(low, min(step.latest, low + spread))), step.node, step)
        if step.boarding is not None:
            board(story, passing, step, low)
        story.passes.append(passing)
        at = passing.at
        if before is not None and in_customs and controlled:
            control(story, before)
        before = step


def clear(story: Story) -> None:
    """Everything that authorities say about a mission in which nothing is wrong."""
    passes, leaving = story.passes, story.leaving
    _announce(story, passes[0].at)
    before, after = passes[leaving - 1], passes[leaving]
    _decide(story, CustomsStatus.DECLARED, story.within(passes[0], passes[1], 0.1, 0.25))
    free = FREEING[story.route.leaves_by_land and leaving < len(passes) - 1]
    _decide(story, free, story.within(before, after, 0.6, 0.8))
    certified = after.at + story.between(3 * MINUTE, 15 * MINUTE)
    story.rule(certified, CustomsStatus.EXIT_CERTIFIED, GDF if story.route.leaves_by_land else ADM)
    ended = max(certified, passes[-1].at) + story.between(10 * MINUTE, 45 * MINUTE)
    story.rule(ended, CustomsStatus.DEFINITIVE, of=_by_iot_id(story))


def _by_iot_id(story: Story) -> tuple[Identifier, ...]:
    """The mission named by its IOT_ID."""
    return (Identifier(scheme=Scheme.IOT_ID, value=str(story.iot_id)),)


def _announce(story: Story, first: int) -> None:
    story.rule(story.between(first * 0.05, first * 0.1), CustomsStatus.MANIFESTED)
    story.rule(story.between(first * 0.4, first * 0.8), CustomsStatus.MANIFEST_VALIDATED)


def _decide(story: Story, status: CustomsStatus, at: int) -> None:
    """One declaration after the other."""
    for nth, mrn in enumerate(story.cargo.mrns):
        story.rule(at + nth * MINUTE // 2, status, of=(mrn,))
