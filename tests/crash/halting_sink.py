"""``missionpath`` whose sink halts at one moment of its first batch, for a test to do its worst just then.

It halts once: the file ``HALTED`` says that it was there, and with the file ``GO`` beside it goes on.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.main import main
from sinks.avro_rows import AvroRow, AvroRows
from sinks.batch import Batch
from sinks.embedded import EmbeddedEngine
from sinks.engine import AvroTaker, Engine
from sinks.rows import TABLES
from sinks.server import ServerEngine
from sinks.server_avro import ServerAvroEngine
from tests import old_clickhouse

BEFORE, AMIDST, UNCOMMITTED = "before the insert", "between two tables", "between insert and commit"
MOMENT, PLACE = "TEST_HALT_AT", "TEST_HALT_IN"


def halted(place: Path) -> Path:
    """There once it has halted."""
    return place / "HALTED"


def go(place: Path) -> Path:
    """Put there to let it go on."""
    return place / "GO"


def halt(moment: str) -> None:
    """Halt if this is the moment, and the first time."""
    place = Path(os.environ[PLACE])
    if moment != os.environ[MOMENT] or halted(place).exists():
        return
    halted(place).touch()
    while not go(place).exists():
        time.sleep(0.02)


def _halting(engine: Any) -> None:
    insert = engine.insert

    def halting(self: Engine, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        if table in TABLES:
            halt(BEFORE)
        insert(self, table, rows)
        if table in TABLES:
            halt(AMIDST)

    engine.insert = halting


def _halting_with_avro(engine: Any) -> None:
    insert_avro = engine.insert_avro

    def halting(self: AvroTaker, into: AvroRows, rows: Sequence[AvroRow]) -> None:
        halt(BEFORE)
        insert_avro(self, into, rows)
        halt(AMIDST)

    engine.insert_avro = halting


def _halting_at_the_end(batch: Any) -> None:
    write = batch.write

    def halting(self: Batch, engine: Engine) -> None:
        some = bool(len(self))
        write(self, engine)
        if some:
            halt(UNCOMMITTED)

    batch.write = halting


if __name__ == "__main__":
    if "CLICKHOUSE_URL" in os.environ and os.environ["CLICKHOUSE_URL"] != "embedded":
        old_clickhouse.translate()
    _halting(EmbeddedEngine)
    _halting_with_avro(EmbeddedEngine)
    _halting(ServerEngine)
    _halting_with_avro(ServerAvroEngine)
    _halting_at_the_end(Batch)
    sys.exit(main())
