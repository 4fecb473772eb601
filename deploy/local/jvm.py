"""Kafka's two Java programs: the formatter of the data directory, and the broker itself.

Both run in the broker's home and are given paths relative to it, so that no path needs escaping.
"""

import base64
import logging
import os
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from string import Template

import psutil

from deploy.local.record import HOST, MAIN_CLASS, Record, flags
from deploy.local.tools import last_lines
from runtime.errors import ConfigError, Unavailable

FORMAT_SECONDS_MAX = 60.0

_FORMATTER_CLASS = "kafka.tools.StorageTool"
_RESOURCES = Path(__file__).with_name("kafka")
_OPTIONS = (
    "-Xms256m",
    "-Xmx512m",
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError",  # a broker that limps along is harder to understand than none
    "-XX:ErrorFile=logs/jvm-crash.log",
    "-Djava.awt.headless=true",
    "-Dlog4j2.configurationFile=log4j2.properties",
    "-Dkafka.logs.dir=logs",
)
# Through a shell that ends at once, the broker is nobody's child: a long-lived process that started it need
# not wait for it, and another that stops it meets no zombie.
_DETACH = '"$@" >logs/console.log 2>&1 & echo $!'
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Installation:
    """A Java, Kafka's jars, and the home of the broker they make."""

    java: str
    libs: Path
    home: Path

    def configure(self, broker_port: int, controller_port: int, advertised_port: int) -> None:
        """Write the home's ``server.properties`` and ``log4j2.properties`` anew.

        *Shape*: clients are told to come to ``advertised_port``: the broker's own, or that of a proxy before it.
        """
        (self.home / "logs").mkdir(exist_ok=True)
        template = Template((_RESOURCES / "server.properties").read_text(encoding="ascii"))
        filled = template.substitute(
            broker_port=broker_port, controller_port=controller_port, advertised_port=advertised_port
        )
        (self.home / "server.properties").write_text(filled, encoding="ascii")
        (self.home / "log4j2.properties").write_bytes((_RESOURCES / "log4j2.properties").read_bytes())

    def format(self) -> None:
        """Prepare the data directory under a new cluster id, unless that was done before.

        *Guarantee*: killed half-way, it is done again at the next start.
        *Raises*: ConfigError with what the formatter said when it fails; Unavailable when it hangs.
        """
        # Written last: where it is missing, formatting never began or was cut short.
        if (self.home / "data" / "meta.properties").is_file():
            return
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # One word, for an id that begins with a dash.
        arguments = ("format", f"--cluster-id={cluster}", "--config", "server.properties")
        try:
            done = subprocess.run(
                self._command(_FORMATTER_CLASS, *arguments),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=FORMAT_SECONDS_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"formatting {self.home}/data took over {FORMAT_SECONDS_MAX:.0f} s") from error
        if done.returncode:
            said = last_lines(done.stdout.decode(errors="replace").splitlines())
            raise ConfigError(f"the development broker could not format {self.home}/data:\n{said}")

    def spawn(self, broker_port: int, controller_port: int) -> Record:
        """Start the broker on its own, without waiting for it to be of use.

        *Guarantee*: it gets no signal that is meant for this process or its terminal.
        *Raises*: Unavailable when the system cannot start a process.
        """
        _log.info("starting the development broker on %s:%d", HOST, broker_port)
        known_by = flags(self.home, broker_port, controller_port)
        done = subprocess.run(
            ("/bin/sh", "-c", _DETACH, "sh", *self._command(MAIN_CLASS, "server.properties", options=known_by)),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            check=False,
        )
        if not done.stdout.strip().isdigit():
            raise Unavailable(f"the system could not start the development broker (status {done.returncode})")
        pid = int(done.stdout)
        try:
            created = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:  # ended already, which waiting for its answer will show
            created = time.time()
        return Record(broker_port, controller_port, pid, created)

    def _command(self, main: str, *arguments: str, options: tuple[str, ...] = ()) -> tuple[str, ...]:
        # A class path cannot hold the colon that a directory's name may: the way from the home seldom has one.
        classes = f"{os.path.relpath(self.libs, self.home)}/*"
        return (self.java, *_OPTIONS, *options, "-cp", classes, main, *arguments)
