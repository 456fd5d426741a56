"""Many people within one application: declared, offered as a workbook, read back, compared."""

from forms.errors import BadFile, CellProblem
from forms.roster.chunk import Chunk, ReadRow
from forms.roster.compare import Difference, compare
from forms.roster.declare import MAX_ROWS, Column, Roster
from forms.roster.read import read_xlsx
from forms.roster.template import problems_xlsx, template_xlsx
from forms.sheets import write_csv, write_xlsx

__all__ = [
    "MAX_ROWS",
    "BadFile",
    "CellProblem",
    "Chunk",
    "Column",
    "Difference",
    "ReadRow",
    "Roster",
    "compare",
    "problems_xlsx",
    "read_xlsx",
    "template_xlsx",
    "write_csv",
    "write_xlsx",
]
