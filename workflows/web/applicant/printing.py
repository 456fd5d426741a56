"""The complete application form on paper, to be sealed: every answer, the whole roster."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.doors import door, signed_in
from accounts.models import Role
from forms.answers import shown
from forms.roster import Column
from workflows import drafts
from workflows.models import Person
from workflows.web.applicant.cases import own_case
from workflows.web.applicant.check import roster_totals

# Beyond this many people the roster goes to the seal as the workbook; the form names its count and sums.
ROWS_PRINTED = 1000


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with all numbers in full, for the applicant's own eyes and printer."""
    case = own_case(signed_in(request), pk)
    form, roster = case.declaration.form, case.declaration.roster
    people = Person.objects.filter(application=case).order_by("position")[:ROWS_PRINTED]
    context = {
        "case": case,
        "sections": shown(form, drafts.answers_of(case), reveal=set(form.by_name)),
        "columns": roster.columns if roster else (),
        "rows": [(person.position, _cells(person, roster.columns)) for person in people] if roster else [],
        "left_out": max(0, case.rows_total - ROWS_PRINTED),
        "totals": roster_totals(case),
        "printed_at": timezone.now(),
    }
    response = render(request, "applicant/print.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _cells(person: Person, columns: tuple[Column, ...]) -> list[tuple[str, bool]]:
    """What stands in each column, and whether it is a number to be compared."""
    return [(_cell(person, column), bool(column.kind.inputmode)) for column in columns]


def _cell(person: Person, column: Column) -> str:
    value = getattr(person, column.name)
    if value is None or value == "":
        return ""
    if column.name == "shares":
        return f"{value * 100:.2f}%"
    if column.name.endswith("_fen"):
        return f"{value / 100:,.2f}"
    return column.kind.show(
        value if isinstance(value, (int, bool)) else str(value), get_language() or "zh-hans"
    )
