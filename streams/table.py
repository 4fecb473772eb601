"""A Faust table of bytes whose changes are durable, with what they have to tell, before anything is told of them.

*Changes first, results after, acknowledgement last.* A changelog record carries in a header what its change has to
tell, unless the value itself says it. Whoever takes a partition over tells once more what the last flush of its
changelog had to tell: only of that it is not certain that it was told, since a worker tells before it flushes again.
What is told twice is the same.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiokafka.structs import ConsumerRecord
from faust.tables import Table
from faust.types import TP

from runtime.errors import Fatal
from streams.outbox import Outbox, Told
from streams.stores import Store
from topics.headers import Header, value_of

FLUSH = "missionpath-flush"
Retell = Callable[[bytes, bytes, Outbox], None]

log = logging.getLogger(__name__)


class Flush(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a changelog record says of its writing.

    *Shape*: ``epoch`` counts the owners of a partition, ``number`` the flushes of one; ``told`` is packed, empty when
    the change has nothing to tell.
    """

    epoch: int = 0
    number: int = 0
    told: bytes = b""


@dataclass(slots=True)
class _Read:
    """What was read of a partition's changelog so far.

    *Shape*: ``begins`` is the first offset of its last flush, and ``untold`` that flush: by key the value, and what
    it has to tell.
    """

    epoch: int = 0
    number: int = 0
    begins: int | None = None
    untold: dict[bytes, tuple[bytes | None, bytes]] = field(default_factory=dict)
    usurped: set[bytes] = field(default_factory=set)

    def take(self, key: bytes, value: bytes | None, flush: Flush, offset: int) -> None:
        """A change, rightfully written."""
        if self.begins is None or flush.epoch > self.epoch or flush.number != self.number:
            self.epoch, self.number = max(self.epoch, flush.epoch), flush.number
            self.begins = offset
            self.untold.clear()
        if flush.number:  # else it was set right, or written by no worker: nothing follows from it
            self.untold[key] = value, flush.told


_encode = msgspec.msgpack.Encoder().encode
_decode_flush = msgspec.msgpack.Decoder(Flush).decode
_decode_told = msgspec.msgpack.Decoder(list[Told]).decode
_NO_FLUSH = Flush()


