"""All missions of a port in the order in which their events arrive, with no more in memory than is under way."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from math import ceil
from random import Random

from domain.events import InputEvent
from domain.port import Port
from readers.simulator.cargo import Yard
from readers.simulator.consequences import plant_consequences
from readers.simulator.missions import begin, tell, tell_plainly
from readers.simulator.noise import Noise
from readers.simulator.parameters import Parameters
from readers.simulator.plots import PLOTS
from readers.simulator.story import Story
from readers.simulator.telling import events_of
from readers.simulator.truth import Row, Totals
from readers.simulator.world import World


def forget(_row: Row) -> None:
    """Takes the truth of nobody who wants it."""


class Simulation:
    """A port at work; the truth goes row by row to ``tell``, that of a mission before its first event.

    *Guarantee*: the same port and parameters give the same events and rows, whatever the machine.
    *Raises*: ValueError when missions cannot keep the due times of the port's paths.
    """

    def __init__(self, port: Port, parameters: Parameters, tell: Callable[[Row], None] = forget) -> None:
        self.totals = Totals()
        self._parameters = parameters
        self._tell = tell
        self._world = World(port)
        lag = ceil(timedelta(milliseconds=self._world.lifetime) / parameters.spacing) + 1
        self._yard = Yard(parameters.seed, port.locode, parameters.returns, lag)
        self._noise = Noise(parameters.noise, parameters.seed, self.totals)

    @property
    def longest(self) -> timedelta:
        """By how long after its start the simulation is over at the latest, the due times of its paths included."""
        return self._parameters.missions * self._parameters.spacing + timedelta(milliseconds=self._world.lifetime)

    def events(self) -> Iterator[InputEvent]:
        """Every event once in order of arrival, which without noise is that of event time; may be asked once."""
        self._tell(self._parameters)
        waiting: list[tuple[datetime, int, int, InputEvent]] = []
        for number in range(self._parameters.missions):
            story = self._story(number)
            while waiting and waiting[0][0] < story.started_at:
                yield self._count(heappop(waiting))
            for nth, (at, event) in enumerate(self._arrivals(story)):
                heappush(waiting, (at, number, nth, event))
        while waiting:
            yield self._count(heappop(waiting))
        self._tell(self.totals)

    def _story(self, number: int) -> Story:
        rng = Random(f"{self._parameters.seed}/{number}")
        started_at = self._parameters.start + (number + rng.random()) * self._parameters.spacing
        started_at = started_at.replace(microsecond=started_at.microsecond // 1000 * 1000)
        deviates = rng.random() < self._parameters.deviating
        story = begin(number, rng, self._world, self._yard, started_at)
        if deviates:
            tell_plainly(story)
            _deviate(story)
        else:
            tell(story)
        return story

    def _arrivals(self, story: Story) -> list[tuple[datetime, InputEvent]]:
        arrivals, misreads = self._noise.disturb(story, events_of(story))
        self.totals.missions += 1
        self.totals.deviating += bool(story.planted)
        self.totals.planted += len(story.planted)
        for planted in story.planted:
            self._tell(planted)
            self._last(planted.at)
        for misread in misreads:
            self._tell(misread)
        return arrivals

    def _count(self, entry: tuple[datetime, int, int, InputEvent]) -> InputEvent:
        self.totals.events += 1
        self._last(entry[0])
        return entry[3]

    def _last(self, at: datetime) -> None:
        if self.totals.over_at is None or at > self.totals.over_at:
            self.totals.over_at = at


def _deviate(story: Story) -> None:
    """Plant one kind drawn by lot, of those that are possible on the story's route."""
    for kind in story.rng.sample(list(PLOTS), len(PLOTS)):
        if PLOTS[kind].plant(story):
            break
    plant_consequences(story)
