"""What a stream of events must end in, found without Kafka and without workers: folded once, in plain Python."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, get_args
from uuid import UUID

import msgspec

from domain.alerts import EVIDENCE_MAX
from domain.assess import assess
from domain.associations import bindings_of, expectations_of
from domain.conveyance import conveyance_of
from domain.deviations import Finding
from domain.dossier import Dossier, fold, opened, view_of
from domain.events import (
    ConveyanceEvent,
    DeadlinePassed,
    DeviationAlertChanged,
    EventRetracted,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    MissionStateChanged,
    Observation,
    TrainComposed,
    VesselManifested,
)
from domain.identity import Identity, all_meant_by, as_parked, bind, expect, expire, park, unknown_objects
from domain.journey import Journey
from domain.observation import candidates
from domain.port import Port
from domain.standing import standing_of, summarise

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_OF_CONVEYANCES = get_args(ConveyanceEvent)
_OBSERVATIONS = get_args(Observation)


class AlertKey(NamedTuple):
    """What makes an alert the one it is: the IOT_ID or object, the kind and the subject."""

    owner: str
    kind: str
    subject: str


class Told(NamedTuple):
    """What an alert says."""

    node: str | None
    deviated_at: datetime
    evidence: tuple[str, ...]
    sentence: str


@dataclass(slots=True)
class Outcome:
    """What stands after everything, in a form in which two of them can be compared.

    *Shape*: ``states`` without what depends on how often a state was told; ``rows`` are the keys of the rows of each
    ClickHouse view, as text.
    """

    states: dict[str, MissionStateChanged] = field(default_factory=dict)
    alerts: dict[AlertKey, Told] = field(default_factory=dict)
    rows: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))


VIEWS: dict[str, str] = {
    "iot_id_generated": "v_iot_ids_generated",
    "mission_amended": "v_mission_amendments",
    "id_scanned": "v_scans",
    "customs_status_changed": "v_customs_statuses",
    "device_signalled": "v_device_signals",
    "appointment_made": "v_appointments",
    "alert_reviewed": "v_alert_reviews",
    "train_composed": "v_train_compositions",
    "train_permission_changed": "v_train_permissions",
    "vessel_manifested": "v_vessel_manifests",
    "vessel_call_changed": "v_vessel_calls",
    "mass_verified": "v_masses_verified",
    "event_retracted": "v_event_retractions",
}
"""Where the events from outside stand, each under its ``event_id``."""

KEYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(VIEWS.values(), ("event_id",)),
    "v_id_bindings": ("event_id", "scheme", "value"),
    "v_units_expected": ("event_id", "scheme", "value"),
    "v_mission_events": ("iot_id", "event_id"),
}
"""The columns that make a row of a view the one it is."""


def outcome_of(events: Sequence[InputEvent], port: Port, as_of: datetime, grace: timedelta) -> Outcome:
    """What the events come to when absences are judged as of a moment, in whatever order they arrive."""
    outcome = Outcome()
    identities = _identities(events, outcome)
    dossiers: dict[str, Dossier] = {}
    for event in events:
        outcome.rows[VIEWS[str(type(event).__struct_config__.tag)]].add((str(event.event_id),))
        for owner in _owners(event, identities):
            dossiers[owner] = fold(dossiers.get(owner) or opened(owner), event)
    for owner, dossier in dossiers.items():
        _judge(owner, fold(dossier, DeadlinePassed(subject=owner, as_of=as_of)), port, outcome)
    for key, identity in identities.items():
        _tell(key, unknown_objects(key, expire(key, identity, as_of, grace), grace), outcome)
    return outcome


def plain_state(state: MissionStateChanged) -> MissionStateChanged:
    """A state without what depends on how often it was told."""
    return msgspec.structs.replace(state, revision=0, changed_at=EPOCH)


def plain_alert(alert: DeviationAlertChanged) -> tuple[AlertKey, Told]:
    """An alert without what depends on how it came about."""
    key = AlertKey(str(alert.iot_id or alert.object_key), alert.kind, alert.subject)
    return key, Told(alert.node, alert.deviated_at, tuple(map(str, alert.evidence)), alert.sentence)


def plain_finding(owner: str, finding: Finding) -> tuple[AlertKey, Told]:
    """The same of what was found about a mission, a conveyance or an unknown object."""
    evidence = tuple(map(str, finding.evidence[:EVIDENCE_MAX]))
    told = Told(finding.node, finding.deviated_at, evidence, finding.sentence)
    return AlertKey(owner, finding.kind, finding.subject), told


def _identities(events: Sequence[InputEvent], outcome: Outcome) -> dict[str, Identity]:
    """Every identifier with all that will ever be bound to it or expected of it; nothing waits yet."""
    identities: dict[str, Identity] = defaultdict(Identity)
    retracted = {event.retracts for event in events if isinstance(event, EventRetracted)}
    for event in events:
        if isinstance(event, IotIdGenerated | MissionAmended | EventRetracted):
            for bound in bindings_of(event):
                key = f"{bound.scheme.value}:{bound.value}"
                identities[key] = bind(key, identities[key], bound).identity
                outcome.rows["v_id_bindings"].add((str(bound.event_id), bound.scheme.value, bound.value))
        elif isinstance(event, TrainComposed | VesselManifested) and event.event_id not in retracted:
            for expected in expectations_of(event):
                key = f"{expected.scheme.value}:{expected.value}"
                identities[key] = expect(identities[key], expected)
                outcome.rows["v_units_expected"].add((str(expected.event_id), expected.scheme.value, expected.value))
    return identities


def _owners(event: Any, identities: dict[str, Identity]) -> list[str]:
    """The missions and the conveyance that an event belongs to; what is nobody's waits under its best identifier."""
    conveyance = conveyance_of(event) if isinstance(event, _OF_CONVEYANCES) else None
    owners = [conveyance] if conveyance else []
    if isinstance(event, IotIdGenerated | MissionAmended):
        return [str(event.iot_id)]
    if isinstance(event, _OBSERVATIONS):
        tried = candidates(event)
        home = tried[0].key if tried else ""
        found = (
            all_meant_by(each.key, identities[each.key], as_parked(event, home, b"", (), rank))
            for rank, each in enumerate(tried)
            if each.bindable and each.key in identities
        )
        iot_ids: tuple[UUID, ...] = next(filter(None, found), ())
        owners += map(str, iot_ids)
        if tried and not iot_ids:
            identities[home] = park(identities[home], as_parked(event, home, b"", ()))
    return owners


def _judge(owner: str, dossier: Dossier, port: Port, outcome: Outcome) -> None:
    view = view_of(dossier, port)
    findings = assess(view)
    _tell(owner, findings, outcome)
    if isinstance(view, Journey):
        open_kinds = tuple(sorted({finding.kind for finding in findings}))
        state = summarise(standing_of(view), 0, EPOCH, open_kinds)
        outcome.states[owner] = state
        outcome.rows["v_mission_events"] |= {(owner, str(fact.event_id)) for fact in dossier.facts}


def _tell(owner: str, findings: Iterable[Finding], outcome: Outcome) -> None:
    outcome.alerts |= dict(plain_finding(owner, finding) for finding in findings)
