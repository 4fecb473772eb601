"""The local development broker, as a user has it: a real JVM, real files, real signals.

Kafka's jars are shared by all tests, and installed through Maven by the first one that misses them.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from typer.testing import CliRunner

from cli.broker import app
from deploy.local import jars
from deploy.local.broker import LocalBroker
from deploy.local.probe import answers
from deploy.local.tools import find_tools, java_major
from runtime.errors import ConfigError, Unavailable

CHECKOUT = Path(__file__).parents[2]
LIBS = Path(os.environ.get("MISSIONPATH_TEST_KAFKA_LIBS", CHECKOUT / ".local/kafka/libs"))

STARTER = """
import sys
from pathlib import Path
from deploy.local.broker import LocalBroker
print(LocalBroker(Path(sys.argv[1]), Path(sys.argv[2])).start().pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home of, a: broker"  # nothing in a path may matter


@pytest.fixture
def broker(home: Path) -> Iterator[LocalBroker]:
    local = LocalBroker(LIBS, home)
    yield local
    local.stop()


def until(condition: Callable[[], bool], seconds_max: float = 20.0) -> None:
    deadline = time.monotonic() + seconds_max
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)


def port_of(bootstrap_servers: str) -> int:
    return int(bootstrap_servers.rpartition(":")[2])


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_starters_share_one_broker_which_outlives_their_interrupt(broker: LocalBroker, home: Path) -> None:
    command = (sys.executable, "-c", STARTER, str(LIBS), str(home))
    starters = [
        subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        for _ in range(2)
    ]
    pids = set()
    for starter in starters:
        assert starter.stdout
        pids.add(int(starter.stdout.readline()))
    for starter in starters:
        os.killpg(starter.pid, signal.SIGINT)  # what Ctrl-C does
        starter.communicate(timeout=20)

    found = broker.status()

    assert found
    assert pids == {found.pid}
    assert found.ready
    assert os.getsid(found.pid) not in {os.getsid(0), *(starter.pid for starter in starters)}
    assert found.bootstrap_servers.startswith("127.0.0.1:")
    assert answers("127.0.0.1", port_of(found.bootstrap_servers))
    assert broker.start() == found, "starting again changes nothing"
    assert found.log.stat().st_size > 0

    (home / "broker.json").write_text("{garbage")
    assert broker.status() == found, "found by its command line"

    os.kill(found.pid, signal.SIGSTOP)
    hung = broker.status()
    os.kill(found.pid, signal.SIGCONT)
    assert hung
    assert not hung.ready

    broker.stop()
    assert broker.status() is None
    assert not psutil.pid_exists(found.pid) or psutil.Process(found.pid).status() == psutil.STATUS_ZOMBIE
    broker.stop()


def test_killed_broker_comes_back_with_its_data_on_another_port(broker: LocalBroker) -> None:
    first = broker.start()
    admin = AdminClient({"bootstrap.servers": first.bootstrap_servers})
    admin.create_topics([NewTopic("kept", 1, 1)])["kept"].result(20)
    producer = Producer({"bootstrap.servers": first.bootstrap_servers})
    producer.produce("kept", b"before the kill")
    assert producer.flush(20) == 0
    cluster = (first.data / "meta.properties").read_text()

    os.kill(first.pid, signal.SIGKILL)
    until(lambda: broker.status() is None)
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port_of(first.bootstrap_servers)))
        stranger.listen()
        second = broker.start()

    assert second.pid != first.pid
    assert second.bootstrap_servers != first.bootstrap_servers
    assert (second.data / "meta.properties").read_text() == cluster
    consumer = Consumer({"bootstrap.servers": second.bootstrap_servers, "group.id": "reader"})
    consumer.assign([TopicPartition("kept", 0, 0)])
    record = consumer.poll(20)
    consumer.close()
    assert record
    assert record.value() == b"before the kill"


def test_failing_start_tells_the_end_of_the_log_and_the_next_one_works(broker: LocalBroker) -> None:
    first = broker.start()
    broker.stop()
    meta = first.data / "meta.properties"
    good = meta.read_text()
    meta.write_text(good.replace("node.id=1", "node.id=2"))

    with pytest.raises(Unavailable, match="ended while starting") as failure:
        broker.start()

    assert str(first.log) in str(failure.value)
    assert "Stored node id 2 doesn't match previous node id 1" in str(failure.value)
    assert broker.status() is None
    meta.write_text(good)
    again = broker.start()
    assert again.bootstrap_servers == first.bootstrap_servers, "the remembered port is free, so it is kept"


def test_process_with_the_remembered_pid_is_left_alone(broker: LocalBroker, home: Path) -> None:
    with subprocess.Popen(("sleep", "60")) as stranger:
        remembered = {
            "broker_port": 20_001,
            "controller_port": 20_002,
            "pid": stranger.pid,
            "created": psutil.Process(stranger.pid).create_time() - 1.0,
        }
        home.mkdir()
        (home / "broker.json").write_text(json.dumps(remembered))

        assert broker.status() is None
        broker.stop()

        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("content", ["", "[]", "null", '{"pid": 1}', '{"broker_port": 1e999}', "\x00\xff"])
