"""Analysts' way to the data: straight to the server, or to the embedded data, whether or not a worker owns it now."""

from collections.abc import Callable, Mapping
from contextlib import closing

from runtime.errors import ConfigError
from runtime.settings import Settings
from sinks.engine import NO_PARAMETERS, Engine, data_directory, engine_for
from sinks.owner import ask_owner, live_url
from sinks.read_only import answer


def ask(
    settings: Settings,
    sql: str,
    output_format: str,
    parameters: Mapping[str, str] = NO_PARAMETERS,
    prepare: Callable[[Engine], None] | None = None,
) -> bytes:
    """The answer to one reading statement, in any ClickHouse format.

    The process that owns embedded data is asked over HTTP; when there is none, the data is opened here for a moment.

    *Shape*: ``parameters`` as in Engine; ``prepare`` is what must be done first to data that is opened here.

    *Raises*: QueryRefused saying in one line what is wrong with ``sql``, ConfigError when there is no data yet,
    Unavailable when the owner cannot answer now.
    """
    if settings.clickhouse_url is None:
        url = live_url(settings.home)
        answered = ask_owner(url, sql, output_format, parameters) if url else None
        if answered is not None:
            return answered
        if not data_directory(settings.home).is_dir():
            raise ConfigError(f"no data in {settings.home} yet: run `missionpath demo` or `missionpath up` first")
    with closing(engine_for(settings)) as engine:
        if prepare is not None and settings.clickhouse_url is None:
            prepare(engine)
        return answer(engine, sql, output_format, parameters)
