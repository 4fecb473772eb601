"""The example of the port of Bari is what its generator makes, and is fit to be published."""

import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from bari import (
    ACTS,
    BARI,
    CORRECTIONS,
    DEVIATING,
    EVERYTHING,
    EXPECTED,
    GENERATIONS,
    LISTED,
    PORT,
    ROOT,
    SCANS,
    TRAFFIC,
    UNKNOWN,
    key,
    missions_named,
    named_by,
)

from domain.deviations import RULES
from domain.events import (
    AppointmentMade,
    CustomsStatus,
    CustomsStatusChanged,
    DeviceSignalled,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    Technology,
    flaws,
)
from domain.identifiers import Scheme, Verdict, check

GENERATED = ("1-traffic.jsonl", "2-corrections.jsonl", "expected-alerts.jsonl", "scenario.json")


def keys(scan: IdScanned) -> set[str]:
    return {key(seen) for seen in scan.identifiers}


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
    for events, clock in zip((TRAFFIC, CORRECTIONS), clocks, strict=True):
        assert all(event.occurred_at < clock for event in events)


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


def test_every_read_leads_to_a_mission_unless_listed_or_planted_as_unknown() -> None:
    strangers = [scan for scan in SCANS if not missions_named(scan)]
    assert any(keys(scan) & UNKNOWN for scan in strangers)
    assert any(keys(scan) & LISTED for scan in strangers)
    assert all(keys(scan) & (UNKNOWN | LISTED) for scan in strangers)


def test_every_status_signal_and_appointment_names_a_mission_known_by_then() -> None:
    known: dict[str, datetime] = {}
    for generation in sorted(GENERATIONS.values(), key=lambda event: event.occurred_at, reverse=True):
        known |= {named.value: generation.occurred_at for named in generation.identifiers}
        known[str(generation.iot_id)] = generation.occurred_at
    for event in EVERYTHING:
        if isinstance(event, CustomsStatusChanged | DeviceSignalled | AppointmentMade):
            assert all(known[named.value] <= event.occurred_at for named in event.identifiers)


def test_most_missions_are_clean() -> None:
    assert len(GENERATIONS) >= 60
    assert GENERATIONS.keys() >= DEVIATING
    assert len(DEVIATING) <= len(GENERATIONS) / 3


def test_clean_missions_are_complete_and_in_time() -> None:
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
        reads = [scan for scan in SCANS if iot_id in missions_named(scan)]
        for step in generation.path:
            if step.required:
                assert step.due_at is not None
                read_at = [read.occurred_at for read in reads if read.node == step.node]
                assert read_at, (iot_id, step.node)
                assert min(read_at) <= step.due_at, (iot_id, step.node)


def test_every_process_and_every_kind_of_alert_occurs() -> None:
    assert {event.process for event in GENERATIONS.values()} == PORT.paths.keys()
    assert {alert["kind"] for alert in EXPECTED} == RULES.keys()
    assert len({alert["kind"] for alert in EXPECTED if alert["after_act"]["2"] == "cleared"}) >= 12
    assert all(alert["after_act"].keys() == {"1", "2"} for alert in EXPECTED)


def test_missions_follow_the_paths_of_the_port() -> None:
    for event in GENERATIONS.values():
        steps = PORT.paths[event.process]
        assert [(node.node, node.required) for node in event.path] == [(step.node, step.required) for step in steps]
        due = [None if step.due_after is None else event.occurred_at + step.due_after for step in steps]
        assert [node.due_at for node in event.path] == due
    assert {scan.node for scan in SCANS} == {node.node for node in PORT.nodes}


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
    assert duplicated >= {IotIdGenerated, IdScanned, CustomsStatusChanged}
    frames = Counter((scan.node, scan.reader, scan.identifiers[0].value) for scan in SCANS)
    assert max(frames.values()) > 1
    doubts = [seen for scan in SCANS for seen in scan.identifiers if seen.scheme is Scheme.PLATE]
    assert any(seen.confidence is not None and seen.confidence < 0.75 for seen in doubts)


def test_the_readme_lists_the_same_alerts() -> None:
    rows = [
        tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))
        for line in (BARI / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `") and any(kind in line for kind in RULES)
    ]
    planted = [
        (alert["kind"], alert["subject"], alert["node"] or "–", alert["after_act"]["1"], alert["after_act"]["2"])
        for alert in EXPECTED
    ]
    assert sorted(row[1:6] for row in rows) == sorted(planted)
