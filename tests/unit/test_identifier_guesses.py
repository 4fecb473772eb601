"""Guessing the scheme of a text, and what a misread may have been."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.identifiers import Scheme, Verdict, check, guess, misread_candidates, mod11_digit
from domain.identifiers.checking import TEXT_LENGTH_MAX
from domain.identifiers.misreads import CANDIDATES_MAX, CONFUSIONS

# Guesses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scheme", "least", "most"),
    [
        ("63c42245-7089-5e6a-ad9d-61522ed0ded0", Scheme.IOT_ID, 0.95, 1),
        ("CSQU 305438 3", Scheme.BIC, 0.95, 1),
        ("ABCA 001234-2", Scheme.ILU, 0.9, 1),
        ("26ITQBA158977764S6", Scheme.MRN, 0.95, 1),
        ("(00)376104250021234569", Scheme.SSCC, 0.99, 1),
        ("376104250021234569", Scheme.SSCC, 0.8, 0.95),
        ("https://id.gs1.org/00/376104250021234569", Scheme.SSCC, 0.95, 1),
        ("IMO 9074729", Scheme.SHIP, 0.95, 1),
        ("218124712173", Scheme.WAGON, 0.6, 0.95),
        ("4006381333931", Scheme.GTIN, 0.5, 0.8),
        ("(414)1234567890128", Scheme.GLN, 0.9, 1),
        ("IT GOA", Scheme.UNLOCODE, 0.2, 0.6),
        ("AB 123 CD", Scheme.PLATE, 0.1, 0.5),
        ("IT:AB123CD", Scheme.PLATE, 0.9, 1),
        ("BRI9629403", Scheme.SEAL, 0.1, 0.5),
        ("RFID:E2801160", Scheme.SEAL, 0.5, 1),
        # A container that was misread is still a container more likely than a seal, but not surely.
        ("CSQU3054384", Scheme.BIC, 0.2, 0.5),
    ],
)
def test_the_best_guess(text: str, scheme: Scheme, least: float, most: float) -> None:
    best = guess(text)[0]
    assert best.checked.scheme is scheme
    assert least <= best.sureness <= most


def test_the_check_digit_decides_between_look_alikes() -> None:
    # Twelve digits: a wagon and an article number, whose check digits differ.
    surenesses = {g.checked.scheme: (g.checked.verdict, g.sureness) for g in guess("218124712173")}
    assert surenesses[Scheme.WAGON][0] is Verdict.VALID
    assert surenesses[Scheme.GTIN][0] is Verdict.BAD_CHECK_DIGIT
    assert surenesses[Scheme.WAGON][1] > 50 * surenesses[Scheme.GTIN][1]


def test_a_warning_makes_a_guess_less_sure() -> None:
    known, unknown = "26ITQBA158977764S", "26QQQBA158977764S"
    assert guess(known + mod11_digit(known))[0].sureness > guess(unknown + mod11_digit(unknown))[0].sureness


@pytest.mark.parametrize("text", ["", "?", "Ж", "A" * (TEXT_LENGTH_MAX + 1), "\u0663" * 7])
def test_no_guess(text: str) -> None:
    assert guess(text) == ()


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40) | st.text("ABU0123456789 ():-", max_size=24))
def test_guesses_are_ordered_and_share_one_certainty(text: str) -> None:
    guesses = guess(text)
    surenesses = [g.sureness for g in guesses]
    assert surenesses == sorted(surenesses, reverse=True)
    assert all(sureness > 0 for sureness in surenesses)
    assert sum(surenesses) < 1
    assert all(g.checked == check(g.checked.scheme, text) for g in guesses)


# Misreads -------------------------------------------------------------------------------------------------------

ASKED_FOR = ["O0", "I1", "B8", "S5", "Z2", "G6", "D0", "Q0"]


@pytest.mark.parametrize("pair", ASKED_FOR)
def test_the_usual_confusions_are_known_both_ways(pair: str) -> None:
    assert pair[1] in CONFUSIONS[pair[0]]
    assert pair[0] in CONFUSIONS[pair[1]]


def _with_digit(body: str) -> str:
    return body + mod11_digit(body)


TRUTHS = [
    (Scheme.BIC, "CSQU3054383"),
    (Scheme.BIC, "GYOU4047990"),
    (Scheme.BIC, _with_digit("OIBU802516")),
    (Scheme.BIC, _with_digit("SZGU561280")),
    (Scheme.BIC, _with_digit("DQLU173946")),
    (Scheme.ILU, "ABCA0012342"),
    (Scheme.ILU, _with_digit("SIOD258160")),
    (Scheme.SWAP_BODY, "ABCA0012342"),
    (Scheme.MRN, "99IT9876AB88901209"),
    (Scheme.MRN, "26ITQBA158977764S6"),
    (Scheme.MRN, _with_digit("26DE0QOD1I5SZ2G6B")),
    (Scheme.WAGON, "218124712173"),
    (Scheme.WAGON, "518008430010"),
]
MISREADS = [
    (scheme, truth, truth[:place] + other + truth[place + 1 :])
    for scheme, truth in TRUTHS
    for place, char in enumerate(truth)
    for other in CONFUSIONS.get(char, "")
]


@pytest.mark.parametrize(("scheme", "truth", "misread"), MISREADS)
def test_the_truth_is_among_the_candidates_of_every_single_confusion(
    scheme: Scheme, truth: str, misread: str
) -> None:
    read = check(scheme, misread)
    found = misread_candidates(read)
    if read.verdict in (Verdict.BAD_CHECK_DIGIT, Verdict.BAD_FORM):
        assert check(scheme, truth) in found
    else:  # the check digit cannot see it: nothing tells that this was a misread
        assert found == ()


def test_most_confusions_are_seen() -> None:
    wrong = (Verdict.BAD_CHECK_DIGIT, Verdict.BAD_FORM)
    seen = [check(scheme, misread).verdict in wrong for scheme, _, misread in MISREADS]
    assert sum(seen) > 0.9 * len(seen)


@settings(max_examples=500)
@given(
    scheme=st.sampled_from((Scheme.BIC, Scheme.ILU, Scheme.MRN, Scheme.WAGON, Scheme.SWAP_BODY, Scheme.SEAL)),
    text=st.text("ABDEOISZGQUJ0123456789", min_size=11, max_size=18) | st.text(max_size=20),
)
def test_candidates_are_valid_few_and_always_the_same(scheme: Scheme, text: str) -> None:
    read = check(scheme, text)
    found = misread_candidates(read)
    assert found == misread_candidates(read)
    assert len(found) <= CANDIDATES_MAX
    assert len(set(found)) == len(found)
    for candidate in found:
        assert (candidate.scheme, candidate.verdict) == (scheme, Verdict.VALID)
        assert sum(a != b for a, b in zip(candidate.value, read.value, strict=True)) == 1


@pytest.mark.parametrize("scheme", [Scheme.SEAL, Scheme.PLATE, Scheme.SHIP, Scheme.GTIN])
def test_other_schemes_have_no_candidates(scheme: Scheme) -> None:
    assert misread_candidates(check(scheme, "?" * 11)) == ()


def test_a_fallback_mrn_is_no_candidate_as_nothing_confirms_it() -> None:
    value = "26ITQBA158977764SE"
    assert all(not candidate.value.endswith("F") for candidate in misread_candidates(check(Scheme.MRN, value)))
