"""Where a ClickHouse server is, and how it is spoken to: the setting CLICKHOUSE_URL, taken apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from runtime.errors import ConfigError

FORM = "clickhouse://user:password@host:port,host:port/database?secure=1&ca_certs=FILE&verify=0&http_port=PORT"

# Of the native protocol and of the HTTP interface, without TLS and with it.
_PORTS = {False: (9000, 8123), True: (9440, 8443)}
_SWITCH = {"0": False, "false": False, "1": True, "true": True}
_KNOWN = frozenset({"secure", "ca_certs", "verify", "http_port"})
_PORT_MAX = 65535


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """One server, or several hosts that lead to the same tables.

    *Shape*: ``hosts`` are tried in their order, each with its port for the native protocol; ``http_port`` is that of
    all. As text it says everything but the password.
    """

    hosts: tuple[tuple[str, int], ...]
    database: str
    user: str
    password: str = field(repr=False)
    http_port: int
    secure: bool
    verify: bool
    ca_certs: str | None

    def __str__(self) -> str:
        hosts = ",".join(f"{bracketed(host)}:{port}" for host, port in self.hosts)
        return f"clickhouse://{self.user}@{hosts}/{self.database}"

    def http_url(self, host: str) -> str:
        """Where a host's HTTP interface is."""
        return f"{'https' if self.secure else 'http'}://{bracketed(host)}:{self.http_port}/"


def parse_server_address(url: str, database: str) -> ServerAddress:
    """The address that ``url`` says, in the form of ``FORM``; ``database`` is that of one that names none.

    *Raises*: ConfigError saying what is wrong, without quoting what may be the password.
    """
    scheme, _, rest = url.partition("://")
    if scheme != "clickhouse":
        raise _wrong("it does not begin with clickhouse://")
    # Not urlsplit: it knows one host only, and its errors quote.
    rest, _, query = rest.partition("?")
    rest, _, path = rest.partition("/")
    login, _, places = rest.rpartition("@")
    user, _, password = login.partition(":")
    given = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(set(given) - _KNOWN):
        raise _wrong(f"it knows no {', '.join(unknown)}")
    secure = _switch(given, "secure", default=False)
    native_port, http_port = _PORTS[secure]
    return ServerAddress(
        hosts=tuple(_place(place, native_port) for place in places.split(",")),
        database=unquote(path) or database,
        user=unquote(user) or "default",
        password=unquote(password),
        http_port=_port(given.get("http_port", str(http_port))),
        secure=secure,
        verify=_switch(given, "verify", default=True),
        ca_certs=given.get("ca_certs"),
    )


def _place(text: str, default_port: int) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(default_port)
    host = host.removeprefix("[").removesuffix("]")
    if not host:
        raise _wrong("a host is missing")
    return host, _port(port)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _PORT_MAX):
        raise _wrong("a port is no number from 1 to 65535 (write %3A, %2F, %40 for : / @ in a password)")
    return int(text)


def _switch(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    if name not in given:
        return default
    if given[name] not in _SWITCH:
        raise _wrong(f"{name} is neither 0 nor 1")
    return _SWITCH[given[name]]


def bracketed(host: str) -> str:
    """A host as it stands before a port."""
    return f"[{host}]" if ":" in host else host


def _wrong(why: str) -> ConfigError:
    return ConfigError(f"CLICKHOUSE_URL: {why}; its form is {FORM}")
