"""How far consumer groups have come, and up to which moment everything published has been processed.

Absences may be judged only as far as the input is complete: a backlog of a day must not look like a day without
reads. *Completeness* is found by a barrier: note where the topics end now, and wait until the group's committed
offsets reach that point, group after group along the flow.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec

from runtime.clock import Clock
from runtime.errors import Unavailable
from runtime.settings import Settings
from topics import clients

Offsets = dict[tuple[str, int], int]
REQUEST_SECONDS = 10.0


class Progress:
    """Reads group offsets and topic ends.

    *Raises*: every method, and the making, raises Unavailable when the cluster does not answer.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._admin = clients.admin(settings)
        self._consumers: dict[str, Consumer] = {}

    def ends(self, topics: Sequence[str]) -> Offsets:
        """Where each partition ends now: the offset of its next record."""
        return self._offsets(topics, OffsetSpec.latest())  # type: ignore[no-untyped-call]

    def starts(self, topics: Sequence[str]) -> Offsets:
        """The first offset that each partition still has."""
        return self._offsets(topics, OffsetSpec.earliest())  # type: ignore[no-untyped-call]

    def at(self, topics: Sequence[str], moment: datetime, otherwise: Offsets) -> Offsets:
        """The first record published at a moment or later; where there is none yet, the offset given."""
        found = self._offsets(topics, OffsetSpec.for_timestamp(int(moment.timestamp() * 1000)))
        return {tp: otherwise[tp] if offset < 0 else offset for tp, offset in found.items()}

    def committed(self, group: str, topics: Iterable[str]) -> Offsets:
        """Up to where the group has committed in the topics; partitions without a commit are left out."""
        wanted = [TopicPartition(topic, p) for topic in topics for p in range(self._settings.partitions)]
        try:
            found = self._of(group).committed(wanted, timeout=REQUEST_SECONDS)
        except KafkaException as error:
            raise Unavailable(f"offsets of group {group}: {error}") from error
        return {(tp.topic, tp.partition): tp.offset for tp in found if tp.offset >= 0}

    def lag(self, group: str, topics: Sequence[str]) -> int:
        """How many offsets of the topics the group has not committed yet."""
        return _missing(self.ends(topics), self.committed(group, topics), self.starts(topics))

    def _offsets(self, topics: Sequence[str], spec: OffsetSpec) -> Offsets:
        wanted = {TopicPartition(topic, p): spec for topic in topics for p in range(self._settings.partitions)}
        try:
            futures = self._admin.list_offsets(wanted, request_timeout=REQUEST_SECONDS)
            return {(tp.topic, tp.partition): f.result(REQUEST_SECONDS).offset for tp, f in futures.items()}
        except (KafkaException, TimeoutError) as error:
            self._look_up_leaders()
            raise Unavailable(f"end offsets: {error}") from error

    def _of(self, group: str) -> Consumer:
        """A client that asks for the group and never joins it.

        The administration client asks for the same, but an outage of the coordinator at the wrong moment ends the
        whole process there (librdkafka issue 4605).
        """
        if group not in self._consumers:
            config = {**clients.common(self._settings), "group.id": group, "enable.auto.commit": False}
            self._consumers[group] = Consumer(config)
        return self._consumers[group]

    def _look_up_leaders(self) -> None:
        """Ask who leads which partition now: librdkafka goes on asking the leaders that it knew before an outage."""
        with suppress(KafkaException):  # away still; who asks next comes here again
            self._admin.list_topics(timeout=REQUEST_SECONDS)


def _missing(ends: Offsets, committed: Offsets, starts: Offsets) -> int:
    done = {tp: max(committed.get(tp, 0), starts.get(tp, 0)) for tp in ends}
    return sum(max(0, end - done[tp]) for tp, end in ends.items())


class Completeness:
    """The moment up to which everything published has passed through a chain of groups.

    *Shape*: ``stages`` are groups with their topics in the order of the flow; a group that feeds itself stands
    in it twice.
    *Guarantee*: never advances past something unprocessed; stands still while a group is behind or stopped.
    """

    def __init__(self, progress: Progress, clock: Clock, stages: Sequence[tuple[str, Sequence[str]]]) -> None:
        self._progress = progress
        self._clock = clock
        self._stages = stages
        self._stage = 0
        self._started_at: datetime | None = None
        self._targets: Mapping[tuple[str, int], int] = {}
        self.until: datetime | None = None

    def poll(self) -> None:
        """Look once at the groups; blocks for a few requests. *Raises*: Unavailable."""
        if self._started_at is None:
            self._enter(0, self._clock.now())
        while self._reached():
            if self._stage + 1 == len(self._stages):
                self.until, self._started_at = self._started_at, None
                return
            self._enter(self._stage + 1, self._started_at)

    def _enter(self, stage: int, started_at: datetime | None) -> None:
        ends = self._progress.ends(self._stages[stage][1])
        starts = self._progress.starts(self._stages[stage][1])
        self._targets = {tp: end for tp, end in ends.items() if end > starts[tp]}
        self._stage, self._started_at = stage, started_at

    def _reached(self) -> bool:
        group, topics = self._stages[self._stage]
        committed = self._progress.committed(group, topics)
        return all(committed.get(tp, 0) >= end for tp, end in self._targets.items())
