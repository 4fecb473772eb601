"""A port to which a story is told event by event, as to the pipeline but by the domain alone; it says what is new."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from domain.alerts import Cause, changes
from domain.associations import bindings_of, expectations_of
from domain.conveyance import conveyance_of, is_conveyance
from domain.events import (
    AlertReviewed,
    AlertStatus,
    DeadlinePassed,
    DeviationAlertChanged,
    Direction,
    EventRetracted,
    FactMoved,
    IdBound,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
    MissionStateChanged,
    ResolutionEvent,
    TrainComposed,
    UnitExpected,
    VesselManifested,
)
from domain.facts import Lead
from domain.identity import (
    Decision,
    Identity,
    Parked,
    all_meant_by,
    as_parked,
    bind,
    expect,
    expire,
    give,
    is_waiting,
    park,
    review,
    take_back,
    taken,
    unknown_objects,
)
from domain.judging import Kept, judge
from domain.observation import candidates
from domain.policy import Policy
from domain.port import Node, NodeKind, Port, Window
from domain.remembering import carried
from domain.standing import summarise
from tests.scenario.parties import IOT_ID, at

GRACE = timedelta(minutes=10)


def _node(node: str, kind: NodeKind, latitude: float = 41.13, **more: Any) -> Node:
    return Node(node=node, name=node.title(), kind=kind, latitude=latitude, longitude=16.85, **more)


PORT = Port(
    locode="ITBRI",
    name="The port of the stories",
    nodes=(
        _node("QUAY", NodeKind.DOCK_GATE),
        _node("TERMINAL", NodeKind.PORT_FACILITY),
        _node("SCANNER", NodeKind.CUSTOMS_SPACE, dwell_max_minutes=120),
        _node("WAREHOUSE", NodeKind.PORT_FACILITY, openings=(Window(start="06:00", end="20:00"),)),
        _node("GATE-IN", NodeKind.PORT_GATE, passage=Direction.IN, requires_slot=True),
        _node("GATE-OUT", NodeKind.PORT_GATE, passage=Direction.OUT),
        _node("RAIL-IN", NodeKind.RAIL_GATE, passage=Direction.IN),
        _node("RAIL-OUT", NodeKind.RAIL_GATE, passage=Direction.OUT),
        _node("DRY-PORT", NodeKind.EXTRA_PORT_FACILITY, latitude=41.03),  # 11 km: five and a half minutes
    ),
    paths={},
    timezone="Europe/Rome",
    policy=Policy(corridor_meters=2_000, exit_certified_by=("GDF",)),
)


class Story:
    """Everything that was told so far, and what is said about it.

    *Shape*: news is ``STATUS KIND subject``, in the order in which it is said.
    """

    def __init__(self, *told: InputEvent) -> None:
        self.identities: dict[str, Identity] = defaultdict(Identity)
        self.kept: dict[str, Kept] = {}
        self.alerts: list[DeviationAlertChanged] = []
        self._events: dict[UUID, InputEvent] = {}
        self.tell(*told)

    # Telling -------------------------------------------------------------------------------------------------------

    def tell(self, *events: InputEvent) -> list[str]:
        """Tell the port of events, in this order; returns what it has to say."""
        before = len(self.alerts)
        for event in events:
            self._events[event.event_id] = event
            self._take(event)
        return [f"{alert.status} {alert.kind} {alert.subject}" for alert in self.alerts[before:]]

    def clock(self, when: str) -> list[str]:
        """Everything until then has been told: judge what is absent."""
        before = len(self.alerts)
        for key, identity in list(self.identities.items()):
            self._learn(key, expire(key, identity, at(when), GRACE), at(when), None)
        for owner in list(self.kept):
            self._judge(owner, DeadlinePassed(subject=owner, as_of=at(when)))
        return [f"{alert.status} {alert.kind} {alert.subject}" for alert in self.alerts[before:]]

    # Asking --------------------------------------------------------------------------------------------------------

    def state(self, iot_id: UUID = IOT_ID) -> MissionStateChanged:
        """What the parties are told of a mission."""
        kept = self.kept[str(iot_id)]
        assert kept.standing is not None
        return summarise(kept.standing, kept.ledger.revision, at("0:00"), kept.ledger.open_kinds)

    def open(self) -> set[str]:
        """What stands, ``KIND subject``."""
        last = {alert.alert_id: alert for alert in self.alerts}
        return {f"{a.kind} {a.subject}" for a in last.values() if a.status is not AlertStatus.CLEARED}

    @property
    def news(self) -> DeviationAlertChanged:
        """What was said last."""
        return self.alerts[-1]

    # As the pipeline does ------------------------------------------------------------------------------------------

    def _take(self, event: InputEvent) -> None:
        conveyance = None if isinstance(event, AlertReviewed) else conveyance_of(event)  # type: ignore[arg-type]
        if conveyance is not None:
            self._judge(conveyance, event)
        match event:
            case IotIdGenerated() | MissionAmended():
                self._tell_identifiers(bindings_of(event), event)
                self._judge(str(event.iot_id), event)
            case TrainComposed() | VesselManifested():
                self._tell_identifiers(expectations_of(event), event)
            case AlertReviewed():
                self._review(event)
            case _ if hasattr(event, "identifiers"):
                if isinstance(event, EventRetracted):
                    self._tell_identifiers(bindings_of(event), event)
                self._resolve(event)

    def _tell_identifiers(self, told: list[IdBound] | list[UnitExpected], event: InputEvent) -> None:
        for each in told:
            key = f"{each.scheme}:{each.value}"
            if isinstance(each, UnitExpected):
                self._learn(key, expect(self.identities[key], each), event.occurred_at, event.event_id)
                continue
            learnt = bind(key, self.identities[key], each)
            self._learn(key, learnt.identity, event.occurred_at, event.event_id)
            for whom, handover in learnt.handovers:
                self._judge(str(whom), handover)
            for decision in learnt.decisions:
                self._decided(decision)
            for parked, iot_id in learnt.answers:
                self._answer(parked, iot_id, event)

    def _resolve(self, event: Any, led_before: int | None = None) -> None:
        """Look an observation up; ``led_before`` is the rank that had led it to the mission it comes back from."""
        tried = candidates(event)
        for rank, candidate in enumerate(tried):
            waiting = as_parked(event, tried[0].key, b"", (), rank)
            known = self.identities[candidate.key]
            found = all_meant_by(candidate.key, known, waiting) if candidate.bindable else ()
            for iot_id in found if rank == 0 else ():
                self._judge(str(iot_id), event, Lead(0, candidate.key))
            if found and rank > 0:
                self._answer(waiting, found[0], event)
            if found:
                return
            came_back = rank == 0 and led_before is not None
            parked = take_back(known, waiting, led_before or 0) if came_back else park(known, waiting)
            self._learn(candidate.key, parked, event.occurred_at, event.event_id)
            if came_back and not is_waiting(candidate.key, parked, event.event_id):
                return

    def _answer(self, parked: Parked, iot_id: UUID, event: InputEvent) -> None:
        """An identifier that is not the best tells home where it leads."""
        known, decision = give(self.identities[parked.home], parked.event_id, parked.rank, iot_id)
        self._learn(parked.home, known, event.occurred_at, event.event_id)
        if decision is not None:
            self._decided(decision)

    def _decided(self, decision: Decision) -> None:
        event: Any = self._events[decision.parked.event_id]
        lead = Lead(decision.rank, candidates(event)[decision.rank].key, decision.number)
        self._judge(str(decision.iot_id), event, lead)
        if decision.taken_from is not None:
            self._judge(str(decision.taken_from), taken(decision))

    def _review(self, event: AlertReviewed) -> None:
        owner = str(event.iot_id or event.object_key)
        if event.iot_id is not None or is_conveyance(owner):
            self._judge(owner, event)
        else:
            self._learn(owner, review(self.identities[owner], event), event.occurred_at, event.event_id)

    def _learn(self, key: str, identity: Identity, when: datetime, trigger: UUID | None) -> None:
        if identity is self.identities[key]:
            return
        cause = Cause(None, key, when, trigger, PORT.policy)
        ledger, alerts = changes(identity.ledger, unknown_objects(key, identity, GRACE), cause)
        self.identities[key] = msgspec.structs.replace(identity, ledger=ledger)
        self.alerts += alerts

    def _judge(
        self, owner: str, event: InputEvent | ResolutionEvent | DeadlinePassed, lead: Lead | None = None
    ) -> None:
        judged = judge(self.kept.get(owner, Kept(owner)), event, PORT, lead)
        if judged is not None:
            self.kept[owner] = judged.kept
            self.alerts += judged.alerts
            for to, told in judged.moved:
                if to is not None:
                    self._judge(str(to), told)
                elif isinstance(told, FactMoved):
                    self._resolve(self._events[told.event_id], carried(told).rank)
            for unit in judged.no_more_expected:
                self._tell_identifiers([unit], event)
