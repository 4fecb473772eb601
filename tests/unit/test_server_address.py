"""CLICKHOUSE_URL: what it says, and that what is wrong with it is told without its password."""

import pytest

from runtime.errors import ConfigError
from sinks.server_address import ServerAddress, parse_server_address


def address(url: str) -> ServerAddress:
    return parse_server_address(url, "missionpath")


def test_everything_can_be_said() -> None:
    said = address(
        "clickhouse://ada:p%40ss@one:9001,[::1]:9002/port?secure=1&verify=0&ca_certs=ca.pem&http_port=8444"
    )
    assert said.hosts == (("one", 9001), ("::1", 9002))
    assert (said.user, said.password, said.database) == ("ada", "p@ss", "port")
    assert (said.secure, said.verify, said.ca_certs, said.http_port) == (True, False, "ca.pem", 8444)
    assert said.http_url("::1") == "https://[::1]:8444/"


@pytest.mark.parametrize(("more", "ports"), [("", (9000, 8123)), ("?secure=true", (9440, 8443))])
def test_a_host_is_enough(more: str, ports: tuple[int, int]) -> None:
    said = address(f"clickhouse://store{more}")
    assert (said.hosts, said.http_port) == ((("store", ports[0]),), ports[1])
    assert (said.user, said.password, said.database) == ("default", "", "missionpath")
    assert (said.verify, said.ca_certs) == (True, None)


@pytest.mark.parametrize("host", ["::1", "2001:db8::7"])
def test_an_address_of_version_6_needs_no_port(host: str) -> None:
    assert address(f"clickhouse://[{host}]").hosts == ((host, 9000),)


@pytest.mark.parametrize("text", [str, repr])
def test_the_password_is_not_shown(text: type) -> None:
    assert "secret" not in text(address("clickhouse://ada:secret@one,two:1/port"))
    assert str(address("clickhouse://ada:secret@one,two:1/port")) == "clickhouse://ada@one:9000,two:1/port"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://ada:secret@one", "does not begin with clickhouse://"),
        ("one:9000", "does not begin with clickhouse://"),
        ("clickhouse://", "a host is missing"),
        ("clickhouse://ada:secret@one,,two", "a host is missing"),
        ("clickhouse://ada:secret@one:port", "a port is no number"),
        ("clickhouse://ada:secret@one:0", "a port is no number"),
        ("clickhouse://ada:secret@one:65536", "a port is no number"),
        ("clickhouse://ada:se/cret@one:1", "a port is no number"),
        ("clickhouse://ada:secret@one?http_port=x", "a port is no number"),
        ("clickhouse://ada:secret@one?secure=perhaps", "secure is neither 0 nor 1"),
        ("clickhouse://ada:secret@one?colour=red&taste=sour", "it knows no colour, taste"),
    ],
)
def test_what_is_wrong_is_told_without_the_password(url: str, why: str) -> None:
    with pytest.raises(ConfigError, match=f"^CLICKHOUSE_URL: .*{why}") as refused:
        address(url)
    assert "secret" not in str(refused.value)
    assert "cret" not in str(refused.value).replace("secret", "")
