"""Check digits. The libraries are called behind the scheme's form, so that they only ever see ASCII digits."""

from itertools import cycle
from operator import getitem

from stdnum import ean, imo, luhn

# ISO 6346 letter values skip the multiples of 11.
_LETTER_VALUES = [n for n in range(10, 39) if n % 11]
_VALUES = {str(n): n for n in range(10)} | dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER_VALUES, strict=True))

# What each character adds at each place. Powers of two modulo 11 come round after ten places.
_SHARES = tuple({char: value * 2**i % 11 for char, value in _VALUES.items()} for i in range(10))


def mod11_remainder(text: str) -> int:
    """Σ value(i)·2^i mod 11 over ``text``.

    *Shape*: capital letters and digits only.
    """
    total: int = sum(map(getitem, cycle(_SHARES), text))
    return total % 11


def mod11_digit(text: str) -> str:
    """Check digit over ``text``: Σ value(i)·2^i mod 11 mod 10.

    *Shape*: capital letters and digits only.
    *Source*: ISO 6346; EN 13044-1 and the MRN of the EU customs data model use the same routine.
    """
    return str(mod11_remainder(text) % 10)


def gs1_fits(digits: str) -> bool:
    """Whether the last of ``digits`` is the check digit of the rest: weights 3, 1, 3… from the right.

    *Source*: GS1 General Specifications 7.9.
    """
    return bool(ean.calc_check_digit(digits[:-1]) == digits[-1])


def luhn_fits(digits: str) -> bool:
    """Whether ``digits`` pass Luhn's sum. *Source*: UIC 438-1."""
    return bool(luhn.checksum(digits) == 0)


def imo_fits(digits: str) -> bool:
    """Whether the last of seven ``digits`` is the sum of the others by 7…2. *Source*: IMO A.1117(30)."""
    return bool(imo.calc_check_digit(digits) == digits[-1])
