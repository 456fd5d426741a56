"""The offline sheet, in: what is wrong cell by cell, what would change, and taking it over into the drafts."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core import signing
from django.db import transaction
from python_calamine import CalamineError, CalamineWorkbook

from accounts.models import User
from config.errors import Refusal
from config.words import T
from forms.roster.guard import look
from workflows.engine.rubric import Rubric
from workflows.review.counting import leaves
from workflows.review.sheets.content import COMMENT_MAX, TOO_LONG, Content, plain, problem_of
from workflows.review.sheets.drafts import Sheet, save
from workflows.review.sheets.workbook import (
    COMMENT_COLUMN,
    FORMAT,
    KEY_SHEET,
    SCORE_COLUMN,
    Slot,
    open_sheets,
    rubric_sha256,
    slots_of,
)

ROWS_MAX = 500
SIGNED_FOR_SECONDS = 3600
SALT = "score-sheets"
COLUMNS = "ABCDE"
MOVED = T(
    "This row should be “{title}”; rows must not be moved or deleted.",
    "此行应为“{title}”，请勿移动或删除行。",
)


class NotASheet(Refusal):
    code = "not_a_sheet"
    status = 422
    words = T(
        "This is no workbook of score sheets from here. Download one above and fill it in.",
        "这不是从本页下载的评分表工作簿。请先下载，填写后再上传。",
    )


class PreviewOver(Refusal):
    code = "preview_over"
    status = 409
    words = T("This comparison is too old. Upload the workbook again.", "比对结果已过期，请重新上传工作簿。")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be taken: where it is, what stands there, why."""

    sheet: str
    row: int
    column: str
    value: str
    reason: T


@dataclass(frozen=True, slots=True)
class Change:
    """One field that would change."""

    title: T
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """What the workbook says of one case. `stale`: the sheet was saved elsewhere after the workbook was written."""

    number: str
    sheet: Sheet | None
    content: Content
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    stale: bool = False
    # Why nothing of it can be taken: not open any more, or the criteria have changed.
    closed: T | None = None

    @property
    def takes(self) -> bool:
        return bool(self.changes) and not self.faults and self.closed is None


GONE = T("This case is not open to you for scoring (any more).", "本件（已）不在您可评分的范围内。")
OTHER_RUBRIC = T(
    "The criteria have changed since this workbook was written. Download a new one.",
    "下载之后评分指标已有变化，请重新下载。",
)


def read_workbook(user: User, source: BinaryIO, name: str) -> list[Incoming]:
    """What a workbook would change; nothing is kept.

    Raises:
        BadFile: it is no Excel file, or a harmful one.
        NotASheet: it is none of ours.
    """
    look(source, name, max_rows=ROWS_MAX)
    source.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(source)
        if KEY_SHEET not in book.sheet_names:
            raise NotASheet
        keys = book.get_sheet_by_name(KEY_SHEET).to_python()
        pages = {
            one: book.get_sheet_by_name(one).to_python(skip_empty_area=False) for one in book.sheet_names
        }
    except CalamineError as error:
        raise NotASheet from error
    if not keys or str(keys[0][0]) not in (str(FORMAT), f"{FORMAT}.0"):
        raise NotASheet
    mine = {str(sheet.case.pk): sheet for sheet in open_sheets(user)}
    return [_case(row, mine, pages) for row in keys[1:] if len(row) >= 4]


def _case(key: list[Any], mine: dict[str, Sheet], pages: dict[str, list[list[Any]]]) -> Incoming:
    number, pk, version, sha256 = (str(cell) for cell in key[:4])
    sheet = mine.get(pk)
    # Whoever forges the key of a case learns no more than that it is not theirs.
    if sheet is None or str(sheet.case.number) != number:
        return Incoming(number, None, Content(), (), (), closed=GONE)
    if rubric_sha256(sheet.rubric) != sha256 or number not in pages:
        return Incoming(number, sheet, Content(), (), (), closed=OTHER_RUBRIC)
    content, faults = _content(sheet.rubric, number, pages[number])
    content = Content(content.scores, content.comments, content.vetoes, content.opinion, sheet.content.reason)
    changes = tuple(_changes(sheet.rubric, sheet.content, content))
    return Incoming(number, sheet, content, changes, tuple(faults), stale=str(sheet.version) != version)


