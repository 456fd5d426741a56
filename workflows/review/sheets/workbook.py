"""The offline sheet, out: one workbook for all of an expert's cases, locked but for what they fill in."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from accounts.models import User
from config.words import T
from forms.sheets import sheet_name
from workflows.engine.canonical import canonical
from workflows.engine.rubric import Rubric
from workflows.models import Assignment, Review, ReviewDraft
from workflows.review.counting import leaves
from workflows.review.sheets.content import COMMENT_MAX, number_of
from workflows.review.sheets.drafts import GIVE, Sheet
from workflows.rules import reviewable_by

FORMAT = 1
# What the program reads back: hidden, and locked like the rest.
KEY_SHEET = "_bailu"
FIRST_ROW = 4
SCORE_COLUMN, COMMENT_COLUMN = 2, 3
YES = "✓"


@dataclass(frozen=True, slots=True)
class Slot:
    """A row of a case's sheet: which field of the score sheet it holds, under which title."""

    row: int
    kind: str
    name: str
    title: T


def open_sheets(user: User) -> list[Sheet]:
    """The sheets of `user` that can be filled in now, in the order of their cases; four queries."""
    mine = (
        Assignment.objects.open_to(user)
        .filter(application__in=reviewable_by(user), abstained_at=None, undertaking_at__isnull=False)
        .select_related("expert", "seat", "application__round", "application__applicant")
        .order_by("application__number")
    )
    scored = [
        one
        for one in mine
        if one.application.declaration.rubric and GIVE in one.application.declaration.steps
    ]
    reviews: dict[int, list[Review]] = {}
    for review in Review.objects.filter(assignment__in=scored).order_by("number"):
        reviews.setdefault(review.assignment_id, []).append(review)
    drafts = {draft.assignment_id: draft for draft in ReviewDraft.objects.filter(assignment__in=scored)}
    sheets = [
        Sheet(one.application, rubric, one, tuple(reviews.get(one.pk, ())), drafts.get(one.pk))
        for one in scored
        if (rubric := one.application.declaration.rubric) is not None
    ]
    return [sheet for sheet in sheets if sheet.is_open]


def slots_of(rubric: Rubric) -> list[Slot]:
    """The rows of a sheet by this rubric: scores, vetoes, the opinion."""
    scores = [("score", leaf.name, leaf.title) for leaf in leaves(rubric)]
    vetoes = [("veto", veto.name, veto.title) for veto in rubric.vetoes]
    named = [*scores, *vetoes, ("opinion", "opinion", T("Opinion", "评审意见"))]
    return [Slot(FIRST_ROW + at, kind, name, title) for at, (kind, name, title) in enumerate(named)]


def rubric_sha256(rubric: Rubric) -> str:
    """Of what the rows of a sheet are: with another one they would be other rows."""
    rows = [[slot.kind, slot.name] for slot in slots_of(rubric)]
    most = [leaf.points for leaf in leaves(rubric)]
    return hashlib.sha256(canonical([FORMAT, rows, most]).encode()).hexdigest()


def write_sheets(sheets: Sequence[Sheet]) -> bytes:
    """The workbook: a worksheet a case, and a hidden one that says which case, which version, which rubric."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.set_properties({"title": _("Score sheets")})
        writer = _Writer(book)
        for sheet in sheets:
            writer.case(sheet)
        writer.key(sheets)
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.words = book.add_format({"text_wrap": True, "valign": "top"})
        filled = {"locked": False, "bg_color": "#FDF1DD", "border": 1, "valign": "top"}
        self.number = book.add_format({**filled, "num_format": "0.##"})
        self.text = book.add_format({**filled, "text_wrap": True, "num_format": 49})

    def case(self, sheet: Sheet) -> None:
        page = self.book.add_worksheet(sheet_name(str(sheet.case.number)))
        for column, width in enumerate((34, 9, 9, 60, 50)):
            page.set_column(column, column, width)
        page.write_string(0, 0, f"{sheet.case.number} {sheet.case.round.title}", self.title)
        page.write_string(
            1,
            0,
            _("Fill in the coloured cells only, then upload the file. Nothing is submitted by uploading it."),
        )
        headings = (_("Criterion"), _("Points at most"), _("Score"), _("Comment"), _("Guidance"))
        for column, heading in enumerate(headings):
            page.write_string(FIRST_ROW - 1, column, heading, self.head)
        for slot in slots_of(sheet.rubric):
            page.write_string(slot.row, 0, str(slot.title), self.words)
            getattr(self, f"_{slot.kind}")(page, slot, sheet)
        page.freeze_panes(FIRST_ROW, 1)
        page.protect("", {"format_rows": True, "format_columns": True})

    def _score(self, page: Any, slot: Slot, sheet: Sheet) -> None:
        leaf = next(leaf for leaf in leaves(sheet.rubric) if leaf.name == slot.name)
        page.write_number(slot.row, 1, leaf.points)
        typed = sheet.content.scores.get(slot.name, "")
        number = number_of(typed)
        if number is not None:
            page.write_number(slot.row, SCORE_COLUMN, float(number), self.number)
        elif typed:
            page.write_string(slot.row, SCORE_COLUMN, typed, self.number)
        else:
            page.write_blank(slot.row, SCORE_COLUMN, None, self.number)
        page.data_validation(slot.row, SCORE_COLUMN, slot.row, SCORE_COLUMN, {
            "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": leaf.points,
            "error_message": _("From 0 to %(most)s, please.") % {"most": leaf.points},
        })  # fmt: skip
        page.write_string(slot.row, COMMENT_COLUMN, sheet.content.comments.get(slot.name, ""), self.text)
        page.write_string(slot.row, 4, str(leaf.guidance or ""), self.words)

    def _veto(self, page: Any, slot: Slot, sheet: Sheet) -> None:
        page.write_string(slot.row, 1, _("veto"))
        page.write_string(slot.row, SCORE_COLUMN, YES if slot.name in sheet.content.vetoes else "", self.text)
        page.data_validation(
            slot.row, SCORE_COLUMN, slot.row, SCORE_COLUMN, {"validate": "list", "source": [YES]}
        )
        page.write_string(slot.row, COMMENT_COLUMN, sheet.content.comments.get(slot.name, ""), self.text)

    def _opinion(self, page: Any, slot: Slot, sheet: Sheet) -> None:
        page.write_string(slot.row, COMMENT_COLUMN, sheet.content.opinion[:COMMENT_MAX], self.text)

    def key(self, sheets: Iterable[Sheet]) -> None:
        page = self.book.add_worksheet(KEY_SHEET)
        page.write_row(0, 0, [FORMAT])
        for row, sheet in enumerate(sheets, start=1):
            page.write_row(
                row,
                0,
                [str(sheet.case.number), str(sheet.case.pk), str(sheet.version), rubric_sha256(sheet.rubric)],
            )
        page.protect("")
        page.very_hidden()
