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
        self._window: deque[bool] = deque(maxlen=WINDOW_RECORDS)
        self._bad = 0

    def record(self, bad: bool) -> None:
        """Count one.

        *Raises*: Fatal when the share of bad ones is too large.
        """
        if len(self._window) == WINDOW_RECORDS:
            self._bad -= self._window[0]
        self._window.append(bad)
        self._bad += bad
        if bad and self._bad >= BAD_MIN and self._bad > BAD_SHARE_MAX * len(self._window):
            raise Fatal(f"{self._bad} of the last {len(self._window)} {self._what} cannot be used: stopping")
