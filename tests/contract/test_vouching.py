"""What is vouched for is Avro of this release and within the limits of its type, whatever the bytes.

ClickHouse reads what is vouched for without looking: one index out of range would read memory that is not its own.
"""

import json
import struct
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Annotated, Any

import fastavro
import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Meta, structs

from domain.events import Direction, Identifier, IdScanned, MissionStateChanged
from domain.identifiers import Scheme
from tests.vouched_events import (
    ANY_SCANS,
    ANY_STATES,
    EPOCH,
    USUAL_MS,
    USUAL_NUMBER_MAX,
    USUAL_SCANS,
    USUAL_STATES,
    USUAL_TEXT_BYTES_MAX,
)
from topics import avro
from topics.codec import BODY_AT, VOUCHED, Codec
from topics.registry import FileRegistry, current_schemas
from topics.vouching import SEEN_MAX, voucher

CODEC = Codec(FileRegistry())
SCHEMAS = {schema["name"]: schema for schema in current_schemas()}
PARSED = {
    name: fastavro.parse_schema(json.loads(json.dumps(SCHEMAS[name]).replace(', "logicalType": "uuid"', "")))
    for name in (record.__name__ for record in VOUCHED)
}
IOT_ID = "840cf5d5-0d1c-4b4f-9b55-0f9d3f1b8c11"
SCAN = msgspec.convert(
    {
        "event_id": IOT_ID,
        "occurred_at": "2026-03-10T12:00:00.123Z",
        "source": "pörtale",
        "node": "ITBRI-GATE-IN",
        "reader": "lane 2",
        "technology": "OCR",
        "identifiers": [
            {"scheme": "BIC", "value": "CSQU3054383", "confidence": 0.5},
            {"scheme": "PLATE", "value": "GA123BC"},
        ],
        "direction": "OUT",
        "conveyance": "TRAIN:41231-20260310",
    },
    IdScanned,
)
STATE = msgspec.convert(
    {
        "iot_id": IOT_ID,
        "revision": 300,
        "status": "IN_TRANSIT",
        "process": None,
        "changed_at": "2026-03-10T12:00:00Z",
        "last_node": "ITBRI-GATE-IN",
        "last_read_at": None,
        "next_node": "",
        "next_due_at": "2026-03-11T12:00:00Z",
        "nodes_reached": ["A", "é"],
        "customs_statuses": ["RELEASED"],
        "open_holds": [],
        "open_alerts": ["OVERDUE"],
        "reads": 3,
    },
    MissionStateChanged,
)
FRAMES = {event.__class__.__name__: CODEC.encode(event) for event in (SCAN, STATE)}
for _frame in FRAMES.values():
    CODEC.decode(_frame, *VOUCHED)  # only then the codec knows of what schema a frame is
MORE = 0x80


def plates_in(raw: bytes) -> list[bytes] | None:
    """What is marked in bytes that are vouched for; none for others."""
    given = CODEC.voucher(raw, *VOUCHED)
    marked = None if given is None else given.vouch(raw)
    return None if marked is None else [raw[BODY_AT:][begin:end] for begin, end in marked]


def is_vouched(raw: bytes) -> bool:
    return plates_in(raw) is not None


def held(value: object) -> Iterator[object]:
    """Everything in an event."""
    if isinstance(value, msgspec.Struct):
        value = structs.astuple(value)
    if isinstance(value, tuple):
        for part in value:
            yield from held(part)
    else:
        yield value


def check(raw: bytes) -> bool:
    """Whether bytes are vouched for; fails when they should not be."""
    if not is_vouched(raw):
        return False
    event: Any = CODEC.decode(raw, *VOUCHED)
    for each in held(event):
        if isinstance(each, datetime):
            assert 0 <= (each - EPOCH).total_seconds() * 1000 <= USUAL_MS[1]
        elif isinstance(each, int):
            assert 0 <= each <= USUAL_NUMBER_MAX
    # And somebody else who knows Avro reads the same.
    body = BytesIO(raw)
    body.seek(BODY_AT)
    read = fastavro.schemaless_reader(body, PARSED[type(event).__name__])
    assert body.tell() == len(raw)
    assert msgspec.convert(read, type(event)) == event
    held_plates = [one.value for one in getattr(event, "identifiers", ()) if one.scheme is Scheme.PLATE]
    assert plates_in(raw) == [text(plate.encode()) for plate in held_plates]
    return True


# What is vouched for --------------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(event=USUAL_SCANS | USUAL_STATES)
def test_every_usual_event_is_vouched_for(event: msgspec.Struct) -> None:
    assert check(CODEC.encode(event))


