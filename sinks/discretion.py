"""What an analyst may not ask of the embedded ClickHouse: it has one user, so that the statement must tell.

A server has roles for it (deploy/clickhouse/analyst.sql).
"""

from collections.abc import Sequence
from itertools import pairwise

from sinks import complaint, plates
from sinks.engine import DATABASE, Engine, QueryRefused

RESTRICTED = frozenset({plates.TABLE, "v_plates", "dead_letters", "v_dead_letters", "v_open_dead_letters"})
"""Tables that hold plates as they were told, and the views on them; dead letters hold bytes of any record."""

SYSTEM = "system"
_SYSTEM_TABLES = frozenset({
    "build_options", "columns", "contributors", "data_type_families", "databases", "formats", "functions", "keywords",
    "numbers", "numbers_mt", "one", "settings", "table_engines", "table_functions", "tables", "time_zones", "zeros",
    "zeros_mt",
})  # fmt: skip
"""Those that tools ask for, and that say nothing of what is stored; others show statements under way, with rows."""

_TABLE_FUNCTIONS = frozenset({
    "format", "generateRandom", "generateSeries", "generate_series", "null", "numbers", "numbers_mt", "primes",
    "values", "zeros", "zeros_mt",
})  # fmt: skip
"""Those that read no table; others are told one in a text, which may be put together."""

_SHOWN = frozenset(
    {"COLUMNS", "CREATE", "DATABASES", "EXTENDED", "FULL", "FUNCTIONS", "INDEXES", "SETTINGS", "TABLES"}
)


class Discretion:
    """Refuses what would show more than the ordinary tables, by the words of the statement as ClickHouse spells it.

    It may refuse too much, a column that is called like a restricted table for example, and never too little.
    """

    def __init__(self, engine: Engine) -> None:
        found = engine.query("SELECT name FROM system.table_functions", "TSV").decode().split()
        self._reaching = frozenset(found) - _TABLE_FUNCTIONS

    def check(self, words: Sequence[str], words_in_names: Sequence[str], database: str | None) -> None:
        """Let a statement pass; see Check.

        *Raises*: QueryRefused naming what is not shown.
        """
        if database is not None:
            self._see_to_database(database)
        if SYSTEM in words_in_names:
            raise _denied("no parameter may name the database system")
        for word in (*words, *words_in_names):
            # A quoted name may hold a dot.
            for part in word.split("."):
                if part in RESTRICTED:
                    raise _denied(f"{part} is not for analysts")
        for word, following in pairwise(words):
            if following == "(" and word in self._reaching:
                raise _denied(f"the table function {word} is not for analysts")
        if words[0] == "SHOW" and words[1] not in _SHOWN:
            raise _denied(f"SHOW {words[1]} is not for analysts")
        for database_word, dot, table in zip(words, words[1:], words[2:], strict=False):
            if database_word == SYSTEM and dot == "." and table not in _SYSTEM_TABLES:
                raise _denied(f"system.{table} is not for analysts")

    def _see_to_database(self, database: str) -> None:
        if database not in (DATABASE, "information_schema", "INFORMATION_SCHEMA"):
            raise _denied(f"the database {database} is not for analysts")


def _denied(detail: str) -> QueryRefused:
    return QueryRefused(complaint.ACCESS_DENIED, "ACCESS_DENIED", f"not enough privileges: {detail}")
