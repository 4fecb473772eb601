"""Events to bytes and back: the frame, schemas of other releases, and garbage."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from payloads import VALID, avro_schema, written

from domain.events import (
    DeadlinePassed,
    Direction,
    Identifier,
    IdScanned,
    IotIdGenerated,
    ManifestUnit,
    Movement,
    Technology,
    VesselManifested,
)
from domain.identifiers import Scheme
from runtime.errors import InvalidRecord
from topics.codec import Codec
from topics.registry import AvroSchema, FileRegistry

CODEC = Codec(FileRegistry())
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
DEADLINE = DeadlinePassed(subject="BIC:CSQU3054383", as_of=NOON)
SCAN: dict[str, Any] = next(each.event for each in VALID if each.record is IdScanned)
ALL_RECORDS = tuple({each.record for each in VALID})
FRAMES = [CODEC.encode(msgspec.convert(each.event, each.record)) for each in VALID]


class Shelf:
    """A registry in memory: schemas by number, from 1."""

    def __init__(self, *schemas: Any) -> None:
        self.schemas = list(schemas)

    def id_of(self, schema: AvroSchema) -> int:
        if schema not in self.schemas:
            self.schemas.append(schema)
        return self.schemas.index(schema) + 1

    def schema(self, schema_id: int) -> Any:
        if not 0 < schema_id <= len(self.schemas):
            raise InvalidRecord("unknown-schema", f"schema id {schema_id} is not on the shelf")
        return self.schemas[schema_id - 1]


class FarShelf(Shelf):
    """A registry that counts from somewhere else."""

    def id_of(self, schema: AvroSchema) -> int:
        return 0x01020304


def reason(frame: bytes | None, *wanted: type[msgspec.Struct], codec: Codec = CODEC) -> str:
    with pytest.raises(InvalidRecord) as caught:
        codec.decode(frame, *(wanted or ALL_RECORDS))
    assert caught.value.detail
    return caught.value.reason


def read(schema: Any, fields: dict[str, Any], wanted: type[msgspec.Struct]) -> Any:
    """What this release makes of a value written with another version of a schema."""
    return Codec(Shelf(schema)).decode(written(schema, fields, schema_id=1), wanted)


# Frame ----------------------------------------------------------------------------------------------------------


def test_a_frame_is_a_zero_byte_the_id_in_big_endian_and_the_body() -> None:
    frame = CODEC.encode(DEADLINE)
    schema_id = FileRegistry().id_of(avro_schema(DeadlinePassed))
    assert frame[:5] == bytes([0, 0, 0, 0, schema_id])
    # Avro: the length of the text as a zigzag varint, the text, the milliseconds as a zigzag varint.
    assert frame[5:21] == bytes([2 * 15]) + b"BIC:CSQU3054383"
    assert frame[21:] == zigzag(int(NOON.timestamp() * 1000))


def zigzag(number: int) -> bytes:
    number, out = (number << 1) ^ (number >> 63), bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def test_a_great_id_takes_all_four_bytes() -> None:
    assert Codec(FarShelf()).encode(DEADLINE)[:5] == b"\x00\x01\x02\x03\x04"


def test_each_type_has_an_id_of_its_own() -> None:
    ids = {(type(CODEC.decode(frame, *ALL_RECORDS)), frame[:5]) for frame in FRAMES}
    assert len(ids) == len(ALL_RECORDS)


def test_microseconds_are_cut_to_milliseconds() -> None:
    event = DeadlinePassed(subject="x", as_of=NOON + timedelta(microseconds=1_999))
    assert CODEC.decode(CODEC.encode(event), DeadlinePassed).as_of == NOON + timedelta(milliseconds=1)


def test_times_come_back_in_utc() -> None:
    local = DeadlinePassed(subject="x", as_of=datetime.fromisoformat("2026-03-10T13:00:00+01:00"))
    assert CODEC.decode(CODEC.encode(local), DeadlinePassed).as_of.isoformat() == "2026-03-10T12:00:00+00:00"


names = st.text(min_size=1, max_size=100)
moments = st.datetimes(min_value=datetime(1, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
identifiers = st.builds(
    Identifier,
    scheme=st.sampled_from(Scheme),
    value=st.text(min_size=1, max_size=64),
    confidence=st.none() | st.floats(0, 1),
)
scans = st.builds(
    IdScanned,
    event_id=st.uuids(),
    occurred_at=moments,
    source=names,
    node=st.from_regex(r"[A-Z0-9][A-Z0-9-]{1,39}", fullmatch=True),
    reader=names,
    technology=st.sampled_from(Technology),
    identifiers=st.lists(identifiers, min_size=1, max_size=8).map(tuple),
    direction=st.none() | st.sampled_from(Direction),
    conveyance=st.none() | st.from_regex(r"(TRAIN|CALL):[A-Z0-9][A-Z0-9-]{0,39}", fullmatch=True),
)
units = st.builds(
    ManifestUnit,
    unit=identifiers,
    gross_mass_kg=st.none() | st.integers(1, 1_000_000),
    dangerous=st.booleans(),
    mrns=st.lists(st.text(min_size=1, max_size=64), max_size=32).map(tuple),
)
manifests = st.builds(
    VesselManifested,
    event_id=st.uuids(),
    occurred_at=moments,
    source=names,
    call=st.from_regex(r"CALL:[A-Z0-9][A-Z0-9-]{0,39}", fullmatch=True),
    ship=identifiers,
    movement=st.sampled_from(Movement),
    units=st.lists(units, min_size=1, max_size=5).map(tuple),
)


@settings(max_examples=150)
@given(event=scans)
def test_any_scan_comes_back_as_it_was(event: IdScanned) -> None:
    assert CODEC.decode(CODEC.encode(event), IdScanned) == event


@settings(max_examples=100)
@given(event=manifests)
def test_any_manifest_comes_back_as_it_was(event: VesselManifested) -> None:
    assert CODEC.decode(CODEC.encode(event), VesselManifested) == event


# Other releases -------------------------------------------------------------------------------------------------


def without(schema: AvroSchema, field: str) -> AvroSchema:
    return {**schema, "fields": [each for each in schema["fields"] if each["name"] != field]}


def with_field(schema: AvroSchema, field: dict[str, Any]) -> AvroSchema:
    return {**schema, "fields": [field, *schema["fields"]]}


def test_a_value_of_an_older_release_lacks_a_field_and_gets_its_default() -> None:
    older = without(avro_schema(IdScanned), "direction")
    event = read(older, SCAN, IdScanned)
    assert event.direction is None
    assert event.node == SCAN["node"]


def test_a_value_of_a_newer_release_has_a_field_more() -> None:
    newer = with_field(avro_schema(IdScanned), {"name": "lane", "type": "int", "default": 0})
    event = read(newer, {**SCAN, "lane": 7}, IdScanned)
    assert event == msgspec.convert(SCAN, IdScanned)


def test_a_value_of_a_newer_release_may_have_its_fields_in_another_order() -> None:
    schema = avro_schema(IdScanned)
    turned = {**schema, "fields": schema["fields"][::-1]}
    assert read(turned, SCAN, IdScanned) == msgspec.convert(SCAN, IdScanned)


def test_a_needed_field_that_the_writer_does_not_know_is_an_invalid_record() -> None:
    older = without(avro_schema(DeadlinePassed), "as_of")
    codec = Codec(Shelf(older))
    assert reason(written(older, {"subject": "x"}, schema_id=1), codec=codec) == "bad-body"


def test_a_symbol_that_only_a_newer_release_knows_is_an_invalid_record() -> None:
    newer = copy.deepcopy(avro_schema(IdScanned))
    (technology,) = (field["type"] for field in newer["fields"] if field["name"] == "technology")
    technology["symbols"].append("LIDAR")
    codec = Codec(Shelf(newer))
    frame = written(newer, {**SCAN, "technology": "LIDAR"}, schema_id=1)
    assert reason(frame, codec=codec) == "bad-body"
    known = written(newer, SCAN, schema_id=1)
    assert codec.decode(known, IdScanned) == msgspec.convert(SCAN, IdScanned)


OURS = {"namespace": "org.missionpath.cargo", "name": "IdScanned"}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "record", "namespace": "com.example", "name": "IdScanned", "fields": []},
        {"type": "record", "name": "IdScanned", "fields": []},
        {"type": "string"},
        "string",
        ["null", "string"],
        OURS | {"type": "record", "fields": [{"name": "x", "type": "?"}]},
        OURS | {"type": "record"},
        OURS | {"type": "enum", "symbols": ["A"]},
    ],
    ids=["foreign", "nameless", "text", "primitive", "union", "unknown type", "fieldless", "enum"],
)
def test_a_schema_of_somebody_else_is_an_invalid_record(schema: Any) -> None:
    assert reason(b"\x00\x00\x00\x00\x01\x00", codec=Codec(Shelf(schema))) in ("unknown-record", "bad-body")


# Garbage --------------------------------------------------------------------------------------------------------


def test_no_value_at_all() -> None:
    assert reason(None) == "no-value"


@pytest.mark.parametrize(
    "raw", [b"", b"\x00", b"\x00\x00\x00\x00", b"\x01\x00\x00\x00\x01x", b'{"type":"id_scanned"}']
)
def test_no_frame(raw: bytes) -> None:
    assert reason(raw) == "bad-frame"


@pytest.mark.parametrize("schema_id", [0, 99_999, 0xFFFFFFFF])
def test_an_id_that_nobody_registered(schema_id: int) -> None:
    assert reason(b"\x00" + schema_id.to_bytes(4, "big") + b"body") == "unknown-schema"


def test_a_record_that_does_not_belong_here() -> None:
    assert reason(CODEC.encode(DEADLINE), IdScanned, IotIdGenerated) == "wrong-record"


def test_something_after_the_end() -> None:
    assert reason(CODEC.encode(DEADLINE) + b"\x00") == "bad-body"


@pytest.mark.parametrize("millis", [-(2**62), 2**62, 253_402_300_800_000, -62_135_596_800_001])
def test_a_moment_that_no_calendar_has(millis: int) -> None:
    assert reason(CODEC.encode(DEADLINE)[:21] + zigzag(millis)) == "bad-body"


def test_every_beginning_of_a_frame_is_refused() -> None:
    for frame in FRAMES:
        for size in range(len(frame)):
            assert reason(frame[:size]) in ("bad-frame", "bad-body")


def made_of(raw: bytes) -> str:
    """What the codec makes of bytes: a record, or a refusal; anything else fails the test."""
    try:
        event = CODEC.decode(raw, *ALL_RECORDS)
    except InvalidRecord as error:
        return error.reason
    return "record" if isinstance(event, ALL_RECORDS) else type(event).__name__


OUTCOMES = {"record", "bad-frame", "bad-body", "bad-field", "unknown-schema"}


@settings(max_examples=1_000)
@given(raw=st.binary(max_size=80))
def test_random_bytes(raw: bytes) -> None:
    assert made_of(raw) in OUTCOMES


@settings(max_examples=600, deadline=None)
@given(head=st.sampled_from([frame[:5] for frame in FRAMES]), body=st.binary(max_size=120))
def test_random_bytes_behind_a_good_head(head: bytes, body: bytes) -> None:
    assert made_of(head + body) in OUTCOMES


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_a_good_frame_with_some_bytes_changed_cut_or_doubled(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(FRAMES)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw)))
        upto = data.draw(st.integers(at, min(len(raw), at + 4)))
        raw[at:upto] = data.draw(st.binary(max_size=10))
    assert made_of(bytes(raw)) in OUTCOMES
