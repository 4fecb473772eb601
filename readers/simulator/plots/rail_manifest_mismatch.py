"""RAIL_MANIFEST_MISMATCH: what passes the rail gate is not what the train's manifest says."""

from readers.simulator.plots.plot import Plot
from readers.simulator.train import EMPTIES_MAX, Load, Train, empty


def plant(train: Train) -> bool:
    """One of five ways to differ."""
    variants = (_no_manifest, _missing, _extra, _wrong_wagon, _no_papers)
    return any(variant(train) for variant in train.rng.sample(variants, len(variants)))


def _no_manifest(train: Train) -> bool:
    if train.planted:  # what its missions bring along could not be told
        return False
    train.manifested = None
    why = f"It passed {train.node} without a manifest."
    train.plant(PLOT.kind, "no manifest", train.node, train.first, why)
    return True


def _missing(train: Train) -> bool:
    left_behind = empty(train, EMPTIES_MAX - 1)
    left_behind.passes = None
    train.loads.append(left_behind)
    why = f"{left_behind.key} was manifested, but left behind."
    train.plant(PLOT.kind, f"missing {left_behind.key}", train.node, train.passed, why)
    return True


def _extra(train: Train) -> bool:
    load = _one_of(train)
    if load is None or load.passes is None:
        return False
    load.listed = False
    why = f"{load.key} passed {train.node}, but had been left off the manifest."
    train.plant(PLOT.kind, f"extra {load.key}", train.node, load.passes, why, load.mission)
    return True


def _wrong_wagon(train: Train) -> bool:
    """Two units change places, or one stands on a wagon that the manifest does not know."""
    loads = _as_manifested(train)
    if not loads:
        return False
    wrong = train.rng.sample(loads, min(2, len(loads)))
    if len(wrong) > 1:
        wrong[0].listed_on, wrong[1].listed_on = wrong[1].wagon, wrong[0].wagon
    else:
        wrong[0].listed_on = train.yard.foreign_wagon(train.serial)
    for load in wrong:
        assert load.passes is not None
        why = f"{load.key} passed {train.node} on another wagon than manifested."
        train.plant(PLOT.kind, f"wagon {load.key}", train.node, load.passes, why, load.mission)
    return True


def _no_papers(train: Train) -> bool:
    load = _one_of(train)
    if load is None or train.manifested is None:
        return False
    load.mrns, load.transport_document = (), None
    why = f"{load.key} was manifested with neither declaration nor transport document."
    train.plant(PLOT.kind, f"papers {load.key}", None, train.manifested, why, load.mission)
    return True


def _one_of(train: Train) -> Load | None:
    loads = _as_manifested(train)
    return train.rng.choice(loads) if loads else None


def _as_manifested(train: Train) -> list[Load]:
    """The missions' units with which nothing is wrong yet."""
    return [load for load in train.loads if load.mission is not None and load.read_as is None]


PLOT = Plot("RAIL_MANIFEST_MISMATCH", Train, plant)
