"""Who may ask over HTTP, in the three ways in which ClickHouse is told who asks."""

import hmac
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from sinks import complaint
from sinks.engine import QueryRefused


@dataclass(frozen=True, slots=True)
class Login:
    """One user with a password."""

    user: str
    password: str

    def check(self, headers: Mapping[str, str], given: Mapping[str, str]) -> None:
        """Let the asker in.

        *Shape*: ``headers`` by lower-case name, ``given`` the parameters of the address; of several ways the first
        counts: X-ClickHouse-User and -Key, Authorization, ``user`` and ``password``.
        *Raises*: QueryRefused for anybody else.
        """
        user, password = _told(headers, given)
        # Both compared always, and in a time that tells nothing of how much of them is right.
        is_user = hmac.compare_digest(user, self.user.encode())
        is_password = hmac.compare_digest(password, self.password.encode())
        if not (is_user and is_password):
            detail = "Authentication failed: password is incorrect, or there is no user with such name"
            raise QueryRefused(complaint.AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED", detail)


def _told(headers: Mapping[str, str], given: Mapping[str, str]) -> tuple[bytes, bytes]:
    if "x-clickhouse-user" in headers or "x-clickhouse-key" in headers:
        # HTTP's headers are bytes, which the server hands on as Latin-1.
        user, password = headers.get("x-clickhouse-user", "default"), headers.get("x-clickhouse-key", "")
        return user.encode("latin-1"), password.encode("latin-1")
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        name, _, key = _decoded(credentials).partition(b":")
        return name, key
    return given.get("user", "default").encode(), given.get("password", "").encode()


def _decoded(credentials: str) -> bytes:
    try:
        return b64decode(credentials, validate=True)
    except ValueError:
        return b""
