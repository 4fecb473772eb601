"""Analysts' queries over HTTP, in the words of ClickHouse's own HTTP interface."""

from http import HTTPStatus
from urllib.parse import parse_qs

from runtime.errors import Unavailable
from runtime.health import Request, Response, Route
from sinks import complaint
from sinks.engine import Engine, QueryRefused
from sinks.owner import CODE_HEADER, PARAMETER
from sinks.read_only import answer

DEFAULT_FORMAT = "TabSeparated"

_STATUS = {complaint.READONLY: HTTPStatus.FORBIDDEN, complaint.UNKNOWN_TABLE: HTTPStatus.NOT_FOUND}


def query_route(engine: Engine) -> Route:
    """A route that answers reading statements.

    *Shape*: SQL in the body of a POST or in ``?query=``, the format in a FORMAT clause or in ``?default_format=``,
    the value of ``{name:Type}`` in ``?param_name=``, escaped as in ClickHouse's format Escaped.
    A refusal is a 4xx with ClickHouse's code in ``X-ClickHouse-Exception-Code`` and its message as body; a store
    that cannot answer now is a 503.
    """

    def route(request: Request) -> Response:
        try:
            sql, output_format, parameters = _asked(request)
            return Response(HTTPStatus.OK, answer(engine, sql, output_format, parameters))
        except QueryRefused as error:
            return _refusal(error)
        except Unavailable as error:
            return Response(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n".encode())

    return route


def _asked(request: Request) -> tuple[str, str, dict[str, str]]:
    given = parse_qs(request.query, keep_blank_values=True)
    try:
        body = request.body.decode()
    except UnicodeDecodeError as error:
        raise QueryRefused(62, "SYNTAX_ERROR", "the query is not UTF-8") from error
    # Like ClickHouse: a statement may begin in the address and go on in the body.
    sql = "\n".join([*given.get("query", []), body])
    named = (name for name in given if name.startswith(PARAMETER))
    parameters = {name.removeprefix(PARAMETER): given[name][-1] for name in named}
    return sql, given.get("default_format", [""])[-1] or DEFAULT_FORMAT, parameters


def _refusal(error: QueryRefused) -> Response:
    message = f"Code: {error.code}. DB::Exception: {error.detail}. ({error.name})\n"
    status = _STATUS.get(error.code, HTTPStatus.BAD_REQUEST)
    return Response(status, message.encode(), headers={CODE_HEADER: str(error.code)})
