"""``python -m tests.crash``: rounds with ever other seeds until so many workers were killed (``make torture``)."""

import argparse
import shutil
import signal
import sys
from collections import Counter
from pathlib import Path

from tests.conftest import LIBS
from tests.crash.round import Plan, Report, listed, play

STORES = ("memory", "rocksdict")
"""Where the workers keep their state, round about."""


def say(line: str) -> None:
    """One line, at once."""
    print(line, flush=True)


def main() -> int:
    """Play rounds and tell what was survived; the exit status is 1 if something was not."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first round; the next ones count on")
    parser.add_argument("--kills", type=int, default=200, help="kill -9 of workers in all")
    parser.add_argument("--kills-a-round", type=int, default=20, help="those of single workers in one round")
    parser.add_argument("--times", type=int, default=2, help="everything else is done so many times in one round")
    parser.add_argument("--missions", type=int, default=3_800, help="of one round; about 13.7 events each")
    parser.add_argument("--rate", type=float, default=600.0, help="events a second")
    parser.add_argument("--home", type=Path, default=Path(".local/crash"), help="where rounds keep their files")
    given = parser.parse_args()
    # Asked to end, it ends its broker and its workers first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    reports: list[Report] = []
    while sum(report.done["kill"] for report in reports) < given.kills:
        seed = given.seed + len(reports)
        store = STORES[seed % len(STORES)]
        plan = Plan(seed, given.missions, given.rate, given.kills_a_round, given.times, store)
        home = given.home / f"seed-{plan.seed}"
        shutil.rmtree(home, ignore_errors=True)
        report = play(plan, home, LIBS, say)
        reports.append(report)
        for line in report.lines(home):
            say(line)
        if not report.differences:
            shutil.rmtree(home)
    return summed_up(reports)


def summed_up(reports: list[Report]) -> int:
    """Tell of all rounds together; the exit status."""
    failed = [report.seed for report in reports if report.differences]
    done = sum((report.done + report.mishaps for report in reports), Counter[str]())
    events, seconds = sum(report.events for report in reports), sum(report.seconds for report in reports)
    say(f"{len(reports)} rounds, {events:,} events, {seconds:,.0f} s: {listed(done)}")
    say(f"failed seeds: {', '.join(map(str, failed))}" if failed else "all survived: nothing missing, nothing twice")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
