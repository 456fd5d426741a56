"""The unified social credit code of organisations in China (GB 32100-2015), checked to the last digit.

`stdnum.cn.uscc` refuses registration departments that the standard allows (A, N, Y) and does not look
at the organisation code inside, so the rule stands here.
"""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
DEPARTMENTS = frozenset("123456789ANY")
INNER_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class InvalidIdentifier(ValueError):  # noqa: N818 - it names the cause
    """A number that cannot be one; `code` says why: `length`, `shape`, `inner_check` or `check`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def credit_code(text: str) -> str:
    """`text` compacted (no blanks or hyphens, upper case) if it is a unified social credit code.

    >>> credit_code("91350299 MA0DEM005c")
    '91350299MA0DEM005C'

    Raises:
        InvalidIdentifier: it is not one (GB 32100-2015: 18 characters, department, area, organisation
            code with its own check digit by GB 11714, check digit mod 31).
    """
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != 18:
        raise InvalidIdentifier("length")
    if code[0] not in DEPARTMENTS or not (code[2:8].isascii() and code[2:8].isdigit()):
        raise InvalidIdentifier("shape")
    if any(character not in ALPHABET for character in code):
        raise InvalidIdentifier("shape")
    if code[16] != _inner_check_digit(code[8:16]):
        raise InvalidIdentifier("inner_check")
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(code, WEIGHTS, strict=False))
    if code[17] != ALPHABET[-total % 31]:
        raise InvalidIdentifier("check")
    return code


def _inner_check_digit(organisation: str) -> str:
    total = sum(INNER_ALPHABET.index(c) * w for c, w in zip(organisation, INNER_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]
