"""Reads that follow each other faster than anything gets from one node to the other."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from domain.facts import Read
from domain.port import Port

UNIT, VEHICLE, SEAL = 1, 2, 4
"""What a read shows: the unit itself, what carries it, its seal."""

_SHOWN = {
    "BIC": UNIT,
    "ILU": UNIT,
    "SWAP_BODY": UNIT,
    "SSCC": UNIT,
    "PLATE": VEHICLE,
    "WAGON": VEHICLE,
    "SEAL": SEAL,
}


@lru_cache(maxsize=16_384)
def shown(keys: tuple[str, ...]) -> int:
    """What these identifiers show, as a sum of ``UNIT``, ``VEHICLE`` and ``SEAL``."""
    found = 0
    for key in keys:
        found |= _SHOWN.get(key.partition(":")[0], 0)
    return found


def showing(reads: Iterable[Read], what: int) -> list[Read]:
    """The reads that show one of these."""
    return [read for read in reads if shown(read.keys) & what]


def too_fast(reads: Iterable[Read], port: Port) -> Iterator[tuple[Read, Read]]:
    """The pairs of reads, by event time, between which there was less time than the way takes."""
    for one, other in pairwise(reads):
        if one.node != other.node and other.occurred_at - one.occurred_at < port.travel_min(one.node, other.node):
            yield one, other
