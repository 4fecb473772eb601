"""confluent-kafka clients with the settings that every one of ours needs."""

import time
from collections.abc import Iterator
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient

from runtime.errors import ConfigError, Unavailable
from runtime.settings import Settings

CONNECT_SECONDS = 15.0


def bootstrap_servers(settings: Settings) -> str:
    """The cluster's address. *Raises*: ConfigError when there is none and no local broker was started."""
    if settings.kafka_bootstrap_servers is None:
        raise ConfigError("no Kafka: set KAFKA_BOOTSTRAP_SERVERS, or start the local one: missionpath broker start")
    return settings.kafka_bootstrap_servers


def _common(settings: Settings) -> dict[str, Any]:
    return {
        "bootstrap.servers": bootstrap_servers(settings),
        "client.id": "missionpath",
        "log_level": 2,
        "reconnect.backoff.max.ms": 5_000,
    }


def producer(settings: Settings) -> Producer:
    """A producer that neither loses, doubles nor reorders, with a bounded queue.

    ``murmur2_random`` is Java's and aiokafka's partitioner: librdkafka's own default would put the same key on
    another partition and split the state of its mission.
    """
    return Producer(
        {
            **_common(settings),
            "enable.idempotence": True,
            "partitioner": "murmur2_random",
            "linger.ms": 20,
            "compression.type": "lz4",
            "queue.buffering.max.messages": 50_000,
            "queue.buffering.max.kbytes": 64 << 10,
            "delivery.timeout.ms": 120_000,
        }
    )


def admin(settings: Settings) -> AdminClient:
    """An administration client, tried once, so that a wrong address is told at once.

    *Raises*: Unavailable when the cluster does not answer in 15 s.
    """
    client = AdminClient(_common(settings))
    try:
        client.list_topics(timeout=CONNECT_SECONDS)
    except KafkaException as error:
        raise Unavailable(f"Kafka at {bootstrap_servers(settings)} does not answer: {error.args[0].str()}") from error
    return client


def follow(
    settings: Settings, topic: str, *, from_start: bool, idle_seconds: float | None = None
) -> Iterator[Message | None]:
    """Records of a topic, by no group; ``None`` about once a second while nothing comes.

    *Units*: ends after ``idle_seconds`` without a record and with all partitions at their end; never when none.
    *Raises*: Unavailable when the topic cannot be read.
    """
    consumer = Consumer(
        {
            **_common(settings),
            "group.id": "missionpath.follow",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest" if from_start else "latest",
            "enable.partition.eof": True,
        }
    )
    try:
        yield from _poll(consumer, topic, idle_seconds, from_start)
    finally:
        consumer.close()


def _poll(consumer: Consumer, topic: str, idle_seconds: float | None, from_start: bool) -> Iterator[Message | None]:
    _assign(consumer, topic, from_start)
    last_at = time.monotonic()
    while True:
        message = consumer.poll(1.0 if idle_seconds is None else min(1.0, idle_seconds / 2 + 0.01))
        error = message.error() if message is not None else None
        if error is not None and error.code() != KafkaError._PARTITION_EOF:
            raise Unavailable(f"{topic}: {error.str()}")
        if message is not None and error is None:
            last_at = time.monotonic()
            yield message
        elif idle_seconds is not None and time.monotonic() - last_at > idle_seconds:
            return
        elif message is None:
            yield None


def _assign(consumer: Consumer, topic: str, from_start: bool) -> None:
    # Assigned by hand rather than subscribed: a reader of alerts needs no group and shares nothing.
    from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, TopicPartition  # noqa: PLC0415

    found = consumer.list_topics(topic, timeout=CONNECT_SECONDS).topics[topic]
    if found.error is not None:
        raise Unavailable(f"{topic}: {found.error.str()}; create it with `missionpath topics apply`")
    start = OFFSET_BEGINNING if from_start else OFFSET_END
    consumer.assign([TopicPartition(topic, partition, start) for partition in found.partitions])
