"""A Faust table whose changelog leaves in one batch per chunk and is durable before the chunk is acknowledged."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from aiokafka.structs import ConsumerRecord
from faust.tables import Table

from streams.outbox import Outbox, partition_of


class ChunkTable(Table):  # type: ignore[misc]
    """Bytes by bytes; a change is kept in ``dirty`` until it is drained, the last value of a key only.

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
        self.dirty: dict[tuple[int, bytes], bytes | None] = {}
        self._partitions = partitions
        # While recovery goes on only: it saves a hash of every key.
        self._recovered_from: dict[bytes, int] = {}
        self._on_recovered = on_recovered

    def recover(self, partition: int, records: Iterable[ConsumerRecord]) -> None:
        """Called by the transport: take over what the changelog says, in its order."""
        data, places = self.data.data, self._recovered_from
        for record in records:
            places[record.key] = partition
            if record.value is None:
                data.pop(record.key, None)
            else:
                data[record.key] = record.value

    def items_by_partition(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Everything that it holds: partition, key and value."""
        for key, value in self.data.data.items():
            yield self._partition_of(key), key, value

    def _partition_of(self, key: bytes) -> int:
        known = self._recovered_from.get(key)
        return partition_of(key, self._partitions) if known is None else known

    def apply_changelog_batch(self, batch: Any) -> None:
        """Called by Faust with the records that it counts recovery by: ``recover`` has taken them over already."""

    async def on_recovery_completed(self, active_tps: Any, standby_tps: Any) -> None:
        """Called by Faust when the changelog was read: drop what other workers own now, then tell the owner."""
        await super().on_recovery_completed(active_tps, standby_tps)
        own = {tp.partition for tp in active_tps}
        for key in [key for partition, key, _ in self.items_by_partition() if partition not in own]:
            self.data.data.pop(key, None)
        self._on_recovered()
        self._recovered_from.clear()

    def on_key_set(self, key: bytes, value: bytes) -> None:
        """Called by Faust when a value is set."""
        self.dirty[self.partition, key] = value

    def on_key_del(self, key: bytes) -> None:
        """Called by Faust when a key is deleted."""
        self.dirty[self.partition, key] = None

    def drain(self, outbox: Outbox) -> None:
        """Hand the changes to the outbox, each for the changelog partition of its chunk."""
        dirty, self.dirty = self.dirty, {}
        for (partition, key), value in dirty.items():
            outbox.put(self.changelog_topic_name, key, value, partition=partition)
