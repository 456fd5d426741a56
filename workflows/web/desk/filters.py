"""What a worklist can be narrowed by: the tabs of its states, the filters, and the search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Industry, User
from workflows.absences import covered_people
from workflows.engine.deadlines import is_provisional_on
from workflows.inbox import PAGE_ROWS, Page, page_in, page_of
from workflows.models import Application, ApplicationQuerySet, Round
from workflows.programmes import registry
from workflows.queries import (
    OFFICE_ROLES,
    Counts,
    Place,
    counts_of,
    desk_of,
    desk_places,
    kept_counts,
    waiting_for,
    waiting_places,
)
from workflows.search import Search, parse

WAITING, ALL = "waiting", "all"
MINE, UNASSIGNED = "mine", "unassigned"
OVERDUE, SOON = "overdue", "soon"
SOON_DAYS = 5


_SELECTED = SafeString(" selected")


class OneOf(forms.Select):
    """A choice written in one go: Django's own asks a template for each option."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - given by Django
        chosen = str(value or "")
        options = ((key, _SELECTED if str(key) == chosen else "", words) for key, words in self.choices)
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )


class WorklistFilter(forms.Form):
    """The filters of the worklist, beside its tabs. `years` are those that the person's offices have."""

    q = forms.CharField(label=_("Search"), required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False, widget=OneOf)
    year = forms.ChoiceField(label=_("Year"), required=False, widget=OneOf)
    handling = forms.ChoiceField(
        label=_("Handled by"),
        required=False,
        widget=OneOf,
        choices=(("", _("All")), (MINE, _("Me")), (UNASSIGNED, _("Nobody yet"))),
    )
    due = forms.ChoiceField(
        label=_("Deadline"),
        required=False,
        widget=OneOf,
        choices=(("", _("All")), (OVERDUE, _("Overdue")), (SOON, _("Within 5 days"))),
    )
    industry = forms.ChoiceField(
        label=_("Industry"), required=False, widget=OneOf, choices=[("", _("All")), *Industry.choices]
    )

    def __init__(self, data: Any, *, user: User, years: list[int]) -> None:
        super().__init__(data)
        self.user = user
        programmes = [(slug, str(declared.title)) for slug, declared in registry().items()]
        self._choose("programme", programmes)
        self._choose("year", [(str(year), str(year)) for year in years])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", str(_("All"))), *choices]

    @property
    def given(self) -> dict[str, str]:
        """What was chosen; a choice that does not exist is none."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def condition(self) -> Q:
        """The cases that pass."""
        q, given = Q(), self.given
        for name in ("programme", "year", "industry"):
            if name in given:
                q &= Q(**{name: given[name]})
        if given.get("handling") == MINE:
            q &= Q(assigned_to=self.user) | Q(assigned_to__in=covered_people(self.user))
        elif "handling" in given:
            q &= Q(assigned_to=None)
        if "due" in given:
            today = timezone.localdate()
            soon = Q(due_on__gte=today, due_on__lte=today + timedelta(days=SOON_DAYS))
            q &= Q(due_on__lt=today) if given["due"] == OVERDUE else soon
        return q


# Up to so many are gathered and sorted; more are walked in the order of the index.
FEW = 2_000
# Filters that the counters can answer.
COUNTED = {"programme": "programme", "year": "round__year"}


@dataclass(frozen=True, slots=True)
class Listing:
    """What a worklist shows under its query: the cases of its tab, the tab, the counts of all tabs.

    Nothing where the search is not understood: `search.problems` says why.
    """

    cases: ApplicationQuerySet
    tab: str
    filters: WorklistFilter
    search: Search
    counts: Counts
    # Where the cases of the tab stand, and what filters and search ask beside that.
    places: list[Place]
    narrowed: Q

    @property
    def total(self) -> int:
        """How many cases the tab has; a lower bound where `counts.cut`."""
        if self.tab == WAITING:
            return self.counts.waiting
        return self.counts.total if self.tab == ALL else self.counts.by_state.get(self.tab, 0)

    def page(self, after: str, before: str, *, columns: Sequence[str] = (), rows: int = PAGE_ROWS) -> Page:
        """One page: few are gathered and sorted; of many, the first of each stretch are merged.

        Args:
            columns: the only ones that are read, all but the answers where none is named.
        """
        if self.counts.total <= FEW:
            return page_of(_read(self.cases, columns), after=after, before=before, rows=rows)
        cases = _read(Application.objects.all(), columns)
        return page_in(self.places, cases, self.narrowed, after=after, before=before, rows=rows)


def with_parties(cases: ApplicationQuerySet) -> ApplicationQuerySet:
    """`cases` with what a line of the list names; the answers stay in the database."""
    return (
        cases.select_related("applicant", "assigned_to")
        .annotate(due_provisional=is_provisional_on("due_on"))
        .defer("answers", "sealed_answers")
    )


def _read(cases: ApplicationQuerySet, columns: Sequence[str]) -> ApplicationQuerySet:
    return with_parties(cases).only(*columns) if columns else with_parties(cases)


def listing(user: User, query: QueryDict) -> Listing:
    """The worklist of `user` under `query`. A search without a tab looks everywhere."""
    filters = WorklistFilter(query, user=user, years=_years(user))
    text = query.get("q", "").strip()
    search = parse(text, user)
    narrowed = filters.condition() & search.q
    tab = query.get("tab") or (ALL if text else WAITING)
    cases = desk_of(user).filter(narrowed) if search.is_clear else Application.objects.none()
    if tab == WAITING:
        places = waiting_places(user)
        in_tab = cases.filter(waiting_for(user))
    else:
        places = desk_places(user, None if tab == ALL else {tab})
        in_tab = cases if tab == ALL else cases.filter(state=tab)
    counts = _counts(filters, search, cases, user) if search.is_clear else Counts({}, 0)
    return Listing(
        in_tab,
        tab,
        filters,
        search,
        counts,
        _within(places, search.states),
        filters.condition() & search.beside,
    )


def _within(places: list[Place], states: frozenset[str] | None) -> list[Place]:
    """`places` without the stretches that the search rules out: they would be walked to their end for nothing."""
    if states is None:
        return places
    return [replace(p, states=tuple(s for s in p.states if s in states)) for p in places]


def _counts(filters: WorklistFilter, search: Search, cases: ApplicationQuerySet, user: User) -> Counts:
    given = {name: value for name, value in filters.given.items() if name != "q"}
    if given.keys() <= COUNTED.keys() and search.counted is not None:
        counted = search.counted & Q(**{COUNTED[name]: value for name, value in given.items()})
        return kept_counts(user, filters.condition() & search.q, counted)
    return counts_of(cases, user)


def _years(user: User) -> list[int]:
    offices = sorted(user.organisations_as(*OFFICE_ROLES))
    rounds = Round.objects.filter(Q(handler__in=offices) | Q(authority__in=offices))
    return list(rounds.order_by("-year").values_list("year", flat=True).distinct())
