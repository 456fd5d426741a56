"""Lists by keyset over one growing column: no page numbers, no offset, and it says how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

PAGE_ROWS = 30
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page as `parts/pager.html` wants it: cursors are None at the ends."""

    rows: Sequence[Row]
    total: int | None
    next: int | None
    previous: int | None


def page_of(
    rows: "QuerySet[Row, Any]",
    query: QueryDict,
    *,
    by: str = "-pk",
    size: int = PAGE_ROWS,
    total: int | None = None,
) -> Page[Row]:
    """The page that the query's `after` or `before` names, in the order of `by`, a unique whole-number column.

    One statement; a cursor that is no number shows the first page.
    """
    name, falling = by.removeprefix("-"), by.startswith("-")
    after, before = _cursor(query, "after"), _cursor(query, "before")
    backwards = before is not None and after is None
    cursor = before if backwards else after
    if cursor is not None:
        rows = rows.filter(**{f"{name}__{'lt' if falling != backwards else 'gt'}": cursor})
    found = list(rows.order_by(f"{'-' if falling != backwards else ''}{name}")[: size + 1])
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    first, last = (getattr(shown[0], name), getattr(shown[-1], name)) if shown else (None, None)
    return Page(
        rows=shown,
        total=total,
        next=last if (backwards or more) else None,
        previous=first if (more if backwards else cursor is not None) else None,
    )


def _cursor(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
