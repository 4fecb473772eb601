"""What may be asked: one reading statement, and nothing that reaches beyond the store."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from sinks import complaint
from sinks.engine import NO_PARAMETERS, Engine, QueryRefused

READING = ("SELECT", "WITH", "SHOW", "DESCRIBE", "EXISTS", "EXPLAIN")

Check = Callable[[Sequence[str], Sequence[str], str | None], None]
"""Looks at the words of an admitted statement, at those of its identifiers in parameters, and at its database.

*Shape*: words as ClickHouse writes them, without the quotes of names. *Raises*: QueryRefused.
"""

_FORMAT = re.compile(r"[A-Za-z0-9]{1,40}")
_TOKEN = re.compile(r"'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\w+|[^\s\w]")


def answer(
    engine: Engine,
    sql: str,
    output_format: str,
    parameters: Mapping[str, str] = NO_PARAMETERS,
    database: str | None = None,
    check: Check | None = None,
) -> bytes:
    """The answer to ``sql``, if it is admitted, and ``check`` lets it pass.

    *Shape*: a FORMAT clause in ``sql`` wins over ``output_format``; ``parameters`` and ``database`` as in Engine.
    *Raises*: QueryRefused, or Unavailable for an outage.
    """
    if not _FORMAT.fullmatch(output_format):
        raise QueryRefused(complaint.UNKNOWN_FORMAT, "UNKNOWN_FORMAT", f"unknown format {output_format!r}")
    return engine.query(admitted(engine, sql, parameters, database, check), output_format, parameters, database)


def admitted(
    engine: Engine,
    sql: str,
    parameters: Mapping[str, str],
    database: str | None = None,
    check: Check | None = None,
) -> str:
    """``sql`` in ClickHouse's own spelling, if it only reads; that spelling is what must be carried out.

    ClickHouse's readonly setting stops changes. It does not stop three things that leave the store, which are
    stopped here: INTO OUTFILE, the function ``file`` and describing what lies behind a table function.
    *Raises*: QueryRefused saying what is not answered; a second statement is a syntax error.
    """
    plain = engine.query(f"SELECT formatQuerySingleLine({literal(sql)})", "RawBLOB").decode()
    tokens = _TOKEN.findall(plain)
    # ClickHouse itself took comments away and parentheses around the whole, so that the first word tells.
    if not tokens or tokens[0] not in READING:
        raise _refused(f"only {', '.join(READING)} are answered here")
    if ("INTO", "OUTFILE") in pairwise(tokens):
        raise _refused("INTO OUTFILE is not allowed here: redirect the answer instead")
    # As a word of any kind: arrayMap(file, …) calls it without parentheses, and quoting may hide it.
    named = parameters.values() if any(token.lower() == "identifier" for token in tokens) else ()
    if any("\\" in value for value in named):
        raise _refused("no escape is allowed in parameters beside an Identifier")
    words = [token.strip("`") for token in tokens]
    words_in_names = [token.strip("`") for token in _TOKEN.findall(" ".join(named))]
    if "file" in (*words, *words_in_names):
        raise _refused("the name `file` is not allowed here: as a function it reads any file of the machine")
    if tokens[:2] == ["DESCRIBE", "TABLE"] and tokens[2] != "(" and "(" in tokens:
        raise _refused("DESCRIBE answers for tables and subqueries only")
    if check is not None:
        check(words, words_in_names, database)
    return plain


def _refused(detail: str) -> QueryRefused:
    return QueryRefused(complaint.READONLY, "READONLY", detail)


def literal(text: str) -> str:
    """A text as SQL has it between quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
