"""One small HTTP server a process: ``/metrics``, ``/healthz``, ``/readyz``.

It runs in a thread of its own, so that it can tell that the event loop hangs.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from runtime.errors import ConfigError


@dataclass(slots=True)
class Response:
    """What a route answers."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Request:
    """What a route is asked: the path after its prefix, the query string, the body; headers by lower-case name."""

    method: str
    path: str
    query: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[Request], Response]
BODY_BYTES_MAX = 1 << 20
DIGITS = "0123456789abcdef"
DIGITS_MAX = 18
LINE_BYTES_MAX = 8 << 10
TRAILERS_MAX = 16
NO_LENGTH = "-"
PARTITIONS = "partitions"
"""The part that is missing while partitions are being assigned or tables recovered."""


class Health:
    """The state of one process as its supervisor should see it.

    *Units*: ``stall_seconds`` is how old the last heartbeat may be before the process counts as hung.
    *Shape*: ``address`` is where ``serve_health`` answers; ``moves`` counts, and only whether it changes means
    something.
    """

    def __init__(self, stall_seconds: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._stall_seconds = stall_seconds
        self._clock = clock
        self._beat_at = clock()
        self._waiting_for: dict[str, str] = {}
        self.moves = 0
        self.address: tuple[str, int] | None = None

    def beat(self) -> None:
        """The event loop is alive."""
        self._beat_at = self._clock()

    def moved(self) -> None:
        """Records were worked through or acknowledged: the process is alive, and does not stand still."""
        self.moves += 1
        self.beat()

    def wait_for(self, part: str, why: str) -> None:
        """Not ready: ``part`` is not there yet, or no more."""
        self._waiting_for = {**self._waiting_for, part: why}

    def arrived(self, part: str) -> None:
        """``part`` is there."""
        self._waiting_for = {name: why for name, why in self._waiting_for.items() if name != part}

    @property
    def ready(self) -> bool:
        """Whether the process does its work now."""
        return not self._waiting_for

    @property
    def silent_seconds(self) -> float:
        """How old the last heartbeat is."""
        return self._clock() - self._beat_at

    def healthz(self, _: Request) -> Response:
        """200 while the event loop turns, else 503: restart the process."""
        silent_seconds = self.silent_seconds
        if silent_seconds > self._stall_seconds:
            return Response(503, f"no heartbeat for {silent_seconds:.0f} s\n".encode())
        return Response(200, b"ok\n")

    def readyz(self, _: Request) -> Response:
        """200 when every part is there, else 503 and what is missing."""
        missing = "".join(f"{part}: {why}\n" for part, why in sorted(self._waiting_for.items()))
        return Response(503, missing.encode()) if missing else Response(200, b"ready\n")


def metrics(_: Request) -> Response:
    """All metrics in Prometheus's text format."""
    return Response(200, generate_latest(), CONTENT_TYPE_LATEST)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    routes: Mapping[str, Route]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def _answer(self) -> None:
        url = urlsplit(self.path)
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = self._chunks()
        else:
            body = self._read(_length(self.headers.get("Content-Length")), BODY_BYTES_MAX)
        if isinstance(body, Response):  # what is left of it would be taken for the next request
            self.close_connection = True
            self._send(body)
            return
        prefix = self._route(url.path)
        if prefix is None:
            self._send(Response(404, b"not found\n"))
            return
        rest = url.path[len(prefix) :]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.routes[prefix](Request(self.command, rest, url.query, body, headers)))

    def _read(self, length: int | None, bytes_max: int) -> bytes | Response:
        """So much of a body, or what to say to it."""
        if length is None:
            return Response(400, b"bad length\n")
        return self.rfile.read(length) if length <= bytes_max else Response(413, b"body too large\n")

    def _chunks(self) -> bytes | Response:
        """A body that comes in chunks, whose length nobody knows before. *Source*: RFC 9112, 7.1."""
        body = b""
        while chunk := self._chunk(BODY_BYTES_MAX - len(body)):
            if isinstance(chunk, Response):
                return chunk
            body += chunk
        for _ in range(TRAILERS_MAX):
            if not self.rfile.readline(LINE_BYTES_MAX).strip():
                return body
        return Response(400, b"too many trailers\n")

    def _chunk(self, bytes_max: int) -> bytes | Response:
        """The next chunk; the last one is empty."""
        head = self.rfile.readline(LINE_BYTES_MAX).partition(b";")[0].strip()
        chunk = self._read(_length(head.decode("latin-1") or NO_LENGTH, 16), bytes_max)
        if chunk and isinstance(chunk, bytes):
            self.rfile.readline(LINE_BYTES_MAX)
        return chunk

    def _route(self, path: str) -> str | None:
        """A path of its own, else the longest prefix that ends with a slash."""
        if path in self.server.routes:
            return path
        return max((p for p in self.server.routes if p.endswith("/") and path.startswith(p)), key=len, default=None)

    do_GET = do_POST = _answer  # noqa: N815 - names given by the library

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged: probes arrive every few seconds."""


def _length(header: str | None, base: int = 10) -> int | None:
    """The announced length of a body, none when it is not a number; of endless digits the first are enough."""
    text = (header or "0").lower()
    return int(text[:DIGITS_MAX], base) if text and set(text) <= set(DIGITS[:base]) else None


def serve(host: str, port: int, routes: Mapping[str, Route]) -> tuple[str, int]:
    """Answer ``routes`` (path prefix → route) until the process ends.

    *Shape*: returns the address really bound, the port chosen when 0 was asked for.
    *Raises*: ConfigError when the address cannot be bound.
    """
    try:
        server = _Server((host, port), _Handler)
    except OSError as error:
        raise ConfigError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    server.routes = dict(routes)
    threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
    return str(server.server_address[0]), int(server.server_address[1])


def serve_health(host: str, port: int, health: Health, more: Mapping[str, Route] | None = None) -> tuple[str, int]:
    """The three standard routes, and those of ``more``."""
    routes = {"/metrics": metrics, "/healthz": health.healthz, "/readyz": health.readyz}
    health.address = serve(host, port, {**routes, **(more or {})})
    return health.address
