"""The lines of a budget: what is bought, how much of it, at which price; one answer, several inputs to a line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from config.words import T
from forms.errors import MISSING, Problem
from forms.fields.base import Kind, Value
from forms.fields.choice import Choice, Option
from forms.fields.decimal import DecimalNumber
from forms.fields.money import Money, yuan
from forms.fields.text import Text

COLUMNS = (
    ("item", T("Item", "项目")),
    ("what", T("What it is", "内容说明")),
    ("quantity", T("Quantity", "数量")),
    ("price_fen", T("Unit price (yuan)", "单价（元）")),
)
MOST_LINES = 60
# Ten billion yuan: what is counted with stays within whole numbers of the database.
MOST_FEN = 1_000_000_000_000
# What PostgreSQL's JSON refuses, and what UTF-8 cannot carry.
UNSTORABLE = {0: None, **dict.fromkeys(range(0xD800, 0xE000))}


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a budget can hold, with the unit in which its quantity is counted."""

    value: str
    label: T
    unit: T

    def counted(self, quantity: str | Decimal, language: str) -> str:
        """A quantity with its unit, in English in the singular for exactly one: “1 project”, “2.5 host-years”."""
        unit = self.unit.in_language(language)
        if language == "en" and Decimal(quantity) == 1:
            unit = unit.removesuffix("s")
        return f"{quantity} {unit}"


class Cell(NamedTuple):
    """One input of a line: what was typed, what it means, what is wrong with it."""

    name: str
    typed: str
    value: Value | None
    problem: Problem | None