def _content(rubric: Rubric, number: str, page: list[list[Any]]) -> tuple[Content, list[Fault]]:
    by_name = {leaf.name: leaf for leaf in leaves(rubric)}
    scores, comments, vetoes, opinion = {}, {}, [], ""
    faults: list[Fault] = []

    def fault(slot: Slot, column: int, value: str, reason: T) -> None:
        faults.append(Fault(number, slot.row + 1, COLUMNS[column], value[:60], reason))

    for slot in slots_of(rubric):
        cells = page[slot.row] if slot.row < len(page) else []
        title, typed, words = (_text(cells, column) for column in (0, SCORE_COLUMN, COMMENT_COLUMN))
        if title not in (slot.title.en, slot.title.zh):
            fault(slot, 0, title, MOVED.format(title=slot.title))
            continue
        if len(words) > COMMENT_MAX:
            fault(slot, COMMENT_COLUMN, words, TOO_LONG.format(most=COMMENT_MAX, count=len(words)))
        if slot.kind == "opinion":
            opinion = words
            continue
        if words:
            comments[slot.name] = words
        if slot.kind == "veto":
            vetoes += [slot.name] if typed else []
            continue
        scores[slot.name] = plain(typed) if typed else ""
        if typed and (wrong := problem_of(by_name[slot.name], typed)) is not None:
            fault(slot, SCORE_COLUMN, typed, wrong)
    return Content(scores, comments, tuple(vetoes), opinion), faults


def _text(cells: list[Any], column: int) -> str:
    value = cells[column] if column < len(cells) else ""
    if isinstance(value, float):
        return plain(f"{value:.6f}")
    return str(value).replace("\r\n", "\n").strip()


def _changes(rubric: Rubric, was: Content, becomes: Content) -> list[Change]:
    found = []
    for slot in slots_of(rubric):
        before, after = _of(slot, was), _of(slot, becomes)
        found += [
            Change(slot.title, one, other) for one, other in zip(before, after, strict=True) if one != other
        ]
    return found


def _of(slot: Slot, content: Content) -> tuple[str, ...]:
    if slot.kind == "opinion":
        return (content.opinion,)
    said = content.comments.get(slot.name, "")
    if slot.kind == "veto":
        return ("✓" if slot.name in content.vetoes else "", said)
    return (plain(content.scores.get(slot.name, "").strip()), said)


def signed(user: User, found: list[Incoming]) -> str:
    """What the reader was shown, to be sent back when they agree; nobody else can use it."""
    rows = [
        [one.sheet.case.pk, one.sheet.version, one.content.data] for one in found if one.takes and one.sheet
    ]
    return signing.dumps([user.pk, rows], salt=SALT, compress=True)


def take(user: User, token: str) -> int:
    """Take over what was shown, all of it or nothing; how many sheets. Each stays a draft.

    Raises:
        PreviewOver: it was shown to somebody else, or more than an hour ago.
        OlderTab: a sheet was saved since it was shown.
        ScoringClosed, AlreadyIn, NoSheet: a sheet is not open any more.
    """
    try:
        whose, rows = signing.loads(token, salt=SALT, max_age=SIGNED_FOR_SECONDS)
    except signing.BadSignature as error:
        raise PreviewOver from error
    if whose != user.pk:
        raise PreviewOver
    with transaction.atomic():
        for pk, version, content in sorted(rows, key=lambda row: row[0]):
            save(user, pk, Content.kept(content), version=version)
    return len(rows)
