"""How long each report takes on that many scans: `make bench-reports SCANS=10000000`.

The embedded ClickHouse makes up the port's life itself, by numbers: missions of 20 scans at 5 nodes, six rulings
each, some controls and deviations; then every report is asked five times for all of it, and its median time printed.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from runtime.settings import Settings
from sinks.engine import Engine, engine_for
from sinks.migrate import migrate
from sinks.read_only import answer
from sinks.report import Report, reports, work_out

SCANS_A_MISSION = 20
SCANS_AN_INSERT = 500_000
SCANS_A_MINUTE = 3_000
"""The traffic of one country, on average; they are delivered again."""
RUNS = 5
MERGES_SECONDS_MAX = 600

MISSION = f"intDiv(number, {SCANS_A_MISSION})"
"""Of the scan of that number."""
NODES = "['XXAAA-QUAY', 'XXAAA-YARD', 'XXAAA-SCANNER', 'XXAAA-YARD', 'XXAAA-GATE-OUT']"
STATUSES = "['MANIFESTED', 'MANIFEST_VALIDATED', 'DECLARED', 'RELEASED', 'EXIT_CERTIFIED', 'DEFINITIVE']"
PROCESSES = "['IMPORT_ROAD', 'IMPORT_RAIL', 'TRANSIT', 'EXPORT_ROAD', 'DRY_PORT']"
BEGUN_AT = "toDateTime64('2026-01-01 00:00:00', 3, 'UTC')"


def uuid(of: str) -> str:
    """An id that looks as random as one should."""
    return f"reinterpretAsUUID(MD5(toString(({of}))))"


IOT_ID = uuid(f"'mission', {MISSION}")
# A mission begins every 40 s, and its scans are some 90 minutes apart from node to node.
MISSION_AT = f"({BEGUN_AT} + toIntervalSecond(40 * {MISSION} + cityHash64({MISSION}) % 20000))"
STEP = f"intDiv(number % {SCANS_A_MISSION}, 4)"
SCAN_AT = f"({MISSION_AT} + toIntervalSecond({STEP} * 5400 + cityHash64({MISSION}, {STEP}) % 5000 + number % 4 * 20))"
NODE = f"{NODES}[{STEP} + 1]"
READER = "concat(lower(node), '-', toString(1 + number % 4))"
DIRECTION = f"if({STEP} = 4, 'OUT', if({STEP} = 0, 'IN', NULL))"
SCAN = uuid("'scan', number")
RULING_AT = f"({MISSION_AT} + toIntervalSecond(step * 3600 + cityHash64({MISSION}, step) % 7000))"
FROM_KAFKA = "now64(3) - toIntervalDay({age}) AS written_at, 't' AS kafka_topic, 0, number"
SCANS_OF = "FROM numbers({start}, {count})"
MISSIONS_OF = f"FROM (SELECT number * {SCANS_A_MISSION} AS number FROM numbers({{mission}}, {{missions}}))"
HEAD = "event_id, occurred_at, source"
TAIL = "written_at, kafka_topic, kafka_partition, kafka_offset, published_at"
NAMED = "identifiers.scheme, identifiers.value, identifiers.confidence"
UNIT = f"['BIC'], [concat('BOX', toString({MISSION}))], [0.5 + number % 50 / 100]"

FILLING = (
    f"""INSERT INTO scans ({HEAD}, node, reader, technology, direction, {NAMED}, {TAIL})
    SELECT {SCAN}, {SCAN_AT} AS at, if({MISSION} % 7 = 0, 'operator-b', 'operator-a'), {NODE} AS node, {READER},
        'OCR', {DIRECTION}, {UNIT}, {FROM_KAFKA}, at + toIntervalSecond(2) {SCANS_OF}""",
    f"""INSERT INTO mission_events (iot_id, event_id, record, occurred_at, node, direction, reader, {TAIL})
    SELECT {IOT_ID}, {SCAN}, 'id_scanned', {SCAN_AT} AS at, {NODE} AS node, {DIRECTION}, {READER}, {FROM_KAFKA},
        at + toIntervalSecond(3) {SCANS_OF}""",
    f"""INSERT INTO mission_states (iot_id, revision, status, changed_at, reads, {TAIL})
    SELECT {IOT_ID}, 1 + number % {SCANS_A_MISSION}, if({STEP} = 0, 'DEPARTED', 'IN_TRANSIT'), {SCAN_AT} AS at,
        1 + number % {SCANS_A_MISSION}, {FROM_KAFKA}, at + toIntervalSecond(4) {SCANS_OF}""",
    f"""INSERT INTO iot_ids_generated ({HEAD}, iot_id, process, {NAMED}, {TAIL})
    SELECT {uuid(f"'plan', {MISSION}")}, {MISSION_AT} AS at, 'AIDA', {IOT_ID}, {PROCESSES}[1 + {MISSION} % 5], {UNIT},
        {FROM_KAFKA}, at {MISSIONS_OF}""",
    f"""INSERT INTO mission_events (iot_id, event_id, record, occurred_at, process, {TAIL})
    SELECT {IOT_ID}, {uuid(f"'plan', {MISSION}")}, 'iot_id_generated', {MISSION_AT} AS at,
        {PROCESSES}[1 + {MISSION} % 5], {FROM_KAFKA}, at {MISSIONS_OF}""",
    f"""INSERT INTO mission_events (iot_id, event_id, record, occurred_at, status, authority, {TAIL})
    SELECT {IOT_ID}, {uuid(f"'ruling', {MISSION}, step")}, 'customs_status_changed', {RULING_AT} AS at,
        if(step >= 7, 'CONTROL_SATISFACTORY', {STATUSES}[step + 1]), 'ADM', {FROM_KAFKA}, at
    {MISSIONS_OF} ARRAY JOIN arrayConcat(range(6), if({MISSION} % 10 = 0, [7], []), if({MISSION} % 50 = 0, [8], []))
        AS step""",
    f"""INSERT INTO appointments ({HEAD}, appointment_id, purpose, node, starts_at, ends_at, {NAMED}, authorities,
        {TAIL})
    SELECT {uuid(f"'control', {MISSION}, number")}, {MISSION_AT} AS at, 'pcs', toString(({MISSION}, kind)),
        if(kind = 0, 'GATE_SLOT', 'CONTROL'), if(kind = 0, 'XXAAA-GATE-OUT', 'XXAAA-SCANNER'),
        at + toIntervalHour(3), at + toIntervalHour(4), {UNIT}, [if(kind = 1, 'ADM', 'FITO')], {FROM_KAFKA}, at
    {MISSIONS_OF} ARRAY JOIN multiIf({MISSION} % 30 = 0, [0, 1, 2], {MISSION} % 10 = 0, [0, 1], [0]) AS kind""",
    f"""INSERT INTO deviation_alerts (alert_id, revision, status, kind, severity, basis, subject, iot_id, node,
        deviated_at, changed_at, sentence, evidence, outcome, {TAIL})
    SELECT {uuid(f"'alert', {MISSION}")}, revision, ['RAISED', 'DISPOSED'][revision],
        ['OFF_PATH_NODE', 'ABANDONED_UNIT', 'UNKNOWN_OBJECT', 'OVERDUE'][1 + intDiv({MISSION}, 20) % 4], 'WARNING',
        '§356', 'cleared', {IOT_ID}, 'XXAAA-YARD', {MISSION_AT} AS at, at, 'Something is wrong.',
        [{SCAN}, {uuid("'scan', number + 5")}], if(revision = 2, 'CONFIRMED', NULL), {FROM_KAFKA}, at
    {MISSIONS_OF} ARRAY JOIN if({MISSION} % 40 = 0, [1, 2], [1]) AS revision WHERE {MISSION} % 20 = 0""",
)


def main() -> None:
    """Fill, work out, ask."""
    scans = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as home, closing(engine_for(Settings(home=Path(home)))) as engine:
        migrate(engine)
        _print_timed(f"filled with {scans:,} scans", lambda: _fill(engine, scans, age_days=1))
        _print_timed("merged", lambda: _wait_for_merges(engine))
        _print_timed("worked out, all at once", lambda: work_out(engine))
        _fill(engine, SCANS_A_MINUTE, age_days=0)
        _print_timed(f"worked out again after {SCANS_A_MINUTE:,} more", lambda: work_out(engine))
        for report in reports().values():
            _ask(engine, report)


def _print_timed(what: str, step: Callable[[], None]) -> None:
    began_at = time.monotonic()
    step()
    print(f"{what}: {time.monotonic() - began_at:.1f} s", flush=True)


def _fill(engine: Engine, scans: int, age_days: int) -> None:
    """*Units*: ``age_days`` is how long ago it is to have been written."""
    for start in range(0, scans, SCANS_AN_INSERT):
        count = min(SCANS_AN_INSERT, scans - start)
        slices = {
            "age": age_days,
            "start": start,
            "count": count,
            "mission": start // SCANS_A_MISSION,
            "missions": count // SCANS_A_MISSION,
        }
        for statement in FILLING:
            sql = statement.replace("INSERT INTO ", "INSERT INTO missionpath.", 1)
            for name, value in slices.items():
                sql = sql.replace(f"{{{name}}}", str(value))
            engine.execute(f"{sql} SETTINGS max_execution_time = 0")


def _wait_for_merges(engine: Engine) -> None:
    """*Raises*: TimeoutError when they go on for too long."""
    deadline = time.monotonic() + MERGES_SECONDS_MAX
    while engine.query("SELECT count() FROM system.merges", "TSV") != b"0\n":
        if time.monotonic() > deadline:
            raise TimeoutError(f"ClickHouse still merges after {MERGES_SECONDS_MAX} s")
        time.sleep(0.5)


def _ask(engine: Engine, report: Report) -> None:
    everything = {"from": "1970-01-01 00:00:00", "to": "2200-01-01 00:00:00", "by": "reader"}
    [iot_id] = engine.query("SELECT any(iot_id) FROM missionpath.iot_ids_generated", "TSV").decode().split()
    given = {name: (everything | {"iot_id": iot_id}).get(name, "") for name in report.parameters}
    seconds = []
    for _ in range(RUNS):
        began_at = time.monotonic()
        rows = answer(engine, report.sql, "TSV", given).count(b"\n")
        seconds.append(time.monotonic() - began_at)
    print(f"{report.name:<18} {median(seconds):7.3f} s  {rows:9,} rows", flush=True)


if __name__ == "__main__":
    main()
