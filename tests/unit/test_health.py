"""The small HTTP server of each process, asked over real HTTP."""

import http.client
import socket
from typing import NamedTuple

import pytest

from runtime import metrics
from runtime.errors import ConfigError
from runtime.health import BODY_BYTES_MAX, Health, Request, Response, serve, serve_health


class Answer(NamedTuple):
    status: int
    body: str
    content_type: str | None


class Asker:
    """Asks one server."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address

    def __call__(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(*self.address, timeout=2)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, response.read().decode(), response.getheader("Content-Type"))
        finally:
            connection.close()


def echo(request: Request) -> Response:
    said = f"{request.method} {request.path!r} {request.query!r} {request.body!r}"
    return Response(200, said.encode(), headers={"X-Seen": "yes"})


class Clock:
    """Time that passes when it is told to: a slow machine is not a stalled worker."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    return Health(stall_seconds=30, clock=clock)


@pytest.fixture
def ask(health: Health) -> Asker:
    return Asker(serve_health("127.0.0.1", 0, health, {"/echo/": echo}))


def test_a_port_is_chosen_and_told(ask: Asker) -> None:
    assert ask.address[0] == "127.0.0.1"
    assert ask.address[1] > 0


def test_alive_while_the_heart_beats(ask: Asker, health: Health) -> None:
    health.beat()
    assert ask("/healthz")[:2] == (200, "ok\n")


def test_a_stalled_event_loop_is_told_and_recovers(ask: Asker, health: Health, clock: Clock) -> None:
    clock.now += 30
    assert ask("/healthz").status == 200
    clock.now += 1
    assert ask("/healthz")[:2] == (503, "no heartbeat for 31 s\n")
    health.beat()
    assert ask("/healthz").status == 200


def test_readiness_names_every_part_that_is_missing(ask: Asker, health: Health) -> None:
    assert ask("/readyz")[:2] == (200, "ready\n")
    health.wait_for("store", "does not take inserts")
    health.wait_for("partitions", "not assigned yet")
    health.wait_for("partitions", "recovery is under way")
    assert ask("/readyz")[:2] == (503, "partitions: recovery is under way\nstore: does not take inserts\n")
    assert not health.ready
    health.arrived("partitions")
    assert ask("/readyz")[:2] == (503, "store: does not take inserts\n")
    health.arrived("store")
    health.arrived("never waited for")
    assert health.ready
    assert ask("/readyz").status == 200


def test_metrics_are_in_prometheus_text_format(ask: Asker) -> None:
    metrics.HOPS.inc()
    answer = ask("/metrics")
    assert answer.status == 200
    assert (answer.content_type or "").startswith("text/plain")
    (line,) = [line for line in answer.body.splitlines() if line.startswith("missionpath_rerouted_total ")]
    assert float(line.split()[1]) >= 1


@pytest.mark.parametrize("path", ["/", "/nothing", "/health"])
def test_what_is_not_there_is_404(path: str, ask: Asker) -> None:
    assert ask(path).status == 404


def test_a_route_gets_method_path_query_and_body(ask: Asker) -> None:
    assert ask("/echo/a/b?c=d", "POST", b"hello").body == "POST 'a/b' 'c=d' b'hello'"
    assert ask("/echo/").body == "GET '' '' b''"


def test_the_longest_prefix_wins() -> None:
    def named(name: str) -> Response:
        return Response(200, name.encode())

    ask = Asker(serve("127.0.0.1", 0, {"/": lambda _: named("root"), "/a/": lambda _: named("a")}))
    assert [ask(path).body for path in ("/", "/b", "/a", "/a/b", "/a/")] == ["root", "root", "root", "a", "a"]


@pytest.mark.parametrize("length", [str(BODY_BYTES_MAX + 1), "9" * 5_000], ids=["by one", "beyond counting"])
def test_a_body_over_the_limit_is_413_and_is_not_read(length: str, ask: Asker) -> None:
    assert ask("/echo/", "POST", None, Content_Length=length).status == 413


def test_a_body_at_the_limit_is_taken(ask: Asker) -> None:
    assert ask("/echo/", "POST", b"x" * BODY_BYTES_MAX).status == 200


@pytest.mark.parametrize("length", ["-1", "much"])
def test_a_length_that_is_none_is_refused(length: str, ask: Asker) -> None:
    assert ask("/echo/", "POST", None, Content_Length=length).status == 400


CHUNKED = b"POST /echo/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def raw(ask: Asker, sent: bytes) -> bytes:
    """What comes back until the connection is closed."""
    with socket.create_connection(ask.address, 10) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b"0\r\nTrailer: 1\r\n\r\n"])
def test_a_body_in_chunks_is_taken_and_the_next_request_too(end: bytes, ask: Asker) -> None:
    body = b"3\r\nabc\r\n00A;extension=1\r\n0123456789\r\n" + end
    answers = raw(ask, CHUNKED + body + b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"abc0123456789" in answers
    assert answers.endswith(b"ready\n")


@pytest.mark.parametrize(
    ("chunk", "status"),
    [(b"x", b"400"), (b"-1", b"400"), (b"", b"400"), (b"100001", b"413"), (b"f" * 5_000, b"413")],
    ids=["no digit", "negative", "none", "by one", "beyond counting"],
)
def test_a_chunk_that_is_none_or_too_long_ends_the_connection(chunk: bytes, status: bytes, ask: Asker) -> None:
    assert raw(ask, CHUNKED + chunk + b"\r\n").split()[1] == status


def test_one_connection_serves_many_requests(ask: Asker) -> None:
    connection = http.client.HTTPConnection(*ask.address, timeout=2)
    for body in (b"one", b"two"):
        connection.request("POST", "/echo/", body)
        answer = connection.getresponse()
        assert answer.read().endswith(repr(body).encode())
        assert answer.getheader("X-Seen") == "yes"
    connection.close()


def test_an_address_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}"):
            serve("127.0.0.1", port, {})
