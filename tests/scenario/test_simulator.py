"""The simulated port: same seed, same events; what it plants is what the rules find; noise is accounted for."""

import gc
import os
import subprocess
import sys
import tracemalloc
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from fold import PORT, ROOT, alerts_of, judged, over, run

from domain.conveyance import is_conveyance
from domain.deviations import RULES
from domain.events import Identifier, IdScanned, InputEvent, IotIdGenerated, flaws
from domain.identifiers import Verdict, check
from domain.port import Port
from readers.score import Truth, compare
from readers.simulator import Misread, NoiseRates, Parameters, Planted, Row, Simulation
from readers.simulator.parameters import TIDY
from readers.simulator.plots import PLOTS
from readers.simulator.world import World

ANYWHERE = {
    "EXIT_WITHOUT_RELEASE",
    "HOLD_VIOLATION",
    "IDENTIFIER_MISMATCH",
    "MANIFEST_DISCREPANCY",
    "NODE_SKIPPED",
    "NOTICE_LATE",
    "OVERDUE",
    "READ_AFTER_DEFINITIVE",
    "SEAL_DISCREPANCY",
    "UNEXPECTED_DOOR_OPEN",
    "UNKNOWN_OBJECT",
}
"""Kinds that two nodes are enough for."""

VARIANTS = {
    "ABANDONED_UNIT": {"cleared", "uncleared"},
    "MANIFEST_DISCREPANCY": {"extra", "mass", "missing", "not notified"},
    "NOTICE_LATE": {"DANGEROUS_GOODS", "MANIFEST", "PRE_ARRIVAL"},
    "RAIL_MANIFEST_MISMATCH": {"extra", "missing", "no manifest", "papers", "wagon"},
    "SEAL_DISCREPANCY": {"cloned", "foreign", "tampered"},
}
LOUD = NoiseRates(misreads=0.15, duplicates=0.1, repeats=0.1, delays=0.1, disorder=0.2)
DUMP = """
import sys
from pathlib import Path
import msgspec
from domain.port_file import parse_port
from readers.simulator import Parameters, Simulation, encode_row
port = parse_port(Path(sys.argv[1]).read_bytes())
rows = []
for event in Simulation(port, Parameters(missions=300, deviating=0.3, seed=int(sys.argv[2])), rows.append).events():
    sys.stdout.buffer.write(msgspec.json.encode(event) + b"\\n")
sys.stdout.buffer.write(b"".join(map(encode_row, rows)))
"""


def names(event: InputEvent) -> tuple[Identifier, ...]:
    """The identifiers by which the event finds its mission."""
    return getattr(event, "identifiers", ())


def in_another_process(hash_seed: int, seed: int) -> bytes:
    command = [sys.executable, "-c", DUMP, str(ROOT / "examples" / "bari" / "port.json"), str(seed)]
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True).stdout


def variant(row: Planted) -> str:
    """What of a kind was planted, without the unit, seal or device that it was planted with."""
    if row.kind == "SEAL_DISCREPANCY":
        return row.subject.partition(" ")[0] if " " in row.subject else "foreign"
    unit = row.subject.partition(" ")[2]
    return row.subject.partition(" ")[0] if ":" in unit else row.subject


def test_every_kind_has_a_plot() -> None:
    assert PLOTS.keys() == RULES.keys()


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_with_clean_reads_everything_planted_is_found_and_nothing_else(seed: int) -> None:
    score, truth = judged(missions=3_000, deviating=0.6, noise=TIDY, seed=seed)
    assert score.differences == []
    assert score.not_due == 0
    figures = {each.kind: each for each in score.kinds}
    assert figures.keys() == PLOTS.keys()
    for each in figures.values():
        assert (each.precision, each.recall) == (1.0, 1.0), each.kind
        assert each.planted >= 2, each.kind
    assert sum(each.planted for each in figures.values()) == len(truth.planted)


def test_every_variant_of_a_kind_is_planted() -> None:
    planted: dict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(5):
        truth = Truth()
        run(truth.add, missions=2_000, deviating=1.0, noise=TIDY, seed=seed)
        for row in truth.planted:
            planted[row.kind][variant(row)] += 1
    for kind, variants in VARIANTS.items():
        assert planted[kind].keys() == variants, kind
    assert planted["OFF_PATH_NODE"]["corridor"]
    assert planted["UNEXPECTED_DOOR_OPEN"]["en route"]


def test_without_deviations_nothing_stands() -> None:
    score, truth = judged(missions=6_000, deviating=0, noise=TIDY)
    assert truth.planted == []
    assert score.kinds == []


def test_clean_reads_delayed_repeated_and_disordered_are_still_clean() -> None:
    noise = msgspec.structs.replace(LOUD, misreads=0)
    score, _ = judged(missions=1_500, deviating=0.4, noise=noise)
    assert score.differences == []


