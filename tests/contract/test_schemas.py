"""Schemas, types and example payloads say the same."""

import re
from enum import StrEnum
from itertools import pairwise
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect
from payloads import EXAMPLES, INVALID, SCHEMAS, VALID, Example, avro_schema, fits, struct_of, written

from domain.events import InputEvent, flaws
from readers.jsonl import Line, parse
from runtime.errors import InvalidRecord
from topics.catalog import EVENT_TOPICS
from topics.codec import Codec
from topics.registry import AvroSchema, FileRegistry, Version, current_schemas, registered_versions, subject_of

CODEC = Codec(FileRegistry())
RECORDS = [struct_of(path.stem) for path in sorted(SCHEMAS.glob("*.avsc"))]
FROM_OUTSIDE = get_args(InputEvent)


def by_name(value: Any) -> str:
    return str(value) if isinstance(value, Example) else str(value.__name__)


def from_json(example: Example) -> Any:
    return msgspec.json.decode(msgspec.json.encode(example.event), type=example.record)


def published(example: Example) -> Any:
    return parse(Line(1, msgspec.json.encode(example.event), cut=False))


# Examples -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", RECORDS, ids=by_name)
def test_every_record_has_several_examples_of_both_sorts(record: type) -> None:
    assert len([example for example in VALID if example.record is record]) >= 2
    assert len([example for example in INVALID if example.record is record]) >= 3


def test_every_file_is_an_example_of_a_record() -> None:
    found = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())
    assert found == sorted(example.path for example in (*VALID, *INVALID))
    assert {example.record for example in VALID} == set(RECORDS)


@pytest.mark.parametrize("example", VALID, ids=by_name)
def test_a_valid_example_goes_through_the_codec_unchanged(example: Example) -> None:
    event = from_json(example)
    assert CODEC.decode(CODEC.encode(event), example.record) == event


@pytest.mark.parametrize("example", VALID, ids=by_name)
def test_a_valid_example_written_by_somebody_else_is_the_same_event(example: Example) -> None:
    assert CODEC.decode(written(avro_schema(example.record), example.event), example.record) == from_json(example)


@pytest.mark.parametrize("example", [e for e in VALID if e.record in FROM_OUTSIDE], ids=by_name)
def test_a_valid_example_from_outside_can_be_published(example: Example) -> None:
    assert published(example) == from_json(example)


@pytest.mark.parametrize("example", INVALID, ids=by_name)
def test_an_invalid_example_says_why(example: Example) -> None:
    assert example.why
    assert set(example.refused_by) <= {"json", "codec"}
    assert "json" in example.refused_by


@pytest.mark.parametrize("example", INVALID, ids=by_name)
def test_an_invalid_example_is_refused_as_json_for_the_field_it_names(example: Example) -> None:
    read = published if example.record in FROM_OUTSIDE else from_json
    with pytest.raises((InvalidRecord, msgspec.ValidationError)) as caught:
        read(example)
    assert re.search(rf"(`|\$\.|: ){re.escape(example.field)}(`|:)", str(caught.value))


@pytest.mark.parametrize("example", [e for e in INVALID if "codec" in e.refused_by], ids=by_name)
def test_an_invalid_example_that_avro_can_carry_is_refused_by_the_codec(example: Example) -> None:
    frame = written(avro_schema(example.record), example.event)
    with pytest.raises(InvalidRecord) as caught:
        CODEC.decode(frame, example.record)
    assert caught.value.reason == "bad-field"
    assert re.search(rf"(\$\.|^){re.escape(example.field)}(`|:)", caught.value.detail)


def test_flaws_are_only_found_in_what_is_flawed() -> None:
    inputs = [from_json(example) for example in VALID if example.record in FROM_OUTSIDE]
    assert [event for event in inputs if flaws(event)] == []


# Avro against types ---------------------------------------------------------------------------------------------


