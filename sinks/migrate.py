"""The schema of the database, one numbered file after the other.

Only forward, and from any point where an earlier run was cut: each statement says IF NOT EXISTS, and a migration
is recorded after its last statement.

Two runs at once could mix the statements of one migration with those of the next. So a run needs the store to itself:
of the embedded engine its owner has that; a server's schema is changed by a command (``missionpath migrate``,
``missionpath up``), never by its workers, which wait for it.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from runtime.errors import ConfigError, Unavailable
from sinks.cluster import RECORD, clustered
from sinks.engine import DATABASE, Engine

OLDEST_SERVER = (24, 10)
"""The first that works out views by the minute without being told that it may."""

_GROUND = f"""
    CREATE TABLE IF NOT EXISTS {DATABASE}.{RECORD}
    (
        version UInt32,
        name String,
        sha256 String,
        applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
    )
    ENGINE = ReplacingMergeTree ORDER BY version
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
""".strip()
_FILE = re.compile(r"(\d{4})_(\w+)\.sql")
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; once released, its text never changes."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """The fingerprint under which it is recorded."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        """Its statements, split where a line ends in a semicolon."""
        parts = re.split(r";\s*$", _COMMENT.sub("", self.sql), flags=re.MULTILINE)
        return [part.strip() for part in parts if part.strip()]


class _Recorded(msgspec.Struct):
    version: int
    name: str
    sha256: str


def bundled() -> tuple[Migration, ...]:
    """The migrations of this release, in order."""
    found = []
    for file in sorted((files("sinks") / "migrations").iterdir(), key=lambda file: file.name):
        if named := _FILE.fullmatch(file.name):
            found.append(Migration(int(named[1]), named[2], file.read_text("utf-8")))
    return tuple(found)


def migrate(
    engine: Engine, migrations: Sequence[Migration] | None = None, *, cluster: str | None = None
) -> list[str]:
    """Bring the database to this release's schema; on all hosts of ``cluster``, where there is one.

    *Shape*: returns the names of what was applied now, nothing when it was up to date.
    *Raises*: ConfigError when the database is newer than this release, or was made with another text of a
    migration, or on a cluster and now is not, or the server is too old; Unavailable or Fatal as Engine.execute does.
    """
    known = bundled() if migrations is None else migrations
    _check_version(engine)
    _check_cluster(engine, cluster)
    _execute(engine, _GROUND, cluster)
    recorded = _recorded(engine)
    _check(known, recorded)
    for migration in known[len(recorded) :]:
        _apply(engine, migration, cluster)
    return [migration.name for migration in known[len(recorded) :]]


def require(engine: Engine) -> None:
    """See that the database is at this release's schema; changes nothing.

    *Raises*: Unavailable as long as it is older, ConfigError as ``migrate`` does.
    """
    known = bundled()
    _check_version(engine)
    recorded = _recorded(engine) if engine.query(f"EXISTS TABLE {RECORD}", "TSV") == b"1\n" else []
    _check(known, recorded)
    if len(recorded) < len(known):
        raise Unavailable(
            f"the database is at schema version {len(recorded)} of {len(known)}: run `missionpath migrate`"
        )


def _apply(engine: Engine, migration: Migration, cluster: str | None) -> None:
    for statement in migration.statements:
        _execute(engine, statement, cluster)
    engine.insert(RECORD, [{"version": migration.version, "name": migration.name, "sha256": migration.sha256}])


def _execute(engine: Engine, statement: str, cluster: str | None) -> None:
    for each in [statement] if cluster is None else clustered(statement, cluster, engine.database):
        # Their text is that of the database's usual name.
        engine.execute(each.replace(f"{DATABASE}.", f"`{engine.database}`."))


def _recorded(engine: Engine) -> list[_Recorded]:
    raw = engine.query(f"SELECT version, name, sha256 FROM {RECORD} FINAL ORDER BY version", "JSONEachRow")
    return msgspec.json.Decoder(_Recorded).decode_lines(raw)


def _check_version(engine: Engine) -> None:
    version = engine.query("SELECT version()", "TSV").decode().strip()
    if tuple(map(int, version.split(".")[:2])) < OLDEST_SERVER:
        raise ConfigError(f"ClickHouse {version} is too old: {'.'.join(map(str, OLDEST_SERVER))} or newer is needed")


def _check_cluster(engine: Engine, cluster: str | None) -> None:
    sql = f"SELECT engine FROM system.tables WHERE database = currentDatabase() AND name = '{RECORD}'"
    made = engine.query(sql, "TSV").decode().strip()
    if made and made.startswith("Replicated") != (cluster is not None):
        how = "on a cluster: set" if cluster is None else "without a cluster: unset"
        raise ConfigError(f"the tables were made {how} MISSIONPATH_CLICKHOUSE_CLUSTER, or take another database")


def _check(known: Sequence[Migration], recorded: Sequence[_Recorded]) -> None:
    newest = known[-1].version if known else 0
    if recorded and recorded[-1].version > newest:
        raise ConfigError(
            f"the database is at schema version {recorded[-1].version}, this release knows {newest}: "
            f"upgrade missionpath"
        )
    for migration, done in zip(known, recorded, strict=False):
        if (migration.version, migration.sha256) != (done.version, done.sha256):
            raise ConfigError(
                f"schema version {done.version} ({done.name}) of the database is not the "
                f"{migration.version:04d}_{migration.name}.sql of this release"
            )
