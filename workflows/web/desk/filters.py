"""What a worklist can be narrowed by: the tabs of its states, the filters, and the search."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Industry, User
from workflows.models import Application, ApplicationQuerySet, Round
from workflows.programmes import registry
from workflows.queries import OFFICE_ROLES, Counts, counts_of, desk_of, kept_counts, waiting_for

WAITING, ALL = "waiting", "all"
MINE, UNASSIGNED = "mine", "unassigned"
OVERDUE, SOON = "overdue", "soon"
SOON_DAYS = 5


class WorklistFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The filters of the worklist, beside its tabs. `years` are those that the person's offices have."""

    q = django_filters.CharFilter(method="search", label=_("Number, employer or credit code"), max_length=120)
    programme = django_filters.ChoiceFilter(label=_("Programme"), empty_label=_("All"))
    year = django_filters.ChoiceFilter(label=_("Year"), empty_label=_("All"))
    handling = django_filters.ChoiceFilter(
        method="by_handling",
        label=_("Handled by"),
        empty_label=_("All"),
        choices=((MINE, _("Me")), (UNASSIGNED, _("Nobody yet"))),
    )
    due = django_filters.ChoiceFilter(
        method="by_due",
        label=_("Deadline"),
        empty_label=_("All"),
        choices=((OVERDUE, _("Overdue")), (SOON, _("Within 5 days"))),
    )
    industry = django_filters.ChoiceFilter(
        label=_("Industry"), empty_label=_("All"), choices=Industry.choices
    )

    class Meta:
        model = Application
        fields = ()

    def __init__(self, data: Any, queryset: QuerySet[Application], *, user: User, years: list[int]) -> None:
        self.user = user
        super().__init__(data, queryset)
        self.filters["programme"].extra["choices"] = [
            (slug, str(declared.title)) for slug, declared in registry().items()
        ]
        self.filters["year"].extra["choices"] = [(year, str(year)) for year in years]

    def search(self, cases: QuerySet[Application], _name: str, text: str) -> QuerySet[Application]:
        words = text.strip()
        code = "".join(words.split()).upper()
        return cases.filter(
            Q(number__istartswith=words)
            | Q(applicant__name__icontains=words)
            | Q(applicant__credit_code__startswith=code)
        )

    def by_handling(self, cases: QuerySet[Application], _name: str, value: str) -> QuerySet[Application]:
        return cases.filter(assigned_to=self.user if value == MINE else None)

    def by_due(self, cases: QuerySet[Application], _name: str, value: str) -> QuerySet[Application]:
        today = timezone.localdate()
        if value == OVERDUE:
            return cases.filter(due_on__lt=today)
        return cases.filter(due_on__gte=today, due_on__lte=today + timedelta(days=SOON_DAYS))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a worklist shows under its query: the cases of its tab, the tab, the counts of all tabs."""

    cases: ApplicationQuerySet
    tab: str
    filters: WorklistFilter
    counts: Counts


def listing(user: User, query: QueryDict) -> Listing:
    """The worklist of `user` under `query`. A search without a tab looks everywhere."""
    filters = WorklistFilter(query, desk_of(user), user=user, years=_years(user))
    found: ApplicationQuerySet = filters.qs
    tab = query.get("tab") or (ALL if query.get("q", "").strip() else WAITING)
    return Listing(in_tab(found, tab, user), tab, filters, _counts(filters, found, user))


# Filters that the counters can answer.
COUNTED = {"programme": "programme", "year": "round__year"}


def _counts(filters: WorklistFilter, found: ApplicationQuerySet, user: User) -> Counts:
    given = {name: value for name, value in filters.form.cleaned_data.items() if value}
    if given.keys() <= COUNTED.keys():
        return kept_counts(user, Q(**{COUNTED[name]: value for name, value in given.items()}))
    return counts_of(found, user)


def _years(user: User) -> list[int]:
    offices = sorted(user.organisations_as(*OFFICE_ROLES))
    rounds = Round.objects.filter(Q(handler__in=offices) | Q(authority__in=offices))
    return list(rounds.order_by("-year").values_list("year", flat=True).distinct())


def in_tab(cases: ApplicationQuerySet, tab: str, user: User) -> ApplicationQuerySet:
    """Those of `cases` that belong under `tab`: what waits for the person, everything, or one state."""
    if tab == ALL:
        return cases
    return cases.filter(waiting_for(user)) if tab == WAITING else cases.filter(state=tab)
