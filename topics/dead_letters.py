"""Dead letters: what could not be used, with its original bytes and the reason.

A letter is known by where its record was read: two letters about one record are one. What was done about it is noted
behind it in the same partition, so that the note is never gone before the letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from runtime.errors import InvalidRecord
from topics.catalog import DEAD_LETTERS
from topics.headers import Header, number

_PLACE = ("dlq-topic", "dlq-partition", "dlq-offset")
_LETTER = (*_PLACE, "dlq-reason", "dlq-detail", "dlq-agent")
_NOTE = (*_PLACE, "dlq-settled")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was read."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}[{self.partition}]@{self.offset}"


class Settled(StrEnum):
    """What was done about a dead letter."""

    REPLAYED = "REPLAYED"
    DROPPED = "DROPPED"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a dead letter says of its record; *Shape*: ``own`` are the headers that the record came with."""

    origin: Origin
    reason: str
    detail: str
    agent: str
    own: tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """That a dead letter waits no more."""

    origin: Origin
    settled: Settled


def reason_headers(headers: Iterable[Header], origin: Origin, error: InvalidRecord, agent: str) -> list[Header]:
    """The record's own headers, then where it came from and what is wrong with it."""
    said = (error.reason.encode(), error.detail.encode(), agent.encode())
    return [*headers, *zip(_LETTER, (*_place(origin), *said), strict=True)]


def note_headers(origin: Origin, settled: Settled) -> list[Header]:
    """The headers of a note, which has the letter's key and no value."""
    return list(zip(_NOTE, (*_place(origin), settled.value.encode()), strict=True))


def read(topic: str, partition: int, headers: Sequence[Header]) -> Letter | Note | None:
    """What a record says that stands among dead letters.

    *Shape*: none for what is not of this project, or cannot have been read where it says: anybody may have written
    anything there.
    """
    said = _said(headers, _NOTE) or _said(headers, _LETTER)
    origin = _origin(said) if said else None
    if origin is None or (origin.topic + DEAD_LETTERS, origin.partition) != (topic, partition):
        return None
    if len(said) == len(_LETTER):
        reason, detail, agent = said[len(_PLACE) :]
        return Letter(origin, reason, detail, agent, tuple(headers[: -len(_LETTER)]))
    return Note(origin, Settled(said[-1])) if said[-1] in list(Settled) else None


def _place(origin: Origin) -> tuple[bytes, bytes, bytes]:
    return origin.topic.encode(), str(origin.partition).encode(), str(origin.offset).encode()


def _said(headers: Sequence[Header], names: tuple[str, ...]) -> list[str]:
    """The values of the last headers, if those are the names; else nothing."""
    last = headers[-len(names) :]
    if tuple(name for name, _ in last) != names:
        return []
    # Whoever wrote it may have given a header no value.
    return [(value or b"").decode("utf-8", "replace") for _, value in last]


def _origin(said: Sequence[str]) -> Origin | None:
    partition, offset = number(said[1].encode()), number(said[2].encode())
    return None if partition is None or offset is None else Origin(said[0], partition, offset)
