"""What ClickHouse says when it refuses, and what follows from it.

*Source*: error codes of ClickHouse's ``src/Common/ErrorCodes.cpp``.
"""

import re
from dataclasses import dataclass

from runtime.errors import ConfigError, Fatal, MissionpathError, Unavailable
from sinks.engine import QueryRefused, RowsRefused

READONLY = 164
UNKNOWN_TABLE = 60
UNKNOWN_FORMAT = 73
UNKNOWN_DATABASE = 81
ACCESS_DENIED = 497
AUTHENTICATION_FAILED = 516

_ROW_AT_FAULT = frozenset({
    6,  # CANNOT_PARSE_TEXT
    25,  # CANNOT_PARSE_ESCAPE_SEQUENCE
    26,  # CANNOT_PARSE_QUOTED_STRING
    27,  # CANNOT_PARSE_INPUT_ASSERTION_FAILED
    32,  # ATTEMPT_TO_READ_AFTER_EOF
    33,  # CANNOT_READ_ALL_DATA
    38,  # CANNOT_PARSE_DATE
    41,  # CANNOT_PARSE_DATETIME
    53,  # TYPE_MISMATCH
    69,  # ARGUMENT_OUT_OF_BOUND
    70,  # CANNOT_CONVERT_TYPE
    72,  # CANNOT_PARSE_NUMBER
    117,  # INCORRECT_DATA
    130,  # CANNOT_READ_ARRAY_FROM_TEXT
    131,  # TOO_LARGE_STRING_SIZE
    190,  # SIZES_OF_ARRAYS_DONT_MATCH
    321,  # VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
    349,  # CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
    376,  # CANNOT_PARSE_UUID
    407,  # DECIMAL_OVERFLOW
    467,  # CANNOT_PARSE_BOOL
    469,  # VIOLATED_CONSTRAINT
})  # fmt: skip

_NOT_LET_IN = frozenset({
    192,  # UNKNOWN_USER
    193,  # WRONG_PASSWORD
    194,  # REQUIRED_PASSWORD
    195,  # IP_ADDRESS_NOT_ALLOWED
    AUTHENTICATION_FAILED,
})  # fmt: skip

_STORE_AWAY = frozenset({
    74,  # CANNOT_READ_FROM_FILE_DESCRIPTOR
    75,  # CANNOT_WRITE_TO_FILE_DESCRIPTOR
    76,  # CANNOT_OPEN_FILE
    77,  # CANNOT_CLOSE_FILE
    172,  # CANNOT_CREATE_DIRECTORY
    204,  # CANNOT_FSYNC
    209,  # SOCKET_TIMEOUT
    210,  # NETWORK_ERROR
    214,  # CANNOT_STATVFS
    243,  # NOT_ENOUGH_SPACE
    279,  # ALL_CONNECTION_TRIES_FAILED
    298,  # CANNOT_PIPE
    425,  # SYSTEM_ERROR
    521,  # ATOMIC_RENAME_FAIL
    999,  # KEEPER_EXCEPTION
    1000,  # POCO_EXCEPTION, which is how a failing file system speaks
    1001,  # STD_EXCEPTION, the same
})  # fmt: skip

_STORE_BUSY = frozenset({
    159,  # TIMEOUT_EXCEEDED
    202,  # TOO_MANY_SIMULTANEOUS_QUERIES
    236,  # ABORTED
    241,  # MEMORY_LIMIT_EXCEEDED
    242,  # TABLE_IS_READ_ONLY
    252,  # TOO_MANY_PARTS
})  # fmt: skip

_CODE = re.compile(r"Code: (\d+)")
_NAME = re.compile(r"\(([A-Z][A-Z0-9_]{2,})\)")
# As ClickHouse names it, and as clickhouse-driver does.
_COLUMN = re.compile(
    r"(?:while reading the value of key |Elements '|for column \"|Column (?!values: ))([A-Za-z0-9_.]+)"
)
_NOISE = (
    re.compile(r"\.? Stack trace: .*$"),
    re.compile(r"^(?:Code: \d+\. )?(?:DB::\w+: )?(?:Code: \d+\. DB::\w+: )*"),
    re.compile(r"(?:\s*\((?:version [\d.]+|[A-Z][A-Z0-9_]{2,})\)\.?)+\s*$"),
    re.compile(r"\.? Expected one of: .*$"),
    # The read-only check hands the statement to a function of ClickHouse: that one is not the analyst's.
    re.compile(r"[.:]* In scope SELECT formatQuerySingleLine\(.*$"),
)
_TEXT_MAX = 500


@dataclass(frozen=True, slots=True)
class Complaint:
    """One error of ClickHouse, taken apart; *Shape*: ``text`` is one line and may quote values."""

    code: int
    name: str
    column: str | None
    text: str


def parse(message: str) -> Complaint:
    """Take apart what ClickHouse said; what is not in its usual form gets code 0."""
    code, column, names = _CODE.search(message), _COLUMN.search(message), _NAME.findall(message)
    return Complaint(
        code=int(code[1]) if code else 0,
        name=names[-1] if names else "UNKNOWN",
        column=column[1] if column else None,
        text=_one_line(message),
    )


def _one_line(message: str) -> str:
    text = " ".join(message.split())
    for noise in _NOISE:
        text = noise.sub("", text)
    return text.rstrip(" .:")[:_TEXT_MAX]


def of_login(where: str, database: str, message: str) -> ConfigError | None:
    """What it means when a server lets nobody in: a wrong user or password, or no such ``database``; else none."""
    said = parse(message)
    # An analyst may well name a database that is none: only that of the setting must be there.
    if said.code in _NOT_LET_IN or (said.code == UNKNOWN_DATABASE and database in message):
        return ConfigError(f"{where}: {said.text} ({said.name}, code {said.code})")
    return None


def of_insert(table: str, message: str) -> MissionpathError:
    """What a failed insert means.

    *Shape*: without ClickHouse's text, which quotes values.
    """
    said = parse(message)
    if said.code in _ROW_AT_FAULT:
        return RowsRefused(table, said.column, said.code, said.name)
    if said.code in _STORE_AWAY | _STORE_BUSY:
        return Unavailable(f"ClickHouse cannot take rows of {table} now: {said.name} (code {said.code})")
    # A missing table or column is nobody's bad row: as dead letters, all rows would leave one by one.
    return Fatal(f"ClickHouse takes no rows of {table}: {said.name} (code {said.code})")


def of_query(message: str) -> MissionpathError:
    """What a failed query means: too much time or memory is the query's own fault."""
    said = parse(message)
    if said.code in _STORE_AWAY:
        return Unavailable(f"ClickHouse cannot read now: {said.text} ({said.name}, code {said.code})")
    return QueryRefused(said.code, said.name, said.text)


def of_statement(message: str) -> MissionpathError:
    """What a failed change of the schema means."""
    said = parse(message)
    text = f"{said.text} ({said.name}, code {said.code})"
    if said.code in _STORE_AWAY | _STORE_BUSY:
        return Unavailable(f"ClickHouse cannot change its schema now: {text}")
    return Fatal(f"ClickHouse refuses a statement: {text}")
