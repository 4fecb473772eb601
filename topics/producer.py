"""Sending records, each durable on the broker before it counts."""

from collections import Counter
from collections.abc import Sequence

from confluent_kafka import KafkaError, Message, Producer

from runtime import metrics
from runtime.errors import Unavailable
from runtime.settings import Settings
from topics.clients import common
from topics.headers import Header

FLUSH_SECONDS = 150.0
"""Longer than the client's own delivery time-out, so that every record gets its verdict."""

BY_KEY = -1
NOW = 0
"""What librdkafka takes for a partition and a timestamp that are left to it."""

RECORD_BYTES_MAX = 16 << 20
"""What is too long is the broker's to say: the client's own bound, 1 MB, could refuse a copy of what it has taken."""


class DurableProducer:
    """An idempotent producer that counts acknowledgements.

    *Guarantee*: neither loses, doubles nor reorders within a partition; the queue is bounded, and ``send`` waits
    while it is full. The broker may be away for two minutes before a record is given up.
    """

    def __init__(self, settings: Settings) -> None:
        self._producer = Producer(
            {
                **common(settings),
                "enable.idempotence": True,
                # With more, a batch that a partition just created does not take yet is overtaken by the next one;
                # sent again it counts as a duplicate, and is lost although acknowledged.
                "max.in.flight.requests.per.connection": 1,
                # Java's and aiokafka's partitioner: librdkafka's own default would put the same key on another
                # partition and split the state of its mission.
                "partitioner": "murmur2_random",
                "linger.ms": 10,
                "compression.type": "zstd",
                "queue.buffering.max.messages": 50_000,
                "queue.buffering.max.kbytes": 64 << 10,
                "message.max.bytes": RECORD_BYTES_MAX,
                "delivery.timeout.ms": 120_000,
            }
        )
        self._error: KafkaError | None = None
        self.acknowledged: Counter[str] = Counter()

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[Header],
        *,
        partition: int = BY_KEY,
        timestamp_ms: int = NOW,
    ) -> None:
        """Queue one record, for the partition of its key and published now unless told otherwise.

        *Raises*: Unavailable when the broker gave up on an earlier one.
        """
        while True:
            try:
                self._producer.produce(
                    topic,
                    value,
                    key,
                    partition,
                    timestamp=timestamp_ms,
                    headers=list(headers),
                    on_delivery=self._delivered,
                )
                break
            except BufferError:
                self.wait(0.5)
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Handle acknowledgements for up to ``seconds``. *Raises*: as ``send``."""
        self._producer.poll(seconds)
        if self._error is not None:
            raise Unavailable(f"the broker did not take a record: {self._error.str()}")

    def flush(self) -> None:
        """Wait until everything sent is acknowledged.

        *Raises*: Unavailable when something is not.
        """
        left = self._producer.flush(FLUSH_SECONDS)
        self.wait(0)
        if left:
            raise Unavailable(f"{left} records were not acknowledged within {FLUSH_SECONDS:.0f} s")

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._error = error
            return
        topic = str(message.topic())
        self.acknowledged[topic] += 1
        metrics.PUBLISHED.labels(topic).inc()
