"""One of several options."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.base import Kind, Value, squeeze


@dataclass(frozen=True, slots=True)
class Option:
    """A value that is stored, the words for it, and other words people write for it in a roster."""

    value: str
    label: T
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice(Kind):
    """One of `options`, told by its value, its label in either language, or an alias."""

    options: tuple[Option, ...] = ()

    slug: ClassVar[str] = "choice"
    repeats: ClassVar[bool] = True

    @property
    def template(self) -> str:  # type: ignore[override]
        """Up to six options stand open as radio buttons; more fold into a list."""
        return "forms/fields/radios.html" if len(self.options) <= 6 else "forms/fields/select.html"

    @cached_property
    def _by_word(self) -> dict[str, str]:
        words = {}
        for option in self.options:
            for word in (option.value, option.label.en, option.label.zh, *option.aliases):
                words[squeeze(word).casefold()] = option.value
        return words

    @cached_property
    def _by_value(self) -> dict[str, Option]:
        return {option.value: option for option in self.options}

    def parse(self, raw: str) -> Value:
        value = self._by_word.get(squeeze(raw).casefold())
        if value is None:
            raise Problem("not_an_option", self._not_an_option(raw))
        return value

    def _not_an_option(self, raw: str) -> T:
        typed = raw.strip()[:40]
        return T(
            en=f"“{typed}” is none of the options: {', '.join(o.label.en for o in self.options)}",
            zh=f"没有“{typed}”这个选项，请填：{'、'.join(o.label.zh for o in self.options)}",
        )

    def show(self, value: Value, language: str) -> str:
        option = self._by_value.get(str(value))
        return option.label.in_language(language) if option else str(value)

    def example(self, language: str) -> str:
        return self.options[0].label.in_language(language) if self.options else ""

    def parameters(self) -> dict[str, Any]:
        return {
            "options": [
                {
                    "value": option.value,
                    "label": {"en": option.label.en, "zh": option.label.zh},
                    **({"aliases": list(option.aliases)} if option.aliases else {}),
                }
                for option in self.options
            ]
        }

    @classmethod
    def restored(cls, parameters: dict[str, Any]) -> "Choice":
        return cls(
            options=tuple(
                Option(value=o["value"], label=T(**o["label"]), aliases=tuple(o.get("aliases", ())))
                for o in parameters["options"]
            )
        )
