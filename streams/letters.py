"""Dead letters on their way into the store."""

import logging
from datetime import UTC, datetime
from typing import Any

from aiokafka.structs import ConsumerRecord
from msgspec import Struct

from sinks.letters import DeadLetter, DeadLetterSettled
from sinks.rows import Delivery
from topics.dead_letters import Note, Origin, read

log = logging.getLogger(__name__)


def delivery_of(record: ConsumerRecord, event: Struct) -> Delivery:
    """What a record said, with where it was read."""
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
        said, length = read(record.topic, record.partition, record.headers), len(record.value or b"")
        if said is None:
            log.warning("%s[%d]@%d is no dead letter of ours", record.topic, record.partition, record.offset)
        elif isinstance(said, Note):
            note = DeadLetterSettled(**_place(said.origin), settled=said.settled.value)
            found.append((delivery_of(record, note), length))
        else:
            told = {"agent": said.agent, "reason": said.reason, "detail": said.detail}
            letter = DeadLetter.of(record.key, record.value, **_place(said.origin), **told)
            found.append((delivery_of(record, letter), length))
    return found


def _place(origin: Origin) -> dict[str, Any]:
    return {"origin_topic": origin.topic, "origin_partition": origin.partition, "origin_offset": origin.offset}
