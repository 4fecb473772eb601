"""Analysts' queries over HTTP, in the words of ClickHouse's own HTTP interface."""

import gzip
from http import HTTPStatus
from urllib.parse import parse_qsl

from runtime.errors import Unavailable
from runtime.health import Request, Response, Route
from sinks import complaint
from sinks.engine import Engine, QueryRefused
from sinks.login import Login
from sinks.owner import CODE_HEADER, PARAMETER
from sinks.read_only import Check, answer

DEFAULT_FORMAT = "TabSeparated"
ALIVE = b"Ok.\n"
OWN_DATABASE = "default"
"""What tools ask for that were told no database: ours."""

GZIP_LEVEL = 1

_STATUS = {
    complaint.READONLY: HTTPStatus.FORBIDDEN,
    complaint.ACCESS_DENIED: HTTPStatus.FORBIDDEN,
    complaint.UNKNOWN_TABLE: HTTPStatus.NOT_FOUND,
    complaint.UNKNOWN_DATABASE: HTTPStatus.NOT_FOUND,
    complaint.AUTHENTICATION_FAILED: HTTPStatus.UNAUTHORIZED,
}
_HEADERS = {"X-ClickHouse-Server-Display-Name": "missionpath", "X-ClickHouse-Timezone": "UTC"}
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="ClickHouse server HTTP API"'}

_ABOUT_TRANSPORT = frozenset({
    "query", "database", "default_format", "user", "password", "query_id", "quota_key", "role", "session_id",
    "session_timeout", "session_check", "wait_end_of_query", "buffer_size", "enable_http_compression",
    "http_zlib_compression_level", "client_protocol_version", "send_progress_in_http_headers",
    "http_headers_progress_interval_ms", "add_http_cors_header", "log_queries", "readonly",
})  # fmt: skip
"""What the address may say beside parameters; all else is a setting, which nobody may change here."""


def query_route(engine: Engine, login: Login | None = None, check: Check | None = None) -> Route:
    """A route that answers reading statements, of anybody where there is no ``login``, and only what ``check`` lets.

    *Shape*: SQL in the body of a POST or in ``?query=``, the format in a FORMAT clause or in ``?default_format=``,
    the values of ``{name:Type}`` in ``?param_name=``, the database in ``?database=``; ``/ping`` answers everybody.
    A refusal is a 4xx with ClickHouse's code in ``X-ClickHouse-Exception-Code`` and its message as body; a store
    that cannot answer now is a 503.
    """

    def route(request: Request) -> Response:
        given = dict(parse_qsl(request.query, keep_blank_values=True))
        if request.path.strip("/") == "ping":
            return Response(HTTPStatus.OK, ALIVE)
        try:
            if login is not None:
                login.check(request.headers, given)
            return _answer(engine, request, given, check)
        except QueryRefused as error:
            return _refusal(error)
        except Unavailable as error:
            return Response(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n".encode())

    return route


def _answer(engine: Engine, request: Request, given: dict[str, str], check: Check | None) -> Response:
    if request.method == "GET" and "query" not in given:
        return Response(HTTPStatus.OK, ALIVE)
    for name in given.keys() - _ABOUT_TRANSPORT:
        if not name.startswith(PARAMETER):
            detail = f"Cannot modify '{name}' setting in readonly mode"
            raise QueryRefused(complaint.READONLY, "READONLY", detail)
    parameters = {name.removeprefix(PARAMETER): value for name, value in given.items() if name.startswith(PARAMETER)}
    database = given.get("database") or request.headers.get("x-clickhouse-database")
    output_format = given.get("default_format") or request.headers.get("x-clickhouse-format") or DEFAULT_FORMAT
    database = None if database == OWN_DATABASE else database
    found = answer(engine, _sql(request, given), output_format, parameters, database, check)
    if given.get("enable_http_compression") == "1" and "gzip" in request.headers.get("accept-encoding", ""):
        found, more = gzip.compress(found, GZIP_LEVEL), {"Content-Encoding": "gzip"}
    else:
        more = {}
    return Response(HTTPStatus.OK, found, headers={**_HEADERS, **more})


def _sql(request: Request, given: dict[str, str]) -> str:
    try:
        body = request.body.decode()
    except UnicodeDecodeError as error:
        raise QueryRefused(62, "SYNTAX_ERROR", "the query is not UTF-8") from error
    # Like ClickHouse: a statement may begin in the address and go on in the body.
    return "\n".join([*([given["query"]] if "query" in given else []), body])


def _refusal(error: QueryRefused) -> Response:
    message = f"Code: {error.code}. DB::Exception: {error.detail}. ({error.name})\n"
    status = _STATUS.get(error.code, HTTPStatus.BAD_REQUEST)
    more = _CHALLENGE if status is HTTPStatus.UNAUTHORIZED else {}
    return Response(status, message.encode(), headers={**_HEADERS, **more, CODE_HEADER: str(error.code)})
