"""Whoever joins the group joins it with its tables."""

import asyncio
from types import SimpleNamespace

import pytest
from faust.transport.drivers import aiokafka as driver

from streams.transport import ChunkConsumer

EVENTS, CHANGELOG = "cargo.scan.v1", "missionpath.track-missions-changelog"


@pytest.mark.parametrize(
    ("topics", "joins"),
    [({EVENTS, CHANGELOG}, True), ({EVENTS}, False)],
    ids=["with the changelog", "stopped before the tables were there"],
)
def test_a_worker_never_joins_without_the_changelogs_of_its_tables(
    topics: set[str], joins: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed: list[set[str]] = []

    async def subscribe(_: object, wanted: set[str]) -> None:
        subscribed.append(wanted)

    monkeypatch.setattr(driver.Consumer, "subscribe", subscribe)
    consumer = ChunkConsumer.__new__(ChunkConsumer)
    consumer.app = SimpleNamespace(tables=SimpleNamespace(changelog_topics={CHANGELOG}))
    asyncio.run(consumer.subscribe(topics))
    assert subscribed == ([topics] if joins else [])
