"""The programs the local broker needs of the machine: Java, and Maven while its jars are missing."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import ConfigError

JAVA_MAJOR_MIN = 17
JAVA_ANSWER_SECONDS_MAX = 30.0

_INSTALL = (
    "Install them (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless maven; "
    'macOS: brew install openjdk@17 maven, then export JAVA_HOME="$(brew --prefix openjdk@17)"), '
    "or set KAFKA_BOOTSTRAP_SERVERS to use a cluster of yours."
)


@dataclass(frozen=True, slots=True)
class Tools:
    """Programs found on this machine; ``maven`` only where it was asked for."""

    java: str
    maven: str | None


def find_tools(*, with_maven: bool) -> Tools:
    """Java of ``JAVA_HOME``, or else of ``PATH``, and Maven of ``PATH``.

    *Raises*: ConfigError naming, in one message, all that is missing or too old and how to install it.
    """
    java, problem = _java()
    maven = shutil.which("mvn") if with_maven else None
    problems = [problem] if problem else []
    if with_maven and maven is None:
        problems.append("Maven (mvn) is not on PATH")
    if problems:
        need = f"Java {JAVA_MAJOR_MIN} or newer" + (" and Maven" if with_maven else "")
        raise ConfigError(f"the local development broker needs {need}: {'; '.join(problems)}. {_INSTALL}")
    return Tools(java, maven)


def java_major(version_output: str) -> int | None:
    """The feature release in what ``java -version`` prints; None when it prints none.

    *Shape*: 17 for ``"17.0.15"``, 22 for ``"22-ea"``, 8 for the old ``"1.8.0_391"``.
    """
    found = re.search(r'version "(?:1\.)?(\d+)', version_output)
    return int(found[1]) if found else None


def last_lines(output: Iterable[str], lines_max: int = 12) -> str:
    """The end of the lines of a program's output or log, indented, for an error message.

    Stack frames are left out: the lines that say what went wrong stand above dozens of them.
    """
    lines = (line.rstrip() for line in output)
    said = [line for line in lines if line and not re.match(r"\s+(at |\.\.\. \d+ more)", line)]
    return "\n".join(f"  {line}" for line in said[-lines_max:]) or "  (nothing)"


def _java() -> tuple[str, str | None]:
    """The java to use, and what is wrong with it."""
    java_home = os.environ.get("JAVA_HOME")
    # Who sets JAVA_HOME means it: another Java from PATH would only surprise.
    java = shutil.which(Path(java_home) / "bin" / "java") if java_home else shutil.which("java")
    if java is None:
        return "", f"JAVA_HOME={java_home} has no bin/java" if java_home else "java is not on PATH"
    source = f"JAVA_HOME={java_home}" if java_home else java
    major = java_major(_output((java, "-version")))
    if major is None:
        # Among them the stub macOS puts on PATH, which only says that there is no Java.
        return "", f"{source} does not tell its version, so no Java seems to be installed there"
    if major < JAVA_MAJOR_MIN:
        return "", f"{source} is Java {major}"
    return java, None


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=JAVA_ANSWER_SECONDS_MAX,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace")
