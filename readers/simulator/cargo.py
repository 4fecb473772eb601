"""Cargo with identifiers that are unique by counting: no memory of what was given out is needed.

A number is spread over its scheme's room by a multiplication that meets every place once; the seed decides where it
begins. When the room is used up it starts again, years later in event time. Owner codes and plates are of series
not in use as far as we know; any likeness is chance.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b

from stdnum import imo, luhn

from domain.events import Identifier, Process
from domain.identifiers import Scheme, mod11_digit

LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"
DECLARATIONS_MAX = 4
STRIDE = 10_000_019
"""A prime that divides no scheme's room, so that the spread meets every place."""

SWAP_BODIES = 0.1
"""The share of units that are swap bodies."""

FLEET = 400
"""So many ships call at the port."""
DANGEROUS = 0.03
"""The share of units with dangerous goods."""
MASS_KG = (4_000, 30_000)

PROCEDURES = {
    Process.IMPORT_ROAD: "RSTUVW",
    Process.IMPORT_RAIL: "RSTUVW",
    Process.DRY_PORT: "RSTUVW",
    Process.TRANSIT: "JKLM",
    Process.EXPORT_ROAD: "ABCDE",
    Process.EXPORT_RAIL: "ABCDE",
}
"""The letters that the 17th character of an MRN may be, by process."""

