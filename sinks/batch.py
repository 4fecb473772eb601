"""Rows on their way into the store, grouped by table."""

import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from runtime import metrics
from runtime.errors import Unavailable
from sinks.avro_rows import AvroRow, AvroRows
from sinks.engine import AvroTaker, Engine, RowsRefused
from sinks.refusals import Place, Refusals, Refused
from sinks.rows import Columns

WRITE_SECONDS_MAX = 10.0

Into = str | AvroRows
"""What rows go into: a table, or one that reads them out of Avro."""
Row = Columns | AvroRow


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
        self._portions: dict[Into, list[list[Row]]] = {}
        self.refused: list[Refused] = []
        self._bytes = 0
        self._began_at: float | None = None

    def add(self, into: Into, row: Row, size_bytes: int) -> None:
        """Take in one row."""
        self.extend(into, [row], size_bytes)

    def extend(self, into: Into, rows: Sequence[Row], size_bytes: int) -> None:
        """Take in rows that came as so many bytes."""
        self._portions.setdefault(into, [[]])[0].extend(rows)
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
        for into in list(self._portions):
            portions = self._portions[into]
            while portions:
                if self._clock() - began_at >= WRITE_SECONDS_MAX:
                    return
                self._write_last(engine, into, portions)
            del self._portions[into]
        self._bytes, self._began_at = 0, None

    def _write_last(self, engine: Engine, into: Into, portions: list[list[Row]]) -> None:
        portion = portions[-1]
        try:
            self._insert(engine, into, portion)
            self._refusals.went_in(_table(into), len(portion))
        except RowsRefused as error:
            half = len(portion) // 2
            if half:
                portions[-1:] = [portion[half:], portion[:half]]
                return
            self._refusals.refused(error)
            self.refused.append(Refused(_place(portion[0]), error))
        portions.pop()

    def _insert(self, engine: Engine, into: Into, rows: list[Any]) -> None:
        began_at, success = self._clock(), False
        try:
            if isinstance(into, AvroRows):
                cast(AvroTaker, engine).insert_avro(into, rows)
            else:
                engine.insert(into, rows)
            success = True
        except Unavailable:
            metrics.STORE_UP.set(0)
            raise
        finally:
            metrics.SINK_WRITE_SECONDS.labels(str(success).lower()).observe(self._clock() - began_at)
        metrics.STORE_UP.set(1)
        metrics.SINK_ROWS.labels(_table(into)).inc(len(rows))


def _table(into: Into) -> str:
    return into.table if isinstance(into, AvroRows) else into


def _place(row: Any) -> Place:
    if isinstance(row, AvroRow):
        return row.topic, row.partition, row.offset
    return row["kafka_topic"], row["kafka_partition"], row["kafka_offset"]
