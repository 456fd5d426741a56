"""Bars 限制申报: set by an official on the case in which false papers were found, lifted with a reason.

Rule: false papers bar the employer for a year (domain 1.1); how long is the programme's `barred_years`.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from accounts.models import Organisation
from workflows.engine.perform import Move
from workflows.models import Application, Bar


def set_bar(move: Move) -> None:
    """Effect: the applicant is barred from today for the years of the programme; `barred_until` follows."""
    case = Application.objects.select_related("applicant").get(pk__any=move.ids)
    Organisation.objects.select_for_update().get(pk=case.applicant_id)
    until_on = _years_later(move.on, move.programme.barred_years) - timedelta(days=1)
    made = Bar.objects.create(
        organisation=case.applicant, application=case, reason=move.reason[:500], from_on=move.on, until_on=until_on,
        set_by=move.actor, set_at=move.at,
    )  # fmt: skip
    _keep(case.applicant_id, move.on)
    move.found |= {"bar": made.pk, "until_on": until_on.isoformat()}


def lift(move: Move) -> None:
    """Effect: no bar of the applicant counts any more; each stays on record, with who lifted it and why."""
    case = Application.objects.get(pk__any=move.ids)
    Organisation.objects.select_for_update().get(pk=case.applicant_id)
    standing = Bar.objects.in_force(move.on).filter(organisation=case.applicant_id)
    move.found["bars"] = list(standing.order_by("pk").values_list("pk", flat=True))
    standing.update(lifted_by=move.actor, lifted_at=move.at, lifted_reason=move.reason[:500])
    _keep(case.applicant_id, move.on)


def until(organisation: int, on: date) -> date | None:
    """The last day on which the organisation is barred; None where it is not."""
    standing = Bar.objects.in_force(on).filter(organisation=organisation).order_by("-until_on")
    return standing.values_list("until_on", flat=True).first()


def standing(organisations: Iterable[Organisation], on: date) -> list[Bar]:
    """The bars of these organisations that count on that day, with the organisation."""
    found = Bar.objects.in_force(on).filter(organisation__in=list(organisations))
    return list(found.select_related("organisation").order_by("organisation__name", "pk"))


def _keep(organisation: int, on: date) -> None:
    """What guards ask for: every case of the organisation says until when it is barred."""
    Application.objects.filter(applicant=organisation).update(barred_until=until(organisation, on))


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
