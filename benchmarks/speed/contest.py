"""What a contestant is told on its command line."""

import sys
from typing import NamedTuple


class Contest(NamedTuple):
    """Where to read and what to be called.

    *Shape*: ``name`` is the group, and begins the names of the contestant's own topics; ``home`` is a directory for
    files of its own.
    """

    servers: str
    topic: str
    name: str
    home: str

    @property
    def states(self) -> str:
        """The topic for states."""
        return f"{self.name}.states"

    @property
    def alerts(self) -> str:
        """The topic for alerts."""
        return f"{self.name}.alerts"


def contest() -> Contest:
    """The contest of this process."""
    return Contest(*sys.argv[1:5])
