"""Who works in a consumer group, and what waits for it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, ConsumerGroupDescription, MemberDescription

from runtime.errors import Unavailable
from runtime.settings import Settings
from topics import clients
from topics.progress import Progress
from topics.whereabouts import Partition, Whereabouts, noted

REQUEST_SECONDS = 10.0
READ_SECONDS = 10.0
POLL_SECONDS = 1.0


class Place(NamedTuple):
    """How far a group has come in a partition: the offset that it goes on from, and how many there are from there."""

    offset: int
    lag: int


@dataclass(frozen=True, slots=True)
class Member:
    """A worker as its group's coordinator knows it.

    *Shape*: ``name`` is its static id, else the one that it was given; ``url`` is where it serves its health, none
    when it has noted nothing or cannot be reached from here.
    """

    name: str
    url: str | None
    partitions: tuple[Partition, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group now; ``is_stable`` when its partitions are assigned."""

    is_stable: bool
    members: tuple[Member, ...]


def describe(admin: AdminClient, names: Sequence[str]) -> dict[str, Group]:
    """The groups now; one that never was has no members.

    *Raises*: Unavailable when the cluster does not answer in 10 s.
    """
    try:
        futures = admin.describe_consumer_groups(list(names), request_timeout=REQUEST_SECONDS)
        found = {name: future.result(REQUEST_SECONDS) for name, future in futures.items()}
    except (KafkaException, TimeoutError) as error:
        raise Unavailable(f"consumer groups: {error}") from error
    return {name: _group(each, noted(admin, name)) for name, each in found.items()}


class Backlog:
    """What waits for a group in Kafka, asked by clients of its own.

    *Raises*: every method raises Unavailable when the cluster does not answer in time.
    """

    def __init__(self, settings: Settings, group: str) -> None:
        self._settings = settings
        self._group = settings.topic(group)
        self._progress: Progress | None = None

    def places(self, topics: Sequence[str]) -> dict[Partition, Place]:
        """How far the group has come in every partition of the topics."""
        # Made at the first question: whoever asks must not fail because Kafka was away when it was built.
        progress = self._progress = self._progress or Progress(self._settings)
        ends, starts, committed = (
            progress.ends(topics),
            progress.starts(topics),
            progress.committed(self._group, topics),
        )
        goes_on_from = {tp: max(committed.get(tp, 0), starts[tp]) for tp in ends}
        return {tp: Place(offset, max(0, ends[tp] - offset)) for tp, offset in goes_on_from.items()}

    def is_readable(self, places: Mapping[Partition, Place]) -> bool:
        """Whether there really is a record to read in one of the places.

        The end of a partition does not tell: marks of transactions count in it, and they are no records.
        """
        consumer = Consumer(
            {
                **clients.common(self._settings),
                "group.id": f"{self._group}.probe",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "isolation.level": "read_uncommitted",  # as the workers read
            }
        )
        try:
            consumer.assign([TopicPartition(*tp, place.offset) for tp, place in places.items()])
            return _reads_one(consumer, set(places))
        finally:
            consumer.close()


def _reads_one(consumer: Consumer, unread: set[Partition]) -> bool:
    deadline = time.monotonic() + READ_SECONDS
    while unread:
        message = consumer.poll(POLL_SECONDS)
        error = message.error() if message is not None else None
        if message is not None and error is None:
            return True
        if message is not None and error is not None and error.code() == KafkaError._PARTITION_EOF:
            unread.discard((str(message.topic()), int(message.partition() or 0)))
        elif time.monotonic() > deadline:
            raise Unavailable(f"{len(unread)} partitions do not answer: {error.str() if error else 'no word'}")
    return False


def _group(described: ConsumerGroupDescription, notes: Mapping[Partition, Whereabouts]) -> Group:
    members = [_member(each, notes) for each in described.members]
    return Group(described.state.name == "STABLE", tuple(sorted(members, key=lambda member: member.name)))


def _member(described: MemberDescription, notes: Mapping[Partition, Whereabouts]) -> Member:
    partitions = sorted((tp.topic, tp.partition) for tp in described.assignment.topic_partitions)
    where = next((notes[tp] for tp in partitions if tp in notes), None)
    return Member(
        name=described.group_instance_id or described.member_id,
        url=where.url if where else None,
        partitions=tuple(partitions),
    )