@pytest.mark.parametrize(("seed", "noise"), [(7, NoiseRates()), (8, NoiseRates()), (9, LOUD)])
def test_with_noise_every_difference_is_explained(seed: int, noise: NoiseRates) -> None:
    score, _ = judged(missions=2_500, deviating=0.2, noise=noise, seed=seed)
    assert score.differences
    assert score.unexplained == []


def test_the_same_seed_gives_the_same_bytes_in_any_process() -> None:
    one = in_another_process(1, 7)
    assert len(one.splitlines()) > 2_000
    assert in_another_process(2, 7) == one
    assert in_another_process(1, 8) != one


def test_seeds_differ_in_everything() -> None:
    one, _ = run(missions=100, seed=1)
    other, _ = run(missions=100, seed=2)
    assert not {event.event_id for event in one} & {event.event_id for event in other}
    values = [{named.value for event in events for named in names(event)} for events in (one, other)]
    assert not values[0] & values[1]


def test_noise_changes_neither_cargo_nor_what_is_planted() -> None:
    clean, noisy = Truth(), Truth()
    events, _ = run(clean.add, missions=500, deviating=0.3, noise=TIDY)
    disturbed, _ = run(noisy.add, missions=500, deviating=0.3, noise=LOUD)
    assert clean.planted == noisy.planted
    assert {event.event_id for event in events} <= {event.event_id for event in disturbed}


def test_events_are_fit_to_be_published() -> None:
    events, _ = run(missions=1_000, deviating=0.3, noise=LOUD)
    for event in events:
        assert msgspec.json.decode(msgspec.json.encode(event), type=InputEvent) == event
        assert flaws(event) == []


def test_declared_identifiers_are_right_and_in_normal_form() -> None:
    events, _ = run(missions=2_000, noise=TIDY)
    for event in events:
        if isinstance(event, IotIdGenerated):
            for named in event.identifiers:
                checked = check(named.scheme, named.value)
                assert checked.bindable, named
                assert checked.value == named.value
                assert checked.verdict in (Verdict.VALID, Verdict.UNCHECKED)


def test_without_noise_events_come_by_event_time() -> None:
    events, _ = run(missions=1_000, noise=TIDY)
    assert all(earlier.occurred_at <= later.occurred_at for earlier, later in pairwise(events))
    assert len({event.event_id for event in events}) == len(events)


def test_with_noise_nothing_arrives_before_it_happened() -> None:
    events, _ = run(missions=1_000, noise=LOUD)
    newest = datetime.min.replace(tzinfo=events[0].occurred_at.tzinfo)
    behind = []
    for event in events:
        newest = max(newest, event.occurred_at)
        behind.append(newest - event.occurred_at)
    assert timedelta(minutes=5) < max(behind) <= timedelta(minutes=25)


def test_returning_units_and_trucks_never_overlap() -> None:
    missions = 12_000
    events, _ = run(missions=missions, deviating=0.2, returns=0.5, noise=TIDY)
    last_of: dict[str, datetime] = {}
    owner: dict[str, UUID] = {}
    returned: Counter[str] = Counter()
    for event in events:
        for named in names(event):
            key = f"{named.scheme.value}:{named.value}"
            if isinstance(event, IotIdGenerated):
                if key in owner:
                    returned[named.scheme.value] += 1
                    assert event.occurred_at - last_of[key] > timedelta(hours=1), key
                owner[key] = event.iot_id
            last_of[key] = event.occurred_at
    assert returned.keys() == {"BIC", "ILU", "PLATE", "WAGON"}
    lag = timedelta(milliseconds=World(PORT).lifetime) / timedelta(minutes=2)
    expected = 0.5 * (missions - lag)
    assert expected * 0.9 < returned["BIC"] + returned["ILU"] < expected * 1.02


def test_no_returns_when_there_shall_be_none() -> None:
    events, _ = run(missions=5_000, returns=0.0, noise=TIDY)
    given: Counter[str] = Counter()
    for event in events:
        if isinstance(event, IotIdGenerated):
            given.update(f"{named.scheme.value}:{named.value}" for named in event.identifiers)
    assert max(given.values()) == 1


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.2])
def test_rates_are_kept(rate: float) -> None:
    """Within five standard deviations; outages come in slots of a reader, so that theirs is that of slots."""
    clean, _ = run(missions=3_000, noise=TIDY)
    _, simulation = run(
        missions=3_000,
        noise=NoiseRates(misreads=rate, duplicates=rate, repeats=rate, delays=rate, disorder=rate),
    )
    totals = simulation.totals
    frames = sum(isinstance(event, IdScanned) and event.technology == "OCR" for event in clean)
    scans = sum(isinstance(event, IdScanned) for event in clean) + totals.repeats
    everything = len(clean) + totals.repeats
    for count, of in (
        (totals.repeats, frames),
        (totals.misreads, frames + totals.repeats),
        (totals.duplicates, everything),
        (totals.disorder, everything),
    ):
        assert abs(count - of * rate) <= 5 * (of * rate * (1 - rate)) ** 0.5
    assert abs(totals.delays - scans * rate) <= 0.25 * scans * rate
    assert totals.events == everything + totals.duplicates


