"""The example of the port of Bari is what its generator makes, and is fit to be published."""

import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.events import (
    CustomsStatus,
    CustomsStatusChanged,
    Identifier,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    Technology,
    flaws,
)
from domain.identifiers import Scheme, Verdict, check
from domain.port_file import parse_port

ROOT = Path(__file__).parents[2]
BARI = ROOT / "examples" / "bari"
GENERATED = ("1-traffic.jsonl", "2-corrections.jsonl", "expected-alerts.jsonl", "scenario.json")
KINDS = {
    "OFF_PATH_NODE",
    "NODE_SKIPPED",
    "OVERDUE",
    "READ_AFTER_DEFINITIVE",
    "EXIT_WITHOUT_RELEASE",
    "HOLD_VIOLATION",
    "IDENTIFIER_MISMATCH",
    "UNKNOWN_OBJECT",
    "SEAL_DISCREPANCY",
    "EXIT_CHECK_MISSING",
    "DWELL_EXCEEDED",
    "ABANDONED_UNIT",
    "IMPOSSIBLE_TRAVEL",
}


def events_of(file: str) -> list[InputEvent]:
    lines = (BARI / file).read_bytes().splitlines()
    return [msgspec.json.decode(line, type=InputEvent) for line in lines]


TRAFFIC = events_of("1-traffic.jsonl")
CORRECTIONS = events_of("2-corrections.jsonl")
EVERYTHING = TRAFFIC + CORRECTIONS
AMENDMENTS = [event for event in EVERYTHING if isinstance(event, MissionAmended)]
GENERATIONS = {event.iot_id: event for event in EVERYTHING if isinstance(event, IotIdGenerated)}
SCANS = [event for event in EVERYTHING if isinstance(event, IdScanned)]
ACTS: list[dict[str, str]] = msgspec.json.decode((BARI / "scenario.json").read_bytes())["acts"]
EXPECTED: list[dict[str, Any]] = [
    msgspec.json.decode(line) for line in (BARI / "expected-alerts.jsonl").read_bytes().splitlines()
]
DEVIATING = {UUID(alert["iot_id"]) for alert in EXPECTED if alert["iot_id"]}
UNKNOWN = {alert["object_key"] for alert in EXPECTED if alert["iot_id"] is None}


def missions_named(scan: IdScanned) -> set[UUID]:
    """The missions that a read may belong to by what was read."""
    read = {(seen.scheme, seen.value) for seen in scan.identifiers}
    return {
        event.iot_id
        for event in (*GENERATIONS.values(), *AMENDMENTS)
        if event.occurred_at <= scan.occurred_at
        and read & {(declared.scheme, declared.value) for declared in named_by(event)}
    }


def named_by(event: InputEvent) -> tuple[Identifier, ...]:
    """The identifiers that an event names; of an amendment those it adds."""
    return event.added if isinstance(event, MissionAmended) else event.identifiers


def keys(scan: IdScanned) -> set[str]:
    return {check(seen.scheme, seen.value).key for seen in scan.identifiers}


def test_regenerating_changes_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "examples.bari.make_scenario", "--output", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(GENERATED)
    for name in GENERATED:
        assert (tmp_path / name).read_bytes() == (BARI / name).read_bytes(), name


def test_no_event_has_a_flaw() -> None:
    assert [(event.event_id, flaws(event)) for event in EVERYTHING if flaws(event)] == []


@pytest.mark.parametrize("events", [TRAFFIC, CORRECTIONS])
def test_each_act_is_in_order_of_time(events: list[InputEvent]) -> None:
    assert events
    assert all(earlier.occurred_at <= later.occurred_at for earlier, later in pairwise(events))


def test_each_act_is_judged_after_its_events() -> None:
    clocks = [datetime.fromisoformat(act["clock"]) for act in ACTS]
    assert [act["file"] for act in ACTS] == ["1-traffic.jsonl", "2-corrections.jsonl"]
    assert clocks == sorted(clocks)
    assert all(event.occurred_at < clocks[0] for event in EVERYTHING)


def test_the_corrections_are_news() -> None:
    known = {event.event_id for event in TRAFFIC}
    assert not known & {event.event_id for event in CORRECTIONS}


def test_only_misreads_have_a_wrong_check_digit() -> None:
    misreads = 0
    for event in EVERYTHING:
        for named in named_by(event):
            checked = check(named.scheme, named.value)
            assert checked.value == named.value
            if checked.bindable:
                continue
            assert checked.verdict is Verdict.BAD_CHECK_DIGIT
            assert isinstance(event, IdScanned)
            assert event.technology is Technology.OCR
            assert missions_named(event) or checked.key in UNKNOWN
            misreads += 1
    assert misreads >= 3


