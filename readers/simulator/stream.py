"""All that happens in a port in the order in which its events arrive, with no more in memory than is under way.

What begins does so at its time: a ship's call when it is announced, a mission when its IOT_ID is generated, a train
when it is composed, a ship's loading manifest when she is loaded. All of its events are later than that.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count

from domain.events import InputEvent, ManifestUnit
from domain.port import Port
from readers.simulator.author import Author
from readers.simulator.call_telling import call_events
from readers.simulator.loading import loaded_unit
from readers.simulator.narrative import Narrative
from readers.simulator.noise import Noise
from readers.simulator.origin import Origin, of_call, of_mission, of_nobody, of_train
from readers.simulator.parameters import Parameters
from readers.simulator.sailings import Sailing
from readers.simulator.story import Story
from readers.simulator.telling import events_of
from readers.simulator.timetable import CLOSED, Departure
from readers.simulator.train import Load, load_of
from readers.simulator.train_telling import train_events
from readers.simulator.truth import Row, Totals
from readers.simulator.world import MILLISECOND

Act = Callable[[], None]


def forget(_row: Row) -> None:
    """Takes the truth of nobody who wants it."""


class Simulation:
    """A port at work; the truth goes row by row to ``tell``, that of a mission, train or call before its first event.

    *Guarantee*: the same port and parameters give the same events and rows, whatever the machine.
    *Raises*: ValueError when missions cannot keep the due times of the port's paths.
    """

    def __init__(self, port: Port, parameters: Parameters, tell: Callable[[Row], None] = forget) -> None:
        self.totals = Totals()
        self._parameters = parameters
        self._tell = tell
        self._author = Author(port, parameters)
        self._noise = Noise(parameters.noise, parameters.seed, self.totals)
        self._order = count()
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._waiting: list[tuple[datetime, int, InputEvent]] = []
        self._trains: dict[str, list[Load]] = {}
        self._loading: dict[str, list[ManifestUnit]] = {}

    @property
    def longest(self) -> timedelta:
        """By how long after its start the simulation is over at the latest, the due times of its paths included."""
        lifetime = timedelta(milliseconds=self._author.world.lifetime)
        return self._parameters.missions * self._parameters.spacing + lifetime

    def events(self) -> Iterator[InputEvent]:
        """Every event once in order of arrival, which without noise is that of event time; may be asked once."""
        self._tell(self._parameters)
        self._call(0)
        self._mission(0)
        while self._agenda:
            at, _, act = heappop(self._agenda)
            while self._waiting and self._waiting[0][0] < at:
                yield self._count(heappop(self._waiting))
            act()
        while self._waiting:
            yield self._count(heappop(self._waiting))
        self._tell(self.totals)

    def _at(self, at: datetime, act: Act) -> None:
        heappush(self._agenda, (at, next(self._order), act))

    def _mission(self, number: int) -> None:
        if number < self._parameters.missions:
            self._at(self._parameters.opening(number), partial(self._begin, number))

    def _begin(self, number: int) -> None:
        story = self._author.mission(number)
        self.totals.missions += 1
        self._board(story)
        self._publish(story, of_mission(story), events_of(story))
        self._mission(number + 1)

    def _board(self, story: Story) -> None:
        """Put the unit on its train and its ship, which close when all that they carry is there."""
        load, unit = load_of(story), loaded_unit(story)
        if story.train and load:
            if story.train.key not in self._trains:
                self._at(story.train.at - CLOSED * MILLISECOND, partial(self._compose, story.train))
            self._trains.setdefault(story.train.key, []).append(load)
        if story.loaded_on and unit:
            if story.loaded_on.key not in self._loading:
                self._at(story.loaded_on.loads_until, partial(self._close, story.loaded_on))
            self._loading.setdefault(story.loaded_on.key, []).append(unit)

    def _call(self, block: int) -> None:
        sailings = self._author.sailings
        if block < sailings.count:
            self._at(sailings.of(block).announced_at, partial(self._announce, block))

    def _announce(self, block: int) -> None:
        call = self._author.call(block)
        self.totals.calls += 1
        self._publish(call, of_call(call), call_events(call))
        self._call(block + 1)

    def _compose(self, departure: Departure) -> None:
        train = self._author.train(departure, self._trains.pop(departure.key), self.totals.trains)
        self.totals.trains += 1
        self._publish(train, of_train(train), train_events(train))

    def _close(self, sailing: Sailing) -> None:
        manifest = self._author.loading_manifest(sailing, self._loading.pop(sailing.key))
        self._wait([manifest], of_nobody(f"{sailing.key}/loading"))

    def _publish(self, told: Narrative, origin: Origin, events: list[InputEvent]) -> None:
        self.totals.deviating += bool(told.planted)
        self.totals.planted += len(told.planted)
        for planted in told.planted:
            self._tell(planted)
            self._last(planted.at)
        self._wait(events, origin)

    def _wait(self, events: list[InputEvent], origin: Origin) -> None:
        arrivals, misreads = self._noise.disturb(origin, events)
        for misread in misreads:
            self._tell(misread)
        for at, event in arrivals:
            heappush(self._waiting, (at, next(self._order), event))

    def _count(self, entry: tuple[datetime, int, InputEvent]) -> InputEvent:
        self.totals.events += 1
        self._last(entry[0])
        return entry[2]

    def _last(self, at: datetime) -> None:
        if self.totals.over_at is None or at > self.totals.over_at:
            self.totals.over_at = at
