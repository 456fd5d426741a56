"""The conditions on figures as pages show them: what is required, what is reached, of which figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from config.words import T
from forms.answers import values
from workflows import drafts
from workflows.engine.ratios import Reached, reached
from workflows.models import Application

HOLDS = (T("Reached", "达到"), "ok")
SHORT = (T("Not reached", "未达到"), "no")
OPEN = (T("Figures missing", "数据未填"), "")


@dataclass(frozen=True, slots=True)
class RatioRow:
    """One condition in words."""

    title: T
    part_label: T
    whole_label: T
    part: str
    whole: str
    required: str
    percent: str
    words: T
    tone: str


def ratio_rows(case: Application, facts: Mapping[str, Any] | None = None) -> list[RatioRow]:
    """The conditions of the case's programme with the case's figures (or with `facts`); empty where it has none."""
    declaration = case.declaration
    if not declaration.ratios:
        return []
    form = declaration.form.by_name
    language = get_language() or "zh-hans"

    def shown(name: str, value: int | None) -> str:
        return "—" if value is None else form[name].kind.show(value, language)

    rows = []
    for one in reached(declaration, case.policy, case.facts if facts is None else facts):
        words, tone = HOLDS if one.holds else SHORT if one.is_known else OPEN
        rows.append(
            RatioRow(
                one.ratio.title, one.part_label, one.whole_label, shown(one.ratio.part, one.part),
                shown(one.ratio.whole, one.whole), _percent(one.required_percent), _reached(one), words, tone,
            )
        )  # fmt: skip
    return rows


def ratio_rows_typed(case: Application, typed: Mapping[str, str]) -> list[RatioRow]:
    """The same of what stands in the form at this moment, saved or not."""
    if not case.declaration.ratios:
        return []
    return ratio_rows(case, values(case.declaration.form, {**drafts.answers_of(case), **typed}))


def _reached(one: Reached) -> str:
    return "—" if one.percent is None else _percent(one.percent)


def _percent(number: Decimal) -> str:
    text = f"{number:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"
