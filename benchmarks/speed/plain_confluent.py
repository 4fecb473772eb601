"""Contestant: confluent-kafka alone. Consumes and decodes, 1,000 records at a time, and does nothing with them."""

import time

from confluent_kafka import Consumer

from benchmarks.speed.contest import contest
from benchmarks.speed.job import Job

COMMIT_SECONDS = 0.1
FETCH_RECORDS = 1_000


def main() -> None:
    """Consume until the process is ended."""
    its, job = contest(), Job()
    consumer = Consumer(
        {
            "bootstrap.servers": its.servers,
            "group.id": its.name,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([its.topic])
    commit_at = 0.0
    while True:
        messages = consumer.consume(FETCH_RECORDS, COMMIT_SECONDS)
        for message in messages:
            job.decode(message.value() or b"")
        if messages and time.monotonic() >= commit_at:
            consumer.commit(asynchronous=True)
            commit_at = time.monotonic() + COMMIT_SECONDS


if __name__ == "__main__":
    main()
