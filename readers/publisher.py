"""Publishing input events: which topic, which key, how fast."""

import time
from typing import cast

from domain.conveyance import conveyance_of
from domain.events import (
    AlertReviewed,
    AppointmentMade,
    CustomsStatusChanged,
    DeviceSignalled,
    EventRetracted,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MissionAmended,
)
from domain.observation import candidates
from runtime.settings import Settings
from topics.catalog import INPUT_TOPICS
from topics.codec import Codec
from topics.headers import cloud_event
from topics.producer import DurableProducer

PAUSE_SECONDS_MAX = 0.1
TURN_SECONDS = 0.01
"""What is due within it goes together: to wake up for each event costs more than to send it."""


def key_of(event: InputEvent) -> str:
    """The record key: the IOT_ID, the conveyance, or the identifier that an observation is looked up by first."""
    match event:
        case IotIdGenerated() | MissionAmended():
            return str(event.iot_id)
        case AlertReviewed():
            return str(event.iot_id or event.object_key)
        case IdScanned() | CustomsStatusChanged() | DeviceSignalled() | AppointmentMade() | EventRetracted():
            found = candidates(event)
            return found[0].key if found else str(conveyance_of(cast(EventRetracted, event)))
        case _:
            return str(conveyance_of(event))


class Publisher:
    """Sends events to the input topics.

    *Units*: ``rate`` is events a second at the most, none for as fast as the broker takes them.
    """

    def __init__(
        self, settings: Settings, codec: Codec, producer: DurableProducer, rate: float | None = None
    ) -> None:
        self._codec = codec
        self._producer = producer
        self._topics = {kind: settings.topic(topic.name) for kind, topic in INPUT_TOPICS.items()}
        self._gap_seconds = 1 / rate if rate else 0.0
        self._next_at = time.monotonic()

    @property
    def acknowledged(self) -> int:
        """How many events are durable on the broker."""
        return self._producer.acknowledged.total()

    def publish(self, event: InputEvent) -> None:
        """Send one event; waits for its turn and while the producer's queue is full.

        *Raises*: Unavailable when the broker gave up on an earlier one.
        """
        self._wait_for_turn()
        headers = cloud_event(event, str(event.event_id), event.event_id, event.source, event.occurred_at)
        self._producer.send(self._topics[type(event)], key_of(event).encode(), self._codec.encode(event), headers)

    def flush(self) -> None:
        """Wait until everything sent is acknowledged. *Raises*: Unavailable when something is not."""
        self._producer.flush()

    def _wait_for_turn(self) -> None:
        if not self._gap_seconds:
            return
        # After a pause it goes on at the rate, without making up for what it missed.
        self._next_at = max(self._next_at + self._gap_seconds, time.monotonic() - self._gap_seconds)
        while (ahead := self._next_at - time.monotonic()) > TURN_SECONDS:
            self._producer.wait(min(ahead, PAUSE_SECONDS_MAX))
