"""Whether bytes are surely an event of this release, found out without making one.

Making an event of a record costs five times as much as walking along its bytes, and the sink wants none: ClickHouse
reads Avro itself. But it reads without looking: an enum's index out of range is memory that is not its own. So it is
given what was vouched for only, and everything else is read as ever, which tells what is wrong with it.

The walk of a schema is one function without calls, put together as text and compiled, as dataclasses do with
``__init__``: of functions that call each other (``topics/avro.py``) it would take twice as long.

*Source*: Avro 1.11, binary encoding.
"""

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

Span = tuple[int, int]
Vouch = Callable[[bytes, int, list[Span]], int]
"""From where a value begins to where it ends; where marked texts in it begin and end is added to the list.

*Raises*: DOUBTS where only reading can tell whether it is one: what is seldom is doubted as well, strings of 64 bytes
or more for one.
"""


class Mark(NamedTuple):
    """Which texts are marked: those of the field ``text`` where the field ``enum`` before it is ``symbol``."""

    enum: str
    symbol: str
    text: str


DOUBTS = (IndexError, ValueError, struct.error)

SEEN_MAX = 4_096
SHORT_MAX = 63
"""The longest text, in bytes, and array whose length is one zigzag byte."""
_UUID = re.compile(rb"\x48[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT = re.compile(rb"[\x80-\xff]{5}[\x00-\x7f]")
"""Of six bytes: not before 1970, and not after the autumn of 2039, which both Python and ClickHouse hold."""
_NUMBER = re.compile(rb"[\x80-\xff]{,3}[\x00-\x7f]")
_KNOWN = {
    "match_uuid": _UUID.match,
    "match_moment": _MOMENT.match,
    "match_number": _NUMBER.match,
    "double_at": struct.Struct("<d").unpack_from,
}

# Each walks over one value at `at`, and leaves `at` behind it. A zigzag byte is odd for what is below zero.
_WALK_UUID = """
found = match_uuid(raw, at)
if found is None: raise ValueError
at += 37
"""
_WALK_MOMENT = """
if raw[at] & 1 or match_moment(raw, at) is None: raise ValueError
at += 6
"""
_WALK_NUMBER = """
found = match_number(raw, at)
if found is None or raw[at] & 1: raise ValueError
at = found.end()
"""
_WALK_STRING = """
if raw[at] & 0x81: raise ValueError
end = at + 1 + (raw[at] >> 1)
piece = raw[at + 1 : end]
if piece not in {name}: {name}.add(piece)
at = end
"""
_WALK_FREE_STRING = """
if raw[at] & 0x81: raise ValueError
end = at + 1 + (raw[at] >> 1)
piece = raw[at + 1 : end]
if not ({shortest} <= len(piece) <= {longest} and piece.isascii()) and piece not in {name}: {name}.add(piece)
at = end
"""
_WALK_DOUBLE = """
if not {least!r} <= double_at(raw, at)[0] <= {most!r}: raise ValueError
at += 8
"""
_WALK_ENUM = """
if raw[at] & 0x81 or raw[at] > {last}: raise ValueError
at += 1
"""
_WALK_MARKING = """
{name} = raw[at] == {index}
"""
_WALK_MARKED = """
begin = at
{text}
if {name}: marked.append((begin, at))
"""
_WALK_OPTIONAL = """
at += 1
if raw[at - 1] == 2:
{some}
elif raw[at - 1]: raise ValueError
"""
_WALK_ARRAY = """
{name} = raw[at] >> 1
if raw[at] & 0x81 or not {fewest} <= {name} <= {most}: raise ValueError
at += 1
if {name}:
    for {name} in range({name}):
{item}
    if raw[at]: raise ValueError
    at += 1
"""


class _Seen(set[bytes]):
    """Texts that are within the limits of a field; *Raises*: ValueError when another is added."""

    def __init__(self, kind: inspect.StrType) -> None:
        super().__init__()
        self.shortest, self.longest = kind.min_length or 0, kind.max_length or SHORT_MAX
        self._pattern = re.compile(kind.pattern or "")

    def add(self, piece: bytes) -> None:
        text = piece.decode()
        if not self.shortest <= len(text) <= self.longest or self._pattern.search(text) is None:
            raise ValueError
        if len(self) >= SEEN_MAX:
            self.clear()
        super().add(piece)


def voucher(schema: Any, record: type[msgspec.Struct], mark: Mark | None = None) -> Vouch:
    """What vouches for values of a record type in its Avro schema, by the limits of the type's own fields.

    *Raises*: ValueError for a type that it does not know.
    """
    walk = _Walk(mark)
    body = _indented(walk.over(schema, inspect.type_info(record)))
    exec(f"def vouch(raw, at, marked):{body}    return at", walk.names)
    vouch: Vouch = walk.names["vouch"]
    return vouch


class _Walk:
    """Puts the text of a walk together; *Shape*: ``names`` are what it uses."""

    def __init__(self, mark: Mark | None) -> None:
        self._mark = mark
        self.names: dict[str, Any] = dict(_KNOWN)
        self._schemas: dict[str, Any] = {}
        self._new_names: Iterator[str] = (f"name_{number}" for number in count())

    def over(self, schema: Any, kind: inspect.Type) -> str:
        """The text for values of a schema."""
        while isinstance(kind, inspect.Metadata):
            kind = kind.type
        schema = self._named(schema)
        match schema, kind:
            case ["null", some], inspect.UnionType(types=types):
                (held,) = (each for each in types if not isinstance(each, inspect.NoneType))
                return _WALK_OPTIONAL.format(some=_indented(self.over(some, held)))
            case {"type": {"type": _} as inner}, _:
                return self.over(inner, kind)
            case {"type": "array", "items": items}, inspect.VarTupleType():
                return self._over_array(items, kind)
            case {"type": "record", "fields": fields}, inspect.StructType(fields=held):
                return self._over_fields(fields, {each.name: each.type for each in held})
        return self._over_leaf(schema, kind)

    def _over_fields(self, fields: Any, kinds: Mapping[str, inspect.Type]) -> str:
        schemas = {field["name"]: field["type"] for field in fields}
        walks = {name: self.over(schema, kinds[name]) for name, schema in schemas.items()}
        mark = self._mark
        if mark is not None and mark.enum in walks and mark.text in walks:
            name, symbols = next(self._new_names), self._named(schemas[mark.enum])["symbols"]
            marking = _WALK_MARKING.format(name=name, index=2 * symbols.index(mark.symbol))
            walks[mark.enum] = marking + walks[mark.enum]
            walks[mark.text] = _WALK_MARKED.format(name=name, text=walks[mark.text])
        return "".join(walks.values())

    def _named(self, schema: Any) -> Any:
        """A schema, which may be given by the name of one before."""
        if isinstance(schema, dict) and "name" in schema:
            self._schemas[schema["name"]] = schema
        return self._schemas.get(schema, schema) if isinstance(schema, str) else schema

    def _over_array(self, items: Any, kind: inspect.VarTupleType) -> str:
        name, item = next(self._new_names), _indented(self.over(items, kind.item_type), 2)
        most = SHORT_MAX if kind.max_length is None else kind.max_length
        return _WALK_ARRAY.format(name=name, item=item, fewest=kind.min_length or 0, most=most)

    def _over_leaf(self, schema: Any, kind: inspect.Type) -> str:
        match schema, kind:
            case {"type": "enum", "symbols": symbols}, _:
                return _WALK_ENUM.format(last=2 * (len(symbols) - 1))
            case {"logicalType": "uuid"}, inspect.UUIDType():
                return _WALK_UUID
            case {"logicalType": "timestamp-millis"}, inspect.DateTimeType():
                return _WALK_MOMENT
            case "long", inspect.IntType(gt=None, lt=None, ge=None, le=None):
                return _WALK_NUMBER
            case "double", inspect.FloatType(
                gt=None, lt=None, ge=int() | float() as least, le=int() | float() as most
            ):
                return _WALK_DOUBLE.format(least=least, most=most)  # which no NaN is between
            case "string", inspect.StrType():
                name, seen = next(self._new_names), _Seen(kind)
                self.names[name] = seen
                walk = _WALK_STRING if kind.pattern else _WALK_FREE_STRING
                return walk.format(name=name, shortest=seen.shortest, longest=seen.longest)
        raise ValueError(f"nobody vouches for {kind!r} in {schema!r:.80}")


def _indented(text: str, levels: int = 1) -> str:
    return text.replace("\n", "\n" + " " * 4 * levels).rstrip(" ")
