"""Our Avro functions and fastavro's give the same, for any value of any schema and for any bytes."""

import json
import struct
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics import avro
from topics.registry import current_schemas

SCHEMAS = {schema["name"]: schema for schema in current_schemas()}
WRITES = {name: avro.writer(schema) for name, schema in SCHEMAS.items()}
READS = {name: avro.reader(schema) for name, schema in SCHEMAS.items()}
# For fastavro UUIDs are text as well: it would refuse what only our types refuse.
PARSED = {
    name: fastavro.parse_schema(json.loads(json.dumps(schema).replace(', "logicalType": "uuid"', "")))
    for name, schema in SCHEMAS.items()
}

LONGS = st.integers(-(2**63), 2**63 - 1)
MOMENTS = st.integers(-62_135_596_800_000, 253_402_300_799_999).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "string": st.text(max_size=200),
    "uuid": st.uuids(),
    "long": LONGS,
    "timestamp-millis": MOMENTS,
    "double": st.floats(allow_nan=False),
    "boolean": st.booleans(),
}


def values(schema: Any, known: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a schema: records are dictionaries, as fastavro has them."""
    if isinstance(schema, list):
        return st.one_of(*(values(part, known) for part in schema))
    if isinstance(schema, str):
        return PLAIN[schema] if schema in PLAIN else values(known[schema], known)
    kind = schema["type"]
    if "name" in schema:
        known[schema["name"]] = schema
    if kind == "record":
        return st.fixed_dictionaries({field["name"]: values(field["type"], known) for field in schema["fields"]})
    if kind == "enum":
        return st.sampled_from(schema["symbols"])
    if kind == "array":
        return st.lists(values(schema["items"], known), max_size=3)
    return PLAIN[schema.get("logicalType", kind)]


VALUES = {name: values(schema, {}) for name, schema in SCHEMAS.items()}


def as_struct(value: Any) -> Any:
    """A value in the form in which our writer takes it."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: as_struct(held) for name, held in value.items()})
    return [as_struct(each) for each in value] if isinstance(value, list) else value


def as_read(value: Any) -> Any:
    """A value as our reader gives it: UUIDs are text."""
    if isinstance(value, dict):
        return {name: as_read(held) for name, held in value.items()}
    if isinstance(value, list):
        return [as_read(each) for each in value]
    return str(value) if isinstance(value, UUID) else value


def by_fastavro(name: str, value: Any) -> bytes:
    body = BytesIO()
    fastavro.schemaless_writer(body, PARSED[name], as_read(value))
    return body.getvalue()


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=25)
@given(data=st.data())
def test_any_value_is_written_and_read_as_fastavro_does(name: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[name])
    raw = WRITES[name](as_struct(value))
    assert raw == by_fastavro(name, value)
    assert READS[name](b"frame" + raw, 5) == (as_read(value), 5 + len(raw))


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=50)
@given(data=st.data())
def test_of_damaged_bytes_nothing_is_made_that_fastavro_would_not_make(name: str, data: st.DataObject) -> None:
    raw = bytearray(by_fastavro(name, data.draw(VALUES[name])))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        ours, end = READS[name](bytes(raw), 0)
    except (IndexError, KeyError, OverflowError, ValueError, struct.error):
        return
    if end <= len(raw):
        body = BytesIO(bytes(raw))
        theirs = fastavro.schemaless_reader(body, PARSED[name])
        # Unlike text compares unequal to itself where a double became no number.
        assert (repr(ours), end) == (repr(theirs), body.tell())


def test_blocks_that_say_their_size_are_read() -> None:
    read = avro.reader({"type": "array", "items": "long"})
    assert read(bytes([3, 4, 2, 4, 2, 6, 0]), 0) == ([1, 2, 3], 7)  # a block of -2 and 2 bytes, a block of 1


@pytest.mark.parametrize("raw", [b"\xff" * 1_000, b"\x80" * 11 + b"\x00"])
def test_a_number_without_an_end_is_refused_at_once(raw: bytes) -> None:
    with pytest.raises(ValueError, match="more than 10 bytes"):
        avro.reader("long")(raw, 0)


@pytest.mark.parametrize(
    "schema", ["bytes", {"type": "map", "values": "string"}, ["string", "null"], {"type": "fixed"}]
)
def test_a_type_that_we_do_not_use_is_no_schema_of_ours(schema: Any) -> None:
    with pytest.raises(ValueError, match="no Avro type of ours"):
        avro.writer(schema)
