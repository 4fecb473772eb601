"""Analysts' way to the data, whether or not a worker owns it at the moment."""

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from runtime.errors import ConfigError
from sinks.engine import NO_PARAMETERS, Engine, data_directory, engine_for
from sinks.owner import ask_owner, live_url
from sinks.read_only import answer


def ask(
    home: Path,
    sql: str,
    output_format: str,
    parameters: Mapping[str, str] = NO_PARAMETERS,
    prepare: Callable[[Engine], None] | None = None,
) -> bytes:
    """The answer to one reading statement, in any ClickHouse format; the database is ``missionpath``.

    *Shape*: ``parameters`` as in Engine; ``prepare`` is what must be done first to data that no process keeps.

    The process that owns the data is asked over HTTP; when there is none, the data is opened here for the moment.

    *Raises*: QueryRefused saying in one line what is wrong with ``sql``, ConfigError when there is no data yet,
    Unavailable when the owner cannot answer now.
    """
    url = live_url(home)
    answered = ask_owner(url, sql, output_format, parameters) if url else None
    if answered is not None:
        return answered
    if not data_directory(home).is_dir():
        raise ConfigError(f"no data in {home} yet: run `missionpath demo` or `missionpath up` first")
    with closing(engine_for(home)) as engine:
        if prepare is not None:
            prepare(engine)
        return answer(engine, sql, output_format, parameters)
