"""The index of due times: what is due is found once, and only while it is still due."""

from collections import defaultdict
from datetime import datetime, timedelta

from builders import at
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.deadlines import DUE_PER_TICK_MAX, Deadlines


def due(deadlines: Deadlines, as_of: datetime) -> list[tuple[int, bytes]]:
    return list(deadlines.pop_due(as_of))


def test_what_is_due_comes_out_once() -> None:
    deadlines = Deadlines()
    deadlines.set(0, b"a", at(5))
    assert due(deadlines, at(4.999)) == []
    assert due(deadlines, at(5)) == [(0, b"a")]
    assert due(deadlines, at(6)) == []
    assert len(deadlines) == 0


def test_the_earliest_of_a_partition_comes_first() -> None:
    deadlines = Deadlines()
    for key, minutes in ((b"b", 2), (b"c", 3), (b"a", 1)):
        deadlines.set(7, key, at(minutes))
    assert due(deadlines, at(2)) == [(7, b"a"), (7, b"b")]
    assert len(deadlines) == 1


def test_a_due_time_can_be_moved_both_ways() -> None:
    deadlines = Deadlines()
    deadlines.set(0, b"later", at(5))
    deadlines.set(0, b"later", at(50))
    deadlines.set(0, b"sooner", at(50))
    deadlines.set(0, b"sooner", at(5))
    assert due(deadlines, at(5)) == [(0, b"sooner")]
    assert due(deadlines, at(50)) == [(0, b"later")]


def test_moved_away_and_back_it_comes_out_once() -> None:
    deadlines = Deadlines()
    for minutes in (5, 6, 5):
        deadlines.set(0, b"a", at(minutes))
    assert due(deadlines, at(9)) == [(0, b"a")]


def test_a_due_time_can_be_taken_out() -> None:
    deadlines = Deadlines()
    deadlines.set(0, b"a", at(5))
    deadlines.set(0, b"a", None)
    deadlines.set(0, b"never there", None)
    assert len(deadlines) == 0
    assert due(deadlines, at(9)) == []


def test_partitions_do_not_know_each_other() -> None:
    deadlines = Deadlines()
    deadlines.set(0, b"a", at(5))
    deadlines.set(1, b"a", at(6))
    deadlines.set(0, b"a", None)
    assert due(deadlines, at(9)) == [(1, b"a")]


def test_a_tick_is_bounded_and_the_rest_comes_with_the_next() -> None:
    deadlines = Deadlines()
    for number in range(DUE_PER_TICK_MAX + 5):
        deadlines.set(0, b"%d" % number, at(0))
    deadlines.set(1, b"other", at(0))
    assert len(due(deadlines, at(1))) == DUE_PER_TICK_MAX + 1
    assert len(due(deadlines, at(1))) == 5


def test_before_a_rebuild_everything_is_forgotten() -> None:
    deadlines = Deadlines()
    deadlines.set(0, b"a", at(5))
    deadlines.clear()
    assert len(deadlines) == 0
    assert due(deadlines, at(9)) == []


moves = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([b"a", b"b", b"c"]), st.none() | st.integers(0, 9)), max_size=20
)


@settings(max_examples=300)
@given(changes=moves, ticks=st.lists(st.integers(0, 9), max_size=4))
def test_it_answers_like_a_plain_dictionary(changes: list[tuple[int, bytes, int | None]], ticks: list[int]) -> None:
    deadlines, plain = Deadlines(), defaultdict[int, dict[bytes, int]](dict)
    for partition, key, minutes in changes:
        deadlines.set(partition, key, None if minutes is None else at(minutes))
        plain[partition].pop(key, None)
        if minutes is not None:
            plain[partition][key] = minutes
    for tick in ticks:
        expected = {(p, key) for p, keys in plain.items() for key, minutes in keys.items() if minutes <= tick}
        assert set(due(deadlines, at(tick))) == expected
        for partition, key in expected:
            del plain[partition][key]
    assert len(deadlines) == sum(map(len, plain.values()))


def test_due_times_that_move_do_not_pile_up() -> None:
    deadlines = Deadlines()
    for moved in range(10_000):
        deadlines.set(0, b"mission", at(0) + timedelta(days=15, seconds=moved))
    assert len(deadlines._heaps[0]) < 200
    assert list(deadlines.pop_due(at(0) + timedelta(days=15, seconds=9_998))) == []
    assert list(deadlines.pop_due(at(0) + timedelta(days=15, seconds=9_999))) == [(0, b"mission")]
