"""Whatever rows the store refuses are found among the others; a table that takes none stops the process."""

from collections.abc import Mapping, Sequence
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.circuit_breaker import BAD_MIN
from runtime.errors import Fatal, Unavailable
from sinks.batch import WRITE_SECONDS_MAX, Batch
from sinks.engine import RowsRefused
from sinks.refusals import Refusals

ROWS_MAX = 400


class Picky:
    """Takes all rows of an insert or none; it is away at the inserts named, counted from 0."""

    def __init__(self, bad: set[int], away_at: frozenset[int] = frozenset()) -> None:
        self.bad = bad
        self.away_at = away_at
        self.inserts = 0
        self.taken: list[object] = []

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        self.inserts += 1
        if self.inserts - 1 in self.away_at:
            raise Unavailable("away")
        offsets = [row["kafka_offset"] for row in rows]
        if self.bad.intersection(offsets):  # type: ignore[arg-type]
            raise RowsRefused(table, "node", 53, "TYPE_MISMATCH")
        self.taken += offsets

    def query(self, sql: str, output_format: str) -> bytes:
        raise NotImplementedError

    def execute(self, sql: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def filled(rows: int, refusals: Refusals | None = None) -> Batch:
    batch = Batch(rows + 1, 1 << 20, 1.0, lambda: 0.0, refusals)
    for offset in range(rows):
        batch.add("scans", {"kafka_topic": "t", "kafka_partition": 1, "kafka_offset": offset}, 1)
    return batch


@given(st.integers(1, ROWS_MAX), st.sets(st.integers(0, ROWS_MAX - 1), max_size=60), st.sets(st.integers(0, 100)))
def test_bad_rows_are_put_aside_and_all_others_go_in_once(rows: int, bad: set[int], away_at: set[int]) -> None:
    bad = {offset for offset in bad if offset < rows}
    batch, store = filled(rows), Picky(bad, frozenset(away_at))
    outages = 0
    while len(batch):
        try:
            batch.write(store)
        except Unavailable:
            outages += 1
    assert sorted(store.taken) == [offset for offset in range(rows) if offset not in bad]  # type: ignore[type-var]
    assert sorted(each.place for each in batch.refused) == [("t", 1, offset) for offset in sorted(bad)]
    inserts, few = store.inserts - outages, 2 * len(bad) * (log2(rows / len(bad)) + 2) if bad else 1
    assert inserts <= min(few, 2 * rows - 1)


def test_what_is_told_names_table_and_column_but_no_value() -> None:
    batch = filled(3)
    batch.write(Picky({1}))
    assert [str(each.why) for each in batch.refused] == [
        "ClickHouse refuses rows of scans.node: TYPE_MISMATCH (code 53)"
    ]


def test_a_table_that_takes_no_row_stops_the_process() -> None:
    batch, store = filled(10_000), Picky(set(range(10_000)))
    with pytest.raises(Fatal, match=rf"^{BAD_MIN} of the last {BAD_MIN} rows of scans cannot be used: .*scans\.node"):
        batch.write(store)
    assert store.inserts < 3 * BAD_MIN


def test_batch_after_batch_of_nothing_but_bad_rows_stops_the_process() -> None:
    refusals = Refusals()
    for _ in range(BAD_MIN - 1):
        filled(1, refusals).write(Picky({0}))
    with pytest.raises(Fatal):
        filled(1, refusals).write(Picky({0}))


def test_a_bad_row_now_and_then_stops_nothing() -> None:
    refusals = Refusals()
    for _ in range(2 * BAD_MIN):
        filled(3, refusals).write(Picky({0}))


def test_a_long_search_pauses_and_goes_on() -> None:
    seconds = 0.0

    def clock() -> float:
        nonlocal seconds
        seconds += 1.0
        return seconds

    batch, store = Batch(100, 1 << 20, 1.0, clock), Picky({7})
    for offset in range(64):
        batch.add("scans", {"kafka_topic": "t", "kafka_partition": 1, "kafka_offset": offset}, 1)
    writes = 0
    while len(batch):
        before = store.inserts
        batch.write(store)
        writes += 1
        assert 0 < store.inserts - before <= WRITE_SECONDS_MAX
    assert writes > 1
    assert len(store.taken) == 63
