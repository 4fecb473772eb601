"""Every report against the same computed in plain Python, over simulated port life and missions drawn by lot."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from domain.events import AlertStatus, MissionStatus
from runtime.settings import Settings
from sinks.engine import Engine, QueryRefused, engine_for
from sinks.migrate import migrate
from sinks.read_only import answer
from sinks.report import Report, reports, work_out
from sinks.rows import row
from tests.integration import reference_reports as reference
from tests.integration.delivered_records import (
    AT,
    alert,
    delivered,
    mission_state,
    recounted,
    retracted,
    scanned,
    status_changed,
)
from tests.integration.engine_contract import write
from tests.integration.port_life import BEGINNING, Life, drawn, simulated
from tests.integration.reference_reports import Rows

REPORTS = reports()
NOW = BEGINNING + timedelta(days=60)
DEFAULTS = {"from": "1970-01-01 00:00:00", "to": "2200-01-01 00:00:00", "by": "kind"}
BATCH = 20_000


@pytest.fixture(scope="module")
def life() -> Life:
    return simulated(400, seed=3) + drawn(600, seed=5)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, life: Life) -> Iterator[Engine]:
    """A store to which everything was delivered twice, in any order, with a look at it in between."""
    engine = engine_for(Settings(home=tmp_path_factory.mktemp("reports")))
    migrate(engine)
    deliveries = [*life.deliveries(), *life.deliveries()]
    random.Random(1).shuffle(deliveries)
    half = len(deliveries) // 2
    for part in (deliveries[:half], deliveries[half:]):
        for start in range(0, len(part), BATCH):
            write(engine, part[start : start + BATCH])
        work_out(engine)
    yield engine
    engine.close()


def told(engine: Engine, name: str, **given: str) -> Rows:
    report = REPORTS[name]
    parameters = {each: given.get(each, DEFAULTS.get(each, "")) for each in report.parameters}
    raw = answer(engine, report.sql, "JSONEachRow", parameters)
    return msgspec.json.Decoder(dict[str, Any]).decode_lines(raw)


def is_same(one: object, other: object, rounding: float) -> bool:
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(one, float) or isinstance(other, float):
        return one == pytest.approx(other, abs=rounding)
    return one == other


def assert_same(found: Rows, expected: Rows, rounding: float = 0.0051) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one.keys() == other.keys()
        assert [name for name in one if not is_same(one[name], other[name], rounding)] == [], (one, other)


def test_dwell(engine: Engine, life: Life) -> None:
    expected = reference.dwell(life)
    assert {row["pre_cleared"] for row in expected} == {True, False}
    assert_same(told(engine, "dwell"), expected, rounding=0.051)


def test_release(engine: Engine, life: Life) -> None:
    assert_same(told(engine, "release"), reference.release(life))


def test_exit(engine: Engine, life: Life) -> None:
    expected = reference.exits(life)
    assert any(row["left_unreleased"] for row in expected)
    assert_same(told(engine, "exit"), expected)


@pytest.mark.parametrize("node", ["", "ITBRI-GATE-OUT", "XXAAA-YARD"])
def test_throughput(engine: Engine, life: Life, node: str) -> None:
    expected = reference.throughput(life, node)
    assert expected
    assert_same(told(engine, "throughput", node=node), expected)


@pytest.mark.parametrize("by", ["kind", "node", "reader", "operator"])
def test_deviations(engine: Engine, life: Life, by: str) -> None:
    expected = reference.deviations(life, by)
    assert len(expected) > 2
    assert_same(told(engine, "deviations", by=by), expected)


def test_repeat_controls(engine: Engine, life: Life) -> None:
    def order(row: dict[str, Any]) -> tuple[object, ...]:
        return -row["same_authority"], -row["controls"], row["last_at"], row["iot_id"]

    expected = reference.repeat_controls(life)
    assert len(expected) > 10
    found = told(engine, "repeat-controls")
    assert [order(row)[:3] for row in found] == [order(row)[:3] for row in expected]
    assert_same(sorted(found, key=order), sorted(expected, key=order))


def test_joint_inspections(engine: Engine, life: Life) -> None:
    expected = reference.joint_inspections(life)
    assert all(0 < row["joint"] < row["visits"] for row in expected)
    assert_same(told(engine, "joint-inspections"), expected)


def test_readers(engine: Engine, life: Life) -> None:
    def name(row: dict[str, Any]) -> tuple[str, ...]:
        return row["node"], row["reader"], row["operator"], row["technology"]

    expected = reference.readers(life)
    assert any(row["unknown"] for row in expected)
    found = told(engine, "readers")
    assert [row["unsure_share"] for row in found] == sorted((row["unsure_share"] for row in found), reverse=True)
    assert_same(sorted(found, key=name), expected)


def test_abandoned(engine: Engine, life: Life) -> None:
    expected = reference.abandoned(life, NOW)
    assert len(expected) > 5
    found = told(engine, "abandoned", to=f"{NOW:%Y-%m-%d %H:%M:%S}")
    key = ("abandoned_at", "iot_id", "cleared")
    assert_same(
        sorted(found, key=lambda row: [row[k] for k in key]),
        sorted(expected, key=lambda row: [row[k] for k in key]),
        0.051,
    )


def test_anomalies(engine: Engine, life: Life) -> None:
    def name(row: dict[str, Any]) -> tuple[str, ...]:
        return row["node"], row["reader"], row["operator"]

    found = told(engine, "anomalies")
    assert [row["excess"] for row in found] == sorted((row["excess"] for row in found), reverse=True)
    assert_same(sorted(found, key=name), reference.anomalies(life))


DAY = {"from": "2026-06-02 00:00:00", "to": "2026-06-03 00:00:00"}


@pytest.mark.parametrize(
    ("name", "column"),
    [("throughput", "hour"), ("repeat-controls", "last_at")],
)
def test_only_the_time_that_was_asked_for(engine: Engine, name: str, column: str) -> None:
    everything = [row for row in told(engine, name) if row.get("passages") != 0]
    within = [row for row in everything if DAY["from"] <= row[column] < DAY["to"]]
    assert 0 < len(within) < len(everything)
    assert [row for row in told(engine, name, **DAY) if row.get("passages") != 0] == within


@pytest.mark.parametrize("name", sorted(REPORTS.keys() - {"timeline", "abandoned", "throughput", "repeat-controls"}))
def test_times_add_up(engine: Engine, name: str) -> None:
    """What is asked part by part is what is asked at once."""
    count = next(
        each
        for each in ("stays", "arrived", "left", "deviations", "visits", "reads")
        if each in told(engine, name)[0]
    )
    edges = [DEFAULTS["from"], "2026-03-03 00:00:00", "2026-06-01 20:00:00", "2026-06-02 00:00:00", DEFAULTS["to"]]
    parts = [told(engine, name, **{"from": one, "to": other}) for one, other in pairwise(edges)]
    assert sum(row[count] for part in parts for row in part) == sum(row[count] for row in told(engine, name))


@pytest.mark.parametrize("name", sorted(name for name, each in REPORTS.items() if "node" in each.parameters))
def test_only_the_node_that_was_asked_for(engine: Engine, name: str) -> None:
    node = "XXAAA-SCANNER"
    found = told(engine, name, node=node)
    assert found
    assert {row["node"] for row in found if "node" in row} <= {node}


def test_only_the_kind_that_was_asked_for(engine: Engine) -> None:
    [row] = told(engine, "deviations", kind="OFF_PATH_NODE")
    assert row == next(each for each in told(engine, "deviations") if each["value"] == "OFF_PATH_NODE")
    found = told(engine, "anomalies", kind="OFF_PATH_NODE")
    assert 0 < sum(row["anomalies"] for row in found) < sum(row["anomalies"] for row in told(engine, "anomalies"))


def test_the_timeline_of_a_mission(engine: Engine) -> None:
    iot_id, other = uuid4(), uuid4()
    gate = msgspec.structs.replace(scanned(), event_id=uuid4(), reader="lane-1")
    wrong = msgspec.structs.replace(gate, event_id=uuid4(), occurred_at=AT + timedelta(minutes=1))
    taken_back = msgspec.structs.replace(retracted(), retracts=wrong.event_id, occurred_at=AT + timedelta(minutes=2))
    held = msgspec.structs.replace(status_changed(), occurred_at=AT + timedelta(minutes=3))
    raised = msgspec.structs.replace(alert(uuid4(), 1, AlertStatus.RAISED), iot_id=iot_id, object_key=None)
    state = mission_state(iot_id, 1, MissionStatus.DEPARTED)
    events = [gate, wrong, taken_back, held]
    write(engine, [delivered(event, iot_id=iot_id) for event in events])
    write(engine, [delivered(event, iot_id=other) for event in [gate, held]])
    write(engine, [delivered(told) for told in (raised, state, alert(uuid4(), 1, AlertStatus.RAISED))])
    rows = told(engine, "timeline", iot_id=str(iot_id))
    assert [(row["at"][11:16], row["what"], row["node"], row["by"], row["counts"]) for row in rows] == [
        ("08:30", "id_scanned", "ITBRI-GATE-IN", "lane-1", True),
        ("08:30", "ALERT_RAISED", "ITBRI-YARD", "", True),
        ("08:30", "MISSION_DEPARTED", "", "", True),
        ("08:31", "id_scanned", "ITBRI-GATE-IN", "lane-1", False),
        ("08:32", "event_retracted", "", "", True),
        ("08:33", "HOLD_PLACED", "", "ADM", True),
    ]
    assert rows[0]["detail"] == "IN BIC:MSCU6639871"
    assert rows[1]["detail"] == "MISSED_NODE: The container was not read at ITBRI-YARD."
    assert rows[4]["detail"] == f"BIC:MSCU6639871 retracts {wrong.event_id}"


def test_a_value_of_another_type_is_refused(engine: Engine) -> None:
    with pytest.raises(QueryRefused, match="CANNOT_PARSE"):
        told(engine, "timeline", iot_id="no uuid")
    with pytest.raises(QueryRefused, match="from"):
        told(engine, "dwell", **{"from": "yesterday"})


@pytest.mark.parametrize("report", REPORTS.values(), ids=lambda report: report.name)
def test_a_report_says_what_it_needs_and_what_it_gives(engine: Engine, report: Report) -> None:
    given = {each: DEFAULTS.get(each, str(uuid4()) if each == "iot_id" else "") for each in report.parameters}
    meta = msgspec.json.decode(engine.query(report.sql, "JSON", given))["meta"]
    assert [column["name"] for column in meta] == list(report.columns)
    assert report.answers.endswith((".", "?"))
    if report.picture is not None:
        drawn_columns = {*report.picture.values, *report.picture.by, report.picture.over or report.picture.by[0]}
        assert drawn_columns <= report.columns.keys()


def test_a_mission_is_worked_out_again_when_something_is_written_about_it(engine: Engine) -> None:
    """And no other: the last test here, since it adds to the port's life."""
    iot_id, first, second = uuid4(), scanned(), msgspec.structs.replace(scanned(), node="ITBRI-YARD")
    second = msgspec.structs.replace(second, occurred_at=AT + timedelta(hours=1))
    _, columns = row(delivered(first, iot_id=iot_id))
    engine.insert("mission_events", [{**columns, "written_at": datetime.now(UTC) - timedelta(hours=1)}])
    assert stays(engine, iot_id) == []
    later = delivered(second, iot_id=iot_id)
    write(engine, [later])
    assert stays(engine, iot_id) == ["ITBRI-GATE-IN", "ITBRI-YARD"]
    write(engine, [delivered(recounted(later, 5, counts=False))])
    assert stays(engine, iot_id) == ["ITBRI-GATE-IN"]


def stays(engine: Engine, iot_id: UUID) -> list[str]:
    work_out(engine)
    sql = "SELECT node FROM v_journeys ARRAY JOIN stays.node AS node WHERE iot_id = {iot_id:UUID}"
    return engine.query(sql, "TSV", {"iot_id": str(iot_id)}).decode().split()
