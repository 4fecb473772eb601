"""Which scheme may a text be of? For barcodes and OCR lines that come without one.

A text starts with the odds that its form alone gives its scheme against *anything else that looks like it*: a
UUID is hardly ever something else, seven bare digits nearly always are. The check digit then multiplies the odds,
as Bayes has it: a right reading agrees but for MISREAD_SHARE, another text agrees by CHANCE_SHARE. So agreement
makes a scheme about ten times likelier, disagreement some twenty times less likely; with no check digit the odds
stay. A text that names its scheme (``IMO``, ``(00)``, ``MRN``, ``RFID:``) gains NAMED_FACTOR; each warning
halves. At last the schemes compete: sureness is one's odds over 1 + the sum of all, where 1 is *none of them*.
The odds of the forms are judgement, not measurement: they order guesses and are no ground to bind on.
"""

import re
from typing import NamedTuple

from domain.identifiers.checking import TEXT_LENGTH_MAX, examine
from domain.identifiers.scheme import BINDING_ORDER, Checked, Scheme, Verdict

CHANCE_SHARE = 0.1
"""How often an arbitrary text of the form has a fitting check digit: one in ten or eleven."""
MISREAD_SHARE = 0.05
"""How often a reader errs in an identifier."""
NAMED_FACTOR = 100.0
WARNING_FACTOR = 0.5
UNUSUAL_FACTOR = 0.1
"""For a seal, plate or swap body whose form is admitted but seldom seen."""

FORM_ODDS: dict[Scheme, float] = {
    Scheme.IOT_ID: 100.0,
    Scheme.MRN: 10.0,
    Scheme.BIC: 10.0,
    Scheme.ILU: 5.0,
    Scheme.SSCC: 1.0,
    Scheme.UNLOCODE: 0.5,
    Scheme.GTIN: 0.4,
    Scheme.WAGON: 0.4,
    Scheme.SEAL: 0.3,
    Scheme.PLATE: 0.3,
    Scheme.SWAP_BODY: 0.1,
    Scheme.SHIP: 0.1,
    Scheme.GLN: 0.1,
}
"""The odds of a scheme given its form alone: high where letters and digits have fixed places."""

_NAMES = {
    Scheme.IOT_ID: re.compile(r"urn:uuid:", re.IGNORECASE),
    Scheme.MRN: re.compile(r"MRN", re.IGNORECASE),
    Scheme.SEAL: re.compile(r"(?:E?-?SEAL|RFID|EPC|UID)[:=]|urn:epc:id:giai:", re.IGNORECASE),
    Scheme.SHIP: re.compile(r"IMO", re.IGNORECASE),
    Scheme.PLATE: re.compile(r"[^:]*:|[(\[]|.*[)\]]$"),
    Scheme.SSCC: re.compile(r"[(\]]|http|00[0-9]{18}", re.IGNORECASE),
    Scheme.GTIN: re.compile(r"[(\]]|http|01[0-9]{14}", re.IGNORECASE),
    Scheme.GLN: re.compile(r"[(\]]|http|41[0-7][0-9]{13}", re.IGNORECASE),
}

# Forms that admit nearly everything, and what most of their identifiers look like.
_USUAL = {
    Scheme.SEAL: re.compile(r"[A-Z]{0,4}[0-9]{5,10}[A-Z]?"),
    Scheme.PLATE: re.compile(r"(?:..:)?(?=.{5,8}$)(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]+"),
    Scheme.SWAP_BODY: re.compile(r"[A-Z]{3}[ABDEKUJZ][0-9]{7}"),
}


class Guess(NamedTuple):
    """A scheme that a text may be of; *Units*: ``sureness`` from 0 to 1."""

    checked: Checked
    sureness: float


def guess(text: str) -> tuple[Guess, ...]:
    """What ``text`` may be, the best guess first; empty when it has no scheme's form.

    *Guarantee*: never raises; the surenesses of one text add up to less than 1, and a guess whose check digit
    does not fit is among them (marked so), as it may be a misread.
    """
    if len(text) > TEXT_LENGTH_MAX:
        return ()
    checked = (examine(scheme, text) for scheme in BINDING_ORDER)
    rivals = [(each, _odds(each, text)) for each in checked if each.verdict is not Verdict.BAD_FORM]
    total = 1 + sum(odds for _, odds in rivals)
    guesses = (Guess(each, odds / total) for each, odds in rivals)
    return tuple(sorted(guesses, key=lambda g: (-g.sureness, BINDING_ORDER.index(g.checked.scheme))))


def _odds(checked: Checked, text: str) -> float:
    odds = _form_odds(checked)
    if checked.verdict is Verdict.VALID:
        odds *= (1 - MISREAD_SHARE) / CHANCE_SHARE
    elif checked.verdict is Verdict.BAD_CHECK_DIGIT:
        odds *= MISREAD_SHARE / (1 - CHANCE_SHARE)
    name = _NAMES.get(checked.scheme)
    if name is not None and name.match(text.strip()):
        odds *= NAMED_FACTOR
    return odds * WARNING_FACTOR ** len(checked.warnings)


def _form_odds(checked: Checked) -> float:
    odds = FORM_ODDS[checked.scheme]
    usual = _USUAL.get(checked.scheme)
    return odds if usual is None or usual.fullmatch(checked.value) else odds * UNUSUAL_FACTOR
