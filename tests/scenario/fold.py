"""Simulates, and judges events with the domain alone: identities by a dictionary, whatever has a history by folds."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from domain.alerts import Cause, Ledger, changes
from domain.assess import assess
from domain.associations import bindings_of, expectations_of
from domain.conveyance import Conveyance, apply_conveyance, conveyance_of
from domain.deviations import Finding
from domain.deviations.unknown_object import unknown
from domain.events import (
    ConveyanceEvent,
    DeadlinePassed,
    DeviationAlertChanged,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    Observation,
    TrainComposed,
    VesselManifested,
)
from domain.identity import Identity, bind, bound_to, expect
from domain.journey import Journey
from domain.mission import Mission, apply
from domain.observation import candidates, lookup_time
from domain.port import Port
from domain.port_file import parse_port
from domain.train_run import TrainRun
from domain.vessel_call import VesselCall
from readers.score import Score, Truth, compare
from readers.simulator import Parameters, Row, Simulation

GRACE = timedelta(minutes=10)
A_WHILE = timedelta(hours=1)
ROOT = Path(__file__).parents[2]
PORT = parse_port((ROOT / "examples" / "bari" / "port.json").read_bytes())


def alerts_of(events: Iterable[InputEvent], port: Port, as_of: datetime) -> list[DeviationAlertChanged]:
    """What stands when everything has arrived and absences are judged at ``as_of``, in whatever order it came."""
    everything = list(events)
    identities = identities_of(everything)
    missions: dict[UUID, Mission] = {}
    conveyances: dict[str, Conveyance] = {}
    strangers: dict[str, list[IdScanned]] = defaultdict(list)
    for event in everything:
        if isinstance(event, get_args(ConveyanceEvent)) and (key := conveyance_of(event)) is not None:
            conveyances[key] = apply_conveyance(conveyances.get(key, Conveyance(key)), event)
        if isinstance(event, get_args(Observation)):
            iot_id = led_to(event, identities)
        else:
            iot_id = event.iot_id if isinstance(event, IotIdGenerated | MissionAmended) else None
        if iot_id is not None:
            missions[iot_id] = apply(missions.get(iot_id, Mission(iot_id)), event)
        elif isinstance(event, IdScanned):
            strangers[candidates(event)[0].key].append(event)
    return [
        *_of_missions(missions.values(), port, as_of),
        *_of_conveyances(conveyances.values(), port, as_of),
        *_of_strangers(strangers, identities, port, as_of),
    ]


def _of_missions(missions: Iterable[Mission], port: Port, as_of: datetime) -> Iterable[DeviationAlertChanged]:
    for mission in missions:
        judged = apply(mission, DeadlinePassed(subject=str(mission.iot_id), as_of=as_of))
        yield from _alerts(assess(Journey(judged, port)), Cause(mission.iot_id, None, as_of, None), port)


def _of_conveyances(known: Iterable[Conveyance], port: Port, as_of: datetime) -> Iterable[DeviationAlertChanged]:
    for conveyance in known:
        judged = apply_conveyance(conveyance, DeadlinePassed(subject=conveyance.key, as_of=as_of))
        view = TrainRun(judged, port) if conveyance.key.startswith("TRAIN:") else VesselCall(judged, port)
        yield from _alerts(assess(view), Cause(None, conveyance.key, as_of, None), port)


def _of_strangers(
    strangers: dict[str, list[IdScanned]], identities: dict[str, Identity], port: Port, as_of: datetime
) -> Iterable[DeviationAlertChanged]:
    for key, reads in strangers.items():
        expected = identities[key].expected if key in identities else ()
        waited = sorted(
            (
                read
                for read in reads
                if read.occurred_at + GRACE <= as_of
                and not any(
                    each.expected_from <= read.occurred_at + GRACE and read.occurred_at <= each.expected_until
                    for each in expected
                )
            ),
            key=lambda read: read.occurred_at,
        )
        if waited:
            finding = unknown(key, waited[0].node, waited[0].occurred_at, [read.event_id for read in waited])
            yield from _alerts([finding], Cause(None, key, as_of, None), port)


def _alerts(findings: list[Finding], cause: Cause, port: Port) -> list[DeviationAlertChanged]:
    return changes(Ledger(), findings, cause)[1]


def identities_of(events: Iterable[InputEvent]) -> dict[str, Identity]:
    identities: dict[str, Identity] = {}
    for event in events:
        if isinstance(event, IotIdGenerated | MissionAmended):
            for bound in bindings_of(event):
                key = f"{bound.scheme.value}:{bound.value}"
                identities[key] = bind(key, identities.get(key, Identity()), bound).identity
        elif isinstance(event, TrainComposed | VesselManifested):
            for expected in expectations_of(event):
                key = f"{expected.scheme.value}:{expected.value}"
                identities[key] = expect(identities.get(key, Identity()), expected)
    return identities


def led_to(observation: Observation, identities: dict[str, Identity]) -> UUID | None:
    for candidate in candidates(observation):
        if candidate.bindable and candidate.key in identities:
            iot_id = bound_to(identities[candidate.key], lookup_time(observation))
            if iot_id is not None:
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
