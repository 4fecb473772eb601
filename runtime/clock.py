"""Time as a dependency: the one place where the wall clock is read for a decision.

Only absences (a node not reached, a read that stays unknown) depend on it; everything else is decided
by event time. With a clock of its own, a replay of yesterday's topics gives yesterday's alerts.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from runtime.errors import ConfigError


class Clock(Protocol):
    """Tells the time by which absences are judged."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


class FileClock:
    """A clock whose hands are moved by writing an ISO 8601 time into a file.

    For replays, demonstrations and tests that span processes: every process reads the same file.

    *Raises*: ConfigError when the file is missing or holds no time with an offset.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The time last written to the file, in UTC."""
        try:
            at = datetime.fromisoformat(self._path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise ConfigError(f"clock file {self._path}: {error}") from error
        if at.tzinfo is None:
            raise ConfigError(f"clock file {self._path}: the time needs an offset, such as +00:00")
        return at.astimezone(UTC)

    def set(self, at: datetime) -> None:
        """Move the hands to ``at``; readers see the old or the new time, never half of one."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(at.isoformat(), encoding="ascii")
        fresh.replace(self._path)


def clock_for(path: Path | None) -> Clock:
    """The file's clock where a file is set, else the machine's."""
    return FileClock(path) if path else SystemClock()
