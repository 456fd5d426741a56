"""Posts: what ties an expert to an organisation. They count for conflicts from the moment they are written down."""

from datetime import date, timedelta

from django.db import transaction

from accounts.models import User
from workflows.engine import clock
from workflows.models import Expert, ExpertPost
from workflows.review.experts.changes import keep, locked, may_see
from workflows.review.experts.refusals import DatesBackwards, EndedLongAgo, NotOfOffice, NotYours, SamePerson
from workflows.review.recusal.finding import find_for_experts

# How far back one may say oneself that a post has ended.
OWN_END_DAYS = 31


@transaction.atomic
def add(
    expert: Expert,
    *,
    organisation: str,
    by: User,
    kind: str = ExpertPost.Kind.EMPLOYED,
    credit_code: str = "",
    group_code: str = "",
    from_on: date | None = None,
    until_on: date | None = None,
) -> ExpertPost:
    """One tie more; shown as not confirmed until somebody of the office looks at it.

    Raises:
        DatesBackwards: it would end before it began.
    """
    row = locked(expert)
    if from_on and until_on and until_on < from_on:
        raise DatesBackwards
    made = ExpertPost.objects.create(
        expert=row, organisation=organisation, kind=kind, credit_code=credit_code, group_code=group_code,
        from_on=from_on, until_on=until_on,
    )  # fmt: skip
    keep(row, "add_post", by, organisation=organisation, kind=kind, credit_code=credit_code)
    find_for_experts([row.pk])
    return made


@transaction.atomic
def end(post: ExpertPost, until_on: date, *, by: User) -> None:
    """The post ends on a day; what the expert says of themselves must be looked at again.

    Raises:
        DatesBackwards: before it began.
        EndedLongAgo: the expert would undo a tie of long ago.
    """
    row = locked(post.expert)
    if post.from_on and until_on < post.from_on:
        raise DatesBackwards
    own = by.pk == row.user_id or not may_see(by, row)
    first = clock.day_of(clock.now()) - timedelta(days=OWN_END_DAYS)
    if own and until_on < first:
        raise EndedLongAgo(day=first.isoformat())
    post.until_on = until_on
    if own:
        post.confirmed_by = post.confirmed_at = None
    post.save(update_fields=["until_on", "confirmed_by", "confirmed_at"])
    keep(row, "end_post", by, organisation=post.organisation, until_on=until_on.isoformat())


@transaction.atomic
def confirm(post: ExpertPost, *, by: User) -> None:
    """Somebody of the office has looked at it.

    Raises:
        NotOfOffice, SamePerson
    """
    row = locked(post.expert)
    if not may_see(by, row):
        raise NotOfOffice(office=row.office.name)
    if by.pk == row.user_id:
        raise SamePerson(name=row.name)
    ExpertPost.objects.filter(pk=post.pk).update(confirmed_by=by, confirmed_at=clock.now())
    keep(row, "confirm_post", by, organisation=post.organisation)


@transaction.atomic
def remove(post: ExpertPost, *, by: User) -> None:
    """It was never so: taken out of the file by the office; the history keeps what it said.

    Raises:
        NotYours: `by` is the expert; a tie is ended, not taken back.
    """
    row = locked(post.expert)
    if by.pk == row.user_id or not may_see(by, row):
        raise NotYours
    keep(row, "remove_post", by, organisation=post.organisation, kind=post.kind, credit_code=post.credit_code)
    post.delete()
