"""The annual report: each figure counted from the rows, with its definition and the rows behind it."""

from datetime import datetime

from workflows.reports import filing, founder, project, rebate
from workflows.reports.figures import Counted, Figure, Value, entered
from workflows.reports.rebate import CITY_PAID_FEN, CITY_PEOPLE, REBATE

__all__ = [
    "CITY_PAID_FEN", "CITY_PEOPLE", "FIGURES", "REBATE", "Counted", "Figure", "Value", "annual_report", "entered",
    "figure", "figures_of",
]  # fmt: skip

FIGURES: tuple[Figure, ...] = (*rebate.FIGURES, *founder.FIGURES, *filing.FIGURES, *project.FIGURES)


def figure(key: str) -> Figure:
    """The figure of that key.

    Raises:
        KeyError: there is none.
    """
    found = next((f for f in FIGURES if f.key == key), None)
    if found is None:
        raise KeyError(key)
    return found


def figures_of(programme: str) -> list[Figure]:
    """The figures that count a programme; none where the report does not count it."""
    return [f for f in FIGURES if f.programme == programme]


def annual_report(year: int, *, as_of: datetime, programme: str = "") -> list[Counted]:
    """Every figure of a year (of one programme), counted now; `as_of` is the moment that is printed beside it."""
    wanted = figures_of(programme) if programme else FIGURES
    return [Counted(f, year, f.value(year), as_of) for f in wanted]
