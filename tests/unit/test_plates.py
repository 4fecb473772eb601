"""Plates get pseudonyms wherever a row holds one; nothing else changes."""

import hmac
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from runtime.errors import ConfigError, Unavailable
from runtime.settings import load
from sinks.hiding import HidingEngine
from sinks.plate_key import key_file, plate_key
from sinks.plates import MARK, TABLE, Plates
from sinks.rows import row
from tests.integration.delivered_records import every_record

KEY = b"0123456789abcdef0123456789abcdef"
PLATE = "AB123CD"
PLATES = Plates(KEY)
NAME = PLATES.pseudonym(PLATE)


def hidden(**columns: object) -> tuple[dict[str, object], set[str]]:
    seen: set[str] = set()
    # Columns by name alone: which are pairs is remembered by table.
    return dict(PLATES.hidden(repr(sorted(columns)), columns, seen)), seen


def with_plates(columns: Mapping[str, Any]) -> dict[str, Any]:
    """A row that holds the plate wherever it can hold an identifier."""
    full = dict(columns)
    for name, value in columns.items():
        if name.endswith("scheme"):
            value_name = name.removesuffix("scheme") + "value"
            full[name] = ["PLATE"] * len(value) if isinstance(value, list) else "PLATE"
            full[value_name] = [PLATE] * len(value) if isinstance(value, list) else PLATE
        if name in ("resolved_by", "object_key"):
            full[name] = f"PLATE:{PLATE}"
    if "sentence" in columns:
        full |= {"subject": f"missing PLATE:{PLATE}", "sentence": f"No longer stands: PLATE:{PLATE} is on the list."}
    return full


@pytest.mark.parametrize("delivery", every_record(), ids=lambda delivery: type(delivery.event).__name__)
def test_no_row_of_any_table_keeps_a_plate(delivery: Any) -> None:
    table, columns = row(delivery)
    full, seen = with_plates(columns), set[str]()
    other = PLATES.hidden(table, full, seen)
    assert PLATE not in repr(other)
    assert (PLATE in repr(full)) == (seen == {PLATE})
    assert other.keys() == full.keys()
    assert PLATES.hidden(table, other, seen) == other  # a row that is written again after an error


@pytest.mark.parametrize(
    "columns",
    [
        {"scheme": "BIC", "value": "MSCU6639871"},
        {"scheme": "PLATE", "value": NAME},
        {"units.wagon_scheme": [None, "WAGON"], "units.wagon_value": [None, "218124712173"]},
        {"wagon_scheme": None, "wagon_value": None},
        {"resolved_by": None, "object_key": "TRAIN:60123-20260301", "subject": "uncleared"},
        {"status": PLATE, "reason": "LATEPLATE"},
    ],
)
def test_what_is_no_plate_stays(columns: dict[str, object]) -> None:
    assert hidden(**columns) == (columns, set())


def test_of_a_list_only_the_plates_change() -> None:
    given = {"identifiers.scheme": ["BIC", "PLATE"], "identifiers.value": ["MSCU6639871", PLATE]}
    other, seen = hidden(**given)
    assert other["identifiers.value"] == ["MSCU6639871", NAME]
    assert seen == {PLATE}
    assert given["identifiers.value"] == ["MSCU6639871", PLATE]


def test_lists_of_unequal_length_stay_so_for_clickhouse_to_refuse() -> None:
    given: dict[str, object] = {"identifiers.scheme": ["PLATE"], "identifiers.value": [PLATE, PLATE]}
    assert hidden(**given) == (given, set())


@pytest.mark.parametrize(
    ("column", "text", "other"),
    [
        ("resolved_by", f"PLATE:{PLATE}", f"PLATE:{NAME}"),
        ("object_key", "PLATE:IT:AB123CD", f"PLATE:{NAME}"),
        ("subject", f"extra PLATE:{PLATE}", f"extra PLATE:{NAME}"),
        ("sentence", f"PLATE:{PLATE} was landed.", f"PLATE:{NAME} was landed."),
        ("sentence", f"Perhaps PLATE:{PLATE} or PLATE:IT:{PLATE}.", f"Perhaps PLATE:{NAME} or PLATE:{NAME}."),
    ],
)
def test_a_plate_in_a_text(column: str, text: str, other: str) -> None:
    assert hidden(**{column: text})[0] == {column: other}


