"""Relatives as declared, and days on which an expert cannot come."""

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.sealing import blind_index
from workflows.models import Expert, ExpertRelation, Unavailability
from workflows.review.experts.changes import keep, locked, may_see
from workflows.review.experts.refusals import DatesBackwards, NotYours
from workflows.review.recusal.finding import find_for_experts


@transaction.atomic
def declare(
    expert: Expert,
    *,
    kin: str,
    relative: str,
    by: User,
    organisation: str = "",
    credit_code: str = "",
    position: str = "",
) -> ExpertRelation:
    """A relative, whose name is sealed; conflicts follow from the organisation."""
    row = locked(expert)
    made = ExpertRelation.objects.create(
        expert=row, kin=kin, relative=relative, relative_index=blind_index(relative), organisation=organisation,
        credit_code=credit_code, position=position,
    )  # fmt: skip
    keep(row, "add_relation", by, kin=kin, organisation=organisation, credit_code=credit_code)
    find_for_experts([row.pk])
    return made


@transaction.atomic
def withdraw(relation: ExpertRelation, *, by: User) -> None:
    """The relative is taken out of the file, by the office alone.

    Raises:
        NotYours: `by` is the expert, or not of the office.
    """
    row = locked(relation.expert)
    if by.pk == row.user_id or not may_see(by, row):
        raise NotYours
    keep(row, "remove_relation", by, kin=relation.kin, organisation=relation.organisation)
    relation.delete()


@transaction.atomic
def stay_away(expert: Expert, *, from_on: date, until_on: date, by: User, half: str = "") -> Unavailability:
    """The expert is not asked for these days.

    Raises:
        DatesBackwards: the last day lies before the first.
    """
    row = locked(expert)
    if until_on < from_on:
        raise DatesBackwards
    made = Unavailability.objects.create(expert=row, from_on=from_on, until_on=until_on, half=half)
    keep(row, "add_absence", by, from_on=from_on.isoformat(), until_on=until_on.isoformat(), half=half)
    return made


@transaction.atomic
def come_again(away: Unavailability, *, by: User) -> None:
    """The days are free again."""
    row = locked(away.expert)
    keep(row, "remove_absence", by, from_on=away.from_on.isoformat(), until_on=away.until_on.isoformat())
    away.delete()
