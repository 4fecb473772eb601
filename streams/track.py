"""The agent ``track``: where does each mission stand, and what is wrong with it? Mission events in, alerts out.

State: the mission, or the train's run or ship's call, and the ledger of its alerts; by IOT_ID or conveyance.
"""

import binascii
import re
from typing import Any, get_args
from uuid import UUID

import msgspec
from aiokafka.structs import ConsumerRecord

from domain.conveyance import conveyance_of, is_conveyance
from domain.events import (
    DeadlinePassed,
    FactMoved,
    MissionEvent,
    ObservationRecounted,
    ObservationTaken,
    UnitExpected,
)
from domain.facts import Lead, tried_by
from domain.history import HistoryFull
from domain.judging import Judged, Kept, Watched, due_of, judge
from domain.port import Port
from domain.remembering import carried
from domain.standing import summarise
from runtime import metrics
from runtime.errors import InvalidRecord
from runtime.settings import Settings
from streams.alerting import put_alerts
from streams.chunks import Received, Receiver
from streams.deadlines import Deadlines
from streams.outbox import Outbox
from streams.table import ChunkTable
from topics.catalog import (
    ID_BOUND,
    MISSION_EVENT_RESOLVED,
    MISSION_STATE_CHANGED,
    OBSERVATION_RECOUNTED,
    OBSERVATION_REROUTED,
)
from topics.codec import Codec
from topics.headers import DECISION, ORIGIN_MS, RANK, RESOLVED_BY, cloud_event, number, origin_ms

MISSION_EVENTS = frozenset(get_args(MissionEvent))

AT_HAND_MAX = 20_000
"""Missions under way are read several times in a row: so many are kept unpacked as well, some 5 KB each."""

encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
decode = msgspec.msgpack.Decoder(Kept).decode
_is_iot_id = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
"""Whether an IOT_ID is written in its normal form, as nearly all are."""
_decode_watched = msgspec.msgpack.Decoder(Watched).decode


