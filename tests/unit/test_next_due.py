"""The first due time that a worker watches, whatever was moved meanwhile."""

from datetime import datetime

from builders import at
from hypothesis import given
from hypothesis import strategies as st

from streams.deadlines import Deadlines

changes = st.tuples(st.integers(0, 2), st.sampled_from([b"a", b"b", b"c"]), st.none() | st.integers(0, 9))


def test_nothing_watched_is_never_due() -> None:
    assert Deadlines().next_due_at() is None


@given(st.lists(changes, max_size=30))
def test_it_is_the_earliest_of_all_partitions(told: list[tuple[int, bytes, int | None]]) -> None:
    deadlines = Deadlines()
    watched: dict[tuple[int, bytes], datetime] = {}
    for partition, key, minutes in told:
        due_at = None if minutes is None else at(minutes)
        deadlines.set(partition, key, due_at)
        watched.pop((partition, key), None)
        if due_at is not None:
            watched[partition, key] = due_at
        assert deadlines.next_due_at() == min(watched.values(), default=None)
    assert sorted(deadlines.pop_due(at(10))) == sorted(watched), "to look takes nothing out"
