"""Exact values, and how they are written."""

from decimal import Decimal
from fractions import Fraction

DIGITS = 2


def half_up(exact: Fraction, digits: int = DIGITS) -> Decimal:
    """The value rounded to so many decimals, halves away from zero.

    >>> half_up(Fraction(79995, 1000)), half_up(Fraction(-1, 8))
    (Decimal('80.00'), Decimal('-0.13'))
    """
    scaled = abs(exact) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-digits)


def plain(exact: Fraction) -> str:
    """As it is written in a sum: without needless zeros, an endless one to four decimals with “…”.

    >>> plain(Fraction(165, 2)), plain(Fraction(241, 3))
    ('82.5', '80.3333…')
    """
    for digits in range(5):
        if half_up(exact, digits) == exact:
            return f"{half_up(exact, digits):f}"
    return f"{half_up(exact, 4):f}…"
