"""JSON Lines as `missionpath publish` takes them: which line is which, and what is refused and why."""

import json
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from builders import BOX, TRUCK, hold, ids, plan, scan, status
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from domain.events import (
    AlertReviewed,
    AppointmentMade,
    CustomsStatus,
    DeviceSignalled,
    EventRetracted,
    InputEvent,
    TrainComposed,
    VesselCallChanged,
)
from readers.jsonl import LINE_BYTES_MAX, Line, json_schema, lines, parse
from runtime.errors import InvalidRecord

EXAMPLES = Path(__file__).parents[2] / "avro_schemas/examples"


def example(record: type[msgspec.Struct], name: str = "*") -> Any:
    """The fields of a valid example of a record, the first if none is named."""
    files = sorted((EXAMPLES / str(record.__struct_config__.tag)).glob(f"valid-{name}.json"))
    return json.loads(files[0].read_bytes())


GOOD: list[InputEvent] = [
    plan(),
    scan(2, 1, "DOCK"),
    scan(3, 2, "GATE-OUT", *ids(BIC=BOX, PLATE=TRUCK)),
    status(4, 3, CustomsStatus.RELEASED),
    hold(5, 4, node="STORE"),
    *(msgspec.convert(example(record), record) for record in get_args(InputEvent)),
]
NOON = "2026-03-10T12:00:00Z"
SCAN: dict[str, Any] = json.loads(msgspec.json.encode(scan(2, 1, "DOCK")))
HOLD: dict[str, Any] = json.loads(msgspec.json.encode(hold(5, 4)))
PLAN: dict[str, Any] = json.loads(msgspec.json.encode(plan()))
RETRACTION = example(EventRetracted)
SIGNAL = example(DeviceSignalled, "position-at-sea")
SLOT = example(AppointmentMade, "gate-slot")
CONTROL = example(AppointmentMade, "control-cancelled")
REVIEW = example(AlertReviewed, "disposed-confirmed")
TRAIN = example(TrainComposed)
CALL = example(VesselCallChanged, "announced")
MAY_BE_LEFT_OUT = {"direction", "conveyance"}