def test_the_share_of_deviating_missions_is_kept() -> None:
    for share in (0.0, 0.03, 0.5, 1.0):
        truth = Truth()
        _, simulation = run(truth.add, missions=1_500, deviating=share, noise=TIDY)
        deviating = {row.owner for row in truth.planted}
        assert simulation.totals.deviating == len(deviating)
        missions = sum(not is_conveyance(owner) for owner in deviating)
        assert abs(missions - 1_500 * share) <= 5 * (1_500 * share * (1 - share)) ** 0.5


@pytest.mark.timeout(400)
def test_memory_is_that_of_the_missions_under_way() -> None:
    def peak(missions: int) -> int:
        most = 0
        # Few a day, so that both runs are much longer than ships are announced ahead.
        parameters = Parameters(missions=missions, missions_a_day=120)
        tracemalloc.start()
        try:
            for nth, _ in enumerate(Simulation(PORT, parameters).events()):
                if nth % 1_000 == 0:
                    gc.collect()  # empties the interpreter's free lists, which fill up by and by
                    most = max(most, tracemalloc.get_traced_memory()[0])
            return most
        finally:
            tracemalloc.stop()

    gc.freeze()  # so that collecting costs what the simulation holds, not what the test run does
    try:
        peak(200)  # whatever is remembered for good is remembered now
        assert peak(6_000) <= 1.2 * peak(1_000)
    finally:
        gc.unfreeze()


def test_misreads_in_the_truth_are_in_the_events() -> None:
    misreads: list[Misread] = []
    events, _ = run(lambda row: misreads.append(row) if isinstance(row, Misread) else None, missions=500, noise=LOUD)
    by_id = defaultdict(list)
    for event in events:
        by_id[event.event_id].append(event)
    assert misreads
    for row in misreads:
        (event, *_) = by_id[row.event_id]
        assert isinstance(event, IdScanned)
        assert row.read_as in {check(seen.scheme, seen.value).key for seen in event.identifiers}
        assert row.read_as != row.identifier


def test_of_an_unknown_object_customs_is_told_whether_its_number_is_wrong_and_mostly_which_is_right() -> None:
    right: dict[str, str] = {}
    planted: set[str | None] = set()

    def tell(row: Row) -> None:
        if isinstance(row, Misread):
            right[row.read_as] = row.identifier
        elif isinstance(row, Planted) and row.kind == "UNKNOWN_OBJECT":
            planted.add(row.object_key)

    events, simulation = run(tell, missions=2000, seed=7)
    alerts = [each for each in alerts_of(events, PORT, over(simulation)) if each.kind == "UNKNOWN_OBJECT"]
    told = {str(each.object_key): each.sentence for each in alerts}
    assert {key for key, sentence in told.items() if "number is wrong" in sentence} == told.keys() - planted
    named = [key for key, sentence in told.items() if key in right and right[key] in sentence]
    assert (len(told), len(planted), len(named)) == (32, 6, 24)


def test_any_port_will_do() -> None:
    """A two-way gate, no due times, two nodes a path: nothing of Bari is taken for granted."""
    port = msgspec.convert(
        {
            "locode": "ITANC",
            "name": "A small port",
            "nodes": [
                {"node": "QUAY", "name": "Quay", "kind": "DOCK_GATE", "latitude": 43.6, "longitude": 13.5},
                {"node": "GATE", "name": "Gate", "kind": "PORT_GATE", "latitude": 43.61, "longitude": 13.5},
            ],
            "paths": {
                "IMPORT_ROAD": [{"node": "QUAY"}, {"node": "GATE"}],
                "EXPORT_ROAD": [{"node": "GATE"}, {"node": "QUAY", "due_after_minutes": 300}],
            },
        },
        Port,
    )
    truth = Truth()
    simulation = Simulation(port, Parameters(missions=1_000, deviating=0.3, noise=TIDY), truth.add)
    events = list(simulation.events())
    score = compare(truth, alerts_of(events, port, over(simulation)))
    assert score.differences == []
    assert {row.kind for row in truth.planted} >= ANYWHERE


def test_a_port_whose_due_times_cannot_be_kept_is_refused() -> None:
    paths = dict(PORT.paths)
    process, steps = next(iter(paths.items()))
    paths[process] = tuple(msgspec.structs.replace(step, due_after_minutes=5) for step in steps)
    with pytest.raises(ValueError, match="due too early"):
        Simulation(msgspec.structs.replace(PORT, paths=paths), Parameters())
