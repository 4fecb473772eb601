"""Chunks for a sink without a broker: what an agent and its timer do with it, until all is acknowledged."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from aiokafka.structs import ConsumerRecord

from streams.sink import Sink

DEADLINE_SECONDS = 30.0


class ChunkEvent:
    """Stands in for the event of a chunk; notes that it was acknowledged, and tells ``on_ack``."""

    def __init__(self, *records: ConsumerRecord[Any, Any], on_ack: Callable[[], object] = lambda: None) -> None:
        self.value = list(records)
        self.message = SimpleNamespace(topic=records[0].topic)
        self.acked = False
        self._on_ack = on_ack

    def ack(self) -> None:
        assert not self.acked
        self.acked = True
        self._on_ack()


def app_of(producer: Any) -> Any:
    """What a sink needs of an application."""
    return SimpleNamespace(conf=SimpleNamespace(topic_partitions=1), producer=SimpleNamespace(_producer=producer))


async def until(look: Callable[[], object]) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not look():  # noqa: ASYNC110 - anything may be looked at
            await asyncio.sleep(0.001)


async def settled(sink: Sink, app: Any, *events: ChunkEvent) -> None:
    """Look at the sink until all is acknowledged; *Raises*: what looking raises."""

    def all_acknowledged() -> bool:
        sink.look(app)
        return all(event.acked for event in events)

    await until(all_acknowledged)


async def delivering(sink: Sink, app: Any, *events: ChunkEvent) -> None:
    """Deliver chunks until all are acknowledged."""
    for event in events:
        await sink.take(app, event)
    await settled(sink, app, *events)
