"""A real ClickHouse server of a test's own: Debian's package ``clickhouse-server``, in a directory of its own.

Debian's is far older than what the product asks for: ``tests/old_clickhouse.py`` translates.
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clickhouse_driver import Client

from tests.waiting import eventually

PROGRAM = "clickhouse-server"
USER, PASSWORD, DATABASE = "missionpath", "p@ss/word:1", "missionpath"
PASSWORD_IN_URL = "p%40ss%2Fword%3A1"
START_SECONDS = 60.0

_CONFIG = """
<yandex>
    <logger><level>warning</level><console>1</console></logger>
    <listen_host>{host}</listen_host>
    <tcp_port>{port}</tcp_port>
    <http_port>{http_port}</http_port>
    {tls}
    <path>{directory}/data/</path>
    <tmp_path>{directory}/tmp/</tmp_path>
    <user_files_path>{directory}/files/</user_files_path>
    <users_config>users.xml</users_config>
    <default_profile>default</default_profile>
    <default_database>default</default_database>
    <mark_cache_size>67108864</mark_cache_size>
    <timezone>UTC</timezone>
    {more}
</yandex>
"""
_TLS = """
    <tcp_port_secure>{secure_port}</tcp_port_secure>
    <https_port>{https_port}</https_port>
    <openSSL><server>
        <certificateFile>{directory}/server.crt</certificateFile>
        <privateKeyFile>{directory}/server.key</privateKeyFile>
        <verificationMode>none</verificationMode>
        <loadDefaultCAFile>false</loadDefaultCAFile>
    </server></openSSL>
"""
_USERS = f"""
<yandex>
    <profiles><default/></profiles>
    <quotas><default/></quotas>
    <users><{USER}>
        <password>{PASSWORD}</password>
        <networks><ip>::/0</ip></networks>
        <profile>default</profile>
        <quota>default</quota>
    </{USER}></users>
</yandex>
"""


class ClickHouseServer:
    """One server on one address of the loopback network; it is started, killed and started again."""

    def __init__(
        self, directory: Path, host: str = "127.0.0.1", http_port: int | None = None, *, tls: bool = False
    ) -> None:
        """Write its configuration; with ``tls`` it has a certificate for its address, signed by itself."""
        self.directory = directory
        self.host = host
        self.port, self.http_port, self.secure_port, self.https_port = free_ports(host, 4)
        self.http_port = http_port or self.http_port
        self._process: subprocess.Popen[bytes] | None = None
        self.certificate = directory / "server.crt"
        self.directory.mkdir(parents=True, exist_ok=True)
        if tls:
            self._certify()
        self._tls = tls
        self.configure("")
        (self.directory / "users.xml").write_text(_USERS)

    def configure(self, more: str) -> None:
        """Write its configuration, with ``more`` at its end."""
        its = {"host": self.host, "port": self.port, "http_port": self.http_port, "directory": self.directory}
        secure = {"secure_port": self.secure_port, "https_port": self.https_port, "directory": self.directory}
        config = _CONFIG.format(**its, tls=_TLS.format(**secure) if self._tls else "", more=more)
        (self.directory / "config.xml").write_text(config)

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        program = shutil.which(PROGRAM, path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, f"{PROGRAM} is not installed: apt-get install {PROGRAM}"
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, f"--config-file={self.directory}/config.xml"], stdout=log, stderr=subprocess.STDOUT
            )
        eventually(self._listens, START_SECONDS)

    def create_database(self) -> None:
        """Make the database that the product writes to, as who runs a server does."""
        client = Client(self.host, self.port, user=USER, password=PASSWORD)
        client.execute(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
        client.disconnect()

    def kill(self) -> None:
        """End it without a word, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it stand still: connections stay, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.directory / "log").read_text()
        return all(is_listening(self.host, port) for port in (self.port, self.http_port))

    def _certify(self) -> None:
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=store",
        ]
        files = ["-keyout", str(self.directory / "server.key"), "-out", str(self.certificate)]
        subprocess.run(
            [*command, *files, "-addext", f"subjectAltName=IP:{self.host}"], check=True, capture_output=True
        )


@contextmanager
def running(server: ClickHouseServer) -> Iterator[ClickHouseServer]:
    """A server that runs and has its database; stopped in the end."""
    server.start()
    try:
        server.create_database()
        yield server
    finally:
        server.kill()


def url_of(
    servers: Sequence[ClickHouseServer], *, password: str = PASSWORD_IN_URL, database: str = DATABASE, more: str = ""
) -> str:
    """The setting that leads to these servers, which share the port of their HTTP interfaces."""
    hosts = ",".join(f"{server.host}:{server.port}" for server in servers)
    return f"clickhouse://{USER}:{password}@{hosts}/{database}?http_port={servers[0].http_port}{more}"


def is_listening(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True


def free_ports(host: str, count: int) -> list[int]:
    """Ports that nobody has at the moment, all different."""
    sockets = [socket.create_server((host, 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
