"""Normal forms and check digits; the worked examples are those of the project's table of identifiers."""

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.identifiers import BINDING_ORDER, Checked, Scheme, Verdict, check, mod11_digit, normalise
from domain.identifiers.checking import TEXT_LENGTH_MAX

WORKED_EXAMPLES = [
    (Scheme.BIC, "CSQU3054383"),
    (Scheme.BIC, "GYOU4047990"),
    (Scheme.ILU, "ABCA0012342"),
    (Scheme.MRN, "99IT9876AB88901209"),
    (Scheme.SSCC, "376104250021234569"),
    (Scheme.SHIP, "9074729"),
    (Scheme.WAGON, "218124712173"),
    (Scheme.SWAP_BODY, "ABCA0012342"),
    (Scheme.SWAP_BODY, "CSQU3054383"),
    (Scheme.GTIN, "04006381333931"),
    (Scheme.GLN, "1234567890128"),
]

UNCHECKED = {
    Scheme.IOT_ID: "63c42245-7089-5e6a-ad9d-61522ed0ded0",
    Scheme.SEAL: "BRI9629403",
    Scheme.PLATE: "AB123CD",
    Scheme.UNLOCODE: "ITGOA",
}
GOOD = UNCHECKED | dict(WORKED_EXAMPLES)
NOT_ONE_THING = {Scheme.GTIN, Scheme.GLN, Scheme.UNLOCODE}

FRAGMENTS = [
    "IMO", "imo", "MRN", "SEAL:", "RFID=", "http://", "https://id.gs1.org/00/", "/01/", "?sn=", "urn:epc:id:giai:",
    "urn:uuid:", "]C1", "(00)", "(01)", "(414)", "(", ")", "[", "]", ":", "IT:", "(I)", " ", "-", "\n", "\x1d", "%",
    "9074729", "CSQU3054383", "376104250021234569", "04006381333931", "4006381333931", "AB123CD", "٣", "Ü", "А",
]  # fmt: skip

RAW = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="ABCUJZDEK0123456789 -./\t\n", max_size=24),
    st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join),
    st.sampled_from(sorted(GOOD.values())),
    st.text("0123456789()[]", max_size=60),
    st.text(min_size=60, max_size=TEXT_LENGTH_MAX + 10),
)


@pytest.mark.parametrize(("scheme", "value"), WORKED_EXAMPLES)
def test_worked_example_is_valid(scheme: Scheme, value: str) -> None:
    assert check(scheme, value)[:3] == (scheme, value, Verdict.VALID)


@pytest.mark.parametrize(("scheme", "value"), WORKED_EXAMPLES)
def test_every_other_last_digit_is_a_bad_check_digit(scheme: Scheme, value: str) -> None:
    for digit in "0123456789":
        if digit != value[-1]:
            wrong = check(scheme, value[:-1] + digit)
            assert wrong.verdict is Verdict.BAD_CHECK_DIGIT
            assert wrong.reason


@pytest.mark.parametrize(
    ("text", "digit"),
    [("CSQU305438", "3"), ("GYOU404799", "0"), ("ABCA001234", "2"), ("99IT9876AB8890120", "9")],
)
def test_the_shared_routine(text: str, digit: str) -> None:
    assert mod11_digit(text) == digit


def test_remainder_10_counts_as_0_and_is_warned_of() -> None:
    # G17·1 Y37·2 O26·4 U32·8 4·16 0 4·64 7·128 9·256 9·512
    total = 17 + 74 + 104 + 256 + 64 + 0 + 256 + 896 + 2304 + 4608
    assert total % 11 == 10
    assert mod11_digit("GYOU404799") == "0"
    assert "remainder 10" in check(Scheme.BIC, "GYOU4047990").warnings[0]
    assert check(Scheme.BIC, "CSQU3054383").warnings == ()


@pytest.mark.parametrize("scheme", Scheme)
def test_every_scheme_has_a_good_and_a_bad_form(scheme: Scheme) -> None:
    good = check(scheme, GOOD[scheme])
    assert good.verdict is (Verdict.UNCHECKED if scheme in UNCHECKED else Verdict.VALID)
    assert good.key == f"{scheme.value}:{GOOD[scheme]}"
    assert good.reason == ""
    bad = check(scheme, "?")
    assert bad.verdict is Verdict.BAD_FORM
    assert bad.reason
    assert not bad.bindable


@pytest.mark.parametrize("scheme", Scheme)
def test_only_what_names_one_thing_binds(scheme: Scheme) -> None:
    assert check(scheme, GOOD[scheme]).bindable is (scheme not in NOT_ONE_THING)


def test_a_bad_check_digit_is_kept_but_does_not_bind() -> None:
    misread = check(Scheme.BIC, "CSQU3054384")
    assert misread.key == "BIC:CSQU3054384"
    assert not misread.bindable


