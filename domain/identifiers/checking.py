"""From raw text to an identifier in normal form, with what its check digit says."""

from functools import lru_cache

from domain.identifiers.forms import FORMS, Form
from domain.identifiers.scheme import Checked, Scheme, Verdict
from domain.identifiers.units import BIC_FORM, ILU_FORM

TEXT_LENGTH_MAX = 512
"""Longer texts are refused unread: no barcode holds so much, and a parser must not be kept busy."""

NOT_ASCII = "characters outside ASCII"
TOO_LONG = "longer than any identifier"

REMEMBERED_MAX = 16_384
"""Verdicts kept: one event's identifiers are checked by every stage that it passes, within moments."""

REMEMBERED_LENGTH_MAX = 64


def check(scheme: Scheme, raw: str) -> Checked:
    """Bring ``raw`` to normal form and check it.

    *Shape*: what has not the form keeps its text, tidied at most, with the verdict BAD_FORM and a reason.
    *Guarantee*: never raises, never drops; checking a normal form again changes nothing. Letters and digits of
    other scripts are refused, except the look-alikes of a licence plate.
    *Source*: ISO 6346, EN 13044-1, GS1 General Specifications, UIC 438, IMO A.1117(30), EU customs data model.
    """
    return _remembered(scheme, raw) if len(raw) <= REMEMBERED_LENGTH_MAX else examine(scheme, raw)


def normalise(scheme: Scheme, raw: str) -> str:
    """The value under which ``raw`` is kept; see check."""
    return check(scheme, raw).value


def examine(scheme: Scheme, raw: str) -> Checked:
    """As check, without remembering the outcome: for texts of which most are wrong guesses."""
    form = FORMS[scheme]
    if form.pattern.fullmatch(raw):  # most values arrive in normal form
        return Checked(scheme, raw, *form.judge(raw))
    if len(raw) > TEXT_LENGTH_MAX:
        return Checked(scheme, raw, Verdict.BAD_FORM, (), TOO_LONG)
    tidied = form.tidy(raw)
    if form.pattern.fullmatch(tidied):
        return Checked(scheme, tidied, *form.judge(tidied))
    found = _found(form, raw, tidied)
    if found is not None:
        return Checked(scheme, found, *form.judge(found))
    reason = f"expected {form.expected}" if tidied.isascii() else NOT_ASCII
    return Checked(scheme, tidied, Verdict.BAD_FORM, (), reason)


_remembered = lru_cache(maxsize=REMEMBERED_MAX)(examine)


def _found(form: Form, raw: str, tidied: str) -> str | None:
    # In the tidied text too: otherwise checking that again might find what was not found now.
    for text in (raw, tidied):
        found = form.find(text) if text.isascii() else None
        if found is not None and form.pattern.fullmatch(found):
            return found
    return None


def plainest(checked: Checked) -> Checked:
    """Of an identifier and its aliases the one that says least: the same for all that name the same thing.

    In this form identifiers are bound, looked up and compared, for one side may name a plate's country and not the
    other.
    """
    others = aliases(checked)
    return min((checked, *others), key=lambda each: (len(each.value), each.key)) if others else checked


def aliases(checked: Checked) -> tuple[Checked, ...]:
    """Other identifiers under which the same thing goes, to be bound and looked up as well.

    *Shape*: a plate with its country also goes without it; a swap body's ILU or BIC code also under that scheme,
    and an ILU code also as a swap body's. Empty for what may not bind.
    """
    if not checked.bindable:
        return ()
    scheme, value = checked.scheme, checked.value
    if scheme is Scheme.PLATE and ":" in value:
        return (check(Scheme.PLATE, value.partition(":")[2]),)
    if scheme is Scheme.ILU:
        return (check(Scheme.SWAP_BODY, value),)
    if scheme is Scheme.SWAP_BODY and ILU_FORM.fullmatch(value):
        return (check(Scheme.ILU, value),)
    if scheme is Scheme.SWAP_BODY and BIC_FORM.fullmatch(value):
        return (check(Scheme.BIC, value),)
    return ()
