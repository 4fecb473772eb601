"""The agent ``resolve``: whose is this read? Observations in, mission events out.

State: one ``Identity`` for each identifier, on the identifier's partition. A read with several identifiers tries
them in turn, each on its own partition.
"""

import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from aiokafka.structs import ConsumerRecord

from domain.alerts import Cause, changes
from domain.associations import bindings_of, expectations_of
from domain.conveyance import conveyance_of, is_conveyance
from domain.events import (
    AlertReviewed,
    AppointmentMade,
    CustomsStatusChanged,
    DeadlinePassed,
    DeviceSignalled,
    EventRetracted,
    FactMoved,
    IdBound,
    IdentifierHandedOver,
    IdScanned,
    IotIdGenerated,
    MissionAmended,
    Observation,
    ObservationTaken,
    TrainComposed,
    UnitExpected,
    VesselManifested,
)
from domain.facts import Lead, tried_by
from domain.identity import (
    Decision,
    Identity,
    Parked,
    all_meant_by,
    as_parked,
    bind,
    expect,
    expire,
    forget,
    give,
    is_waiting,
    next_expiry,
    park,
    parked_again,
    review,
    take_back,
    taken,
    unknown_objects,
    waiting,
)
from domain.observation import Candidate, candidates
from domain.remembering import carried
from runtime import metrics
from runtime.errors import InvalidRecord
from runtime.settings import Settings
from streams.alerting import put_alerts
from streams.chunks import Received, Receiver
from streams.deadlines import Deadlines
from streams.outbox import Outbox, partition_of
from streams.table import ChunkTable
from topics.catalog import ID_BOUND, MISSION_EVENT_RESOLVED, OBSERVATION_REROUTED
from topics.codec import Codec
from topics.headers import (
    ANSWER,
    ATTEMPT,
    DECISION,
    ORIGIN_MS,
    RANK,
    RESOLVED_BY,
    Header,
    cloud_event,
    number,
    origin_ms,
    replaced,
    value_of,
)

_encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
_decode = msgspec.msgpack.Decoder(Identity).decode
_UNKNOWN = Identity()
_OF_THIS_STAGE = frozenset({ATTEMPT, ANSWER, ORIGIN_MS})


