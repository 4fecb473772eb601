"""How far topics and groups have come is known again after an outage of Kafka, without a new client."""

from contextlib import suppress
from pathlib import Path

from deploy.local.broker import LocalBroker
from runtime.errors import Unavailable
from runtime.settings import load
from tests.conftest import LIBS
from tests.waiting import eventually
from topics import admin, clients
from topics.catalog import ID_SCANNED
from topics.progress import Progress


def test_the_ends_of_topics_are_known_again_after_the_broker_was_away(tmp_path: Path) -> None:
    broker = LocalBroker(LIBS, tmp_path / "kafka")
    try:
        settings = load(kafka_bootstrap_servers=broker.start().bootstrap_servers, home=tmp_path)
        client = clients.admin(settings)
        admin.apply(client, settings, admin.plan(client, settings))
        progress, topic = Progress(settings), settings.topic(ID_SCANNED.name)

        def ends() -> int:
            with suppress(Unavailable):
                return len(progress.ends([topic]))
            return 0

        eventually(lambda: ends() == settings.partitions, 30)
        broker.stop()
        broker.start()
        eventually(lambda: ends() == settings.partitions, 30)
    finally:
        broker.stop()
