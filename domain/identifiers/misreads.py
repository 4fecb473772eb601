"""What a misread identifier may have been."""

from domain.identifiers.checking import examine
from domain.identifiers.scheme import Checked, Scheme, Verdict

CANDIDATES_MAX = 32
"""A misread has a handful of candidates; this many would mean that the text says nothing."""

_LENGTHS = {Scheme.BIC: 11, Scheme.ILU: 11, Scheme.SWAP_BODY: 11, Scheme.MRN: 18, Scheme.WAGON: 12}

# Which pairs look alike, the commonest first: letter against digit, then within each kind.
_PAIRS = "O0 I1 B8 S5 Z2 G6 D0 Q0 L1 T7 A4 U0 17 38 08 56 68 OQ OD DQ CG EF IL UV PR MN"


def _confusions() -> dict[str, str]:
    alike: dict[str, str] = {}
    for pair in _PAIRS.split():
        one, other = pair[0], pair[1]
        alike[one] = alike.get(one, "") + other
        alike[other] = alike.get(other, "") + one
    return alike


CONFUSIONS = _confusions()
"""For each character those that a reader takes it for, the likeliest first."""


def misread_candidates(checked: Checked) -> tuple[Checked, ...]:
    """The valid identifiers of the same scheme that differ in one character which looks alike.

    A clue for whoever resolves a mission, never an answer: about one wrong candidate in ten fits by chance.
    *Shape*: containers, loading units, swap bodies with a check digit, MRN and wagons; empty for others and for
    what is not wrong. At most CANDIDATES_MAX.
    *Guarantee*: the same order every time: the likelier confusion first, then from left to right.
    """
    wrong = checked.verdict is Verdict.BAD_CHECK_DIGIT or checked.verdict is Verdict.BAD_FORM
    if not wrong or len(checked.value) != _LENGTHS.get(checked.scheme):
        return ()
    tried = sorted(
        (rank, place, other)
        for place, char in enumerate(checked.value)
        for rank, other in enumerate(CONFUSIONS.get(char, ""))
    )
    found = (
        examine(checked.scheme, checked.value[:place] + other + checked.value[place + 1 :])
        for _, place, other in tried
    )
    return tuple(candidate for candidate in found if candidate.verdict is Verdict.VALID)[:CANDIDATES_MAX]
