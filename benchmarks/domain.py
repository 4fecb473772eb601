"""What judging one event costs on one core, without Kafka: ``make bench-domain``.

Prints medians over repeated runs: unpack the state, take an event in, judge it, tell the alerts, pack the state.
"""

import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from domain.events import (
    CustomsStatus,
    CustomsStatusChanged,
    Identifier,
    IdScanned,
    IotIdGenerated,
    MissionEvent,
    PathNode,
    Process,
    Technology,
)
from domain.identifiers import Scheme
from domain.judging import Kept, judge
from domain.port import Port
from domain.port_file import parse_port
from streams.track import decode, encode

ROUNDS = 15
MISSIONS = 200
START = datetime(2026, 3, 10, tzinfo=UTC)
PORT_FILE = Path("examples/bari/port.json")
UNIT = Identifier(scheme=Scheme.BIC, value="CSQU3054383", confidence=0.98)
MRN = Identifier(scheme=Scheme.MRN, value="99IT9876AB88901209")
STATUSES = (CustomsStatus.MANIFESTED, CustomsStatus.DECLARED, CustomsStatus.RELEASED)


def mission_events(port: Port, count: int) -> list[MissionEvent]:
    """A mission of ``count`` events in order: its generation, then reads along its path among statuses."""
    path = tuple(PathNode(node=step.node, required=step.required) for step in port.paths[Process.IMPORT_ROAD])
    events: list[MissionEvent] = [
        IotIdGenerated(
            event_id=UUID(int=1),
            occurred_at=START,
            source="bench",
            iot_id=UUID(int=7),
            process=Process.IMPORT_ROAD,
            identifiers=(UNIT, MRN),
            path=path,
        )
    ]
    for number in range(1, count):
        events.append(_read(number, path) if number % 2 else _status(number))
    return events


def _read(number: int, path: Sequence[PathNode]) -> IdScanned:
    node = path[min(number // 4, len(path) - 1)].node
    return IdScanned(
        event_id=UUID(int=number + 1),
        occurred_at=START + timedelta(minutes=number),
        source="bench",
        node=node,
        reader="cam-1",
        technology=Technology.OCR,
        identifiers=(UNIT,),
    )


def _status(number: int) -> CustomsStatusChanged:
    return CustomsStatusChanged(
        event_id=UUID(int=number + 1),
        occurred_at=START + timedelta(minutes=number),
        source="bench",
        authority="ADM",
        status=STATUSES[min(number // 2 - 1, len(STATUSES) - 1)],
        identifiers=(MRN,),
    )


def taken_in(state: bytes, event: MissionEvent, port: Port) -> bytes:
    """What ``track`` does with one event: bytes in, bytes out."""
    judged = judge(decode(state), event, port)
    assert judged is not None
    return encode(judged.kept)


def in_order(events: Sequence[MissionEvent], port: Port) -> float:
    """Microseconds an event after the generation when a mission's events come in order."""
    generated = folded(events[:1], port)
    began = time.perf_counter()
    for _ in range(MISSIONS):
        state = generated
        for event in events[1:]:
            state = taken_in(state, event, port)
    return (time.perf_counter() - began) / (MISSIONS * (len(events) - 1)) * 1e6


def in_order_from_memory(events: Sequence[MissionEvent], port: Port) -> float:
    """The same without unpacking the state: an event is taken in, judged, and the state packed."""
    generated = decode(folded(events[:1], port))
    began = time.perf_counter()
    for _ in range(MISSIONS):
        kept = generated
        for event in events[1:]:
            judged = judge(kept, event, port)
            assert judged is not None
            kept = judged.kept
            encode(kept)
    return (time.perf_counter() - began) / (MISSIONS * (len(events) - 1)) * 1e6


def out_of_order(events: Sequence[MissionEvent], port: Port) -> float:
    """Microseconds for the second event of a mission when it comes after all the others."""
    state = folded([events[0], *events[2:]], port)
    began = time.perf_counter()
    for _ in range(MISSIONS):
        taken_in(state, events[1], port)
    return (time.perf_counter() - began) / MISSIONS * 1e6


def folded(events: Sequence[MissionEvent], port: Port) -> bytes:
    """The state after these events."""
    state = empty()
    for event in events:
        state = taken_in(state, event, port)
    return state


def empty() -> bytes:
    """The state of a mission of which nothing is known."""
    return encode(Kept(str(UUID(int=7))))


def main() -> None:
    """Measure and print."""
    port = parse_port(PORT_FILE.read_bytes())
    usual, long = mission_events(port, 15), mission_events(port, 40)
    rows = [
        ("usual event, in order, mission of 15", "µs", [in_order(usual, port) for _ in range(ROUNDS)]),
        ("the same, state at hand", "µs", [in_order_from_memory(usual, port) for _ in range(ROUNDS)]),
        ("out-of-order event, mission of 40", "µs", [out_of_order(long, port) for _ in range(ROUNDS)]),
        ("state of 40 events", "bytes", [float(len(folded(long, port)))]),
    ]
    for what, unit, values in rows:
        median = statistics.median(values)
        print(f"{what:40} median {median:8.1f} {unit}   min {min(values):8.1f}   max {max(values):8.1f}")


if __name__ == "__main__":
    main()
