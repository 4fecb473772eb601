"""Which subjects must be looked at again, and when: an index beside a table, so that a tick costs what is due."""

from collections.abc import Iterator
from datetime import datetime
from heapq import heapify, heappop, heappush

DUE_PER_TICK_MAX = 1_000
STALE_FACTOR = 2
STALE_MIN = 64


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
            heap = self._heaps.setdefault(partition, [])
            heappush(heap, (due_at, key))
            if len(heap) > STALE_FACTOR * len(due) + STALE_MIN:
                # Due times that moved leave their old entries behind: far ones would otherwise pile up for days.
                heap[:] = [(at, watched) for watched, at in due.items()]
                heapify(heap)

    def next_due_at(self) -> datetime | None:
        """The first due time watched, none when nothing is."""
        first = []
        for partition, heap in self._heaps.items():
            due = self._due[partition]
            while heap and due.get(heap[0][1]) != heap[0][0]:  # it was moved or taken out meanwhile
                heappop(heap)
            first += heap[:1]
        return min(first)[0] if first else None

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
