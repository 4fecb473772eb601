"""What the ID-readers of each node make of a unit that passes."""

from enum import Enum, auto
from random import Random
from typing import NamedTuple

from domain.events import Direction, Identifier, Technology
from domain.identifiers import Scheme
from domain.port import NodeKind
from examples.bari.identities import Cargo, doubtful, misread, sure
from examples.bari.nodes import DRY_PORT, PORT, SCANNER, TERMINAL, WAREHOUSE

GATES = (NodeKind.PORT_GATE, NodeKind.RAIL_GATE)


class Quirk(Enum):
    """What is untidy about the data of a mission although nothing is wrong with the mission."""

    NONE = auto()
    REPEATED_READS = auto()
    """Cameras take several frames of one pass."""
    DUPLICATE_LINES = auto()
    """The sender repeats records that it believes lost."""
    MISREAD_UNIT = auto()
    """OCR misreads the unit at gates; its check digit shows it, and the carrier read with it resolves.

    A rail gate's detection system looks from both sides: the other camera reads it right.
    """
    DOUBTFUL_PLATE = auto()
    """OCR misreads the plate at gates and says that it is unsure."""


class Sighting(NamedTuple):
    """One read of one reader."""

    reader: str
    technology: Technology
    identifiers: tuple[Identifier, ...]
    direction: Direction | None = None


def sightings(node: str, cargo: Cargo, quirk: Quirk, rng: Random) -> list[Sighting]:
    """What a pass of the node yields, one to four reads."""
    place = PORT.node(node)
    if place is not None and place.kind in GATES:
        found = _at_gate(node, place.passage, cargo, quirk, rng)
        if quirk is Quirk.MISREAD_UNIT and place.kind is NodeKind.RAIL_GATE:
            found += _at_gate(node, place.passage, cargo, Quirk.NONE, rng)
        return found
    seen = _at_facility(node, cargo, rng)
    return _frames(seen, quirk, rng)


def camera(node: str, identifiers: tuple[Identifier, ...], direction: Direction | None = None) -> Sighting:
    """A read of the node's OCR camera as it stands."""
    return Sighting(f"{node.lower()}-ocr-1", Technology.OCR, identifiers, direction)


def _at_gate(node: str, passage: Direction | None, cargo: Cargo, quirk: Quirk, rng: Random) -> list[Sighting]:
    """A camera portal for unit and carrier; every fourth pass the antenna catches the electronic seal too."""
    unit = sure(cargo.unit, 0.90, 0.99, rng)
    carrier = sure(cargo.carrier, 0.80, 0.98, rng)
    if quirk is Quirk.MISREAD_UNIT:
        unit = sure(misread(unit, rng), 0.60, 0.85, rng)
    if quirk is Quirk.DOUBTFUL_PLATE and carrier.scheme is Scheme.PLATE:
        carrier = doubtful(carrier, rng)
    direction = rng.choice((passage, None))
    found = _frames(camera(node, (unit, carrier), direction), quirk, rng)
    if rng.randrange(4) == 0:
        found.append(Sighting(f"{node.lower()}-rfid-1", Technology.RFID, (cargo.seal,), direction))
    return found


def _at_facility(node: str, cargo: Cargo, rng: Random) -> Sighting:
    """Crane and yard cameras read the unit; controls and storage scan papers; some yards read seals."""
    papers = Sighting(f"{node.lower()}-scan-1", Technology.BARCODE, (rng.choice(cargo.mrns),))
    seal = Sighting(f"{node.lower()}-rfid-1", Technology.RFID, (cargo.seal,))
    unit = camera(node, (sure(cargo.unit, 0.90, 0.99, rng),))
    if node in (SCANNER, WAREHOUSE):
        return papers
    if node == TERMINAL:
        return rng.choice((unit, unit, unit, seal, papers))
    if node == DRY_PORT:
        return camera(node, (*unit.identifiers, sure(cargo.carrier, 0.80, 0.98, rng)))
    return unit


def _frames(seen: Sighting, quirk: Quirk, rng: Random) -> list[Sighting]:
    """The read, or two frames of it."""
    if quirk is not Quirk.REPEATED_READS or seen.technology is not Technology.OCR:
        return [seen]
    again = tuple(sure(identifier, 0.80, 0.98, rng) for identifier in seen.identifiers)
    return [seen, seen._replace(identifiers=again)]
