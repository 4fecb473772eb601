"""Where events come from, as far as it matters to what may happen to them on their way."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from readers.simulator.call import Call
from readers.simulator.story import Story
from readers.simulator.train import Train


class Origin(NamedTuple):
    """A mission, a train or a ship's call.

    *Shape*: ``own`` are the identifiers that belong to it, each with the moment from which on it leads to it, none
    for one that never does; ``mission`` and ``iot_id`` are none of a train or a call.
    """

    name: str
    own: Mapping[str, datetime | None]
    mission: int | None
    iot_id: UUID | None

    def leads(self, value: str, at: datetime) -> bool:
        """Whether a read of the identifier is one of it."""
        since = self.own.get(value)
        return since is not None and since <= at


def of_mission(story: Story) -> Origin:
    """Its cargo, and what amendments add to that."""
    own: dict[str, datetime | None] = {each.value: story.started_at for each in story.cargo.identifiers}
    for amendment in story.amendments:
        own |= {each.value: story.moment(amendment.at) for each in amendment.added}
    return Origin(str(story.number), own, story.number, story.iot_id if story.announced else None)


def of_train(train: Train) -> Origin:
    """Its units without a mission are read, and their wagons, which say nothing of them."""
    own: dict[str, datetime | None] = {load.wagon.value: None for load in train.loads}
    own |= {load.unit.value: train.moment(train.listed) for load in train.loads}
    return Origin(train.key, own, None, None)


def of_call(call: Call) -> Origin:
    """Its units without a mission are read."""
    since = call.moment(call.manifested[0])
    return Origin(call.key, {each.unit.value: since for each in call.aboard}, None, None)


def of_nobody(name: str) -> Origin:
    """Nothing is read."""
    return Origin(name, {}, None, None)
