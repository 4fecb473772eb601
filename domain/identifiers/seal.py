"""Seals: mechanical numbers, RFID tags, and the text behind a QR code."""

import re
from urllib.parse import parse_qs, urlsplit

from domain.identifiers.scheme import PLACEHOLDER, UNCHECKED, Judgement, Verdict

SEAL_FORM = re.compile(r"[A-Z0-9]{3,40}")
_LABELLED = re.compile(r"(?:E?-?SEAL|RFID|EPC|QR|UID)[:=](.+)", re.IGNORECASE | re.DOTALL)
_GIAI = re.compile(r"urn:epc:id:giai:([0-9]{6,12})\.([A-Z0-9-]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_NOT_ALPHANUMERIC = re.compile(r"[ \-./\t\r\n]+")
_NUMBER_PARAMETERS = ("seal", "sn", "serial", "id", "uid", "8004", "21")

SHORT = "very short for a seal number"
NO_DIGIT = "no digit in it"
SHORT_LENGTH_MAX = 3

_NO_SEAL = frozenset(
    {"NONE", "NOSEAL", "NIL", "NULL", "UNKNOWN", "UNSEALED", "NOTSEALED", "SEAL", "TBA", "TBD", "XXX"}
)


def judge_seal(value: str) -> Judgement:
    """A seal number; words that say that there is none must not bind all unsealed units to each other.

    *Source*: ISO 17712 asks for a unique number and a maker's mark but sets no form.
    """
    if value in _NO_SEAL or not value.strip("0"):
        return PLACEHOLDER
    has_digit = not value.isalpha()
    if has_digit and len(value) > SHORT_LENGTH_MAX:
        return UNCHECKED
    found = ((SHORT, len(value) <= SHORT_LENGTH_MAX), (NO_DIGIT, not has_digit))
    return Judgement(Verdict.UNCHECKED, tuple(warning for warning, holds in found if holds))


def seal_in(text: str) -> str | None:
    """The seal number within a label, an EPC name or a web address, none if it is none of these.

    *Shape*: ``RFID:…``, ``urn:epc:id:giai:…`` (company prefix and asset reference together, as in a GS1 Digital
    Link ``/8004/…``), or a QR code's address: its ``seal``, ``sn``, ``serial``, ``id`` or ``uid`` parameter, else
    its last path segment, where that has a digit.
    *Source*: ISO 18185; GS1 EPC Tag Data Standard; GS1 Digital Link.
    """
    text = text.strip()
    if giai := _GIAI.fullmatch(text):
        return _plain(giai[1] + giai[2])
    if labelled := _LABELLED.fullmatch(text):
        return _plain(labelled[1])
    return _in_address(text) if _ADDRESS.match(text) else None


def _in_address(text: str) -> str | None:
    try:
        address = urlsplit(text)
        parameters = parse_qs(address.query)
    except ValueError:  # brackets that are no IPv6 address; more parameters than the library allows
        return None
    named = next((parameters[name][0] for name in _NUMBER_PARAMETERS if name in parameters), None)
    number = _plain(named if named is not None else address.path.rstrip("/").rpartition("/")[2])
    return number if any(char.isdigit() for char in number) else None


def _plain(text: str) -> str:
    # upper() would make ASCII letters of some that are none (ß); the form then refuses them as they are.
    plain = _NOT_ALPHANUMERIC.sub("", text)
    return plain.upper() if plain.isascii() else plain
