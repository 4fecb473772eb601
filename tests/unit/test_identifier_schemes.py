"""What the schemes say beyond their check digit: MRN procedures, wagons, plates, seals, GS1 barcodes, places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.identifiers import (
    MrnForm,
    Procedure,
    Scheme,
    VehicleKind,
    Verdict,
    aliases,
    check,
    mod11_digit,
    plainest,
    plate_country,
    read_mrn,
    read_wagon,
)

# Movement reference numbers -------------------------------------------------------------------------------------


def mrn(seventeenth: str, country: str = "IT") -> str:
    body = f"26{country}QBA158977764{seventeenth}"
    return body + mod11_digit(body)


PROCEDURES = (
    [(letter, Procedure.EXPORT) for letter in "ABCDE"]
    + [(letter, Procedure.TRANSIT) for letter in "JKLM"]
    + [(letter, Procedure.IMPORT) for letter in "RSTUVW"]
)


@pytest.mark.parametrize(("letter", "procedure"), PROCEDURES)
def test_the_17th_character_names_the_procedure(letter: str, procedure: Procedure) -> None:
    value = mrn(letter)
    assert check(Scheme.MRN, value)[2:4] == (Verdict.VALID, ())
    assert read_mrn(value) == (MrnForm.UCC, "26", "IT", procedure)


@pytest.mark.parametrize("letter", sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - {letter for letter, _ in PROCEDURES}))
def test_an_unknown_procedure_is_warned_of(letter: str) -> None:
    checked = check(Scheme.MRN, mrn(letter))
    assert checked.verdict is Verdict.VALID
    assert checked.bindable
    assert checked.warnings == ("the 17th character names no known procedure",)
    assert read_mrn(checked.value) == (MrnForm.UCC, "26", "IT", None)


@pytest.mark.parametrize("digit", "0123456789")
def test_the_form_from_before_the_ucc_is_warned_of(digit: str) -> None:
    checked = check(Scheme.MRN, mrn(digit))
    assert checked.verdict is Verdict.VALID
    assert "before the UCC" in checked.warnings[0]
    assert read_mrn(checked.value) == (MrnForm.BEFORE_UCC, "26", "IT", None)


def test_the_fallback_form_ends_in_f_and_has_no_check_digit() -> None:
    checked = check(Scheme.MRN, mrn("J")[:-1] + "F")
    assert checked.verdict is Verdict.UNCHECKED
    assert checked.bindable
    assert "fallback" in checked.warnings[0]
    assert read_mrn(checked.value) == (MrnForm.FALLBACK, "26", "IT", Procedure.TRANSIT)


def test_an_unknown_country_is_warned_of_and_northern_ireland_is_none() -> None:
    assert check(Scheme.MRN, mrn("S", "QQ"))[2:4] == (Verdict.VALID, ("no such country",))
    assert check(Scheme.MRN, mrn("S", "XI"))[2:4] == (Verdict.VALID, ())


def test_a_wrong_mrn_keeps_its_warnings() -> None:
    value = mrn("Z", "QQ")
    wrong = check(Scheme.MRN, value[:-1] + str((int(value[-1]) + 1) % 10))
    assert wrong.verdict is Verdict.BAD_CHECK_DIGIT
    assert len(wrong.warnings) == 2


@pytest.mark.parametrize("text", ["", "26IT", "26ITQBA158977764S6\n", "２6ITQBA158977764S6"])
def test_what_is_no_mrn_is_not_read(text: str) -> None:
    assert read_mrn(text) is None


# Railway vehicles and ships -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "country", "warnings"),
    [
        ("218124712173", VehicleKind.FREIGHT_WAGON, "AT", ()),
        ("318345670012", VehicleKind.FREIGHT_WAGON, "IT", ()),
        ("518008430010", VehicleKind.COACH, "DE", ("not a freight wagon",)),
        ("918361930017", VehicleKind.TRACTION, "IT", ("not a freight wagon",)),
        ("310045670017", VehicleKind.FREIGHT_WAGON, None, ("no such railway country",)),
    ],
)
def test_a_wagon_is_read_out(value: str, kind: VehicleKind, country: str | None, warnings: tuple[str, ...]) -> None:
    assert read_wagon(value) == (kind, country)
    assert check(Scheme.WAGON, value).warnings == warnings


def test_a_published_coach_number_is_valid() -> None:
    assert check(Scheme.WAGON, "51 80 0843 001-0").verdict is Verdict.VALID


@pytest.mark.parametrize("text", ["", "21812471217", "２18124712173", "A18124712173"])
def test_what_is_no_wagon_is_not_read(text: str) -> None:
    assert read_wagon(text) is None


# Plates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "normal", "country"),
    [
        ("AB 123 CD", "AB123CD", None),
        ("IT:AB 123 CD", "IT:AB123CD", "IT"),
        ("it: ab-123-cd", "IT:AB123CD", "IT"),
        ("(I) AB123CD", "IT:AB123CD", "IT"),
        ("[ITA] AB123CD", "IT:AB123CD", "IT"),
        ("AB123CD (IT)", "IT:AB123CD", "IT"),
        ("AB123CD:I", "IT:AB123CD", "IT"),
        ("UK:AB12 CDE", "GB:AB12CDE", "GB"),
        ("SLO:LJ 123 AB", "SI:LJ123AB", "SI"),
        ("ET:123456", "ET:123456", "ET"),
        # Blanks and dashes are no sign of a country: Dessau is DE, too.
        ("DE-AB 123", "DEAB123", None),
        ("FR-123-AA", "FR123AA", None),
        # Letters of other alphabets that look the same, on purpose.
        ("ΖΖΧ 1234", "ZZX1234", None),
        ("zzx 1234", "ZZX1234", None),
        ("GR:ΖΖΧ-1234", "GR:ZZX1234", "GR"),
        ("СВ 1234 МК", "CB1234MK", None),
        ("св1234мк", "CB1234MK", None),
    ],
)
def test_a_plate(raw: str, normal: str, country: str | None) -> None:
    checked = check(Scheme.PLATE, raw)
    assert (checked.value, checked.verdict) == (normal, Verdict.UNCHECKED)
    assert plate_country(checked.value) == country


@pytest.mark.parametrize("raw", ["QQ:AB123CD", "AB123CD (QQ)", "IT:", "IT:AB:12", "MÜ AB 123", "ЖЯ 1234", "A"])
def test_no_plate(raw: str) -> None:
    assert check(Scheme.PLATE, raw).verdict is Verdict.BAD_FORM


def test_a_plate_without_a_digit_is_odd() -> None:
    assert check(Scheme.PLATE, "IT:ABCDE").warnings == ("no digit in it",)
    assert check(Scheme.PLATE, "IT:AB123CD").warnings == ()


# Seals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("BRI 962-9403", "BRI9629403"),
        ("RFID:E280 1160 6000 0209", "E280116060000209"),
        ("e-seal=ab12345", "AB12345"),
        ("urn:epc:id:giai:4012345.ABC-12", "4012345ABC12"),
        ("https://id.example.org/8004/4012345ABC12", "4012345ABC12"),
        ("https://seals.example.org/check?lang=it&sn=bri-9629403", "BRI9629403"),
        ("https://seals.example.org/s/BRI9629403/", "BRI9629403"),
    ],
)
def test_a_seal(raw: str, normal: str) -> None:
    assert check(Scheme.SEAL, raw)[1:4] == (normal, Verdict.UNCHECKED, ())


@pytest.mark.parametrize(
    "raw", ["https://seals.example.org/verify", "https://[", "ftp://x.example/BRI1", "AB", "A" * 41]
)
def test_no_seal(raw: str) -> None:
    assert check(Scheme.SEAL, raw).verdict is Verdict.BAD_FORM


@pytest.mark.parametrize(
    ("raw", "warnings"),
    [("A12", ("very short for a seal number",)), ("NOBODY", ("no digit in it",)), ("A123", ())],
)
def test_an_odd_seal(raw: str, warnings: tuple[str, ...]) -> None:
    assert check(Scheme.SEAL, raw)[2:4] == (Verdict.UNCHECKED, warnings)


# GS1 ------------------------------------------------------------------------------------------------------------

SSCC = "376104250021234569"
GTIN = "04006381333931"
GLN = "1234567890128"


@pytest.mark.parametrize(
    ("scheme", "raw", "normal"),
    [
        (Scheme.SSCC, f"(00){SSCC}", SSCC),
        (Scheme.SSCC, "(00) 3 7610425 002123456 9", SSCC),
        (Scheme.SSCC, f"00{SSCC}", SSCC),
        (Scheme.SSCC, f"]C100{SSCC}", SSCC),
        (Scheme.SSCC, f"(02){GTIN}(37)24(00){SSCC}", SSCC),
        (Scheme.SSCC, f"https://id.gs1.org/00/{SSCC}", SSCC),
        (Scheme.SSCC, f"(00){SSCC}(13)260230", SSCC),
        (Scheme.GTIN, "4006381333931", GTIN),
        (Scheme.GTIN, "]E04006381333931", GTIN),
        (Scheme.GTIN, f"01{GTIN}10ABC\x1d17271231", GTIN),
        (Scheme.GTIN, f"https://shop.example.org/x/01/{GTIN}/21/7?17=271231", GTIN),
        (Scheme.GTIN, "96385074", "00000096385074"),
        (Scheme.GTIN, "012345678905", "00012345678905"),
        (Scheme.GLN, f"(414){GLN}", GLN),
        (Scheme.GLN, f"https://id.gs1.org/414/{GLN}", GLN),
    ],
)
def test_a_gs1_key_in_a_barcode(scheme: Scheme, raw: str, normal: str) -> None:
    assert check(scheme, raw)[1:3] == (normal, Verdict.VALID)


def test_a_wrong_check_digit_in_a_barcode_is_flagged() -> None:
    assert check(Scheme.SSCC, f"(00){SSCC[:-1]}0")[1:3] == (SSCC[:-1] + "0", Verdict.BAD_CHECK_DIGIT)


@pytest.mark.parametrize(
    ("scheme", "raw"),
    [
        (Scheme.SSCC, f"(01){GTIN}"),
        (Scheme.SSCC, "(00)"),
        (Scheme.SSCC, "(99999)1"),
        (Scheme.SSCC, "https://[/00/376104250021234569"),
        (Scheme.GTIN, f"(00){SSCC}"),
        (Scheme.GLN, f"(410){GLN}(414)4012345000009"),
    ],
)
def test_a_barcode_of_something_else(scheme: Scheme, raw: str) -> None:
    assert check(scheme, raw).verdict is Verdict.BAD_FORM


@settings(max_examples=500, deadline=None)
@given(
    scheme=st.sampled_from((Scheme.SSCC, Scheme.GTIN, Scheme.GLN)),
    raw=st.lists(
        st.sampled_from(["(00)", "(01)", "(17)", "(3103)", "(3932)", "(414)", "(8008)", "http://a/", "00/", "?", "="])
        | st.text("0123456789/%\x1d", max_size=20),
        max_size=8,
    ).map("".join),
)
def test_no_barcode_raises(scheme: Scheme, raw: str) -> None:
    checked = check(scheme, raw)
    assert check(scheme, checked.value) == checked


# Places and units -----------------------------------------------------------------------------------------------


def test_a_place_in_no_country_is_odd() -> None:
    assert check(Scheme.UNLOCODE, "QQGOA").warnings == ("no such country",)
    assert check(Scheme.UNLOCODE, "XZVAL").warnings == ()


def test_the_nil_uuid_is_odd() -> None:
    assert check(Scheme.IOT_ID, "00000000-0000-0000-0000-000000000000").warnings == ("the nil UUID",)


# Swap bodies and other names ---------------------------------------------------------------------


def test_a_swap_body_has_an_ilu_code_or_an_operators() -> None:
    assert check(Scheme.SWAP_BODY, "ABCA0012343").verdict is Verdict.BAD_CHECK_DIGIT
    older = check(Scheme.SWAP_BODY, "83 123 4567")
    assert (older.value, older.verdict) == ("831234567", Verdict.UNCHECKED)
    assert "no check digit" in older.warnings[0]
    assert check(Scheme.SWAP_BODY, "KV 123456").bindable


@pytest.mark.parametrize(
    ("scheme", "value", "others"),
    [
        (Scheme.PLATE, "IT:AB123CD", [(Scheme.PLATE, "AB123CD")]),
        (Scheme.PLATE, "AB123CD", []),
        (Scheme.SWAP_BODY, "ABCA0012342", [(Scheme.ILU, "ABCA0012342")]),
        (Scheme.SWAP_BODY, "CSQU3054383", [(Scheme.BIC, "CSQU3054383")]),
        (Scheme.SWAP_BODY, "KV123456", []),
        (Scheme.ILU, "ABCA0012342", [(Scheme.SWAP_BODY, "ABCA0012342")]),
        (Scheme.ILU, "ABCA0012343", []),
        (Scheme.BIC, "CSQU3054383", []),
    ],
)
def test_aliases(scheme: Scheme, value: str, others: list[tuple[Scheme, str]]) -> None:
    found = aliases(check(scheme, value))
    assert [(each.scheme, each.value) for each in found] == others
    assert all(each.bindable for each in found)
    assert {plainest(each) for each in (check(scheme, value), *found)} == {plainest(check(scheme, value))}