@pytest.mark.parametrize(
    ("scheme", "raw", "normal"),
    [
        (Scheme.BIC, "csqu 305438-3", "CSQU3054383"),
        (Scheme.BIC, "CSQU305438\u20113\r\n", "CSQU3054383"),
        (Scheme.MRN, "99 IT 9876AB8890120.9", "99IT9876AB88901209"),
        (Scheme.MRN, "MRN: 99IT9876AB88901209", "99IT9876AB88901209"),
        (Scheme.PLATE, "ab-123 cd", "AB123CD"),
        (Scheme.SEAL, "bri/962.94", "BRI96294"),
        (Scheme.SSCC, "3 7610425 002123456 9", "376104250021234569"),
        (Scheme.SSCC, "3\u00a07610425\u202f002123456 9", "376104250021234569"),
        (Scheme.WAGON, "21 81 2471 217-3", "218124712173"),
        (Scheme.SHIP, "IMO 9074729", "9074729"),
        (Scheme.SHIP, "IMO No. 9074729", "9074729"),
        (Scheme.IOT_ID, " 63C42245-7089-5E6A-AD9D-61522ED0DED0\n", "63c42245-7089-5e6a-ad9d-61522ed0ded0"),
        (Scheme.IOT_ID, "urn:uuid:63c42245-7089-5e6a-ad9d-61522ed0ded0", "63c42245-7089-5e6a-ad9d-61522ed0ded0"),
        (Scheme.IOT_ID, "{63C4224570895E6AAD9D61522ED0DED0}", "63c42245-7089-5e6a-ad9d-61522ed0ded0"),
        (Scheme.UNLOCODE, "IT GOA", "ITGOA"),
        (Scheme.SWAP_BODY, "abca 001234-2", "ABCA0012342"),
    ],
)
def test_normal_form(scheme: Scheme, raw: str, normal: str) -> None:
    assert normalise(scheme, raw) == normal
    assert check(scheme, raw).reason == ""


@pytest.mark.parametrize(
    ("scheme", "wrong_family"),
    [
        (Scheme.BIC, "ABCA0012342"),
        (Scheme.ILU, "CSQU3054383"),
        (Scheme.SHIP, "90747290"),
        (Scheme.SHIP, "IMOIMO9074729"),
        (Scheme.WAGON, "2181247121"),
        (Scheme.GLN, "04006381333931"),
        (Scheme.GTIN, "376104250021234569"),
        (Scheme.UNLOCODE, "ITGO1"),
    ],
)
def test_another_schemes_form_is_refused(scheme: Scheme, wrong_family: str) -> None:
    assert check(scheme, wrong_family).verdict is Verdict.BAD_FORM


@pytest.mark.parametrize(
    ("scheme", "placeholder"),
    [
        (Scheme.SHIP, "0000000"),
        (Scheme.WAGON, "000000000000"),
        (Scheme.SSCC, "0" * 18),
        (Scheme.GTIN, "0" * 13),
        (Scheme.SEAL, "no seal"),
        (Scheme.SEAL, "0000000"),
        (Scheme.PLATE, "no plate"),
        (Scheme.PLATE, "IT:0000"),
        (Scheme.SWAP_BODY, "000000"),
    ],
)
def test_a_placeholder_binds_nothing(scheme: Scheme, placeholder: str) -> None:
    checked = check(scheme, placeholder)
    assert checked.verdict is Verdict.BAD_FORM
    assert "placeholder" in checked.reason


# Other scripts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zero", ["\u0660", "\u06f0", "\uff10", "\u0966"], ids=["arabic", "persian", "wide", "devanagari"]
)
@pytest.mark.parametrize("scheme", Scheme)
def test_digits_of_other_scripts_are_refused_with_a_reason(scheme: Scheme, zero: str) -> None:
    text = "DE8AB" if scheme is Scheme.UNLOCODE else GOOD[scheme]
    foreign = text.translate({ord("0") + n: chr(ord(zero) + n) for n in range(10)})
    assert foreign != text
    checked = check(scheme, foreign)
    assert (checked.value, checked.verdict) == (foreign, Verdict.BAD_FORM)
    assert "ASCII" in checked.reason


@pytest.mark.parametrize("scheme", Scheme)
def test_one_digit_of_another_script_is_enough(scheme: Scheme) -> None:
    place = next((i for i, char in enumerate(GOOD[scheme]) if char.isdigit()), 0)
    mixed = GOOD[scheme][:place] + "\u0663" + GOOD[scheme][place + 1 :]
    assert check(scheme, mixed).verdict is Verdict.BAD_FORM


def test_letters_that_become_ascii_capitals_are_refused() -> None:
    # str.upper() would make SS of ß and S of ſ.
    assert check(Scheme.SEAL, "abcſ").verdict is Verdict.BAD_FORM
    assert check(Scheme.PLATE, "straße").verdict is Verdict.BAD_FORM
    assert check(Scheme.SEAL, "RFID:abc1ſ").verdict is Verdict.BAD_FORM


