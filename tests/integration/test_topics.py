"""The catalogue against a real broker."""

from pathlib import Path

import pytest
from aiokafka.partitioner import DefaultPartitioner
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from kafka import KafkaConsumer, TopicPartition

from domain.events import IdScanned
from readers.jsonl import Line, parse
from readers.publisher import Publisher
from runtime.errors import Fatal, Unavailable
from runtime.settings import Settings
from tests.waiting import eventually
from topics import admin, clients
from topics.admin import Action
from topics.catalog import ID_SCANNED, all_topics
from topics.clients import follow
from topics.codec import Codec
from topics.producer import DurableProducer
from topics.registry import FileRegistry, registry_file

TRAFFIC = Path("examples/bari/1-traffic.jsonl")


def test_apply_creates_everything_and_then_nothing(settings: Settings) -> None:
    client = clients.admin(settings)
    first = admin.plan(client, settings)
    assert {step.action for step in first} == {Action.CREATE}
    assert len(first) == len(all_topics())
    admin.apply(client, settings, first)
    assert {step.action for step in admin.plan(client, settings)} == {Action.KEEP}


def test_a_setting_that_drifted_is_brought_back(topics: Settings) -> None:
    client = clients.admin(topics)
    name = topics.topic(ID_SCANNED.name)
    drift = ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[drift])
    for future in client.incremental_alter_configs([resource]).values():
        future.result(10)
    [step] = eventually(lambda: [s for s in admin.plan(client, topics) if s.action is not Action.KEEP])
    assert (step.topic, step.action, step.config) == (name, Action.ALTER, {"retention.ms": str(30 * 24 * 3_600_000)})
    admin.apply(client, topics, [step])
    assert {s.action for s in admin.plan(client, topics)} == {Action.KEEP}


def test_another_partition_count_is_refused_because_it_would_split_keys(topics: Settings) -> None:
    client = clients.admin(topics)
    more = topics.model_copy(update={"partitions": topics.partitions + 1})
    steps = admin.plan(client, more)
    assert {step.action for step in steps} == {Action.REFUSE}
    with pytest.raises(Fatal, match="would split keys"):
        admin.apply(client, more, steps)


def test_a_cluster_that_is_not_there_is_told_within_seconds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "CONNECT_SECONDS", 1.0)
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9 does not answer"):
        clients.admin(settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:9"}))


@pytest.fixture
def published(topics: Settings) -> tuple[Settings, list[IdScanned]]:
    """The scans of the example port on the broker."""
    publisher = Publisher(topics, Codec(FileRegistry()), DurableProducer(topics))
    events = [parse(Line(n, text, False)) for n, text in enumerate(TRAFFIC.read_bytes().splitlines(), 1)]
    scans = [event for event in events if isinstance(event, IdScanned)]
    for event in scans:
        publisher.publish(event)
    publisher.flush()
    assert publisher.acknowledged == len(scans)
    return topics, scans


def test_librdkafka_and_aiokafka_choose_the_same_partition(published: tuple[Settings, list[IdScanned]]) -> None:
    settings, scans = published
    partitioner, all_partitions = DefaultPartitioner(), list(range(settings.partitions))
    seen = 0
    for message in follow(settings, settings.topic(ID_SCANNED.name), until_end=True):
        if message is not None:
            assert message.partition() == partitioner(message.key(), all_partitions, all_partitions)
            seen += 1
    assert seen == len(scans)


def test_a_stranger_reads_us_with_kafka_python_and_the_registry_file_alone(
    published: tuple[Settings, list[IdScanned]],
) -> None:
    import io
    import json
    import struct

    import fastavro

    settings, scans = published
    schemas = {v["id"]: v["schema"] for v in json.loads(registry_file().read_text())["versions"]}
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers, consumer_timeout_ms=20_000)
    name = settings.topic(ID_SCANNED.name)
    consumer.assign([TopicPartition(name, p) for p in range(settings.partitions)])
    consumer.seek_to_beginning()
    read = set()
    for record in consumer:
        magic, schema_id = struct.unpack(">bI", record.value[:5])
        fields = fastavro.schemaless_reader(io.BytesIO(record.value[5:]), schemas[schema_id], None)
        headers = dict(record.headers)
        assert magic == 0
        assert headers["ce_specversion"] == b"1.0"
        assert headers["ce_id"].decode() == str(fields["event_id"])
        read.add((str(fields["event_id"]), fields["node"], fields["identifiers"][0]["value"]))
        if len(read) == len({scan.event_id for scan in scans}):
            break
    consumer.close()
    assert read == {(str(s.event_id), s.node, s.identifiers[0].value) for s in scans}
