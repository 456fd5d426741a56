"""The bank's return of a payment list: a file of results by line, looked at before anything is applied."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from config.errors import Refusal
from config.words import T
from forms.errors import CellProblem, Empty, TooManyRows
from forms.fields import Choice, Date, Integer, Money, Option, Text
from forms.roster import Column, ReadRow, Roster, read_xlsx, write_xlsx
from storage import uploads
from storage.kinds import CSV
from storage.models import Document
from workflows.models import Command, PaymentLine, PaymentList
from workflows.payments import Returned, read_return

# A list has one line for an employer; a longer file is split, for a return may come in parts.
MAX_LINES = 2000
RETURN = Roster(
    title=T("Bank's return", "银行回单"),
    key=("line",),
    columns=(
        Column(
            "line", T("Line", "行号"), Integer(minimum=1, maximum=MAX_LINES * 50), aliases=("序号", "No.")
        ),
        Column(
            "result",
            T("Result", "结果"),
            Choice(
                options=(
                    Option(
                        "paid", T("paid", "成功"), ("success", "succeeded", "已付", "付款成功", "交易成功")
                    ),
                    Option("failed", T("failed", "失败"), ("failure", "退票", "付款失败", "交易失败")),
                )
            ),
            aliases=("状态", "Status"),
        ),
        Column("paid_on", T("Date", "日期"), Date(), required=False, aliases=("付款日期", "交易日期")),
        Column(
            "reference",
            T("Reference", "流水号"),
            Text(max_length=60),
            required=False,
            aliases=("交易流水号",),
        ),
        Column("failure", T("Failure", "失败原因"), Text(max_length=200), required=False, aliases=("原因",)),
        Column(
            "amount_fen",
            T("Amount (yuan)", "金额（元）"),
            Money(),
            required=False,
            hint=T("May be left out; where it stands it is compared.", "可不填；填写时与清单核对。"),
            aliases=("金额", "Amount"),
        ),
    ),
)


class ReturnUnreadable(Refusal):
    code = "return_unreadable"
    status = 422
    words = T(
        en="“{file}” is not text that can be read as CSV. Save it as .xlsx or as CSV (UTF-8), then upload it again.",
        zh="“{file}”无法按 CSV 读取。请另存为 .xlsx 或 CSV（UTF-8）后重新上传。",
    )


class ReturnEmpty(Refusal):
    code = "return_empty"
    status = 422
    words = T(
        en="“{file}” has no lines below its headings. Ask the bank for the complete return.",
        zh="“{file}”的表头下没有内容。请向银行索取完整的回单。",
    )


class ReturnWrong(Refusal):
    code = "return_wrong"
    status = 409
    words = T(
        en="The return does not fit list {number}; nothing was recorded. The page names each line.",
        zh="回单与清单 {number} 不符，未登记任何一行。问题已在页面逐行列出。",
    )


class ReturnApplied(Refusal):
    code = "return_applied"
    status = 409
    words = T(
        en="Everything in this return has been recorded on list {number} before; nothing was changed.",
        zh="这份回单的内容此前已全部登记在清单 {number}，未作改动。",
    )


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One row of the file. `row` is the row that Excel shows."""

    row: int
    position: int
    paid: bool
    paid_on: date | None
    reference: str
    failure: str
    amount_fen: int | None

    @property
    def returned(self) -> Returned:
        return Returned(self.position, self.paid, self.paid_on, self.reference, self.failure)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The rows that could be read, and what is wrong with the others."""

    lines: list[ReturnLine]
    problems: list[CellProblem]


@dataclass(frozen=True, slots=True)
class Check:
    """What a return would do to its list; nothing is done by looking."""

    paid: list[tuple[PaymentLine, ReturnLine]] = field(default_factory=list)
    failed: list[tuple[PaymentLine, ReturnLine]] = field(default_factory=list)
    # Recorded before, the same.
    same: list[tuple[PaymentLine, ReturnLine]] = field(default_factory=list)
    # Recorded before, and otherwise.
    otherwise: list[tuple[PaymentLine, ReturnLine]] = field(default_factory=list)
    # The amount of the file is not that of the line.
    amounts: list[tuple[PaymentLine, ReturnLine]] = field(default_factory=list)
    unknown: list[ReturnLine] = field(default_factory=list)
    missing: list[PaymentLine] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return bool(self.problems or self.unknown or self.otherwise or self.amounts)

    @property
    def does_nothing(self) -> bool:
        return not (self.paid or self.failed)

    @property
    def paid_fen(self) -> int:
        return sum(line.amount_fen for line, _ in self.paid)

    @property
    def failed_fen(self) -> int:
        return sum(line.amount_fen for line, _ in self.failed)

    @property
    def missing_fen(self) -> int:
        return sum(line.amount_fen for line in self.missing)


def purpose_of(made: PaymentList) -> str:
    """By which the uploads of one list are known among the documents."""
    return f"bank_return:{made.pk}"


def uploads_of(made: PaymentList) -> QuerySet[Document]:
    """The returns that were uploaded for a list, newest first."""
    return Document.objects.filter(purpose=purpose_of(made)).order_by("-created_at")


def read_file(document: Document) -> ReadFile:
    """The lines of an uploaded return, Excel or CSV.

    Raises:
        BadFile, ReturnUnreadable, ReturnEmpty: nothing of it can be read; each says why.
        StoreAway: the document store does not answer.
    """
    return read_bytes(uploads.read(document), document.filename, is_csv=document.content_type == CSV)


def read_bytes(data: bytes, name: str, *, is_csv: bool) -> ReadFile:
    """`read_file` for a content at hand."""
    source = io.BytesIO(_as_workbook(data, name) if is_csv else data)
    try:
        rows = [row for c in read_xlsx(source, RETURN, max_rows=MAX_LINES, file=name) for row in c.rows]
    except Empty as error:
        raise ReturnEmpty(file=name) from error
    problems = [problem for row in rows for problem in (*row.problems, *_more(row)) if not problem.warning]
    wrong = {problem.row for problem in problems}
    return ReadFile([_line(row) for row in rows if row.number not in wrong], problems)


def _as_workbook(data: bytes, name: str) -> bytes:
    """A CSV put into a workbook, so that one reader reads both."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ReturnUnreadable(file=name)
    first = text.lstrip().partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise ReturnUnreadable(file=name) from error
    if not rows:
        raise ReturnEmpty(file=name)
    if len(rows) > MAX_LINES + 10:
        raise TooManyRows(file=name, found=len(rows), limit=MAX_LINES)
    return write_xlsx(rows[0], rows[1:], title="CSV", text_columns=range(max(map(len, rows))))