def without(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


# What is wrong, the reason's detail in part, the line.
BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "unknown field": ("`colour`", SCAN | {"colour": "red"}),
    "missing field": ("`reader`", without(SCAN, "reader")),
    "missing type": ("`type`", without(SCAN, "type")),
    "unknown type": ("`$.type`", SCAN | {"type": "id_scaned"}),
    "wrong enum": ("`$.technology`", SCAN | {"technology": "SMELL"}),
    "wrong type": ("`$.node`", SCAN | {"node": 7}),
    "node not of its form": ("`$.node`", SCAN | {"node": "the dock"}),
    "no identifiers": ("`$.identifiers`", SCAN | {"identifiers": []}),
    "too many identifiers": ("`$.identifiers`", SCAN | {"identifiers": SCAN["identifiers"] * 9}),
    "confidence over 1": (
        "`$.identifiers[0].confidence`",
        SCAN | {"identifiers": [{"scheme": "BIC", "value": BOX, "confidence": 1.01}]},
    ),
    "unknown field within": (
        "`$.identifiers[0]`",
        SCAN | {"identifiers": [{"scheme": "BIC", "value": BOX, "sure": True}]},
    ),
    "empty value": ("`$.identifiers[0].value`", SCAN | {"identifiers": [{"scheme": "BIC", "value": ""}]}),
    "a path of one node": ("`$.path`", PLAN | {"path": PLAN["path"][:1]}),
    "an empty source": ("`$.source`", SCAN | {"source": ""}),
    "a truck as conveyance": ("`$.conveyance`", SCAN | {"conveyance": "TRUCK:1"}),
    "a ship's call as train": ("`$.train`", TRAIN | {"train": "CALL:1"}),
    "beyond the pole": ("`$.position.latitude`", SIGNAL | {"position": {"latitude": 90.1, "longitude": 0}}),
    "half a position": ("`longitude`", SIGNAL | {"position": {"latitude": 41.2}}),
    "too many to retract by": ("`$.identifiers`", RETRACTION | {"identifiers": SCAN["identifiers"] * 34}),
    "an empty declaration": (
        "`$.units[0].mrns[0]`",
        TRAIN | {"units": [{"unit": {"scheme": "BIC", "value": BOX}, "mrns": [""]}]},
    ),
}
# Wrong in ways that JSON Schema does not judge without its optional formats, or cannot say.
BAD_BEYOND_THE_SCHEMA: dict[str, tuple[str, dict[str, Any]]] = {
    "naive time": ("`$.occurred_at`", SCAN | {"occurred_at": "2026-03-10T08:00:00"}),
    "no such day": ("`$.occurred_at`", SCAN | {"occurred_at": "2026-02-30T08:00:00Z"}),
    "no uuid": ("`$.event_id`", SCAN | {"event_id": "42"}),
    "a hold without its name": ("hold_id: needed", HOLD | {"hold_id": None}),
    "a name without a hold": ("hold_id: not allowed", HOLD | {"status": "RELEASED"}),
    "due times that go backwards": ("path: due times", PLAN | {"path": PLAN["path"][::-1]}),
    "a secret that is none": ("not_before: not allowed", HOLD | {"status": "HOLD_LIFTED", "not_before": NOON}),
    "a retraction of anything": ("identifiers: needed", RETRACTION | {"identifiers": []}),
    "a position without a place": ("position: needed", without(SIGNAL, "position")),
    "an end before the start": ("ends_at: not after", SLOT | {"ends_at": SLOT["starts_at"]}),
    "a control by nobody": ("authorities: needed", CONTROL | {"authorities": []}),
    "a slot of an authority": ("authorities: not allowed", SLOT | {"authorities": ["ADM"]}),
    "a secret slot": ("not_before: not allowed", SLOT | {"not_before": NOON}),
    "a review of nothing": ("iot_id: either", without(REVIEW, "iot_id")),
    "a review of two things": ("iot_id: either", REVIEW | {"object_key": "BIC:X"}),
    "a disposal without outcome": ("outcome: needed", without(REVIEW, "outcome")),
    "an outcome too early": ("outcome: not allowed", REVIEW | {"review": "ACKNOWLEDGED"}),
    "announced for no time": ("eta: needed", without(CALL, "eta")),
    "expected after arrival": ("eta: not allowed", CALL | {"status": "ARRIVED"}),
}
ALL_BAD = BAD | BAD_BEYOND_THE_SCHEMA


def numbered(text: bytes) -> list[tuple[int, bytes]]:
    return [(line.number, line.text) for line in lines(BytesIO(text))]


def line_of(fields: Any) -> Line:
    return Line(1, json.dumps(fields).encode(), cut=False)


def refusal(text: bytes, *, cut: bool = False) -> InvalidRecord:
    with pytest.raises(InvalidRecord) as caught:
        parse(Line(1, text, cut))
    return caught.value


def test_lines_are_counted_from_1_and_empty_ones_are_counted_too() -> None:
    assert numbered(b"a\n\n  \t\nb\n") == [(1, b"a"), (4, b"b")]


def test_the_last_line_needs_no_end() -> None:
    assert numbered(b"a\nb") == [(1, b"a"), (2, b"b")]
    assert numbered(b"") == []


def test_windows_line_ends_are_taken_off() -> None:
    assert numbered(b"a\r\n\r\nb\r\n") == [(1, b"a"), (3, b"b")]


@pytest.mark.parametrize("size", [LINE_BYTES_MAX - 1, LINE_BYTES_MAX])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_of_the_greatest_length_is_whole(size: int, end: bytes) -> None:
    assert list(lines(BytesIO(b"x" * size + end))) == [Line(1, b"x" * size, cut=False)]


@pytest.mark.parametrize("extra", [1, 2, LINE_BYTES_MAX - 1, LINE_BYTES_MAX, LINE_BYTES_MAX + 1, 3 * LINE_BYTES_MAX])
def test_an_over_long_line_is_cut_and_the_following_ones_are_fine(extra: int) -> None:
    found = list(lines(BytesIO(b"a\n" + b"x" * (LINE_BYTES_MAX + extra) + b"\nb\n")))
    assert [(line.number, line.cut) for line in found] == [(1, False), (2, True), (3, False)]
    assert len(found[1].text) <= LINE_BYTES_MAX + 1
    assert found[2].text == b"b"


