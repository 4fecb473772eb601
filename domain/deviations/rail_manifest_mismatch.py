"""RAIL_MANIFEST_MISMATCH: what passed the rail gate is not what the train's manifest says; order means nothing."""

from collections.abc import Iterator
from datetime import datetime

from domain.conveyance import Composition, Load, units_of
from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.facts import Read
from domain.policy import after
from domain.train_run import TrainRun


def find(train: TrainRun) -> Iterator[Finding]:
    """One finding a unit and a way in which it differs, or one when there is no manifest at all."""
    if train.manifest is None:
        if train.passages:
            yield _no_manifest(train.passages[0])
        return
    passed: dict[str, list[Read]] = {}
    for read in train.passages:
        for unit in units_of(read):
            passed.setdefault(unit, []).append(read)
    loads = {load.unit: load for load in train.manifest.loads}
    for load in loads.values():
        if not load.has_papers:
            yield _without_papers(load, train.manifest)
        if load.unit not in passed and (due_at := _missing_since(train)) is not None:
            yield _missing(load, train, train.manifest, due_at)
        if wrong := [read for read in passed.get(load.unit, ()) if _on_other_wagon(load, read)]:
            yield _difference("wagon", load.unit, train.manifest, wrong, "on another wagon than manifested")
    for unit, reads in passed.items():
        if unit not in loads:
            yield _difference("extra", unit, train.manifest, reads, "but is not on the train's manifest")


def due(train: TrainRun) -> Iterator[datetime]:
    """When the whole train has passed, so that what was not read is missing."""
    if train.manifest is not None and train.passages:
        yield _passed_at(train)


def _passed_at(train: TrainRun) -> datetime:
    return after(train.passages[0].occurred_at, train.port.policy.train_passing)


def _missing_since(train: TrainRun) -> datetime | None:
    """When the train had passed, none when that is not over or it never came."""
    if not train.passages or train.checked_at is None:
        return None
    due_at = _passed_at(train)
    return due_at if due_at <= train.checked_at else None


def _on_other_wagon(load: Load, read: Read) -> bool:
    wagons = [key for key in read.keys if key.startswith("WAGON:")]
    return load.wagon is not None and bool(wagons) and load.wagon not in wagons


def _no_manifest(first: Read) -> Finding:
    sentence = f"A train passed {first.node} of which no manifest is known."
    return Finding(RULE.kind, "no manifest", first.node, first.occurred_at, (first.event_id,), sentence)


def _without_papers(load: Load, manifest: Composition) -> Finding:
    sentence = f"{load.unit} is on the train's manifest without a declaration or a transport document."
    return Finding(RULE.kind, f"papers {load.unit}", None, manifest.occurred_at, (manifest.event_id,), sentence)


def _missing(load: Load, train: TrainRun, manifest: Composition, due_at: datetime) -> Finding:
    first = train.passages[0]
    sentence = f"{load.unit} is on the train's manifest, but was not read as the train passed {first.node}."
    evidence = (manifest.event_id, first.event_id)
    return Finding(RULE.kind, f"missing {load.unit}", first.node, due_at, evidence, sentence)


def _difference(what: str, unit: str, manifest: Composition, reads: list[Read], how: str) -> Finding:
    first = reads[0]
    evidence = (manifest.event_id, *(read.event_id for read in reads))
    sentence = f"{unit} passed {first.node} {how}."
    return Finding(RULE.kind, f"{what} {unit}", first.node, first.occurred_at, evidence, sentence)


RULE = Rule(
    kind="RAIL_MANIFEST_MISMATCH",
    trigger="reads of a train at the rail gate, or the clock after them, that its manifest does not agree with",
    subject="`missing`, `extra`, `wagon` or `papers` and the unit, or `no manifest`",
    severity=Severity.WARNING,
    basis="§372b-c",
    find=find,
    due=due,
    threshold="`train_passing_minutes` of the port's policy",
    judges=TrainRun,
)
