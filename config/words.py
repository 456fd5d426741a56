"""A programme's own words, in every language of the interface, beside the rule they name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class T:
    """A sentence in English and in Simplified Chinese; `str()` gives the one of the active language.

    >>> T(en="{n} people", zh="{n} 人").format(n=3)      # the result is again a T, still in both languages
    T(en='3 people', zh='3 人')
    """

    en: str
    zh: str

    def __str__(self) -> str:
        return self.in_language(get_language() or "zh-hans")

    def in_language(self, code: str) -> str:
        """The words in `code` (a language code such as `zh-hans` or `en`); Chinese where it is neither."""
        return self.en if code.startswith("en") else self.zh

    def format(self, **values: Any) -> "T":
        """Both languages with `values` filled in; values that are `T` speak the language they stand in."""
        return T(en=self.en.format(**_spoken(values, "en")), zh=self.zh.format(**_spoken(values, "zh-hans")))


def listed(parts: Iterable[Any]) -> T:
    """Several things in one sentence, joined as each language does: "a, b" and "a、b"; parts may be `T`."""
    found = list(parts)
    return T(
        en=", ".join(_part(one, "en") for one in found), zh="、".join(_part(one, "zh-hans") for one in found)
    )


def _part(part: Any, code: str) -> str:
    return part.in_language(code) if isinstance(part, T) else str(part)


def _spoken(values: Mapping[str, Any], code: str) -> dict[str, Any]:
    return {
        name: value.in_language(code) if isinstance(value, T) else value for name, value in values.items()
    }
