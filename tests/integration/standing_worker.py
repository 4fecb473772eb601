"""A worker that stands still at its first chunk, and only once; its arguments are ``MARK`` and ``HOW``.

*Shape*: it does while the file ``MARK`` is there, which it takes away; ``HOW`` is ``loop`` (the event loop hangs) or
``agent`` (the agent waits for what never comes, while the loop turns).
"""

import asyncio
import sys
import time
from pathlib import Path

from cli import bootstrap
from runtime import logs
from streams.transport import Chunk, ChunkConsumer

FOR_EVER_SECONDS = 3_600.0


def main(mark: Path, how: str) -> None:
    holds = ChunkConsumer.holds

    async def stand_still(consumer: ChunkConsumer, chunk: Chunk) -> bool:
        if mark.exists():  # noqa: ASYNC240 - standing still is what it is about
            mark.unlink()  # noqa: ASYNC240
            if how == "loop":
                time.sleep(FOR_EVER_SECONDS)  # noqa: ASYNC251
            await asyncio.sleep(FOR_EVER_SECONDS)
        return await holds(consumer, chunk)

    ChunkConsumer.holds = stand_still  # type: ignore[method-assign]
    logs.configure("info")
    bootstrap.run_worker("resolve", "test")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
