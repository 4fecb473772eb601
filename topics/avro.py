"""Avro for the schemas of this release: a schema becomes a function that writes, and one that reads.

fastavro looks a schema up anew for every value, and asks of every union which branch it may be; half of what a record
cost a worker went there (docs/performance.md). Here all of that is asked once. It is fastavro that reads what other
releases wrote, by Avro's resolution rules, and to which the tests hold both functions byte by byte.

*Shape*: records are ``msgspec.Struct`` on the way in and dictionaries on the way out, UUIDs strings on the way out.
The types are those that our schemas use: records, enums, arrays, strings, longs, doubles, booleans, UUIDs,
``timestamp-millis``, and unions of null and one of them.
*Source*: Avro 1.11, binary encoding.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

Write = Callable[[Any], bytes]
Read = Callable[[bytes, int], tuple[Any, int]]
"""From where a value begins to the value and where it ends.

*Raises*: IndexError, KeyError, OverflowError, ValueError or ``struct.error`` for bytes that are no such value.
A string cut short shows in that it ends behind the last byte.
"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS, _SECOND_MS = 86_400_000, 1_000
_DOUBLE = struct.Struct("<d")
_NULL, _SOME = 0, 2
"""The branches of a union, as one zigzag byte."""
_MORE = 0x80
_LONG_BYTES_MAX = 10
_SIX_BYTES_MIN, _SIX_BYTES_MAX = 1 << 35, 1 << 42
"""What takes six bytes: the milliseconds of every moment from the summer of 1970 to the autumn of 2039."""
_HIGH_BITS, _HIGH_BITS_OF_SIX = 0x80_80_80_80_80_80, 0x00_80_80_80_80_80
_SHORT = tuple(bytes([n]) for n in range(_MORE))
_UUID_LENGTH = _SHORT[36 << 1]


def _write_long(number: int) -> bytes:
    rest = (number << 1) ^ (number >> 63)
    if rest < _MORE:
        return _SHORT[rest]
    written = bytearray()
    while rest >= _MORE:
        written.append(rest & 0x7F | _MORE)
        rest >>= 7
    written.append(rest)
    return bytes(written)


def _write_string(text: str) -> bytes:
    raw = text.encode()
    return _write_long(len(raw)) + raw


def _write_uuid(value: UUID) -> bytes:
    # In C; the text of a UUID made by itself takes six times as long.
    text: str = msgspec.to_builtins(value)
    return _UUID_LENGTH + text.encode()


def _write_moment(at: datetime) -> bytes:
    since = at - _EPOCH
    number = since.days * _DAY_MS + since.seconds * _SECOND_MS + since.microseconds // 1_000
    rest = number << 1
    if not _SIX_BYTES_MIN <= rest < _SIX_BYTES_MAX:
        return _write_long(number)
    return bytes(
        (
            rest & 0x7F | _MORE,
            rest >> 7 & 0x7F | _MORE,
            rest >> 14 & 0x7F | _MORE,
            rest >> 21 & 0x7F | _MORE,
            rest >> 28 & 0x7F | _MORE,
            rest >> 35,
        )
    )


def _write_boolean(value: bool) -> bytes:
    return _SHORT[value]


def _write_optional(write: Write) -> Write:
    null, some = _SHORT[_NULL], _SHORT[_SOME]

    def write_optional(value: Any) -> bytes:
        return null if value is None else some + write(value)

    return write_optional


def _write_array(write: Write) -> Write:
    def write_array(values: Sequence[Any]) -> bytes:
        if not values:
            return _SHORT[0]
        return _write_long(len(values)) + b"".join([write(value) for value in values]) + _SHORT[0]

    return write_array


def _write_enum(symbols: Sequence[str]) -> Write:
    return {symbol: _write_long(index) for index, symbol in enumerate(symbols)}.__getitem__


def _write_record(fields: Sequence[tuple[str, Write]]) -> Write:
    writes = [write for _, write in fields]
    # One name more than there are fields: of a single one attrgetter would give the value alone.
    values_of = attrgetter(*(name for name, _ in fields), "__class__")

    def write_record(value: Any) -> bytes:
        return b"".join([write(held) for write, held in zip(writes, values_of(value), strict=False)])

    return write_record