@dataclass(frozen=True)
class BudgetLines(Kind):
    """Lines of item, content, quantity (two decimals) and unit price. Typed text and value are JSON text.

    Typed: a list of lists of typed texts, in the order of `COLUMNS`. Value: a list of objects, prices in fen.

    >>> kind.parse('[["server", "数据库服务器", "2", "50000"]]')
    '[{"item":"server","what":"数据库服务器","quantity":"2","price_fen":5000000}]'
    """

    items: tuple[Item, ...] = ()

    slug: ClassVar[str] = "budget_lines"
    template: ClassVar[str] = "forms/fields/budget.html"

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """How each column is read."""
        return (
            Choice(tuple(Option(item.value, item.label) for item in self.items)),
            Text(max_length=120),
            DecimalNumber(minimum="0.01", maximum="100000"),
            Money(minimum_fen=1, maximum_fen=100_000_000_000),
        )

    @cached_property
    def by_value(self) -> dict[str, Item]:
        return {item.value: item for item in self.items}

    def parse(self, raw: str) -> Value:
        rows = rows_of(raw)
        if rows is None:
            raise Problem(
                "not_lines",
                T(
                    en="Send the lines as a JSON list of [item, what it is, quantity, unit price in yuan]",
                    zh="请按 JSON 列表提交，每行依次为：项目、内容说明、数量、单价（元）",
                ),
            )
        if not rows:
            raise Problem(MISSING.code, MISSING.words)
        if len(rows) > MOST_LINES:
            raise Problem(
                "too_many_lines",
                T(
                    en="{n} lines; {most} are possible: put small ones together",
                    zh="共 {n} 行，最多 {most} 行，请合并小额项目",
                ).format(n=len(rows), most=MOST_LINES),
            )
        lines = [self.cells(row) for row in rows]
        wrong = [_named(n, cell) for n, line in enumerate(lines, 1) for cell in line if cell.problem]
        if wrong:
            raise Problem("lines_wrong", T("; ".join(w.en for w in wrong), "；".join(w.zh for w in wrong)))
        value = json.dumps(
            [{cell.name: cell.value for cell in line} for line in lines],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        if total_fen(value) > MOST_FEN:
            most = yuan(MOST_FEN)
            raise Problem(
                "too_large",
                T(en="The budget comes to more than {most} yuan", zh="预算合计超过 {most} 元").format(
                    most=most
                ),
            )
        return value

    def cells(self, row: list[str]) -> list[Cell]:
        """The cells of a typed line, each with its value or its problem."""
        found = []
        for (name, _), kind, typed in zip(COLUMNS, self.kinds, [*row, "", "", "", ""], strict=False):
            try:
                value, problem = (kind.parse(typed), None) if typed.strip() else (None, MISSING)
            except Problem as wrong:
                value, problem = None, wrong
            found.append(Cell(name, typed, value, problem))
        return found

    def show(self, value: Value, language: str) -> str:
        money, said = Money(), []
        for n, line in enumerate(lines_of(value), 1):
            item = self.by_value.get(line["item"])
            label = item.label.in_language(language) if item else line["item"]
            times = item.counted(line["quantity"], language) if item else line["quantity"]
            price, amount = (money.show(fen, language) for fen in (line["price_fen"], amount_fen(line)))
            one = T(en="{n}. {label} {what}: {times} × {price} = {amount}",
                    zh="{n}. {label} {what}：{times} × {price} = {amount}")  # fmt: skip
            said.append(one.format(n=n, label=label, what=line["what"], times=times,
                                   price=price, amount=amount))  # fmt: skip
        said.append(T(en="{sum} in all", zh="合计 {sum}").format(sum=money.show(total_fen(value), language)))
        return T(en="; ", zh="；").in_language(language).join(one.in_language(language) for one in said)

    def raw(self, value: Value) -> str:
        money = Money()
        return typed_lines(
            [
                [line["item"], line["what"], line["quantity"], money.raw(line["price_fen"])]
                for line in lines_of(value)
            ]
        )

    def spoken(self, typed: str) -> str:
        """What was typed, for a reader, also where it is wrong."""
        return "; ".join(" · ".join(filter(None, row)) for row in rows_of(typed) or [[typed]])

    def gathered(self, name: str, posted: Mapping[str, str]) -> str | None:
        """The lines whose inputs are called `budget.0.item`, `budget.0.what`, …; empty ones are left out."""
        numbers = range(MOST_LINES + 10)
        rows = [[posted.get(f"{name}.{n}.{column}") for column, _ in COLUMNS] for n in numbers]
        there = [
            [(cell or "").strip() for cell in row] for row in rows if any(cell is not None for cell in row)
        ]
        return typed_lines([row for row in there if any(row)]) if there else None

    def derived(self, name: str, value: Value) -> dict[str, Value]:
        """The total in fen, under `budget_fen` for a field `budget`."""
        return {f"{name}_fen": total_fen(value)}

    def parameters(self) -> dict[str, Any]:
        def both(words: T) -> dict[str, str]:
            return {"en": words.en, "zh": words.zh}

        return {
            "items": [{"value": i.value, "label": both(i.label), "unit": both(i.unit)} for i in self.items]
        }

    @classmethod
    def restored(cls, parameters: dict[str, Any]) -> "BudgetLines":
        return cls(
            tuple(Item(i["value"], T(**i["label"]), T(**i["unit"])) for i in parameters["items"]),
        )


def rows_of(typed: str) -> list[list[str]] | None:
    """The lines as they were typed; None where this is no list of lists of texts."""
    if not typed.strip():
        return []
    try:
        rows = json.loads(typed)
    except (ValueError, RecursionError):
        return None
    if not isinstance(rows, list) or not all(
        isinstance(row, list)
        and len(row) <= len(COLUMNS)
        and all(isinstance(cell, (str, int)) for cell in row)
        for row in rows
    ):
        return None
    return [[str(cell).translate(UNSTORABLE) for cell in row] for row in rows]


def typed_lines(rows: list[list[str]]) -> str:
    """The typed text of these lines, the same for the same lines; empty for none."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def lines_of(value: Value) -> list[dict[str, Any]]:
    """The lines of a value."""
    found: list[dict[str, Any]] = json.loads(str(value))
    return found


def amount_fen(line: Mapping[str, Any]) -> int:
    """Quantity times unit price, rounded half up to the fen."""
    return int((Decimal(line["quantity"]) * line["price_fen"]).quantize(Decimal(1), ROUND_HALF_UP))


def total_fen(value: Value) -> int:
    """What the lines of a value come to."""
    return sum(amount_fen(line) for line in lines_of(value))


def _named(number: int, cell: Cell) -> T:
    label, words = dict(COLUMNS)[cell.name], cell.problem.words if cell.problem else T("", "")
    return T(f"Line {number}, {label.en}: {words.en}", f"第 {number} 行“{label.zh}”：{words.zh}")
