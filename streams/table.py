"""A Faust table whose changelog leaves in one batch per chunk and is durable before the chunk is acknowledged."""

from collections.abc import Callable, Iterable
from typing import Any

from faust.tables import Table

from streams.outbox import Outbox, partition_of


class ChunkTable(Table):  # type: ignore[misc]
    """Bytes by bytes; a change is kept in ``dirty`` until the chunk's end, the last value of a key only.

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
        self.dirty: dict[bytes, bytes | None] = {}
        self._partitions = partitions
        self._on_recovered = on_recovered

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
        self.dirty[key] = value

    def on_key_del(self, key: bytes) -> None:
        """Called by Faust when a key is deleted."""
        self.dirty[key] = None

    def drain(self, outbox: Outbox, partition: int) -> int:
        """Hand the changes to the outbox, for the changelog partition of the chunk; returns how many."""
        dirty, self.dirty = self.dirty, {}
        for key, value in dirty.items():
            outbox.put(self.changelog_topic_name, key, value, partition=partition)
        return len(dirty)