_64_BITS = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Cargo:
    """What one mission moves; a stranger has neither seal nor papers."""

    unit: Identifier
    carrier: Identifier
    seal: Identifier | None
    mrns: tuple[Identifier, ...]

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All of them, as customs associates them with one IOT_ID."""
        seals = () if self.seal is None else (self.seal,)
        return (self.unit, self.carrier, *seals, *self.mrns)


class Yard:
    """Gives out the cargo of each mission by its number.

    *Guarantee*: a unit or carrier comes back only with a mission that starts ``lag`` missions, or a multiple of
    it, after the one before; ``lag`` must therefore outlast a mission.
    *Shape*: so many cargoes are ``remembered`` for those who ask again.
    """

    def __init__(self, seed: int, locode: str, returns: float, lag: int, remembered: int) -> None:
        self._seed = seed
        self._country, self._place = locode[:2], locode[2:]
        self._returns = returns
        self._lag = lag
        self.cargo = lru_cache(remembered)(self._cargo)

    def _cargo(self, number: int, process: Process, *, by_rail: bool, declarations: int, year: int) -> Cargo:
        """The cargo of one mission."""
        unit = self._first("unit", number)
        carrier = self._first("carrier", number)
        letters = PROCEDURES[process]
        papers = range(number * DECLARATIONS_MAX, number * DECLARATIONS_MAX + declarations)
        return Cargo(
            unit=self._swap_body(unit) if self._draw("body", unit) < SWAP_BODIES else self.container(unit),
            carrier=self.wagon(carrier) if by_rail else self.plate(carrier),
            seal=self._seal(number, self._place),
            mrns=tuple(self._mrn(paper, letters[paper % len(letters)], year) for paper in papers),
        )

    def container(self, number: int, series: str = "QX") -> Identifier:
        """A container number (ISO 6346)."""
        owner, serial = divmod(self._spread("container", number, len(LETTERS) * 10**6), 10**6)
        return _mod11(Scheme.BIC, f"{series}{LETTERS[owner]}U{serial:06d}")

    def plate(self, number: int, series: str = "Z") -> Identifier:
        """A truck's plate, Italian in form."""
        rest, serial = divmod(self._spread("plate", number, len(LETTERS) ** 3 * 1000), 1000)
        rest, a = divmod(rest, len(LETTERS))
        c, b = divmod(rest, len(LETTERS))
        return Identifier(scheme=Scheme.PLATE, value=f"{series}{LETTERS[a]}{serial:03d}{LETTERS[b]}{LETTERS[c]}")

    def wagon(self, number: int, series: str = "3183") -> Identifier:
        """A flat wagon, Italian by its number."""
        body = f"{series}{self._spread('wagon', number, 10**7):07d}"
        return Identifier(scheme=Scheme.WAGON, value=body + str(luhn.calc_check_digit(body)))

    def ship(self, number: int) -> Identifier:
        """The ship of a call, back when all others have been here; no ship has an IMO number that begins with 0."""
        body = f"0{self._spread('ship', number % FLEET, 10**5):05d}"
        return Identifier(scheme=Scheme.SHIP, value=body + imo.calc_check_digit(body))

    def mass_kg(self, number: int) -> int:
        """The gross mass of a mission's unit, as declared."""
        low, high = MASS_KG
        return low + int(self._draw("mass", number) * (high - low))

    def is_dangerous(self, number: int) -> bool:
        """Whether a mission's unit holds dangerous goods."""
        return self._draw("dangerous", number) < DANGEROUS

    def empty(self, number: int, *, by_rail: bool) -> Identifier:
        """A container without goods: on a ship's or train's list, and no mission of customs."""
        return self.container(number, "QW" if by_rail else "QY")

    def empty_wagon(self, number: int) -> Identifier:
        """The wagon under it."""
        return self.wagon(number, "3383")

    def spare_plate(self, number: int) -> Identifier:
        """The truck that takes over for a mission's own."""
        return self.plate(number, "X")

    def spare_seal(self, number: int) -> Identifier:
        """The seal that replaces a mission's own."""
        return self._seal(number, "XX")

    def foreign_container(self, number: int) -> Identifier:
        """One that no mission is ever given."""
        return self.container(number, "QZ")

    def foreign_wagon(self, number: int) -> Identifier:
        """One on which no unit is ever loaded."""
        return self.wagon(number, "3483")

    def foreign_plate(self, number: int) -> Identifier:
        """One that no mission is ever given."""
        return self.plate(number, "Y")

    def foreign_seal(self, number: int) -> Identifier:
        """One that is put on no cargo."""
        return self._seal(number, "YY")

    def _seal(self, number: int, series: str) -> Identifier:
        return Identifier(scheme=Scheme.SEAL, value=f"{series}{self._spread('seal', number, 10**8):08d}")

    def _swap_body(self, number: int) -> Identifier:
        owner, serial = divmod(self._spread("body", number, len(LETTERS) * 10**6), 10**6)
        return _mod11(Scheme.ILU, f"QX{LETTERS[owner]}K{serial:06d}")

    def _mrn(self, paper: int, procedure: str, year: int) -> Identifier:
        number = self._spread("mrn", paper, 10**9)
        return _mod11(Scheme.MRN, f"{year % 100:02d}{self._country}{self._place}{number:09d}{procedure}")

    def _first(self, what: str, number: int) -> int:
        """The number of the mission that brought the thing for the first time."""
        while number >= self._lag and self._draw(what, number) < self._returns:
            number -= self._lag
        return number

    def _draw(self, what: str, number: int) -> float:
        """A share from 0 to 1 that is as good as random and always the same (SplitMix64)."""
        mixed = (_beginning(self._seed, what) + number * 0x9E3779B97F4A7C15) & _64_BITS
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _64_BITS
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _64_BITS
        return (mixed ^ mixed >> 31) / 2**64

    def _spread(self, scheme: str, number: int, room: int) -> int:
        return (number * STRIDE + _beginning(self._seed, scheme)) % room


def key_of(identifier: Identifier) -> str:
    """``SCHEME:VALUE``."""
    return f"{identifier.scheme.value}:{identifier.value}"


@cache
def _beginning(seed: int, scheme: str) -> int:
    return int.from_bytes(blake2b(f"{seed}/{scheme}".encode(), digest_size=8).digest())


def _mod11(scheme: Scheme, body: str) -> Identifier:
    return Identifier(scheme=scheme, value=body + mod11_digit(body))