def test_every_read_leads_to_a_mission_unless_planted_as_unknown() -> None:
    strangers = [scan for scan in SCANS if not missions_named(scan)]
    assert strangers
    assert all(keys(scan) & UNKNOWN for scan in strangers)


def test_every_status_names_a_mission_known_by_then() -> None:
    known: dict[str, datetime] = {}
    for generation in sorted(GENERATIONS.values(), key=lambda event: event.occurred_at, reverse=True):
        known |= {named.value: generation.occurred_at for named in generation.identifiers}
        known[str(generation.iot_id)] = generation.occurred_at
    for event in EVERYTHING:
        if isinstance(event, CustomsStatusChanged):
            assert all(known[named.value] <= event.occurred_at for named in event.identifiers)


def test_most_missions_are_clean() -> None:
    assert len(GENERATIONS) >= 60
    assert GENERATIONS.keys() >= DEVIATING
    assert len(DEVIATING) <= len(GENERATIONS) / 4


def test_clean_missions_are_complete_and_in_time_within_act_1() -> None:
    cancelled = {
        named.value
        for event in TRAFFIC
        if isinstance(event, CustomsStatusChanged) and event.status is CustomsStatus.CANCELLED
        for named in event.identifiers
    }
    late = {event.event_id for event in CORRECTIONS}
    for iot_id, generation in GENERATIONS.items():
        if iot_id in DEVIATING or generation.event_id in late or generation.identifiers[0].value in cancelled:
            continue
        reads = [scan for scan in TRAFFIC if isinstance(scan, IdScanned) and iot_id in missions_named(scan)]
        for step in generation.path:
            if step.required:
                assert step.due_at is not None
                read_at = [read.occurred_at for read in reads if read.node == step.node]
                assert read_at, (iot_id, step.node)
                assert min(read_at) <= step.due_at, (iot_id, step.node)


def test_every_process_and_every_kind_of_alert_occurs() -> None:
    port = parse_port((BARI / "port.json").read_bytes())
    assert {event.process for event in GENERATIONS.values()} == port.paths.keys()
    assert {alert["kind"] for alert in EXPECTED} == KINDS
    assert len({alert["kind"] for alert in EXPECTED if alert["after_act"]["2"] == "cleared"}) >= 3
    assert all(alert["after_act"].keys() == {"1", "2"} for alert in EXPECTED)


def test_missions_follow_the_paths_of_the_port() -> None:
    port = parse_port((BARI / "port.json").read_bytes())
    for event in GENERATIONS.values():
        steps = port.paths[event.process]
        assert [(node.node, node.required) for node in event.path] == [(step.node, step.required) for step in steps]
        due = [None if step.due_after is None else event.occurred_at + step.due_after for step in steps]
        assert [node.due_at for node in event.path] == due
    assert {scan.node for scan in SCANS} == {node.node for node in port.nodes}


def test_overdue_steps_are_due_before_the_clock_that_finds_them() -> None:
    clocks = [datetime.fromisoformat(act["clock"]) for act in ACTS]
    for alert in EXPECTED:
        if alert["kind"] != "OVERDUE":
            continue
        path = GENERATIONS[UUID(alert["iot_id"])].path
        due_at = next(step.due_at for step in path if step.node == alert["subject"])
        assert due_at is not None
        found = [due_at <= clock - timedelta(seconds=60) for clock in clocks]
        assert found == [alert["after_act"]["1"] == "open", True]


def test_the_data_is_untidy_where_nothing_is_wrong() -> None:
    copies = Counter(event.event_id for event in TRAFFIC)
    duplicated = {type(event) for event in TRAFFIC if copies[event.event_id] > 1}
    assert duplicated == {IotIdGenerated, IdScanned, CustomsStatusChanged}
    frames = Counter((scan.node, scan.reader, scan.identifiers[0].value) for scan in SCANS)
    assert max(frames.values()) > 1
    doubts = [seen for scan in SCANS for seen in scan.identifiers if seen.scheme is Scheme.PLATE]
    assert any(seen.confidence is not None and seen.confidence < 0.75 for seen in doubts)


def test_the_readme_lists_the_same_alerts() -> None:
    rows = [
        tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))
        for line in (BARI / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `") and any(kind in line for kind in KINDS)
    ]
    planted = [
        (alert["kind"], alert["subject"], alert["node"], alert["after_act"]["1"], alert["after_act"]["2"])
        for alert in EXPECTED
    ]
    assert sorted(row[1:6] for row in rows) == sorted(planted)