def differences(avro: Any, ours: Any, where: str) -> list[str]:
    """Where an Avro type and a type of ours differ."""
    if isinstance(ours, inspect.Metadata):
        return differences(avro, ours.type, where)
    if isinstance(ours, inspect.UnionType):
        (inner,) = (part for part in ours.types if not isinstance(part, inspect.NoneType))
        if not (isinstance(avro, list) and len(avro) == 2 and avro[0] == "null"):
            return [f"{where}: {avro} is not optional"]
        return differences(avro[1], inner, where)
    if isinstance(ours, inspect.StructType):
        # A record that was spelt out before is only named.
        return [] if avro == ours.cls.__name__ else _of_record(avro, ours, where)
    if isinstance(ours, inspect.VarTupleType) and avro["type"] == "array":
        return differences(avro["items"], ours.item_type, f"{where}[]")
    return [] if _agrees(avro, ours) else [f"{where}: {avro} is not {ours}"]


def _of_record(avro: Any, ours: inspect.StructType, where: str) -> list[str]:
    found = [] if avro["name"] == ours.cls.__name__ else [f"{where}: named {avro['name']}"]
    names = [field.name for field in ours.fields]
    if [field["name"] for field in avro["fields"]] != names:
        return [*found, f"{where}: fields {[field['name'] for field in avro['fields']]} are not {names}"]
    for theirs, field in zip(avro["fields"], ours.fields, strict=True):
        found += differences(theirs["type"], field.type, f"{where}.{field.name}")
        ours_default = list(field.default) if isinstance(field.default, tuple) else field.default
        if not field.required and theirs.get("default", ...) != ours_default:
            found.append(f"{where}.{field.name}: default {theirs.get('default')} is not {field.default}")
    return found


def _agrees(avro: Any, ours: Any) -> bool:
    if isinstance(ours, inspect.EnumType):
        return bool(avro["symbols"] == [member.value for member in ours.cls] and avro["name"] == ours.cls.__name__)
    expected = {
        inspect.StrType: "string",
        inspect.IntType: "long",
        inspect.FloatType: "double",
        inspect.BoolType: "boolean",
        inspect.UUIDType: {"type": "string", "logicalType": "uuid"},
        inspect.DateTimeType: {"type": "long", "logicalType": "timestamp-millis"},
    }
    return bool(expected.get(type(ours)) == avro)


@pytest.mark.parametrize("record", RECORDS, ids=by_name)
def test_schema_and_type_have_the_same_fields_types_and_symbols(record: type[msgspec.Struct]) -> None:
    assert differences(avro_schema(record), inspect.type_info(record), record.__name__) == []


class _Size(StrEnum):
    SMALL = "SMALL"


class _Thing(msgspec.Struct):
    size: _Size
    note: str | None = None


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [{"name": "note", "type": ["null", "string"], "default": None}],
        [
            {"name": "size", "type": {"type": "enum", "name": "_Size", "symbols": ["SMALL", "BIG"]}},
            {"name": "note", "type": ["null", "string"], "default": None},
        ],
        [
            {"name": "size", "type": {"type": "enum", "name": "_Size", "symbols": ["SMALL"]}},
            {"name": "note", "type": "string"},
        ],
        [
            {"name": "size", "type": {"type": "enum", "name": "_Size", "symbols": ["SMALL"]}},
            {"name": "note", "type": ["null", "string"]},
        ],
    ],
)
def test_the_comparison_above_sees_differences(fields: list[Any]) -> None:
    schema = {"type": "record", "name": "_Thing", "fields": fields}
    assert differences(schema, inspect.type_info(_Thing), "_Thing") != []


def test_every_record_that_travels_has_a_schema_and_the_other_way_round() -> None:
    assert {record for topic in EVENT_TOPICS for record in topic.records} == set(RECORDS)
    assert {schema["name"] for schema in current_schemas()} == {record.__name__ for record in RECORDS}
    assert set(FROM_OUTSIDE) <= set(RECORDS)


@pytest.mark.parametrize("schema", current_schemas(), ids=subject_of)
def test_every_schema_documents_itself(schema: dict[str, Any]) -> None:
    assert schema["doc"].endswith(".")
    assert schema["namespace"] == "org.missionpath.cargo"


