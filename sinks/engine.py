"""The port behind which ClickHouse stands, and which one does."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from runtime.errors import MissionpathError
from runtime.settings import Settings
from sinks.avro_rows import AvroRow, AvroRows
from sinks.server_address import parse_server_address

DATABASE = "missionpath"
"""Of the embedded engine, and of a server's address that names none."""

INSERT_SECONDS_MAX = 60
QUERY_SECONDS_MAX = 60
RESULT_BYTES_MAX = 256 << 20
RESULT_ROWS_MAX = 10_000_000
QUERY_MEMORY_BYTES_MAX = 2 << 30
NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})


class RowsRefused(MissionpathError):
    """The store does not take these rows as they are: waiting would not help, other rows may well go in.

    *Shape*: names table, column (where ClickHouse tells) and ClickHouse's error; never a value.
    """

    def __init__(self, table: str, column: str | None, code: int, name: str) -> None:
        where = f"{table}.{column}" if column else table
        super().__init__(f"ClickHouse refuses rows of {where}: {name} (code {code})")
        self.table = table
        self.column = column
        self.code = code


class QueryRefused(MissionpathError):
    """A query that is not answered: wrong, too costly, or not a reading one.

    *Shape*: ``code`` and ``name`` are ClickHouse's own; ``detail`` is one line and may quote the query.
    """

    def __init__(self, code: int, name: str, detail: str) -> None:
        super().__init__(f"{detail} ({name}, code {code})")
        self.code = code
        self.name = name
        self.detail = detail


class Engine(Protocol):
    """A ClickHouse, wherever it runs.

    *Guarantee*: every method may be called from any thread and blocks until it is done, so an event loop calls it
    through ``asyncio.to_thread``. Two inserts never overlap; a query does not wait for an insert.
    *Shape*: names without a database mean a table of ``database``, which exists.
    *Raises*: ConfigError from every method when a server does not let this user in, or has no such database.
    """

    database: str

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows, all with the same columns, to a table of the database.

        *Guarantee*: durable when it returns. After an error some rows may be in; inserting all of them again
        shows each once in the views.
        *Raises*: RowsRefused for rows that will never go in, Unavailable for an outage, Fatal when the table is
        not as this release knows it.
        """
        ...

    def query(
        self,
        sql: str,
        output_format: str,
        parameters: Mapping[str, str] = NO_PARAMETERS,
        database: str | None = None,
    ) -> bytes:
        """The answer to one reading statement, in any ClickHouse format.

        *Shape*: ``parameters`` are the values of ``{name:Type}`` in it, in ClickHouse's format Escaped; nothing in
        them is taken for SQL. Names without a database mean tables of ``database``, none for ours.
        *Guarantee*: changes neither data nor settings, and is bounded in time and memory.
        *Raises*: QueryRefused, or Unavailable for an outage.
        """
        ...

    def execute(self, sql: str) -> None:
        """Carry out one statement that changes the schema.

        *Raises*: Unavailable for an outage, Fatal when the statement fails otherwise.
        """
        ...

    def close(self) -> None:
        """Let go of the store; calling it again does nothing, every other call is then Unavailable.

        *Guarantee*: an insert under way is waited for, a query may be cut short.
        """
        ...


@runtime_checkable
class AvroTaker(Protocol):
    """An engine that reads rows out of Avro itself."""

    def insert_avro(self, into: AvroRows, rows: Sequence[AvroRow]) -> None:
        """Add rows; as Engine.insert, whose guarantees and errors it has."""
        ...


def data_directory(home: Path) -> Path:
    """Where the embedded engine keeps its data."""
    return home / "clickhouse" / "data"


def engine_for(settings: Settings) -> Engine:
    """The ClickHouse of these settings: the server of ``clickhouse_url``, or the embedded one in ``home``.

    *Raises*: ConfigError for a wrong URL, or when the embedded engine is not installed; Unavailable when another
    process owns its data.
    """
    # Each loads a library, and a process needs one; the embedded one is an optional extra and takes a second.
    if settings.clickhouse_url is not None:
        from sinks.server import ServerEngine  # noqa: PLC0415
        from sinks.server_avro import ServerAvroEngine  # noqa: PLC0415

        address = parse_server_address(settings.clickhouse_url.get_secret_value(), DATABASE)
        return (ServerAvroEngine if find_spec("chdb") else ServerEngine)(address)
    from sinks.embedded import EmbeddedEngine  # noqa: PLC0415

    return EmbeddedEngine(data_directory(settings.home))
