"""Deliveries to rows, rows to batches; no store needed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from uuid import UUID

import msgspec
import pytest
from prometheus_client import REGISTRY

from domain.events import (
    DeadlinePassed,
    DeviceSignal,
    DeviceSignalled,
    FactMoved,
    Identifier,
    IdScanned,
    IotIdGenerated,
    ManifestUnit,
    MissionEvent,
    Movement,
    ObservationRecounted,
    PathNode,
    Position,
    Process,
    ResolutionEvent,
    Technology,
    TrainComposed,
    TrainStage,
    TrainUnit,
    VesselManifested,
)
from domain.identifiers import Scheme
from domain.remembering import moving, read_of
from runtime.errors import Fatal, InvalidRecord, MissionpathError, Unavailable
from sinks import complaint
from sinks.batch import Batch
from sinks.engine import QueryRefused
from sinks.migrate import bundled
from sinks.rows import TABLES, Delivery, row
from topics.catalog import READ_BY, SINK_GROUP

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
EVENT_ID = UUID("00000000-0000-4000-8000-000000000001")
IOT_ID = UUID("00000000-0000-4000-8000-000000000002")
PROVENANCE = {"kafka_topic": "t", "kafka_partition": 1, "kafka_offset": 7, "published_at": AT}
IDENTIFIERS = (
    Identifier(scheme=Scheme.BIC, value="MSCU6639871", confidence=0.5),
    Identifier(scheme=Scheme.PLATE, value="GA123EC"),
)
EXAMPLES = Path(__file__).parents[2] / "avro_schemas/examples"
RESOLUTION = get_args(ResolutionEvent)
READ_BY_SINK = tuple(
    dict.fromkeys(record for topic in READ_BY[SINK_GROUP] for record in topic.records if record not in RESOLUTION)
)
SCAN = IdScanned(
    event_id=EVENT_ID,
    occurred_at=AT,
    source="gate",
    node="ITBRI-GATE-IN",
    reader="lane-2",
    technology=Technology.OCR,
    identifiers=IDENTIFIERS,
)


def delivery(event: msgspec.Struct = SCAN, iot_id: UUID | None = None, led_by: str | None = None) -> Delivery:
    return Delivery(event, "t", 1, 7, AT, iot_id, led_by)


def test_a_scan_keeps_its_identifiers_as_parallel_arrays() -> None:
    assert row(delivery()) == (
        "scans",
        {
            "event_id": EVENT_ID,
            "occurred_at": AT,
            "source": "gate",
            "node": "ITBRI-GATE-IN",
            "reader": "lane-2",
            "technology": "OCR",
            "direction": None,
            "conveyance": None,
            "identifiers.scheme": ["BIC", "PLATE"],
            "identifiers.value": ["MSCU6639871", "GA123EC"],
            "identifiers.confidence": [0.5, None],
            **PROVENANCE,
        },
    )


def test_a_resolved_scan_is_a_mission_event() -> None:
    assert row(delivery(iot_id=IOT_ID, led_by="BIC:MSCU6639871")) == (
        "mission_events",
        {
            "iot_id": IOT_ID,
            "event_id": EVENT_ID,
            "record": "id_scanned",
            "occurred_at": AT,
            "resolved_by": "BIC:MSCU6639871",
            "process": None,
            "node": "ITBRI-GATE-IN",
            "direction": None,
            "reader": "lane-2",
            "status": None,
            "authority": None,
            "signal": None,
            "retracts": None,
            **PROVENANCE,
        },
    )


def test_a_generation_keeps_its_path_as_parallel_arrays() -> None:
    event = IotIdGenerated(
        event_id=EVENT_ID,
        occurred_at=AT,
        source="AIDA",
        iot_id=IOT_ID,
        process=Process.TRANSIT,
        identifiers=IDENTIFIERS,
        path=(PathNode(node="ITBRI-QUAY", due_at=AT), PathNode(node="ITBRI-YARD", required=False)),
    )
    table, columns = row(delivery(event))
    assert table == "iot_ids_generated"
    assert columns["path.node"] == ["ITBRI-QUAY", "ITBRI-YARD"]
    assert columns["path.required"] == [True, False]
    assert columns["path.due_at"] == [AT, None]
    assert "path" not in columns


MRNS = ("26ITQBA158977764S6", "26ITQBA190171210R0")
BOX, TRUCK = IDENTIFIERS


def test_a_train_keeps_its_units_as_parallel_arrays_with_a_list_of_declarations_each() -> None:
    event = TrainComposed(
        event_id=EVENT_ID,
        occurred_at=AT,
        source="mto",
        train="TRAIN:60123",
        stage=TrainStage.LOADING_LIST,
        units=(
            TrainUnit(unit=BOX, mrns=MRNS),
            TrainUnit(unit=TRUCK, wagon=Identifier(scheme=Scheme.WAGON, value="1"), transport_document="CIM-1"),
        ),
    )
    assert row(delivery(event)) == (
        "train_compositions",
        {
            "event_id": EVENT_ID,
            "occurred_at": AT,
            "source": "mto",
            "train": "TRAIN:60123",
            "stage": "LOADING_LIST",
            "units.unit_scheme": ["BIC", "PLATE"],
            "units.unit_value": ["MSCU6639871", "GA123EC"],
            "units.unit_confidence": [0.5, None],
            "units.wagon_scheme": [None, "WAGON"],
            "units.wagon_value": [None, "1"],
            "units.wagon_confidence": [None, None],
            "units.mrns": [MRNS, ()],
            "units.transport_document": [None, "CIM-1"],
            **PROVENANCE,
        },
    )


def test_a_manifest_spreads_its_ship_and_keeps_masses_and_dangers_of_its_units() -> None:
    event = VesselManifested(
        event_id=EVENT_ID,
        occurred_at=AT,
        source="agent",
        call="CALL:1",
        ship=Identifier(scheme=Scheme.SHIP, value="9074729"),
        movement=Movement.LOADING,
        units=(ManifestUnit(unit=BOX, gross_mass_kg=24_000, dangerous=True, mrns=MRNS), ManifestUnit(unit=TRUCK)),
    )
    table, columns = row(delivery(event))
    assert table == "vessel_manifests"
    assert [columns[f"ship_{part}"] for part in ("scheme", "value", "confidence")] == ["SHIP", "9074729", None]
    assert columns["units.gross_mass_kg"] == [24_000, None]
    assert columns["units.dangerous"] == [True, False]
    assert columns["units.mrns"] == [MRNS, ()]
    assert not {"ship", "units"} & set(columns)


@pytest.mark.parametrize(
    ("position", "degrees"), [(Position(latitude=90, longitude=-180), (90, -180)), (None, (None, None))]
)
def test_a_position_is_two_columns(position: Position | None, degrees: tuple[float | None, ...]) -> None:
    event = DeviceSignalled(
        event_id=EVENT_ID,
        occurred_at=AT,
        source="platform",
        device="4711",
        signal=DeviceSignal.POSITION,
        identifiers=IDENTIFIERS,
        node="ITBRI-YARD",
        position=position,
    )
    table, columns = row(delivery(event))
    assert table == "device_signals"
    assert (columns["latitude"], columns["longitude"]) == degrees
    assert "position" not in columns


def example(record: type[msgspec.Struct]) -> msgspec.Struct:
    files = sorted((EXAMPLES / str(record.__struct_config__.tag)).glob("valid-*.json"))
    return msgspec.json.decode(files[0].read_bytes(), type=record)


def by_name(record: type) -> str:
    return record.__name__


@pytest.mark.parametrize(
    "record", [each for each in get_args(MissionEvent) if each not in (DeadlinePassed, *RESOLUTION)], ids=by_name
)
def test_what_belongs_to_a_mission_is_a_mission_event(record: type[msgspec.Struct]) -> None:
    table, columns = row(delivery(example(record), iot_id=IOT_ID))
    assert table == "mission_events"
    assert (columns["iot_id"], columns["record"]) == (IOT_ID, record.__struct_config__.tag)


def test_that_an_observation_counts_no_more_is_a_row_of_its_own() -> None:
    told = ObservationRecounted(event_id=EVENT_ID, occurred_at=AT, iot_id=IOT_ID, counts=False, revision=3)
    table, columns = row(delivery(told))
    assert (table, columns["event_id"], columns["counts"]) == ("observations_recounted", EVENT_ID, False)


def test_a_moved_fact_is_the_mission_event_that_it_was() -> None:
    moved = moving(read_of(SCAN), UUID(int=9))
    table, columns = row(delivery(moved, iot_id=IOT_ID))
    assert (table, columns["event_id"], columns["record"]) == ("mission_events", EVENT_ID, "id_scanned")
    # What a mission does not remember of a read is not there.
    assert (columns["node"], columns["reader"]) == ("ITBRI-GATE-IN", None)


@pytest.mark.parametrize("fact", ["", "?", "AAAA"])
def test_a_moved_fact_that_cannot_be_read_is_refused(fact: str) -> None:
    moved = FactMoved(event_id=EVENT_ID, occurred_at=AT, from_iot_id=UUID(int=9), record="id_scanned", fact=fact)
    with pytest.raises(InvalidRecord, match="the fact that was moved cannot be read"):
        row(delivery(moved, iot_id=IOT_ID))


@pytest.mark.parametrize("record", READ_BY_SINK, ids=by_name)
def test_whatever_the_sink_reads_has_a_table(record: type[msgspec.Struct]) -> None:
    table, columns = row(delivery(example(record)))
    assert table in TABLES
    assert columns.items() >= PROVENANCE.items()


class Unheard(msgspec.Struct, frozen=True):
    event_id: UUID


def test_a_record_without_a_table_is_refused() -> None:
    with pytest.raises(InvalidRecord, match="no-table: no table takes Unheard from t"):
        row(delivery(Unheard(EVENT_ID)))


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Shelf:
    """Takes rows until told what to raise."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self.errors: dict[str, MissionpathError] = {}

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        if table in self.errors:
            raise self.errors[table]
        self.taken.append((table, len(rows)))

    def query(self, sql: str, output_format: str) -> bytes:
        raise NotImplementedError

    def execute(self, sql: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def test_a_batch_is_full_by_rows_or_by_bytes() -> None:
    by_rows, by_bytes = Batch(2, 1000, 1.0), Batch(1000, 100, 1.0)
    for batch in (by_rows, by_bytes):
        batch.add(*row(delivery()), 50)
        assert not batch.full
        batch.add(*row(delivery()), 50)
        assert batch.full


def test_a_batch_is_due_when_its_first_row_is_old_enough() -> None:
    clock = Clock()
    batch = Batch(10, 1000, 2.0, clock)
    clock.seconds += 60
    assert not batch.due
    batch.add(*row(delivery()), 1)
    clock.seconds += 1.9
    batch.add(*row(delivery()), 1)
    assert not batch.due
    clock.seconds += 0.1
    assert batch.due
    batch.write(Shelf())
    assert not batch.due


def test_a_batch_goes_on_where_an_outage_cut_it() -> None:
    shelf, batch = Shelf(), Batch(10, 1000, 1.0)
    batch.add(*row(delivery()), 1)
    batch.add(*row(delivery(iot_id=IOT_ID)), 1)
    batch.add(*row(delivery(iot_id=IOT_ID)), 1)
    shelf.errors["mission_events"] = Unavailable("disk full")
    with pytest.raises(Unavailable):
        batch.write(shelf)
    assert len(batch) == 2
    assert sample("missionpath_store_up") == 0
    shelf.errors.clear()
    batch.write(shelf)
    assert shelf.taken == [("scans", 1), ("mission_events", 2)]
    assert len(batch) == 0
    assert sample("missionpath_store_up") == 1


def test_writes_are_counted_and_failed_ones_timed_too() -> None:
    shelf, batch = Shelf(), Batch(10, 1000, 1.0)
    rows = sample("missionpath_sink_rows_total", table="scans")
    failed = sample("missionpath_sink_write_seconds_count", success="false")
    written = sample("missionpath_sink_write_seconds_count", success="true")
    batch.add(*row(delivery()), 1)
    shelf.errors["scans"] = Fatal("no such table")
    with pytest.raises(Fatal):
        batch.write(shelf)
    shelf.errors.clear()
    batch.write(shelf)
    assert sample("missionpath_sink_rows_total", table="scans") == rows + 1
    assert sample("missionpath_sink_write_seconds_count", success="false") == failed + 1
    assert sample("missionpath_sink_write_seconds_count", success="true") == written + 1


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_an_outage_is_told_from_a_bad_row_and_from_a_wrong_table() -> None:
    full = complaint.of_insert("scans", "Code: 243. DB::Exception: Cannot reserve 1 MiB. (NOT_ENOUGH_SPACE)")
    assert isinstance(full, Unavailable)
    assert "NOT_ENOUGH_SPACE (code 243)" in str(full)
    ruled_out = complaint.of_insert(
        "scans",
        "Code: 469. DB::Exception: Constraint `strict` for table missionpath.scans is violated at row 1. Expression: "
        "(node != 'A'). Column values: node = 'A'. (VIOLATED_CONSTRAINT)",
    )
    assert str(ruled_out) == "ClickHouse refuses rows of scans: VIOLATED_CONSTRAINT (code 469)"
    bad = complaint.of_insert(
        "scans",
        "Code: 27. DB::Exception: Code: 27. DB::Exception: Cannot parse input: expected '\"' before: 'GA123EC': "
        "(while reading the value of key kafka_offset): (at row 2)\n: data for INSERT was parsed from query. "
        "(CANNOT_PARSE_INPUT_ASSERTION_FAILED) (version 26.9.2.1). (CANNOT_PARSE_INPUT_ASSERTION_FAILED)",
    )
    assert str(bad) == (
        "ClickHouse refuses rows of scans.kafka_offset: CANNOT_PARSE_INPUT_ASSERTION_FAILED (code 27)"
    )


def test_a_query_that_asks_too_much_is_its_own_fault() -> None:
    said = complaint.of_query("Code: 159. DB::Exception: Timeout exceeded: elapsed 2 s. (TIMEOUT_EXCEEDED)")
    assert isinstance(said, QueryRefused)
    assert str(said) == "Timeout exceeded: elapsed 2 s (TIMEOUT_EXCEEDED, code 159)"


def test_a_syntax_error_is_told_without_the_list_of_everything_possible() -> None:
    said = complaint.parse(
        "Code: 62. DB::Exception: Syntax error: failed at position 7 (1): 1. Expected one of: token sequence, Dot, "
        "token: In scope SELECT formatQuerySingleLine('selct 1'). (SYNTAX_ERROR)"
    )
    assert said.text == "Syntax error: failed at position 7 (1): 1"


def test_what_has_not_the_usual_form_is_still_told() -> None:
    assert complaint.parse("something\nbroke") == complaint.Complaint(0, "UNKNOWN", None, "something broke")


def test_the_migrations_are_numbered_without_gaps() -> None:
    assert [migration.version for migration in bundled()] == list(range(1, len(bundled()) + 1))


def test_every_statement_can_be_repeated() -> None:
    for migration in bundled():
        for statement in migration.statements:
            # An insert writes the same rows again, and they collapse.
            safe = ("IF NOT EXISTS", "IF EXISTS", "CREATE OR REPLACE", "INSERT INTO missionpath.mission_events")
            assert any(words in statement for words in safe)
