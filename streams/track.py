"""The agent ``track``: where does each mission stand, and what is wrong with it? Mission events in, alerts out.

State: the mission and the ledger of its alerts, by IOT_ID.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.alerts import Cause, Ledger, changes
from domain.assess import assess, next_due_at, summarise
from domain.events import DeadlinePassed
from domain.journey import Journey
from domain.mission import Mission, MissionFull, apply
from domain.port import Port
from runtime import metrics
from runtime.errors import InvalidRecord
from runtime.settings import Settings
from streams.alerting import put_alerts
from streams.chunks import Received, Receiver
from streams.deadlines import Deadlines
from streams.outbox import Outbox, partition_of
from streams.table import ChunkTable
from topics.catalog import MISSION_STATE_CHANGED
from topics.codec import Codec
from topics.headers import cloud_event, origin_ms


class Tracked(msgspec.Struct, frozen=True, array_like=True):
    """What the table holds for one IOT_ID."""

    mission: Mission
    ledger: Ledger


encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
decode = msgspec.msgpack.Decoder(Tracked).decode


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
        self.table: ChunkTable

    def handle(self, partition: int, received: list[Received[Any]], outbox: Outbox) -> None:
        """Work through one chunk.

        Alerts are judged event by event: judged once a chunk, a replay that cuts the chunks differently after a
        crash could tell another story than the one already told. States are told once a chunk, the last is all.
        """
        touched: dict[bytes, tuple[Tracked, Journey, datetime]] = {}
        for each in received:
            try:
                iot_id = _iot_id(each)
                key = str(iot_id).encode()
                before = touched[key][0] if key in touched else self._tracked(iot_id, key)
                mission = apply(before.mission, each.event)
            except InvalidRecord as error:
                self._receiver.reject(each.record, error, outbox)
                continue
            except MissionFull:
                full = InvalidRecord("mission-full", "its mission holds too many events already")
                self._receiver.reject(each.record, full, outbox)
                continue
            if mission is not before.mission:
                touched[key] = self._judge(mission, before.ledger, each, outbox)
        for key, (tracked, journey, changed_at) in touched.items():
            self._keep(partition, key, tracked, journey, changed_at, outbox)

    def recovered(self) -> None:
        """Rebuild the index of due times from the table."""
        self._deadlines.clear()
        for key, value in self.table.data.data.items():
            due_at = next_due_at(Journey(decode(value).mission, self._port))
            self._deadlines.set(partition_of(key, self._settings.partitions), key, due_at)
        metrics.MISSIONS.set(len(self.table.data.data))

    def _judge(
        self, mission: Mission, ledger: Ledger, each: Received[Any], outbox: Outbox
    ) -> tuple[Tracked, Journey, datetime]:
        journey = Journey(mission, self._port)
        by_clock = isinstance(each.event, DeadlinePassed)
        at: datetime = each.event.as_of if by_clock else each.event.occurred_at
        cause = Cause(mission.iot_id, None, at, None if by_clock else each.event.event_id, self._port.policy)
        ledger, alerts = changes(ledger, assess(journey), cause)
        origin = None if by_clock else origin_ms(each.record.headers, each.record.timestamp)
        put_alerts(self._settings, self._codec, outbox, alerts, origin)
        return Tracked(mission, ledger), journey, at

    def _keep(
        self, partition: int, key: bytes, tracked: Tracked, journey: Journey, at: datetime, outbox: Outbox
    ) -> None:
        self.table[key] = encode(tracked)
        self._deadlines.set(partition, key, next_due_at(journey))
        state = summarise(journey, tracked.ledger.revision, at, tracked.ledger.open_kinds)
        headers = cloud_event(state, f"{state.iot_id}/{state.revision}", state.iot_id, "missionpath", at)
        outbox.put(self._settings.topic(MISSION_STATE_CHANGED.name), key, self._codec.encode(state), headers)
        metrics.MISSIONS.set(len(self.table.data.data))

    def _tracked(self, iot_id: UUID, key: bytes) -> Tracked:
        value = self.table.get(key)
        return decode(value) if value else Tracked(Mission(iot_id), Ledger())


def _iot_id(each: Received[Any]) -> UUID:
    is_command = isinstance(each.event, DeadlinePassed)
    try:
        return UUID(each.event.subject if is_command else (each.record.key or b"").decode("ascii"))
    except ValueError as error:
        raise InvalidRecord("bad-key", f"the {'subject' if is_command else 'record key'} is not an IOT_ID") from error
