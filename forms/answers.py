"""Answers to a form: what was typed, kept as typed, and what it means.

Answers are one mapping of field name to typed text; the application keeps the sealed ones apart. Nothing here
touches the database.
"""

from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import get_language

from accounts.sealing import mask
from config.words import T
from forms.errors import MISSING, FieldProblem, Problem
from forms.fields import Value
from forms.schema import Field, Form, Section

# A masked field that is posted empty beside this mark keeps the answer it has.
KEPT = "{name}.kept"
# What PostgreSQL's JSON refuses, and what UTF-8 cannot carry.
UNSTORABLE = {0: None, **dict.fromkeys(range(0xD800, 0xE000))}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was posted to one section: typed text by field name, the personal numbers apart.

    Fields that were not to be changed are in neither mapping: merge the two into what is stored.
    """

    open: dict[str, str]
    sealed: dict[str, str]
    problems: list[FieldProblem]

    @property
    def wrong(self) -> list[FieldProblem]:
        """The problems of what was typed; not those of what is still missing."""
        return [problem for problem in self.problems if problem.code != MISSING.code]


class Line(NamedTuple):
    """One line of check-your-answers. `text` is empty where nothing was answered."""

    label: T
    text: str
    problem: T | None
    field: Field


class Answer(NamedTuple):
    """What one typed text comes to: a value, a problem, or neither (blank and optional, or not asked)."""

    asked: bool
    value: Value | None
    problem: Problem | None
    doubt: Problem | None


NOT_ASKED = Answer(asked=False, value=None, problem=None, doubt=None)


def judge(form: Form, answers: Mapping[str, str]) -> dict[str, Answer]:
    """Every field's answer, by name, in the order of the form."""
    judged: dict[str, Answer] = {}

    def answer(name: str, chain: tuple[str, ...] = ()) -> Answer:
        if name not in judged:
            field = form.by_name[name]
            if name in chain:
                raise ValueError(f"fields {', '.join(chain)} ask for each other")
            judged[name] = _judged(
                field, answers.get(name, ""), lambda other: answer(other, (*chain, name)), form
            )
        return judged[name]

    return {field.name: answer(field.name) for field in form.fields()}


def _judged(field: Field, typed: str, answer: Callable[[str], Answer], form: Form) -> Answer:
    if field.show_if is not None:
        other = answer(field.show_if.field)
        if other.value is None:
            return NOT_ASKED
        if form.by_name[field.show_if.field].kind.raw(other.value) not in field.show_if.values:
            return NOT_ASKED
    if not typed.strip():
        return Answer(asked=True, value=None, problem=MISSING if field.required else None, doubt=None)
    kind = field.kind.given(answer(field.kind.depends_on).value) if field.kind.depends_on else field.kind
    try:
        value = kind.parse(typed)
    except Problem as problem:
        return Answer(asked=True, value=None, problem=problem, doubt=None)
    whole = answer(field.at_most).value if field.at_most else None
    if isinstance(value, int) and isinstance(whole, int) and value > whole:
        too_much = above(value, whole, field, form.by_name[field.at_most])
        return Answer(asked=True, value=None, problem=too_much, doubt=None)
    return Answer(asked=True, value=value, problem=None, doubt=kind.doubt(value))


def above(value: int, whole: int, part: Field, of: Field) -> Problem:
    """The problem of a part that is more than its whole, with both figures."""
    return Problem(
        "above_whole",
        T(
            en=f"{part.kind.show(value, 'en')} is more than “{of.label.en}” ({of.kind.show(whole, 'en')}), "
            "of which it is a part: correct one of the two",
            zh=f"{part.kind.show(value, 'zh-hans')}大于“{of.label.zh}”（{of.kind.show(whole, 'zh-hans')}），"
            "而前者是后者的一部分：请更正其中一项",
        ),
    )


