"""From a train's story to its events; the reads of its missions' units are theirs to tell."""

from collections.abc import Iterator

from domain.events import (
    Direction,
    InputEvent,
    Technology,
    TrainComposed,
    TrainPermissionChanged,
    TrainStage,
    TrainUnit,
)
from readers.simulator.sightings import scan, seen_by_camera
from readers.simulator.story import ADM
from readers.simulator.train import Load, Train
from readers.simulator.world import MINUTE

OPERATOR = "rail-operator"
CANDIDATE_DECLARED = 0.7
"""Of the units on a loading list: their declarations are known already."""
CORRECTED = 0.1
"""Of manifests: the first one had a mistake."""

Told = tuple[int, InputEvent]


def train_events(train: Train) -> list[InputEvent]:
    """Everything that is published about a train itself, by event time."""
    told = [*_lists(train), *_permissions(train), *_reads_of_empties(train)]
    told.sort(key=lambda each: each[0])
    return [event for _, event in told]


def _lists(train: Train) -> Iterator[Told]:
    yield _composed(train, train.listed, TrainStage.LOADING_LIST, [_candidate(train, each) for each in train.loads])
    listed = [_listed(each) for each in train.loads if each.listed]
    if train.manifested is None:
        return
    if len(listed) > 1 and train.rng.random() < CORRECTED:
        yield _composed(train, train.manifested - 3 * MINUTE, TrainStage.MANIFEST, listed[1:])
    yield _composed(train, train.manifested, TrainStage.MANIFEST, listed)


def _composed(train: Train, at: int, stage: TrainStage, units: list[TrainUnit]) -> Told:
    event = TrainComposed(
        event_id=train.fresh_id(),
        occurred_at=train.moment(at),
        source=OPERATOR,
        train=train.key,
        stage=stage,
        units=tuple(units),
    )
    return at, event


def _candidate(train: Train, load: Load) -> TrainUnit:
    is_declared = train.rng.random() < CANDIDATE_DECLARED
    return TrainUnit(unit=load.unit, mrns=load.mrns if is_declared else ())


def _listed(load: Load) -> TrainUnit:
    return TrainUnit(unit=load.unit, wagon=load.listed_on, mrns=load.mrns, transport_document=load.transport_document)


def _permissions(train: Train) -> Iterator[Told]:
    for at, permission in train.permissions:
        event = TrainPermissionChanged(
            event_id=train.fresh_id(),
            occurred_at=train.moment(at),
            source=OPERATOR,
            train=train.key,
            permission=permission,
            authority=ADM,
        )
        yield at, event


def _reads_of_empties(train: Train) -> Iterator[Told]:
    for load in train.loads:
        if load.mission is None and load.passes is not None:
            seen = seen_by_camera(train.rng, load.unit, load.wagon)
            yield (
                load.passes,
                scan(train, load.passes, train.node, "ocr", Technology.OCR, seen, Direction.OUT, train.key),
            )
