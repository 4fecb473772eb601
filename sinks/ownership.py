"""One process owns the embedded data: two would corrupt it."""

import fcntl
import os
from pathlib import Path

from runtime.errors import ConfigError, Unavailable


class Ownership:
    """Holds a directory for this process until released, or until the process ends in whatever way.

    *Raises*: Unavailable saying which process has it, ConfigError when the place cannot be written.
    """

    def __init__(self, directory: Path) -> None:
        lock = directory.with_name(directory.name + ".lock")
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._file = lock.open("a+", encoding="ascii")
        except OSError as error:
            raise ConfigError(f"cannot use {directory}: {error.strerror}") from error
        try:
            # The kernel drops the lock of a killed process; a pid file would have to be cleared by hand.
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.seek(0)
            owner = self._file.read().strip() or "unknown"
            self._file.close()
            raise Unavailable(f"{directory} is in use by process {owner}") from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another process have it."""
        self._file.close()
