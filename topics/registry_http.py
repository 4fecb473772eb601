"""The registry file over the HTTP paths of Confluent's registry, read-only, for tools that ask for ids."""

import json
import re
from collections.abc import Callable
from typing import Any

from runtime.health import Request, Response
from topics.registry import Version, registered_versions

CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
_UNKNOWN_SUBJECT, _UNKNOWN_VERSION, _UNKNOWN_SCHEMA = 40401, 40402, 40403


def answer(request: Request) -> Response:
    """Answer one request below ``/``; what would change the registry is refused."""
    for method, pattern, route in _ROUTES:
        match = pattern.fullmatch(request.path.strip("/"))
        if match and method == request.method:
            return route(request, *match.groups())
    return _error(405 if request.method != "GET" else 404, 404, "not one of the registry's read-only paths")


def _by_id(_: Request, schema_id: str) -> Response:
    found = next((v for v in registered_versions() if v.schema_id == int(schema_id)), None)
    return _json({"schema": json.dumps(found.schema)}) if found else _error(404, _UNKNOWN_SCHEMA, "Schema not found")


def _subjects(_: Request) -> Response:
    return _json(sorted({v.subject for v in registered_versions()}))


def _versions(_: Request, subject: str) -> Response:
    found = [v.version for v in registered_versions() if v.subject == subject]
    return _json(found) if found else _error(404, _UNKNOWN_SUBJECT, "Subject not found")


def _version(_: Request, subject: str, number: str) -> Response:
    found = [v for v in registered_versions() if v.subject == subject]
    if number != "latest":
        found = [v for v in found if v.version == int(number)]
    return _json(_described(found[-1])) if found else _error(404, _UNKNOWN_VERSION, "Version not found")


def _lookup(request: Request, subject: str) -> Response:
    """Whether a schema is registered: a question, although it is asked with POST."""
    try:
        schema = json.loads(json.loads(request.body)["schema"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return _error(422, 42201, "Invalid schema")
    found = next((v for v in registered_versions() if v.subject == subject and v.schema == schema), None)
    return _json(_described(found)) if found else _error(404, _UNKNOWN_SCHEMA, "Schema not found")


def _described(version: Version) -> dict[str, Any]:
    return {
        "subject": version.subject,
        "id": version.schema_id,
        "version": version.version,
        "schemaType": "AVRO",
        "schema": json.dumps(version.schema),
    }


def _json(body: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(body).encode(), CONTENT_TYPE)


def _error(status: int, code: int, message: str) -> Response:
    return _json({"error_code": code, "message": message}, status)


_ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Response]]] = [
    ("GET", re.compile(r"schemas/ids/(\d{1,9})"), _by_id),
    ("GET", re.compile(r"subjects"), _subjects),
    ("GET", re.compile(r"subjects/([\w.]+)/versions"), _versions),
    ("GET", re.compile(r"subjects/([\w.]+)/versions/(\d{1,9}|latest)"), _version),
    ("POST", re.compile(r"subjects/([\w.]+)"), _lookup),
]