class Track:
    """Handles the chunks of ``track``."""

    def __init__(
        self, settings: Settings, codec: Codec, receiver: Receiver, deadlines: Deadlines, port: Port
    ) -> None:
        self._settings = settings
        self._codec = codec
        self._receiver = receiver
        self._deadlines = deadlines
        self._port = port
        self._at_hand: dict[bytes, tuple[bytes, Kept]] = {}
        self.table: ChunkTable

    def handle(self, partition: int, received: list[Received[Any]], outbox: Outbox) -> None:
        """Work through one chunk.

        Alerts are judged event by event, so that the story told does not hang on how the chunks were cut. States are
        told once a chunk, the last is all.
        """
        touched: dict[bytes, Kept] = {}
        for each in received:
            try:
                key = _key(each)
                before = touched.get(key) or self._kept(key)
                judged = judge(before, each.event, self._port, _lead(each))
            except InvalidRecord as error:
                self._receiver.reject(each.record, error, outbox)
                continue
            except (msgspec.DecodeError, binascii.Error):
                bad = InvalidRecord("bad-fact", "what another mission is to have remembered cannot be read")
                self._receiver.reject(each.record, bad, outbox)
                continue
            except HistoryFull:
                full = InvalidRecord("history-full", "its mission or conveyance holds too many events already")
                self._receiver.reject(each.record, full, outbox)
                continue
            if judged is not None:
                touched[key] = judged.kept
                if judged.tells:
                    self._tell(key, judged, each, outbox)
        for key, kept in touched.items():
            self._keep(partition, key, kept, outbox)
        metrics.MISSIONS.set(len(self.table))

    def recovered(self) -> None:
        """Rebuild the index of due times from the table."""
        self._deadlines.clear()
        fingerprint = self._port.fingerprint
        for partition, key, value in self.table.items_by_partition():
            watched = _decode_watched(value)
            due_at = watched.due_at if watched.port == fingerprint else due_of(decode(value), self._port)
            self._deadlines.set(partition, key, due_at)
        metrics.MISSIONS.set(len(self.table))

    def retell(self, key: bytes, value: bytes, outbox: Outbox) -> None:
        """Put the state of a mission that may not have been told."""
        self._put_state(key, decode(value), outbox)

    def _tell(self, key: bytes, judged: Judged, each: Received[Any], outbox: Outbox) -> None:
        by_clock = isinstance(each.event, DeadlinePassed)
        if judged.alerts:
            origin = None if by_clock else origin_ms(each.record.headers, each.record.timestamp)
            put_alerts(self._settings, self._codec, outbox, judged.alerts, origin, key)
        for to, told in judged.moved:
            self._move(to, told, each.record, outbox, key)
        for counted in judged.recounted:
            self._recount(counted, outbox, key)
        for unit in judged.no_more_expected:
            self._withdraw(unit, outbox, key)

    def _move(
        self, to: UUID | None, told: FactMoved | ObservationTaken, record: ConsumerRecord, outbox: Outbox, of: bytes
    ) -> None:
        """What counts in another mission goes to it, on the topic that this worker itself reads; else to its home."""
        headers = cloud_event(told, f"{told.event_id}/{to}", told.event_id, "missionpath", told.occurred_at)
        headers.append((ORIGIN_MS, str(origin_ms(record.headers, record.timestamp)).encode()))
        topic, key = MISSION_EVENT_RESOLVED, str(to)
        if to is None and isinstance(told, FactMoved):
            topic, key = OBSERVATION_REROUTED, tried_by(carried(told))[0]
        outbox.put(self._settings.topic(topic.name), key.encode(), self._codec.encode(told), headers, of=of)

    def _recount(self, counted: ObservationRecounted, outbox: Outbox, of: bytes) -> None:
        """Whoever lists what counts in a mission learns that it has changed."""
        ce_id = f"{counted.event_id}/{counted.iot_id}/{counted.revision}"
        headers = cloud_event(counted, ce_id, counted.event_id, "missionpath", counted.occurred_at)
        outbox.put(self._settings.topic(OBSERVATION_RECOUNTED.name), of, self._codec.encode(counted), headers, of=of)

    def _withdraw(self, unit: UnitExpected, outbox: Outbox, of: bytes) -> None:
        """A unit is told, where its identifier is kept, that no list or manifest of that id names it."""
        key = f"{unit.scheme.value}:{unit.value}"
        ce_id = f"{unit.event_id}/unit_expected/{key}/withdrawn"
        headers = cloud_event(unit, ce_id, unit.event_id, "missionpath", unit.expected_from)
        outbox.put(self._settings.topic(ID_BOUND.name), key.encode(), self._codec.encode(unit), headers, of=of)

    def _keep(self, partition: int, key: bytes, kept: Kept, outbox: Outbox) -> None:
        value = self.table[key] = encode(kept)
        if len(self._at_hand) >= AT_HAND_MAX:
            self._at_hand.clear()
        self._at_hand[key] = value, kept
        self._deadlines.set(partition, key, kept.due_at)
        self._put_state(key, kept, outbox)

    def _put_state(self, key: bytes, kept: Kept, outbox: Outbox) -> None:
        """What is kept says it all: the record is not kept beside it, whoever takes over makes it again."""
        standing, at = kept.standing, kept.changed_at
        if standing is None or at is None:
            return
        state = summarise(standing, kept.ledger.revision, at, kept.ledger.open_kinds)
        headers = cloud_event(state, f"{kept.key}/{state.revision}", state.iot_id, "missionpath", at)
        outbox.put(self._settings.topic(MISSION_STATE_CHANGED.name), key, self._codec.encode(state), headers)

    def _kept(self, key: bytes) -> Kept:
        value = self.table.get(key)
        if not value:
            return Kept(key.decode())
        at_hand = self._at_hand.get(key)
        # The same bytes, not equal ones: what was changed by others, or read back, is unpacked again.
        return at_hand[1] if at_hand is not None and at_hand[0] is value else decode(value)


def _key(each: Received[Any]) -> bytes:
    """Whose event it is: the normal form of the record's key, which whoever publishes may have written otherwise.

    *Raises*: InvalidRecord when it is neither an IOT_ID nor the conveyance that the event belongs to, or when the
    event is none that a mission takes in.
    """
    raw, is_command = each.record.key, isinstance(each.event, DeadlinePassed)
    if raw is not None and not is_command and _is_iot_id(raw) and type(each.event) in MISSION_EVENTS:
        return bytes(raw)
    try:
        key = each.event.subject if is_command else (raw or b"").decode("ascii")
        if not is_conveyance(key):
            return _mission_key(key, each.event)
    except ValueError as error:
        where = "subject" if is_command else "record key"
        raise InvalidRecord("bad-key", f"the {where} is not an IOT_ID, a train's run or a ship's call") from error
    if conveyance_of(each.event) != key:
        raise InvalidRecord("bad-key", "the record key is not the conveyance that the event names")
    return key.encode()


def _lead(each: Received[Any]) -> Lead | None:
    """Which identifier led an observation here, as ``resolve`` wrote it; none of any other event."""
    held = dict(each.record.headers)
    led_by = held.get(RESOLVED_BY)
    if led_by is None:
        return None
    return Lead(number(held.get(RANK)) or 0, led_by.decode("utf-8", "replace"), number(held.get(DECISION)) or 0)


def _mission_key(key: str, event: Any) -> bytes:
    iot_id = UUID(key)
    if type(event) not in MISSION_EVENTS:
        raise InvalidRecord("bad-key", f"{type(event).__name__} under an IOT_ID: it belongs to a conveyance")
    return str(iot_id).encode()
