"""What a field, a cell or a file can be refused for. Words name what is wrong and how to mend it."""

from dataclasses import dataclass
from typing import ClassVar

from accounts.sealing import mask
from config.errors import Refusal
from config.words import T


class Problem(ValueError):  # noqa: N818 - it is an answer to a person, not a fault of the program
    """A value that cannot be taken as it is. `code` is stable; `words` are a clause without a full stop."""

    def __init__(self, code: str, words: T) -> None:
        super().__init__(code)
        self.code = code
        self.words = words

    def __str__(self) -> str:
        return str(self.words)


MISSING = Problem("missing", T(en="This is missing: fill it in", zh="还没有填写"))


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with the answer to one field of a form."""

    field: str
    code: str
    words: T


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell of a roster. `row` is the row number that Excel shows, from 1."""

    row: int
    column: str
    label: T
    value: str
    code: str
    words: T
    # A warning: the value was taken, somebody should look at it.
    warning: bool = False
    sealed: bool = False

    @property
    def shown_value(self) -> str:
        """The value as it may stand on a page: masked where the column holds personal numbers."""
        return mask(self.value) if self.sealed else self.value


class BadFile(Refusal):
    """A roster file that cannot be read at all; nothing of it was taken."""

    code: ClassVar[str] = "bad_file"
    status: ClassVar[int] = 422


class NotExcel(BadFile):
    code = "not_excel"
    words = T(
        en="“{file}” is {found}, not an Excel workbook (.xlsx). "
        "Open it in Excel or WPS, save it as .xlsx, upload it again.",
        zh="“{file}”是{found}，不是 .xlsx 格式的 Excel 工作簿。"
        "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新上传。",
    )


class Locked(BadFile):
    code = "locked_file"
    words = T(
        en="“{file}” is protected by a password. Remove the password in Excel, save it, upload it again.",
        zh="“{file}”设有打开密码。请在 Excel 中取消密码，保存后重新上传。",
    )


class TooLarge(BadFile):
    code = "too_large"
    words = T(
        en="“{file}” unpacks to {size_mb} MB; {limit_mb} MB can be read. "
        "Remove pictures and other sheets, or split it.",
        zh="“{file}”解开后有 {size_mb} MB，最多能读 {limit_mb} MB。"
        "请删去图片和无关的工作表，或分成几个文件。",
    )


class FarCell(BadFile):
    code = "far_cell"
    words = T(
        en="“{file}” has cells as far out as column {column}, row {row}. "
        "Delete the rows below and the columns right of the list, save it, upload it again.",
        zh="“{file}”的单元格一直到第 {column} 列、第 {row} 行。"
        "请删去名单下方的多余行和右侧的多余列，保存后重新上传。",
    )


class MergedHeader(BadFile):
    code = "merged_header"
    words = T(
        en="The header of “{file}” has merged cells ({cells}). "
        "Unmerge them so that each column has one heading in one row, or use the template.",
        zh="“{file}”的表头有合并的单元格（{cells}）。请取消合并，让每一列在同一行只有一个标题，或改用模板。",
    )


class MissingColumns(BadFile):
    code = "missing_columns"
    words = T(
        en="“{file}” lacks these columns: {columns}. Add them with these headings, or use the template.",
        zh="“{file}”缺少这些列：{columns}。请补上，标题照此填写，或改用模板。",
    )


class DuplicateColumns(BadFile):
    code = "duplicate_columns"
    words = T(
        en="“{file}” has these columns more than once: {columns}. Keep one of each.",
        zh="“{file}”里这些列重复出现：{columns}。每一列请只保留一个。",
    )


class TooManyRows(BadFile):
    code = "too_many_rows"
    words = T(
        en="“{file}” has {found:,} rows; {limit:,} can be read at once. Split it into several files.",
        zh="“{file}”有 {found:,} 行，一次最多 {limit:,} 行。请分成几个文件。",
    )


class Empty(BadFile):
    code = "empty_file"
    words = T(
        en="“{file}” has no people below the header. Fill in one row for each person, then upload it again.",
        zh="“{file}”的表头下面没有人员。请每人填一行，再重新上传。",
    )
