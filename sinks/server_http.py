"""A ClickHouse server's HTTP interface: questions, and blocks of rows that are made already.

The native protocol carries columns, which its client would have to bring into a format, or to make of one; over HTTP
the server does that itself, in every format that it knows.
"""

import gzip
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Mapping
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from runtime.errors import ConfigError, MissionpathError, Unavailable
from sinks import complaint
from sinks.engine import (
    INSERT_SECONDS_MAX,
    NO_PARAMETERS,
    QUERY_MEMORY_BYTES_MAX,
    QUERY_SECONDS_MAX,
    RESULT_BYTES_MAX,
    RESULT_ROWS_MAX,
)
from sinks.server_address import ServerAddress

CONNECT_SECONDS_MAX = 5
# More than the server gives a statement, so that its own answer arrives even when it is that time is up.
ANSWER_SECONDS_MAX = QUERY_SECONDS_MAX + 10
GZIP_LEVEL = 1
"""Columns are so alike that more makes them hardly shorter."""

# async_insert may be on by default and would acknowledge before the rows are durable; so would a distributed table.
INSERT = {"async_insert": 0, "insert_distributed_sync": 1, "max_execution_time": INSERT_SECONDS_MAX}

_BOUNDS = {
    "max_execution_time": QUERY_SECONDS_MAX,
    "max_result_bytes": RESULT_BYTES_MAX,
    "max_result_rows": RESULT_ROWS_MAX,
    "max_memory_usage": QUERY_MEMORY_BYTES_MAX,
    # Numbers as numbers: the servers of some years write them as text.
    "output_format_json_quote_64bit_integers": 0,
    # On a cluster, for views and reports that ask one distributed table in a question to another.
    "distributed_product_mode": "global",
    # Without it an error in the middle of an answer would come as a part of it.
    "wait_end_of_query": 1,
    # Last: after it no setting can be changed, not even by a query's SETTINGS clause.
    "readonly": 1,
}


class ServerHttp:
    """Speaks to a server's HTTP interface."""

    def __init__(self, address: ServerAddress) -> None:
        self._address = address
        login = b64encode(f"{address.user}:{address.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}"}
        self._opener = _opener(address)

    def ask(
        self,
        sql: str,
        output_format: str,
        parameters: Mapping[str, str] = NO_PARAMETERS,
        database: str | None = None,
    ) -> bytes:
        """The answer to one reading statement, of the first host that is there; see Engine.query."""
        asked = {
            "database": database or self._address.database,
            "default_format": output_format,
            **{f"param_{name}": value for name, value in parameters.items()},
            **_BOUNDS,
        }
        away: MissionpathError
        for host, _ in self._address.hosts:
            try:
                self._connect(host)
                return self._post(host, asked, sql.encode(), {}, complaint.of_query)
            except Unavailable as error:
                away = error
        raise away

    def insert(self, host: str, table: str, sql: str, rows: bytes) -> None:
        """Carry out an INSERT into a table on one host, with rows in the format that it names; see Engine.insert."""
        asked = {"database": self._address.database, "query": sql, **INSERT}
        how = {"Content-Encoding": "gzip", "Content-Type": "application/octet-stream"}
        self._post(host, asked, gzip.compress(rows, GZIP_LEVEL), how, lambda said: complaint.of_insert(table, said))

    def is_there(self, host: str) -> bool:
        """Whether a host takes connections."""
        try:
            self._connect(host)
        except Unavailable:
            return False
        return True

    def _connect(self, host: str) -> None:
        # The opener has one time-out for everything: long enough for an answer, too long for a dead host.
        try:
            socket.create_connection((host, self._address.http_port), CONNECT_SECONDS_MAX).close()
        except OSError as error:
            raise outage(self._address.http_url(host), error) from error

    def _post(
        self,
        host: str,
        asked: Mapping[str, object],
        body: bytes,
        headers: Mapping[str, str],
        meaning: Callable[[str], MissionpathError],
    ) -> bytes:
        where = self._address.http_url(host)
        try:
            request = Request(f"{where}?{urlencode(asked)}", body, {**self._headers, **headers}, method="POST")
            with self._opener.open(request, timeout=ANSWER_SECONDS_MAX) as response:
                return bytes(response.read())
        except HTTPError as error:
            raise self._refusal(where, error.code, error.read().decode("utf-8", "replace"), meaning) from None
        except (OSError, HTTPException) as error:
            raise outage(where, error) from error

    def _refusal(
        self, where: str, status: int, said: str, meaning: Callable[[str], MissionpathError]
    ) -> MissionpathError:
        if not complaint.parse(said).code:
            return Unavailable(f"{where} answers {status}: {' '.join(said.split())}")
        return complaint.of_login(str(self._address), self._address.database, said) or meaning(said)


def outage(where: object, error: Exception) -> MissionpathError:
    """What it means that nothing was heard from a server: that it is away, or is none that may be trusted."""
    why = complaint.parse(str(getattr(error, "reason", error)) or type(error).__name__).text
    if "CERTIFICATE_VERIFY_FAILED" in why:
        return ConfigError(f"{where} has no certificate that is trusted here: {why}")
    return Unavailable(f"{where} does not answer: {why}")


def _opener(address: ServerAddress) -> OpenerDirector:
    # Never through a proxy, as the native protocol knows none.
    if not address.secure:
        return build_opener(ProxyHandler({}))
    try:
        context = ssl.create_default_context(cafile=address.ca_certs)
    except OSError as error:
        raise ConfigError(f"CLICKHOUSE_URL: cannot use ca_certs: {error}") from error
    if not address.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return build_opener(ProxyHandler({}), HTTPSHandler(context=context))
