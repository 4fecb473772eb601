"""Reads that follow each other faster than anything gets from one node to the other."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from domain.facts import Read
from domain.port import Port


def too_fast(reads: Iterable[Read], port: Port) -> Iterator[tuple[Read, Read]]:
    """The pairs of reads, by event time, between which there was less time than the way takes."""
    for one, other in pairwise(reads):
        if one.node != other.node and other.occurred_at - one.occurred_at < port.travel_min(one.node, other.node):
            yield one, other
