"""GS1 keys: bare, in an element string such as ``(00)…``, or in a Digital Link."""

import re
from collections.abc import Iterable

from domain.identifiers.checksums import gs1_fits
from domain.identifiers.scheme import AGREES, DISAGREES, PLACEHOLDER, Judgement

SSCC_FORM = re.compile(r"[0-9]{18}")
GTIN_FORM = re.compile(r"[0-9]{14}")
GLN_FORM = re.compile(r"[0-9]{13}")
_SHORTER_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,13}")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_MESSAGE = re.compile(r"\(?[0-9]{2}")

_SSCC_ELEMENTS = frozenset({"00"})
_GTIN_ELEMENTS = frozenset({"01", "02"})
_GLN_ELEMENTS = frozenset({"410", "411", "412", "413", "414", "415", "416", "417"})


def judge_gs1(digits: str) -> Judgement:
    """A GS1 key. *Source*: GS1 General Specifications 7.9."""
    if not digits.strip("0"):
        return PLACEHOLDER
    return AGREES if gs1_fits(digits) else DISAGREES


def sscc_in(text: str) -> str | None:
    """The one SSCC in a barcode's text, none if there is none."""
    return _key_in(text, _SSCC_ELEMENTS)


def gtin_in(text: str) -> str | None:
    """The one GTIN in a barcode's text, of 14 digits: a shorter one with zeros before it is the same article."""
    bare = _SYMBOLOGY.sub("", text.strip(), count=1)
    return bare.zfill(14) if _SHORTER_GTIN.fullmatch(bare) else _key_in(text, _GTIN_ELEMENTS)


def gln_in(text: str) -> str | None:
    """The one GLN in a barcode's text, none if there is none."""
    return _key_in(text, _GLN_ELEMENTS)


def _key_in(text: str, elements: frozenset[str]) -> str | None:
    text = text.strip()
    bare = _SYMBOLOGY.sub("", text, count=1) if text.startswith("]") else text
    if bare[:4].lower() != "http" and not _MESSAGE.match(bare):
        return None
    found = {value for element, value in _elements(bare) if element in elements}
    # Two of them in one barcode: which one was meant is not for us to guess.
    return found.pop() if len(found) == 1 else None


def _elements(text: str) -> Iterable[tuple[str, str]]:
    # The library unpacks its tables of prefixes at import: only those who scan such barcodes wait for that.
    from biip import BiipException, ParseConfig  # noqa: PLC0415
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI  # noqa: PLC0415
    from biip.gs1_messages import GS1Message  # noqa: PLC0415

    # Which century a date is of would depend on the clock, and a wrong one would spoil the key beside it.
    config = ParseConfig(gs1_element_strings_verify_date=False)
    parsed: GS1DigitalLinkURI | GS1Message
    try:
        if text[:4].lower() == "http":
            parsed = GS1DigitalLinkURI.parse(text, config=config)
        elif text.startswith("("):
            parsed = GS1Message.parse_hri(text, config=config)
        else:
            parsed = GS1Message.parse(text, config=config)
    except (BiipException, ValueError, LookupError, ArithmeticError):
        # Besides its own errors the library lets those of urllib, int and Decimal through.
        return ()
    return ((element.ai.ai, element.value) for element in parsed.element_strings)
