"""Whether bytes are surely an event of this release, found out without making one.

Making an event of a record costs many times what looking at its bytes does, and the sink wants none: ClickHouse reads
Avro itself. But it reads without looking: an enum's index out of range is memory that is not its own. So it is given
what was vouched for only, and everything else is read as ever, which tells what is wrong with it.

A schema becomes one regular expression for a whole record. Avro is made for that: what a value is follows from its
first byte, so that nothing is tried twice. Texts that stand side by side in many records, as those of a node and its
reader do, are only taken apart by it; they are read and judged when they are seen for the first time.

*Source*: Avro 1.11, binary encoding.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import count, groupby
from typing import Any

import msgspec
from msgspec import inspect, structs

from topics import avro

Span = tuple[int, int]
Vouch = Callable[[bytes], Sequence[Span] | None]
"""Where marked texts begin, each with the byte of its length, and end; counted from where the value begins.

None where only reading can tell what the bytes are: what is seldom is doubted as well, texts of 64 bytes or more for
one.
"""

SEEN_MAX = 4_096
SHORT_MAX = 63
"""The longest text, in bytes, and array whose length is one zigzag byte."""


def voucher(schema: Any, record: type[msgspec.Struct], begin: int, mark: str | None = None) -> Vouch:
    """What vouches for values of a record type in its Avro schema, by the limits of the type's own fields.

    *Shape*: values begin at ``begin``, and end with the bytes. In an array of records of an enum, a text and a double
    that may be null, texts are marked whose enum is ``mark``.
    *Raises*: ValueError for a type that it does not know, or that may hold ``mark`` anywhere else.
    """
    return _Voucher(schema, record, begin, mark).vouch


class _Texts:
    """Fields side by side that hold nothing but texts; *Shape*: ``right`` are those that were found to be so."""

    def __init__(self, fields: Sequence[Any], types: dict[str, Any]) -> None:
        self.right: set[bytes] = set()
        self._read = avro.reader({"type": "record", "name": "Texts", "fields": fields})
        self._type = msgspec.defstruct("Texts", [(field["name"], types[field["name"]]) for field in fields])

    def admit(self, raw: bytes) -> bool:
        """Whether bytes that were not seen before are right."""
        try:
            held, end = self._read(raw, 0)
            msgspec.convert(held, self._type)
        except (IndexError, ValueError):
            return False
        if end != len(raw):
            return False
        if len(self.right) >= SEEN_MAX:
            self.right.clear()
        self.right.add(raw)
        return True


class _Voucher:
    def __init__(self, schema: Any, record: type[msgspec.Struct], begin: int, mark: str | None) -> None:
        types = {field.name: field.type for field in structs.fields(record)}
        patterns, whole, groups = _Patterns(mark), list[bytes](), count(1)
        self._texts: list[tuple[int, _Texts]] = []
        self._marked = 0
        for texts, side_by_side in groupby(schema["fields"], lambda field: _is_text(field["type"])):
            fields = list(side_by_side)
            if texts:
                self._texts.append((next(groups), _Texts(fields, types)))
                whole.append(b"(%b)" % b"".join([_roughly(field["type"]) for field in fields]))
                continue
            for field in fields:
                pattern = patterns.of(field["type"], inspect.type_info(types[field["name"]]))
                if patterns.mark is not None and not self._marked:  # in this field
                    self._marked, pattern = next(groups), b"(%b)" % pattern
                whole.append(pattern)
        if patterns.enums_with_mark > bool(self._marked):
            raise ValueError(f"nobody would find every {mark} of {record.__name__}")
        self._match, self._begin = re.compile(b"".join(whole)).fullmatch, begin
        self._mark = patterns.mark

    def vouch(self, raw: bytes) -> Sequence[Span] | None:
        """See Vouch."""
        found = self._match(raw, self._begin)
        if found is None:
            return None
        for group, texts in self._texts:
            piece = found[group]
            if piece not in texts.right and not texts.admit(piece):
                return None
        if self._mark is None:
            return ()
        begin, end = found.span(self._marked)
        if raw.find(self._mark, begin, end) < 0:
            return ()
        return _spans(raw[self._begin : end - 1], begin + 1 - self._begin, self._mark)


class _Patterns:
    """Patterns of schemas, which match what is right and nothing else.

    *Shape*: ``mark`` is the enum's byte of marked texts, as soon as an array of records with any was met;
    ``enums_with_mark`` counts the places where an enum with that symbol stands, marked or not.
    """

    def __init__(self, mark: str | None) -> None:
        self.mark: int | None = None
        self.enums_with_mark = 0
        self._symbol = mark
        self._known: dict[str, Any] = {}

    def of(self, schema: Any, kind: inspect.Type) -> bytes:
        """The pattern of a schema. *Raises*: ValueError for one that it does not know."""
        while isinstance(kind, inspect.Metadata):
            kind = kind.type
        match self._by_name(schema), kind:
            case ["null", some], inspect.UnionType(types=types):
                (held,) = (each for each in types if not isinstance(each, inspect.NoneType))
                return _optional(self.of(some, held))
            case {"type": {"type": _} as inner}, _:
                return self.of(inner, kind)
            case {"type": "array", "items": items}, inspect.VarTupleType():
                self._look_for_mark(items)
                return _array(self.of(items, kind.item_type), kind)
            case {"type": "record", "fields": fields}, inspect.StructType():
                kinds = {field.name: field.type for field in kind.fields}
                return b"".join([self.of(field["type"], kinds[field["name"]]) for field in fields])
            case {"type": "enum", "symbols": symbols}, _:
                self.enums_with_mark += self._symbol in symbols
                return _any_of(range(0, 2 * len(symbols), 2))
            case named, _:
                return _leaf(named, kind)

    def _by_name(self, schema: Any) -> Any:
        """A schema, which may be given by the name of one before."""
        if isinstance(schema, dict) and "name" in schema:
            self._known[schema["name"]] = schema
        return self._known.get(schema, schema) if isinstance(schema, str) else schema

    def _look_for_mark(self, items: Any) -> None:
        match self._by_name(items):
            case {"fields": [{"type": enum}, {"type": "string"}, {"type": ["null", "double"]}]}:
                match self._by_name(enum):
                    case {"type": "enum", "symbols": symbols} if self._symbol in symbols:
                        self.mark = 2 * symbols.index(self._symbol)


_WIDTHS = {0: 1, 2: 9}
"""Of a double that may be null, by its first byte."""


def _spans(raw: bytes, at: int, mark: int) -> list[Span]:
    """Where texts behind a ``mark`` are, in records from ``at`` on of an enum, a text, and a double or null."""
    spans: list[Span] = []
    end = len(raw)
    while at < end:
        symbol, text = raw[at], at + 1
        at = text + 1 + (raw[text] >> 1)
        if symbol == mark:
            spans.append((text, at))
        at += _WIDTHS[raw[at]]
    return spans


def _any_of(numbers: Iterable[int]) -> bytes:
    return b"[%b]" % b"".join([rb"\x%02x" % number for number in numbers])


def _counted(counts: Iterable[int], pattern: bytes, behind: bytes = b"") -> bytes:
    """A byte that says how many, so many of what the pattern matches, and ``behind``; of none the byte alone."""
    some = [rb"\x%02x(?:%b){%d}%b" % (2 * count, pattern, count, behind) if count else rb"\x00" for count in counts]
    return b"(?:%b)" % b"|".join(some)


_ANY, _HIGH, _LOW = rb"[\x00-\xff]", rb"[\x80-\xff]", rb"[\x00-\x7f]"
_NOT_NEGATIVE = _any_of(range(0, 0x100, 2))
"""How a number begins: a zigzag byte is odd for what is below zero."""
_UUID = rb"\x48[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MOMENT = rb"(?=%b)%b{5}%b" % (_NOT_NEGATIVE, _HIGH, _LOW)
"""Of six bytes: not before 1970, and not after the autumn of 2039, which both Python and ClickHouse hold."""
_NUMBER = rb"(?=%b)%b{,3}%b" % (_NOT_NEGATIVE, _HIGH, _LOW)
_SHARE = rb"(?:%b{7}[\x00-\x3e]|%b{6}[\x00-\xef]\x3f|\x00{6}\xf0\x3f)" % (_ANY, _ANY)
"""From 0 to 1, little-endian."""


def _optional(pattern: bytes) -> bytes:
    return rb"(?:\x00|\x02%b)" % pattern


def _array(item: bytes, kind: inspect.VarTupleType) -> bytes:
    most = SHORT_MAX if kind.max_length is None else min(kind.max_length, SHORT_MAX)
    return _counted(range(kind.min_length or 0, most + 1), item, rb"\x00")


def _leaf(schema: Any, kind: inspect.Type) -> bytes:
    match schema, kind:
        case {"logicalType": "uuid"}, inspect.UUIDType():
            return _UUID
        case {"logicalType": "timestamp-millis"}, inspect.DateTimeType():
            return _MOMENT
        case "long", inspect.IntType(gt=None, lt=None, ge=None, le=None):
            return _NUMBER
        case "double", inspect.FloatType(gt=None, lt=None, ge=0, le=1):
            return _SHARE
        case "string", inspect.StrType(pattern=None):
            # Of other letters only reading tells how many they are.
            return _counted(range(kind.min_length or 0, min(kind.max_length or SHORT_MAX, SHORT_MAX) + 1), _LOW)
    raise ValueError(f"nobody vouches for {kind!r} in {schema!r:.80}")


def _is_text(schema: Any) -> bool:
    match schema:
        case "string":
            return True
        case ["null", inner] | {"type": "array", "items": inner}:
            return _is_text(inner)
    return False


def _roughly(schema: Any) -> bytes:
    """What texts look like from outside."""
    match schema:
        case ["null", some]:
            return _optional(_roughly(some))
        case {"type": "array"}:
            # Not by their count, which would be sixty-three patterns of sixty-three; an empty one looks like the end.
            return rb"(?:\x00|[\x02-\x7e]%b{1,%d}\x00)" % (_counted(range(1, SHORT_MAX + 1), _ANY), SHORT_MAX)
    return _counted(range(SHORT_MAX + 1), _ANY)
