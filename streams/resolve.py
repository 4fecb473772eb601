"""The agent ``resolve``: whose is this read? Observations in, mission events out.

State: one ``Identity`` for each identifier, on the identifier's partition. A read with several identifiers tries
them in turn, each on its own partition.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from aiokafka.structs import ConsumerRecord

from domain.alerts import Cause, changes
from domain.events import (
    CustomsStatusChanged,
    DeadlinePassed,
    EventRetracted,
    IdBound,
    IdScanned,
    IotIdGenerated,
    MissionAmended,
    Observation,
)
from domain.identity import (
    Identity,
    Parked,
    as_parked,
    bind,
    bindings_of,
    bound_to,
    candidates,
    expire,
    lookup_time,
    next_expiry,
    park,
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
                case DeadlinePassed():
                    self._expired(partition, each, outbox)
                case IdScanned() | CustomsStatusChanged() | EventRetracted():
                    self._observed(partition, each, outbox)

    def recovered(self) -> None:
        """Rebuild the index of due times from the table."""
        self._deadlines.clear()
        partitions = self._settings.partitions
        parked = 0
        for key, value in self.table.data.data.items():
            identity = _decode(value)
            parked += len(identity.parked)
            self._deadlines.set(partition_of(key, partitions), key, next_expiry(identity, self._grace))
        metrics.PARKED.set(parked)

    def _associated(self, each: Received[IotIdGenerated | MissionAmended], outbox: Outbox) -> None:
        for binding in bindings_of(each.event):
            key = f"{binding.scheme.value}:{binding.value}"
            ce_id = f"{binding.event_id}/{key}"
            headers = cloud_event(binding, ce_id, binding.event_id, each.event.source, binding.valid_from)
            outbox.put(self._settings.topic(ID_BOUND.name), key.encode(), self._codec.encode(binding), headers)
        key_of_itself = f"IOT_ID:{each.event.iot_id}"
        self._forward(each.event.iot_id, key_of_itself, each.record.value, _carried(each.record), outbox)
        metrics.RESOLVED.labels(type(each.event).__struct_config__.tag).inc()

    def _bound(self, partition: int, each: Received[IdBound], outbox: Outbox) -> None:
        key = f"{each.event.scheme.value}:{each.event.value}"
        before = self._identity(key)
        after, woken = bind(before, each.event)
        for iot_id, parked in woken:
            self._forward(iot_id, key, parked.value, parked.headers, outbox)
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
        nth = _nth(attempt, len(tries))
        candidate = tries[nth]
        if partition_of(candidate.key.encode(), outbox.partitions) != partition:
            self._reroute(record, candidate.key, nth, outbox)
            return
        before = self._identity(candidate.key)
        iot_id = bound_to(before, lookup_time(observation)) if candidate.bindable else None
        waiting = as_parked(observation, tries[0].key, record.value, _carried(record))
        if iot_id is not None:
            self._forward(iot_id, candidate.key, waiting.value, waiting.headers, outbox)
            metrics.RESOLVED.labels(type(observation).__struct_config__.tag).inc()
            if nth > 0:
                self._settle_at_home(waiting, outbox)
            return
        parked = self._park(partition, candidate.key, waiting, each, outbox)
        if parked and nth + 1 < len(tries):
            self._reroute(record, tries[nth + 1].key, nth + 1, outbox)

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
        self, iot_id: UUID, resolved_by: str, value: bytes, headers: tuple[Header, ...], outbox: Outbox
    ) -> None:
        topic = self._settings.topic(MISSION_EVENT_RESOLVED.name)
        outbox.put(topic, str(iot_id).encode(), value, (*headers, (RESOLVED_BY, resolved_by.encode())))

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
    at: datetime = event.valid_from if isinstance(event, IdBound) else event.occurred_at
    return at
