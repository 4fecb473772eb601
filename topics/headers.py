"""Record headers: CloudEvents attributes in binary mode, ``traceparent``, and what resolution found.

*Source*: CloudEvents 1.0 Kafka protocol binding; W3C Trace Context.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from uuid import UUID

import msgspec

Header = tuple[str, bytes]

ORIGIN_MS = "missionpath-origin-ms"
"""When the record that started it all was published, in milliseconds; what alert latency is measured from."""
RESOLVED_BY = "missionpath-resolved-by"
"""``SCHEME:VALUE`` that led an observation to its mission."""
RANK = "missionpath-rank"
"""How many identifiers of an observation are better than the one that led it to its mission."""
DECISION = "missionpath-decision"
"""Which decision of an observation's home led it to its mission, counted from 1; absent when there was none."""
ATTEMPT = "missionpath-attempt"
"""Which of its identifiers, counted from 0, a rerouted observation is to be looked up by."""
ANSWER = "missionpath-answer"
"""``RANK/IOT_ID``: which identifier leads a rerouted observation where, for its home to decide."""

DIGITS_MAX = 15
_SPAN = "0000000000000001"


def cloud_event(event: msgspec.Struct, ce_id: str, trace: UUID, source: str, at: datetime) -> list[Header]:
    """The headers of a new event; ``ce_id`` with ``source`` is its alone.

    The trace id is the id of the event that started it all: both are 16 bytes, so that one search finds the event
    and its trace.
    """
    of_trace: str = msgspec.to_builtins(trace)  # its text in C
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", ce_id.encode()),
        ("ce_type", _type_name(type(event))),
        ("ce_source", source.encode()),
        ("ce_time", at.isoformat(timespec="milliseconds").encode()),
        ("content-type", b"application/avro"),
        ("traceparent", f"00-{of_trace.replace('-', '')}-{_SPAN}-01".encode()),
    ]


@cache
def _type_name(record: type[msgspec.Struct]) -> bytes:
    return f"org.missionpath.cargo.{record.__name__}".encode()


def value_of(headers: Iterable[Header], name: str) -> bytes | None:
    """The last header of that name."""
    found = None
    for header, value in headers:
        if header == name:
            found = value
    return found


def replaced(headers: Iterable[Header], name: str, value: bytes) -> tuple[Header, ...]:
    """The headers with one of them set."""
    return (*(header for header in headers if header[0] != name), (name, value))


def origin_ms(headers: Iterable[Header], published_ms: int) -> int:
    """When the chain of records started: as the header says, else when this record was published."""
    found = number(value_of(headers, ORIGIN_MS))
    return published_ms if found is None else found


def number(value: bytes | None) -> int | None:
    """A header's whole number; none when it is absent or not one, for anybody may have written it."""
    return int(value) if value is not None and value.isdigit() and len(value) <= DIGITS_MAX else None
