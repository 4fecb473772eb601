"""A Confluent-compatible schema registry over HTTP."""

import json

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError
from httpx2 import HTTPError

from runtime.errors import Fatal, InvalidRecord, Unavailable
from topics.registry import AvroSchema, subject_of

ANSWER_SECONDS_MAX = 10
"""Whoever asks waits with its event loop: a registry that says nothing must not hold it for ever."""

_NOT_FOUND = 404
_TOO_MANY = 429
_SERVER_ERROR = 500


class ConfluentRegistry:
    """A Confluent-compatible registry over HTTP."""

    def __init__(self, url: str) -> None:
        # No retries: whoever asks waits, and says so.
        self._client = SchemaRegistryClient({"url": url, "max.retries": 0, "timeout": ANSWER_SECONDS_MAX})
        self._url = url

    def id_of(self, schema: AvroSchema) -> int:
        """Register the schema, or find it registered.

        *Raises*: Unavailable when the registry does not answer, Fatal when it refuses the schema.
        """
        try:
            avro = Schema(json.dumps(schema), "AVRO")
            try:
                found = self._client.lookup_schema(subject_of(schema), avro)
            except SchemaRegistryError as error:
                if error.http_status_code != _NOT_FOUND:
                    raise
                return self._client.register_schema(subject_of(schema), avro)
            return int(found.schema_id or 0)
        except SchemaRegistryError as error:
            if error.http_status_code >= _SERVER_ERROR or error.http_status_code == _TOO_MANY:
                raise Unavailable(f"schema registry {self._url}: {error.error_message}") from error
            raise Fatal(f"{self._url} refuses {subject_of(schema)}: {error.error_message}") from error
        except HTTPError as error:
            raise Unavailable(f"schema registry {self._url}: {error}") from error

    def schema(self, schema_id: int) -> AvroSchema:
        """The schema of an id; the client remembers it. See Registry."""
        try:
            found = self._client.get_schema(schema_id)
        except SchemaRegistryError as error:
            if error.http_status_code == _NOT_FOUND:
                raise InvalidRecord("unknown-schema", f"schema id {schema_id} is not registered") from error
            raise Unavailable(f"schema registry {self._url}: {error.error_message}") from error
        except HTTPError as error:
            raise Unavailable(f"schema registry {self._url}: {error}") from error
        if found.schema_type != "AVRO":
            raise InvalidRecord("unknown-record", f"schema id {schema_id} is not an Avro schema")
        return json.loads(found.schema_str or "{}")  # type: ignore[no-any-return]
