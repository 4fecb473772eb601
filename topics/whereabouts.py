"""Where the workers of a group answer, noted in Kafka itself.

Kafka keeps a note beside every committed offset. A worker notes its address there for each partition that it has,
under a group of its own that nobody joins. So it is known wherever Kafka is, on any machine; whoever takes over a
partition writes over it, and Kafka forgets what nobody renews. A file would be known on one machine only. The client
id would do but for static members: Kafka goes on showing the old one when such a worker comes back.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from runtime.errors import Unavailable
from runtime.settings import Settings
from topics.clients import bootstrap_servers

REQUEST_SECONDS = 10.0

Partition = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a worker answers; ``machine`` is the name of the machine that it runs on."""

    machine: str
    host: str
    port: int

    @property
    def url(self) -> str | None:
        """Its address as seen from here; none when it listens on another machine's loopback interface."""
        if self.machine != socket.gethostname() and ip_address(self.host).is_loopback:
            return None
        return f"http://{self.host}:{self.port}"


def here(settings: Settings, address: tuple[str, int]) -> Whereabouts:
    """The whereabouts of a process that listens at an address; on all interfaces: by the one that leads to Kafka."""
    host, port = address
    if ip_address(host).is_unspecified:
        host = _host_towards(bootstrap_servers(settings)) or host
    return Whereabouts(socket.gethostname(), host, port)


def note(admin: AdminClient, group: str, partitions: Iterable[Partition], where: Whereabouts) -> None:
    """Write down for a group's partitions where the worker answers that has them. *Raises*: Unavailable."""
    text = f"{where.machine} {where.host} {where.port}"
    notes = [TopicPartition(topic, partition, 0, metadata=text) for topic, partition in partitions]
    try:
        request = [ConsumerGroupTopicPartitions(notebook(group), notes)]
        admin.alter_consumer_group_offsets(request, request_timeout=REQUEST_SECONDS)[notebook(group)].result()
    except KafkaException as error:
        raise Unavailable(f"notes of group {group}: {error}") from error


def noted(admin: AdminClient, group: str) -> dict[Partition, Whereabouts]:
    """Where the worker of each partition answered when it took it. *Raises*: Unavailable."""
    try:
        request = [ConsumerGroupTopicPartitions(notebook(group))]
        futures = admin.list_consumer_group_offsets(request, request_timeout=REQUEST_SECONDS)
        found = futures[notebook(group)].result().topic_partitions
    except KafkaException as error:
        raise Unavailable(f"notes of group {group}: {error}") from error
    return {(tp.topic, tp.partition): _parsed(tp.metadata) for tp in found if tp.offset >= 0 and tp.metadata}


def notebook(group: str) -> str:
    """The group that holds the notes of a group's workers."""
    return f"{group}.workers"


def _parsed(text: str) -> Whereabouts:
    machine, host, port = text.split(" ")
    return Whereabouts(machine, host, int(port))


def _host_towards(servers: str) -> str | None:
    """The address of this machine on the way to Kafka; nothing is sent."""
    host, _, port = servers.split(",", maxsplit=1)[0].rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, int(port)))
        except (OSError, ValueError):
            return None
        return str(probe.getsockname()[0])
