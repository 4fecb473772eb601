"""Avro bodies that exist already, in one container for who reads Avro files.

A record is its fields one after the other: a body with more fields behind it is a record of a longer schema, so that
nothing is read or written anew.

*Source*: Avro 1.11, object container files.
"""

import json
import os
from collections.abc import Sequence
from typing import Any

from topics import avro
from topics.registry import AvroSchema

_MAGIC = b"Obj\x01"
_SYNC_BYTES = 16
_long, _string = (avro.writer(name) for name in ("long", "string"))


class Container:
    """Makes containers of bodies of a schema, each with the fields of ``added`` behind it."""

    def __init__(self, schema: AvroSchema, added: Sequence[dict[str, Any]]) -> None:
        self.schema: dict[str, Any] = {**schema, "fields": [*schema["fields"], *added]}
        self._sync = os.urandom(_SYNC_BYTES)
        meta = {"avro.schema": json.dumps(self.schema), "avro.codec": "null"}
        pairs = b"".join(_string(key) + _string(value) for key, value in meta.items())
        self._head = _MAGIC + _long(len(meta)) + pairs + _long(0) + self._sync

    def of(self, records: Sequence[bytes]) -> bytes:
        """One container of these records."""
        block = b"".join(records)
        return b"".join((self._head, _long(len(records)), _long(len(block)), block, self._sync))
