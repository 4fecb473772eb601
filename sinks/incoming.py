"""Rows in Avro as a table of the ClickHouse in this process, which reads files and nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from runtime.errors import Unavailable
from sinks.avro_rows import AvroRow, AvroRows
from sinks.read_only import literal


@contextmanager
def incoming(into: AvroRows, rows: Sequence[AvroRow], directory: Path | None = None) -> Iterator[str]:
    """What a statement selects the rows from; they lie in ``directory`` meanwhile, or where temporary files do.

    *Guarantee*: the file has no name: nobody else reads it, and nothing of it stays, however this process ends.
    *Raises*: Unavailable when it cannot be written.
    """
    try:
        with TemporaryFile(dir=directory) as file:
            file.write(into.pack(rows))
            file.seek(0)
            yield f"file({file.fileno()}, 'Avro', {literal(into.structure)})"
    except OSError as error:
        raise Unavailable(f"cannot write rows on their way in: {error.strerror}") from error
