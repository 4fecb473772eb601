"""Any valid event of the types that the sink vouches for, and those of them that it does vouch for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from domain.events import (
    CustomsStatus,
    Direction,
    Identifier,
    IdScanned,
    MissionStateChanged,
    MissionStatus,
    Process,
    Technology,
)
from domain.identifiers import Scheme

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
USUAL_MS = (1 << 34, (1 << 41) - 1)
"""Milliseconds that take six bytes: from the summer of 1970 to the autumn of 2039."""
USUAL_NUMBER_MAX = (1 << 27) - 1
USUAL_TEXT_BYTES_MAX = 63
NODES = st.from_regex(r"[A-Z0-9][A-Z0-9-]{1,39}", fullmatch=True)
CONVEYANCES = st.from_regex(r"(TRAIN|CALL):[A-Z0-9][A-Z0-9-]{0,39}", fullmatch=True)


def moments(least: int, most: int) -> st.SearchStrategy[datetime]:
    """Moments between milliseconds since 1970."""
    return st.integers(least, most).map(lambda ms: EPOCH + timedelta(milliseconds=ms))


USUAL_MOMENTS = moments(*USUAL_MS)
ANY_MOMENTS = USUAL_MOMENTS | moments(-62_135_596_800_000, 253_402_300_799_999)


def texts(longest: int, shortest: int = 0) -> st.SearchStrategy[str]:
    """Texts of any characters that UTF-8 has."""
    return st.text(st.characters(codec="utf-8"), min_size=shortest, max_size=longest)


def short(shortest: int = 0) -> st.SearchStrategy[str]:
    """Texts that are short as bytes too."""
    return texts(USUAL_TEXT_BYTES_MAX, shortest).filter(lambda text: len(text.encode()) <= USUAL_TEXT_BYTES_MAX)


def plain(longest: int = USUAL_TEXT_BYTES_MAX) -> st.SearchStrategy[str]:
    """Texts of plain letters, of which each is a byte."""
    return st.text(st.characters(codec="ascii"), min_size=1, max_size=longest)


def scans(
    at: st.SearchStrategy[datetime],
    names: st.SearchStrategy[str],
    values: st.SearchStrategy[str],
    schemes: st.SearchStrategy[Scheme],
) -> st.SearchStrategy[IdScanned]:
    """Scans, identifiers repeated and without confidence included."""
    identifiers = st.builds(Identifier, scheme=schemes, value=values, confidence=st.none() | st.floats(0, 1))
    repeated = st.tuples(identifiers, st.integers(2, 8)).map(lambda drawn: drawn[:1] * drawn[1])
    return st.builds(
        IdScanned,
        event_id=st.uuids(),
        occurred_at=at,
        source=names,
        node=NODES,
        reader=names,
        technology=st.sampled_from(Technology),
        identifiers=repeated | st.lists(identifiers, min_size=1, max_size=8).map(tuple),
        direction=st.none() | st.sampled_from(Direction),
        conveyance=st.none() | CONVEYANCES,
    )


def states(
    at: st.SearchStrategy[datetime], text: st.SearchStrategy[str], numbers: st.SearchStrategy[int]
) -> st.SearchStrategy[MissionStateChanged]:
    """States of missions."""

    def several(each: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.lists(each, max_size=5).map(tuple)

    return st.builds(
        MissionStateChanged,
        iot_id=st.uuids(),
        revision=numbers,
        status=st.sampled_from(MissionStatus),
        process=st.none() | st.sampled_from(Process),
        changed_at=at,
        last_node=st.none() | text,
        last_read_at=st.none() | at,
        next_node=st.none() | text,
        next_due_at=st.none() | at,
        nodes_reached=several(text),
        customs_statuses=several(st.sampled_from(CustomsStatus)),
        open_holds=several(text),
        open_alerts=several(text),
        reads=numbers,
        control_node=st.none() | text,
        control_at=st.none() | at,
        control_authorities=several(text),
    )


USUAL_SCANS = scans(USUAL_MOMENTS, short(1), plain(), st.sampled_from(Scheme))
ANY_SCANS = scans(ANY_MOMENTS, texts(100, 1), texts(64, 1), st.sampled_from(Scheme))
USUAL_STATES = states(USUAL_MOMENTS, short(1), st.integers(0, USUAL_NUMBER_MAX))
ANY_STATES = states(ANY_MOMENTS, texts(100), st.integers(-(1 << 63), (1 << 63) - 1))
