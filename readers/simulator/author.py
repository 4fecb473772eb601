"""Tells every story from the seed alone: the same again, whenever and as often as it is asked for."""

from datetime import timedelta
from math import ceil
from random import Random

from domain.events import ManifestUnit, VesselManifested
from domain.port import Port
from readers.simulator.call import Call, call_of
from readers.simulator.cargo import Yard
from readers.simulator.consequences import plant_consequences
from readers.simulator.loading import loading_manifest
from readers.simulator.missions import begin, tell, tell_plainly
from readers.simulator.narrative import Narrative
from readers.simulator.parameters import Parameters
from readers.simulator.plots import plant
from readers.simulator.plots.plot import N
from readers.simulator.sailings import BLOCK_MAX, Sailing, Sailings, announced_before
from readers.simulator.schedule import Schedule
from readers.simulator.story import Story
from readers.simulator.timetable import Departure, Timetable
from readers.simulator.train import Load, Train, compose
from readers.simulator.world import World

REMEMBERED_MAX = 4_096


class Author:
    """The stories of one simulation.

    *Guarantee*: a story depends on nothing that was told before.
    *Raises*: ValueError when missions cannot keep the due times of the port's paths.
    """

    def __init__(self, port: Port, parameters: Parameters) -> None:
        self.world = World(port)
        self._parameters = parameters
        lag = ceil(timedelta(milliseconds=self.world.lifetime) / parameters.spacing) + 1
        # A mission that a ship brings is begun twice: when she is announced, and at its time.
        ahead = min(REMEMBERED_MAX, ceil(announced_before(port) / parameters.spacing) + BLOCK_MAX)
        self._yard = Yard(parameters.seed, port.locode, parameters.returns, lag, ahead)
        timetable = Timetable(self.world, parameters.missions_a_day)
        self._schedule = Schedule(timetable, Sailings(self.world, self._yard, parameters))

    @property
    def sailings(self) -> Sailings:
        """The ships' calls."""
        return self._schedule.sailings

    def mission(self, number: int) -> Story:
        """One mission, deviating or not."""
        story, deviates = self._begun(number)
        if deviates:
            self._tell_deviating(story)
        else:
            tell(story)
        return story

    def call(self, block: int) -> Call:
        """One ship's call with the missions that she brings; those that deviate are told for that ahead of time."""
        sailing, brought = self.sailings.of(block), []
        for story, deviates in map(self._begun, self.sailings.numbers(block)):
            if story.route.by_sea:
                brought.append(story)
                if deviates:
                    self._tell_deviating(story)
        call = call_of(sailing, brought, self._luck(sailing.key), self.world, self._yard)
        return self._perhaps_deviating(call)

    def train(self, departure: Departure, loads: list[Load], serial: int) -> Train:
        """One train with the units that are on it."""
        train = compose(departure, loads, serial, self._luck(departure.key), self.world, self._yard)
        return self._perhaps_deviating(train)

    def loading_manifest(self, sailing: Sailing, units: list[ManifestUnit]) -> VesselManifested:
        """What a ship's agent lodges of what she loaded."""
        luck = self._luck(f"{sailing.key}/loading")
        return loading_manifest(Narrative(luck, self.world, self._yard, sailing.loads_until), sailing, units)

    def _begun(self, number: int) -> tuple[Story, bool]:
        """A mission of which nothing is told yet, and whether it deviates."""
        rng = Random(f"{self._parameters.seed}/{number}")
        started_at = self._parameters.opening(number + rng.random())
        deviates = rng.random() < self._parameters.deviating
        return begin(number, rng, self.world, self._yard, self._schedule, started_at), deviates

    def _tell_deviating(self, story: Story) -> None:
        tell_plainly(story)
        plant(story)
        plant_consequences(story)

    def _perhaps_deviating(self, story: N) -> N:
        if story.rng.random() < self._parameters.deviating:
            plant(story)
        return story

    def _luck(self, key: str) -> Random:
        return Random(f"{self._parameters.seed}/{key}")
