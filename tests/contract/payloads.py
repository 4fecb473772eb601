"""The example payloads that stand beside the schemas."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import fastavro
import msgspec

from domain import events
from topics.registry import AvroSchema, FileRegistry

SCHEMAS = Path(__file__).parents[2] / "avro_schemas"
EXAMPLES = SCHEMAS / "examples"


class Example(NamedTuple):
    """One file; an invalid one says why, which field is wrong, and by what it is refused."""

    path: Path
    record: type[msgspec.Struct]
    event: dict[str, Any]
    why: str = ""
    field: str = ""
    refused_by: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"


def struct_of(folder: str) -> type[msgspec.Struct]:
    """``id_scanned`` → ``IdScanned``."""
    found: type[msgspec.Struct] = getattr(events, folder.title().replace("_", ""))
    return found


def _read(path: Path) -> Example:
    content = json.loads(path.read_text("utf-8"))
    record = struct_of(path.parent.name)
    if path.name.startswith("valid-"):
        return Example(path, record, content)
    return Example(path, record, content["event"], content["why"], content["field"], tuple(content["refused_by"]))


VALID = [_read(path) for path in sorted(EXAMPLES.glob("*/valid-*.json"))]
INVALID = [_read(path) for path in sorted(EXAMPLES.glob("*/invalid-*.json"))]


def avro_schema(record: type[msgspec.Struct]) -> AvroSchema:
    (schema,) = (s for s in map(_load, SCHEMAS.glob("*.avsc")) if s["name"] == record.__name__)
    return schema


def _load(path: Path) -> AvroSchema:
    schema: AvroSchema = json.loads(path.read_text("utf-8"))
    return schema


def written(schema: AvroSchema, fields: Any, schema_id: int | None = None) -> bytes:
    """A frame as somebody else would write it, without any check of ours."""
    body = BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema), _avro(schema, fields))
    number = FileRegistry().id_of(schema) if schema_id is None else schema_id
    return b"\x00" + number.to_bytes(4, "big") + body.getvalue()


def fits(schema: AvroSchema, event: dict[str, Any]) -> bool:
    """Whether a value can be written with a schema without losing anything."""
    known = {"type", *(field["name"] for field in schema["fields"])}
    fields = _avro(schema, event)
    return set(event) <= known and bool(fastavro.validate(fields, fastavro.parse_schema(schema), raise_errors=False))


def _avro(schema: Any, value: Any) -> Any:
    """JSON's form of a value in the form in which fastavro takes it: times as times."""
    if isinstance(schema, list):
        return None if value is None else _avro(next(part for part in schema if part != "null"), value)
    if not isinstance(schema, dict):
        return value
    if schema.get("logicalType") == "timestamp-millis":
        return datetime.fromisoformat(value)
    if schema["type"] == "record":
        return {f["name"]: _avro(f["type"], value[f["name"]]) for f in schema["fields"] if f["name"] in value}
    return [_avro(schema["items"], each) for each in value] if schema["type"] == "array" else value