def _more(row: ReadRow) -> list[CellProblem]:
    """What one cell alone cannot tell: a paid line has its day, a failed one its reason."""
    asked = {"paid": "paid_on", "failed": "failure"}.get(str(row.values.get("result")), "")
    if not asked or row.values.get(asked) or any(p.column == asked for p in row.problems):
        return []
    words = T("A line that was paid needs its day", "付款成功的行须有日期")
    if asked == "failure":
        words = T("A line that failed needs the bank's reason", "付款失败的行须写明原因")
    column = RETURN.by_name[asked]
    return [CellProblem(row.number, asked, column.label, row.raw.get(asked, ""), "missing", words)]


def _line(row: ReadRow) -> ReturnLine:
    values = row.values
    return ReturnLine(
        row=row.number,
        position=values["line"],
        paid=values["result"] == "paid",
        paid_on=date.fromisoformat(values["paid_on"]) if values.get("paid_on") else None,
        reference=values.get("reference") or "",
        failure=values.get("failure") or "",
        amount_fen=values.get("amount_fen"),
    )


def check(made: PaymentList, read: ReadFile) -> Check:
    """What applying `read` would do to the list as it stands; two returns of one list may follow each other."""
    found = Check(problems=list(read.problems))
    lines = {line.position: line for line in made.lines.select_related("application").order_by("position")}
    for result in read.lines:
        line = lines.pop(result.position, None)
        if line is None:
            found.unknown.append(result)
        elif result.amount_fen is not None and result.amount_fen != line.amount_fen:
            found.amounts.append((line, result))
        else:
            _sort(found, line, result)
    named = {problem.row for problem in read.problems}
    found.missing.extend(
        line for line in lines.values() if line.state == PaymentLine.State.WAITING and not named
    )
    return found


def _sort(found: Check, line: PaymentLine, result: ReturnLine) -> None:
    state = PaymentLine.State.PAID if result.paid else PaymentLine.State.FAILED
    if line.state == PaymentLine.State.WAITING:
        (found.paid if result.paid else found.failed).append((line, result))
    else:
        (found.same if line.state == state else found.otherwise).append((line, result))


def apply(
    made: PaymentList, document: Document, *, actor: User, key: str, at: datetime | None = None
) -> Check:
    """Record what the bank says in `document`, all of it or nothing; the file is kept with the list.

    Raises:
        ReturnWrong: a line does not fit, or a cell cannot be read.
        ReturnApplied: all of it is recorded already.
        Blocked: `actor` is not a cashier of the authority.
    """
    read = read_file(document)
    with transaction.atomic():
        locked = PaymentList.objects.select_for_update(of=("self",)).get(pk=made.pk)
        found = check(locked, read)
        if Command.objects.filter(actor=actor, key=f"{key}:record").exists():
            return found
        if found.is_wrong:
            raise ReturnWrong(number=locked.number)
        if found.does_nothing:
            raise ReturnApplied(number=locked.number)
        results = [result.returned for _, result in (*found.paid, *found.failed)]
        read_return(locked, results, actor=actor, key=key, at=at)
        PaymentList.objects.filter(pk=locked.pk).update(bank_return=document)
    return found
