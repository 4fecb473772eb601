"""Copying what was published in a span of time to the same topics of another namespace, byte for byte."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from runtime.settings import Settings
from topics import clients
from topics.catalog import INPUT_TOPICS
from topics.extent import Extent, ExtentReader
from topics.producer import DurableProducer
from topics.progress import Offsets, Progress

SHORTEST = timedelta(milliseconds=100)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

COPIED = tuple(dict.fromkeys(topic.name for topic in INPUT_TOPICS.values()))
"""What comes from outside; all other topics follow from it."""

KEPT_HOURS = min(topic.retention_hours or 0 for topic in INPUT_TOPICS.values())


class Copier:
    """Copies from one namespace to another: values, keys, headers, times and partitions as they are.

    *Guarantee*: memory is bounded by what its two clients hold, 64 MiB each; nothing of the source is changed, and no
    group joined.
    *Raises*: every method raises Unavailable when Kafka does not answer.
    """

    def __init__(self, source: Settings, target: Settings) -> None:
        self._names = {source.topic(name): name for name in COPIED}
        self._target = target
        self._progress = Progress(source)
        self._producer = DurableProducer(target)
        self._reader = ExtentReader(source)

    def kept_since(self, now: datetime) -> datetime | None:
        """Since when every record is still there; none when all are that ever were.

        The broker removes no record that is younger than its topic says.
        """
        is_whole = not any(self._progress.starts(list(self._names)).values())
        return None if is_whole else now - timedelta(hours=KEPT_HOURS)

    def extent(self, since: datetime | None, until: datetime) -> Extent:
        """What was published in a span of time, so far as it is still there.

        *Shape*: a partition is cut before its first record of that time or later, in the order in which they stand.
        """
        starts, ends = self._progress.starts(list(self._names)), self._progress.ends(list(self._names))
        before, _ = Extent(starts, ends, until).cut(self._at(until, ends), until)
        return before if since is None else before.cut(self._at(since, ends), since)[1]

    def portions(self, part: Extent, since: datetime | None, records_max: int) -> Iterator[Extent]:
        """The part in portions, in the order of publication; longer ones only of what was published within 100 ms."""
        begin = since or EPOCH
        if part.offsets <= records_max or part.until - begin <= SHORTEST:
            if part.offsets:
                yield part
            return
        middle = begin + (part.until - begin) / 2
        before, after = part.cut(self._at(middle, part.ends), middle)
        yield from self.portions(before, begin, records_max)
        yield from self.portions(after, middle, records_max)

    def copy(self, part: Extent) -> Counter[str]:
        """Copy a part; how many records of each topic.

        *Guarantee*: when it returns the broker has all of it, in each partition in order.
        *Raises*: Unavailable when nothing comes for 30 s, or the broker takes nothing for two minutes.
        """
        copied: Counter[str] = Counter()
        for message in self._reader.records(part):
            name = self._names[str(message.topic())]
            self._producer.send(
                self._target.topic(name),
                message.key(),
                message.value(),
                clients.headers_of(message),
                partition=int(message.partition() or 0),
                timestamp_ms=message.timestamp()[1],
            )
            copied[name] += 1
        self._producer.flush()
        return copied

    def close(self) -> None:
        """Read no more."""
        self._reader.close()

    def _at(self, moment: datetime, otherwise: Offsets) -> Offsets:
        return self._progress.at(list(self._names), moment, otherwise)