def test_unreadable_record_means_not_running(broker: LocalBroker, home: Path, content: str) -> None:
    home.mkdir()
    (home / "broker.json").write_text(content)
    assert broker.status() is None
    broker.stop()


def test_open_port_alone_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert not answers("127.0.0.1", port, timeout_seconds=0.1)
    assert not answers("127.0.0.1", port, timeout_seconds=0.1)


def test_missing_programs_are_named_in_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    broker = LocalBroker(tmp_path / "libs", tmp_path / "home")

    with pytest.raises(ConfigError) as failure:
        broker.start()

    message = str(failure.value)
    for part in (
        "java is not on PATH",
        "Maven (mvn) is not on PATH",
        "apt-get install openjdk-17-jdk-headless maven",
        "brew install openjdk@17 maven",
        "KAFKA_BOOTSTRAP_SERVERS",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("java", "complaint"),
    [
        ("echo 'openjdk version \"11.0.22\" 2024-01-16' >&2", "is Java 11"),
        ("echo 'Unable to locate a Java Runtime.' >&2; exit 1", "does not tell its version"),
        (None, "has no bin/java"),
    ],
)
def test_java_home_is_honoured_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, java: str | None, complaint: str
) -> None:
    if java:
        script(tmp_path / "bin" / "java", java)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ConfigError, match=complaint):
        find_tools(with_maven=False)


@pytest.mark.parametrize(
    ("printed", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('Picked up JAVA_TOOL_OPTIONS: -Dx\nopenjdk version "21" 2023-09-19', 21),
        ('openjdk version "26-ea" 2026-03-17', 26),
        ('java version "1.8.0_391"', 8),
        ("java: not found", None),
    ],
)
def test_java_version_is_read(printed: str, major: int | None) -> None:
    assert java_major(printed) == major


def test_jars_are_installed_once_for_each_pom(tmp_path: Path) -> None:
    pom, libs = tmp_path / "pom.xml", tmp_path / "libs"
    maven = script(
        tmp_path / "mvn",
        f"for word; do case $word in -DoutputDirectory=*) into=${{word#*=}}; esac; done\n"
        f'mkdir "$into"; n=$(($(cat {tmp_path}/runs) + 1)); echo $n >{tmp_path}/runs; : >"$into/$n.jar"',
    )
    (tmp_path / "runs").write_text("0")
    held = []
    for content in ("one", "one", "two"):
        pom.write_text(content)
        jars.install(libs, str(maven), pom)
        assert jars.installed(libs, pom)
        held.append([jar.name for jar in libs.glob("*.jar")])
    assert held == [["1.jar"], ["1.jar"], ["2.jar"]]


def test_failing_maven_is_quoted_and_spoils_nothing(tmp_path: Path) -> None:
    pom, libs = tmp_path / "pom.xml", tmp_path / "libs"
    libs.mkdir()
    (libs / "old.jar").touch()
    pom.write_text("new")
    maven = script(tmp_path / "mvn", "echo '[ERROR] No space left on device'; exit 1")

    with pytest.raises(ConfigError, match="No space left on device"):
        jars.install(libs, str(maven), pom)

    assert not jars.installed(libs, pom)
    assert [jar.name for jar in libs.iterdir()] == ["old.jar"]


def test_killed_installation_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    pom, libs = tmp_path / "pom.xml", tmp_path / "libs"
    pom.write_text("new")
    dying = script(tmp_path / "mvn", f"mkdir {libs}.new; : >{libs}.new/half.jar; kill -9 $PPID")
    code = f"from pathlib import Path; from deploy.local import jars; jars.install(Path({str(libs)!r}), "
    killed = subprocess.run(
        (sys.executable, "-c", f"{code}{str(dying)!r}, Path({str(pom)!r}))"), cwd=CHECKOUT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert not jars.installed(libs, pom)

    whole = script(tmp_path / "mvn", f"mkdir {libs}.new; : >{libs}.new/whole.jar")
    jars.install(libs, str(whole), pom)

    assert [jar.name for jar in libs.glob("*.jar")] == ["whole.jar"]


def test_command_line_tells_by_its_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.setenv("MISSIONPATH_HOME", str(tmp_path))
    run = CliRunner().invoke

    assert run(app, ["stop"]).exit_code == 0
    absent = run(app, ["status", "--json"])
    assert absent.exit_code == 3
    assert json.loads(absent.stdout)["kind"] == "development"

    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "elsewhere:9092")
    for command in ("start", "status", "stop"):
        cluster = run(app, [command])
        assert cluster.exit_code == 0
        assert "the cluster at elsewhere:9092 is used" in cluster.stdout
    assert json.loads(run(app, ["status", "--json"]).stdout)["kind"] == "cluster"
    assert not (tmp_path / "kafka").exists(), "nothing was started"
