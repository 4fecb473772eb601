"""A cluster of two real servers, each a shard of its own, and the ZooKeeper through which they agree."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from tests.clickhouse_server import DATABASE, PASSWORD, USER, ClickHouseServer, free_ports, running
from tests.waiting import eventually

CLUSTER = "port"
JAR = Path("/usr/share/java/zookeeper.jar")

_SHARD = """
<shard><internal_replication>true</internal_replication><replica>
    <host>{host}</host><port>{port}</port><user>{user}</user><password>{password}</password>
</replica></shard>
"""
_CONFIG = """
    <interserver_http_host>{host}</interserver_http_host>
    <interserver_http_port>{interserver_port}</interserver_http_port>
    <zookeeper><node><host>127.0.0.1</host><port>{zookeeper_port}</port></node></zookeeper>
    <distributed_ddl><path>/clickhouse/task_queue/ddl</path></distributed_ddl>
    <macros><shard>{shard}</shard><replica>one</replica><database>{database}</database></macros>
    <remote_servers><{cluster}>{shards}</{cluster}></remote_servers>
"""


@contextmanager
def _zookeeper(directory: Path) -> Iterator[int]:
    [port] = free_ports("127.0.0.1", 1)
    assert JAR.exists(), f"{JAR} is not there: apt-get install libzookeeper-java"
    # Without its console, which wants a port that may be taken.
    command = ["java", "-Xmx128m", "-Dzookeeper.admin.enableServer=false", "-cp", str(JAR)]
    main = ["org.apache.zookeeper.server.ZooKeeperServerMain", str(port), str(directory)]
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen([*command, *main], stdout=log, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: _takes_part(process, port, directory / "log"), 30)
        yield port
    finally:
        process.kill()
        process.wait()


def _takes_part(process: subprocess.Popen[bytes], port: int, log: Path) -> bool:
    """Whether it serves: it listens some time before, and an old ClickHouse does not survive being turned away."""
    assert process.poll() is None, log.read_text()
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"srvr")
            return b"Mode: standalone" in connection.recv(1024)
    except OSError:
        return False


@contextmanager
def cluster_of_two(directory: Path) -> Iterator[tuple[ClickHouseServer, ClickHouseServer]]:
    """Two servers that run, with their database; stopped in the end."""
    # Both on the address that is an interface's own: by it a host knows which task is its.
    one, other = ClickHouseServer(directory / "one"), ClickHouseServer(directory / "other")
    login = {"user": USER, "password": escape(PASSWORD)}
    shards = "".join(_SHARD.format(host=server.host, port=server.port, **login) for server in (one, other))
    (directory / "zookeeper").mkdir()
    with ExitStack() as stack:
        zookeeper_port = stack.enter_context(_zookeeper(directory / "zookeeper"))
        for shard, server in enumerate((one, other), start=1):
            its = {"host": server.host, "interserver_port": free_ports(server.host, 1)[0], "shard": shard}
            ours = {"zookeeper_port": zookeeper_port, "database": DATABASE, "cluster": CLUSTER, "shards": shards}
            server.configure(_CONFIG.format(**its, **ours))
            stack.enter_context(running(server))
        yield one, other
