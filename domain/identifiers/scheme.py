"""The vocabulary: schemes, verdicts, and what is known of an identifier once it was checked."""

from enum import StrEnum
from typing import NamedTuple


class Scheme(StrEnum):
    """What kind of identifier a text is; the order is that of the Avro enum, where symbols are only appended."""

    IOT_ID = "IOT_ID"
    """The UUID minted by customs (Guidelines §355)."""
    BIC = "BIC"
    """Container, ISO 6346."""
    ILU = "ILU"
    """Intermodal loading unit, EN 13044-1."""
    MRN = "MRN"
    """Movement reference number of a customs declaration."""
    SEAL = "SEAL"
    """Seal number, mechanical or electronic; no check digit."""
    SSCC = "SSCC"
    """Serial shipping container code, GS1."""
    WAGON = "WAGON"
    """Railway vehicle number, UIC, 12 digits."""
    PLATE = "PLATE"
    """Vehicle licence plate; no check digit."""
    SHIP = "SHIP"
    """IMO ship number."""
    SWAP_BODY = "SWAP_BODY"
    """Swap body: its ILU or BIC code, or an operator's code from before EN 13044-1."""
    UNLOCODE = "UNLOCODE"
    """A place, UN/LOCODE."""
    GTIN = "GTIN"
    """A kind of goods, GS1."""
    GLN = "GLN"
    """A party or place, GS1."""


class Verdict(StrEnum):
    """What checking an identifier showed."""

    VALID = "VALID"
    """The check digit agrees."""
    UNCHECKED = "UNCHECKED"
    """The form is right; there is no check digit to agree."""
    BAD_CHECK_DIGIT = "BAD_CHECK_DIGIT"
    """The form is right, the check digit is not: most often a misread."""
    BAD_FORM = "BAD_FORM"
    """Not of the scheme's form, or a placeholder that stands for no identifier."""


BINDING_ORDER = (
    Scheme.IOT_ID,
    Scheme.BIC,
    Scheme.ILU,
    Scheme.SWAP_BODY,
    Scheme.SSCC,
    Scheme.MRN,
    Scheme.SEAL,
    Scheme.WAGON,
    Scheme.PLATE,
    Scheme.SHIP,
    Scheme.GTIN,
    Scheme.GLN,
    Scheme.UNLOCODE,
)
"""Which identifier of a read names the cargo best: the unit itself, then its papers, then what carries it."""

MANY_THINGS = frozenset({Scheme.GTIN, Scheme.GLN, Scheme.UNLOCODE})
"""Schemes that name a kind of goods or a place: no one thing, so that they never lead to a mission."""


class Judgement(NamedTuple):
    """What a scheme's own rules say of a value of its form."""

    verdict: Verdict
    warnings: tuple[str, ...] = ()
    reason: str = ""


class Checked(NamedTuple):
    """An identifier in normal form, with what checking it showed.

    *Shape*: ``warnings`` are odd but acceptable; ``reason`` is why it may not bind, empty otherwise. Neither ever
    quotes the value.
    *Guarantee*: ``verdict``, ``warnings`` and ``reason`` follow from scheme and value, however it was written.
    """

    scheme: Scheme
    value: str
    verdict: Verdict
    warnings: tuple[str, ...] = ()
    reason: str = ""

    @property
    def key(self) -> str:
        """``SCHEME:VALUE``, the key under which bindings are kept."""
        return f"{self.scheme.value}:{self.value}"

    @property
    def bindable(self) -> bool:
        """Whether it may lead to a mission."""
        sound = self.verdict is Verdict.VALID or self.verdict is Verdict.UNCHECKED
        return sound and self.scheme not in MANY_THINGS


AGREES = Judgement(Verdict.VALID)
DISAGREES = Judgement(Verdict.BAD_CHECK_DIGIT, (), "the check digit does not fit")
UNCHECKED = Judgement(Verdict.UNCHECKED)
PLACEHOLDER = Judgement(Verdict.BAD_FORM, (), "a placeholder, not a number")
