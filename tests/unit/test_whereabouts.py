"""Where a worker answers, as it says and as others may use it."""

import socket

import pytest

from runtime.settings import Settings
from topics.whereabouts import Whereabouts, here

HERE = socket.gethostname()


def settings(servers: str) -> Settings:
    return Settings(kafka_bootstrap_servers=servers)


def test_an_address_of_its_own_is_told_as_it_is() -> None:
    assert here(settings("broker:9092"), ("10.1.2.3", 9100)) == Whereabouts(HERE, "10.1.2.3", 9100)


def test_one_that_listens_everywhere_tells_the_interface_that_leads_to_kafka() -> None:
    assert here(settings("127.0.0.1:9092,broker:9092"), ("0.0.0.0", 9100)) == Whereabouts(HERE, "127.0.0.1", 9100)


@pytest.mark.parametrize("servers", ["no-such-host.invalid:9092", "127.0.0.1:port"])
def test_where_no_way_to_kafka_is_known_the_address_stays(servers: str) -> None:
    assert here(settings(servers), ("0.0.0.0", 9100)).host == "0.0.0.0"


@pytest.mark.parametrize(
    ("machine", "host", "url"),
    [
        (HERE, "127.0.0.1", "http://127.0.0.1:9100"),
        ("another-machine", "127.0.0.1", None),
        ("another-machine", "10.1.2.3", "http://10.1.2.3:9100"),
    ],
)
def test_the_loopback_interface_of_another_machine_is_out_of_reach(machine: str, host: str, url: str | None) -> None:
    assert Whereabouts(machine, host, 9100).url == url
