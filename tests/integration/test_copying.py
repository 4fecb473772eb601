"""Copying a span of time from namespace to namespace, on a real broker."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from confluent_kafka import Message, Producer, TopicPartition

from runtime.errors import Fatal
from runtime.settings import Settings
from tests.waiting import eventually
from topics import admin, clients
from topics.catalog import CUSTOMS_STATUS_CHANGED, DEVIATION_ALERT_CHANGED, ID_SCANNED, TRACK_GROUP
from topics.copying import KEPT_HOURS, Copier
from topics.producer import DurableProducer

NOW = datetime.now(UTC).replace(microsecond=0)
SCANS, STATUSES = ID_SCANNED.name, CUSTOMS_STATUS_CHANGED.name


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@pytest.fixture
def target(topics: Settings) -> Settings:
    other = topics.model_copy(update={"namespace": f"{topics.namespace}-b"})
    client = clients.admin(other)
    admin.apply(client, other, admin.plan(client, other))
    return other


@pytest.fixture
def copier(topics: Settings, target: Settings) -> Iterator[Copier]:
    """An hour of records, one a minute: scans in turn in two partitions, every tenth minute a status as well."""
    producer = DurableProducer(topics)
    for minute in range(60, 0, -1):
        at, value = ms(ago(minute)), str(minute).encode()
        producer.send(topics.topic(SCANS), b"k", value, [("h", value)], partition=minute % 2, timestamp_ms=at)
        if minute % 10 == 0:
            producer.send(topics.topic(STATUSES), None, value, [], partition=3, timestamp_ms=at)
    producer.send(topics.topic(DEVIATION_ALERT_CHANGED.name), b"k", b"no input", [])
    producer.flush()
    found = Copier(topics, target)
    yield found
    found.close()


def records(settings: Settings, topic: str) -> list[Message]:
    return [each for each in clients.follow(settings, settings.topic(topic), until_end=True) if each is not None]


def test_a_span_comes_over_as_it_is(copier: Copier, topics: Settings, target: Settings) -> None:
    part = copier.extent(ago(40), ago(20))
    assert (part.offsets, part.is_whole) == (22, False)
    assert copier.copy(part) == {SCANS: 20, STATUSES: 2}
    came = records(target, SCANS)
    for partition in (0, 1):
        minutes = [int(each.value() or b"") for each in came if each.partition() == partition]
        assert minutes == [minute for minute in range(40, 20, -1) if minute % 2 == partition], "in order"
    for each in came:
        assert (each.key(), each.timestamp()[1]) == (b"k", ms(ago(int(each.value() or b""))))
        assert each.headers() == [("h", each.value())]
    assert [(each.key(), each.partition()) for each in records(target, STATUSES)] == [(None, 3)] * 2
    assert records(target, DEVIATION_ALERT_CHANGED.name) == []


def test_everything_is_whole_and_nothing_is_nothing(copier: Copier) -> None:
    everything = copier.extent(None, NOW)
    assert (everything.offsets, everything.is_whole, copier.kept_since(NOW)) == (66, True, None)
    assert copier.extent(None, ago(61)).offsets == 0
    assert list(copier.portions(copier.extent(None, ago(61)), None, 10)) == []


def test_portions_follow_each_other_in_time(copier: Copier, target: Settings) -> None:
    part = copier.extent(None, NOW)
    portions = list(copier.portions(part, None, 20))
    assert sum(portion.offsets for portion in portions) == 66
    assert max(portion.offsets for portion in portions) <= 20
    assert [portion.until for portion in portions] == sorted(portion.until for portion in portions)
    seen = 0
    for portion in portions:
        copier.copy(portion)
        came = sorted((each.timestamp()[1] for each in records(target, SCANS)), reverse=True)
        assert all(at < ms(portion.until) for at in came)
        seen += portion.offsets
    assert seen == len(records(target, SCANS)) + len(records(target, STATUSES))


def test_marks_of_transactions_do_not_hold_it_up(copier: Copier, topics: Settings) -> None:
    producer = Producer({**clients.common(topics), "transactional.id": uuid4().hex})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(topics.topic(SCANS), b"a record", partition=2)
    producer.commit_transaction(30)
    after = NOW + timedelta(hours=1)
    eventually(lambda: copier.extent(NOW, after).offsets == 2)
    assert copier.copy(copier.extent(NOW, after)) == {SCANS: 1}


def test_what_the_broker_has_removed_is_noticed(copier: Copier, topics: Settings) -> None:
    doomed = [TopicPartition(topics.topic(SCANS), 0, 10)]
    client = clients.admin(topics)
    for future in client.delete_records(doomed).values():
        future.result(30)
    assert copier.kept_since(NOW) == NOW - timedelta(hours=KEPT_HOURS)
    part = copier.extent(None, NOW)
    assert (part.offsets, part.is_whole) == (56, False)


def test_a_namespace_is_cleared_unless_somebody_works_in_it(
    copier: Copier, topics: Settings, target: Settings
) -> None:
    client = clients.admin(target)
    reader = clients.Consumer({**clients.common(target), "group.id": target.topic(TRACK_GROUP)})
    reader.subscribe([target.topic(SCANS)])
    eventually(lambda: reader.poll(0.2) is not None or reader.assignment())
    with pytest.raises(Fatal, match="still belongs to"):
        admin.clear(client, target, 0.5)
    assert {step.action for step in admin.plan(client, target)} == {admin.Action.KEEP}
    reader.close()
    admin.clear(client, target)
    assert {step.action for step in admin.plan(client, target)} == {admin.Action.CREATE}
    assert {step.action for step in admin.plan(client, topics)} == {admin.Action.KEEP}
    admin.apply(client, target, admin.plan(client, target))
    assert copier.copy(copier.extent(None, NOW)).total() == 66
