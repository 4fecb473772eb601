"""Publishing input events, each durable on the broker before it counts as published."""

import time
from collections import Counter

from confluent_kafka import KafkaError, Message, Producer

from domain.events import InputEvent, IotIdGenerated
from domain.identity import candidates
from runtime import metrics
from runtime.errors import Unavailable
from runtime.settings import Settings
from topics.catalog import INPUT_TOPICS
from topics.codec import Codec
from topics.headers import cloud_event

FLUSH_SECONDS = 150.0
"""Longer than the producer's own delivery time-out, so that every record gets its verdict."""


def key_of(event: InputEvent) -> str:
    """The record key: the IOT_ID, or the identifier that an observation will be looked up by first."""
    if isinstance(event, IotIdGenerated):
        return str(event.iot_id)
    return candidates(event)[0].key


class Publisher:
    """Sends events and counts their acknowledgements.

    *Guarantee*: the queue is bounded; ``publish`` waits while it is full.
    *Units*: ``rate`` is events a second at the most, none for as fast as the broker takes them.
    """

    def __init__(self, settings: Settings, codec: Codec, producer: Producer, rate: float | None = None) -> None:
        self._codec = codec
        self._producer = producer
        self._topics = {kind: settings.topic(topic.name) for kind, topic in INPUT_TOPICS.items()}
        self._gap_seconds = 1 / rate if rate else 0.0
        self._next_at = time.monotonic()
        self._error: KafkaError | None = None
        self.acknowledged: Counter[str] = Counter()

    def publish(self, event: InputEvent) -> None:
        """Send one event.

        *Raises*: Unavailable when the broker gave up on an earlier one.
        """
        self._wait_for_turn()
        value = self._codec.encode(event)
        headers = cloud_event(type(event), event.event_id, event.source, event.occurred_at)
        topic = self._topics[type(event)]
        while True:
            try:
                self._producer.produce(
                    topic, value, key_of(event).encode(), headers=list(headers), on_delivery=self._delivered
                )
                break
            except BufferError:
                self._producer.poll(0.5)
                self._raise_failure()
        self._producer.poll(0)
        self._raise_failure()

    def flush(self) -> None:
        """Wait until everything sent is acknowledged.

        *Raises*: Unavailable when something is not.
        """
        left = self._producer.flush(FLUSH_SECONDS)
        self._raise_failure()
        if left:
            raise Unavailable(f"{left} records were not acknowledged within {FLUSH_SECONDS:.0f} s")

    def _wait_for_turn(self) -> None:
        if not self._gap_seconds:
            return
        self._next_at = max(self._next_at + self._gap_seconds, time.monotonic() - self._gap_seconds)
        while (ahead := self._next_at - time.monotonic()) > 0:
            self._producer.poll(min(ahead, 0.1))

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._error = error
            return
        topic = str(message.topic())
        self.acknowledged[topic] += 1
        metrics.PUBLISHED.labels(topic).inc()

    def _raise_failure(self) -> None:
        if self._error is not None:
            raise Unavailable(f"the broker did not take a record: {self._error.str()}")
