"""Licence plates under pseudonyms: analysts can follow a vehicle without knowing whose it is.

There are so few plates that whoever has their plain hashes finds each by trying all. The hash is therefore keyed
(HMAC-SHA-256, RFC 2104), and it is computed here: the key never stands in a statement, where ClickHouse would log it.
"""

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial

from domain.identifiers import Scheme, check, plainest
from sinks.avro_rows import AvroRow
from sinks.rows import Columns

TABLE = "plates"
"""The only table with plates as they were told, beside the bytes of dead letters."""

MARK = "~"
"""What a pseudonym begins with, and no plate."""

HEX_DIGITS = 32
REMEMBERED_MAX = 1 << 16

_SCHEME = "scheme"
_TEXTS = ("resolved_by", "object_key", "subject", "sentence")
"""Columns in which a plate may stand as ``PLATE:VALUE``; in all but sentences the value goes to the end."""

_KEY = re.compile(rf"(?<={Scheme.PLATE.value}:)(?!{MARK}).+", re.DOTALL)
_IN_SENTENCE = re.compile(rf"(?<={Scheme.PLATE.value}:)(?!{MARK})[^\s,;]*[^\s,;.]")


class Plates:
    """Gives licence plates pseudonyms.

    *Guarantee*: one key gives one vehicle one pseudonym, however its plate was written, in every process.
    """

    def __init__(self, key: bytes) -> None:
        self.key_id = hmac.digest(key, b"key id", "sha256").hex()[:8]
        self._pairs: dict[str, tuple[tuple[str, str], ...]] = {}
        self.pseudonym = lru_cache(maxsize=REMEMBERED_MAX)(partial(_pseudonym, key))
        self._in_avro = lru_cache(maxsize=REMEMBERED_MAX)(self._avro_string)

    def hidden(self, table: str, columns: Mapping[str, object], seen: set[str]) -> Mapping[str, object]:
        """A row of a table with pseudonyms for plates; those that it held are added to ``seen``.

        *Shape*: plates are the values beside a scheme ``PLATE``, in lists too, and ``PLATE:VALUE`` in texts. A row
        without any is returned as it is; a pseudonym stays one.
        """
        pairs = self._pairs.get(table)
        if pairs is None:
            pairs = self._pairs[table] = _pairs(columns)
        changed: Columns = {}
        for scheme, value in pairs:
            schemes, held = columns[scheme], columns[value]
            if schemes == Scheme.PLATE:
                changed[value] = self._other(held, seen)
            elif isinstance(schemes, list) and isinstance(held, list) and Scheme.PLATE in schemes:
                # Of unequal length they are none of ours, and ClickHouse refuses them.
                both = zip(schemes, held, strict=True) if len(schemes) == len(held) else ((None, one) for one in held)
                changed[value] = [self._other(one, seen) if its == Scheme.PLATE else one for its, one in both]
        for name in _TEXTS:
            text = columns.get(name)
            if isinstance(text, str) and Scheme.PLATE in text:
                pattern = _IN_SENTENCE if name == "sentence" else _KEY
                changed[name] = pattern.sub(lambda found: self._hidden(found[0], seen), text)
        return {**columns, **changed} if changed else columns

    def hidden_in_avro(self, row: AvroRow, seen: set[str]) -> AvroRow:
        """The same of a row in Avro, in which is known where they are."""
        avro, moved = row.avro, 0
        for begin, end in row.plates:
            string, told = self._in_avro(avro[moved + begin : moved + end], row.kept)
            seen.update(told)
            avro = avro[: moved + begin] + string + avro[moved + end :]
            moved += len(string) - (end - begin)
        return AvroRow(avro, row.topic, row.partition, row.offset)

    def rows(self, values: Sequence[str]) -> list[Columns]:
        """What the restricted table holds of these plates."""
        return [{"pseudonym": self.pseudonym(value), "value": value, "key_id": self.key_id} for value in values]

    def _avro_string(self, string: bytes, kept: int) -> tuple[bytes, set[str]]:
        """A short Avro string, with a pseudonym behind its first ``kept`` characters, and what stood there."""
        text, told = string[1:].decode(), set[str]()
        hidden = (text[:kept] + self._hidden(text[kept:], told)).encode()
        return bytes((len(hidden) << 1,)) + hidden, told

    def _other(self, value: object, seen: set[str]) -> object:
        return self._hidden(value, seen) if isinstance(value, str) else value

    def _hidden(self, value: str, seen: set[str]) -> str:
        if value.startswith(MARK):
            return value
        seen.add(value)
        return self.pseudonym(value)


def _pseudonym(key: bytes, value: str) -> str:
    # In its plainest form: one side may name the country and not the other, or write it with dashes.
    plain = plainest(check(Scheme.PLATE, value)).value
    return MARK + hmac.digest(key, plain.encode("utf-8", "surrogatepass"), "sha256").hex()[:HEX_DIGITS]


def _pairs(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The columns that hold a scheme, each with that of its value."""
    values = {name: name.removesuffix(_SCHEME) + "value" for name in names if name.endswith(_SCHEME)}
    return tuple(values.items())