def read(
    form: Form,
    section_slug: str,
    posted: Mapping[str, str],
    *,
    answers: Mapping[str, str] | None = None,
    only: Container[str] | None = None,
) -> Reading:
    """What `posted` answers in the section, kept as typed also where it is wrong.

    `answers` are those stored so far (for fields of other sections that this one depends on, and for masked
    fields that were left alone); `only` names the fields that may change, where not all may.

    Raises:
        KeyError: the form has no such section.
    """
    section = form.section(section_slug)
    changed = {
        field.name: (posted.get(field.name) or "").translate(UNSTORABLE)
        for field in section.fields
        if (only is None or field.name in only) and not _left_alone(field, posted)
    }
    judged = judge(form, {**(answers or {}), **changed})
    problems = [
        FieldProblem(name, problem.code, problem.words)
        for name in changed
        if (problem := judged[name].problem) is not None
    ]
    sealed = {name: typed for name, typed in changed.items() if form.by_name[name].kind.sealed}
    return Reading({name: typed for name, typed in changed.items() if name not in sealed}, sealed, problems)


def gathered(section: Section, posted: Mapping[str, str]) -> dict[str, str]:
    """`posted` with the answers that a page asks for by several inputs put together, as `read` takes them."""
    whole = {name: posted[name] for name in posted}
    for field in section.fields:
        if field.name not in whole and (typed := field.kind.gathered(field.name, posted)) is not None:
            whole[field.name] = typed
    return whole


def _left_alone(field: Field, posted: Mapping[str, str]) -> bool:
    return not (posted.get(field.name) or "").strip() and bool(posted.get(KEPT.format(name=field.name)))


def problems(form: Form, answers: Mapping[str, str]) -> list[FieldProblem]:
    """Everything that is wrong or missing in the whole form, in its order."""
    return [
        FieldProblem(name, answer.problem.code, answer.problem.words)
        for name, answer in judge(form, answers).items()
        if answer.problem is not None
    ]


def is_complete(form: Form, answers: Mapping[str, str]) -> bool:
    """Whether nothing is wrong or missing."""
    return not problems(form, answers)


def section_problems(form: Form, answers: Mapping[str, str]) -> dict[str, list[FieldProblem]]:
    """The problems of each section by its slug; an empty list where it is complete."""
    found = problems(form, answers)
    names = {section.slug: {field.name for field in section.fields} for section in form.sections}
    return {slug: [problem for problem in found if problem.field in inside] for slug, inside in names.items()}


def values(form: Form, answers: Mapping[str, str]) -> dict[str, Value]:
    """What the answers mean: a canonical value for each field that is asked, filled and right."""
    return {name: answer.value for name, answer in judge(form, answers).items() if answer.value is not None}


def shown(
    form: Form,
    answers: Mapping[str, str],
    *,
    reveal: Collection[str] = frozenset(),
    language: str | None = None,
) -> list[tuple[Section, list[Line]]]:
    """The answers as check-your-answers shows them: asked fields only, personal numbers masked.

    `reveal` names the fields that this reader may see whole (each reveal is the caller's to record).
    """
    judged = judge(form, answers)
    spoken = language or get_language() or "zh-hans"
    return [
        (
            section,
            [
                Line(
                    field.label,
                    _text(field, judged[field.name], answers, field.name in reveal, spoken),
                    _said(a),
                    field,
                )
                for field in section.fields
                if (a := judged[field.name]).asked
            ],
        )
        for section in form.sections
    ]


def _said(answer: Answer) -> T | None:
    found = answer.problem or answer.doubt
    return found.words if found else None


def _text(field: Field, answer: Answer, answers: Mapping[str, str], revealed: bool, language: str) -> str:
    typed = answers.get(field.name, "").strip()
    text = field.kind.spoken(typed) if answer.value is None else field.kind.show(answer.value, language)
    return mask(text, head=field.kind.mask_head) if field.kind.sealed and not revealed else text
