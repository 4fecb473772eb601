"""Where the workers spend their time while they are as busy as they can be: ``make bench-profile``.

py-spy looks a hundred times a second at who holds Python's lock. A look counts for the innermost frame that belongs
to a place of the list below. Waiting, for Kafka or for a core, is not in it.
"""

import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.speed.contestants import Contestants
from benchmarks.speed.flow import Flow
from benchmarks.speed.ground import ground

PY_SPY = Path(".local/bench-venv/bin/py-spy")
MISSIONS, READS = 10_000, 20
SHOWN_MIN = 0.01
PLACES = (
    ("(topics/vouching.py", "Avro vouched for (topics/vouching.py)"),
    ("(streams/vouched.py", "rows out of vouched records (streams/vouched.py)"),
    ("Codec.decode", "Avro read (topics/codec.py)"),
    ("Codec.encode", "Avro written (topics/codec.py)"),
    ("cloud_event", "headers (topics/headers.py)"),
    ("(topics/headers.py", "headers (topics/headers.py)"),
    ("Track._kept", "state unpacked"),
    ("(sinks/plates.py", "plates hidden (sinks/plates.py)"),
    ("(domain/", "judged and summarised (domain/)"),
    ("(streams/resolve.py", "resolve itself"),
    ("(streams/track.py", "track itself, state packed"),
    ("(streams/table.py", "table and changelog (streams/table.py)"),
    ("(streams/stores.py", "table and changelog (streams/table.py)"),
    ("(streams/outbox.py", "outbox (streams/outbox.py)"),
    ("(streams/", "chunks (streams/)"),
    ("(sinks/embedded.py", "given to ClickHouse, and ClickHouse (sinks/embedded.py)"),
    ("(sinks/server_avro.py", "columns made and sent (sinks/server_avro.py)"),
    ("(sinks/", "rows (sinks/)"),
    ("(aiokafka/consumer", "fetched (aiokafka)"),
    ("(aiokafka/", "sent, and the client itself (aiokafka)"),
    ("(faust/", "Faust"),
    ("(mode/", "Faust"),
    ("(asyncio/", "asyncio"),
)


def main() -> None:
    """Profile ``track`` alone, then every worker of the pipeline."""
    with tempfile.TemporaryDirectory(prefix="missionpath-bench-") as home, ground(Path(home)) as on:
        with spied(["track alone"]) as spy:
            Contestants(on, MISSIONS, READS).track(spy)
        with spied(["resolve", "track", "sink"]) as spy:
            Flow(on, MISSIONS).whole(4, 3, spy)


class Spies:
    """Watches processes once it is told which."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._spies: list[subprocess.Popen[bytes]] = []

    def __call__(self, running: Sequence[subprocess.Popen[bytes]]) -> None:
        """Begin."""
        for number, process in enumerate(running):
            command = [str(PY_SPY), "record", "--gil", "--format", "raw", "--duration", "600"]
            output = ["--output", str(self._home / str(number)), "--pid", str(process.pid)]
            quiet = subprocess.DEVNULL
            self._spies.append(subprocess.Popen([*command, *output], stdout=quiet, stderr=quiet))

    def end(self) -> Iterator[str]:
        """What each has seen: stacks, with how often."""
        for number, spy in enumerate(self._spies):
            spy.send_signal(signal.SIGINT)
            spy.wait()
            yield (self._home / str(number)).read_text()


@contextmanager
def spied(names: Sequence[str]) -> Iterator[Spies]:
    """Spies on processes of these names, whose findings are printed at the end."""
    with tempfile.TemporaryDirectory(prefix="missionpath-spy-") as home:
        spies = Spies(Path(home))
        yield spies
        for name, stacks in zip(names, spies.end(), strict=True):
            _print(name, stacks)


def _print(name: str, stacks: str) -> None:
    seen: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, times = line.rsplit(" ", 1)
        seen[_place(stack)] += int(times)
    print(f"\n| {name} | share |\n|---|---|")
    for place, count in seen.most_common():
        if count >= SHOWN_MIN * seen.total():
            print(f"| {place} | {count / seen.total():.0%} |", flush=True)


def _place(stack: str) -> str:
    for frame in reversed(stack.split(";")):
        for part, place in PLACES:
            if part in frame:
                return place
    return "other"


if __name__ == "__main__":
    main()
