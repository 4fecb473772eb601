"""Copying what was published in a span of time to the same topics of another namespace, byte for byte."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from runtime.errors import Unavailable
from runtime.settings import Settings
from topics import clients
from topics.catalog import INPUT_TOPICS
from topics.producer import DurableProducer
from topics.progress import Offsets, Progress
from topics.whereabouts import Partition

RECORDS_TOGETHER_MAX = 1_000
PREFETCHED_RECORDS = 2_000
PREFETCHED_BYTES = 256 << 10
FETCH_WAIT_MS = 10
POLL_SECONDS = 1.0
STALLED_SECONDS = 30.0
SHORTEST = timedelta(milliseconds=100)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

COPIED = tuple(dict.fromkeys(topic.name for topic in INPUT_TOPICS.values()))
"""What comes from outside; all other topics follow from it."""

KEPT_HOURS = min(topic.retention_hours or 0 for topic in INPUT_TOPICS.values())


@dataclass(frozen=True, slots=True)
class Extent:
    """A part of the topics.

    *Shape*: by partition, its first offset and the first behind it; all was published before ``until``.
    """

    starts: Offsets
    ends: Offsets
    until: datetime

    @property
    def offsets(self) -> int:
        """How many offsets there are in it: no fewer than records."""
        return sum(end - self.starts[tp] for tp, end in self.ends.items())

    @property
    def is_whole(self) -> bool:
        """Whether nothing was ever published before it."""
        return not any(self.starts.values())

    def cut(self, at: Offsets, moment: datetime) -> tuple["Extent", "Extent"]:
        """What was published before a moment, and the rest; ``at`` is the first of each partition that was not."""
        middle = {tp: min(max(offset, self.starts[tp]), self.ends[tp]) for tp, offset in at.items()}
        return Extent(self.starts, middle, moment), Extent(middle, self.ends, self.until)


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
        self._consumer = Consumer(
            {
                **clients.common(source),
                "group.id": source.topic("missionpath.copy"),  # required, though nobody joins it
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "isolation.level": "read_uncommitted",  # as the workers read
                "queued.min.messages": PREFETCHED_RECORDS,
                "max.partition.fetch.bytes": PREFETCHED_BYTES,
                # A fetch that waits for news of one portion's partitions holds up the next portion's.
                "fetch.wait.max.ms": FETCH_WAIT_MS,
                "fetch.queue.backoff.ms": FETCH_WAIT_MS,
            }
        )

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
        for message in self._records(part):
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
        self._consumer.close()

    def _at(self, moment: datetime, otherwise: Offsets) -> Offsets:
        return self._progress.at(list(self._names), moment, otherwise)

    def _records(self, part: Extent) -> Iterator[Message]:
        unread = {tp: end for tp, end in part.ends.items() if end > part.starts[tp]}
        left, last_at = part.offsets, time.monotonic()
        try:
            self._consumer.assign([TopicPartition(*tp, part.starts[tp]) for tp in unread])
            while unread:
                for message in self._consumer.consume(max(1, min(left, RECORDS_TOGETHER_MAX)), POLL_SECONDS):
                    tp, end = _partition(message), unread.get(_partition(message), 0)
                    if message.error() is None and int(message.offset() or 0) < end:
                        left, last_at = left - 1, time.monotonic()
                        yield message
                    if end and _is_last(message, end):
                        del unread[tp]
                        self._consumer.incremental_unassign([TopicPartition(*tp)])
                if time.monotonic() - last_at > STALLED_SECONDS:
                    raise Unavailable(f"nothing more of what is to be copied came for {STALLED_SECONDS:.0f} s")
        except KafkaException as error:
            raise Unavailable(f"what is to be copied cannot be read: {error.args[0].str()}") from error


def _partition(message: Message) -> Partition:
    return str(message.topic()), int(message.partition() or 0)


def _is_last(message: Message, end: int) -> bool:
    """Whether nothing more of its partition is to come; the last offsets may be marks that are no records."""
    error = message.error()
    if error is not None:
        return error.code() == KafkaError._PARTITION_EOF
    return int(message.offset() or 0) >= end - 1
