"""Which subjects must be looked at again, and when: an index beside a table, so that a tick costs what is due."""

from collections.abc import Iterator
from datetime import datetime
from heapq import heappop, heappush

DUE_PER_TICK_MAX = 1_000


class Deadlines:
    """Due times of the keys of one worker, by partition; rebuilt after recovery."""

    def __init__(self) -> None:
        self._due: dict[int, dict[bytes, datetime]] = {}
        self._heaps: dict[int, list[tuple[datetime, bytes]]] = {}

    def __len__(self) -> int:
        return sum(len(due) for due in self._due.values())

    def clear(self) -> None:
        """Forget everything, before a rebuild."""
        self._due.clear()
        self._heaps.clear()

    def set(self, partition: int, key: bytes, due_at: datetime | None) -> None:
        """Watch the key until ``due_at``, or no more."""
        due = self._due.setdefault(partition, {})
        if due_at is None:
            due.pop(key, None)
        elif due.get(key) != due_at:
            due[key] = due_at
            heappush(self._heaps.setdefault(partition, []), (due_at, key))

    def pop_due(self, as_of: datetime) -> Iterator[tuple[int, bytes]]:
        """Take out what is due, with its partition; at most 1,000 a partition, the rest at the next tick."""
        for partition, heap in self._heaps.items():
            due = self._due[partition]
            for _ in range(DUE_PER_TICK_MAX):
                if not heap or heap[0][0] > as_of:
                    break
                at, key = heappop(heap)
                if due.get(key) == at:  # else it was moved or taken out meanwhile
                    del due[key]
                    yield partition, key
