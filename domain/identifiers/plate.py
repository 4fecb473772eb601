"""Licence plates, with their country when the text names it beyond doubt."""

import re

from domain.identifiers.countries import COUNTRIES, vehicle_country
from domain.identifiers.scheme import PLACEHOLDER, UNCHECKED, Judgement, Verdict

_CODES = "|".join(sorted(COUNTRIES))
PLATE_FORM = re.compile(rf"(?:(?=..:)(?:{_CODES}):)?[A-Z0-9]{{2,15}}")

# A dash or blank does not do: DE-AB 123 is a car of Dessau as well as one of Germany, FR-123-AA one of France.
_BEFORE = re.compile(r"(?:([A-Z]{1,3}):|\(([A-Z]{1,3})\)|\[([A-Z]{1,3})\])([A-Z0-9]{2,15})")
_BEHIND = re.compile(r"([A-Z0-9]{2,15})(?::([A-Z]{1,3})|\(([A-Z]{1,3})\)|\[([A-Z]{1,3})\])")

NO_DIGIT = "no digit in it"
_NO_DIGIT = Judgement(Verdict.UNCHECKED, (NO_DIGIT,))

_NO_PLATE = frozenset({"NONE", "NOPLATE", "NULL", "UNKNOWN", "UNREAD", "UNREADABLE"})

_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))
_CYRILLIC = dict(zip("АВЕІКМНОРСТУХЅЈ", "ABEIKMHOPCTYXSJ", strict=True))
LOOK_ALIKES = {ord(cased): latin for sign, latin in (_GREEK | _CYRILLIC).items() for cased in (sign, sign.lower())}
"""Greek and Cyrillic letters to the Latin letter that looks the same, and to nothing else.

Plates in these countries use only letters that exist in both alphabets, so that abroad they can be read as Latin.
*Source*: Convention on Road Traffic (Vienna 1968), annex 2.
"""


def judge_plate(value: str) -> Judgement:
    """A licence plate; one without any digit is odd, a camera's word for *nothing read* is none."""
    number = value.rpartition(":")[2]
    if number.isalpha():
        return PLACEHOLDER if number in _NO_PLATE else _NO_DIGIT
    return UNCHECKED if number.strip("0") else PLACEHOLDER


def plate_with_country(text: str) -> str | None:
    """``CC:NUMBER`` of a plate whose country stands before or behind it, none if none does.

    *Shape*: ``IT:AB123CD``, ``(I) AB123CD``, ``[ITA]AB123CD``, or the same behind; see vehicle_country.
    """
    if found := _BEFORE.fullmatch(text):
        *signs, number = found.groups()
        if country := vehicle_country("".join(filter(None, signs))):
            return f"{country}:{number}"
    if found := _BEHIND.fullmatch(text):
        number, *signs = found.groups()
        if country := vehicle_country("".join(filter(None, signs))):
            return f"{country}:{number}"
    return None


def plate_country(value: str) -> str | None:
    """The country in the normal form of a plate, none when unknown."""
    return value[:2] if value[2:3] == ":" else None
