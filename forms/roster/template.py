"""The workbook that people download, fill in, and upload again."""

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from config.words import T
from forms.errors import CellProblem
from forms.fields import Choice, Date, Money, YesNo
from forms.roster.declare import MAX_ROWS, Column, Roster
from forms.sheets import TEXT_FORMAT, sheet_name, write_xlsx

# The example row says so in its first cell; the reader leaves such a row out while it holds the example.
EXAMPLE = T(en="Example｜", zh="示例｜")
EXAMPLE_MARKS = (EXAMPLE.en, EXAMPLE.zh)
# Excel refuses a longer list inside a cell's rule; a longer one is kept on a sheet.
INLINE_LIST_CHARACTERS = 255

NOTES = T(en="How to fill it in", zh="填写说明")
NOTE_HEADERS = (
    T(en="Column", zh="列"),
    T(en="Required", zh="必填"),
    T(en="How to write it", zh="怎样填写"),
    T(en="Options", zh="可选值"),
)
NOTE_LINES = (
    T(
        en="One row for each person. Do not merge cells, keep the headings.",
        zh="每人一行。不要合并单元格，不要改动标题。",
    ),
    T(
        en="The row marked “Example｜” is an example: remove it. It is not read.",
        zh="标有“示例｜”的一行是示例，请删去；系统不会读取。",
    ),
    T(
        en="Paste identity and account numbers as text: Excel keeps only 15 digits of a number.",
        zh="证件号码、账号请按文本粘贴：作为数字时 Excel 只保留 15 位。",
    ),
)


def template_xlsx(roster: Roster, language: str) -> bytes:
    """An empty roster in `language`: headings, one marked example row, lists to choose from, and a sheet of
    notes. What it holds can be read back by `read_xlsx` in either language."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        people = book.add_worksheet(sheet_name(roster.title.in_language(language)))
        notes = book.add_worksheet(sheet_name(NOTES.in_language(language)))
        lists = book.add_worksheet("lists")
        lists.hide()
        styles = {
            "text": book.add_format({"num_format": TEXT_FORMAT}),
            "money": book.add_format({"num_format": 2}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "must": book.add_format({"bold": True, "bg_color": "#DFF0ED", "border": 1, "text_wrap": True}),
            "may": book.add_format({"bg_color": "#F4F7F6", "border": 1, "text_wrap": True}),
            "example": book.add_format({"italic": True, "font_color": "#5F717B", "num_format": TEXT_FORMAT}),
            "bold": book.add_format({"bold": True}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        people.freeze_panes(1, 1)
        people.set_row(0, 32)
        for position, column in enumerate(roster.columns):
            _column((people, lists), styles, position, column, language)
        _notes(notes, styles, roster, language)
        people.activate()
    return buffer.getvalue()


def _column(sheets: tuple[Any, Any], styles: Any, position: int, column: Column, language: str) -> None:
    people, lists = sheets
    label = column.label.in_language(language)
    people.set_column(position, position, max(14, 2 * len(label) + 2), _style(styles, column))
    people.write_string(0, position, label, styles["must" if column.required else "may"])
    example = column.example_in(language)
    mark = EXAMPLE.in_language(language) if position == 0 else ""
    people.write_string(1, position, mark + example, styles["example"])
    options = _options(column, language)
    if options:
        source: Any = options
        if len(",".join(options)) > INLINE_LIST_CHARACTERS:
            lists.write_column(0, position, options)
            letters = xlsxwriter.utility.xl_col_to_name(position, col_abs=True)
            source = f"=lists!{letters}$1:{letters}${len(options)}"
        people.data_validation(2, position, MAX_ROWS, position, {"validate": "list", "source": source})


def _style(styles: Any, column: Column) -> Any:
    if isinstance(column.kind, Money):
        return styles["money"]
    return styles["day"] if isinstance(column.kind, Date) else styles["text"]


def _options(column: Column, language: str) -> list[str]:
    if isinstance(column.kind, (Choice, YesNo)):
        return [option.label.in_language(language) for option in column.kind.options]
    return []


def _notes(notes: Any, styles: Any, roster: Roster, language: str) -> None:
    notes.set_column(0, 0, 24, styles["wrap"])
    notes.set_column(1, 1, 10, styles["wrap"])
    notes.set_column(2, 3, 48, styles["wrap"])
    for number, line in enumerate(NOTE_LINES):
        notes.write_string(number, 0, line.in_language(language))
    top = len(NOTE_LINES) + 1
    for position, words in enumerate(NOTE_HEADERS):
        notes.write_string(top, position, words.in_language(language), styles["bold"])
    for number, column in enumerate(roster.columns, start=top + 1):
        must = (T(en="Yes", zh="是") if column.required else T(en="No", zh="否")).in_language(language)
        hint = column.hint.in_language(language) if column.hint else column.example_in(language)
        cells = (column.label.in_language(language), must, hint, " / ".join(_options(column, language)))
        for position, cell in enumerate(cells):
            notes.write_string(number, position, cell, styles["wrap"])


def problems_xlsx(problems: Iterable[CellProblem], language: str) -> bytes:
    """The problems as a workbook to work through: row, column, what stands there, what to do."""
    words = (
        T(en="Row", zh="行"),
        T(en="Column", zh="列"),
        T(en="Value", zh="内容"),
        T(en="What to do", zh="问题与改法"),
        T(en="Weight", zh="性质"),
    )
    error, warning = T(en="Error", zh="错误"), T(en="Warning", zh="提醒")
    headers = [word.in_language(language) for word in words]
    rows = (
        (
            problem.row,
            problem.label.in_language(language),
            problem.value,
            problem.words.in_language(language),
            (warning if problem.warning else error).in_language(language),
        )
        for problem in problems
    )
    title = T(en="Problems in the list", zh="名单问题清单").in_language(language)
    return write_xlsx(headers, rows, title=title, text_columns={2})
