"""Contestant: aiokafka alone. Consumes and decodes whole fetches, and does nothing with them."""

import asyncio
import time

from aiokafka import AIOKafkaConsumer

from benchmarks.speed.contest import contest
from benchmarks.speed.job import Job

COMMIT_SECONDS = 0.1
FETCH_RECORDS = 1_000


async def consume() -> None:
    """Consume until the process is ended."""
    its, job = contest(), Job()
    consumer = AIOKafkaConsumer(
        its.topic,
        bootstrap_servers=its.servers,
        group_id=its.name,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    commit_at = 0.0
    while True:
        fetched = await consumer.getmany(timeout_ms=100, max_records=FETCH_RECORDS)
        for records in fetched.values():
            for record in records:
                job.decode(record.value)
        if fetched and time.monotonic() >= commit_at:
            await consumer.commit()
            commit_at = time.monotonic() + COMMIT_SECONDS


if __name__ == "__main__":
    asyncio.run(consume())
