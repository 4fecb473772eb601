"""Stops the process when too much of what it is given is bad."""

from collections import deque

from runtime.errors import Fatal

WINDOW_RECORDS = 2_000
BAD_SHARE_MAX = 0.5
BAD_MIN = 200


class CircuitBreaker:
    """Stops the process when too much of the input is bad.

    A single bad producer must not stop a port; a wrong schema rolled out everywhere must not empty the topics
    into the dead letters either.
    *Units*: judged over the last 2,000 of ``what``, when more than half and at least 200 of them are bad.
    """

    def __init__(self, what: str = "records") -> None:
        self._what = what
        self._records = 0
        self._bad: deque[int] = deque()

    def passed(self, count: int) -> None:
        """Count so many that are good."""
        self._records += count

    def record(self, bad: bool) -> None:
        """Count one.

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
            raise Fatal(f"{len(self._bad)} of the last {judged} {self._what} cannot be used: stopping")
