"""Loading units: containers, intermodal loading units, swap bodies."""

import re

from domain.identifiers.checksums import mod11_remainder
from domain.identifiers.scheme import AGREES, DISAGREES, PLACEHOLDER, Judgement, Verdict

BIC_FORM = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
ILU_FORM = re.compile(r"[A-Z]{3}[ABDEK][0-9]{7}")
SWAP_BODY_FORM = re.compile(r"[A-Z]{1,5}[0-9]{3,10}|[0-9]{5,12}")

REMAINDER_10 = "check remainder 10: ISO 6346 advises against such serial numbers"
OPERATOR_CODE = "an operator's code from before EN 13044-1: no check digit"

_AGREES_WITH_10 = Judgement(Verdict.VALID, (REMAINDER_10,))
_OPERATOR_CODE = Judgement(Verdict.UNCHECKED, (OPERATOR_CODE,))


def judge_unit(value: str) -> Judgement:
    """A container's or loading unit's code.

    *Source*: ISO 6346 annex A; EN 13044-1.
    """
    remainder = mod11_remainder(value[:-1])
    if str(remainder % 10) != value[-1]:
        return DISAGREES
    return AGREES if remainder != 10 else _AGREES_WITH_10  # noqa: PLR2004


def judge_swap_body(value: str) -> Judgement:
    """A swap body's code: what looks like an ILU or BIC code must have its check digit, the rest is an operator's.

    *Source*: EN 13044-1 gives swap bodies an ILU code (or their owner's BIC code) since 2011; older plates carry
    a code of the railway or operator, whose forms differ, and which is therefore taken as it is.
    """
    if ILU_FORM.fullmatch(value) or BIC_FORM.fullmatch(value):
        return judge_unit(value)
    return _OPERATOR_CODE if value.strip("0") else PLACEHOLDER
