"""One's own messages, and the figures of a round."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Schema

from accounts.models import Scope
from notifications.models import Message
from workflows import reports
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.kinds import After, Done, Id, Limit, Rows
from workflows.api.lists import page_of
from workflows.api.routes import DESK, Routes
from workflows.queries import counts_of, desk_of
from workflows.web.official.scope import rounds_by

routes = Routes("Messages and statistics")


class MessageOut(Schema):
    id: int
    at: str
    subject: str
    body: str
    link: str
    read_at: str | None


class FigureOut(Schema):
    """One figure of the annual report, counted from the rows; null where it cannot be said."""

    key: str
    words: str
    value: str | None


class StatisticsOut(Schema):
    """A round's cases by state, and the annual report's figures where the report counts the programme."""

    by_state: dict[str, int]
    figures: list[FigureOut]


@routes.get("/messages", Rows[MessageOut], scope=Scope.CASES_READ)
def messages(
    request: HttpRequest, after: After = None, limit: Limit = 30, unread: bool = False
) -> Rows[MessageOut]:
    """One's own messages, newest first."""
    found = Message.objects.of(asker(request))
    page, following = page_of(request, found.unread() if unread else found, after=after, limit=limit)
    rows = [
        MessageOut(
            id=m.pk,
            at=m.created_at.isoformat(),
            subject=m.subject,
            body=m.body,
            link=m.link,
            read_at=iso(m.read_at),
        )
        for m in page
    ]
    return Rows[MessageOut](rows=rows, next=following)


@routes.change("POST", "/messages/{pk}/read", Done, scope=Scope.CASES_WRITE)
def message_read(request: HttpRequest, pk: Id) -> Done:
    """Mark one of one's own messages read."""
    found = get_object_or_404(Message.objects.of(asker(request)), pk=pk)
    Message.objects.filter(pk=found.pk).mark_read()
    return Done(done="read")


@routes.get("/rounds/{pk}/statistics", StatisticsOut, scope=Scope.BATCHES_READ, by=DESK)
def round_statistics(request: HttpRequest, pk: Id) -> StatisticsOut:
    """How many cases of a round stand in each state, and the annual report's figures of its year."""
    user = asker(request)
    round_ = get_object_or_404(rounds_by(user), pk=pk)
    counted = reports.annual_report(round_.year, as_of=timezone.now(), programme=round_.programme)
    return StatisticsOut(
        by_state=counts_of(desk_of(user).filter(round=round_), user).by_state,
        figures=[
            FigureOut(
                key=c.figure.key,
                words=str(c.figure.words),
                value=None if c.value is None else c.shown if isinstance(c.value, Mapping) else str(c.value),
            )
            for c in counted
        ],
    )
