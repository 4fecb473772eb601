"""A part of some topics, fixed beforehand, and reading just that."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from runtime.errors import Unavailable
from runtime.settings import Settings
from topics import clients
from topics.progress import Offsets
from topics.whereabouts import Partition

RECORDS_TOGETHER_MAX = 1_000
PREFETCHED_RECORDS = 2_000
PREFETCHED_BYTES = 256 << 10
FETCH_WAIT_MS = 10
POLL_SECONDS = 1.0
STALLED_SECONDS = 30.0


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


class ExtentReader:
    """Reads parts of topics, one after the other; joins no group.

    *Guarantee*: memory is bounded by what its client holds, 64 MiB.
    """

    def __init__(self, settings: Settings) -> None:
        self._consumer = Consumer(
            {
                **clients.common(settings),
                "group.id": settings.topic("missionpath.read"),  # required, though nobody joins it
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

    def records(self, part: Extent) -> Iterator[Message]:
        """The records of a part, those of each partition in order.

        *Raises*: Unavailable when nothing more of it comes for 30 s.
        """
        unread = {tp: end for tp, end in part.ends.items() if end > part.starts[tp]}
        left, last_at = part.offsets, time.monotonic()
        try:
            self._consumer.assign([TopicPartition(*tp, part.starts[tp]) for tp in unread])
            while unread:
                for message in self._consumer.consume(max(1, min(left, RECORDS_TOGETHER_MAX)), POLL_SECONDS):
                    tp, end = partition_of(message), unread.get(partition_of(message), 0)
                    if message.error() is None and int(message.offset() or 0) < end:
                        left, last_at = left - 1, time.monotonic()
                        yield message
                    if end and _is_last(message, end):
                        del unread[tp]
                        self._consumer.incremental_unassign([TopicPartition(*tp)])
                if time.monotonic() - last_at > STALLED_SECONDS:
                    raise Unavailable(f"nothing more of what is to be read came for {STALLED_SECONDS:.0f} s")
        except KafkaException as error:
            raise Unavailable(f"the topics cannot be read: {error.args[0].str()}") from error

    def close(self) -> None:
        """Read no more."""
        self._consumer.close()


def partition_of(message: Message) -> Partition:
    """Where a record was read."""
    return str(message.topic()), int(message.partition() or 0)


def _is_last(message: Message, end: int) -> bool:
    """Whether nothing more of its partition is to come; the last offsets may be marks that are no records."""
    error = message.error()
    if error is not None:
        return error.code() == KafkaError._PARTITION_EOF
    return int(message.offset() or 0) >= end - 1
