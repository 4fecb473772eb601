"""Schema ids: from a Confluent-compatible registry, or from the project's own registry file.

The file gives every schema version a number for ever, so that a laptop without a registry writes the same
bytes as a country with one of its own, but for the id.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from runtime.errors import Fatal, InvalidRecord

AvroSchema = dict[str, Any]


class Registry(Protocol):
    """Knows schemas by id."""

    def id_of(self, schema: AvroSchema) -> int:
        """The id under which values of this schema are written."""
        ...

    def schema(self, schema_id: int) -> AvroSchema:
        """The schema of an id.

        *Raises*: InvalidRecord when nobody registered it, Unavailable when the registry does not answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class Version:
    """One registered version of one record type."""

    schema_id: int
    subject: str
    version: int
    schema: AvroSchema


def subject_of(schema: AvroSchema) -> str:
    """The subject of a record type: its full name, as topics may carry several types."""
    return f"{schema['namespace']}.{schema['name']}"


def registry_file() -> Path:
    """The project's own registry."""
    return Path(str(files("avro_schemas") / "registry.json"))


def current_schemas() -> list[AvroSchema]:
    """The schemas of this release, one a record type."""
    folder = Path(str(files("avro_schemas")))
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.avsc"))]


@cache
def registered_versions() -> tuple[Version, ...]:
    """Every version in the registry file, oldest first."""
    rows = json.loads(registry_file().read_text("utf-8"))["versions"]
    return tuple(Version(row["id"], row["subject"], row["version"], row["schema"]) for row in rows)


def register_current() -> list[Version]:
    """Append the schemas that the registry file lacks; what is registered is never changed.

    *Shape*: returns the versions that were added.
    """
    versions = list(registered_versions())
    added: list[Version] = []
    for schema in current_schemas():
        earlier = [v for v in versions if v.subject == subject_of(schema)]
        if not earlier or earlier[-1].schema != schema:
            added.append(Version(len(versions) + 1, subject_of(schema), len(earlier) + 1, schema))
            versions.append(added[-1])
    rows = [{"id": v.schema_id, "subject": v.subject, "version": v.version, "schema": v.schema} for v in versions]
    registry_file().write_text(json.dumps({"versions": rows}, indent=1) + "\n", "utf-8")
    registered_versions.cache_clear()
    return added


class FileRegistry:
    """The registry file; needs no server."""

    def id_of(self, schema: AvroSchema) -> int:
        """The number of the newest version of its record type.

        *Raises*: Fatal when the schema of this release was not registered.
        """
        newest = [v for v in registered_versions() if v.subject == subject_of(schema)][-1:]
        if not newest or newest[0].schema != schema:
            raise Fatal(f"{subject_of(schema)} is not in {registry_file().name}: run `missionpath registry register`")
        return newest[0].schema_id

    def schema(self, schema_id: int) -> AvroSchema:
        """The schema of a number; see Registry."""
        for version in registered_versions():
            if version.schema_id == schema_id:
                return version.schema
        raise InvalidRecord("unknown-schema", f"schema id {schema_id} is not in the registry file")


def registry_for(url: str | None) -> Registry:
    """The registry at ``url``, or the file's."""
    if not url:
        return FileRegistry()
    # Its HTTP and OAuth libraries take a second to import: only those who have a registry pay for them.
    from topics.confluent_registry import ConfluentRegistry  # noqa: PLC0415

    return ConfluentRegistry(url)
