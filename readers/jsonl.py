"""Input events as JSON Lines: the documented form of ``missionpath publish``."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import msgspec

from domain.events import InputEvent, flaws
from runtime.errors import InvalidRecord, without_values

LINE_BYTES_MAX = 256 << 10
_decoder = msgspec.json.Decoder(InputEvent)


class Line(NamedTuple):
    """One line of a file; ``number`` counts from 1."""

    number: int
    text: bytes
    cut: bool


def lines(stream: IO[bytes]) -> Iterator[Line]:
    """The lines of a stream, without the empty ones.

    *Guarantee*: never holds more than one line; of a line over 256 KiB the beginning is kept, ``cut`` is set and
    the rest is passed over.
    """
    number = 0
    limit = LINE_BYTES_MAX + len(b"\r\n")
    while text := stream.readline(limit):
        number += 1
        unfinished = len(text) == limit and not text.endswith(b"\n")
        if unfinished:
            _pass_over_rest(stream)
        content = text.rstrip(b"\r\n").removeprefix(BOM_UTF8 if number == 1 else b"")
        if content.strip():
            yield Line(number, content[:LINE_BYTES_MAX], unfinished or len(content) > LINE_BYTES_MAX)


def _pass_over_rest(stream: IO[bytes]) -> None:
    while rest := stream.readline(LINE_BYTES_MAX):
        if rest.endswith(b"\n"):
            return


def parse(line: Line) -> InputEvent:
    """The event on a line.

    *Raises*: InvalidRecord saying what is wrong and in which field: ``too-long``, ``bad-json`` or ``bad-field``.
    """
    if line.cut:
        raise InvalidRecord("too-long", f"longer than {LINE_BYTES_MAX} bytes")
    try:
        event: InputEvent = _decoder.decode(line.text)
    except msgspec.ValidationError as error:
        raise InvalidRecord("bad-field", without_values(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRecord("bad-json", str(error)) from error
    if wrong := flaws(event):
        raise InvalidRecord("bad-field", "; ".join(wrong))
    return event


def json_schema() -> dict[str, Any]:
    """The form of one line as JSON Schema (2020-12)."""
    schema = msgspec.json.schema(InputEvent)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of missionpath publish",
        **schema,
    }