def test_an_over_long_line_is_refused_by_its_length() -> None:
    assert refusal(b"{}", cut=True).reason == "too-long"


@settings(max_examples=300)
@given(text=st.binary(max_size=60) | st.lists(st.sampled_from([b"a", b"\n", b"\r", b" "]), max_size=30).map(b"".join))
def test_no_line_that_says_something_is_lost(text: bytes) -> None:
    expected = [(n, line.rstrip(b"\r")) for n, line in enumerate(text.split(b"\n"), 1) if line.strip()]
    assert numbered(text) == expected


@pytest.mark.parametrize("event", GOOD, ids=lambda event: type(event).__name__)
def test_what_was_written_is_read(event: InputEvent) -> None:
    assert parse(Line(1, msgspec.json.encode(event), cut=False)) == event


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"",
        b"nonsense",
        b'{"type": "id_scanned",}',
        b"\xff\xfe",
        b'{"type":"id_scanned","source":"\xff"}',
        b"\x00",
    ],
)
def test_what_is_no_json_is_bad_json(text: bytes) -> None:
    assert refusal(text).reason == "bad-json"


@pytest.mark.parametrize("text", [b"[]", b"7", b"null", b'"text"', b"{}"])
def test_what_is_no_event_is_a_bad_field(text: bytes) -> None:
    assert refusal(text).reason == "bad-field"


@pytest.mark.parametrize(("detail", "fields"), ALL_BAD.values(), ids=ALL_BAD.keys())
def test_a_bad_field_is_named(detail: str, fields: dict[str, Any]) -> None:
    error = refusal(line_of(fields).text)
    assert error.reason == "bad-field"
    assert detail in error.detail


def test_json_nested_without_end_is_refused_like_any_other() -> None:
    refused = refusal(b'{"x":' + b"[" * 100_000)
    assert refused.reason in ("bad-json", "bad-field")


def test_a_node_does_not_end_in_a_line_end() -> None:
    assert refusal(line_of(SCAN | {"node": "DOCK\n"}).text).reason == "bad-field"


@settings(max_examples=300)
@given(text=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_garbage_is_refused_and_never_anything_else(text: bytes) -> None:
    assert refusal(text).reason in ("bad-json", "bad-field")


@settings(max_examples=300)
@given(data=st.data())
def test_a_good_line_with_one_byte_changed_is_read_or_refused(data: st.DataObject) -> None:
    text = bytearray(msgspec.json.encode(data.draw(st.sampled_from(GOOD))))
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    with suppress(InvalidRecord):
        assert isinstance(parse(Line(1, bytes(text), cut=False)), InputEvent)


@pytest.mark.parametrize("field", sorted(set(SCAN) - MAY_BE_LEFT_OUT))
def test_every_field_of_a_scan_but_direction_and_conveyance_is_needed(field: str) -> None:
    assert refusal(line_of(without(SCAN, field)).text).reason == "bad-field"


# The form as JSON Schema ----------------------------------------------------------------------------------------


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("event", GOOD, ids=lambda event: type(event).__name__)
def test_the_schema_takes_good_lines(event: InputEvent) -> None:
    Draft202012Validator(json_schema()).validate(json.loads(msgspec.json.encode(event)))


@pytest.mark.parametrize("fields", [fields for _, fields in BAD.values()], ids=BAD.keys())
def test_the_schema_refuses_bad_lines(fields: dict[str, Any]) -> None:
    assert not Draft202012Validator(json_schema()).is_valid(fields)


@pytest.mark.parametrize("field", sorted(SCAN))
def test_schema_and_parser_agree_on_which_fields_may_be_left_out(field: str) -> None:
    fields = without(SCAN, field)
    valid = Draft202012Validator(json_schema()).is_valid(fields)
    assert valid == (field in MAY_BE_LEFT_OUT)
