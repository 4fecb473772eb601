"""What the ID-readers of each node make of a unit that passes."""

from collections.abc import Iterator
from random import Random

from domain.events import Direction, Identifier, IdScanned, Technology
from domain.port import NodeKind
from readers.simulator.cargo import Cargo
from readers.simulator.narrative import Narrative
from readers.simulator.story import Pass, Sight, Story
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
    seal = story.seal_at(passing.at)
    if passing.sight is Sight.SEAL:
        assert seal is not None
        yield passing.at, _scan(story, passing, passing.at, "rfid", Technology.RFID, (seal,))
        return
    if story.world.shows_carrier(passing.node):
        yield passing.at, _camera(story, passing, passing.unit, passing.carrier)
    elif rng.random() < UNIT_SEEN_AT.get(kind, 0) or seal is None or passing.sight is Sight.UNIT:
        yield passing.at, _camera(story, passing, passing.unit)
    else:
        yield passing.at, _by_hand(story, passing, story.cargo, seal)
    caught = passing.seal or (seal if rng.random() < SEAL_READ and passing.sight is Sight.CHANCE else None)
    if kind in GATES and caught is not None:
        at = passing.at + rng.randrange(*GAP_MS)
        # A seal that leads to no mission is held against the unit beside it.
        seen = (caught,) if passing.seal is None else (story.cargo.unit, caught)
        yield at, _scan(story, passing, at, "rfid", Technology.RFID, seen)


def _camera(story: Story, passing: Pass, unit: Identifier, carrier: Identifier | None = None) -> IdScanned:
    seen = seen_by_camera(story.rng, unit, carrier)
    return _scan(story, passing, passing.at, "ocr", Technology.OCR, seen)


def _by_hand(story: Story, passing: Pass, cargo: Cargo, seal: Identifier) -> IdScanned:
    """A hand-held scanner reads a declaration or the seal."""
    if story.rng.random() < 0.5:  # noqa: PLR2004
        return _scan(story, passing, passing.at, "rfid", Technology.RFID, (seal,))
    return _scan(story, passing, passing.at, "scan", Technology.BARCODE, (story.rng.choice(cargo.mrns),))


def _scan(
    story: Story, passing: Pass, at: int, device: str, technology: Technology, seen: tuple[Identifier, ...]
) -> IdScanned:
    return scan(story, at, passing.node, device, technology, seen, passing.direction, passing.conveyance)


def scan(
    narrative: Narrative,
    at: int,
    node: str,
    device: str,
    technology: Technology,
    seen: tuple[Identifier, ...],
    direction: Direction | None,
    conveyance: str | None,
) -> IdScanned:
    """One read of a node's reader of that sort."""
    return IdScanned(
        event_id=narrative.fresh_id(),
        occurred_at=narrative.moment(at),
        source=narrative.world.port_system,
        node=node,
        reader=f"{node.lower()}-{device}-1",
        technology=technology,
        identifiers=seen,
        direction=direction,
        conveyance=conveyance,
    )


def seen_by_camera(rng: Random, unit: Identifier, carrier: Identifier | None) -> tuple[Identifier, ...]:
    """The unit, and what carries it where the camera sees that as well, each read surely."""
    seen = sure(unit, 0.90, 0.99, rng)
    return (seen,) if carrier is None else (seen, sure(carrier, 0.80, 0.98, rng))


def sure(identifier: Identifier, least: float, most: float, rng: Random) -> Identifier:
    """The identifier with a reader's confidence between the two bounds."""
    confidence = round(least + (most - least) * rng.random(), 2)
    return Identifier(scheme=identifier.scheme, value=identifier.value, confidence=confidence)
