"""Experts in a workbook: its columns, what is read from it, and what is written into one.

A list never takes anything away: a blank cell leaves what is there, and who is not in the list stays.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from config.words import T
from forms.errors import CellProblem
from forms.fields import (
    Choice,
    CreditCode,
    Date,
    Email,
    Integer,
    LongText,
    Mobile,
    Option,
    ResidentId,
    Text,
    Year,
)
from forms.roster import Column, ReadRow, Roster, read_xlsx, write_xlsx
from storage import uploads
from storage.models import Document
from workflows.models import Expert, ExpertField
from workflows.models.review_experts import ExpertQuerySet
from workflows.review.experts.changes import STATUS_WORDS

MAX_ROWS = 5000
LEVELS = Choice(
    options=(
        Option("senior", T("Senior", "高级"), ("正高", "副高", "正高级", "副高级")),
        Option("middle", T("Intermediate", "中级")),
        Option("junior", T("Junior", "初级")),
    )
)
FIELDS_HINT = T(
    "Codes or names of the tree, each with 1 to 3 for how well: IT01:3, FN01. Without a number it is 2.",
    "填写领域代码或名称，冒号后为熟悉程度 1 至 3，例如：IT01:3、FN01。不写数字为 2。",
)
ROSTER = Roster(
    title=T("Experts", "专家"),
    key=("email",),
    columns=(
        Column("name", T("Name", "姓名"), Text(max_length=80), example=T("Zheng Shili", "郑示例")),
        Column("email", T("E-mail", "邮箱"), Email(), example=T("zheng@example.com", "zheng@example.com"),
               hint=T("By it a person is found again.", "按邮箱识别同一人。")),
        Column("phone", T("Mobile", "手机"), Mobile(), required=False),
        Column("id_number", T("Resident ID number", "身份证号"), ResidentId(), required=False),
        Column("in_field_since", T("In the field since", "从事本领域起始年份"), Year(first=1950), required=False,
               aliases=("起始年份",), example=T("1998", "1998")),
        Column("languages", T("Languages", "语言"), Text(max_length=60), required=False,
               hint=T("Codes: zh, en, ja, de, fr, ru", "代码：zh、en、ja、de、fr、ru"), example=T("en", "en")),
        Column("load_limit", T("Cases at most", "承担件数上限"), Integer(maximum=200), required=False,
               example=T("20", "20")),
        Column("fields", T("Fields", "专业领域"), Text(max_length=400), required=False, hint=FIELDS_HINT,
               example=T("IT01:3", "IT01:3")),
        Column("title", T("Title", "职称"), Text(max_length=80), required=False, example=T("Professor", "教授")),
        Column("level", T("Level of the title", "职称级别"), LEVELS, required=False),
        Column("awarded_on", T("Awarded on", "取得日期"), Date(past=True), required=False),
        Column("valid_until", T("Title valid until", "职称有效期至"), Date(), required=False),
        Column("organisation", T("Employer", "工作单位"), Text(max_length=120), required=False,
               example=T("Example University", "示例大学")),
        Column("credit_code", T("Credit code of the employer", "单位统一社会信用代码"), CreditCode(), required=False),
        Column("about", T("Experience", "专业经历"), LongText(), required=False),
    ),
)  # fmt: skip
LANGUAGES = frozenset({"zh", "en", "ja", "de", "fr", "ru"})
_BETWEEN = re.compile(r"[,;、，；\s]+")


@dataclass(frozen=True, slots=True)
class Said:
    """One row as read: the values that stand there, with fields and languages understood."""

    row: int
    values: dict[str, Any]
    strengths: dict[str, int] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return str(self.values["email"]).lower()


def read(document: Document) -> tuple[list[Said], list[CellProblem]]:
    """The rows of an uploaded list that can be read whole, and what is wrong with the others.

    Raises:
        BadFile: nothing of it can be read; says why.
        StoreAway: the document store does not answer.
    """
    return read_bytes(uploads.read(document), document.filename)


def read_bytes(data: bytes, name: str) -> tuple[list[Said], list[CellProblem]]:
    """`read` for a content at hand."""
    fields = _words_of_fields()
    said, problems = [], []
    for chunk in read_xlsx(io.BytesIO(data), ROSTER, max_rows=MAX_ROWS, file=name):
        for row in chunk.rows:
            found, wrong = _understood(row, fields)
            problems.extend(wrong)
            if found is not None and not wrong:
                said.append(found)
    return said, problems


def _understood(row: ReadRow, fields: dict[str, str]) -> tuple[Said | None, list[CellProblem]]:
    wrong = [problem for problem in row.problems if not problem.warning]
    values = {name: value for name, value in row.values.items() if value not in (None, "")}
    strengths: dict[str, int] = {}
    for word in _BETWEEN.split(str(values.pop("fields", ""))):
        if not word:
            continue
        name, _, strength = word.replace("：", ":").partition(":")
        code = fields.get(name.casefold())
        if code is None or strength not in ("", "1", "2", "3"):
            wrong.append(_problem(row, "fields", "unknown_field", UNKNOWN.format(name=word)))
        else:
            strengths[code] = int(strength or 2)
    if "languages" in values:
        values["languages"] = [word.lower() for word in _BETWEEN.split(str(values["languages"])) if word]
        for word in set(values["languages"]) - LANGUAGES:
            wrong.append(_problem(row, "languages", "unknown_language", UNSPOKEN.format(name=word)))
    if "title" in values and "level" not in values:
        wrong.append(_problem(row, "level", "missing", LEVEL_MISSING))
    return (None if wrong else Said(row.number, values, strengths)), wrong


UNKNOWN = T("“{name}” is no field of the tree", "“{name}”不是专业领域目录中的领域")
UNSPOKEN = T("“{name}”: use zh, en, ja, de, fr, ru", "“{name}”：请使用 zh、en、ja、de、fr、ru")
LEVEL_MISSING = T("A title needs its level", "填写职称时须填写职称级别")


def _problem(row: ReadRow, column: str, code: str, words: T) -> CellProblem:
    return CellProblem(
        row=row.number, column=column, label=ROSTER.by_name[column].label, value=row.raw[column], code=code,
        words=words,
    )  # fmt: skip


def _words_of_fields() -> dict[str, str]:
    """Every word by which a living field can be named → its code."""
    words: dict[str, str] = {}
    for one in ExpertField.objects.filter(retired_at=None):
        for word in (one.code, one.title_zh, "".join(one.title_en.split())):
            words.setdefault(word.casefold(), one.code)
    return words


def written(experts: ExpertQuerySet, language: str) -> bytes:
    """These files as a workbook that can be read back; sealed numbers are left out. Wants `reading.with_rows`."""
    more = (T("Code", "编号"), T("Status", "状态"), T("Grade", "服务评分"))
    headers = [column.label.in_language(language) for column in ROSTER.columns]
    headers += [words.in_language(language) for words in more]
    rows = (_row(expert, language) for expert in experts)
    return write_xlsx(headers, rows, title=ROSTER.title.in_language(language), text_columns={13})


def _row(expert: Expert, language: str) -> Sequence[Any]:
    title = next(iter(expert.titles.all()), None)
    employer = next(iter(getattr(expert, "employers", ())), None)
    return (
        expert.name, expert.email, "", "", expert.in_field_since, ", ".join(expert.languages), expert.load_limit,
        ", ".join(f"{one.field.code}:{one.strength}" for one in expert.competences.all()),
        title and title.name, title and LEVELS.show(title.level, language), title and title.awarded_on,
        title and title.valid_until, employer and employer.organisation, employer and employer.credit_code,
        expert.about, expert.code, STATUS_WORDS[expert.status].in_language(language), expert.grade,
    )  # fmt: skip
