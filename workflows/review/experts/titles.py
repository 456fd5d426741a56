"""Professional titles: added by anybody who keeps the file, and counted once the office has confirmed them."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from storage.models import Document
from workflows.engine import clock
from workflows.models import Expert, ExpertTitle
from workflows.review.experts.changes import keep, locked, may_see
from workflows.review.experts.refusals import DatesBackwards, NotOfOffice, NotYours, SamePerson

PURPOSE = "expert_title:"


def purpose_of(title: ExpertTitle) -> str:
    """By which the paper of one title is known among the documents."""
    return f"{PURPOSE}{title.pk}"


def hear(document: Document) -> None:
    """A paper has arrived: it is the evidence of its title, as long as nobody has confirmed that."""
    if document.purpose.startswith(PURPOSE) and document.is_verified:
        ExpertTitle.objects.filter(pk=int(document.purpose.removeprefix(PURPOSE)), verified_at=None).update(
            evidence=document
        )


@transaction.atomic
def add(
    expert: Expert,
    *,
    name: str,
    level: str,
    by: User,
    awarded_on: date | None = None,
    valid_until: date | None = None,
    at: datetime | None = None,
) -> ExpertTitle:
    """The file has one title more, which does not count until somebody of the office confirms it.

    Raises:
        DatesBackwards: it would end before it began.
    """
    row = locked(expert)
    if awarded_on and valid_until and valid_until < awarded_on:
        raise DatesBackwards
    made = ExpertTitle.objects.create(
        expert=row, name=name, level=level, awarded_on=awarded_on, valid_until=valid_until
    )
    keep(row, "add_title", by, at=at, title=name, level=level)
    return made


@transaction.atomic
def confirm(title: ExpertTitle, *, by: User, at: datetime | None = None) -> None:
    """The title counts from now on: somebody of the office has seen the paper.

    Raises:
        NotOfOffice: `by` is not of the office.
        SamePerson: it is their own file.
    """
    row = locked(title.expert)
    _of_office(row, by)
    when = at or clock.now()
    ExpertTitle.objects.filter(pk=title.pk, verified_at=None).update(verified_by=by, verified_at=when)
    keep(row, "confirm_title", by, at=when, title=title.name, level=title.level)


@transaction.atomic
def remove(title: ExpertTitle, *, by: User) -> None:
    """The title is taken out of the file; what it said stays in the history.

    Raises:
        NotYours: the office has confirmed it, and `by` is not of the office.
    """
    row = locked(title.expert)
    if title.verified_at and not may_see(by, row):
        raise NotYours
    keep(
        row, "remove_title", by, title=title.name, level=title.level, confirmed=title.verified_at is not None
    )
    title.delete()


def _of_office(expert: Expert, by: User) -> None:
    if not may_see(by, expert):
        raise NotOfOffice(office=expert.office.name)
    if by.pk == expert.user_id:
        raise SamePerson(name=expert.name)
