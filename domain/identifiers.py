"""Identifiers of cargo and transport: normal form and check digits.

A bad identifier is flagged, never dropped: OCR misreads are the reason that check digits exist. Only a
*bindable* identifier may lead to a mission; a misread must not silently point at somebody else's container.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from stdnum import ean, imo, luhn


class Scheme(StrEnum):
    """What kind of identifier a text is."""

    IOT_ID = "IOT_ID"
    """The UUID minted by customs (Guidelines §355)."""
    BIC = "BIC"
    """Container, ISO 6346."""
    ILU = "ILU"
    """Intermodal loading unit, EN 13044-1; swap bodies too."""
    MRN = "MRN"
    """Movement reference number of a customs declaration."""
    SEAL = "SEAL"
    """Seal number; no check digit."""
    SSCC = "SSCC"
    """Serial shipping container code, GS1."""
    WAGON = "WAGON"
    """Railway vehicle number, UIC, 12 digits."""
    PLATE = "PLATE"
    """Vehicle licence plate; no check digit."""
    SHIP = "SHIP"
    """IMO ship number."""


class Verdict(StrEnum):
    """What checking an identifier showed."""

    VALID = "VALID"
    """The check digit agrees."""
    UNCHECKED = "UNCHECKED"
    """The form is right; the scheme has no check digit."""
    BAD_CHECK_DIGIT = "BAD_CHECK_DIGIT"
    """The form is right, the check digit is not: most often a misread."""
    BAD_FORM = "BAD_FORM"
    """Not of the scheme's form."""


class Checked(NamedTuple):
    """An identifier in normal form, with what checking it showed."""

    scheme: Scheme
    value: str
    verdict: Verdict

    @property
    def key(self) -> str:
        """``SCHEME:VALUE``, the key under which bindings are kept."""
        return f"{self.scheme.value}:{self.value}"

    @property
    def bindable(self) -> bool:
        """Whether it may lead to a mission."""
        return self.verdict is Verdict.VALID or self.verdict is Verdict.UNCHECKED


BINDING_ORDER = (
    Scheme.IOT_ID,
    Scheme.BIC,
    Scheme.ILU,
    Scheme.SSCC,
    Scheme.MRN,
    Scheme.SEAL,
    Scheme.WAGON,
    Scheme.PLATE,
    Scheme.SHIP,
)
"""Which identifier of a read names the cargo best: the unit itself, then its papers, then what carries it."""

_SEPARATORS = re.compile(r"[ \-./]+")

# ISO 6346 letter values skip the multiples of 11.
_LETTER_VALUES = [n for n in range(10, 39) if n % 11]
_VALUES = {str(n): n for n in range(10)} | dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER_VALUES, strict=True))


def mod11_digit(text: str) -> str:
    """Check digit over ``text``: Σ value(i)·2^i mod 11 mod 10.

    *Shape*: capital letters and digits only.
    *Source*: ISO 6346; EN 13044-1 and the MRN of the EU customs data model use the same routine.
    """
    return str(sum(_VALUES[char] << i for i, char in enumerate(text)) % 11 % 10)


def _mod11(value: str) -> bool:
    return mod11_digit(value[:-1]) == value[-1]


def _mrn(value: str) -> bool:
    # The fallback procedure's form ends in F instead of a check digit.
    return value[-1] == "F" or _mod11(value)


def _sscc(value: str) -> bool:
    return str(ean.calc_check_digit(value[:-1])) == value[-1]


_FORMS: dict[Scheme, tuple[re.Pattern[str], Callable[[str], bool] | None]] = {
    Scheme.IOT_ID: (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), None),
    Scheme.BIC: (re.compile(r"[A-Z]{3}[UJZ][0-9]{7}"), _mod11),
    Scheme.ILU: (re.compile(r"[A-Z]{3}[ABDEK][0-9]{7}"), _mod11),
    Scheme.MRN: (re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9F]"), _mrn),
    Scheme.SEAL: (re.compile(r"[A-Z0-9]{3,30}"), None),
    Scheme.SSCC: (re.compile(r"[0-9]{18}"), _sscc),
    Scheme.WAGON: (re.compile(r"[0-9]{12}"), luhn.is_valid),
    Scheme.PLATE: (re.compile(r"[A-Z0-9]{2,15}"), None),
    Scheme.SHIP: (re.compile(r"[0-9]{7}"), imo.is_valid),
}


def normalise(scheme: Scheme, raw: str) -> str:
    """Capitals, without blanks, dashes, dots and slashes; a UUID in its own usual form.

    Letters and digits of other scripts are left as they are, so that the form check refuses them.
    """
    if not raw.isascii():
        return raw
    if scheme is Scheme.IOT_ID:
        return raw.strip().lower()
    value = _SEPARATORS.sub("", raw).upper()
    return value.removeprefix("IMO") if scheme is Scheme.SHIP else value


def check(scheme: Scheme, raw: str) -> Checked:
    """Bring ``raw`` to normal form and check it.

    *Guarantee*: never raises; checking a normal form again changes nothing.
    *Source*: ISO 6346, EN 13044-1, GS1 General Specifications, UIC 438-1, IMO A.1117(30).
    """
    value = normalise(scheme, raw)
    form, agrees = _FORMS[scheme]
    if not form.fullmatch(value):
        return Checked(scheme, value, Verdict.BAD_FORM)
    if agrees is None:
        return Checked(scheme, value, Verdict.UNCHECKED)
    return Checked(scheme, value, Verdict.VALID if agrees(value) else Verdict.BAD_CHECK_DIGIT)
