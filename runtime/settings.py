"""Every setting of every process: environment variables, then one TOML file, then the defaults below.

The environment variable of a field is ``MISSIONPATH_`` and its name in capitals, except for the three that
other tools share (``KAFKA_BOOTSTRAP_SERVERS``, ``SCHEMA_REGISTRY_URL``, ``CLICKHOUSE_URL``). The TOML file is
``missionpath.toml`` in the working directory, or the one that ``MISSIONPATH_CONFIG`` names.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    Field,
    GetCoreSchemaHandler,
    Secret,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import CoreSchema, core_schema
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from runtime.errors import ConfigError

PREFIX = "MISSIONPATH_"
EMBEDDED = "embedded"
DAYS_MAX = 18_250
"""Fifty years: ClickHouse's dates of expiry end in 2106, and beyond that they would begin anew."""

PLATE_KEY_CHARACTERS_MIN = 32


class SecretUrl(Secret[str]):
    """A URL that may hold a password, which is not shown; ``get_secret_value`` has all of it."""

    def _display(self) -> str:
        # To the last @: a password may hold one that somebody forgot to write as %40.
        return re.sub(r"(?<=://)([^:/@]*):.*@", r"\1:***@", self.get_secret_value())


class Days(dict[str, int]):
    """Days by table; as text ``scans=365,device_signals=90``, as the environment has it."""

    def __str__(self) -> str:
        return ",".join(f"{table}={days}" for table, days in self.items())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Taken from text or from a table of TOML."""
        return core_schema.no_info_plain_validator_function(cls._of)

    @classmethod
    def _of(cls, given: object) -> "Days":
        if isinstance(given, str):
            pairs = (part.partition("=") for part in given.split(",") if part.strip())
            given = {table.strip(): days.strip() for table, _, days in pairs}
        if not isinstance(given, dict):
            raise ValueError("expected TABLE=DAYS,…")  # noqa: TRY004 - what pydantic tells with the field
        return cls({table: _days(table, days) for table, days in given.items()})


def _days(table: str, given: object) -> int:
    text = "" if isinstance(given, bool) else str(given)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= DAYS_MAX):
        raise ValueError(f"{table}: expected a number of days from 1 to {DAYS_MAX}")
    return int(text)


def _shared(name: str) -> Any:
    """A field whose environment variable other tools know by ``name`` without our prefix."""
    return Field(default=None, validation_alias=AliasChoices(name, name.lower()))


class Settings(BaseSettings):
    """Validated at start; frozen afterwards."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", populate_by_name=True, env_ignore_empty=True
    )

    kafka_bootstrap_servers: Annotated[
        str | None, Field(description="host:port,… of your cluster; unset: a local broker is used")
    ] = _shared("KAFKA_BOOTSTRAP_SERVERS")
    schema_registry_url: Annotated[
        str | None, Field(description="Confluent-compatible registry; unset: avro_schemas/registry.json")
    ] = _shared("SCHEMA_REGISTRY_URL")
    clickhouse_url: Annotated[
        SecretUrl | None,
        Field(description="clickhouse://user:password@host:port,…/database; unset or embedded: that inside the sink"),
    ] = _shared("CLICKHOUSE_URL")
    clickhouse_cluster: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="name of the cluster in the server's configuration, for replicated and distributed tables",
    )
    home: Path = Field(Path(".local"), description="data of the local broker and of the embedded ClickHouse")
    namespace: str = Field(
        "", pattern=r"^[a-z0-9-]{0,40}$", description="prefix of every topic and group, to share a cluster"
    )
    partitions: int = Field(4, ge=1, le=1024, description="of every keyed topic; cannot change afterwards")
    replication_factor: int = Field(1, ge=1, le=7, description="of every topic; 3 on a cluster")
    port_file: Path = Field(Path("examples/bari/port.json"), description="nodes and paths of the ports")
    clock_file: Path | None = Field(None, description="file that holds the time, for replays and demos")
    store: Literal["memory", "rocksdict"] = Field(
        "memory", description="where workers keep their state: rocksdict holds more than memory and starts sooner"
    )
    lateness_seconds: float = Field(60.0, ge=0, description="how late a read may come before it is missed")
    unknown_grace_seconds: float = Field(
        600.0, ge=0, description="how long a read may wait for its IOT_ID before it is an UNKNOWN_OBJECT"
    )
    sink_rows_max: int = Field(50_000, ge=1, description="rows of one ClickHouse batch")
    sink_bytes_max: int = Field(32 << 20, ge=1 << 10, description="bytes of input of one ClickHouse batch")
    sink_seconds_max: float = Field(1.0, gt=0, le=60, description="age of one ClickHouse batch")
    retention_days: Annotated[Days, NoDecode] = Field(
        Days(), description="TABLE=DAYS,… : how long ClickHouse keeps rows; of tables not named, for ever"
    )
    plate_key: SecretStr | None = Field(
        None,
        min_length=PLATE_KEY_CHARACTERS_MIN,
        description="key of the pseudonyms of licence plates in ClickHouse, the same for all sinks; unset: "
        "made and kept in home, but for a server",
    )
    stall_seconds_max: float = Field(
        120.0, ge=1, description="how long a worker may stand still before records it can read; then it restarts"
    )
    http_host: str = Field("127.0.0.1", description="where /metrics, /healthz and /readyz listen")
    http_port: int = Field(0, ge=0, le=65535, description="their port; 0: any free one")
    query_port: int = Field(
        0, ge=0, le=65535, description="where the embedded ClickHouse answers besides; 0: on the sink's own port only"
    )
    query_user: str = Field("default", min_length=1, description="who may ask the embedded ClickHouse over HTTP")
    query_password: SecretStr | None = Field(None, description="their password; unset: nobody is asked for one")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level shown")

    @field_validator("clickhouse_url", mode="before")
    @classmethod
    def _server_or_none(cls, given: object) -> object:
        return None if given == EMBEDDED else given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Call arguments win over the environment, which wins over the TOML file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())

    def topic(self, name: str) -> str:
        """The name on the broker of the catalogue's topic, or of a consumer group."""
        return f"{self.namespace}.{name}" if self.namespace else name

    def environment(self) -> dict[str, str]:
        """The variables that hand these settings to a child process."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        # Said in a word: a child may find a server in the environment or in the file that this process does not mean.
        given["clickhouse_url"] = self.clickhouse_url or EMBEDDED
        return {
            env_name(name): value.get_secret_value() if isinstance(value, SecretUrl | SecretStr) else str(value)
            for name, value in given.items()
            if value is not None and value != {}
        }


def config_file() -> Path:
    """The TOML file in force; it need not exist unless ``MISSIONPATH_CONFIG`` names it."""
    return Path(os.environ.get(PREFIX + "CONFIG", "missionpath.toml"))


def env_name(field: str) -> str:
    """The environment variable of a field."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + field.upper()


def load(**overrides: Any) -> Settings:
    """Read and validate all settings.

    *Raises*: ConfigError naming every field that is wrong, or the TOML file that cannot be read.
    """
    if PREFIX + "CONFIG" in os.environ and not config_file().is_file():
        raise ConfigError(f"{PREFIX}CONFIG names {config_file()}, which is not a file")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False))
        raise ConfigError("settings: " + "; ".join(wrong)) from error
    except ValueError as error:  # tomllib's message names line and column
        raise ConfigError(f"{config_file()}: {error}") from error


def origin(field: str) -> str:
    """Where the value in force comes from: an environment variable, the TOML file, or the default."""
    if env_name(field) in os.environ:
        return f"environment {env_name(field)}"
    in_file = tomllib.loads(config_file().read_text("utf-8")) if config_file().is_file() else {}
    return str(config_file()) if {field, env_name(field).lower(), env_name(field)} & set(in_file) else "default"
