"""Invented cargo with right check digits: units, what carries them, seals and declarations.

Owner codes and plates are of series that are not in use as far as we know; any likeness is chance.
"""

from dataclasses import dataclass, replace
from random import Random

from stdnum import luhn

from domain.events import Identifier, Process
from domain.identifiers import Scheme, Verdict, check, mod11_digit

CONTAINER_OWNERS = ("QXAU", "XQBU", "ZQPU", "QZTU")
SWAP_BODY_OWNERS = ("XQAB", "ZQBK", "QXLD")
LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"
RAIL = (Process.IMPORT_RAIL, Process.EXPORT_RAIL)

PROCEDURES = {
    Process.IMPORT_ROAD: "RSTUVW",
    Process.IMPORT_RAIL: "RSTUVW",
    Process.DRY_PORT: "RSTUVW",
    Process.TRANSIT: "JKLM",
    Process.EXPORT_ROAD: "ABCDE",
    Process.EXPORT_RAIL: "ABCDE",
}
"""The letters that the 17th character of an MRN may be, by process."""


@dataclass(frozen=True, slots=True)
class Cargo:
    """What one mission moves: the unit, the truck or wagon under it, its seal and its declarations."""

    unit: Identifier
    carrier: Identifier
    seal: Identifier
    mrns: tuple[Identifier, ...]

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All of them, as customs associates them with one IOT_ID."""
        return (self.unit, self.carrier, self.seal, *self.mrns)


def cargo(process: Process, declarations: int, rng: Random) -> Cargo:
    """Invent the cargo of a mission."""
    by_rail = process in RAIL
    return Cargo(
        unit=swap_body(rng) if by_rail and rng.random() < 0.5 else container(rng),  # noqa: PLR2004
        carrier=wagon(rng) if by_rail else plate(rng),
        seal=seal(rng),
        mrns=tuple(mrn(process, rng) for _ in range(declarations)),
    )


def same_unit(unit: Identifier, other: Cargo) -> Cargo:
    """The other cargo, stuffed into a unit that has been here before."""
    return replace(other, unit=unit)


def resealed(cargo: Cargo, new: Identifier) -> Cargo:
    """The same cargo under a new seal."""
    return replace(cargo, seal=new)


def key_of(identifier: Identifier) -> str:
    """``SCHEME:VALUE``, as alerts name it."""
    return f"{identifier.scheme.value}:{identifier.value}"


def container(rng: Random) -> Identifier:
    """A container number (ISO 6346)."""
    return _mod11(Scheme.BIC, rng.choice(CONTAINER_OWNERS) + _digits(rng, 6))


def swap_body(rng: Random) -> Identifier:
    """A loading unit's ILU code (EN 13044-1)."""
    return _mod11(Scheme.ILU, rng.choice(SWAP_BODY_OWNERS) + _digits(rng, 6))


def wagon(rng: Random) -> Identifier:
    """A container wagon registered in Italy (83), Germany (80) or Austria (81)."""
    body = rng.choice(("318345", "338045", "318145")) + _digits(rng, 5)
    return Identifier(scheme=Scheme.WAGON, value=body + luhn.calc_check_digit(body))


def ship(rng: Random) -> Identifier:
    """An IMO ship number."""
    body = "9" + _digits(rng, 5)
    check_digit = sum(weight * int(digit) for weight, digit in zip(range(7, 1, -1), body, strict=True)) % 10
    return Identifier(scheme=Scheme.SHIP, value=f"{body}{check_digit}")


def plate(rng: Random) -> Identifier:
    """A truck's plate: most are Italian, the others Bulgarian or Greek in form."""
    italian = f"ZX{_digits(rng, 3)}{_letters(rng, 2)}"
    bulgarian = f"YB{_digits(rng, 4)}{_letters(rng, 2)}"
    greek = f"ZZX{_digits(rng, 4)}"
    return Identifier(scheme=Scheme.PLATE, value=rng.choice((italian, italian, italian, bulgarian, greek)))


def seal(rng: Random) -> Identifier:
    """A seal number."""
    return Identifier(scheme=Scheme.SEAL, value=f"BRI{_digits(rng, 7)}")


def mrn(process: Process, rng: Random) -> Identifier:
    """A declaration of 2026 at an Italian office, of a procedure that fits the process."""
    body = f"26ITQBA1{_digits(rng, 8)}{rng.choice(PROCEDURES[process])}"
    return _mod11(Scheme.MRN, body)


def misread(identifier: Identifier, rng: Random) -> Identifier:
    """The same with one digit read wrong, so that the check digit betrays it."""
    digits = [place for place, char in enumerate(identifier.value) if char.isdigit()]
    while True:
        wrong = _replace_digit(identifier, rng.choice(digits), rng)
        if check(wrong.scheme, wrong.value).verdict is Verdict.BAD_CHECK_DIGIT:
            return wrong


def doubtful(identifier: Identifier, rng: Random) -> Identifier:
    """The same with one digit read wrong where no check digit would tell, and a confidence that admits it."""
    digits = [place for place, char in enumerate(identifier.value) if char.isdigit()]
    return sure(_replace_digit(identifier, rng.choice(digits), rng), 0.40, 0.60, rng)


def sure(identifier: Identifier, least: float, most: float, rng: Random) -> Identifier:
    """The identifier with a reader's confidence between the two bounds."""
    return Identifier(
        scheme=identifier.scheme,
        value=identifier.value,
        confidence=round(least + (most - least) * rng.random(), 2),
    )


def _replace_digit(identifier: Identifier, place: int, rng: Random) -> Identifier:
    value = identifier.value
    digit = rng.choice([char for char in "0123456789" if char != value[place]])
    return Identifier(
        scheme=identifier.scheme,
        value=value[:place] + digit + value[place + 1 :],
        confidence=identifier.confidence,
    )


def _mod11(scheme: Scheme, body: str) -> Identifier:
    return Identifier(scheme=scheme, value=body + mod11_digit(body))


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _letters(rng: Random, count: int) -> str:
    return "".join(rng.choice(LETTERS) for _ in range(count))
