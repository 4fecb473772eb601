"""Which ship or train a unit passes a node on."""

from readers.simulator.routes import Boarding, Step
from readers.simulator.story import Pass, Story
from readers.simulator.timetable import CLOSED, PASSING
from readers.simulator.world import MILLISECOND, MINUTE


def board(story: Story, passing: Pass, step: Step, earliest: int) -> None:
    """Put the unit on the ship that brings or takes it, or on a train, whose time the pass then has."""
    if step.boarding is Boarding.OFF_SHIP:
        story.brought_by = story.schedule.sailings.bringing(story.number)
        passing.conveyance = story.brought_by.key
    elif step.boarding is Boarding.ON_SHIP:
        story.loaded_on = story.schedule.sailings.loading(story.moment(passing.at))
        passing.conveyance = story.loaded_on.key if story.loaded_on else None
    else:
        _board_train(story, passing, step, earliest)


def _board_train(story: Story, passing: Pass, step: Step, earliest: int) -> None:
    """The train that leaves next; where none leaves in time, a shunter takes the unit out by itself."""
    waits, earliest = story.passes[-1], max(earliest, CLOSED + MINUTE)
    latest = min(step.latest, earliest + story.world.spread(waits.node, earliest - waits.at)) - PASSING
    wish = max(passing.at, earliest)
    train = story.schedule.timetable.departure(
        step.node, story.moment(wish), story.moment(earliest), story.moment(latest)
    )
    if train is not None:
        story.train = train
        passing.at = (train.at - story.started_at) // MILLISECOND + story.rng.randrange(PASSING)
        passing.conveyance = train.key
