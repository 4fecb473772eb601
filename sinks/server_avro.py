"""Rows of a server out of Avro: the ClickHouse in this process reads it, and the server is sent whole columns.

A ClickHouse server reads Avro too, each release in its own way. Like this there is one reader, that of the embedded
engine, and every server gets its own format with its own types, which it takes as they are.
*Source*: ClickHouse, formats Avro and Native.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from runtime.errors import ConfigError, MissionpathError
from sinks import complaint
from sinks.avro_rows import AvroRow, AvroRows
from sinks.engine import QueryRefused
from sinks.incoming import incoming
from sinks.read_only import literal
from sinks.server import ServerEngine
from sinks.server_address import ServerAddress


class ServerAvroEngine(ServerEngine):
    """A ServerEngine that takes Avro; see AvroTaker.

    The blocks go over HTTP, since the native protocol's client takes no block that is made already, and to the host
    that is asked first at the moment, or to the next that is there.

    *Raises*: ConfigError at the first rows when this process has an embedded engine too.
    """

    def __init__(self, address: ServerAddress) -> None:
        super().__init__(address)
        self._reader_of_avro = _AvroReader()
        self._types: dict[str, Mapping[str, str]] = {}

    def insert_avro(self, into: AvroRows, rows: Sequence[AvroRow]) -> None:
        """Add rows out of Avro; see AvroTaker."""
        if not rows:
            return
        columns = ", ".join(f"`{name}`" for name in into.columns)
        sql = f"INSERT INTO `{into.table}` ({columns}) FORMAT Native"
        with self._turn():
            try:
                blocks = self._reader_of_avro.blocks(into, rows, self._types_of(into.table))
                self._http.insert(self._host(), into.table, sql, blocks)
            except MissionpathError:
                # Perhaps they are no longer so; and who is let in no more is told that rather at a short question.
                self._types.pop(into.table, None)
                raise

    def close(self) -> None:
        """Close; see Engine."""
        super().close()
        self._reader_of_avro.close()

    def _types_of(self, table: str) -> Mapping[str, str]:
        """The types of a table's columns, asked once; none for a table that is not there, as an insert will tell."""
        if not self._types.get(table):
            where = f"database = {literal(self.database)} AND table = {literal(table)}"
            sql = f"SELECT name, type FROM system.columns WHERE {where}"
            try:
                answer = self._http.ask(sql, "JSONEachRow")
            except QueryRefused as error:
                raise complaint.of_insert(table, f"Code: {error.code}. ({error.name})") from error
            columns = msgspec.json.Decoder(dict[str, str]).decode_lines(answer)
            self._types[table] = {column["name"]: column["type"] for column in columns}
        return self._types[table]

    def _host(self) -> str:
        """The first host from the present one on that takes connections, which is the present one from now on."""
        for _ in self._address.hosts:
            host, _port = self._hosts[0]
            if self._http.is_there(host):
                return host
            self._hosts.rotate(-1)
        return self._hosts[0][0]


class _AvroReader:
    """The ClickHouse in this process, without any data."""

    def __init__(self) -> None:
        self._connection: Any = None

    def blocks(self, into: AvroRows, rows: Sequence[AvroRow], types: Mapping[str, str]) -> bytes:
        """Rows in the format Native, with the given types of columns.

        *Raises*: as Engine.insert, whose server would find the same wrong.
        """
        chosen = ", ".join(
            f"{_as_type(expression, types.get(name))} AS `{name}`" for name, expression in into.columns.items()
        )
        with incoming(into, rows) as source:
            try:
                answer = self._opened().query(f"SELECT {chosen} FROM {source}", "Native")
            except RuntimeError as error:
                # Without the cause: it quotes values.
                raise complaint.of_insert(into.table, str(error)) from None
        return bytes(answer.bytes())

    def close(self) -> None:
        """Let go of it; the next rows open it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> Any:
        if self._connection is None:
            import chdb  # noqa: PLC0415 - an optional extra, and a second to load

            try:
                self._connection = chdb.connect(":memory:")
            except RuntimeError as error:
                text = complaint.parse(str(error)).text
                raise ConfigError(f"cannot open a ClickHouse in this process: {text}") from error
        return self._connection


def _as_type(expression: str, kind: str | None) -> str:
    return expression if kind is None else f"CAST({expression}, {literal(kind)})"
