"""A ClickHouse server: rows and statements over the native protocol, questions over its HTTP interface."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from clickhouse_driver import Client, errors

from runtime.errors import MissionpathError, Unavailable
from sinks import complaint
from sinks.engine import INSERT_SECONDS_MAX, NO_PARAMETERS, RowsRefused
from sinks.server_address import ServerAddress, bracketed
from sinks.server_http import CONNECT_SECONDS_MAX, INSERT, ServerHttp, outage

PING_SECONDS_MAX = 5

_NAMES = {code: name for name, code in vars(errors.ErrorCodes).items() if isinstance(code, int)}


class ServerEngine:
    """An Engine over a server; see Engine for what its methods promise.

    It connects at the first need and again after every outage, each time to the first host that answers, beginning
    after the one that failed. A step on a connection is waited for no longer than 60 s, an answer over HTTP 70 s,
    by far less than a consumer may stay away from its poll.
    """

    def __init__(self, address: ServerAddress) -> None:
        self.database = address.database
        self._address = address
        self._hosts = deque(address.hosts)
        self._http = ServerHttp(address)
        self._writing = threading.Lock()
        self._client: Any = None
        self._closed = False
        # It logs a traceback for every host that is away; what follows from that is said in one line.
        logging.getLogger("clickhouse_driver").setLevel(logging.ERROR)

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows; see Engine."""
        if not rows:
            return
        sql = f"INSERT INTO `{table}` ({', '.join(f'`{name}`' for name in rows[0])}) VALUES"
        columns = [[row[name] for row in rows] for name in rows[0]]
        with self._connected(lambda said: complaint.of_insert(table, said)) as client:
            try:
                client.execute(sql, columns, columnar=True, types_check=True, settings=INSERT)
            except (errors.TypeMismatchError, errors.CannotParseUuidError) as error:
                # Without the cause: it quotes values.
                raise RowsRefused(table, complaint.parse(str(error)).column, error.code, _NAMES[error.code]) from None

    def query(
        self,
        sql: str,
        output_format: str,
        parameters: Mapping[str, str] = NO_PARAMETERS,
        database: str | None = None,
    ) -> bytes:
        """Read; see Engine."""
        self._require_open()
        return self._http.ask(sql, output_format, parameters, database)

    def execute(self, sql: str) -> None:
        """Change the schema; see Engine."""
        with self._connected(complaint.of_statement) as client:
            client.execute(sql)

    def close(self) -> None:
        """Close; see Engine."""
        with self._writing:
            self._closed = True
            self._disconnect()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One thread at a time; after an outage the next host is asked first."""
        with self._writing:
            self._require_open()
            try:
                yield
            except Unavailable:
                self._disconnect()
                self._hosts.rotate(-1)
                raise

    @contextmanager
    def _connected(self, meaning: Callable[[str], MissionpathError]) -> Iterator[Any]:
        """The one connection, and what its errors mean."""
        with self._turn():
            try:
                self._client = self._client or self._new_client()
                yield self._client
            except errors.ServerException as error:
                said = f"Code: {error.code}. {error.message} ({_NAMES.get(error.code, 'UNKNOWN')})"
                raise complaint.of_login(str(self._address), self.database, said) or meaning(said) from None
            except RowsRefused:
                self._disconnect()
                raise
            except (errors.Error, OSError, EOFError) as error:
                self._disconnect()
                raise outage(self._address, error) from error

    def _new_client(self) -> Any:
        (host, port), *others = self._hosts
        its = self._address
        return Client(
            host,
            port,
            alt_hosts=",".join(f"{bracketed(other)}:{its_port}" for other, its_port in others),
            database=its.database,
            user=its.user,
            password=its.password,
            client_name="missionpath",
            compression="lz4",
            secure=its.secure,
            verify=its.verify,
            ca_certs=its.ca_certs,
            connect_timeout=CONNECT_SECONDS_MAX,
            send_receive_timeout=INSERT_SECONDS_MAX,
            sync_request_timeout=PING_SECONDS_MAX,
        )

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client = None

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable("the connection to ClickHouse is closed")
