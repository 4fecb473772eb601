"""How other processes find the one that owns the embedded data, and ask it."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import msgspec

from runtime.errors import ConfigError, Unavailable
from sinks import complaint
from sinks.engine import NO_PARAMETERS

CODE_HEADER = "X-ClickHouse-Exception-Code"
PARAMETER = "param_"
"""Before the name of a query parameter in an address."""
# More than the owner gives a query, so that its own answer arrives even when it is that time is up.
ANSWER_SECONDS_MAX = 100.0
_REFUSED = range(400, 500)


class _Endpoint(msgspec.Struct):
    url: str
    pid: int


def announce(home: Path, url: str) -> None:
    """Let others know that this process answers queries at ``url``, a query route.

    *Guarantee*: readers see a whole announcement or none.
    *Raises*: ConfigError when the place cannot be written.
    """
    file = _file(home)
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)  # whoever knows the address needs no password
        fresh.write_bytes(msgspec.json.encode(_Endpoint(url, os.getpid())))
        fresh.replace(file)
    except OSError as error:
        raise ConfigError(f"cannot write {file}: {error.strerror}") from error


def withdraw(home: Path) -> None:
    """Take back this process's announcement; another's is left alone."""
    announced = _announced(home)
    if announced is not None and announced.pid == os.getpid():
        _file(home).unlink(missing_ok=True)


def live_url(home: Path) -> str | None:
    """Where the owner answers; none when nobody announced, or who did is gone."""
    announced = _announced(home)
    return announced.url if announced is not None and _is_alive(announced.pid) else None


def ask_owner(url: str, sql: str, output_format: str, parameters: Mapping[str, str] = NO_PARAMETERS) -> bytes | None:
    """The owner's answer; none when nobody listens there any more.

    *Raises*: QueryRefused as the owner says, Unavailable when it cannot answer now.
    """
    named = {f"{PARAMETER}{name}": value for name, value in parameters.items()}
    asked = Request(f"{url}?{urlencode({'default_format': output_format, **named})}", sql.encode(), method="POST")
    # Never through a proxy: the owner is on this machine.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(asked, timeout=ANSWER_SECONDS_MAX) as response:
            return bytes(response.read())
    except HTTPError as error:
        said = error.read().decode("utf-8", "replace")
        if error.code in _REFUSED and error.headers.get(CODE_HEADER):
            raise complaint.of_query(said) from error
        raise Unavailable(f"{url} answers {error.code}: {' '.join(said.split())}") from error
    except URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            return None
        raise Unavailable(f"{url} does not answer: {error.reason}") from error
    except OSError as error:
        raise Unavailable(f"{url} does not answer: {error}") from error


def _file(home: Path) -> Path:
    return home / "clickhouse" / "endpoint.json"


def _announced(home: Path) -> _Endpoint | None:
    try:
        return msgspec.json.decode(_file(home).read_bytes(), type=_Endpoint)
    except (OSError, msgspec.MsgspecError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
