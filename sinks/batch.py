"""Rows on their way into the store, grouped by table."""

import time
from collections.abc import Callable

from runtime import metrics
from runtime.errors import Unavailable
from sinks.engine import Engine, RowsRefused
from sinks.refusals import Refusals, Refused
from sinks.rows import Columns

WRITE_SECONDS_MAX = 10.0


class Batch:
    """Collects rows until there are enough of them, or the first has waited long enough.

    Nothing may be added while it is being written: a new batch takes what comes meanwhile.

    *Units*: ``bytes_max`` counts input as it came from the topic; ``clock`` counts seconds from anywhere.
    *Shape*: ``refused`` are the rows that the store did not take; ``refusals`` judges them over all batches.
    """

    def __init__(
        self,
        rows_max: int,
        bytes_max: int,
        seconds_max: float,
        clock: Callable[[], float] = time.monotonic,
        refusals: Refusals | None = None,
    ) -> None:
        self._rows_max = rows_max
        self._bytes_max = bytes_max
        self._seconds_max = seconds_max
        self._refusals = refusals or Refusals()
        self._clock = clock
        self._portions: dict[str, list[list[Columns]]] = {}
        self.refused: list[Refused] = []
        self._bytes = 0
        self._began_at: float | None = None

    def add(self, table: str, columns: Columns, size_bytes: int) -> None:
        """Take in one row of a table."""
        self._portions.setdefault(table, [[]])[0].append(columns)
        self._bytes += size_bytes
        if self._began_at is None:
            self._began_at = self._clock()

    def __len__(self) -> int:
        return sum(len(portion) for portions in self._portions.values() for portion in portions)

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

        A portion that is refused is halved until the rows at fault stand alone: they are put into ``refused``, all
        others go in. Of n rows of which k are bad that takes some 2k·log₂(n/k) inserts, and never 2n. After ten
        seconds it returns, and what is left stays in the batch: call it again.
        *Guarantee*: what went in is forgotten, so that calling again after an error goes on with the rest.
        *Raises*: Unavailable or Fatal, as Engine.insert does; Fatal too when most rows of a table are refused.
        """
        began_at = self._clock()
        for table in list(self._portions):
            portions = self._portions[table]
            while portions:
                if self._clock() - began_at >= WRITE_SECONDS_MAX:
                    return
                self._write_last(engine, table, portions)
            del self._portions[table]
        self._bytes, self._began_at = 0, None

    def _write_last(self, engine: Engine, table: str, portions: list[list[Columns]]) -> None:
        portion = portions[-1]
        try:
            self._insert(engine, table, portion)
            self._refusals.went_in(table, len(portion))
        except RowsRefused as error:
            half = len(portion) // 2
            if half:
                portions[-1:] = [portion[half:], portion[:half]]
                return
            self._refusals.refused(error)
            self.refused.append(Refused(portion[0], error))
        portions.pop()

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
