"""While something outside is away a worker waits, says for what, and acknowledges nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest
from builders import plan
from rig import CODEC, record

from runtime.errors import Unavailable
from runtime.health import Health, Request
from runtime.settings import Settings
from streams import worker
from streams.chunks import REGISTRY, Receiver, decoded
from streams.outbox import Outbox
from streams.sink import STORE, Sink
from tests.sink_chunks import ChunkEvent, app_of, settled
from topics import clients
from topics.catalog import IOT_ID_GENERATED, SINK_GROUP
from topics.codec import Codec
from topics.registry import AvroSchema, FileRegistry

SETTINGS = Settings(partitions=1, namespace="")
RECORD = record(IOT_ID_GENERATED.name, b"k", CODEC.encode(plan()))


def waits_for(health: Health) -> list[str]:
    said = health.readyz(Request("GET", "", "", b"")).body.decode()
    return [line.partition(":")[0] for line in said.splitlines()] if not health.ready else []


class Away:
    """Something outside that does not answer as often as told; notes what its asker waited for each time."""

    def __init__(self, times: int, health: Health) -> None:
        self.waited_for: list[list[str]] = []
        self._times = times
        self._health = health

    def ask(self) -> None:
        self.waited_for.append(waits_for(self._health))
        if len(self.waited_for) <= self._times:
            raise Unavailable("away", retry_after_seconds=0.0)

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        self.ask()

    def decode(self, raw: bytes | None, *wanted: type[Any]) -> Any:
        self.ask()
        return CODEC.decode(raw, *wanted)


class AwayRegistry(Away):
    """A registry that does not answer at first."""

    def id_of(self, schema: AvroSchema) -> int:
        self.ask()
        return FileRegistry().id_of(schema)


@pytest.fixture
def health() -> Health:
    return Health()


def test_the_schema_registry_is_waited_for(health: Health) -> None:
    registry = Away(2, health)
    receiver = Receiver(SETTINGS, cast(Codec, registry), SINK_GROUP)
    received = asyncio.run(decoded(receiver, [RECORD], Outbox(1), health))
    assert [each.event for each in received] == [plan()]
    assert registry.waited_for == [[], [REGISTRY], [REGISTRY]]
    assert health.ready


def test_what_is_written_is_known_before_the_work_begins(health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = AwayRegistry(2, health)
    monkeypatch.setattr(worker, "registry_for", lambda _: registry)
    prepared = worker._codec(worker.Wiring(SETTINGS, health))
    asked = len(registry.waited_for)
    assert registry.waited_for[:3] == [[], [REGISTRY], [REGISTRY]]
    prepared.encode(plan())
    assert len(registry.waited_for) == asked
    assert health.ready


def test_waiting_is_a_sign_of_life() -> None:
    now = 0.0
    health = Health(clock=lambda: now)
    store = Away(1, health)
    now = 1000.0
    worker._patiently(worker.Wiring(SETTINGS, health), STORE, store.ask)
    assert health.silent_seconds == 0


def test_a_broker_that_is_away_when_a_worker_starts_is_waited_for(
    health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = Away(2, health)
    monkeypatch.setattr(worker.clients, "require", lambda _: broker.ask())
    begun: list[bool] = []

    def begin(*_: Any) -> None:
        begun.append(health.ready)
        raise EOFError

    monkeypatch.setattr(worker, "application", begin)
    with pytest.raises(EOFError):
        worker.resolve_application(worker.Wiring(SETTINGS, health))
    assert begun == [True]
    assert broker.waited_for == [[], [worker.BROKER], [worker.BROKER]]


def test_nobody_at_the_address_of_the_cluster_is_an_outage() -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9 does not answer"):
        clients.require(SETTINGS.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:9"}))


def test_clickhouse_is_waited_for_and_what_it_did_not_take_is_not_acknowledged(health: Health) -> None:
    store = Away(2, health)
    acknowledged: list[list[list[str]]] = []
    event = ChunkEvent(RECORD, on_ack=lambda: acknowledged.append(store.waited_for[:]))
    settings, app = SETTINGS.model_copy(update={"sink_seconds_max": 1e-6}), app_of(None)

    async def deliver() -> int:
        sink = Sink(settings, Receiver(settings, CODEC, SINK_GROUP), cast(Any, store), health)
        await sink.take(app, event)
        taken = health.moves
        await settled(sink, app, event)
        return taken

    taken = asyncio.run(deliver())
    assert acknowledged == [[[], [STORE], [STORE]]]
    assert 0 < taken < health.moves
    assert health.ready
