"""``make bench``: measures everything on one local broker and prints one table in Markdown."""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from benchmarks.speed import crowd
from benchmarks.speed.contestants import Contestants
from benchmarks.speed.flow import SCANS_PER_SECOND, Flow
from benchmarks.speed.ground import Ground, ground
from benchmarks.speed.measure import Pace

COLUMNS = (
    "what",
    "measured",
    "least – most",
    "µs of a core a record: processes; broker",
    "cores busy elsewhere",
)


def main() -> None:
    """Measure and print, a line as soon as it is known."""
    sizes = _sizes()
    print(
        f"{psutil.cpu_count()} cores; every figure is the median of {sizes.times}, with the least and the most",
        flush=True,
    )
    print(f"\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    parts: dict[str, Callable[[Ground, argparse.Namespace], None]] = {
        "contest": _contest,
        "flow": _flow,
        "alerts": _alerts,
        "crowd": _crowd,
    }
    for name in sizes.parts:
        with (
            tempfile.TemporaryDirectory(prefix="missionpath-bench-") as home,
            ground(Path(home)) as measured_on,
        ):
            parts[name](measured_on, sizes)


def _sizes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="measurements of each figure")
    parser.add_argument("--missions", type=int, default=10_000, help="missions under way")
    parser.add_argument("--reads", type=int, default=20, help="reads of each, in the contest")
    parser.add_argument("--open", type=int, nargs="+", default=[10_000, 1_000_000], help="open missions compared")
    parser.add_argument("--records", type=int, default=40_000, help="records taken in beside open missions")
    parser.add_argument("--parts", nargs="+", default=["contest", "flow", "alerts", "crowd"], help="what to measure")
    return parser.parse_args()


def _contest(on: Ground, sizes: argparse.Namespace) -> None:
    """Everybody takes turns, so that what else the machine does meets all."""
    runs = Contestants(on, sizes.missions, sizes.reads).by_name()
    paces: dict[str, list[Pace]] = {name: [] for name in runs}
    for _ in range(sizes.times):
        for name, run in runs.items():
            paces[name].append(run())
            print(f"{name}: {paces[name][-1].per_second:,.0f} records/s", file=sys.stderr, flush=True)
    for name, measured in paces.items():
        _print_paces(name, "records/s", measured)


def _flow(on: Ground, sizes: argparse.Namespace) -> None:
    flow = Flow(on, sizes.missions)
    whole = flow.whole(4, sizes.times)
    _print_paces("publish → resolve → track → ClickHouse view", "scans/s", whole)
    _print_paces("resolve + track", "scans/s", flow.resolve_and_track(4, sizes.times))


def _alerts(on: Ground, sizes: argparse.Namespace) -> None:
    late = Flow(on, sizes.missions).lateness(3, sizes.times)
    at = f"scan → alert at {SCANS_PER_SECOND:,} scans/s"
    _print(f"{at}, p50", "ms", [each.p50 for each in late])
    _print(f"{at}, p99", "ms", [each.p99 for each in late])


def _crowd(on: Ground, sizes: argparse.Namespace) -> None:
    for missions in sizes.open:
        measured = crowd.paces(on, missions, sizes.records, sizes.times)
        _print_paces(f"track beside {missions:,} open missions", "records/s", measured)


def _print_paces(what: str, unit: str, paces: Sequence[Pace]) -> None:
    *own, broker = [statistics.median(spent) for spent in zip(*(pace.core_micros for pace in paces), strict=True)]
    spent = f"{' + '.join(f'{micros:.0f}' for micros in own)}; {broker:.0f}"
    elsewhere = statistics.median(pace.elsewhere for pace in paces)
    _print(what, unit, [pace.per_second for pace in paces], f"{spent} | {elsewhere:.2f}")


def _print(what: str, unit: str, values: Sequence[float], spent: str = " | ") -> None:
    middle, least, most = statistics.median(values), min(values), max(values)
    print(f"| {what} | {middle:,.0f} {unit} | {least:,.0f} – {most:,.0f} | {spent} |", flush=True)


if __name__ == "__main__":
    main()
