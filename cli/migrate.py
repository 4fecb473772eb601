"""``missionpath migrate``: the tables of this release on a ClickHouse server."""

from collections.abc import Sequence

import typer

from cli import bootstrap
from runtime import settings as settings_module
from runtime.errors import ConfigError


def migrate() -> None:
    """Bring the ClickHouse server of CLICKHOUSE_URL to this release's tables and views.

    Run it once before the workers of a new release, by one at a time; `up` does it by itself. What is there already
    stays, and sinks that run go on. Rows are then kept as long as MISSIONPATH_RETENTION_DAYS says. The embedded
    ClickHouse needs it not: the sink that owns it does it.
    """
    settings = settings_module.load()
    if settings.clickhouse_url is None:
        raise ConfigError("CLICKHOUSE_URL is not set; the sink that owns the embedded ClickHouse migrates it itself")
    typer.echo(migrated(bootstrap.migrate_server(settings)))


def migrated(names: Sequence[str]) -> str:
    """What was done, as a clause."""
    return f"migrated: {', '.join(names)}" if names else "its tables are those of this release"
