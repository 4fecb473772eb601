"""What all our Faust applications have in common."""

import socket
from pathlib import Path
from typing import Any

import faust
from faust.sensors import Monitor

from runtime.settings import Settings
from streams.transport import FETCH_WAIT_MS
from topics.clients import bootstrap_servers

CHUNKS_WAITING_MAX = 64
"""Chunks that may wait for an agent; a fetch brings up to 1,000 records in as many chunks as it has partitions."""


class RawSchema(faust.Schema):  # type: ignore[misc]
    """Keys and values stay as they came: a chunk is decoded by its agent."""

    def loads_key(self, app: Any, message: Any, *, loads: Any = None, serializer: Any = None) -> Any:
        """The key as it came."""
        return message.key

    def loads_value(self, app: Any, message: Any, *, loads: Any = None, serializer: Any = None) -> Any:
        """The value as it came; of a chunk, its records."""
        return message.value


def application(settings: Settings, group: str, instance: str | None, fetch_wait_ms: int = FETCH_WAIT_MS) -> Any:
    """A Faust application that reads chunks, acknowledges by hand and stops at the first error.

    *Units*: ``fetch_wait_ms`` is how long the broker may collect before it answers a fetch.
    *Shape*: ``instance`` is the static group member id, stable over restarts, so that a restarted worker takes
    its partitions back without a rebalance.
    """
    app = faust.App(
        settings.topic(group),
        broker=f"chunk://{bootstrap_servers(settings)}",
        store="memory://",
        datadir=str(Path(settings.home) / "faust" / group),
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication_factor,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=f"{group}-{instance}" if instance else None,
        broker_client_id=f"missionpath-{socket.gethostname()}",
        broker_session_timeout=10.0,
        broker_heartbeat_interval=2.0,
        broker_commit_interval=0.5,
        broker_max_poll_records=1_000,
        stream_buffer_maxsize=CHUNKS_WAITING_MAX,
        stream_recovery_delay=0.0,
        # It would wait for chunks that were never begun as well; `streams/chunks.py` waits for what is being written.
        stream_wait_empty=False,
        producer_acks=-1,
        producer_linger=0,
        producer_max_batch_size=512 << 10,
        producer_compression_type="zstd",
        agent_supervisor="mode.CrashingSupervisor",
        web_enabled=False,
        monitor=Monitor(max_avg_history=1, max_commit_latency_history=1, max_send_latency_history=1),
        autodiscover=False,
    )
    app.fetch_wait_ms = fetch_wait_ms
    return app


def topic_of(app: Any, *names: str) -> Any:
    """A Faust channel over several topics, read as raw chunks."""
    return app.topic(*names, schema=RawSchema(), key_type=bytes, value_type=bytes, internal=False)
