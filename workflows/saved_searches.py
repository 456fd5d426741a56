"""Searches kept under a name: saving, renaming, putting in order, taking away and bringing back."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, Sum
from django.db.models.functions import Now

from accounts.models import Organisation, User
from workflows.errors import SearchNameMissing, SearchNameTaken, TooManySearches
from workflows.models import SavedSearch
from workflows.models.saved_search import SavedSearchQuerySet
from workflows.queries import OFFICE_ROLES, desk_counts
from workflows.search import countable, parse

MOST = 30
LONGEST_NAME = 40
# How long what was taken away can be brought back.
UNDO = timedelta(hours=1)


def visible_to(user: User) -> SavedSearchQuerySet:
    """The searches of `user`, and those of their offices; those taken away too."""
    offices = sorted(user.organisations_as(*OFFICE_ROLES))
    return SavedSearch.objects.filter(Q(owner=user, office=None) | Q(office__in=offices))


def save(user: User, name: str, query: str, *, office: Organisation | None = None) -> SavedSearch:
    """Keep `query` under `name`, as the last; for `user` alone or for the people of `office`.

    Raises:
        SearchUnclear: the search has a word that cannot be understood.
        SearchNameMissing, SearchNameTaken, TooManySearches: see their sentences.
    """
    query = parse(query.strip(), user).checked().text
    name = _named(name)
    there = SavedSearch.objects.filter(owner=user, office=None) if office is None else office_searches(office)
    with transaction.atomic():
        # Two clicks wait for each other here.
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if there.kept().count() >= MOST:
            raise TooManySearches(most=MOST)
        last = there.aggregate(last=Max("position"))["last"] or 0
        return _kept(SavedSearch(owner=user, office=office, name=name, query=query, position=last + 1))


def office_searches(office: Organisation) -> SavedSearchQuerySet:
    """The searches that the people of `office` share."""
    return SavedSearch.objects.filter(office=office)


def rename(search: SavedSearch, name: str) -> None:
    """Give `search` another name.

    Raises:
        SearchNameMissing, SearchNameTaken: see their sentences.
    """
    search.name = _named(name)
    _kept(search, "name")


def move(search: SavedSearch, *, up: bool) -> None:
    """Change places with the search before (or after) it in the same list; nothing at the end of the list."""
    with transaction.atomic():
        beside = list(_beside(search).kept().select_for_update(of=("self",)))
        ordered = [one.pk for one in beside]
        if search.pk not in ordered:
            return
        at = ordered.index(search.pk)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(ordered):
            return
        ordered[at], ordered[to] = ordered[to], ordered[at]
        by_pk = {one.pk: one for one in beside}
        for position, pk in enumerate(ordered, start=1):
            by_pk[pk].position = position
        SavedSearch.objects.bulk_update(beside, ["position"])


def remove(search: SavedSearch, *, by: User) -> None:
    """Take `search` away; for an hour it can be brought back by whoever did it."""
    SavedSearch.objects.filter(pk=search.pk, removed_at=None).update(removed_by=by, removed_at=Now())


def restore(search: SavedSearch) -> None:
    """Bring back what was taken away.

    Raises:
        SearchNameTaken: another search has its name now.
    """
    search.removed_at = search.removed_by = None
    _kept(search, "removed_at", "removed_by")


def undoable(user: User) -> SavedSearchQuerySet:
    """What `user` took away within the last hour, the newest first."""
    mine = visible_to(user).filter(removed_by=user, removed_at__gt=Now() - UNDO)
    return mine.order_by(F("removed_at").desc())


def counts(searches: list[SavedSearch], user: User) -> dict[int, int]:
    """Search → how many cases it has now, for those that the counters can answer; at most one query."""
    asked = {search.pk: countable(search.query, user) for search in searches}
    sums = {f"n{pk}": Sum("cases", filter=q, default=0) for pk, q in asked.items() if q is not None}
    found = desk_counts(user).aggregate(**sums) if sums else {}
    return {int(name[1:]): n for name, n in found.items()}


def _beside(search: SavedSearch) -> SavedSearchQuerySet:
    """The list in which `search` stands."""
    if search.office_id is not None:
        return SavedSearch.objects.filter(office=search.office_id)
    return SavedSearch.objects.filter(office=None, owner=search.owner_id)


def _named(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise SearchNameMissing
    return name


def _kept(search: SavedSearch, *fields: str) -> SavedSearch:
    try:
        with transaction.atomic():
            search.save(update_fields=fields or None)
    except IntegrityError as error:
        if "saved_search" in str(error):
            raise SearchNameTaken(name=search.name) from error
        raise
    return search
