"""By what an observation is looked up, and as of when."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from domain.events import AppointmentMade, EventRetracted, Observation, is_sure
from domain.identifiers import BINDING_ORDER, Scheme, check, plainest


class Candidate(NamedTuple):
    """An identifier by which an observation may be looked up: ``SCHEME:VALUE``, and whether it may resolve it."""

    key: str
    bindable: bool


def candidates(observation: Observation) -> tuple[Candidate, ...]:
    """The identifiers of an observation in the order in which they are tried, whatever order they were read in.

    What was read surely comes before what was not: a doubtful container number may happen to have a right check
    digit and be somebody else's. The first is its *home*. One with a bad check digit may never resolve it, but is a
    home for want of a better.
    *Shape*: empty for a retraction that names nothing but a conveyance, never else.
    """
    if len(observation.identifiers) == 1:  # as of most reads
        (only,) = observation.identifiers
        return (_candidate(only.scheme, only.value),)
    sure = {plainest(check(i.scheme, i.value)) for i in observation.identifiers if is_sure(i)}
    checked = sorted(
        {plainest(check(i.scheme, i.value)) for i in observation.identifiers},
        key=lambda c: (not c.bindable, c not in sure, BINDING_ORDER.index(c.scheme), c.value),
    )
    usable = [Candidate(c.key, True) for c in checked if c.bindable]
    return tuple(usable) or tuple(Candidate(c.key, False) for c in checked[:1])


@lru_cache(maxsize=16_384)
def _candidate(scheme: Scheme, value: str) -> Candidate:
    checked = plainest(check(scheme, value))
    return Candidate(checked.key, checked.bindable)


def lookup_time(observation: Observation) -> datetime:
    """The moment as of which bindings are asked: a retraction follows the event that it takes back."""
    if isinstance(observation, EventRetracted):
        return observation.retracted_at
    return observation.starts_at if isinstance(observation, AppointmentMade) else observation.occurred_at