# Vocabulary -----------------------------------------------------------------------------------------------------


def test_binding_order_names_every_scheme_once() -> None:
    assert sorted(BINDING_ORDER) == sorted(Scheme)


def _enums(schema: Any) -> list[list[str]]:
    if isinstance(schema, list):
        return [enum for each in schema for enum in _enums(each)]
    if not isinstance(schema, dict):
        return []
    if schema.get("type") == "enum":
        return [schema["symbols"]] if schema["name"] == "Scheme" else []
    return [enum for each in schema.values() for enum in _enums(each)]


def test_avro_knows_the_same_schemes_in_the_same_order() -> None:
    schemas = [
        json.loads(path.read_text("utf-8")) for path in files("avro_schemas").iterdir() if path.name[-5:] == ".avsc"
    ]
    symbols = [enum for schema in schemas for enum in _enums(schema)]
    assert symbols
    assert all(enum == [scheme.value for scheme in Scheme] for enum in symbols)


# Properties -----------------------------------------------------------------------------------------------------


@settings(max_examples=2_000, deadline=None)
@example(scheme=Scheme.SHIP, raw="IMOIMO9074729")
@example(scheme=Scheme.SEAL, raw="https://[x/1")
@example(scheme=Scheme.GLN, raw="https://id.gs1.org/414/1234567890128?17=000000")
@given(scheme=st.sampled_from(Scheme), raw=RAW)
def test_check_never_raises_and_its_normal_form_is_final(scheme: Scheme, raw: str) -> None:
    once = check(scheme, raw)
    assert check(scheme, once.value) == once


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("raw", ["", " ", "\0", "A" * 100_000, "9" * 5_000, "(00)" * 2_000, "http://" + "/" * 4_000])
def test_empty_and_huge_texts_are_flagged(scheme: Scheme, raw: str) -> None:
    checked = check(scheme, raw)
    assert checked.verdict is Verdict.BAD_FORM
    assert check(scheme, checked.value) == checked


@settings(max_examples=1_000, deadline=None)
@given(scheme=st.sampled_from(Scheme), raw=RAW)
def test_only_ascii_binds_and_what_does_not_bind_has_a_reason(scheme: Scheme, raw: str) -> None:
    checked = check(scheme, raw)
    sound = checked.verdict in (Verdict.VALID, Verdict.UNCHECKED)
    assert sound is (checked.reason == "")
    assert not sound or checked.value.isascii()
    assert not sound or 0 < len(checked.value) <= 64


@settings(max_examples=300)
@given(owner=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3), serial=st.integers(0, 999_999))
def test_exactly_one_check_digit_fits_a_container(owner: str, serial: int) -> None:
    body = f"{owner}U{serial:06}"
    fitting = [d for d in "0123456789" if check(Scheme.BIC, body + d).verdict is Verdict.VALID]
    assert fitting == [mod11_digit(body)]


# By the table of ISO 6346: what differs by 11 or 22 weighs the same.
LETTER_VALUES = {
    "A": 10, "B": 12, "C": 13, "D": 14, "E": 15, "F": 16, "G": 17, "H": 18, "I": 19, "J": 20, "K": 21, "L": 23,
    "M": 24, "N": 25, "O": 26, "P": 27, "Q": 28, "R": 29, "S": 30, "T": 31, "U": 32, "V": 34, "W": 35, "X": 36,
    "Y": 37, "Z": 38,
}  # fmt: skip
CHARACTER_VALUES = LETTER_VALUES | {str(n): n for n in range(10)}


def _remainder(text: str) -> int:
    return sum(CHARACTER_VALUES[char] * 2**place for place, char in enumerate(text)) % 11


@settings(max_examples=1_500)
@given(
    value=st.sampled_from(
        [value for scheme, value in WORKED_EXAMPLES if scheme in (Scheme.BIC, Scheme.ILU, Scheme.MRN)]
    ),
    place=st.integers(0, 16),
    other=st.sampled_from(sorted(CHARACTER_VALUES)),
)
def test_one_wrong_character_is_seen_but_for_the_blind_spots(value: str, place: int, other: str) -> None:
    body = value[:-1]
    place %= len(body)
    wrong = body[:place] + other + body[place + 1 :]
    before, after = _remainder(body), _remainder(wrong)
    weighs_the_same = (CHARACTER_VALUES[body[place]] - CHARACTER_VALUES[other]) % 11 == 0
    blind = weighs_the_same or {before, after} == {0, 10}
    assert (mod11_digit(wrong) == value[-1]) is blind


@pytest.mark.parametrize("alike", ["AKU", "1BLV", "2CMW"])
def test_the_blind_spots(alike: str) -> None:
    assert len({mod11_digit(f"CS{char}U305438") for char in alike}) == 1


def test_a_checked_identifier_can_be_made_without_warnings() -> None:
    assert Checked(Scheme.SEAL, "S123", Verdict.UNCHECKED) == check(Scheme.SEAL, "S123")
