"""Movement reference numbers: three forms, and the procedure that the 17th character names."""

import re
from enum import StrEnum
from typing import NamedTuple

from domain.identifiers.checksums import mod11_remainder
from domain.identifiers.countries import COUNTRIES
from domain.identifiers.scheme import DISAGREES, Judgement, Verdict

MRN_FORM = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9F]")
_LABELLED = re.compile(r"MRN:?([0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9F])")

UNKNOWN_COUNTRY = "no such country"
UNKNOWN_PROCEDURE = "the 17th character names no known procedure"
BEFORE_THE_UCC = "of the form from before the UCC: it names no procedure"
FALLBACK = "of the fallback form: it has no check digit"


class Procedure(StrEnum):
    """What a declaration is for."""

    EXPORT = "EXPORT"
    TRANSIT = "TRANSIT"
    IMPORT = "IMPORT"
    """Import and entry, temporary storage included."""


class MrnForm(StrEnum):
    """How an MRN is built."""

    UCC = "UCC"
    """Year, country, 12 characters, procedure, check digit."""
    BEFORE_UCC = "BEFORE_UCC"
    """Year, country, 13 characters, check digit."""
    FALLBACK = "FALLBACK"
    """Ends in F, as issued on paper while the customs system was down."""


class Mrn(NamedTuple):
    """An MRN taken apart.

    *Shape*: ``year`` are two digits; ``procedure`` is none when the 17th character names no known one.
    """

    form: MrnForm
    year: str
    country: str
    procedure: Procedure | None


_PROCEDURES = (
    dict.fromkeys("ABCDE", Procedure.EXPORT)
    | dict.fromkeys("JKLM", Procedure.TRANSIT)
    | dict.fromkeys("RSTUVW", Procedure.IMPORT)
)


def read_mrn(value: str) -> Mrn | None:
    """Take an MRN apart; none when it has not the form. A bad check digit does not matter here.

    *Shape*: the normal form. A national number from before the UCC whose 13th free character happens to be a
    procedure's letter cannot be told from one of the UCC.
    *Source*: EU customs data model, D.E. 12 01 001 000 (annex B to Delegated Regulation 2015/2446).
    """
    if not MRN_FORM.fullmatch(value):
        return None
    form = MrnForm.BEFORE_UCC if value[16].isdigit() else MrnForm.UCC
    if value[17] == "F":
        form = MrnForm.FALLBACK
    return Mrn(form, value[:2], value[2:4], _PROCEDURES.get(value[16]))


def label_free_mrn(text: str) -> str | None:
    """The MRN after the letters ``MRN``."""
    found = _LABELLED.fullmatch(text.strip().upper())
    return found and found[1]


def judge_mrn(value: str) -> Judgement:
    """An MRN: its check digit, unless it is of the fallback form; an odd country or procedure is only warned of."""
    warnings = _OF_PROCEDURE[value[16]]
    if value[2:4] not in COUNTRIES:
        warnings = (UNKNOWN_COUNTRY, *warnings)
    if value[17] == "F":
        return Judgement(Verdict.UNCHECKED, (*warnings, FALLBACK))
    if str(mod11_remainder(value[:17]) % 10) != value[17]:
        return Judgement(Verdict.BAD_CHECK_DIGIT, warnings, DISAGREES.reason)
    return Judgement(Verdict.VALID, warnings)


_OF_PROCEDURE: dict[str, tuple[str, ...]] = (
    dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (UNKNOWN_PROCEDURE,))
    | dict.fromkeys("0123456789", (BEFORE_THE_UCC,))
    | dict.fromkeys(_PROCEDURES, ())
)
