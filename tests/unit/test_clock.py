"""The clock is a dependency: the machine's, or one whose hands a file moves."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from runtime.clock import FileClock, SystemClock, clock_for
from runtime.errors import ConfigError

NOON = datetime(2026, 3, 10, 12, 0, 0, 250_000, tzinfo=UTC)


def test_the_machines_clock_is_in_utc_and_goes_on() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_a_files_clock_stands_until_its_hands_are_moved(tmp_path: Path) -> None:
    clock = FileClock(tmp_path / "clock")
    clock.set(NOON)
    assert clock.now() == NOON
    assert clock.now() == NOON
    clock.set(NOON - timedelta(days=1))
    assert clock.now() == NOON - timedelta(days=1)


def test_two_clocks_over_one_file_tell_the_same_time(tmp_path: Path) -> None:
    FileClock(tmp_path / "clock").set(NOON)
    assert FileClock(tmp_path / "clock").now() == NOON


def test_another_offset_is_told_in_utc(tmp_path: Path) -> None:
    clock = FileClock(tmp_path / "clock")
    clock.set(NOON.astimezone(timezone(timedelta(hours=2))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_moving_the_hands_leaves_nothing_else_behind(tmp_path: Path) -> None:
    FileClock(tmp_path / "clock").set(NOON)
    assert [path.name for path in tmp_path.iterdir()] == ["clock"]


@pytest.mark.parametrize("text", ["", "noon", "2026-03-10T12:00:00", "2026-03-10", "12:00+00:00", "\u0662"])
def test_what_is_no_time_with_an_offset_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "clock"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="clock file"):
        FileClock(path).now()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="absent"):
        FileClock(tmp_path / "absent").now()


def test_a_set_file_decides_which_clock_it_is(tmp_path: Path) -> None:
    assert isinstance(clock_for(tmp_path / "clock"), FileClock)
    assert isinstance(clock_for(None), SystemClock)
