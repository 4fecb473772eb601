"""Simulates, and judges events with the domain alone: identities by a plain dictionary, missions by the fold."""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.alerts import Cause, Ledger, changes
from domain.assess import assess
from domain.deviations import Finding
from domain.deviations.unknown_object import unknown
from domain.events import (
    DeadlinePassed,
    DeviationAlertChanged,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MissionEvent,
    Observation,
)
from domain.identity import bindings_of, candidates
from domain.journey import Journey
from domain.mission import Mission, apply
from domain.port import Port
from domain.port_file import parse_port
from readers.score import Score, Truth, compare
from readers.simulator import Parameters, Row, Simulation

GRACE = timedelta(minutes=10)

ROOT = Path(__file__).parents[2]
PORT = parse_port((ROOT / "examples" / "bari" / "port.json").read_bytes())
A_WHILE = timedelta(hours=1)

Bindings = dict[str, list[tuple[datetime, UUID]]]


def alerts_of(events: Iterable[InputEvent], port: Port, as_of: datetime) -> list[DeviationAlertChanged]:
    """What stands when everything has arrived and absences are judged at ``as_of``, in whatever order it came."""
    everything = list(events)
    bindings = _bindings(everything)
    missions: dict[UUID, Mission] = {}
    strangers: dict[str, list[IdScanned]] = defaultdict(list)
    for event in everything:
        iot_id = event.iot_id if isinstance(event, IotIdGenerated) else _resolve(event, bindings)
        if iot_id is not None:
            missions[iot_id] = apply(missions.get(iot_id, Mission(iot_id)), event)
        elif isinstance(event, IdScanned):
            strangers[candidates(event)[0].key].append(event)
    found: list[DeviationAlertChanged] = []
    for iot_id, mission in missions.items():
        deadline: MissionEvent = DeadlinePassed(subject=str(iot_id), as_of=as_of)
        findings = assess(Journey(apply(mission, deadline), port))
        found += _alerts(findings, Cause(iot_id, None, as_of, None), port)
    for key, reads in strangers.items():
        waited = sorted((r for r in reads if r.occurred_at + GRACE <= as_of), key=lambda r: r.occurred_at)
        if waited:
            finding = unknown(key, waited[0].node, waited[0].occurred_at, [r.event_id for r in waited])
            found += _alerts([finding], Cause(None, key, as_of, None), port)
    return found


def _alerts(findings: list[Finding], cause: Cause, port: Port) -> list[DeviationAlertChanged]:
    return changes(Ledger(), findings, cause)[1]


def _bindings(events: Iterable[InputEvent]) -> Bindings:
    bindings: Bindings = defaultdict(list)
    for event in events:
        if isinstance(event, IotIdGenerated):
            for bound in bindings_of(event):
                insort(bindings[f"{bound.scheme.value}:{bound.value}"], (bound.valid_from, bound.iot_id))
    return bindings


def _resolve(observation: Observation, bindings: Bindings) -> UUID | None:
    for candidate in candidates(observation):
        if candidate.bindable:
            for valid_from, iot_id in reversed(bindings.get(candidate.key, ())):
                if valid_from <= observation.occurred_at:
                    return iot_id
    return None


def run(tell: Callable[[Row], None] | None = None, **parameters: Any) -> tuple[list[InputEvent], Simulation]:
    simulation = Simulation(PORT, Parameters(**parameters), tell or (lambda row: None))
    return list(simulation.events()), simulation


def over(simulation: Simulation) -> datetime:
    assert simulation.totals.over_at is not None
    return simulation.totals.over_at + A_WHILE


def judged(**parameters: Any) -> tuple[Score, Truth]:
    truth = Truth()
    events, simulation = run(truth.add, **parameters)
    return compare(truth, alerts_of(events, PORT, over(simulation))), truth