class ChunkTable(Table):  # type: ignore[misc]
    """Bytes by bytes; changes are seen at once, and belong to it when they are durable.

    *Shape*: ``partition`` is that of the chunk in hand, set by the agent before it changes anything. ``retell`` puts
    into an outbox what a value tells by itself.
    Stock Faust sends a changelog record per assignment and acknowledges without waiting for any of them.
    """

    def __init__(
        self,
        app: Any,
        *,
        name: str,
        partitions: int,
        store: Store,
        on_recovered: Callable[[], None],
        retell: Retell | None = None,
    ) -> None:
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
        self._values = store
        self._partitions = partitions
        self._own: set[int] = set()
        self._epochs: dict[int, int] = {}
        self._flushes = 0
        self._read: dict[int, _Read] = {}
        self._on_recovered = on_recovered
        self._retell = retell

    def require(self, partition: int) -> None:
        """Make sure that the partition's changelog was read.

        *Raises*: Fatal when it was not: what its table holds would be taken for nothing, and overwritten.
        """
        if partition not in self._own:
            raise Fatal(
                f"{self.name}[{partition}] is assigned without its changelog: stop all workers of the group until "
                f"their sessions have timed out, then start them again"
            )

    def get(self, key: bytes) -> bytes | None:
        """The value, as the chunk in hand left it."""
        changed = self.changes.get((self.partition, key))
        return self._values.get(self.partition, key) if changed is None else changed

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self.changes[self.partition, key] = value

    def __len__(self) -> int:
        return len(self._values)

    def items_by_partition(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Everything durable: partition, key and value."""
        for partition in sorted(self._own):
            for key, value in self._values.items(partition):
                yield partition, key, value

    def put_changes(self, outbox: Outbox, results: Outbox) -> None:
        """Put what changed into the outbox, for the changelog partition of its chunk, with what it has to tell."""
        self._flushes += 1
        silent = {p: _header(Flush(self._epochs.get(p, 0), self._flushes)) for p in range(self._partitions)}
        topic = self.changelog_topic_name
        for (partition, key), value in self.changes.items():
            headers = silent[partition]
            if told := results.told_of(key):
                headers = _header(Flush(self._epochs.get(partition, 0), self._flushes, _encode(told)))
            outbox.put(topic, key, value, headers, partition)

    def settle(self, written: Mapping[tuple[str, int], int]) -> None:
        """The changes are durable; ``written`` says from which offset on, by topic and partition.

        There recovery begins to read: what the last flush has to tell is known from nowhere else.
        """
        changed: dict[int, dict[bytes, bytes | None]] = defaultdict(dict)
        for (partition, key), value in self.changes.items():
            changed[partition][key] = value
        for partition, changes in changed.items():
            self._values.write(partition, changes, written[self.changelog_topic_name, partition])
        self.changes.clear()

    def discard(self) -> None:
        """The changes are not to be: whose they are has changed hands."""
        self.changes.clear()

    def recover(self, partition: int, records: Iterable[ConsumerRecord]) -> None:
        """Called by the transport: take over what the changelog says, in its order.

        A record of an earlier epoch behind one of a later was written by an owner that was one no more, and did not
        know it: its network was cut. The value of the rightful owner stands.
        """
        read = self._read.setdefault(partition, _Read())
        changes: dict[bytes, bytes | None] = {}
        for record in records:
            key, header = record.key, value_of(record.headers, FLUSH)
            flush = _NO_FLUSH if header is None else _decode_flush(header)
            if flush.epoch < read.epoch and (key in changes or self._values.get(partition, key) is not None):
                read.usurped.add(key)
                continue
            read.take(key, record.value, flush, record.offset)
            changes[key] = record.value
        self._values.write(partition, changes, None)

    def persisted_offset(self, tp: TP) -> int | None:
        """Called by Faust: the last offset of the changelog that need not be read again."""
        position = self._values.position(tp.partition)
        return None if position is None else position - 1

    def apply_changelog_batch(self, batch: Any) -> None:
        """Called by Faust with the records that it counts recovery by: ``recover`` has taken them over already."""

    async def on_recovery_completed(self, active_tps: Any, standby_tps: Any) -> None:
        """Called by Faust when the changelog was read.

        Drops what other workers own now, tells what may not have been told, then tells the owner. Faust does not look
        at what is raised here, so that the application is stopped instead.
        """
        self._own = {tp.partition for tp in active_tps}
        read, self._read = self._read, {}
        try:
            self._values.keep_only(self._own)
            self._on_recovered()
            await self._take_over(read)
            await super().on_recovery_completed(active_tps, standby_tps)
        except Exception as error:  # noqa: BLE001 - the supervisor's place: what goes wrong here must stop the worker
            await self.app.crash(error)

    async def _take_over(self, read: Mapping[int, _Read]) -> None:
        """Begin a new epoch in the partitions.

        What may not have been told is told before anything is written: the next flush says that it was.
        """
        told, righted = Outbox(self._partitions), Outbox(self._partitions)
        for partition in self._own:
            found = read.get(partition) or _Read()
            self._epochs[partition] = max(found.epoch, self._epochs.get(partition, 0)) + 1
            for key, (value, packed) in found.untold.items():
                self._tell_again(key, value, packed, told)
            self._set_right(partition, found.usurped, righted)
            self._values.write(partition, {}, found.begins)
        for outbox in (told, righted):
            await outbox.flush(self.app.producer._producer)

    def _tell_again(self, key: bytes, value: bytes | None, packed: bytes, outbox: Outbox) -> None:
        if self._retell is not None and value is not None:
            self._retell(key, value, outbox)
        for topic, partition, to, told, headers in _decode_told(packed) if packed else ():
            outbox.put(topic, to, told, headers, partition)

    def _set_right(self, partition: int, usurped: Iterable[bytes], outbox: Outbox) -> None:
        """Write the rightful values once more, so that compaction keeps them and not the others."""
        for key in usurped:
            log.warning("%s[%d]: a value of an owner that was one no more is set right", self.name, partition)
            headers = _header(Flush(self._epochs[partition]))
            outbox.put(self.changelog_topic_name, key, self._values.get(partition, key), headers, partition)


def _header(flush: Flush) -> list[Header]:
    return [(FLUSH, _encode(flush))]