# Registry file --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", current_schemas(), ids=subject_of)
def test_every_schema_is_the_newest_version_in_the_registry(schema: dict[str, Any]) -> None:
    newest = [version for version in registered_versions() if version.subject == subject_of(schema)][-1]
    assert newest.schema == schema
    assert FileRegistry().id_of(schema) == newest.schema_id


def test_ids_count_up_and_so_do_the_versions_of_a_subject() -> None:
    versions = registered_versions()
    assert [version.schema_id for version in versions] == list(range(1, len(versions) + 1))
    for subject in {version.subject for version in versions}:
        own = [version.version for version in versions if version.subject == subject]
        assert own == list(range(1, len(own) + 1))
    assert all(subject_of(version.schema) == version.subject for version in versions)


# Earlier versions -----------------------------------------------------------------------------------------------

EARLIER = [v for v in registered_versions() if v.schema not in current_schemas()]


def by_version(version: Version) -> str:
    return f"{version.schema['name']}-{version.version}"


def breaks(earlier: Any, later: Any, where: str) -> list[str]:
    """What keeps the later of two versions of an Avro type from reading every value of the earlier one."""
    if isinstance(earlier, list) and isinstance(later, list) and len(earlier) == len(later):
        return [each for pair in zip(earlier, later, strict=True) for each in breaks(*pair, where)]
    if isinstance(earlier, dict) and isinstance(later, dict) and earlier["type"] == later["type"]:
        if earlier["type"] == "record":
            return _breaks_of_record(earlier, later, where)
        if earlier["type"] == "array":
            return breaks(earlier["items"], later["items"], f"{where}[]")
        if earlier["type"] == "enum":
            kept = later["symbols"][: len(earlier["symbols"])]
            return [] if kept == earlier["symbols"] else [f"{where}: symbols {kept}"]
    return [] if earlier == later else [f"{where}: {earlier} became {later}"]


def _breaks_of_record(earlier: AvroSchema, later: AvroSchema, where: str) -> list[str]:
    before = {field["name"]: field for field in earlier["fields"]}
    after = {field["name"]: field for field in later["fields"]}
    lost = [f"{where}.{name}: gone" for name in before if name not in after]
    bare = [f"{where}.{name}: no default" for name in after if name not in before and "default" not in after[name]]
    kept = [name for name in before if name in after]
    deep = [b for name in kept for b in breaks(before[name]["type"], after[name]["type"], f"{where}.{name}")]
    return [*lost, *bare, *deep]


@pytest.mark.parametrize("subject", sorted({version.subject for version in registered_versions()}))
def test_fields_are_added_with_defaults_and_symbols_at_the_end(subject: str) -> None:
    versions = [version.schema for version in registered_versions() if version.subject == subject]
    assert [breaks(*pair, subject) for pair in pairwise(versions)] == [[]] * (len(versions) - 1)


@pytest.mark.parametrize(
    "later",
    [
        {"name": "size", "type": {"type": "enum", "name": "_Size", "symbols": ["BIG", "SMALL"]}},
        {"name": "size", "type": "string"},
        {"name": "weight", "type": "long", "default": 0},
    ],
    ids=["symbol in front", "another type", "another field"],
)
def test_the_comparison_of_versions_sees_what_breaks(later: dict[str, Any]) -> None:
    size = {"name": "size", "type": {"type": "enum", "name": "_Size", "symbols": ["SMALL"]}}
    earlier = {"type": "record", "name": "_Thing", "fields": [size]}
    assert breaks(earlier, {**earlier, "fields": [later]}, "_Thing") != []
    assert breaks(earlier, {**earlier, "fields": [size, {"name": "note", "type": "string"}]}, "_Thing") != []


@pytest.mark.parametrize("version", EARLIER, ids=by_version)
def test_what_was_written_by_an_earlier_release_is_read(version: Version) -> None:
    old = [e for e in VALID if e.record.__name__ == version.schema["name"] and fits(version.schema, e.event)]
    assert old
    for example in old:
        frame = written(version.schema, example.event, version.schema_id)
        assert CODEC.decode(frame, example.record) == from_json(example)