@settings(max_examples=300)
@given(event=ANY_SCANS | ANY_STATES)
def test_of_all_valid_events_only_the_seldom_ones_are_doubted(event: msgspec.Struct) -> None:
    vouched = check(CODEC.encode(event))
    every = list(held(event))
    longest = max((len(text.encode()) for text in every if isinstance(text, str)), default=0)
    numbers = [number for number in every if isinstance(number, int)]
    millis = [round((at - EPOCH).total_seconds() * 1000) for at in every if isinstance(at, datetime)]
    listed = [list(texts) for texts in structs.astuple(event) if isinstance(texts, tuple)]
    assert vouched == (
        all(one.value.isascii() for one in getattr(event, "identifiers", ()))
        and not any("" in texts for texts in listed)
        and longest <= USUAL_TEXT_BYTES_MAX
        and all(0 <= number <= USUAL_NUMBER_MAX for number in numbers)
        and all(USUAL_MS[0] <= ms <= USUAL_MS[1] for ms in millis)
    )


def test_a_state_with_64_nodes_is_doubted_and_read() -> None:
    def passing(nodes: int) -> bytes:
        return CODEC.encode(structs.replace(STATE, nodes_reached=("A",) * nodes))

    assert check(passing(63))
    assert not is_vouched(passing(64))
    assert len(CODEC.decode(passing(64), *VOUCHED).nodes_reached) == 64


def test_more_texts_than_are_remembered_are_vouched_for_too() -> None:
    for number in range(SEEN_MAX + 10):
        assert is_vouched(CODEC.encode(structs.replace(SCAN, node=f"N-{number}")))


# Damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", FRAMES.values(), ids=FRAMES)
def test_any_byte_changed_into_any_other(raw: bytes) -> None:
    for at in range(len(raw)):
        for byte in range(256):
            check(raw[:at] + bytes([byte]) + raw[at + 1 :])


@pytest.mark.parametrize("raw", FRAMES.values(), ids=FRAMES)
def test_any_byte_added_anywhere(raw: bytes) -> None:
    for at in range(len(raw) + 1):
        for byte in range(256):
            check(raw[:at] + bytes([byte]) + raw[at:])


@pytest.mark.parametrize("raw", FRAMES.values(), ids=FRAMES)
def test_bytes_left_out_anywhere_and_every_beginning(raw: bytes) -> None:
    for at in range(len(raw)):
        assert not is_vouched(raw[:at])
        assert not is_vouched(raw + raw[:at] if at else raw + b"\x00")
        for upto in range(at + 1, len(raw)):
            check(raw[:at] + raw[upto:])


@settings(max_examples=400)
@given(event=USUAL_SCANS | USUAL_STATES, data=st.data())
def test_any_event_with_some_bytes_changed_cut_or_doubled(event: msgspec.Struct, data: st.DataObject) -> None:
    raw = bytearray(CODEC.encode(event))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(BODY_AT, len(raw)))
        upto = data.draw(st.integers(at, min(len(raw), at + 4)))
        raw[at:upto] = data.draw(st.binary(max_size=10))
    check(bytes(raw))


@settings(max_examples=500)
@given(head=st.sampled_from([frame[:BODY_AT] for frame in FRAMES.values()]), body=st.binary(max_size=200))
def test_random_bytes(head: bytes, body: bytes) -> None:
    check(head + body)


# Hostile Avro ---------------------------------------------------------------------------------------------------


def varint(number: int, size: int = 1) -> bytes:
    """A number, zigzag, in at least so many bytes."""
    rest, written = (number << 1) ^ (number >> 63), bytearray()
    while rest >= MORE or len(written) < size - 1:
        written.append(rest & 0x7F | MORE)
        rest >>= 7
    return bytes([*written, rest])


WILD = st.builds(varint, st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(-70, 70), st.integers(1, 12))
USUAL_LONGS = st.integers(0, USUAL_NUMBER_MAX).map(varint)
TEXTS = st.sampled_from(
    [b"ITBRI-GATE-IN", b"CALL:A", b"A", b"", b"A\n", b"A" * 64, b"\xc3\xa9", b"\xc3", b"\xed\xa0\x80"]
)
UUIDS = st.sampled_from([IOT_ID, IOT_ID.upper(), IOT_ID.replace("-", ""), "{" + IOT_ID + "}", IOT_ID[:-1] + "g"])
DOUBLES = st.sampled_from(
    [0.0, -0.0, 0.5, 1.0, 5e-324, -5e-324, 1.0000000000000002, float("nan"), float("inf"), -1.0]
)


def text(raw: bytes) -> bytes:
    return varint(len(raw)) + raw


