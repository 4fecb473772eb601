"""Single bad records stop nothing; too many of them stop the process."""

import pytest

from runtime.circuit_breaker import BAD_MIN, WINDOW_RECORDS, CircuitBreaker
from runtime.errors import Fatal


def bad(breaker: CircuitBreaker, count: int) -> None:
    for _ in range(count):
        breaker.record(bad=True)


def good(breaker: CircuitBreaker, count: int) -> None:
    for _ in range(count):
        breaker.record(bad=False)


def test_a_few_bad_records_stop_nothing_even_when_there_are_no_others() -> None:
    bad(CircuitBreaker(), BAD_MIN - 1)


def test_nothing_but_bad_records_stop_the_process() -> None:
    breaker = CircuitBreaker()
    bad(breaker, BAD_MIN - 1)
    with pytest.raises(Fatal, match=f"{BAD_MIN} of the last {BAD_MIN}"):
        breaker.record(bad=True)


def test_half_bad_is_not_too_much_and_one_more_is() -> None:
    breaker = CircuitBreaker()
    good(breaker, BAD_MIN)
    bad(breaker, BAD_MIN)
    with pytest.raises(Fatal):
        breaker.record(bad=True)


def test_a_good_record_never_stops_the_process() -> None:
    breaker = CircuitBreaker()
    bad(breaker, BAD_MIN - 1)
    good(breaker, WINDOW_RECORDS)


def test_old_records_no_longer_count() -> None:
    breaker = CircuitBreaker()
    for _ in range(5):
        bad(breaker, BAD_MIN - 1)
        good(breaker, WINDOW_RECORDS)
    good(breaker, WINDOW_RECORDS)
    bad(breaker, WINDOW_RECORDS // 2)
    with pytest.raises(Fatal, match=f"{WINDOW_RECORDS // 2 + 1} of the last {WINDOW_RECORDS}"):
        breaker.record(bad=True)
