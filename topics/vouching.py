"""Whether bytes are surely an event of this release, found out without making one.

Making an event of a record costs four times as much as walking along its bytes, and the sink wants none: ClickHouse
reads Avro itself. But it reads without looking: an enum's index out of range is memory that is not its own. So it is
given what was vouched for only, and everything else is read as ever, which tells what is wrong with it.

*Source*: Avro 1.11, binary encoding.
"""

import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import inspect

Vouch = Callable[[bytes, int], int]
"""From where a value begins to where it ends.

*Raises*: IndexError or ValueError where only reading can tell whether it is one: what is seldom is doubted as well,
strings of 64 bytes or more for one.
"""

DOUBTS = (IndexError, ValueError, struct.error)

SEEN_MAX = 4_096
_UUID = re.compile(rb"\x48[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DOUBLE = struct.Struct("<d")
_NULL, _SOME = 0, 2
"""The branches of a union, as one zigzag byte."""
_NO_SHORT = 0x81
"""Of one zigzag byte: it goes on, or is below zero."""
_MORE = 0x80
_NUMBER_BYTES_MAX = 4
_HIGH_BITS, _HIGH_BITS_OF_SIX = 0x80_80_80_80_80_80, 0x00_80_80_80_80_80
"""Moments of six bytes: from the summer of 1970 to the autumn of 2039."""


def voucher(schema: Any, record: type[msgspec.Struct]) -> Vouch:
    """What vouches for values of a record type in its Avro schema, by the limits of the type's own fields.

    *Raises*: ValueError for a type that it does not know.
    """
    return _made(schema, inspect.type_info(record), {})


def _made(schema: Any, kind: inspect.Type, known: dict[str, Any]) -> Vouch:
    """The function of a schema; ``known`` are the schemas that have a name."""
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(schema, str) and schema in known:
        schema = known[schema]
    match schema, kind:
        case ["null", some], inspect.UnionType(types=types):
            (held,) = (each for each in types if not isinstance(each, inspect.NoneType))
            return _optional(_made(some, held, known))
        case {"type": {"type": _} as inner}, _:
            return _made(inner, kind, known)
        case {"type": "array", "items": items}, inspect.VarTupleType(item_type=item):
            return _array(_made(items, item, known), kind.min_length or 0, kind.max_length)
        case {"type": "enum", "symbols": symbols}, _:
            known[schema["name"]] = schema
            return _enum(symbols)
        case {"type": "record", "fields": fields}, inspect.StructType(fields=held):
            known[schema["name"]] = schema
            kinds = {each.name: each.type for each in held}
            return _record([_made(field["type"], kinds[field["name"]], known) for field in fields])
    return _leaf(schema, kind)


def _leaf(schema: Any, kind: inspect.Type) -> Vouch:
    match schema, kind:
        case {"logicalType": "uuid"}, inspect.UUIDType():
            return _uuid
        case {"logicalType": "timestamp-millis"}, inspect.DateTimeType():
            return _moment
        case "string", inspect.StrType():
            return _string(kind)
        case "double", inspect.FloatType(gt=None, lt=None):
            return _double(kind)
        case "long", inspect.IntType(gt=None, lt=None, ge=None, le=None):
            return _number
    raise ValueError(f"nobody vouches for {kind!r} in {schema!r:.80}")


def _uuid(raw: bytes, at: int) -> int:
    found = _UUID.match(raw, at)
    if found is None:
        raise ValueError("no UUID")
    return found.end()


def _moment(raw: bytes, at: int) -> int:
    if int.from_bytes(raw[at : at + 6], "little") & _HIGH_BITS != _HIGH_BITS_OF_SIX or raw[at] & 1:
        raise ValueError("a moment of another length")
    return at + 6


def _number(raw: bytes, at: int) -> int:
    if raw[at] & 1:
        raise ValueError("below zero")
    for here in range(at, at + _NUMBER_BYTES_MAX):
        if raw[here] < _MORE:
            return here + 1
    raise ValueError("a large number")


def _string(kind: inspect.StrType) -> Vouch:
    shortest, longest = kind.min_length or 0, kind.max_length or _NO_SHORT
    pattern = re.compile(kind.pattern or "")
    seen: set[bytes] = set()

    def read(piece: bytes) -> None:
        text = piece.decode()
        if not shortest <= len(text) <= longest or pattern.search(text) is None:
            raise ValueError("a string out of bounds")
        if len(seen) >= SEEN_MAX:
            seen.clear()
        seen.add(piece)

    def vouch_string(raw: bytes, at: int) -> int:
        length = raw[at]
        if length & _NO_SHORT:
            raise ValueError("a long string")
        end = at + 1 + (length >> 1)
        piece = raw[at + 1 : end]
        if piece not in seen:
            read(piece)
        return end

    return vouch_string


def _double(kind: inspect.FloatType) -> Vouch:
    least = float("-inf") if kind.ge is None else kind.ge
    most = float("inf") if kind.le is None else kind.le

    def vouch_double(raw: bytes, at: int) -> int:
        if not least <= _DOUBLE.unpack_from(raw, at)[0] <= most:  # which is true of NaN
            raise ValueError("a number out of bounds")
        return at + _DOUBLE.size

    return vouch_double


def _enum(symbols: Sequence[str]) -> Vouch:
    indexes = frozenset(index << 1 for index in range(min(len(symbols), 64)))

    def vouch_enum(raw: bytes, at: int) -> int:
        if raw[at] not in indexes:
            raise ValueError("no symbol of the enum")
        return at + 1

    return vouch_enum


def _optional(vouch: Vouch) -> Vouch:
    def vouch_optional(raw: bytes, at: int) -> int:
        branch = raw[at]
        if branch == _NULL:
            return at + 1
        if branch == _SOME:
            return vouch(raw, at + 1)
        raise ValueError("no branch of the union")

    return vouch_optional


def _array(vouch: Vouch, fewest: int, most: int | None) -> Vouch:
    def vouch_array(raw: bytes, at: int) -> int:
        count = raw[at] >> 1
        if raw[at] & _NO_SHORT or count < fewest or (most is not None and count > most):
            raise ValueError("an array out of bounds")
        at += 1
        if not count:
            return at
        for _ in range(count):
            at = vouch(raw, at)
        if raw[at]:
            raise ValueError("an array of several blocks")
        return at + 1

    return vouch_array


def _record(parts: Sequence[Vouch]) -> Vouch:
    def vouch_record(raw: bytes, at: int) -> int:
        for vouch in parts:
            at = vouch(raw, at)
        return at

    return vouch_record
