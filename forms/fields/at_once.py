"""Looking at a whole column of texts at once: ten thousand rows cost a few calls, not a few calls for each.

Nothing here says what is wrong; it only knows what is plainly right.
"""

import re
from collections.abc import Sequence


def lines_of(line: str) -> re.Pattern[str]:
    """The pattern of any number of lines, each like `line`, which matches no line end."""
    return re.compile(rf"(?:(?:{line})\n)+", re.ASCII)


def every(lines: re.Pattern[str], texts: Sequence[str]) -> bool:
    """Whether each of the texts is one of those `lines` (made by `lines_of`)."""
    column = "\n".join(texts) + "\n"
    return lines.fullmatch(column) is not None and column.count("\n") == len(texts)


def tidy(texts: Sequence[str]) -> bool:
    """Whether all that the texts hold can be printed, and no space follows another; they have none at their ends."""
    return "".join(texts).isprintable() and "  " not in "\n".join(texts)


def weighed(texts: Sequence[str], tables: Sequence[bytes]) -> bytes:
    """For each text the sum, in one byte, of what the table of each place makes of the character there.

    All texts are ASCII and as long as there are tables; no sum may come to more than 255. The places are added up as
    whole numbers that hold one byte for each text: nothing is carried from one text to the next.
    """
    written = "".join(texts).encode("ascii")
    places = (written[place :: len(tables)].translate(table) for place, table in enumerate(tables))
    return sum(int.from_bytes(place, "little") for place in places).to_bytes(len(texts), "little")


def table_of(worth: dict[str, int]) -> bytes:
    """A table for `weighed`: what each character is worth there; others are worth nothing."""
    return bytes(worth.get(chr(code), 0) for code in range(256))
