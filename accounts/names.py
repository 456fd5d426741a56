"""Finding organisations by a part of their name, fast among a million, without any extension of PostgreSQL.

Each name is indexed by its characters and its pairs of neighbouring characters (GIN). Trigrams would not do: a
Chinese search word often has two characters.
"""

import re
from typing import Any

from django.db.models import BooleanField, Func, Q

_CODE = re.compile(r"[0-9A-Z]{2,18}")


def grams(word: str) -> list[str]:
    """What an index entry must hold so that the name can contain `word`.

    >>> grams("软件园"), grams("厦")
    (['软件', '件园'], ['厦'])
    """
    folded = word.lower()
    return [folded[i : i + 2] for i in range(len(folded) - 1)] or [folded]


class Holds(Func):
    """Whether the index entry of a name holds all of `wanted`; the index answers it."""

    output_field = BooleanField()

    def __init__(self, column: str, wanted: list[str]) -> None:
        super().__init__(column)
        self.wanted = wanted

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]  # noqa: ARG002
        column, params = compiler.compile(self.source_expressions[0])
        return f"accounts_grams({column}) @> %s::text[]", (*params, self.wanted)


def named(word: str) -> Q:
    """Organisations with `word` in their name, or whose credit code begins with it."""
    q = Q(Holds("name", grams(word))) & Q(name__icontains=word)
    code = "".join(word.split()).upper()
    return q | Q(credit_code__startswith=code) if _CODE.fullmatch(code) else q
