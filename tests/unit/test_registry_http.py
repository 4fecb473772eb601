"""The registry file over HTTP, asked by the client that everybody else uses: Confluent's own."""

import copy
import json
import re
import socket
import urllib.error
import urllib.request
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient

from runtime.errors import Fatal, InvalidRecord, Unavailable
from runtime.health import Request, Response, serve
from topics.codec import Codec
from topics.confluent_registry import ConfluentRegistry
from topics.registry import (
    FileRegistry,
    current_schemas,
    registered_versions,
    registry_for,
    subject_of,
)
from topics.registry_http import CONTENT_TYPE, answer

SUBJECT = "org.missionpath.cargo.IdScanned"


@pytest.fixture(scope="module")
def url() -> str:
    host, port = serve("127.0.0.1", 0, {"/": answer})
    return f"http://{host}:{port}"


def ask(url: str, method: str = "GET", body: bytes | None = None) -> tuple[int, Any]:
    request = urllib.request.Request(url, body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            assert response.headers["Content-Type"] == CONTENT_TYPE
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize("schema", current_schemas(), ids=subject_of)
def test_ids_are_those_of_the_file(schema: dict[str, Any], url: str) -> None:
    assert ConfluentRegistry(url).id_of(schema) == FileRegistry().id_of(schema)


@pytest.mark.parametrize("version", registered_versions(), ids=lambda v: f"{v.subject}-{v.version}")
def test_schemas_by_id_are_those_of_the_file(version: Any, url: str) -> None:
    assert ConfluentRegistry(url).schema(version.schema_id) == version.schema
    assert FileRegistry().schema(version.schema_id) == version.schema


def test_the_codec_writes_the_same_bytes_over_either(url: str) -> None:
    from builders import scan

    event = scan(1, 0, "DOCK")
    over_http, over_file = Codec(registry_for(url)), Codec(registry_for(None))
    assert over_http.encode(event) == over_file.encode(event)
    assert over_http.decode(over_file.encode(event), type(event)) == event


def test_an_unknown_id_is_an_invalid_record(url: str) -> None:
    for registry in (ConfluentRegistry(url), FileRegistry()):
        with pytest.raises(InvalidRecord) as caught:
            registry.schema(999_999)
        assert caught.value.reason == "unknown-schema"


def test_the_registry_takes_no_new_schema(url: str) -> None:
    changed = copy.deepcopy(current_schemas()[0])
    changed["fields"].append({"name": "colour", "type": "string", "default": "red"})
    with pytest.raises(Fatal, match=re.escape(subject_of(changed))):
        ConfluentRegistry(url).id_of(changed)
    with pytest.raises(Fatal, match="registry register"):
        FileRegistry().id_of(changed)


def test_other_questions_of_confluents_client_are_answered(url: str) -> None:
    client = SchemaRegistryClient({"url": url})
    newest = [v for v in registered_versions() if v.subject == SUBJECT][-1]
    assert client.get_subjects() == sorted({v.subject for v in registered_versions()})
    assert client.get_versions(SUBJECT)[-1] == newest.version
    latest = client.get_latest_version(SUBJECT)
    assert (latest.schema_id, latest.version, latest.subject) == (newest.schema_id, newest.version, SUBJECT)
    assert client.get_version(SUBJECT, newest.version).schema_id == newest.schema_id


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/schemas/ids/999999", 40403),
        ("/subjects/nobody/versions", 40401),
        ("/subjects/nobody/versions/latest", 40402),
        (f"/subjects/{SUBJECT}/versions/999", 40402),
        ("/schemas/ids/x", 404),
        ("/", 404),
    ],
)
def test_what_is_not_there_has_confluents_error_code(path: str, code: int, url: str) -> None:
    status, body = ask(url + path)
    assert (status, body["error_code"]) == (404, code)


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[]", b'"text"', b'{"schema": 7}', b'{"schema": "{"}', b"\xff"])
def test_a_question_that_is_none_is_422(body: bytes, url: str) -> None:
    assert ask(f"{url}/subjects/{SUBJECT}", "POST", body)[0] == 422


def test_writing_is_refused(url: str) -> None:
    assert ask(f"{url}/subjects/{SUBJECT}/versions", "POST", b"{}")[0] == 405


def test_a_server_that_is_gone_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
    gone = ConfluentRegistry(f"http://127.0.0.1:{port}")
    with pytest.raises(Unavailable, match=str(port)):
        gone.schema(1)


def broken(_: Request) -> Response:
    return Response(503, b'{"error_code": 50301, "message": "starting"}', CONTENT_TYPE)


def test_a_server_that_is_not_ready_is_unavailable() -> None:
    host, port = serve("127.0.0.1", 0, {"/": broken})
    with pytest.raises(Unavailable, match="starting"):
        ConfluentRegistry(f"http://{host}:{port}").id_of(current_schemas()[0])


@pytest.mark.parametrize("text", ['syntax = "proto3";', "", '"string"'])
def test_a_schema_of_somebody_else_is_an_invalid_record(text: str) -> None:
    body = json.dumps({"schema": text, "schemaType": "PROTOBUF"}).encode()
    host, port = serve("127.0.0.1", 0, {"/": lambda _: Response(200, body, CONTENT_TYPE)})
    codec = Codec(ConfluentRegistry(f"http://{host}:{port}"))
    from domain.events import IdScanned

    with pytest.raises(InvalidRecord):
        codec.decode(b"\x00\x00\x00\x00\x01body", IdScanned)