class Resolve:
    """Handles the chunks of ``resolve``."""

    def __init__(self, settings: Settings, codec: Codec, receiver: Receiver, deadlines: Deadlines) -> None:
        self._settings = settings
        self._codec = codec
        self._receiver = receiver
        self._deadlines = deadlines
        self._grace = timedelta(seconds=settings.unknown_grace_seconds)
        self.table: ChunkTable

    def handle(self, partition: int, received: list[Received[Any]], outbox: Outbox) -> None:
        """Work through one chunk; everything to send is in the outbox, everything to keep in the table."""
        for each in received:
            match each.event:
                case IdScanned() | CustomsStatusChanged() | DeviceSignalled() | AppointmentMade() | EventRetracted():
                    self._observed(partition, each, outbox)
                case IotIdGenerated() | MissionAmended():
                    self._associated(each, outbox)
                case IdBound():
                    self._bound(partition, each, outbox)
                case UnitExpected():
                    key = _key_of(each.event)
                    before = self._identity(key)
                    self._keep(partition, key, before, expect(before, each.event), each, outbox)
                case DeadlinePassed():
                    self._expired(partition, each, outbox)
                case AlertReviewed():
                    self._reviewed(partition, each, outbox)
                case FactMoved():
                    self._came_back(partition, each, outbox)
                case _:
                    self._conveyed(each, outbox)

    def recovered(self) -> None:
        """Rebuild the index of due times from the table."""
        self._deadlines.clear()
        parked = 0
        for partition, key, value in self.table.items_by_partition():
            identity = _decode(value)
            parked += waiting(key.decode(), identity)
            self._deadlines.set(partition, key, next_expiry(key.decode(), identity, self._grace))
        metrics.PARKED.set(parked)

    def _associated(self, each: Received[IotIdGenerated | MissionAmended], outbox: Outbox) -> None:
        self._tell_identifiers(bindings_of(each.event), each, outbox)
        itself = str(each.event.iot_id)
        self._forward(itself, Lead(0, f"IOT_ID:{itself}"), each.record.value, _carried(each.record), outbox)
        _resolved(type(each.event).__struct_config__.tag).inc()

    def _conveyed(self, each: Received[Any], outbox: Outbox) -> None:
        """What is told of a train's run or a ship's call goes to it, and its units are expected."""
        if isinstance(each.event, TrainComposed | VesselManifested):
            self._tell_identifiers(expectations_of(each.event), each, outbox)
        conveyance = conveyance_of(each.event)
        assert conveyance is not None
        self._forward(conveyance, Lead(0, conveyance), each.record.value, _carried(each.record), outbox)
        _resolved(type(each.event).__struct_config__.tag).inc()

    def _tell_identifiers(self, told: Sequence[IdBound | UnitExpected], each: Received[Any], outbox: Outbox) -> None:
        for each_told in told:
            key = _key_of(each_told)
            kind = type(each_told).__struct_config__.tag
            ce_id = f"{each.event.event_id}/{kind}/{key}"
            at = _event_time(each_told)
            headers = cloud_event(each_told, ce_id, each.event.event_id, each.event.source, at)
            outbox.put(self._settings.topic(ID_BOUND.name), key.encode(), self._codec.encode(each_told), headers)

    def _reviewed(self, partition: int, each: Received[AlertReviewed], outbox: Outbox) -> None:
        """A review goes to whom its alert concerns: a mission, a conveyance, or the unknown object kept here."""
        review_event, record = each.event, each.record
        key = str(review_event.iot_id or review_event.object_key)
        if review_event.iot_id is not None or is_conveyance(key):
            self._forward(key, Lead(0, key), record.value, _carried(record), outbox)
        elif partition_of(key.encode(), outbox.partitions) != partition:
            self._reroute(record, key, 0, outbox)
        else:
            before = self._identity(key)
            self._keep(partition, key, before, review(before, review_event), each, outbox)

    def _bound(self, partition: int, each: Received[IdBound], outbox: Outbox) -> None:
        key = _key_of(each.event)
        before = self._identity(key)
        learnt = bind(key, before, each.event)
        after = learnt.identity
        # First the news: a mission that does not know yet that it is meant again would give back what it gets.
        for whom, handover in learnt.handovers:
            self._tell_mission(whom, handover, _carried(each.record), outbox, key)
        for decision in learnt.decisions:
            self._decided(decision, key, outbox, key)
        for parked, iot_id in learnt.answers:
            self._tell_home(parked, iot_id, outbox, key)
            after = forget(after, parked.event_id)
        self._keep(partition, key, before, after, each, outbox)

    def _observed(self, partition: int, each: Received[Observation], outbox: Outbox) -> None:
        record, tries = each.record, candidates(each.event)
        # Whoever publishes may write headers; only our own topic's are believed.
        rerouted = self._receiver.catalogued(record.topic) is OBSERVATION_REROUTED
        if not rerouted:
            self._first_seen(each, outbox)
        if tries:
            rank, answer = _way(record, len(tries)) if rerouted else (0, None)
            waiting = as_parked(each.event, tries[0].key, record.value, _carried(record), rank)
            self._try(partition, _Try(tries, waiting, answer, each), outbox)

    def _came_back(self, partition: int, each: Received[FactMoved], outbox: Outbox) -> None:
        """A mission gives an observation back: what had led it there means nobody any more. It is resolved anew."""
        record = each.record
        try:
            fact = carried(each.event)
        except (msgspec.DecodeError, binascii.Error):
            bad = InvalidRecord("bad-fact", "what a mission is to have remembered cannot be read")
            self._receiver.reject(record, bad, outbox)
            return
        tries = tuple(Candidate(key, True) for key in tried_by(fact))
        rank, answer = _way(record, len(tries))
        waiting = parked_again(fact, each.event.from_iot_id, tries[0].key, record.value, _carried(record), rank)
        self._try(partition, _Try(tries, waiting, answer, each, fact.rank), outbox)

    def _try(self, partition: int, tried: "_Try", outbox: Outbox) -> None:
        rank = tried.waiting.rank
        key = tried.tries[rank].key
        if tried.answer is not None:
            self._answered(partition, tried, tried.answer, outbox)
        elif partition_of(key.encode(), outbox.partitions) != partition:
            self._reroute(tried.each.record, key, rank, outbox)
        else:
            self._look_up(partition, tried, outbox)

    def _look_up(self, partition: int, tried: "_Try", outbox: Outbox) -> None:
        """Ask the identifier of that rank, and if it means nothing let the observation wait and ask the next one."""
        waiting, each = tried.waiting, tried.each
        key, bindable = tried.tries[waiting.rank]
        found = all_meant_by(key, self._identity(key), waiting) if bindable else ()
        if found and waiting.rank == 0:
            for iot_id in found:
                self._forward(str(iot_id), Lead(0, key, waiting.number), waiting.value, waiting.headers, outbox)
            _resolved(type(each.event).__struct_config__.tag).inc()
        elif found:
            self._tell_home(waiting, found[0], outbox, None)
        elif self._park(partition, key, tried, outbox) and waiting.rank + 1 < len(tried.tries):
            self._reroute(each.record, tried.tries[waiting.rank + 1].key, waiting.rank + 1, outbox)

    def _answered(self, partition: int, tried: "_Try", answer: UUID, outbox: Outbox) -> None:
        """At home: an identifier that is not the best leads somewhere; the best that does decides."""
        home, rank, each = tried.waiting.home, tried.waiting.rank, tried.each
        before = self._identity(home)
        after, decision = give(before, each.event.event_id, rank, answer)
        if decision is not None:
            self._decided(decision, tried.tries[rank].key, outbox, home)
            _resolved(type(each.event).__struct_config__.tag).inc()
        self._keep(partition, home, before, after, each, outbox)

    def _decided(self, decision: Decision, led_by: str, outbox: Outbox, home: str) -> None:
        parked = decision.parked
        lead = Lead(decision.rank, led_by, decision.number)
        self._forward(str(decision.iot_id), lead, parked.value, parked.headers, outbox, home)
        if decision.taken_from is not None:
            self._tell_mission(decision.taken_from, taken(decision), parked.headers, outbox, home)

    def _first_seen(self, each: Received[Observation], outbox: Outbox) -> None:
        """A read of a train or a ship is hers as well; a retracted generation takes back what it bound."""
        if isinstance(each.event, EventRetracted):
            self._tell_identifiers(bindings_of(each.event), each, outbox)
        if isinstance(each.event, IdScanned | EventRetracted) and each.event.conveyance is not None:
            conveyance = each.event.conveyance
            self._forward(conveyance, Lead(0, conveyance), each.record.value, _carried(each.record), outbox)

    def _park(self, partition: int, key: str, tried: "_Try", outbox: Outbox) -> bool:
        """Let it wait here; false when its next identifier need not be asked."""
        before, waiting = self._identity(key), tried.waiting
        came_back = waiting.rank == 0 and tried.led_before is not None
        try:
            after = take_back(before, waiting, tried.led_before or 0) if came_back else park(before, waiting)
        except OverflowError:
            error = InvalidRecord("too-many-parked", "too many observations wait under this identifier")
            self._receiver.reject(tried.each.record, error, outbox)
            return False
        self._keep(partition, key, before, after, tried.each, outbox)
        return not came_back or is_waiting(key, after, waiting.event_id)

    def _expired(self, partition: int, each: Received[DeadlinePassed], outbox: Outbox) -> None:
        key = each.event.subject
        before = self._identity(key)
        self._keep(partition, key, before, expire(key, before, each.event.as_of, self._grace), each, outbox)

    def _keep(
        self, partition: int, key: str, before: Identity, after: Identity, each: Received[Any], outbox: Outbox
    ) -> None:
        """Write the identity back if it changed, and say what that changes about UNKNOWN_OBJECT."""
        self._deadlines.set(partition, key.encode(), next_expiry(key, after, self._grace))
        if after is before:
            return
        metrics.PARKED.inc(waiting(key, after) - waiting(key, before))
        findings = unknown_objects(key, after, self._grace)
        if findings or after.ledger.entries:
            ledger, alerts = changes(after.ledger, findings, _cause(key, each.event))
            by_clock, record = isinstance(each.event, DeadlinePassed), each.record
            origin = None if by_clock else origin_ms(record.headers, record.timestamp)
            put_alerts(self._settings, self._codec, outbox, alerts, origin, key.encode())
            after = msgspec.structs.replace(after, ledger=ledger)
        self.table[key.encode()] = _encode(after)

    def _identity(self, key: str) -> Identity:
        value = self.table.get(key.encode())
        return _decode(value) if value else _UNKNOWN

    def _forward(
        self,
        owner: str,
        lead: Lead,
        value: bytes,
        headers: tuple[Header, ...],
        outbox: Outbox,
        of: str | None = None,
    ) -> None:
        topic = self._settings.topic(MISSION_EVENT_RESOLVED.name)
        found = (*headers, (RESOLVED_BY, lead.key.encode()), (RANK, str(lead.rank).encode()))
        if lead.number:
            found = (*found, (DECISION, str(lead.number).encode()))
        outbox.put(topic, owner.encode(), value, found, of=_key(of))

    def _tell_mission(
        self,
        iot_id: UUID,
        told: IdentifierHandedOver | ObservationTaken,
        headers: tuple[Header, ...],
        outbox: Outbox,
        of: str,
    ) -> None:
        origin = tuple(header for header in headers if header[0] == ORIGIN_MS)
        made = cloud_event(told, str(told.event_id), told.event_id, "missionpath", told.occurred_at)
        topic = self._settings.topic(MISSION_EVENT_RESOLVED.name)
        outbox.put(topic, str(iot_id).encode(), self._codec.encode(told), (*made, *origin), of=_key(of))

    def _reroute(self, record: ConsumerRecord, key: str, rank: int, outbox: Outbox) -> None:
        headers = replaced(_carried(record), ATTEMPT, str(rank).encode())
        outbox.put(self._settings.topic(OBSERVATION_REROUTED.name), key.encode(), record.value, headers)
        metrics.HOPS.inc()

    def _tell_home(self, parked: Parked, iot_id: UUID, outbox: Outbox, of: str | None) -> None:
        headers = replaced(parked.headers, ANSWER, f"{parked.rank}/{iot_id}".encode())
        topic = self._settings.topic(OBSERVATION_REROUTED.name)
        outbox.put(topic, parked.home.encode(), parked.value, headers, of=_key(of))


