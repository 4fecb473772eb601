"""A Faust table whose changelog leaves in one batch per chunk and is durable before the chunk is acknowledged."""

from collections.abc import Callable, Iterable
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
        self._on_recovered = on_recovered

    def recover(self, records: Iterable[ConsumerRecord]) -> None:
        """Called by the transport: take over what the changelog says, in its order."""
        data = self.data.data
        for record in records:
            if record.value is None:
                data.pop(record.key, None)
            else:
                data[record.key] = record.value

    def apply_changelog_batch(self, batch: Any) -> None:
        """Called by Faust with the records that it counts recovery by: ``recover`` has taken them over already."""

    async def on_recovery_completed(self, active_tps: Any, standby_tps: Any) -> None:
        """Called by Faust when the changelog was read: drop what other workers own now, then tell the owner."""
        await super().on_recovery_completed(active_tps, standby_tps)
        own = {tp.partition for tp in active_tps}
        for key in self._foreign(own):
            self.data.data.pop(key, None)
        self._on_recovered()

    def _foreign(self, own: set[int]) -> Iterable[bytes]:
        return [key for key in self.data.data if partition_of(key, self._partitions) not in own]

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
