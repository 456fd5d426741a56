"""What the pages of a score sheet begin with: the sheet if it is one's own, what was posted, and the way around."""

from typing import Any

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from workflows.engine.rubric import Rubric, Shown
from workflows.review.counting import leaves
from workflows.review.sheets.content import Content
from workflows.review.sheets.drafts import NoSheet, Sheet, sheet_of
from workflows.web.desk.steps import address
from workflows.web.limits import path_of_case
from workflows.web.pictures import events_of


def own_sheet(user: User, pk: int) -> Sheet:
    """The sheet of `user` for a case.

    Raises:
        Http404: not theirs to review, not any more, or not scored; whether there is such a case is not told.
    """
    try:
        return sheet_of(user, pk)
    except NoSheet:
        raise Http404 from None


def typed(rubric: Rubric, post: QueryDict) -> Content:
    """What a form says; fields that the rubric does not have are nobody's."""
    named = [leaf.name for leaf in leaves(rubric)]
    vetoes = [veto.name for veto in rubric.vetoes]
    comments = {name: _text(post, f"comment-{name}") for name in [*named, *vetoes]}
    return Content(
        scores={name: post.get(f"score-{name}", "")[:40] for name in named},
        comments={name: text for name, text in comments.items() if text},
        vetoes=tuple(name for name in vetoes if post.get(f"veto-{name}")),
        opinion=_text(post, "opinion"),
        reason=_text(post, "reason"),
    )


def _text(post: QueryDict, name: str) -> str:
    # A browser sends line ends as CRLF; what was kept from another one must not look like a change.
    return post.get(name, "").replace("\r\n", "\n")


def version_of(post: QueryDict) -> int:
    """The version of the draft that the window saw."""
    said = post.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def around(sheet: Sheet) -> dict[str, Any]:
    """What every page of a sheet shows: the case, its path, who chairs, and where the other pages are."""
    case = sheet.case
    return {
        "sheet": sheet,
        "case": case,
        "rubric": sheet.rubric,
        "steps": path_of_case(case, events_of(case)),
        "chairs": sheet.assignment.seat is not None and sheet.assignment.seat.is_chair,
        "mine_url": address("reviews"),
        "case_url": address("review_case", case.pk),
        "tabs": [(name, reverse(name, args=[case.pk]), words) for name, words in _tabs(sheet)],
    }


def _tabs(sheet: Sheet) -> list[tuple[str, str]]:
    """The pages of a review; the conclusion for the panel that has one, the discussion where the programme has it."""
    found = [("score_sheet", _("My score sheet"))]
    if sheet.rubric.others_shown is not Shown.NEVER:
        found.append(("case_reviews", _("Reviews and discussion")))
    return [*found, ("conclusion", _("Conclusion"))]
