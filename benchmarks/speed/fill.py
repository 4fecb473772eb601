"""Fills topics: what ``resolve`` would send to ``track``, and what ``track`` would keep."""

from collections.abc import Iterable

from msgspec.structs import replace

from benchmarks.speed.traffic import Traffic, decode, encode, iot_id
from domain.events import IdScanned, IotIdGenerated
from runtime.settings import Settings
from topics.catalog import MISSION_EVENT_RESOLVED, MISSIONS_TABLE, TRACK_GROUP, changelog
from topics.codec import Codec
from topics.headers import ORIGIN_MS, RANK, RESOLVED_BY, cloud_event
from topics.producer import DurableProducer
from topics.registry import FileRegistry


def resolved(settings: Settings, events: Iterable[tuple[int, IotIdGenerated | IdScanned]]) -> int:
    """Write events to the topic that ``track`` reads, with the headers of ``resolve``; returns how many."""
    producer, codec, count = DurableProducer(settings), Codec(FileRegistry()), 0
    topic = settings.topic(MISSION_EVENT_RESOLVED.name)
    for mission, event in events:
        headers = cloud_event(event, str(event.event_id), event.event_id, event.source, event.occurred_at)
        led_by = f"{event.identifiers[0].scheme}:{event.identifiers[0].value}"
        led = ((RESOLVED_BY, led_by.encode()), (RANK, b"0"), (ORIGIN_MS, b"1774000000000"))
        producer.send(topic, str(iot_id(mission)).encode(), codec.encode(event), (*headers, *led))
        count += 1
    producer.flush()
    return count


def kept(settings: Settings, traffic: Traffic, missions: int, reads: int) -> None:
    """Write the changelog of ``track`` with missions of so many reads, that are alike."""
    state, producer = decode(traffic.state(0, reads)), DurableProducer(settings)
    assert state.standing is not None
    topic = settings.topic(changelog(TRACK_GROUP, MISSIONS_TABLE).name)
    for mission in range(missions):
        key, standing = iot_id(mission), replace(state.standing, iot_id=iot_id(mission))
        producer.send(topic, str(key).encode(), encode(replace(state, key=str(key), standing=standing)), [])
    producer.flush()
