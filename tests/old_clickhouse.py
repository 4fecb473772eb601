"""What makes Debian's ClickHouse 18.16 pass for one that the product can use.

It has no DateTime64, no Bool, no CREATE OR REPLACE VIEW, no views that work something out every minute, no comments
of tables and no formatQuerySingleLine. Only
statements of the schema are translated, and the check of what may be asked is carried out by the embedded engine;
connecting, inserting, asking and failing is the product's own code.

As a program it is ``missionpath`` with that translation: ``python -m tests.old_clickhouse worker sink``.
"""

import re
import sys
from collections.abc import Callable, Mapping

from chdb import query as embedded_query
from clickhouse_driver import errors

from runtime.errors import Fatal
from sinks import complaint, migrate, server_http
from sinks.cluster import SHARDED_BY, SUFFIX
from sinks.engine import DATABASE, NO_PARAMETERS, QueryRefused
from sinks.server import ServerEngine

_PLAIN: tuple[tuple[str, str], ...] = (
    (r"LowCardinality\((Nullable\(\w+\)|\w+)\)", r"\1"),
    (r"DateTime64\(3(?:, 'UTC')?\)", "DateTime"),
    (r"now64\(3\)", "now()"),
    (r"\bBool\b", "UInt8"),
    (r"DEFAULT true", "DEFAULT 1"),
    (r"DEFAULT false", "DEFAULT 0"),
    (r"\sCOMMENT\s+'[^']*'", ""),
    (r"SETTINGS fsync\w+ = 1, fsync\w+ = 1", ""),
    (r" SYNC$", ""),
    (r"(ADD|DROP) COLUMN IF (?:NOT )?EXISTS", r"\1 COLUMN"),
)
_NAMES = {code: name for name, code in vars(errors.ErrorCodes).items() if isinstance(code, int)}
_execute, _query = ServerEngine.execute, ServerEngine.query


def translate(replace: Callable[[object, str, object], None] = setattr) -> None:
    """Let every ServerEngine of this process speak to an 18.16."""
    replace(migrate, "OLDEST_SERVER", (18, 16))
    # It collects no inserts, and over HTTP may be told of no setting that it does not know.
    replace(server_http, "INSERT", {name: how for name, how in server_http.INSERT.items() if name != "async_insert"})
    replace(ServerEngine, "execute", _execute_old)
    replace(ServerEngine, "query", _query_old)


def translated(sql: str) -> list[str]:
    """What an 18.16 carries out in place of ``sql``."""
    # Nor has it events of a release before to be told anew.
    if re.search(r"\sCOMMENT COLUMN\s|\sREFRESH EVERY\s|^INSERT INTO\s", sql):
        return []
    for pattern, plain in _PLAIN:
        sql = re.sub(pattern, plain, sql)
    # Nor does it change a distributed table on all hosts: it holds nothing, and is made anew.
    if changed := re.match(r"ALTER TABLE (\S*?(\w+)`?) (ON CLUSTER `(\w+)`)", sql):
        name, table, on_cluster, cluster = changed.groups()
        if not table.endswith(SUFFIX):
            engine = f"Distributed('{cluster}', '{DATABASE}', '{table}{SUFFIX}', {SHARDED_BY[table]})"
            made = f"CREATE TABLE {name} {on_cluster} AS {name}{SUFFIX} ENGINE = {engine}"
            return [f"DROP TABLE {name} {on_cluster}", made]
        # Nor a sorting key, there.
        sql = re.sub(r",\s*MODIFY ORDER BY \([^)]*\)", "", sql)
    if replaced := re.match(r"CREATE OR REPLACE VIEW (\S+(?: ON CLUSTER \S+)?)", sql):
        return [f"DROP TABLE IF EXISTS {replaced[1]}", sql.replace("OR REPLACE ", "", 1)]
    return [sql]


def asked(sql: str) -> str:
    """What an 18.16 is asked in place of ``sql``: it has no EXPLAIN, and one ARRAY JOIN a query."""
    sql = sql.removeprefix("EXPLAIN ")
    return re.sub(r"(\w+ ARRAY JOIN units) ARRAY JOIN", r"(SELECT * FROM \1) ARRAY JOIN", sql)


def _execute_old(self: ServerEngine, sql: str) -> None:
    for statement in translated(sql):
        try:
            _execute(self, statement)
        except Fatal as error:
            # It has no ADD COLUMN IF NOT EXISTS.
            if not any(name in str(error) for name in ("(ILLEGAL_COLUMN", "(DUPLICATE_COLUMN", "(NOT_FOUND_COLUMN")):
                raise


def _query_old(
    self: ServerEngine,
    sql: str,
    output_format: str,
    parameters: Mapping[str, str] = NO_PARAMETERS,
    database: str | None = None,
) -> bytes:
    try:
        if sql.startswith("SELECT formatQuerySingleLine("):
            return bytes(embedded_query(sql, output_format).bytes())
        return _query(self, asked(sql), output_format, parameters, database)
    except QueryRefused as error:
        # It says the code alone.
        raise QueryRefused(error.code, _NAMES[error.code], error.detail) from None
    except RuntimeError as error:
        raise complaint.of_query(str(error)) from None


if __name__ == "__main__":
    from cli import pipeline
    from cli.main import main

    translate()
    pipeline.COMMAND = (sys.executable, "-m", "tests.old_clickhouse")
    main()
