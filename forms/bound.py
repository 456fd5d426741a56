"""A section made ready for the page: each field with what was typed, its problem, and how it is drawn.

bound = bind(form, "contact", answers)
{% include "forms/section.html" with bound=bound %}
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from accounts.sealing import mask
from config.words import T
from forms.answers import KEPT, judge
from forms.errors import MISSING
from forms.fields import BudgetLines, Choice, Kind, LongText, YesNo
from forms.fields.budget import COLUMNS, rows_of
from forms.schema import Field, Form, Section

LONGEST_SHORT, LONGEST_MEDIUM = 10, 20
# Lines of a budget that stand open on a page: at least so many, and always some empty ones.
LEAST_LINES, EMPTY_LINES = 4, 2


class BoundOption(NamedTuple):
    """One radio button or line of a list. The first radio bears the field's own id: errors link to it."""

    id: str
    value: str
    label: T
    chosen: bool


class BoundCell(NamedTuple):
    """One input of a line of a budget. The first that is wrong bears the field's own id: errors link to it."""

    id: str
    name: str
    label: T
    spoken: T
    typed: str
    error: T | None
    kind: Kind
    options: list[BoundOption]


@dataclass(frozen=True, slots=True)
class BoundField:
    """One field on the page."""

    field: Field
    typed: str
    error: T | None
    locked: bool
    # The masked answer of a personal number that the reader may not see whole; the input is then empty,
    # and left empty keeps the answer.
    kept: str

    @property
    def id(self) -> str:
        return f"field-{self.field.name}"

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def kept_name(self) -> str:
        return KEPT.format(name=self.field.name)

    @property
    def kind(self) -> Kind:
        return self.field.kind

    @property
    def label(self) -> T:
        """The label, with the unit where the label does not name it."""
        label, unit = self.field.label, self.kind.unit
        if unit is None or unit.zh in label.zh:
            return label
        return T(en=f"{label.en} ({unit.en})", zh=f"{label.zh}（{unit.zh}）")

    @property
    def is_group(self) -> bool:
        """Whether several inputs stand under one legend."""
        return self.kind.template.endswith("radios.html") or self.has_lines

    @property
    def has_lines(self) -> bool:
        """Whether it is a table of inputs, one line under the other."""
        return isinstance(self.kind, BudgetLines)

    @property
    def lines(self) -> list[list[BoundCell]]:
        """The lines of a budget with what was typed and what is wrong in each, then some empty ones."""
        kind = self.kind
        if not isinstance(kind, BudgetLines):
            return []
        rows = rows_of(self.typed) or []
        wrong = any(cell.problem for row in rows for cell in kind.cells(row))
        bound, linked = [], False
        for n in range(max(LEAST_LINES, len(rows) + EMPTY_LINES)):
            line = []
            for (name, label), column, cell in zip(
                COLUMNS, kind.kinds, kind.cells(rows[n] if n < len(rows) else []), strict=True
            ):
                error = cell.problem.words if cell.problem and n < len(rows) else None
                first = not linked and (error is not None or not wrong)
                linked = linked or first
                line.append(
                    BoundCell(
                        self.id if first else f"{self.id}-{n}-{name}", f"{self.name}.{n}.{name}", label,
                        T(f"Line {n + 1}: {label.en}", f"第 {n + 1} 行：{label.zh}"), cell.typed, error, column,
                        _options(column, cell.typed),
                    )
                )  # fmt: skip
            bound.append(line)
        return bound

    @property
    def described_by(self) -> str:
        """The ids of what explains the input, for `aria-describedby`."""
        parts = (("hint", self.field.hint), ("kept", self.kept), ("error", self.error))
        return " ".join(f"{self.id}-{part}" for part, there in parts if there)

    @property
    def autocomplete(self) -> str:
        return self.field.autocomplete or self.kind.autocomplete or "off"

    @property
    def width(self) -> str:
        """The style sheet's class for an input as wide as its answer."""
        if self.kind.width <= LONGEST_SHORT:
            return "short"
        return "medium" if self.kind.width <= LONGEST_MEDIUM else ""

    @property
    def rows(self) -> int:
        return self.kind.rows if isinstance(self.kind, LongText) else 0

    @property
    def options(self) -> list[BoundOption]:
        """The options, the one chosen marked; what was typed may be a label in either language."""
        if not isinstance(self.kind, (Choice, YesNo)):
            return []
        return [
            BoundOption(
                id=self.id if number == 0 else f"{self.id}-{option.value}",
                value=option.value,
                label=option.label,
                chosen=self.typed in (option.value, option.label.en, option.label.zh),
            )
            for number, option in enumerate(self.kind.options)
        ]

    @property
    def show_if_field(self) -> str:
        return self.field.show_if.field if self.field.show_if else ""

    @property
    def show_if_values(self) -> str:
        return " ".join(self.field.show_if.values) if self.field.show_if else ""

    @property
    def text(self) -> str:
        """The answer as a locked field shows it."""
        chosen = [str(option.label) for option in self.options if option.chosen]
        return chosen[0] if chosen else self.kept or self.kind.spoken(self.typed)


def _options(kind: Kind, typed: str) -> list[BoundOption]:
    options = kind.options if isinstance(kind, Choice) else ()
    return [BoundOption("", o.value, o.label, typed in (o.value, o.label.en, o.label.zh)) for o in options]


@dataclass(frozen=True, slots=True)
class BoundSection:
    """One section on the page."""

    section: Section
    fields: tuple[BoundField, ...]

    @property
    def errors(self) -> list[BoundField]:
        """The fields with a problem to show, for the summary and the page's title."""
        return [field for field in self.fields if field.error]


def bind(
    form: Form,
    section_slug: str,
    answers: Mapping[str, str],
    *,
    missing: bool = False,
    reveal: Container[str] = frozenset(),
    only: Container[str] | None = None,
) -> BoundSection:
    """The section with its stored answers and what is wrong with them.

    `missing` also marks what is not filled in yet; `reveal` names the personal numbers that this reader may
    see whole; `only` names the fields that may change, where not all may.

    Raises:
        KeyError: the form has no such section.
    """
    section, judged = form.section(section_slug), judge(form, answers)
    bound = []
    for field in section.fields:
        typed, (_, value, problem, _) = answers.get(field.name, ""), judged[field.name]
        if problem is not None and problem.code == MISSING.code and not missing:
            problem = None
        hidden = field.kind.sealed and field.name not in reveal and bool(typed.strip())
        bound.append(
            BoundField(
                field=field,
                typed="" if hidden else typed,
                error=problem.words if problem else None,
                locked=only is not None and field.name not in only,
                kept=mask(typed.strip() if value is None else str(value), head=field.kind.mask_head)
                if hidden
                else "",
            )
        )
    return BoundSection(section, tuple(bound))
