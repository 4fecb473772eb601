"""What can go wrong, and what follows from it.

Library exceptions are mapped to these at the one home of each library. Messages name topic,
partition, offset, file, line or field; never payload values, which may be personal data.
"""

import re


class MissionpathError(Exception):
    """Anything this project raises on purpose."""


class ConfigError(MissionpathError):
    """A setting or the machine is not as needed: stop before the start and say what to change."""


class InvalidRecord(MissionpathError):
    """One record cannot be used: it goes to the dead letters, the rest goes on.

    *Shape*: ``reason`` is a short, stable word for metrics and headers (``bad-frame``, ``bad-field``, …);
    the message says which field and why.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def without_values(detail: str) -> str:
    """A validator's message without the value it quotes, which may be personal data."""
    return re.sub(r" '.*'(?= - at |$)", "", detail, flags=re.DOTALL)


class Unavailable(MissionpathError):
    """Something outside is down: pause, then try again.

    *Units*: ``retry_after_seconds`` is the pause the raiser thinks right.
    """

    def __init__(self, detail: str, retry_after_seconds: float = 1.0) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class Fatal(MissionpathError):
    """Going on would lose or falsify data: stop without committing."""
