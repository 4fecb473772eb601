"""A Faust table of bytes whose changes are durable, with what they have to tell, before anything is told of them.

*Changes first, results after, acknowledgement last.* A changelog record carries in a header what its change has to
tell. Whoever takes a partition over tells what the last flush of its changelog had to tell once more: only of that
it is not certain that it was told, since a worker tells before it flushes again. What is told twice is the same.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiokafka.structs import ConsumerRecord
from faust.tables import Table

from streams.outbox import Outbox, Told, partition_of
from topics.headers import value_of

FLUSH = "missionpath-flush"

log = logging.getLogger(__name__)


class Flush(msgspec.Struct, frozen=True, array_like=True):
    """What a changelog record says of its writing.

    *Shape*: ``epoch`` counts the owners of a partition, ``number`` the flushes of one; ``told`` is packed, empty when
    the change has nothing to tell.
    """

    epoch: int = 0
    number: int = 0
    told: bytes = b""


@dataclass(slots=True)
class _Partition:
    """What recovery has learnt of a partition so far; ``untold`` is of its last flush."""

    epoch: int = 0
    number: int = 0
    untold: dict[bytes, bytes] = field(default_factory=dict)
    usurped: set[bytes] = field(default_factory=set)

    def take(self, key: bytes, flush: Flush) -> None:
        """A change, rightfully written."""
        if flush.epoch > self.epoch or flush.number != self.number:
            self.epoch, self.number = max(self.epoch, flush.epoch), flush.number
            self.untold.clear()
        if flush.told:
            self.untold[key] = flush.told


@dataclass(slots=True)
class _Recovery:
    """What is needed while the changelog is read; the places save a hash of every key."""

    places: dict[bytes, int] = field(default_factory=dict)
    partitions: dict[int, _Partition] = field(default_factory=dict)


_encode = msgspec.msgpack.Encoder().encode
_decode_flush = msgspec.msgpack.Decoder(Flush).decode
_decode_told = msgspec.msgpack.Decoder(list[Told]).decode
_NO_FLUSH = Flush()


class ChunkTable(Table):  # type: ignore[misc]
    """Bytes by bytes; changes are seen at once, and belong to it when they are durable.

    *Shape*: ``partition`` is that of the chunk in hand, set by the agent before it changes anything.
    Stock Faust sends a changelog record per assignment and acknowledges without waiting for any of them.
    """

    def __init__(self, app: Any, *, name: str, partitions: int, on_recovered: Callable[[], None]) -> None:
        super().__init__(
            app,
            name=name,
            default=bytes,
            partitions=partitions,
            key_type=bytes,
            value_type=bytes,
        )
        self.partition = 0
        self.changes: dict[tuple[int, bytes], bytes] = {}
        self._values: dict[bytes, bytes] = {}
        self._partitions = partitions
        self._epochs: dict[int, int] = {}
        self._flushes = 0
        self._recovery = _Recovery()
        self._on_recovered = on_recovered

    def get(self, key: bytes) -> bytes | None:
        """The value, as the chunk in hand left it."""
        changed = self.changes.get((self.partition, key))
        return self._values.get(key) if changed is None else changed

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self.changes[self.partition, key] = value

    def __len__(self) -> int:
        return len(self._values)

    def items_by_partition(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Everything durable: partition, key and value."""
        for key, value in self._values.items():
            yield self._partition_of(key), key, value

    def put_changes(self, outbox: Outbox, results: Outbox) -> None:
        """Put what changed into the outbox, for the changelog partition of its chunk, with what it has to tell."""
        self._flushes += 1
        for (partition, key), value in self.changes.items():
            told = results.told_of(key)
            flush = Flush(self._epochs.get(partition, 0), self._flushes, _encode(told) if told else b"")
            outbox.put(self.changelog_topic_name, key, value, [(FLUSH, _encode(flush))], partition)

    def settle(self) -> None:
        """The changes are durable."""
        self._values.update((key, value) for (_, key), value in self.changes.items())
        self.changes.clear()

    def discard(self) -> None:
        """The changes are not to be: whose they are has changed hands."""
        self.changes.clear()

    def recover(self, partition: int, records: Iterable[ConsumerRecord]) -> None:
        """Called by the transport: take over what the changelog says, in its order.

        A record of an earlier epoch behind one of a later was written by an owner that was one no more, and did not
        know it: its network was cut. The value of the rightful owner stands.
        """
        values, recovery = self._values, self._recovery
        if partition not in recovery.partitions:
            # Of a partition that it has kept, a worker reads only what was written since it read it last.
            recovery.partitions[partition] = _Partition(self._epochs.get(partition, 0))
        seen = recovery.partitions[partition]
        for record in records:
            key, header = record.key, value_of(record.headers, FLUSH)
            flush = _NO_FLUSH if header is None else _decode_flush(header)
            if flush.epoch < seen.epoch and key in values:
                seen.usurped.add(key)
                continue
            seen.take(key, flush)
            recovery.places[key] = partition
            if record.value is None:
                values.pop(key, None)
            else:
                values[key] = record.value

    def apply_changelog_batch(self, batch: Any) -> None:
        """Called by Faust with the records that it counts recovery by: ``recover`` has taken them over already."""

    async def on_recovery_completed(self, active_tps: Any, standby_tps: Any) -> None:
        """Called by Faust when the changelog was read.

        Drops what other workers own now, tells what may not have been told, then tells the owner. Faust does not look
        at what is raised here, so that the application is stopped instead.
        """
        own = {tp.partition for tp in active_tps}
        for key in [key for partition, key, _ in self.items_by_partition() if partition not in own]:
            del self._values[key]
        self._on_recovered()
        recovery, self._recovery = self._recovery, _Recovery()
        try:
            await self._take_over(own, recovery.partitions)
            await super().on_recovery_completed(active_tps, standby_tps)
        except Exception as error:  # noqa: BLE001 - the supervisor's place: what goes wrong here must stop the worker
            await self.app.crash(error)

    async def _take_over(self, own: Iterable[int], read: Mapping[int, _Partition]) -> None:
        """Begin a new epoch in the partitions.

        What may not have been told is told before anything is written: the next flush says that it was.
        """
        told, righted = Outbox(self._partitions), Outbox(self._partitions)
        for partition in own:
            seen = read.get(partition) or _Partition(self._epochs.get(partition, 0))
            self._epochs[partition] = seen.epoch + 1
            for packed in seen.untold.values():
                for topic, to, key, value, headers in _decode_told(packed):
                    told.put(topic, key, value, headers, to)
            for key in seen.usurped & self._values.keys():
                log.warning("%s[%d]: a value of an owner that was one no more is set right", self.name, partition)
                header = (FLUSH, _encode(Flush(self._epochs[partition])))
                righted.put(self.changelog_topic_name, key, self._values[key], [header], partition)
        for outbox in (told, righted):
            await outbox.flush(self.app.producer._producer)

    def _partition_of(self, key: bytes) -> int:
        known = self._recovery.places.get(key)
        return partition_of(key, self._partitions) if known is None else known
