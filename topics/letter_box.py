"""All dead letters that wait, and what can be done about them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from confluent_kafka import Message

from runtime.settings import Settings
from topics.catalog import EVENT_TOPICS, Topic
from topics.clients import headers_of
from topics.dead_letters import Letter, Note, Origin, Settled, note_headers, read
from topics.extent import Extent, ExtentReader, partition_of
from topics.producer import DurableProducer
from topics.progress import Progress

REPLAYED_TOGETHER = 500
"""How many are published before it is noted that they were: killed in between, that many may be published again."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dead letters; what is not said selects all.

    *Units*: ``since`` and ``until`` are about when they were put aside.
    """

    topics: tuple[Topic, ...] = EVENT_TOPICS
    origins: frozenset[Origin] = frozenset()
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def has(self, letter: Letter, at: datetime) -> bool:
        """Whether a letter of the topics is one of them."""
        return (
            (not self.origins or letter.origin in self.origins)
            and self.reason in (None, letter.reason)
            and (self.since is None or at >= self.since)
            and (self.until is None or at < self.until)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A dead letter with the record's own bytes.

    *Shape*: ``topic`` is where the record belongs; ``settled`` is what was done already.
    """

    topic: Topic
    letter: Letter
    at: datetime
    key: bytes | None
    value: bytes | None
    settled: Settled | None


class LetterBox:
    """Looks through the topics of dead letters.

    *Guarantee*: memory grows with the number of letters that were settled, not with their bytes.
    *Raises*: every method raises Unavailable when Kafka does not answer.
    """

    def __init__(self, settings: Settings) -> None:
        self._topics = {settings.topic(topic.dead_letters): topic for topic in EVENT_TOPICS}
        self._settings = settings
        self._progress = Progress(settings)
        self._reader = ExtentReader(settings)

    def find(self, selection: Selection) -> Iterator[Found]:
        """The letters of a selection that are there now, each record once, those of a partition in order."""
        part = self._extent(selection)
        settled = {note.origin: note.settled for _, note in self._read(part) if isinstance(note, Note)}
        seen: set[Origin] = set()
        for message, letter in self._read(part):
            at = datetime.fromtimestamp(message.timestamp()[1] / 1000, UTC)
            if isinstance(letter, Letter) and letter.origin not in seen and selection.has(letter, at):
                seen.add(letter.origin)
                topic = self._topics[str(message.topic())]
                yield Found(topic, letter, at, message.key(), message.value(), settled.get(letter.origin))

    def replay(self, letters: Iterable[Found]) -> int:
        """Publish records again where they were read: bytes, key, headers and partition as they were; how many.

        *Guarantee*: noted as replayed once they are durable.
        """
        return self._settle(letters, Settled.REPLAYED)

    def drop(self, letters: Iterable[Found]) -> int:
        """Note that nobody will replay them; how many. The bytes stay until their topic lets go of them."""
        return self._settle(letters, Settled.DROPPED)

    def close(self) -> None:
        """Read no more."""
        self._reader.close()

    def _extent(self, selection: Selection) -> Extent:
        names = [name for name, topic in self._topics.items() if topic in selection.topics]
        starts, ends = self._progress.starts(names), self._progress.ends(names)
        whole = Extent(starts, ends, datetime.now(UTC))
        if selection.since is None:
            return whole
        return whole.cut(self._progress.at(names, selection.since, ends), selection.since)[1]

    def _read(self, part: Extent) -> Iterator[tuple[Message, Letter | Note]]:
        for message in self._reader.records(part):
            said = read(*partition_of(message), headers_of(message))
            if said is not None:
                yield message, said

    def _settle(self, letters: Iterable[Found], settled: Settled) -> int:
        producer, waiting, count = DurableProducer(self._settings), iter(letters), 0
        while portion := list(islice(waiting, REPLAYED_TOGETHER)):
            if settled is Settled.REPLAYED:
                for each in portion:
                    origin = each.letter.origin
                    producer.send(origin.topic, each.key, each.value, each.letter.own, partition=origin.partition)
                producer.flush()
            for each in portion:
                origin = each.letter.origin
                notes = self._settings.topic(each.topic.dead_letters)
                producer.send(notes, each.key, None, note_headers(origin, settled), partition=origin.partition)
            producer.flush()
            count += len(portion)
        return count
