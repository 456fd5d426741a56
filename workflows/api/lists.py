"""Lists by keyset: `?after=`, `?limit=` up to 200, the next page in the body and in the header `Link`."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from workflows.api.routes import put_header

M = TypeVar("M", bound=Model)


def page_of(
    request: HttpRequest, rows: "QuerySet[M, Any]", *, after: int | None, limit: int, by: str = "-pk"
) -> tuple[Sequence[M], int | None]:
    """The rows that follow `after` in the order of `by`, a unique whole-number column; and the next cursor.

    One statement.
    """
    name, falling = by.removeprefix("-"), by.startswith("-")
    if after is not None:
        rows = rows.filter(**{f"{name}__{'lt' if falling else 'gt'}": after})
    found = list(rows.order_by(by)[: limit + 1])
    shown = found[:limit]
    following = int(getattr(shown[-1], name)) if len(found) > limit else None
    link_next(request, following)
    return shown, following


def link_next(request: HttpRequest, following: int | str | None) -> None:
    """Say in the header `Link` where the next page is, if there is one."""
    if following is None:
        return
    query = request.GET.copy()
    query["after"] = str(following)
    put_header(
        request, "Link", f'<{request.build_absolute_uri(request.path)}?{query.urlencode()}>; rel="next"'
    )
