"""What a tick of the clock costs with many missions open and nothing due: ``make bench-ticks MISSIONS=1000000``.

A tick looks for what is due, commands its judgement, and says what is due next. Asking Kafka how complete the input
is goes on in another thread and is not counted. Prints the median, and the memory of the index.
"""

import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID

import psutil

from runtime.settings import Settings
from streams.absences import Absences
from streams.deadlines import Deadlines
from streams.outbox import Outbox
from topics.catalog import MISSION_DEADLINE_PASSED
from topics.codec import Codec
from topics.registry import FileRegistry

ROUNDS = 101
PARTITIONS = 4
NOW = datetime(2026, 3, 10, tzinfo=UTC)


def filled(missions: int) -> Deadlines:
    """An index in which every mission is due within the next days."""
    deadlines, random = Deadlines(), Random(7)
    for number in range(missions):
        due_at = NOW + timedelta(seconds=1 + random.randrange(3 * 86_400))
        deadlines.set(number % PARTITIONS, str(UUID(int=number)).encode(), due_at)
    return deadlines


def tick(absences: Absences, deadlines: Deadlines) -> int:
    """One tick; returns how many commands it gave."""
    outbox = Outbox(PARTITIONS)
    absences.command(NOW, outbox)
    deadlines.next_due_at()
    len(deadlines)
    return sum(1 for _ in outbox.records())


def main() -> None:
    """Fill, tick, print."""
    missions = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    before = psutil.Process().memory_info().rss
    deadlines = filled(missions)
    mib = (psutil.Process().memory_info().rss - before) / 2**20
    unasked = cast(Any, None)  # how complete the input is
    absences = Absences(Settings(), Codec(FileRegistry()), MISSION_DEADLINE_PASSED, deadlines, unasked)
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        assert tick(absences, deadlines) == 0
        seconds.append(time.perf_counter() - began)
    median_ms = statistics.median(seconds) * 1e3
    print(f"{missions:,} missions open, none due: a tick takes {median_ms:.3f} ms, {mib:,.0f} MiB")


if __name__ == "__main__":
    main()
