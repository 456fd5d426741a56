"""Handing one's work over for some days, and taking it back; who stands in for whom now."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse

from accounts.models import Membership, Organisation, Role, User
from config.errors import Refusal
from config.words import T
from notifications import outbox
from notifications.messages import tell_all
from notifications.notes import Note
from notifications.topics import topic
from workflows.engine import clock
from workflows.engine.guards import spoken_day
from workflows.models import Absence

TOPIC = "absence.changed"
# Whose work on cases can be handed over.
ROLES = frozenset({Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR})
LONGEST_DAYS = 366


class NotTheirAbsence(Refusal):
    code = "not_their_absence"
    status = 403
    words = T(
        en="Only {name} or an administrator of {organisation} hands over or takes back this work.",
        zh="只有 {name} 本人或 {organisation} 的管理员可以办理或结束这项代办。",
    )


class NoSuchSubstitute(Refusal):
    code = "no_such_substitute"
    status = 422
    words = T(
        en="{substitute} does not hold the same role in {organisation}. Choose a colleague of the list.",
        zh="{substitute} 在 {organisation} 没有相同的角色，请从列表中选择同事。",
    )


class AbsenceBackwards(Refusal):
    code = "absence_backwards"
    status = 422
    words = T(
        en="{from_on} to {until_on} is no time to come: begin today or later, end on or after the first day, "
        "at most a year later.",
        zh="{from_on} 至 {until_on} 不是有效的期间：须从今天或以后开始，止日不早于起日，最长一年。",
    )


class AwayAlready(Refusal):
    code = "away_already"
    status = 409
    words = T(
        en="{name} has handed over this work for some of these days already. End that first.",
        zh="{name} 在这段时间已经办理过代办，请先结束原代办。",
    )


class SubstituteAway(Refusal):
    code = "substitute_away"
    status = 409
    words = T(
        en="{substitute} is away for some of these days. Choose another colleague or other days.",
        zh="{substitute} 在这段时间也不在岗，请另选同事或另选时间。",
    )


class StandsInAlready(Refusal):
    code = "stands_in_already"
    status = 409
    words = T(
        en="{name} stands in for {other} on some of these days: that work would be nobody's. End that first.",
        zh="{name} 在这段时间为 {other} 代办，若离岗，这些工作将无人办理。请先结束该代办。",
    )


class AbsenceOver(Refusal):
    code = "absence_over"
    status = 409
    words = T(en="This absence is over already.", zh="这项代办已经结束。")


@transaction.atomic
def arrange(membership: Membership, *, substitute: User, from_on: date, until_on: date, by: User) -> Absence:
    """From `from_on` until `until_on` `substitute` does what is the member's; both are told.

    Raises:
        NotTheirAbsence, NoSuchSubstitute, AbsenceBackwards, AwayAlready, SubstituteAway, StandsInAlready
    """
    # One at a time in an office, so that two people cannot hand over to each other.
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    person = membership.user
    _may_change(by, person, organisation)
    if not _colleagues(membership).filter(user=substitute).exists():
        raise NoSuchSubstitute(substitute=substitute, organisation=organisation)
    today = clock.day_of(clock.now())
    if not today <= from_on <= until_on <= from_on + timedelta(days=LONGEST_DAYS):
        raise AbsenceBackwards(from_on=spoken_day(from_on), until_on=spoken_day(until_on))
    near = Absence.objects.standing().filter(
        organisation=organisation, role=membership.role, from_on__lte=until_on, until_on__gte=from_on
    )
    if near.filter(person=person).exists():
        raise AwayAlready(name=person)
    if near.filter(person=substitute).exists():
        raise SubstituteAway(substitute=substitute)
    if other := near.filter(substitute=person).select_related("person").first():
        raise StandsInAlready(name=person, other=other.person)
    made = Absence.objects.create(
        person=person, substitute=substitute, organisation=organisation, role=membership.role,
        from_on=from_on, until_on=until_on, made_by=by,
    )  # fmt: skip
    outbox.put(TOPIC, f"absence:{made.pk}:made", {"absence": made.pk, "ended": False})
    return made


@transaction.atomic
def end(absence: Absence, *, by: User) -> None:
    """The person does their own work again from now on; both are told.

    Raises:
        NotTheirAbsence, AbsenceOver
    """
    _may_change(by, absence.person, absence.organisation)
    if not Absence.objects.open().filter(pk=absence.pk).update(ended_at=Now(), ended_by=by):
        raise AbsenceOver
    outbox.put(TOPIC, f"absence:{absence.pk}:ended", {"absence": absence.pk, "ended": True})


def may_change(by: User, person: User, organisation: Organisation) -> bool:
    """Whether `by` hands over or takes back what `person` does in `organisation`."""
    return by.pk == person.pk or organisation.pk in by.organisations_as(Role.ADMINISTRATOR)


def _may_change(by: User, person: User, organisation: Organisation) -> None:
    if not may_change(by, person, organisation):
        raise NotTheirAbsence(name=person, organisation=organisation)


def _colleagues(membership: Membership) -> "QuerySet[Membership]":
    return (
        Membership.objects.in_force()
        .filter(organisation=membership.organisation_id, role=membership.role, user__is_active=True)
        .exclude(user=membership.user_id)
        .select_related("user")
        .order_by("user__name")
    )


def colleagues_of(membership: Membership) -> list[User]:
    """Who could stand in: the same role in the same office."""
    return [m.user for m in _colleagues(membership)]


def covered_people(user: User) -> "QuerySet[Absence, int]":
    """Ids of those for whom `user` stands in now, as a sub-query."""
    return Absence.objects.in_force().filter(substitute=user).values_list("person", flat=True)


def covered_by(user: User) -> list[int]:
    """The same as a list; one query."""
    return list(covered_people(user))


def seen_by(user: User) -> "QuerySet[Absence]":
    """Absences in the offices of `user`, and those that concern them."""
    offices = user.organisations_as(*ROLES, Role.ADMINISTRATOR)
    return Absence.objects.filter(Q(organisation__in=offices) | Q(person=user) | Q(substitute=user))


SUBJECTS = {
    False: T("{substitute} stands in for {person}", "{substitute} 为 {person} 代办"),
    True: T("{person} is back: {substitute} no longer stands in", "{person} 已返岗，{substitute} 不再代办"),
}
BODIES = {
    False: T(
        "From {from_on} to {until_on}, as {role} of {organisation}. What waits for {person} waits for {substitute} "
        "too; whatever is done so names both.",
        "自 {from_on} 至 {until_on}，{organisation} {role}。{person} 的待办同时列入 {substitute} 的待办，"
        "代办的每一步都会记下两人的姓名。",
    ),
    True: T(
        "It was arranged from {from_on} to {until_on}, as {role} of {organisation}, and ended now.",
        "原定自 {from_on} 至 {until_on}，{organisation} {role}，现已结束。",
    ),
}


@topic(TOPIC)
def tell(payload: dict[str, Any], key: str) -> None:
    """Both hear of it, in the application and by e-mail."""
    from workflows.engine.asking import ROLE_WORDS  # noqa: PLC0415 - the engine's guards see through absences

    absence = Absence.objects.select_related("person", "substitute", "organisation").get(
        pk=payload["absence"]
    )
    values = {
        "person": absence.person.name, "substitute": absence.substitute.name, "organisation": absence.organisation.name,
        "from_on": spoken_day(absence.from_on), "until_on": spoken_day(absence.until_on),
        "role": ROLE_WORDS[Role(absence.role)],
    }  # fmt: skip
    tell_all(
        [
            Note(
                recipient=user,
                key=f"{key}:{user.pk}",
                subject=SUBJECTS[payload["ended"]].format(**values),
                body=BODIES[payload["ended"]].format(**values),
                link=reverse("absences"),
                topic=TOPIC,
            )
            for user in (absence.person, absence.substitute)
        ]
    )
