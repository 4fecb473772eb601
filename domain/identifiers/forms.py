"""The form and the rules of every scheme, in one table."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from domain.identifiers.countries import COUNTRIES
from domain.identifiers.gs1 import GLN_FORM, GTIN_FORM, SSCC_FORM, gln_in, gtin_in, judge_gs1, sscc_in
from domain.identifiers.mrn import MRN_FORM, UNKNOWN_COUNTRY, judge_mrn, label_free_mrn
from domain.identifiers.plate import LOOK_ALIKES, PLATE_FORM, judge_plate, plate_with_country
from domain.identifiers.scheme import UNCHECKED, Judgement, Scheme, Verdict
from domain.identifiers.seal import SEAL_FORM, judge_seal, seal_in
from domain.identifiers.units import BIC_FORM, ILU_FORM, SWAP_BODY_FORM, judge_swap_body, judge_unit
from domain.identifiers.vehicles import SHIP_FORM, WAGON_FORM, judge_ship, judge_wagon, label_free_ship

UNLOCODE_FORM = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
UUID_FORM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UUID_DIGITS = re.compile(
    r"(?:urn:uuid:)?[{(]?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})[)}]?"
)

# Blanks and dashes of typesetting are mapped on purpose: they come from spreadsheets and carry no meaning.
_SEPARATORS = re.compile(r"[ \-./\t\r\n\u00a0\u2007\u2009\u202f\u2010-\u2015\u2212]+")

NIL_UUID = "the nil UUID"
_NIL_UUID = Judgement(Verdict.UNCHECKED, (NIL_UUID,))
_UNKNOWN_COUNTRY = Judgement(Verdict.UNCHECKED, (UNKNOWN_COUNTRY,))


def _capitals(raw: str) -> str:
    value = _SEPARATORS.sub("", raw)
    # upper() would make ASCII letters of some that are none; other scripts stay, so that the form refuses them.
    return value.upper() if value.isascii() else raw


def _plate_capitals(raw: str) -> str:
    return _capitals(raw if raw.isascii() else raw.translate(LOOK_ALIKES))


def _lower(raw: str) -> str:
    return raw.strip().lower() if raw.isascii() else raw


def _uuid_in(text: str) -> str | None:
    found = _UUID_DIGITS.fullmatch(text.strip().lower())
    return found and "-".join(found.groups())


def _judge_uuid(value: str) -> Judgement:
    return UNCHECKED if value.strip("0-") else _NIL_UUID


def _judge_unlocode(value: str) -> Judgement:
    # XZ: installations in international waters.
    return UNCHECKED if value[:2] in COUNTRIES or value[:2] == "XZ" else _UNKNOWN_COUNTRY


def _nothing(_text: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Form:
    """How identifiers of one scheme look and are judged.

    *Shape*: ``pattern`` is the normal form, ASCII only; ``tidy`` takes away what only separates; ``find`` gets a
    value out of a longer text (a label, a barcode's element string, a web address); ``expected`` says the form.
    """

    pattern: re.Pattern[str]
    judge: Callable[[str], Judgement]
    expected: str
    tidy: Callable[[str], str] = _capitals
    find: Callable[[str], str | None] = _nothing


FORMS: dict[Scheme, Form] = {
    Scheme.IOT_ID: Form(UUID_FORM, _judge_uuid, "a UUID", _lower, _uuid_in),
    Scheme.BIC: Form(BIC_FORM, judge_unit, "3 letters, U, J or Z, 7 digits"),
    Scheme.ILU: Form(ILU_FORM, judge_unit, "3 letters, A, B, D, E or K, 7 digits"),
    Scheme.MRN: Form(MRN_FORM, judge_mrn, "2 digits, 2 letters, 13 characters, a digit or F", find=label_free_mrn),
    Scheme.SEAL: Form(SEAL_FORM, judge_seal, "3 to 40 letters and digits", find=seal_in),
    Scheme.SSCC: Form(SSCC_FORM, judge_gs1, "18 digits", find=sscc_in),
    Scheme.WAGON: Form(WAGON_FORM, judge_wagon, "12 digits"),
    Scheme.PLATE: Form(
        PLATE_FORM, judge_plate, "2 to 15 letters and digits, a known country", _plate_capitals, plate_with_country
    ),
    Scheme.SHIP: Form(SHIP_FORM, judge_ship, "7 digits", find=label_free_ship),
    Scheme.SWAP_BODY: Form(
        SWAP_BODY_FORM, judge_swap_body, "an ILU or BIC code, or an operator's letters and digits"
    ),
    Scheme.UNLOCODE: Form(
        UNLOCODE_FORM, _judge_unlocode, "2 letters of the country, 3 letters or digits from 2 to 9"
    ),
    Scheme.GTIN: Form(GTIN_FORM, judge_gs1, "8, 12, 13 or 14 digits", find=gtin_in),
    Scheme.GLN: Form(GLN_FORM, judge_gs1, "13 digits", find=gln_in),
}
