"""An engine into which no licence plate goes but into the one table that is restricted to it."""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import cast

from sinks.avro_rows import AvroRow, AvroRows
from sinks.engine import NO_PARAMETERS, AvroTaker, Engine
from sinks.plates import TABLE, Plates

DAY_SECONDS = 86_400
TOLD_MAX = 200_000


class HidingEngine:
    """An Engine that gives every plate its pseudonym before it hands rows on.

    A plate is told to the restricted table once a day, so that its age there counts from when it was told last.
    *Guarantee*: which plate a pseudonym stands for is durable before any row with that pseudonym.
    """

    def __init__(self, engine: Engine, plates: Plates) -> None:
        self.database = engine.database
        self._engine = engine
        self._plates = plates
        self._told: set[str] = set()
        self._told_on = 0
        self._telling = threading.Lock()

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows; see Engine."""
        seen: set[str] = set()
        hidden = [self._plates.hidden(table, columns, seen) for columns in rows]
        self._tell(seen)
        self._engine.insert(table, hidden)

    def query(
        self,
        sql: str,
        output_format: str,
        parameters: Mapping[str, str] = NO_PARAMETERS,
        database: str | None = None,
    ) -> bytes:
        """Read; see Engine."""
        return self._engine.query(sql, output_format, parameters, database)

    def execute(self, sql: str) -> None:
        """Change the schema; see Engine."""
        self._engine.execute(sql)

    def close(self) -> None:
        """Close; see Engine."""
        self._engine.close()

    def _tell(self, seen: set[str]) -> None:
        with self._telling:
            today = int(time.time()) // DAY_SECONDS
            if today != self._told_on or len(self._told) > TOLD_MAX:
                self._told, self._told_on = set(), today
            if fresh := sorted(seen - self._told):
                self._engine.insert(TABLE, self._plates.rows(fresh))
                self._told.update(fresh)


class HidingAvroEngine(HidingEngine):
    """The same around an engine that reads Avro itself; see AvroTaker."""

    def insert_avro(self, into: AvroRows, rows: Sequence[AvroRow]) -> None:
        """Add rows; see AvroTaker."""
        seen: set[str] = set()
        hidden = [self._plates.hidden_in_avro(row, seen) if row.plates else row for row in rows]
        self._tell(seen)
        cast(AvroTaker, self._engine).insert_avro(into, hidden)


def hiding(engine: Engine, plates: Plates) -> HidingEngine:
    """The engine, but that no plate goes into it."""
    return (HidingAvroEngine if isinstance(engine, AvroTaker) else HidingEngine)(engine, plates)
