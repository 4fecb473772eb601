"""Reading from a ClickHouse server, over its HTTP interface.

The native protocol carries columns, which its client would have to bring into a format; over HTTP the server does
that itself, in every format that it knows.
"""

import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from runtime.errors import ConfigError, MissionpathError, Unavailable
from sinks import complaint
from sinks.engine import QUERY_MEMORY_BYTES_MAX, QUERY_SECONDS_MAX, RESULT_BYTES_MAX, RESULT_ROWS_MAX
from sinks.server_address import ServerAddress

CONNECT_SECONDS_MAX = 5
# More than the server gives a query, so that its own answer arrives even when it is that time is up.
ANSWER_SECONDS_MAX = QUERY_SECONDS_MAX + 10

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


class ServerReader:
    """Asks a server's HTTP interface, one host after the other, until one is there."""

    def __init__(self, address: ServerAddress) -> None:
        self._address = address
        login = b64encode(f"{address.user}:{address.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}"}
        self._opener = _opener(address)

    def ask(self, sql: str, output_format: str, parameters: Mapping[str, str], database: str | None) -> bytes:
        """The answer to one reading statement; see Engine.query."""
        asked = {
            "database": database or self._address.database,
            "default_format": output_format,
            **{f"param_{name}": value for name, value in parameters.items()},
            **_BOUNDS,
        }
        away: MissionpathError
        for host, _ in self._address.hosts:
            try:
                # The opener has one time-out for everything: long enough for an answer, too long for a dead host.
                socket.create_connection((host, self._address.http_port), CONNECT_SECONDS_MAX).close()
                return self._asked(host, sql, asked)
            except (OSError, HTTPException) as error:
                away = outage(self._address.http_url(host), error)
            except Unavailable as error:
                away = error
        raise away

    def _asked(self, host: str, sql: str, asked: Mapping[str, object]) -> bytes:
        url = f"{self._address.http_url(host)}?{urlencode(asked)}"
        try:
            request = Request(url, sql.encode(), self._headers, method="POST")
            with self._opener.open(request, timeout=ANSWER_SECONDS_MAX) as response:
                return bytes(response.read())
        except HTTPError as error:
            raise self._meaning(host, error.code, error.read().decode("utf-8", "replace")) from None

    def _meaning(self, host: str, status: int, said: str) -> MissionpathError:
        if not complaint.parse(said).code:
            return Unavailable(f"{self._address.http_url(host)} answers {status}: {' '.join(said.split())}")
        return complaint.of_login(str(self._address), self._address.database, said) or complaint.of_query(said)


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