def bodies(schema: Any, known: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """What stands where a value of a schema belongs: now and then not what should."""
    if isinstance(schema, str):
        schema = known.get(schema, schema)
    if isinstance(schema, dict) and isinstance(schema["type"], dict):
        schema = schema["type"]
    match schema:
        case [_, some]:
            held = bodies(some, known)
            branches = st.sampled_from([varint(1), varint(1), varint(2), varint(-1), b"\x82\x00"]) | WILD
            return st.just(varint(0)) | st.builds(lambda branch, value: branch + value, branches, held)
        case {"type": "record", "name": name, "fields": fields}:
            known[name] = schema
            return st.tuples(*(bodies(field["type"], known) for field in fields)).map(b"".join)
        case {"type": "array", "items": items}:
            return arrays(bodies(items, known))
        case {"type": "enum", "name": name, "symbols": symbols}:
            known[name], last = schema, len(symbols) - 1
            return st.one_of(
                st.integers(0, last).map(varint), st.sampled_from([varint(last), varint(last + 1)]), WILD
            )
        case {"logicalType": str(name)} | {"type": str(name)} | str(name):
            return LEAVES[name]
    raise ValueError(schema)


def arrays(items: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    def one_block(held: list[bytes]) -> bytes:
        return varint(len(held)) + b"".join(held) + (varint(0) if held else b"")

    def sized(held: list[bytes]) -> bytes:
        return varint(-len(held)) + varint(sum(map(len, held))) + b"".join(held) + varint(0)

    def blocks(held: list[bytes]) -> bytes:
        return b"".join(varint(1) + each for each in held) + varint(0)

    several = st.lists(items, min_size=1, max_size=9)
    return st.one_of(several.map(one_block), several.map(one_block), several.map(sized), several.map(blocks), WILD)


LEAVES = {
    "string": st.one_of(TEXTS.map(text), TEXTS.map(text), st.binary(max_size=110).map(text), WILD),
    "uuid": st.one_of(
        st.uuids().map(lambda iot_id: text(str(iot_id).encode())), UUIDS.map(lambda t: text(t.encode()))
    ),
    "timestamp-millis": st.one_of(st.integers(*USUAL_MS).map(varint), st.integers(0, 1 << 44).map(varint), WILD),
    "long": st.one_of(USUAL_LONGS, WILD),
    "double": DOUBLES.map(struct.Struct("<d").pack),
}
HOSTILE = {name: bodies(SCHEMAS[name], {}) for name in FRAMES}


@pytest.mark.parametrize("name", FRAMES)
@settings(max_examples=500)
@given(data=st.data())
def test_whatever_stands_where_a_value_belongs(name: str, data: st.DataObject) -> None:
    check(FRAMES[name][:BODY_AT] + data.draw(HOSTILE[name]))


def parts(event: msgspec.Struct) -> list[bytes]:
    """The body of an event, field by field."""
    fields = SCHEMAS[type(event).__name__]["fields"]
    return [avro.writer({"type": "record", "name": "One", "fields": [field]})(event) for field in fields]


@pytest.mark.parametrize("name", FRAMES)
@settings(max_examples=400)
@given(data=st.data())
def test_one_field_is_anything(name: str, data: st.DataObject) -> None:
    event = {"IdScanned": SCAN, "MissionStateChanged": STATE}[name]
    fields = SCHEMAS[name]["fields"]
    at = data.draw(st.integers(0, len(fields) - 1))
    body = parts(event)
    assert b"".join(body) == FRAMES[name][BODY_AT:]
    body[at] = data.draw(bodies(fields[at]["type"], {}))
    check(FRAMES[name][:BODY_AT] + b"".join(body))


def with_confidence(confidence: float) -> bytes:
    return CODEC.encode(
        structs.replace(SCAN, identifiers=(Identifier(scheme=Scheme.BIC, value="A", confidence=confidence),))
    )


@pytest.mark.parametrize("confidence", [float("nan"), float("inf"), float("-inf"), -0.0, -5e-324, 1.0000000000000002])
def test_a_confidence_that_is_none_is_doubted(confidence: float) -> None:
    assert not is_vouched(with_confidence(confidence))


@pytest.mark.parametrize("confidence", [0.0, 5e-324, 0.1, 0.9999999999999999, 1.0])
def test_a_confidence_at_its_limits_is_vouched_for(confidence: float) -> None:
    assert check(with_confidence(confidence))


BOX = Identifier(scheme=Scheme.BIC, value="A")


@pytest.mark.parametrize(
    "wrong",
    [
        {"identifiers": ()},
        {"identifiers": (BOX,) * 9},
        {"identifiers": (structs.replace(BOX, value=""),)},
        {"source": ""},
        {"node": "A"},
        {"node": "itbri-gate-in"},
        {"node": "ITBRI-GATE-IN\n"},
        {"node": "A" * 41},
        {"conveyance": "BUS:41231"},
        {"conveyance": ""},
    ],
    ids=str,
)
def test_what_is_beyond_the_limits_of_a_field_is_doubted(wrong: dict[str, Any]) -> None:
    assert not is_vouched(CODEC.encode(structs.replace(SCAN, **wrong)))


def test_what_is_at_the_limits_of_a_field_is_vouched_for() -> None:
    for right in ({"identifiers": (BOX,) * 8}, {"node": "A" * 40}, {"source": "é"}, {"reader": "r" * 63}):
        assert check(CODEC.encode(structs.replace(SCAN, **right)))


@pytest.mark.parametrize("index", range(len(Direction), 64))
def test_a_symbol_that_no_enum_has_is_doubted(index: int) -> None:
    body = parts(SCAN)
    at = [field["name"] for field in SCHEMAS["IdScanned"]["fields"]].index("direction")
    body[at] = varint(1) + varint(index)
    assert not is_vouched(FRAMES["IdScanned"][:BODY_AT] + b"".join(body))


@example(branch=2)
@given(branch=st.integers(-(1 << 63), (1 << 63) - 1).filter(lambda branch: branch not in (0, 1)))
def test_a_branch_that_no_union_has_is_doubted(branch: int) -> None:
    body = parts(SCAN)
    body[-1] = varint(branch) + text(b"CALL:A")
    assert not is_vouched(FRAMES["IdScanned"][:BODY_AT] + b"".join(body))


# Who is asked ---------------------------------------------------------------------------------------------------


class Held(msgspec.Struct):
    """Where marks are found."""

    held: tuple[Identifier, ...]


class Named(msgspec.Struct):
    """With the same enum twice."""

    other: Scheme
    held: tuple[Identifier, ...]


class Certain(msgspec.Struct):
    """An identifier of another shape."""

    scheme: Scheme
    value: str
    confidence: Annotated[float, Meta(ge=0, le=1)]


class Sure(msgspec.Struct):
    """With identifiers of another shape."""

    held: tuple[Certain, ...]


class Twice(msgspec.Struct):
    """With two lists of identifiers."""

    held: tuple[Identifier, ...]
    more: tuple[Identifier, ...]


class Heavy(msgspec.Struct):
    """Of a limit that nobody walks by."""

    mass: Annotated[int, Meta(ge=1)]


SCHEME = {"type": "enum", "name": "Scheme", "symbols": ["BIC", "PLATE"]}
ONE = {"scheme": SCHEME, "value": "string", "confidence": ["null", "double"]}


def of_fields(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": each, "type": kind} for each, kind in fields.items()]}


def listed(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of_fields("One", fields)}


def test_what_is_marked_is_found_and_nothing_else() -> None:
    vouch = voucher(of_fields("Held", {"held": listed(ONE)}), Held, 1, "PLATE")
    for scheme, spans in ((2, [(2, 5)]), (0, [])):
        found = vouch(bytes((9, 2, scheme, 4)) + b"AB\x00\x00")
        assert found is not None
        assert list(found) == spans


def test_an_enum_may_be_known_by_its_name() -> None:
    vouch = voucher(of_fields("Named", {"other": SCHEME, "held": listed({**ONE, "scheme": "Scheme"})}), Named, 1)
    assert vouch(b"\x09\x02\x02\x02\x04AB\x00\x00") == ()
    assert vouch(b"\x09\x02\x02\x04\x04AB\x00\x00") is None


@pytest.mark.parametrize(
    ("fields", "record"),
    [
        ({"other": SCHEME, "held": listed({**ONE, "scheme": "Scheme"})}, "Named"),
        ({"held": listed({**ONE, "confidence": "double"})}, "Sure"),
        ({"held": listed(ONE), "more": {"type": "array", "items": "One"}}, "Twice"),
    ],
    ids=str,
)
def test_where_a_mark_might_be_missed_nobody_vouches(fields: dict[str, Any], record: str) -> None:
    """A plate would be stored as it is."""
    with pytest.raises(ValueError, match=f"nobody would find every PLATE of {record}"):
        voucher(of_fields(record, fields), globals()[record], 0, "PLATE")


def test_a_limit_that_it_does_not_know_is_refused_when_it_is_made() -> None:
    schema = {"type": "record", "name": "Heavy", "fields": [{"name": "mass", "type": "long"}]}
    with pytest.raises(ValueError, match="nobody vouches for IntType"):
        voucher(schema, Heavy, BODY_AT)


@pytest.mark.parametrize("raw", [None, b"", b"\x00\x00\x00", b"\x01" + FRAMES["IdScanned"][1:]])
def test_nobody_vouches_for_what_is_no_frame(raw: bytes | None) -> None:
    assert CODEC.voucher(raw, *VOUCHED) is None


def test_nobody_vouches_for_a_type_that_does_not_belong_there() -> None:
    assert CODEC.voucher(FRAMES["IdScanned"], MissionStateChanged) is None


def test_nobody_vouches_for_a_schema_that_was_not_looked_up() -> None:
    assert Codec(FileRegistry()).voucher(FRAMES["IdScanned"], *VOUCHED) is None
