"""Normal forms and check digits; the worked examples are those of the project's table of identifiers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.identifiers import BINDING_ORDER, Scheme, Verdict, check, mod11_digit, normalise

WORKED_EXAMPLES = [
    (Scheme.BIC, "CSQU3054383"),
    (Scheme.BIC, "GYOU4047990"),
    (Scheme.ILU, "ABCA0012342"),
    (Scheme.MRN, "99IT9876AB88901209"),
    (Scheme.SSCC, "376104250021234569"),
    (Scheme.SHIP, "9074729"),
    (Scheme.WAGON, "218124712173"),
]

VALID = {
    Scheme.IOT_ID: "63c42245-7089-5e6a-ad9d-61522ed0ded0",
    Scheme.SEAL: "BRI9629403",
    Scheme.PLATE: "AB123CD",
    **dict(WORKED_EXAMPLES),
}

RAW = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="ABCUJZDEK0123456789 -./\t\n", max_size=24),
    st.lists(st.sampled_from(["IMO", "imo", " ", "-", "9074729", "CSQU3054383", "\n"]), max_size=6).map("".join),
    st.sampled_from(sorted(VALID.values())),
)


@pytest.mark.parametrize(("scheme", "value"), WORKED_EXAMPLES)
def test_worked_example_is_valid(scheme: Scheme, value: str) -> None:
    assert check(scheme, value) == (scheme, value, Verdict.VALID)


@pytest.mark.parametrize(("scheme", "value"), WORKED_EXAMPLES)
def test_every_other_last_digit_is_a_bad_check_digit(scheme: Scheme, value: str) -> None:
    for digit in "0123456789":
        if digit != value[-1]:
            assert check(scheme, value[:-1] + digit).verdict is Verdict.BAD_CHECK_DIGIT


@pytest.mark.parametrize(
    ("text", "digit"),
    [("CSQU305438", "3"), ("GYOU404799", "0"), ("ABCA001234", "2"), ("99IT9876AB8890120", "9")],
)
def test_the_shared_routine(text: str, digit: str) -> None:
    assert mod11_digit(text) == digit


def test_remainder_10_counts_as_0() -> None:
    # G17·1 Y37·2 O26·4 U32·8 4·16 0 4·64 7·128 9·256 9·512
    total = 17 + 74 + 104 + 256 + 64 + 0 + 256 + 896 + 2304 + 4608
    assert total % 11 == 10
    assert mod11_digit("GYOU404799") == "0"


@pytest.mark.parametrize("scheme", Scheme)
def test_every_scheme_has_a_good_and_a_bad_form(scheme: Scheme) -> None:
    good = check(scheme, VALID[scheme])
    unchecked = scheme in (Scheme.IOT_ID, Scheme.SEAL, Scheme.PLATE)
    assert good.verdict is (Verdict.UNCHECKED if unchecked else Verdict.VALID)
    assert good.bindable
    assert good.key == f"{scheme.value}:{VALID[scheme]}"
    bad = check(scheme, "?")
    assert bad.verdict is Verdict.BAD_FORM
    assert not bad.bindable


def test_a_bad_check_digit_is_kept_but_does_not_bind() -> None:
    misread = check(Scheme.BIC, "CSQU3054384")
    assert misread.key == "BIC:CSQU3054384"
    assert not misread.bindable


@pytest.mark.parametrize(
    ("scheme", "raw", "normal"),
    [
        (Scheme.BIC, "csqu 305438-3", "CSQU3054383"),
        (Scheme.MRN, "99 IT 9876AB8890120.9", "99IT9876AB88901209"),
        (Scheme.PLATE, "ab-123 cd", "AB123CD"),
        (Scheme.SEAL, "bri/962.94", "BRI96294"),
        (Scheme.SSCC, "3 7610425 002123456 9", "376104250021234569"),
        (Scheme.WAGON, "21 81 2471 217-3", "218124712173"),
        (Scheme.SHIP, "IMO 9074729", "9074729"),
        (Scheme.IOT_ID, " 63C42245-7089-5E6A-AD9D-61522ED0DED0\n", "63c42245-7089-5e6a-ad9d-61522ed0ded0"),
    ],
)
def test_normal_form(scheme: Scheme, raw: str, normal: str) -> None:
    assert normalise(scheme, raw) == normal
    assert check(scheme, raw).bindable


def test_the_fallback_form_of_an_mrn_ends_in_f() -> None:
    assert check(Scheme.MRN, "99IT9876AB8890120F").verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("scheme", "wrong_family"),
    [
        (Scheme.BIC, "ABCA0012342"),
        (Scheme.ILU, "CSQU3054383"),
        (Scheme.SHIP, "90747290"),
        (Scheme.WAGON, "2181247121"),
    ],
)
def test_another_schemes_form_is_refused(scheme: Scheme, wrong_family: str) -> None:
    assert check(scheme, wrong_family).verdict is Verdict.BAD_FORM


@pytest.mark.parametrize(
    "zero", ["\u0660", "\u06f0", "\uff10", "\u0966"], ids=["arabic", "persian", "wide", "devanagari"]
)
@pytest.mark.parametrize("scheme", Scheme)
def test_digits_of_other_scripts_are_refused(scheme: Scheme, zero: str) -> None:
    foreign = VALID[scheme].translate({ord("0") + n: chr(ord(zero) + n) for n in range(10)})
    assert foreign != VALID[scheme]
    assert check(scheme, foreign).verdict is Verdict.BAD_FORM


def test_letters_that_become_ascii_capitals_are_refused() -> None:
    # str.upper() would make SS of ß and S of ſ.
    assert check(Scheme.SEAL, "abcſ").verdict is Verdict.BAD_FORM
    assert check(Scheme.PLATE, "straße").verdict is Verdict.BAD_FORM


def test_binding_order_names_every_scheme_once() -> None:
    assert sorted(BINDING_ORDER) == sorted(Scheme)


@settings(max_examples=1_000)
@given(scheme=st.sampled_from(Scheme), raw=RAW)
def test_check_never_raises_and_its_normal_form_is_final(scheme: Scheme, raw: str) -> None:
    once = check(scheme, raw)
    assert check(scheme, once.value) == once


@settings(max_examples=500)
@given(scheme=st.sampled_from(Scheme), raw=RAW)
def test_only_ascii_binds(scheme: Scheme, raw: str) -> None:
    checked = check(scheme, raw)
    assert not checked.bindable or checked.value.isascii()


@settings(max_examples=300)
@given(owner=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3), serial=st.integers(0, 999_999))
def test_exactly_one_check_digit_fits_a_container(owner: str, serial: int) -> None:
    body = f"{owner}U{serial:06}"
    fitting = [d for d in "0123456789" if check(Scheme.BIC, body + d).verdict is Verdict.VALID]
    assert fitting == [mod11_digit(body)]
