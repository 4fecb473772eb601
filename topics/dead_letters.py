"""Dead letters: what could not be used, with its original bytes and the reason."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from runtime.errors import Fatal, InvalidRecord
from topics.headers import Header

WINDOW_RECORDS = 2_000
BAD_SHARE_MAX = 0.5
BAD_MIN = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was read."""

    topic: str
    partition: int
    offset: int


def reason_headers(headers: Iterable[Header], origin: Origin, error: InvalidRecord, agent: str) -> list[Header]:
    """The record's own headers, then where it came from and what is wrong with it."""
    return [
        *headers,
        ("dlq-topic", origin.topic.encode()),
        ("dlq-partition", str(origin.partition).encode()),
        ("dlq-offset", str(origin.offset).encode()),
        ("dlq-reason", error.reason.encode()),
        ("dlq-detail", error.detail.encode()),
        ("dlq-agent", agent.encode()),
    ]


class CircuitBreaker:
    """Stops the process when too much of the input is bad.

    A single bad producer must not stop a port; a wrong schema rolled out everywhere must not empty the topics
    into the dead letters either.
    *Units*: judged over the last 2,000 records, when more than half and at least 200 of them are bad.
    """

    def __init__(self) -> None:
        self._records = 0
        self._bad: deque[int] = deque()

    def record(self, bad: bool) -> None:
        """Count one record.

        *Raises*: Fatal when the share of bad ones is too large.
        """
        self._records += 1
        if not bad:
            return
        self._bad.append(self._records)
        while self._bad[0] <= self._records - WINDOW_RECORDS:
            self._bad.popleft()
        judged = min(self._records, WINDOW_RECORDS)
        if len(self._bad) >= BAD_MIN and len(self._bad) > BAD_SHARE_MAX * judged:
            raise Fatal(f"{len(self._bad)} of the last {judged} records cannot be used: stopping")