@cache
def _resolved(tag: Any) -> Any:
    """The counter of a type; to ask for it by its label takes five times as long as to count."""
    return metrics.RESOLVED.labels(tag)


def _key(of: str | None) -> bytes | None:
    return None if of is None else of.encode()


class _Try(NamedTuple):
    """An observation on its way through its identifiers.

    *Shape*: ``waiting`` is what is kept where it waits, its rank that of the identifier asked now, or of the one that
    ``answer`` says to lead to a mission; ``led_before`` is the rank that has lost what it meant, of an observation
    that comes back from a mission.
    """

    tries: tuple[Candidate, ...]
    waiting: Parked
    answer: UUID | None
    each: Received[Any]
    led_before: int | None = None


def _way(record: ConsumerRecord, tries: int) -> tuple[int, UUID | None]:
    """Which identifier of an observation is asked now, or leads to which mission, as this worker wrote it."""
    rank, _, iot_id = (value_of(record.headers, ANSWER) or b"").decode("ascii", "replace").partition("/")
    try:
        if 0 <= int(rank) < tries:
            return int(rank), UUID(iot_id)
    except ValueError:
        pass
    return min(number(value_of(record.headers, ATTEMPT)) or 0, tries - 1), None


def _carried(record: ConsumerRecord) -> tuple[Header, ...]:
    """The record's headers without this stage's own, and with the time at which it all started."""
    kept = [header for header in record.headers if header[0] not in _OF_THIS_STAGE]
    return (*kept, (ORIGIN_MS, str(origin_ms(record.headers, record.timestamp)).encode()))


def _cause(key: str, event: Any) -> Cause:
    at: datetime = event.as_of if isinstance(event, DeadlinePassed) else _event_time(event)
    return Cause(None, key, at, None if isinstance(event, DeadlinePassed) else event.event_id)


def _event_time(event: Any) -> datetime:
    match event:
        case IdBound():
            return event.valid_from
        case UnitExpected():
            return event.expected_from
    at: datetime = event.occurred_at
    return at


def _key_of(told: IdBound | UnitExpected) -> str:
    return f"{told.scheme.value}:{told.value}"
