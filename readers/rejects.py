"""Lines that cannot be published, kept beside the reason."""

from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from readers.jsonl import Line
from runtime.errors import Fatal, InvalidRecord


class Rejects:
    """A file of refused lines, made when the first one comes; an older file of that name is replaced.

    *Shape*: JSON Lines with ``file``, ``line``, ``reason``, ``detail`` and ``text``, the line as it was.
    *Raises*: Fatal when it cannot be written: going on would lose what was refused.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, source: str, line: Line, error: InvalidRecord) -> None:
        """Keep one line."""
        row = {
            "file": source,
            "line": line.number,
            "reason": error.reason,
            "detail": error.detail,
            "text": line.text.decode("utf-8", "backslashreplace"),
        }
        try:
            if self._file is None:
                self._file = self.path.open("wb")
            self._file.write(msgspec.json.encode(row) + b"\n")
            self._file.flush()
        except OSError as broken:
            raise Fatal(f"rejected lines cannot be written to {self.path}: {broken.strerror}") from broken
        self.count += 1
