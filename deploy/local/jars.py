"""The jars of Kafka, installed through Maven as ``kafka/pom.xml`` says."""

import hashlib
import logging
import shutil
import subprocess
from pathlib import Path

from deploy.local.lock import locked
from deploy.local.tools import last_lines
from runtime.errors import ConfigError

POM = Path(__file__).with_name("kafka") / "pom.xml"
INSTALL_SECONDS_MAX = 1200.0

_STAMP = "pom.sha256"
_log = logging.getLogger(__name__)


def installed(libs: Path, pom: Path = POM) -> bool:
    """Whether ``libs`` holds exactly what ``pom`` asks for."""
    stamp = libs / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii", errors="replace") == _fingerprint(pom)


def install(libs: Path, maven: str, pom: Path = POM) -> None:
    """Make ``libs`` hold what ``pom`` asks for; nothing is done when it does already.

    *Guarantee*: blocks until done; ``libs`` is complete or not there at all, whenever this is killed, and
    several processes may call it at once. A broker that runs on older jars should be stopped before.
    *Raises*: ConfigError with Maven's last lines when it fails or takes longer than INSTALL_SECONDS_MAX.
    """
    with locked(libs.with_name(f"{libs.name}.lock")):
        if installed(libs, pom):
            return
        fresh, old = libs.with_name(f"{libs.name}.new"), libs.with_name(f"{libs.name}.old")
        for leftover in (fresh, old):
            shutil.rmtree(leftover, ignore_errors=True)
        _log.info("installing the development broker's Kafka through Maven into %s", libs)
        _copy_dependencies(maven, pom, fresh)
        (fresh / _STAMP).write_text(_fingerprint(pom), encoding="ascii")
        if libs.exists():
            libs.rename(old)
        fresh.rename(libs)
        shutil.rmtree(old, ignore_errors=True)


def _fingerprint(pom: Path) -> str:
    return hashlib.sha256(pom.read_bytes()).hexdigest()


def _copy_dependencies(maven: str, pom: Path, into: Path) -> None:
    goal = ("dependency:copy-dependencies", f"-DoutputDirectory={into.absolute()}")
    try:
        done = subprocess.run(
            (maven, "-q", "-B", "-f", str(pom), *goal),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=INSTALL_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        said = last_lines((error.output or b"").decode(errors="replace").splitlines())
        raise ConfigError(f"Maven was not done after {INSTALL_SECONDS_MAX:.0f} s. It said:\n{said}") from error
    said = last_lines(done.stdout.decode(errors="replace").splitlines())
    if done.returncode:
        raise ConfigError(
            f"Maven could not install the development broker's jars (status {done.returncode}). It said last:\n{said}"
        )
    if not any(into.glob("*.jar")):
        raise ConfigError(f"Maven reported success, yet {into} holds no jar. It said:\n{said}")
