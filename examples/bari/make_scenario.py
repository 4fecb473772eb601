"""Writes the example's traffic, its acts and the alerts to expect: ``python -m examples.bari.make_scenario``.

*Guarantee*: the same bytes on every run; nothing is taken from the clock, from the pipeline or at random.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import msgspec

from examples.bari.cast import play
from examples.bari.scenario import Scenario, at

HERE = Path(__file__).parent


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One file of traffic and the time to which the clock is set once all of it is processed."""

    file: str
    clock: str
    title: str


ACTS = (
    Act(
        file="1-traffic.jsonl",
        clock=f"{at(11, 21):%Y-%m-%dT%H:%M:%SZ}",
        title="Two days at the port of Bari",
    ),
    Act(
        file="2-corrections.jsonl",
        clock=f"{at(12, 9):%Y-%m-%dT%H:%M:%SZ}",
        title="Late reads, decisions, papers, bookings, reviews and an IOT_ID arrive",
    ),
)


def write(scenario: Scenario, directory: Path) -> None:
    """Write all files of the scenario into the directory."""
    for number, act in enumerate(ACTS, start=1):
        _write_lines(directory / act.file, scenario.in_order(number))
    _write_lines(directory / "expected-alerts.jsonl", scenario.expected)
    acts = msgspec.json.format(msgspec.json.encode({"acts": ACTS}), indent=2)
    (directory / "scenario.json").write_bytes(acts + b"\n")


def _write_lines(path: Path, records: Iterable[msgspec.Struct]) -> None:
    lines = [msgspec.json.encode(record) + b"\n" for record in records]
    path.write_bytes(b"".join(lines))
    print(f"{path.name}: {len(lines)} lines")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.bari.make_scenario", description="Writes the example scenario of the port of Bari."
    )
    parser.add_argument("--output", type=Path, default=HERE, help="directory to write to (default: beside me)")
    write(play(), parser.parse_args().output)


if __name__ == "__main__":
    main()
