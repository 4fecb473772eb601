"""What the ID-readers of each node make of a unit that passes."""

from collections.abc import Iterator
from random import Random

from domain.events import Identifier, IdScanned, Technology
from domain.port import NodeKind
from readers.simulator.cargo import Cargo
from readers.simulator.story import Pass, Story
from readers.simulator.world import GATES

SEAL_READ = 0.25
"""How often the antenna of a gate catches the electronic seal."""
UNIT_SEEN_AT = {NodeKind.DOCK_GATE: 1.0, NodeKind.PORT_FACILITY: 0.6}
"""How often a camera sees the unit alone; otherwise its papers or its seal are scanned by hand."""
GAP_MS = (2_000, 8_000)
"""Between the readers of one node."""


def scans(story: Story, passing: Pass) -> Iterator[tuple[int, IdScanned]]:
    """What one pass yields, one or two reads, each with its time."""
    kind = story.world.kinds[passing.node]
    rng = story.rng
    if kind in GATES or kind is NodeKind.EXTRA_PORT_FACILITY:
        yield passing.at, _camera(story, passing, passing.unit, passing.carrier)
    elif rng.random() < UNIT_SEEN_AT.get(kind, 0) or story.cargo.seal is None:
        yield passing.at, _camera(story, passing, passing.unit)
    else:
        yield passing.at, _by_hand(story, passing, story.cargo)
    seal = passing.seal or (story.cargo.seal if rng.random() < SEAL_READ else None)
    if kind in GATES and seal is not None:
        at = passing.at + rng.randrange(*GAP_MS)
        # A seal that leads to no mission is held against the unit beside it.
        seen = (seal,) if passing.seal is None else (story.cargo.unit, seal)
        yield at, _scan(story, passing, at, "rfid", Technology.RFID, seen)


def _camera(story: Story, passing: Pass, unit: Identifier, carrier: Identifier | None = None) -> IdScanned:
    seen = [sure(unit, 0.90, 0.99, story.rng)]
    if carrier is not None:
        seen.append(sure(carrier, 0.80, 0.98, story.rng))
    return _scan(story, passing, passing.at, "ocr", Technology.OCR, tuple(seen))


def _by_hand(story: Story, passing: Pass, cargo: Cargo) -> IdScanned:
    """A hand-held scanner reads a declaration or the seal."""
    if cargo.seal is not None and story.rng.random() < 0.5:  # noqa: PLR2004
        return _scan(story, passing, passing.at, "rfid", Technology.RFID, (cargo.seal,))
    return _scan(story, passing, passing.at, "scan", Technology.BARCODE, (story.rng.choice(cargo.mrns),))


def _scan(
    story: Story, passing: Pass, at: int, device: str, technology: Technology, seen: tuple[Identifier, ...]
) -> IdScanned:
    return IdScanned(
        event_id=story.fresh_id(),
        occurred_at=story.moment(at),
        source=story.world.port_system,
        node=passing.node,
        reader=f"{passing.node.lower()}-{device}-1",
        technology=technology,
        identifiers=seen,
        direction=passing.direction,
    )


def sure(identifier: Identifier, least: float, most: float, rng: Random) -> Identifier:
    """The identifier with a reader's confidence between the two bounds."""
    confidence = round(least + (most - least) * rng.random(), 2)
    return Identifier(scheme=identifier.scheme, value=identifier.value, confidence=confidence)
