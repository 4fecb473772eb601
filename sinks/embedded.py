"""ClickHouse inside this process (chdb): the engine that needs no server."""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from runtime.errors import ConfigError, Unavailable
from sinks import complaint
from sinks.avro_rows import AvroRow, AvroRows
from sinks.engine import (
    DATABASE,
    INSERT_SECONDS_MAX,
    NO_PARAMETERS,
    QUERY_MEMORY_BYTES_MAX,
    QUERY_SECONDS_MAX,
    RESULT_BYTES_MAX,
    RESULT_ROWS_MAX,
    QueryRefused,
)
from sinks.incoming import incoming
from sinks.ownership import Ownership

QUERY_WAIT_SECONDS_MAX = 30.0

# async_insert is on by default and would acknowledge on a timer; unknown fields would be dropped in silence.
_WRITER = (
    f"SET async_insert = 0, input_format_skip_unknown_fields = 0, date_time_input_format = 'best_effort', "
    f"max_execution_time = {INSERT_SECONDS_MAX}"
)
# readonly = 1 comes last: after it no setting can be changed, not even by a query's SETTINGS clause.
_READER = (
    f"SET max_execution_time = {QUERY_SECONDS_MAX}, max_result_bytes = {RESULT_BYTES_MAX}, "
    f"max_result_rows = {RESULT_ROWS_MAX}, "
    f"max_memory_usage = {QUERY_MEMORY_BYTES_MAX}, output_format_pretty_color = 0, readonly = 1"
)
# A process that stops has no minute to spare for an analyst's query.
_KILL_EVERY_SECONDS = 0.2

_DATABASE = re.compile(r"[A-Za-z0-9_]{1,64}")
# chdb's own pseudo-formats give Python objects instead of bytes.
_PYTHON_OBJECTS = frozenset({"dataframe", "arrowtable", "datastore", "debug"})


class EmbeddedEngine:
    """An Engine over a directory that this process owns; see Engine for what its methods promise.

    One session writes and one reads, each behind a lock, so that an analyst's query never holds up an insert.
    chdb releases the GIL while it works, and leaves SIGINT and SIGTERM to their handlers.

    *Raises*: ConfigError when chdb is missing or already has another directory open in this process, Unavailable
    when another process owns this one.
    """

    database = DATABASE

    def __init__(self, directory: Path) -> None:
        # Absolute before the import, which changes the working directory for a moment.
        directory = directory.absolute()
        session = _session_type()
        self._ownership = Ownership(directory)
        try:
            self._writer: Any = session(str(directory))
            self._reader: Any = session(str(directory))
            self._writer.query(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
            self._writer.query(f"USE {DATABASE}")
            self._writer.query(_WRITER)
            self._reader.query(f"USE {DATABASE}")
            self._reader.query(_READER)
        except RuntimeError as error:
            self._ownership.release()
            raise ConfigError(f"cannot open {directory}: {complaint.parse(str(error)).text}") from error
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._encoder = msgspec.json.Encoder()
        self._beside = directory.parent

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows; see Engine."""
        if not rows:
            return
        # Columns by name, so that a table without one of them refuses at once instead of defaulting.
        columns = ", ".join(f"`{name}`" for name in rows[0])
        data = b"\n".join(map(self._encoder.encode, rows)).decode()
        # Not chdb's streaming insert: it is faster by half, but lets Nested columns of unequal length in.
        with self._writing:
            self._insert(table, columns, f"FORMAT JSONEachRow {data}")

    def insert_avro(self, into: AvroRows, rows: Sequence[AvroRow]) -> None:
        """Add rows out of Avro; see AvroTaker. They lie in a file beside the data meanwhile."""
        if not rows:
            return
        columns = ", ".join(f"`{name}`" for name in into.columns)
        chosen = ", ".join(into.columns.values())
        with self._writing:
            self._opened(self._writer)
            with incoming(into, rows, self._beside) as source:
                self._insert(into.table, columns, f"SELECT {chosen} FROM {source}")

    def _insert(self, table: str, columns: str, rows: str) -> None:
        try:
            self._opened(self._writer).query(f"INSERT INTO {DATABASE}.`{table}` ({columns}) {rows}")
        except RuntimeError as error:
            # Without the cause: it quotes values.
            raise complaint.of_insert(table, str(error)) from None

    def query(
        self,
        sql: str,
        output_format: str,
        parameters: Mapping[str, str] = NO_PARAMETERS,
        database: str | None = None,
    ) -> bytes:
        """Read; see Engine."""
        if output_format.lower() in _PYTHON_OBJECTS:
            raise QueryRefused(complaint.UNKNOWN_FORMAT, "UNKNOWN_FORMAT", f"unknown format {output_format!r}")
        if database is not None and not _DATABASE.fullmatch(database):
            raise QueryRefused(complaint.UNKNOWN_DATABASE, "UNKNOWN_DATABASE", f"unknown database {database!r}")
        with self._turn_to_read():
            reader = self._opened(self._reader)
            try:
                with self._using(reader, database):
                    return bytes(reader.query(sql, output_format, params=dict(parameters)).bytes())
            except RuntimeError as error:
                # What a query has put out before it fails, chdb gives to the next one, in front of its own answer.
                with suppress(RuntimeError):
                    reader.query("SELECT 1", "TSV")
                raise complaint.of_query(str(error)) from error

    def execute(self, sql: str) -> None:
        """Change the schema; see Engine."""
        with self._writing:
            try:
                self._opened(self._writer).query(sql)
            except RuntimeError as error:
                raise complaint.of_statement(str(error)) from error

    def close(self) -> None:
        """Close; see Engine. An insert under way is waited for, queries are cut short."""
        with self._writing:
            if self._writer is None:
                return
            # None from here on, so that queries which wait for their turn find it closed.
            reader, self._reader = self._reader, None
            while not self._reading.acquire(timeout=_KILL_EVERY_SECONDS):
                self._writer.query("KILL QUERY WHERE query_kind = 'Select' ASYNC")
            self._reading.release()
            reader.close()
            self._writer.close()
            self._writer = None
            self._ownership.release()

    def _opened(self, session: Any) -> Any:
        if session is None:
            raise Unavailable("the embedded ClickHouse is closed")
        return session

    @contextmanager
    def _using(self, reader: Any, database: str | None) -> Iterator[None]:
        if database is None:
            yield
            return
        reader.query(f"USE `{database}`")
        try:
            yield
        finally:
            reader.query(f"USE {DATABASE}")

    @contextmanager
    def _turn_to_read(self) -> Iterator[None]:
        if not self._reading.acquire(timeout=QUERY_WAIT_SECONDS_MAX):
            raise Unavailable("ClickHouse is busy with other queries")
        try:
            yield
        finally:
            self._reading.release()


def _session_type() -> Any:
    try:
        from chdb.session import Session  # noqa: PLC0415 - an optional extra, and a second to load
    except ImportError as error:
        raise ConfigError("the embedded ClickHouse is not installed: pip install 'missionpath[embedded]'") from error
    return Session
