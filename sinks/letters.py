"""Dead letters as analysts see them: what was put aside, why, and whether somebody has seen to it."""

from base64 import b64encode
from typing import Any

import msgspec

VALUE_BYTES_MAX = 4_096
KEY_CHARACTERS_MAX = 256
DETAIL_CHARACTERS_MAX = 1_000


class DeadLetter(msgspec.Struct, frozen=True, tag="dead_letter"):
    """One record that could not be used.

    *Units*: ``value_bytes`` is the length of the whole value, none when there was no value.
    *Shape*: ``origin_…`` is where the record was read; ``value_base64`` is the beginning of its value.
    """

    origin_topic: str
    origin_partition: int
    origin_offset: int
    agent: str
    reason: str
    detail: str
    key: str | None
    value_base64: str
    value_bytes: int | None

    @classmethod
    def of(cls, key: bytes | None, value: bytes | None, **said: Any) -> "DeadLetter":
        """With as much of its bytes as the store is to have."""
        said["detail"] = said["detail"][:DETAIL_CHARACTERS_MAX]
        return cls(
            key=None if key is None else key.decode("utf-8", "replace")[:KEY_CHARACTERS_MAX],
            value_base64=b64encode((value or b"")[:VALUE_BYTES_MAX]).decode(),
            value_bytes=None if value is None else len(value),
            **said,
        )


class DeadLetterSettled(msgspec.Struct, frozen=True, tag="dead_letter_settled"):
    """That a dead letter was replayed or dropped."""

    origin_topic: str
    origin_partition: int
    origin_offset: int
    settled: str
