"""Check codes: fifteen random signs and one that checks them, in four groups that people can read out and type.

The alphabet has no 0, O, I, L and U; 31 signs, a prime, so that the check sign finds every single wrong sign and
every two that were swapped. 31 to the power of 15 are 74 bits: nobody finds one by trying.
"""

import secrets

from config.errors import Refusal
from config.words import T
from forms.fields.base import squeeze

ALPHABET = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SIGNS = 15
GROUP = 4
# What is often typed in place of another sign.
READ_AS = str.maketrans({"I": "1", "L": "1", "U": "V", "-": None, "－": None, "—": None, "–": None})


class CodeMistyped(Refusal):
    """What was typed cannot be a check code."""

    code = "code_mistyped"
    status = 422
    words = T(
        en="This is not a check code: it has 16 letters and digits, in four groups. Compare it with the certificate.",
        zh="这不是校验码。校验码共 16 位字母和数字，分为四组，请与证书核对。",
    )


def new_code() -> str:
    """A code that nobody can guess, as it is kept: 16 signs."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SIGNS))
    return signs + check_sign(signs)


def check_sign(signs: str) -> str:
    """The sign that makes the weighted sum of all sixteen a multiple of 31 (weights 1 to 16, the last for itself).

    >>> check_sign("111111111111112")
    '2'
    """
    last = RANDOM_SIGNS + 1
    summed = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(signs, start=1))
    return ALPHABET[-summed * pow(last, -1, len(ALPHABET)) % len(ALPHABET)]


def read_code(typed: str) -> str:
    """The code that was typed or scanned, as it is kept; spaces, hyphens and small letters do not matter.

    Raises:
        CodeMistyped: it has another length, a sign that no code has, or the check sign does not fit.
    """
    signs = squeeze(typed).upper().translate(READ_AS)
    if len(signs) != RANDOM_SIGNS + 1 or set(signs) - set(ALPHABET) or check_sign(signs[:-1]) != signs[-1]:
        raise CodeMistyped
    return signs


def shown_code(code: str) -> str:
    """A code in groups of four.

    >>> shown_code("7K3M9QXD2FHTVW5P")
    '7K3M-9QXD-2FHT-VW5P'
    """
    return "-".join(code[n : n + GROUP] for n in range(0, len(code), GROUP))
