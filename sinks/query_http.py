"""Analysts' queries over HTTP, in the words of ClickHouse's own HTTP interface."""

from http import HTTPStatus
from urllib.parse import parse_qs

from runtime.errors import Unavailable
from runtime.health import Request, Response, Route
from sinks import complaint
from sinks.engine import Engine, QueryRefused
from sinks.owner import CODE_HEADER
from sinks.read_only import answer

DEFAULT_FORMAT = "TabSeparated"

_STATUS = {complaint.READONLY: HTTPStatus.FORBIDDEN, complaint.UNKNOWN_TABLE: HTTPStatus.NOT_FOUND}


def query_route(engine: Engine) -> Route:
    """A route that answers reading statements.

    *Shape*: SQL in the body of a POST or in ``?query=``, the format in a FORMAT clause or in ``?default_format=``.
    A refusal is a 4xx with ClickHouse's code in ``X-ClickHouse-Exception-Code`` and its message as body; a store
    that cannot answer now is a 503.
    """

    def route(request: Request) -> Response:
        try:
            sql, output_format = _asked(request)
            return Response(HTTPStatus.OK, answer(engine, sql, output_format))
        except QueryRefused as error:
            return _refusal(error)
        except Unavailable as error:
            return Response(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n".encode())

    return route


def _asked(request: Request) -> tuple[str, str]:
    given = parse_qs(request.query)
    try:
        body = request.body.decode()
    except UnicodeDecodeError as error:
        raise QueryRefused(62, "SYNTAX_ERROR", "the query is not UTF-8") from error
    # Like ClickHouse: a statement may begin in the address and go on in the body.
    sql = "\n".join([*given.get("query", []), body])
    return sql, given.get("default_format", [DEFAULT_FORMAT])[-1]


def _refusal(error: QueryRefused) -> Response:
    message = f"Code: {error.code}. DB::Exception: {error.detail}. ({error.name})\n"
    status = _STATUS.get(error.code, HTTPStatus.BAD_REQUEST)
    return Response(status, message.encode(), headers={CODE_HEADER: str(error.code)})
