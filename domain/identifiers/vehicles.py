"""Railway vehicles and ships."""

import re
from enum import StrEnum
from typing import NamedTuple

from domain.identifiers.checksums import imo_fits, luhn_fits
from domain.identifiers.countries import railway_country
from domain.identifiers.scheme import AGREES, DISAGREES, PLACEHOLDER, Judgement

WAGON_FORM = re.compile(r"[0-9]{12}")
SHIP_FORM = re.compile(r"[0-9]{7}")
_IMO = re.compile(r"IMO(?:NO|NR)?([0-9]{7})")

NO_FREIGHT_WAGON = "not a freight wagon"
UNKNOWN_RAILWAY = "no such railway country"


class VehicleKind(StrEnum):
    """What rolls under a railway vehicle number."""

    FREIGHT_WAGON = "FREIGHT_WAGON"
    COACH = "COACH"
    TRACTION = "TRACTION"
    """Locomotives, multiple units, special vehicles."""


class Wagon(NamedTuple):
    """A railway vehicle number read out; *Shape*: ``country`` is ISO alpha-2, none when unknown."""

    kind: VehicleKind
    country: str | None


_KINDS = (
    dict.fromkeys("012348", VehicleKind.FREIGHT_WAGON)
    | dict.fromkeys("567", VehicleKind.COACH)
    | {"9": VehicleKind.TRACTION}
)


def read_wagon(value: str) -> Wagon | None:
    """Vehicle type and country of a railway vehicle; none when it has not 12 digits. The check digit is not read.

    *Source*: UIC 438; Decision 2012/757/EU, appendix P, parts 4 to 9.
    """
    if not WAGON_FORM.fullmatch(value):
        return None
    return Wagon(_KINDS[value[0]], railway_country(value[2:4]))


def judge_wagon(value: str) -> Judgement:
    """A railway vehicle number; a locomotive's number among wagons is odd, not wrong."""
    if not value.strip("0"):
        return PLACEHOLDER
    found = (
        (NO_FREIGHT_WAGON, _KINDS[value[0]] is not VehicleKind.FREIGHT_WAGON),
        (UNKNOWN_RAILWAY, railway_country(value[2:4]) is None),
    )
    judgement = AGREES if luhn_fits(value) else DISAGREES
    return judgement._replace(warnings=tuple(warning for warning, holds in found if holds))


def judge_ship(value: str) -> Judgement:
    """An IMO ship number."""
    if not value.strip("0"):
        return PLACEHOLDER
    return AGREES if imo_fits(value) else DISAGREES


def label_free_ship(text: str) -> str | None:
    """The number after ``IMO``."""
    found = _IMO.fullmatch(text.strip().upper())
    return found and found[1]
