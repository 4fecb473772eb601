"""The agent ``resolve``: whose is this read? Observations in, mission events out.

State: one ``Identity`` for each identifier, on the identifier's partition. A read with several identifiers tries
them in turn, each on its own partition.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from aiokafka.structs import ConsumerRecord

from domain.alerts import Cause, changes
from domain.conveyance import conveyance_of, is_conveyance
from domain.events import (
    AlertReviewed,
    AppointmentMade,
    CustomsStatusChanged,
    DeadlinePassed,
    DeviceSignalled,
    EventRetracted,
    IdBound,
    IdScanned,
    IotIdGenerated,
    MissionAmended,
    Observation,
    TrainComposed,
    UnitExpected,
    VesselManifested,
)
from domain.identity import (
    Identity,
    Parked,
    as_parked,
    bind,
    bindings_of,
    candidates,
    expect,
    expectations_of,
    expire,
    meant_by,
    next_expiry,
    park,
    review,
    settle,
    unknown_objects,
)
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
    ATTEMPT,
    ORIGIN_MS,
    RESOLVED_BY,
    SETTLED,
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
                case IdScanned() | CustomsStatusChanged() | DeviceSignalled() | AppointmentMade() | EventRetracted():
                    self._observed(partition, each, outbox)
                case _:
                    self._conveyed(each, outbox)

    def recovered(self) -> None:
        """Rebuild the index of due times from the table."""
        self._deadlines.clear()
        parked = 0
        for partition, key, value in self.table.items_by_partition():
            identity = _decode(value)
            parked += len(identity.parked)
            self._deadlines.set(partition, key, next_expiry(identity, self._grace))
        metrics.PARKED.set(parked)

    def _associated(self, each: Received[IotIdGenerated | MissionAmended], outbox: Outbox) -> None:
        self._tell_identifiers(bindings_of(each.event), each, outbox)
        itself = str(each.event.iot_id)
        self._forward(itself, f"IOT_ID:{itself}", each.record.value, _carried(each.record), outbox)
        metrics.RESOLVED.labels(type(each.event).__struct_config__.tag).inc()

    def _conveyed(self, each: Received[Any], outbox: Outbox) -> None:
        """What is told of a train's run or a ship's call goes to it, and its units are expected."""
        if isinstance(each.event, TrainComposed | VesselManifested):
            self._tell_identifiers(expectations_of(each.event), each, outbox)
        conveyance = conveyance_of(each.event)
        assert conveyance is not None
        self._forward(conveyance, conveyance, each.record.value, _carried(each.record), outbox)
        metrics.RESOLVED.labels(type(each.event).__struct_config__.tag).inc()

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
            self._forward(key, key, record.value, _carried(record), outbox)
        elif partition_of(key.encode(), outbox.partitions) != partition:
            self._reroute(record, key, 0, outbox)
        else:
            before = self._identity(key)
            self._keep(partition, key, before, review(before, review_event), each, outbox)

    def _bound(self, partition: int, each: Received[IdBound], outbox: Outbox) -> None:
        key = _key_of(each.event)
        before = self._identity(key)
        after, woken = bind(before, each.event)
        for iot_id, parked in woken:
            self._forward(str(iot_id), key, parked.value, parked.headers, outbox)
            if parked.home != key:
                self._settle_at_home(parked, outbox)
        self._keep(partition, key, before, after, each, outbox)

    def _observed(self, partition: int, each: Received[Observation], outbox: Outbox) -> None:
        observation, record = each.event, each.record
        tries = candidates(observation)
        # Whoever publishes may write headers; only our own topic's are believed.
        rerouted = self._receiver.catalogued(record.topic) is OBSERVATION_REROUTED
        attempt = value_of(record.headers, ATTEMPT) if rerouted else None
        if attempt == SETTLED:
            self._settled(partition, tries[0].key, each, outbox)
            return
        if not rerouted:
            self._first_seen(each, outbox)
        if not tries:
            return
        nth = _nth(attempt, len(tries))
        candidate = tries[nth]
        if partition_of(candidate.key.encode(), outbox.partitions) != partition:
            self._reroute(record, candidate.key, nth, outbox)
            return
        before = self._identity(candidate.key)
        waiting = as_parked(observation, tries[0].key, record.value, _carried(record))
        iot_id = meant_by(before, waiting) if candidate.bindable else None
        if iot_id is not None:
            self._forward(str(iot_id), candidate.key, waiting.value, waiting.headers, outbox)
            metrics.RESOLVED.labels(type(observation).__struct_config__.tag).inc()
            if nth > 0:
                self._settle_at_home(waiting, outbox)
            return
        parked = self._park(partition, candidate.key, waiting, each, outbox)
        if parked and nth + 1 < len(tries):
            self._reroute(record, tries[nth + 1].key, nth + 1, outbox)

    def _first_seen(self, each: Received[Observation], outbox: Outbox) -> None:
        """A read of a train or a ship is hers as well; a retracted generation takes back what it bound."""
        if isinstance(each.event, EventRetracted):
            self._tell_identifiers(bindings_of(each.event), each, outbox)
        if isinstance(each.event, IdScanned | EventRetracted) and each.event.conveyance is not None:
            conveyance = each.event.conveyance
            self._forward(conveyance, conveyance, each.record.value, _carried(each.record), outbox)

    def _park(self, partition: int, key: str, waiting: Parked, each: Received[Any], outbox: Outbox) -> bool:
        before = self._identity(key)
        try:
            after = park(before, waiting)
        except OverflowError:
            error = InvalidRecord("too-many-parked", "too many observations wait under this identifier")
            self._receiver.reject(each.record, error, outbox)
            return False
        self._keep(partition, key, before, after, each, outbox)
        return True

    def _settled(self, partition: int, key: str, each: Received[Observation], outbox: Outbox) -> None:
        before = self._identity(key)
        self._keep(partition, key, before, settle(before, {each.event.event_id}), each, outbox)

    def _expired(self, partition: int, each: Received[DeadlinePassed], outbox: Outbox) -> None:
        key = each.event.subject
        before = self._identity(key)
        self._keep(partition, key, before, expire(key, before, each.event.as_of, self._grace), each, outbox)

    def _keep(
        self, partition: int, key: str, before: Identity, after: Identity, each: Received[Any], outbox: Outbox
    ) -> None:
        """Write the identity back if it changed, and say what that changes about UNKNOWN_OBJECT."""
        self._deadlines.set(partition, key.encode(), next_expiry(after, self._grace))
        if after is before:
            return
        metrics.PARKED.inc(len(after.parked) - len(before.parked))
        findings = unknown_objects(key, after)
        if findings or after.ledger.entries:
            ledger, alerts = changes(after.ledger, findings, _cause(key, each.event))
            origin = None if isinstance(each.event, DeadlinePassed) else _origin_ms(each.record)
            put_alerts(self._settings, self._codec, outbox, alerts, origin)
            after = msgspec.structs.replace(after, ledger=ledger)
        self.table[key.encode()] = _encode(after)

    def _identity(self, key: str) -> Identity:
        value = self.table.get(key.encode())
        return _decode(value) if value else _UNKNOWN

    def _forward(
        self, owner: str, resolved_by: str, value: bytes, headers: tuple[Header, ...], outbox: Outbox
    ) -> None:
        topic = self._settings.topic(MISSION_EVENT_RESOLVED.name)
        outbox.put(topic, owner.encode(), value, (*headers, (RESOLVED_BY, resolved_by.encode())))

    def _reroute(self, record: ConsumerRecord, key: str, nth: int, outbox: Outbox) -> None:
        headers = replaced(_carried(record), ATTEMPT, str(nth).encode())
        outbox.put(self._settings.topic(OBSERVATION_REROUTED.name), key.encode(), record.value, headers)
        metrics.HOPS.inc()

    def _settle_at_home(self, parked: Parked, outbox: Outbox) -> None:
        headers = replaced(parked.headers, ATTEMPT, SETTLED)
        outbox.put(self._settings.topic(OBSERVATION_REROUTED.name), parked.home.encode(), parked.value, headers)


def _nth(attempt: bytes | None, tries: int) -> int:
    # A rerouted record written by an older release may count further than this one has identifiers to try.
    return min(number(attempt) or 0, tries - 1)


def _origin_ms(record: ConsumerRecord) -> int:
    return origin_ms(record.headers, record.timestamp)


def _carried(record: ConsumerRecord) -> tuple[Header, ...]:
    """The record's headers without this stage's own, and with the time at which it all started."""
    headers = [header for header in record.headers if header[0] != ATTEMPT]
    return replaced(headers, ORIGIN_MS, str(_origin_ms(record)).encode())


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
