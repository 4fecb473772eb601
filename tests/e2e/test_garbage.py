"""Garbage on the input topics: put aside with its reason, and nothing behind it waits."""

from collections.abc import Callable

from confluent_kafka import Producer

from runtime.settings import Settings
from tests.e2e.conftest import Up
from tests.e2e.test_up import BARI, missionpath
from topics.catalog import CUSTOMS_STATUS_CHANGED, ID_SCANNED, MISSION_EVENT_RESOLVED
from topics.clients import follow

TRAFFIC = BARI / "1-traffic.jsonl"
GARBAGE: list[tuple[str, bytes | None, bytes]] = [
    (ID_SCANNED.name, b"hello", b"bad-frame"),
    (ID_SCANNED.name, None, b"no-value"),
    (ID_SCANNED.name, b"\x00\x00\x00\x00\xff\x01", b"unknown-schema"),
    (CUSTOMS_STATUS_CHANGED.name, b"\x00\x00\x00\x00\x01\xff\xff", b"bad-body"),
    (MISSION_EVENT_RESOLVED.name, b"", b"bad-frame"),
]


def test_garbage_is_put_aside_with_its_bytes_and_reason(clocked: Settings, up: Callable[[], Up]) -> None:
    running = up()
    producer = Producer({"bootstrap.servers": clocked.kafka_bootstrap_servers})
    for partition in range(clocked.partitions):
        for topic, value, _ in GARBAGE:
            producer.produce(clocked.topic(topic), value, b"k", partition=partition)
    producer.flush(30)
    assert missionpath(clocked, "publish", str(TRAFFIC)).returncode == 0
    stage = running.stage()
    stage.settle()
    # Nothing comes after these, and still they are acknowledged.
    for partition in range(clocked.partitions):
        producer.produce(clocked.topic(ID_SCANNED.name), b"last", b"k", partition=partition)
    producer.flush(30)
    stage.settle()
    for topic, value, reason in GARBAGE:
        letters = [m for m in follow(clocked, clocked.topic(topic) + ".dlq", until_end=True) if m is not None]
        headers = [dict(m.headers() or []) for m in letters if m.value() == value]
        # The sink meets the same records, but one letter about each is enough.
        assert [h["dlq-reason"] for h in headers] == [reason] * clocked.partitions
        agent = b"track" if topic == MISSION_EVENT_RESOLVED.name else b"resolve"
        assert {(h["dlq-agent"], h["dlq-topic"]) for h in headers} == {(agent, clocked.topic(topic).encode())}
    generated = [line for line in TRAFFIC.read_text().splitlines() if '"iot_id_generated"' in line]
    missions = missionpath(clocked, "query", "SELECT count() FROM v_mission_states", "--format", "TSV")
    assert int(missions.stdout) == len(set(generated))
    assert running.stop() == 0
