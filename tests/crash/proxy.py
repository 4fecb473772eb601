"""A wire between the workers and the broker that can be made slow."""

import asyncio
import threading
from contextlib import suppress
from types import TracebackType

HOST = "127.0.0.1"
PIECE_BYTES = 64 << 10
PIECES_MAX = 64
"""Pieces under way in one direction of one connection; beyond that the sender waits, as on any full wire."""

Piece = tuple[float, bytes]


class Proxy:
    """Passes bytes on to ``target``, a port of this machine, in both directions and in order.

    *Units*: every piece arrives ``delay_seconds`` late; both may be changed while it runs.
    *Guarantee*: a side that closes, or cannot be reached, closes the other: nobody talks to a wall.
    """

    def __init__(self) -> None:
        self.target = 0
        self.delay_seconds = 0.0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        started = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._connected, HOST, 0), self._loop)
        self._server = started.result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(HOST, self.target)
        except OSError:
            writer.transport.abort()
            return
        try:
            both = [asyncio.ensure_future(self._pass_on(*way)) for way in ((reader, back), (there, writer))]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in both:
                way.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            writer.transport.abort()
            back.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Ends when one side has."""
        under_way: asyncio.Queue[Piece] = asyncio.Queue(PIECES_MAX)
        reading = asyncio.ensure_future(self._take(reader, under_way))
        try:
            with suppress(OSError):
                await self._hand_over(under_way, writer)
        finally:
            reading.cancel()

    async def _take(self, reader: asyncio.StreamReader, under_way: "asyncio.Queue[Piece]") -> None:
        piece = b"begun"
        while piece:
            try:
                piece = await reader.read(PIECE_BYTES)
            except OSError:
                piece = b""
            await under_way.put((self._loop.time() + self.delay_seconds, piece))

    async def _hand_over(self, under_way: "asyncio.Queue[Piece]", writer: asyncio.StreamWriter) -> None:
        while True:
            due_at, piece = await under_way.get()
            if (ahead := due_at - self._loop.time()) > 0:
                await asyncio.sleep(ahead)
            if not piece:
                return
            writer.write(piece)
            await writer.drain()
