"""Public notices as the office has them, and what a batch's notice would show before it is released."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Schema

from accounts.models import Scope
from workflows.api.batch_acts import WhyIn
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.keeping import key_of
from workflows.api.kinds import After, Id, Limit, Rows
from workflows.api.lists import page_of
from workflows.api.routes import DESK, OFFICIAL, Declare, Routes
from workflows.models import Notice, NoticeLine
from workflows.notices import change, lines_sha256
from workflows.web.official.batch import read_batch
from workflows.web.official.release import days_of, lines_of, lines_to_be
from workflows.web.official.scope import notices_by

routes = Routes("Notices and objections")


class NoticeOut(Schema):
    """One public notice."""

    id: int
    batch: int
    number: str
    starts_on: str
    ends_on: str
    released_at: str
    withdrawn_at: str | None
    on_show: bool
    sha256: str


class NoticeWhole(NoticeOut):
    """A notice, whether its list is what was released, and why it was taken down where it was."""

    unchanged: bool
    withdrawn_reason: str


class LineOut(Schema):
    """What the public reads of one person."""

    position: int
    employer: str
    person: str
    category: str
    id_tail: str


class PreviewOut(Schema):
    """What the notice would show if it were released today."""

    starts_on: str
    ends_on: str
    rows: list[LineOut]
    next: int | None


def _notice_out(found: Notice) -> NoticeOut:
    on_show = found.withdrawn_at is None and found.shown_from <= timezone.now() < found.shown_until
    return NoticeOut(
        id=found.pk,
        batch=found.batch_id,
        number=found.batch.number,
        starts_on=found.starts_on.isoformat(),
        ends_on=found.ends_on.isoformat(),
        released_at=found.released_at.isoformat(),
        withdrawn_at=iso(found.withdrawn_at),
        on_show=on_show,
        sha256=found.sha256,
    )


@routes.get("/notices", Rows[NoticeOut], scope=Scope.BATCHES_READ, by=DESK)
def notices(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[NoticeOut]:
    """The notices of one's offices, newest first."""
    found = notices_by(asker(request)).select_related("batch")
    page, following = page_of(request, found, after=after, limit=limit)
    return Rows[NoticeOut](rows=[_notice_out(one) for one in page], next=following)


@routes.get("/notices/{pk}", NoticeWhole, scope=Scope.BATCHES_READ, by=DESK)
def notice(request: HttpRequest, pk: Id) -> NoticeWhole:
    """One notice, with the check that its list is the one that was released."""
    return _whole(request, pk)


def _read(request: HttpRequest, pk: int) -> Notice:
    return get_object_or_404(notices_by(asker(request)).select_related("batch__round"), pk=pk)


def _whole(request: HttpRequest, pk: int) -> NoticeWhole:
    found = _read(request, pk)
    return NoticeWhole(
        **_notice_out(found).model_dump(),
        unchanged=lines_sha256(found) == found.sha256,
        withdrawn_reason=found.withdrawn_reason,
    )


def _official(name: str) -> Declare:
    path = f"/notices/{{pk}}/{name}"
    return routes.change("POST", path, NoticeWhole, scope=Scope.BATCHES_WRITE, by=OFFICIAL)


@_official("withdrawal")
def notice_withdraw(request: HttpRequest, pk: Id, asked: WhyIn) -> NoticeWhole:
    """Take the notice down before its end, as a whole, with the reason that the public reads."""
    change(_read(request, pk), "withdraw_notice", by=asker(request), key=key_of(request), reason=asked.reason)
    return _whole(request, pk)


@_official("showing-again")
def notice_again(request: HttpRequest, pk: Id) -> NoticeWhole:
    """Show a withdrawn notice again: the same list, for a whole period; never by whoever approved the batch."""
    change(_read(request, pk), "show_notice_again", by=asker(request), key=key_of(request))
    return _whole(request, pk)


@routes.get("/notices/{pk}/lines", Rows[LineOut], scope=Scope.BATCHES_READ, by=DESK)
def notice_lines(request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30) -> Rows[LineOut]:
    """The frozen list of a notice."""
    found = get_object_or_404(notices_by(asker(request)), pk=pk)
    page, following = page_of(
        request, NoticeLine.objects.filter(notice=found), after=after, limit=limit, by="position"
    )
    rows = [
        LineOut(
            position=line.position,
            employer=line.employer_name,
            person=line.person_name,
            category=line.category,
            id_tail=line.id_tail,
        )
        for line in page
    ]
    return Rows[LineOut](rows=rows, next=following)


@routes.get("/batches/{pk}/notice", PreviewOut, scope=Scope.BATCHES_READ, by=DESK)
def batch_notice(request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30) -> PreviewOut:
    """What the public would read, line by line, and for how long, before anybody releases it."""
    batch = read_batch(asker(request), pk)
    page, following = page_of(request, lines_to_be(batch), after=after, limit=limit, by="line")
    starts_on, ends_on = days_of(batch, timezone.localdate())
    return PreviewOut(
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
        rows=[
            LineOut(
                position=line.position,
                employer=line.employer_name,
                person=line.person_name,
                category=line.category,
                id_tail=line.id_tail,
            )
            for line in lines_of(page)
        ],
        next=following,
    )
