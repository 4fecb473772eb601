"""One dead letter on the screen: never more of it than fits, and nothing in it that a terminal would obey."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from runtime.errors import InvalidRecord
from topics.codec import Codec
from topics.letter_box import Found

TEXT_CHARACTERS_MAX = 4_096
HEX_BYTES_MAX = 1_024
HEX_BYTES_LINE = 16


class ToldLetter(msgspec.Struct, frozen=True):
    """A dead letter without its bytes."""

    place: str
    put_aside_at: datetime
    agent: str
    reason: str
    detail: str
    value_bytes: int | None


def told(found: Found) -> ToldLetter:
    """What a listing says of a letter."""
    letter, length = found.letter, None if found.value is None else len(found.value)
    return ToldLetter(str(letter.origin), found.at, letter.agent, letter.reason, letter.detail, length)


def as_json(found: Found) -> bytes:
    """One JSON object with everything; bytes in Base64."""
    whole = {
        **msgspec.structs.asdict(told(found)),
        "settled": found.settled,
        "key": found.key,
        "headers": [[name, _base64(value)] for name, value in found.letter.own],
        "value": found.value,
    }
    return msgspec.json.encode(whole)


def of_letter(found: Found, codec: Codec) -> Iterator[str]:
    """A letter line by line."""
    letter = found.letter
    yield str(letter.origin)
    yield f"put aside:  {found.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} by {plain(letter.agent)}"
    yield f"reason:     {plain(letter.reason)}: {plain(letter.detail)}"
    yield f"waits:      {'no, ' + found.settled.value.lower() if found.settled else 'yes'}"
    yield f"key:        {'-' if found.key is None else _text(found.key)}"
    for name, value in letter.own:
        yield f"header:     {plain(name)} = {_text(value or b'')}"
    if found.value is None:
        yield "value:      none"
        return
    try:
        event = codec.decode(found.value, *found.topic.records)
    except InvalidRecord:
        yield f"value:      {len(found.value):,} bytes"
        yield from _hex(found.value)
    else:
        yield f"value:      {type(event).__name__}, {len(found.value):,} bytes"
        yield _text(msgspec.json.format(msgspec.json.encode(event), indent=2), lines=True)


def plain(text: str, lines: bool = False) -> str:
    """The text with whatever is no plain character spelt out."""
    kept = "\n" if lines else ""
    return "".join(c if c.isprintable() or c in kept else c.encode("unicode_escape").decode() for c in text)


def _text(data: bytes, lines: bool = False) -> str:
    text = plain(data.decode("utf-8", "backslashreplace"), lines)
    return text if len(text) <= TEXT_CHARACTERS_MAX else f"{text[:TEXT_CHARACTERS_MAX]}… (the rest: --raw)"


def _hex(data: bytes) -> Iterator[str]:
    for at in range(0, min(len(data), HEX_BYTES_MAX), HEX_BYTES_LINE):
        line = data[at : at + HEX_BYTES_LINE]
        readable = "".join(chr(byte) if chr(byte).isascii() and chr(byte).isprintable() else "." for byte in line)
        yield f"{at:08x}  {line.hex(' '):<{3 * HEX_BYTES_LINE - 1}}  {readable}"
    if len(data) > HEX_BYTES_MAX:
        yield f"… and {len(data) - HEX_BYTES_MAX:,} bytes more: --raw"


def _base64(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()
