"""Dead letters on their way into the store."""

import logging
from datetime import UTC, datetime
from typing import Any

from aiokafka.structs import ConsumerRecord
from msgspec import Struct

from runtime.errors import InvalidRecord
from sinks.letters import DeadLetter, DeadLetterSettled
from sinks.rows import Delivery
from topics.dead_letters import Note, Origin, read

log = logging.getLogger(__name__)


_TIMES_MS = range(-2_208_988_800_000, 10_413_792_000_000)
"""From 1900 until 2300, as ClickHouse has them."""


def delivery_of(record: ConsumerRecord, event: Struct) -> Delivery:
    """What a record said, with where it was read.

    *Raises*: InvalidRecord where its producer gave it a time that no calendar has, of other units for example.
    """
    if record.timestamp not in _TIMES_MS:
        raise InvalidRecord("bad-timestamp", f"published {record.timestamp} ms after 1970")
    return Delivery(
        event=event,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        published_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )


def letters_in(records: list[ConsumerRecord]) -> list[tuple[Delivery, int]]:
    """The dead letters, and what was done about some, among records of their topic; each with its length.

    What is none of ours is told in the log and left where it is: dead letters have no dead letters.
    """
    found = []
    for record in records:
        try:
            found.append((delivery_of(record, _said(record)), len(record.value or b"")))
        except InvalidRecord as error:
            log.warning("%s[%d]@%d is left: %s", record.topic, record.partition, record.offset, error)
    return found


def _said(record: ConsumerRecord) -> DeadLetter | DeadLetterSettled:
    """*Raises*: InvalidRecord for what is none of ours."""
    said = read(record.topic, record.partition, record.headers)
    if said is None:
        raise InvalidRecord("no-letter", "no dead letter of ours")
    if isinstance(said, Note):
        return DeadLetterSettled(**_place(said.origin), settled=said.settled.value)
    told = {"agent": said.agent, "reason": said.reason, "detail": said.detail}
    return DeadLetter.of(record.key, record.value, **_place(said.origin), **told)


def _place(origin: Origin) -> dict[str, Any]:
    return {"origin_topic": origin.topic, "origin_partition": origin.partition, "origin_offset": origin.offset}
