"""Dead letters carry what was read and why it is unusable."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import InvalidRecord
from topics.dead_letters import Letter, Note, Origin, Settled, note_headers, read, reason_headers

ORIGIN = Origin("cargo.id.scanned.v1", 3, 41)
HOME = ("cargo.id.scanned.v1.dlq", 3)
ERROR = InvalidRecord("bad-field", "Expected `str` - at `$.node`")


def test_headers_say_where_from_and_why_after_the_records_own() -> None:
    own = [("traceparent", b"00-1-2-01"), ("h", b"1"), ("h", b"2")]
    assert reason_headers(own, ORIGIN, ERROR, "resolve") == [
        *own,
        ("dlq-topic", b"cargo.id.scanned.v1"),
        ("dlq-partition", b"3"),
        ("dlq-offset", b"41"),
        ("dlq-reason", b"bad-field"),
        ("dlq-detail", b"Expected `str` - at `$.node`"),
        ("dlq-agent", b"resolve"),
    ]


def test_a_letter_tells_what_was_said_and_the_records_own_headers() -> None:
    own = [("dlq-topic", b"of another"), ("h", b"1"), ("h", b"2")]
    letter = read(*HOME, reason_headers(own, ORIGIN, ERROR, "resolve"))
    assert letter == Letter(ORIGIN, "bad-field", "Expected `str` - at `$.node`", "resolve", tuple(own))
    assert str(letter.origin) == "cargo.id.scanned.v1[3]@41"


@pytest.mark.parametrize("settled", Settled)
def test_a_note_tells_what_was_done(settled: Settled) -> None:
    assert read(*HOME, note_headers(ORIGIN, settled)) == Note(ORIGIN, settled)


@given(st.data())
def test_what_is_not_ours_says_nothing(data: st.DataObject) -> None:
    headers = (
        reason_headers([], ORIGIN, ERROR, "sink")
        if data.draw(st.booleans())
        else note_headers(ORIGIN, Settled.DROPPED)
    )
    n = data.draw(st.integers(0, len(headers) - 1))
    name, value = headers[n]
    broken = data.draw(st.sampled_from([[], [(name + "x", value)], [(name, value), ("later", b"")]]))
    assert read(*HOME, [*headers[:n], *broken, *headers[n + 1 :]]) is None


@pytest.mark.parametrize("value", [b"", b"-1", b"x", b"9" * 30, None])
def test_a_place_that_is_none_says_nothing(value: bytes | None) -> None:
    for number in (1, 2):
        headers: list[Any] = reason_headers([], ORIGIN, ERROR, "sink")
        headers[number] = (headers[number][0], value)
        assert read(*HOME, headers) is None


@pytest.mark.parametrize("home", [("cargo.id.scanned.v1", 3), ("cargo.id.bound.v1.dlq", 3), (HOME[0], 2)])
def test_what_cannot_have_been_read_there_says_nothing(home: tuple[str, int]) -> None:
    assert read(*home, reason_headers([], ORIGIN, ERROR, "sink")) is None
    assert read(*home, note_headers(ORIGIN, Settled.REPLAYED)) is None
