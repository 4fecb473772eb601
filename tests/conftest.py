"""What integration and end-to-end tests share: one real broker, and settings of one's own on it."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest

from deploy.local.broker import BrokerStatus, LocalBroker
from runtime.settings import Settings, load
from topics import admin, clients

LIBS = Path(os.environ.get("MISSIONPATH_TEST_KAFKA_LIBS", ".local/kafka/libs"))


# A property is about what holds, not about how fast: a busy machine must not fail it.
hypothesis.settings.register_profile("missionpath", deadline=None)
hypothesis.settings.register_profile("prove", deadline=None, max_examples=100_000)
hypothesis.settings.load_profile("missionpath")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerStatus]:
    """A real broker for the whole run."""
    local = LocalBroker(LIBS, tmp_path_factory.mktemp("broker") / "kafka")
    yield local.start()
    local.stop()


@pytest.fixture
def settings(broker: BrokerStatus, tmp_path: Path) -> Settings:
    """Settings in a namespace and a home of the test's own."""
    return load(
        kafka_bootstrap_servers=broker.bootstrap_servers, namespace=f"t{uuid4().hex[:10]}", home=tmp_path / "home"
    )


@pytest.fixture
def topics(settings: Settings) -> Settings:
    """The same, with all topics created."""
    client = clients.admin(settings)
    admin.apply(client, settings, admin.plan(client, settings))
    return settings