def _read_long(raw: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    for here in range(at, at + _LONG_BYTES_MAX):
        byte = raw[here]
        number |= (byte & 0x7F) << shift
        if byte < _MORE:
            return (number >> 1) ^ -(number & 1), here + 1
        shift += 7
    raise ValueError("a number of more than 10 bytes")


def _read_string(raw: bytes, at: int) -> tuple[str, int]:
    length = raw[at]
    if length & (_MORE | 1):  # neither short nor below zero
        length, at = _read_long(raw, at)
        if length < 0:
            raise ValueError("a length below zero")
    else:
        length, at = length >> 1, at + 1
    end = at + length
    return raw[at:end].decode(), end


def _read_moment(raw: bytes, at: int) -> tuple[datetime, int]:
    six = int.from_bytes(raw[at : at + 6], "little")
    if six & _HIGH_BITS != _HIGH_BITS_OF_SIX:
        since, at = _read_long(raw, at)
        return _EPOCH + timedelta(0, 0, 0, since), at
    number = (
        (six & 0x7F)
        | (six >> 1 & 0x7F << 7)
        | (six >> 2 & 0x7F << 14)
        | (six >> 3 & 0x7F << 21)
        | (six >> 4 & 0x7F << 28)
        | (six >> 5 & 0x7F << 35)
    )
    return _EPOCH + timedelta(0, 0, 0, (number >> 1) ^ -(number & 1)), at + 6


def _read_double(raw: bytes, at: int) -> tuple[float, int]:
    return _DOUBLE.unpack_from(raw, at)[0], at + _DOUBLE.size


def _read_boolean(raw: bytes, at: int) -> tuple[bool, int]:
    return (False, True)[raw[at]], at + 1


def _read_optional(read: Read) -> Read:
    def read_optional(raw: bytes, at: int) -> tuple[Any, int]:
        branch = raw[at]
        if branch == _NULL:
            return None, at + 1
        if branch == _SOME:
            return read(raw, at + 1)
        raise ValueError("no branch of the union")

    return read_optional


def _read_array(read: Read) -> Read:
    def read_array(raw: bytes, at: int) -> tuple[list[Any], int]:
        values: list[Any] = []
        while True:
            count, at = _read_long(raw, at)
            if count == 0:
                return values, at
            if count < 0:  # the block says how many bytes it has, for who would skip it
                _, at = _read_long(raw, at)
            for _ in range(abs(count)):
                value, at = read(raw, at)
                values.append(value)

    return read_array


def _read_enum(symbols: Sequence[str]) -> Read:
    by_index = dict(enumerate(symbols))

    def read_enum(raw: bytes, at: int) -> tuple[str, int]:
        index, at = _read_long(raw, at)
        return by_index[index], at

    return read_enum


def _read_record(fields: Sequence[tuple[str, Read]]) -> Read:
    def read_record(raw: bytes, at: int) -> tuple[dict[str, Any], int]:
        values = {}
        for name, read in fields:
            values[name], at = read(raw, at)
        return values, at

    return read_record


class _Kit(NamedTuple):
    """How functions are made: of the types without parts, and out of those of the parts."""

    plain: dict[str, Any]
    optional: Callable[[Any], Any]
    array: Callable[[Any], Any]
    enum: Callable[[Sequence[str]], Any]
    record: Callable[[Sequence[tuple[str, Any]]], Any]


_WRITING = _Kit(
    {
        "string": _write_string,
        "uuid": _write_uuid,
        "long": _write_long,
        "timestamp-millis": _write_moment,
        "double": _DOUBLE.pack,
        "boolean": _write_boolean,
    },
    _write_optional,
    _write_array,
    _write_enum,
    _write_record,
)
_READING = _Kit(
    {
        "string": _read_string,
        "uuid": _read_string,
        "long": _read_long,
        "timestamp-millis": _read_moment,
        "double": _read_double,
        "boolean": _read_boolean,
    },
    _read_optional,
    _read_array,
    _read_enum,
    _read_record,
)


def writer(schema: Any) -> Write:
    """What writes values of a schema. *Raises*: ValueError for a type that our schemas do not use."""
    made: Write = _made(schema, _WRITING, dict(_WRITING.plain))
    return made


def reader(schema: Any) -> Read:
    """What reads values of a schema. *Raises*: ValueError for a type that our schemas do not use."""
    made: Read = _made(schema, _READING, dict(_READING.plain))
    return made


def _made(schema: Any, kit: _Kit, known: dict[str, Any]) -> Any:
    """The function of a schema; ``known`` are those of the types that have a name, by it."""
    match schema:
        case str(name) | {"logicalType": str(name)} if name in known:
            return known[name]
        case ["null", some]:
            return kit.optional(_made(some, kit, known))
        case {"type": "array", "items": items}:
            return kit.array(_made(items, kit, known))
        case {"type": "enum", "name": str(name), "symbols": symbols}:
            return known.setdefault(name, kit.enum(symbols))
        case {"type": "record", "name": str(name), "fields": fields}:
            parts = [(field["name"], _made(field["type"], kit, known)) for field in fields]
            return known.setdefault(name, kit.record(parts))
        case {"type": inner} if not isinstance(inner, str) or inner in known:
            return _made(inner, kit, known)
    raise ValueError(f"no Avro type of ours: {schema!r:.80}")
