"""What a simulation is told; with a port, everything that follows is decided by it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]

DEFAULT_START = datetime(2026, 3, 1, tzinfo=UTC)
"""Fixed, so that a seed means the same events on any day."""


_MILLISECOND = timedelta(milliseconds=1)
_DAY_MS = 24 * 60 * 60 * 1000


class NoiseRates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How untidy the data is; *Units*: shares from 0 to 1.

    *Shape*: ``misreads`` and ``repeats`` of camera reads, ``delays`` of the time that a reader is cut off,
    ``duplicates`` and ``disorder`` of all events.
    """

    misreads: Share = 0.01
    duplicates: Share = 0.01
    repeats: Share = 0.02
    delays: Share = 0.005
    disorder: Share = 0.02


TIDY = NoiseRates(misreads=0, duplicates=0, repeats=0, delays=0, disorder=0)
"""Every read right, once, at once and in order."""


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One simulation; *Units*: ``deviating`` is a share of missions, of trains and of calls, ``returns`` of missions.

    *Shape*: ``returns`` is how often a unit, and how often what carries it, has been in the port before;
    ``missions_a_day`` is the density in event time, whatever the speed of the output.
    """

    seed: int = 7
    missions: Annotated[int, Meta(ge=0)] = 1_000
    deviating: Share = 0.03
    returns: Share = 0.2
    start: datetime = DEFAULT_START
    missions_a_day: Annotated[float, Meta(gt=0, le=100_000)] = 720.0
    noise: NoiseRates = NoiseRates()

    @property
    def spacing(self) -> timedelta:
        """From one mission's generation to the next, on average."""
        return timedelta(days=1) / self.missions_a_day

    def opening(self, number: float) -> datetime:
        """When so many missions have begun, to the millisecond."""
        at = self.start + _MILLISECOND * int(number / self.missions_a_day * _DAY_MS)
        return at if at.microsecond % 1000 == 0 else at.replace(microsecond=at.microsecond // 1000 * 1000)
