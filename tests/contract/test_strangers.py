"""Who knows only Avro, JSON and the registry file reads our topics: a program without a line of ours."""

import json
import subprocess
import sys
from datetime import datetime
from typing import Any

import msgspec
import pytest
from payloads import SCHEMAS, VALID, Example

from topics.codec import Codec
from topics.registry import FileRegistry

STRANGER = """
import io, json, sys
import fastavro

schemas = {row["id"]: row["schema"] for row in json.load(open(sys.argv[1], encoding="utf-8"))["versions"]}
for line in sys.stdin:
    frame = bytes.fromhex(line)
    assert frame[0] == 0
    schema = schemas[int.from_bytes(frame[1:5], "big")]
    event = fastavro.schemaless_reader(io.BytesIO(frame[5:]), fastavro.parse_schema(schema))
    print(json.dumps([schema["name"], event], default=str))
assert not {"topics", "domain", "runtime"} & set(sys.modules)
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a stranger makes of every valid example, by the example's name."""
    codec = Codec(FileRegistry())
    frames = [codec.encode(msgspec.convert(example.event, example.record)).hex() for example in VALID]
    run = subprocess.run(
        [sys.executable, "-I", "-c", STRANGER, str(SCHEMAS / "registry.json")],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        input="\n".join(frames),
        capture_output=True,
        text=True,
        check=True,
    )
    return {str(example): json.loads(line) for example, line in zip(VALID, run.stdout.splitlines(), strict=True)}


def plain(value: Any) -> Any:
    """Times in one form, fields without a value as null, whoever wrote them."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if part is not None and name != "type"}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, str) and len(value) >= len("2026-03-10T00:00:00Z") and value[4:5] == value[7:8] == "-":
        return datetime.fromisoformat(value).timestamp()
    return value


@pytest.mark.parametrize("example", VALID, ids=str)
def test_a_stranger_reads_what_we_wrote(example: Example, seen: dict[str, Any]) -> None:
    name, event = seen[str(example)]
    complete = msgspec.json.decode(msgspec.json.encode(msgspec.convert(example.event, example.record)))
    assert name == example.record.__name__
    assert plain(event) == plain(complete)
