"""How fast a group goes, seen from outside and for all in the same way: by the offsets that it commits."""

import subprocess
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import psutil
from confluent_kafka import Consumer, KafkaException, TopicPartition

POLL_SECONDS = 0.05
START_SECONDS_MAX = 240.0
REQUEST_SECONDS = 10.0
SAMPLES_MIN = 2
PARTITIONS = 4
Running = Sequence[subprocess.Popen[bytes]]


class Pace(NamedTuple):
    """Records a second, and how many microseconds of a core each process spent on one of them.

    *Shape*: ``elsewhere`` is how many cores were busy with something else, the measuring included.
    """

    per_second: float
    core_micros: tuple[float, ...]
    elsewhere: float


class Sample(NamedTuple):
    """A moment: how many records were through, and how long each process, and the machine, had been at work."""

    at: float
    records: int
    core_seconds: tuple[float, ...]
    machine_seconds: float


class Processes:
    """The processes whose time is taken."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._processes = [psutil.Process(pid) for pid in pids]

    def sample(self, records: int) -> Sample:
        """Now."""
        times = [process.cpu_times() for process in self._processes]
        machine = psutil.cpu_times()
        busy = float(sum(machine) - machine.idle - machine.iowait)
        return Sample(time.monotonic(), records, tuple(float(each.user + each.system) for each in times), busy)


class Watch:
    """Watches a group read a topic.

    *Shape*: ``pids`` are the processes whose time is taken.
    """

    def __init__(self, servers: str, group: str, topic: str, pids: Sequence[int]) -> None:
        self._group = group
        # It asks for the group and never joins it.
        self._asking = Consumer({"bootstrap.servers": servers, "group.id": group, "log_level": 2})
        self._partitions = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
        self._processes = Processes(pids)
        self._known = 0

    def committed(self) -> int:
        """How many records of the topic the group has committed."""
        try:
            found = self._asking.committed(self._partitions, timeout=REQUEST_SECONDS)
        except KafkaException:  # the group's coordinator is being made
            return self._known
        self._known = sum(max(0, partition.offset) for partition in found)
        return self._known

    def pace(self, begin: int, end: int, seconds_max: float, running: Running) -> Pace:
        """The pace between the first commit at or behind ``begin`` and the last one before ``end``.

        The commit that comes to the end is left out where there are others: when it comes is a matter of the commit
        interval. Whoever has not come to the end ``seconds_max`` after the first commit is measured up to there.
        *Raises*: SystemExit when a process ends, or nothing is committed for minutes.
        """
        samples: list[Sample] = []
        started = time.monotonic()
        while not samples or (samples[-1].records < end and time.monotonic() - samples[0].at < seconds_max):
            ensure(running)
            committed = self.committed()
            if committed >= begin and (not samples or committed > samples[-1].records):
                samples.append(self._processes.sample(committed))
            if not samples and time.monotonic() - started > START_SECONDS_MAX:
                raise SystemExit(f"{self._group} commits nothing")
            time.sleep(POLL_SECONDS)
        is_late = samples[-1].records >= end and len(samples) > SAMPLES_MIN
        return between(samples[0], samples[-2] if is_late else samples[-1])

    def await_committed(self, end: int, running: Running) -> None:
        """Wait until the group has committed so many records."""
        wait(lambda: self.committed() >= end, running)


def wait(done: Callable[[], bool], running: Running) -> None:
    """Wait for a condition while processes run. *Raises*: SystemExit when one ends, or it takes four minutes."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while not done():
        ensure(running)
        if time.monotonic() > deadline:
            raise SystemExit("what is waited for does not come")
        time.sleep(POLL_SECONDS)


def ensure(running: Running) -> None:
    """*Raises*: SystemExit when a process has ended."""
    for process in running:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with status {process.returncode}")


def between(first: Sample, last: Sample) -> Pace:
    """The pace from one moment to the other. *Raises*: SystemExit when nothing came through."""
    records, seconds = last.records - first.records, last.at - first.at
    if not records:
        raise SystemExit("too few records to measure: the first commit was the last")
    busy = [b - a for a, b in zip(first.core_seconds, last.core_seconds, strict=True)]
    elsewhere = max(0.0, last.machine_seconds - first.machine_seconds - sum(busy)) / seconds
    return Pace(records / seconds, tuple(each / records * 1e6 for each in busy), elsewhere)
