"""confluent-kafka clients that ask and read, with the settings that every one of ours needs."""

import time
from collections.abc import Iterator
from typing import Any, cast

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from runtime.errors import ConfigError, Unavailable
from runtime.settings import Settings
from topics.headers import Header

CONNECT_SECONDS = 15.0
REQUIRED_SECONDS = 2.0
POLL_SECONDS = 1.0
STALLED_SECONDS = 30.0


def bootstrap_servers(settings: Settings) -> str:
    """The cluster's address. *Raises*: ConfigError when there is none and no local broker was started."""
    if settings.kafka_bootstrap_servers is None:
        raise ConfigError("no Kafka: set KAFKA_BOOTSTRAP_SERVERS, or start the local one: missionpath broker start")
    return settings.kafka_bootstrap_servers


def common(settings: Settings) -> dict[str, Any]:
    """What every client of ours is configured with."""
    return {
        "bootstrap.servers": bootstrap_servers(settings),
        "client.id": "missionpath",
        "log_level": 2,
        "reconnect.backoff.max.ms": 5_000,
    }


def admin(settings: Settings) -> AdminClient:
    """An administration client, tried once, so that a wrong address is told at once.

    *Raises*: Unavailable when the cluster does not answer in 15 s.
    """
    client = AdminClient(common(settings))
    _answers(client, settings, CONNECT_SECONDS)
    return client


def require(settings: Settings) -> None:
    """Make sure that the cluster is there. *Raises*: Unavailable when it does not answer in a second or two."""
    consumer = Consumer({**common(settings), "group.id": "missionpath.none"})
    try:
        _answers(consumer, settings, REQUIRED_SECONDS)
    finally:
        consumer.close()


def _answers(client: Any, settings: Settings, seconds: float) -> None:
    try:
        client.list_topics(timeout=seconds)
    except KafkaException as error:
        raise Unavailable(f"Kafka at {bootstrap_servers(settings)} does not answer: {error.args[0].str()}") from error


def follow(settings: Settings, topic: str, *, until_end: bool) -> Iterator[Message | None]:
    """Records of a topic from its beginning, by no group; ``None`` about once a second while nothing comes.

    *Shape*: with ``until_end`` it ends when every partition was read to where it ended; else never.
    *Guarantee*: an outage is waited out. *Raises*: Unavailable when the topic cannot be found, or when reading
    to its end makes no progress for 30 s.
    """
    consumer = Consumer(
        {
            **common(settings),
            "group.id": "missionpath.follow",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    try:
        # Assigned by hand rather than subscribed: a reader of alerts needs no group and shares nothing.
        partitions = _partitions(consumer, topic)
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
        yield from _poll(consumer, topic, partitions if until_end else None)
    finally:
        consumer.close()


def headers_of(message: Message) -> list[Header]:
    """The headers of a record that was read, in their order."""
    return cast(list[Header], message.headers() or [])


def _poll(consumer: Consumer, topic: str, unfinished: set[int] | None) -> Iterator[Message | None]:
    last_at = time.monotonic()
    while unfinished is None or unfinished:
        message = consumer.poll(POLL_SECONDS)
        error = message.error() if message is not None else None
        if message is not None and error is None:
            yield message
        elif message is not None and error is not None and error.code() == KafkaError._PARTITION_EOF:
            if unfinished is not None:
                unfinished.discard(int(message.partition() or 0))
        elif error is not None and error.fatal():
            raise Unavailable(f"{topic}: {error.str()}")
        else:  # nothing yet, or an outage that the client is mending
            if unfinished is not None and time.monotonic() - last_at > STALLED_SECONDS:
                raise Unavailable(f"{topic}: nothing more came for {STALLED_SECONDS:.0f} s before its end")
            yield None
            continue
        last_at = time.monotonic()


def _partitions(consumer: Consumer, topic: str) -> set[int]:
    try:
        found = consumer.list_topics(topic, timeout=CONNECT_SECONDS).topics[topic]
    except KafkaException as error:
        raise Unavailable(f"{topic}: Kafka does not answer: {error.args[0].str()}") from error
    if found.error is not None:
        raise Unavailable(f"{topic}: {found.error.str()}; create it with `missionpath topics apply`")
    return set(found.partitions)
