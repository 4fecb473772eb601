"""Drives the handlers of the stream workers without a broker: records in, what lands in the outbox out."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
from aiokafka.structs import ConsumerRecord

from domain.events import DeadlinePassed, DeviationAlertChanged, IdBound, MissionStateChanged, UnitExpected
from domain.port import Port
from readers.publisher import key_of
from runtime.settings import Settings
from streams.chunks import Received, Receiver
from streams.deadlines import Deadlines
from streams.outbox import Outbox, partition_of
from streams.resolve import Resolve
from streams.track import Track
from topics.catalog import (
    DEVIATION_ALERT_CHANGED,
    ID_BOUND,
    IDENTITY_DEADLINE_PASSED,
    INPUT_TOPICS,
    MISSION_DEADLINE_PASSED,
    MISSION_EVENT_RESOLVED,
    MISSION_STATE_CHANGED,
    RESOLVE_GROUP,
    TRACK_GROUP,
    Topic,
)
from topics.codec import Codec
from topics.headers import Header, value_of
from topics.registry import FileRegistry

CODEC = Codec(FileRegistry())
PUBLISHED_MS = 1_773_129_600_000


class Table(dict[bytes, bytes]):
    """Stands in for the table of a worker: bytes by bytes."""

    def __init__(self, partitions: int) -> None:
        super().__init__()
        self._partitions = partitions

    def items_by_partition(self) -> Iterator[tuple[int, bytes, bytes]]:
        for key, value in self.items():
            yield partition_of(key, self._partitions), key, value


class Sent(NamedTuple):
    """A record in an outbox."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]

    def header(self, name: str) -> bytes | None:
        return value_of(self.headers, name)


def sent(outbox: Outbox) -> list[Sent]:
    """Everything in an outbox, in the order of each topic's partition."""
    return [Sent(*place, key, value, tuple(headers)) for *place, key, value, headers in outbox.records()]


def to_topic(records: Iterable[Sent], topic: Topic | str) -> list[Sent]:
    name = topic if isinstance(topic, str) else topic.name
    return [record for record in records if record.topic == name]


def record(
    topic: str,
    key: bytes | None,
    value: bytes | None,
    headers: Iterable[Header] = (),
    partition: int = 0,
    offset: int = 0,
) -> ConsumerRecord[Any, Any]:
    return ConsumerRecord(
        topic,
        partition,
        offset,
        PUBLISHED_MS,
        0,
        key,
        value,
        None,
        len(key or b""),
        len(value or b""),
        tuple(headers),
    )


def identity_record(event: Any, partition: int = 0, headers: Iterable[Header] = ()) -> ConsumerRecord[Any, Any]:
    """An event on the topic from which ``resolve`` reads its type, under the key it travels with."""
    if isinstance(event, IdBound | UnitExpected):
        topic, key = ID_BOUND, f"{event.scheme.value}:{event.value}"
    elif isinstance(event, DeadlinePassed):
        topic, key = IDENTITY_DEADLINE_PASSED, event.subject
    else:
        topic, key = INPUT_TOPICS[type(event)], key_of(event)
    return record(topic.name, key.encode(), CODEC.encode(event), headers, partition)


def mission_record(event: Any, owner: UUID | str, headers: Iterable[Header] = ()) -> ConsumerRecord[Any, Any]:
    """An event of a mission, a train or a ship on the topic from which ``track`` reads its type."""
    topic = MISSION_DEADLINE_PASSED if isinstance(event, DeadlinePassed) else MISSION_EVENT_RESOLVED
    return record(topic.name, str(owner).encode(), CODEC.encode(event), headers)


class Worker:
    """A handler with its table, its deadlines and what it has sent so far."""

    def __init__(self, receiver: Receiver, deadlines: Deadlines, handler: Resolve | Track, partitions: int) -> None:
        self.receiver = receiver
        self.deadlines = deadlines
        self.handler = handler
        self.partitions = partitions
        self.table = Table(partitions)
        handler.table = cast(Any, self.table)

    def take(self, *records: ConsumerRecord[Any, Any], partition: int = 0) -> list[Sent]:
        """Work through one chunk as the agent does, from raw records to the outbox."""
        outbox = Outbox(self.partitions)
        received: list[Received[Any]] = self.receiver.decode(list(records), outbox)
        self.handler.handle(partition, received, outbox)
        return sent(outbox)

    def take_in_chunks(self, records: list[ConsumerRecord[Any, Any]], cuts: Iterable[int]) -> list[Sent]:
        """Work through records cut into chunks at the given places."""
        edges = [0, *sorted(cuts), len(records)]
        chunks = [records[a:b] for a, b in pairwise(edges) if a < b]
        return [each for chunk in chunks for each in self.take(*chunk)]


def resolver(partitions: int = 1) -> Worker:
    settings = Settings(partitions=partitions, unknown_grace_seconds=600.0, namespace="")
    receiver = Receiver(settings, CODEC, RESOLVE_GROUP)
    deadlines = Deadlines()
    return Worker(receiver, deadlines, Resolve(settings, CODEC, receiver, deadlines), partitions)


def tracker(port: Port, partitions: int = 1) -> Worker:
    settings = Settings(partitions=partitions, namespace="")
    receiver = Receiver(settings, CODEC, TRACK_GROUP)
    deadlines = Deadlines()
    return Worker(receiver, deadlines, Track(settings, CODEC, receiver, deadlines, port), partitions)


def alerts(records: Iterable[Sent]) -> list[DeviationAlertChanged]:
    return [CODEC.decode(each.value, DeviationAlertChanged) for each in to_topic(records, DEVIATION_ALERT_CHANGED)]


def states(records: Iterable[Sent]) -> list[MissionStateChanged]:
    return [CODEC.decode(each.value, MissionStateChanged) for each in to_topic(records, MISSION_STATE_CHANGED)]


def told(records: Iterable[Sent]) -> list[tuple[str, str, int]]:
    """Alerts in short: kind, status, revision."""
    return [(alert.kind, alert.status.value, alert.revision) for alert in alerts(records)]


def partition_for(key: str, partitions: int) -> int:
    return partition_of(key.encode(), partitions)


def packed(value: msgspec.Struct) -> bytes:
    """A value as the tables keep it."""
    return msgspec.msgpack.Encoder(uuid_format="bytes").encode(value)
