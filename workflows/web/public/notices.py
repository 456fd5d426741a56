"""Public notices 公示: the frozen, masked lists while they are on show, and not a moment longer."""

from collections.abc import Iterator

from django.db.models import Count, F, Q
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.doors import door
from workflows.engine.deadlines import is_provisional_on
from workflows.models import Notice, NoticeLine
from workflows.models.person import PostLevel
from workflows.web.paging import page_of

# A list to be read and printed, unlike a worklist: more rows a page.
LINES_A_PAGE = 100
LONGEST_SEARCH = 60


def category_words(category: str) -> str:
    """The category of a line in the reader's language; what is no known level stands as it is."""
    return str(PostLevel(category).label) if category in PostLevel.values else category


def unindexed(response: HttpResponse | StreamingHttpResponse) -> None:
    """Search engines neither list nor keep what names people."""
    response.headers["X-Robots-Tag"] = "noindex, noarchive, nosnippet"
    response.headers["Cache-Control"] = "no-store"


def shown_or_none(pk: int) -> Notice | None:
    """The notice while it is on show; None where its period is over.

    Raises:
        Http404: there is none, or it has not begun.
    """
    notice = (
        Notice.objects.filter(pk=pk, shown_from__lte=Now())
        .select_related("batch__round", "batch__authority", "batch__handler")
        .annotate(shown=Q(shown_until__gt=Now(), withdrawn_at=None), provisional=is_provisional_on("ends_on"))
        .first()
    )
    if notice is None:
        raise Http404
    return notice if notice.shown else None  # type: ignore[attr-defined]


def over(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a notice whose period is over, or that was withdrawn: it says so, and shows nothing else."""
    withdrawn = Notice.objects.filter(pk=pk, withdrawn_at__isnull=False).first()
    response = render(request, "public/notice_over.html", {"withdrawn": withdrawn}, status=410)
    unindexed(response)
    return response


@door(public=True)
@require_safe
def public_notices(request: HttpRequest) -> HttpResponse:
    """What is on show now, newest first."""
    rows = Notice.objects.on_show().select_related("batch__round", "batch__authority")
    page = page_of(
        rows.annotate(people=Count("lines"), provisional=is_provisional_on("ends_on")), request.GET
    )
    response = render(request, "public/notices.html", {"page": page})
    unindexed(response)
    return response


@door(public=True)
@require_safe
def public_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: its lines as frozen, its dates, its hash, and how to object."""
    notice = shown_or_none(pk)
    if notice is None:
        return over(request, pk)
    wanted = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    lines = NoticeLine.objects.filter(notice=notice)
    if wanted:
        lines = lines.filter(Q(employer_name__icontains=wanted) | Q(person_name__icontains=wanted))
    page = page_of(lines, request.GET, by="position", size=LINES_A_PAGE, total=lines.count())
    for line in page.rows:
        line.words = category_words(line.category)  # type: ignore[attr-defined]
    declaration = notice.batch.round.declaration
    response = render(
        request,
        "public/notice.html",
        {
            "notice": notice,
            "page": page,
            "q": wanted,
            "rule": declaration.notice,
            "round": notice.batch.round,
        },
    )
    unindexed(response)
    return response


@door(public=True)
@require_safe
def public_notice_lines(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """All lines as plain text, byte for byte what the notice's SHA-256 was taken over."""
    notice = shown_or_none(pk)
    if notice is None:
        return over(request, pk)
    response = StreamingHttpResponse(_text(notice), content_type="text/plain; charset=utf-8")
    unindexed(response)
    return response


def _text(notice: Notice) -> Iterator[str]:
    rows = notice.lines.order_by(F("position").asc()).values_list(
        "position", "employer_name", "person_name", "category", "id_tail"
    )
    for number, row in enumerate(rows.iterator()):
        yield ("\n" if number else "") + "\t".join(map(str, row))