@pytest.mark.parametrize("written", [PLATE, "ab 123-cd", "IT:AB123CD", "(I) AB123CD"])
def test_one_vehicle_has_one_pseudonym(written: str) -> None:
    assert PLATES.pseudonym(written) == NAME


def test_the_pseudonym_is_hmac_sha_256_under_the_key() -> None:
    assert hmac.new(KEY, PLATE.encode(), "sha256").hexdigest()[:32] == NAME.removeprefix(MARK)
    assert Plates(KEY + b"!").pseudonym(PLATE) != NAME
    assert Plates(KEY + b"!").key_id != PLATES.key_id
    assert KEY.decode() not in repr(vars(HidingEngine(cast(Any, Store()), PLATES)))


class Store:
    """Remembers what went in, and fails when it is told to."""

    database = "missionpath"

    def __init__(self) -> None:
        self.inserts: list[tuple[str, list[Any]]] = []
        self.fails = False

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        if self.fails:
            raise Unavailable("away")
        self.inserts.append((table, list(rows)))


def test_a_plate_is_told_once_and_before_the_rows_that_name_it() -> None:
    store = Store()
    engine = HidingEngine(cast(Any, store), PLATES)
    rows = [{"scheme": "PLATE", "value": PLATE}] * 2
    store.fails = True
    with pytest.raises(Unavailable):
        engine.insert("id_bindings", rows)
    store.fails = False
    engine.insert("id_bindings", rows)
    engine.insert("id_bindings", rows)
    named = {"scheme": "PLATE", "value": NAME}
    assert store.inserts == [
        (TABLE, [{"pseudonym": NAME, "value": PLATE, "key_id": PLATES.key_id}]),
        ("id_bindings", [named] * 2),
        ("id_bindings", [named] * 2),
    ]


def test_every_day_it_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store, midnight = Store(), 86_400 * 20_000
    engine = HidingEngine(cast(Any, store), PLATES)
    for seconds in (0, 86_399, 86_400):
        monkeypatch.setattr("time.time", lambda now=midnight + seconds: now)
        engine.insert("id_bindings", [{"scheme": "PLATE", "value": PLATE}])
    assert [table for table, _ in store.inserts].count(TABLE) == 2


def test_a_key_is_made_once_and_its_owner_alone_reads_it(tmp_path: Path) -> None:
    key_file(tmp_path).parent.mkdir()
    made = plate_key(load(home=tmp_path))
    assert plate_key(load(home=tmp_path)) == made
    assert len(made) == 64
    assert stat.S_IMODE(key_file(tmp_path).stat().st_mode) == 0o600


def test_a_damaged_key_is_not_replaced_by_another(tmp_path: Path) -> None:
    key_file(tmp_path).parent.mkdir()
    key_file(tmp_path).write_text("short")
    with pytest.raises(ConfigError, match=r"plate\.key holds no key"):
        plate_key(load(home=tmp_path))


def test_a_server_needs_a_key_that_is_given(tmp_path: Path) -> None:
    on_server = {"home": tmp_path, "clickhouse_url": "clickhouse://store"}
    with pytest.raises(ConfigError, match="MISSIONPATH_PLATE_KEY is not set"):
        plate_key(load(**on_server))
    assert plate_key(load(**on_server, plate_key=KEY.decode())) == KEY
    assert not key_file(tmp_path).exists()


def test_a_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert KEY.decode() not in repr(load(plate_key=KEY.decode()))
    with pytest.raises(ConfigError, match="plate_key") as refused:
        load(plate_key="too short")
    assert "too short" not in str(refused.value).replace("too_short", "")
