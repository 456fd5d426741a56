"""Yes or no."""

from dataclasses import dataclass
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.base import Kind, Value, squeeze
from forms.fields.choice import Option

YES = Option("yes", T(en="Yes", zh="是"), ("y", "true", "1", "√", "✓", "有", "在职"))
NO = Option(
    "no", T(en="No", zh="否"), ("n", "false", "0", "×", "x", "✗", "无", "没有", "不是", "离职", "已离职")
)
WORDS = {
    squeeze(word).casefold(): option is YES
    for option in (YES, NO)
    for word in (option.value, option.label.en, option.label.zh, *option.aliases)
}


@dataclass(frozen=True)
class YesNo(Kind):
    """Yes or no, as a bool."""

    slug: ClassVar[str] = "yes_no"
    repeats: ClassVar[bool] = True
    template: ClassVar[str] = "forms/fields/radios.html"
    options: ClassVar[tuple[Option, ...]] = (YES, NO)

    def parse(self, raw: str) -> Value:
        value = WORDS.get(squeeze(raw).casefold())
        if value is None:
            raise Problem(
                "not_yes_no",
                T(
                    en="“{typed}” is neither: write Yes or No", zh="“{typed}”看不出是或否，请填“是”或“否”"
                ).format(typed=raw.strip()[:40]),
            )
        return value

    def show(self, value: Value, language: str) -> str:
        return (YES if value else NO).label.in_language(language)

    def raw(self, value: Value) -> str:
        return (YES if value else NO).value

    def example(self, language: str) -> str:
        return YES.label.in_language(language)
