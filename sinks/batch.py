"""Rows on their way into the store, grouped by table."""

import time
from collections.abc import Callable

from runtime import metrics
from runtime.errors import Unavailable
from sinks.engine import Engine
from sinks.rows import Columns, Delivery, row


class Batch:
    """Collects rows until there are enough of them, or the first has waited long enough.

    Nothing may be added while it is being written: a new batch takes what comes meanwhile.

    *Units*: ``bytes_max`` counts input as it came from the topic; ``clock`` counts seconds from anywhere.
    """

    def __init__(
        self, rows_max: int, bytes_max: int, seconds_max: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rows_max = rows_max
        self._bytes_max = bytes_max
        self._seconds_max = seconds_max
        self._clock = clock
        self._tables: dict[str, list[Columns]] = {}
        self._bytes = 0
        self._began_at: float | None = None

    def add(self, delivery: Delivery, size_bytes: int) -> None:
        """Take in one delivery.

        *Raises*: InvalidRecord for a record type that has no table; the batch stays as it was.
        """
        table, columns = row(delivery)
        self._tables.setdefault(table, []).append(columns)
        self._bytes += size_bytes
        if self._began_at is None:
            self._began_at = self._clock()

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    @property
    def full(self) -> bool:
        """Whether it must be written before more is added."""
        return len(self) >= self._rows_max or self._bytes >= self._bytes_max

    @property
    def due(self) -> bool:
        """Whether its first row has waited long enough."""
        return self._began_at is not None and self._clock() - self._began_at >= self._seconds_max

    def write(self, engine: Engine) -> None:
        """Insert everything, table by table; blocks.

        *Guarantee*: a table that went in is forgotten, so that calling again after an error goes on with the rest.
        *Raises*: RowsRefused, Unavailable or Fatal, as Engine.insert does.
        """
        for table in list(self._tables):
            self._insert(engine, table, self._tables[table])
            del self._tables[table]
        self._bytes, self._began_at = 0, None

    def _insert(self, engine: Engine, table: str, rows: list[Columns]) -> None:
        began_at, success = self._clock(), False
        try:
            engine.insert(table, rows)
            success = True
        except Unavailable:
            metrics.STORE_UP.set(0)
            raise
        finally:
            metrics.SINK_WRITE_SECONDS.labels(str(success).lower()).observe(self._clock() - began_at)
        metrics.STORE_UP.set(1)
        metrics.SINK_ROWS.labels(table).inc(len(rows))
