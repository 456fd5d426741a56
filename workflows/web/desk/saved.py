"""Saved searches: the tabs above the worklist, and the page on which they are kept in order."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Organisation, Role, User
from config.errors import Refusal
from config.words import T
from workflows import saved_searches as verbs
from workflows.models import SavedSearch
from workflows.queries import OFFICE_ROLES

STAFF = (Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)


class NoSuchAct(Refusal):
    code = "no_such_act"
    status = 422
    words = T(
        en="A saved search can be renamed, moved, taken away and brought back; nothing else was done.",
        zh="已存检索只能改名、移动、删除或恢复，其他操作未执行。",
    )


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved search above the worklist; its count where the counters know it."""

    search: SavedSearch
    count: int | None
    current: bool


def tabs_of(user: User, query: str) -> list[Tab]:
    """The saved searches of a person and their offices; at most two queries."""
    searches = list(verbs.visible_to(user).kept())
    counted = verbs.counts(searches, user)
    return [Tab(one, counted.get(one.pk), one.query == query) for one in searches]


def offices_of(user: User) -> list[Organisation]:
    """With whom a search can be shared."""
    found = {m.organisation_id: m.organisation for m in user.memberships if m.role in OFFICE_ROLES}
    return [found[pk] for pk in sorted(found)]


@door(*STAFF)
@require_safe
def saved_searches(request: HttpRequest) -> HttpResponse:
    """All of them, one's own and the offices', to rename, to order, to take away; what was just taken away too."""
    return _page(request, signed_in(request))


def _page(request: HttpRequest, user: User, refusal: Refusal | None = None) -> HttpResponse:
    searches = list(verbs.visible_to(user).kept().select_related("office", "owner"))
    places: dict[int | None, list[SavedSearch]] = {}
    for one in searches:
        places.setdefault(one.office_id, []).append(one)
    context = {
        "places": [(those[0].office, those) for those in places.values()],
        "undoable": list(verbs.undoable(user)[:5]),
        "refusal": refusal,
    }
    return render(request, "desk/saved.html", context, status=refusal.status if refusal else 200)


@door(*STAFF)
@require_POST
def saved_search_add(request: HttpRequest) -> HttpResponse:
    """Keep the search of the worklist under a name."""
    user = signed_in(request)
    query = request.POST.get("q", "")
    wanted = request.POST.get("office", "")
    office = next((o for o in offices_of(user) if str(o.pk) == wanted), None)
    if wanted and office is None:
        raise Http404
    made = verbs.save(user, request.POST.get("name", ""), query, office=office)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": made.name})
    return redirect(f"{reverse('worklist')}?{urlencode({'q': made.query})}")


@door(*STAFF)
@require_POST
def saved_search_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One act on a saved search: rename, up, down, remove, restore."""
    user = signed_in(request)
    search = get_object_or_404(verbs.visible_to(user), pk=pk)
    act = request.POST.get("act", "")
    try:
        _do(act, search, user, request.POST.get("name", ""))
    except Refusal as refusal:
        return _page(request, user, refusal)
    return redirect("saved_searches")


def _do(act: str, search: SavedSearch, user: User, name: str) -> None:
    if act == "restore":
        if search.removed_at is not None and search.removed_by_id != user.pk:
            raise Http404
        verbs.restore(search)
    elif search.removed_at is not None:
        raise Http404
    elif act == "rename":
        verbs.rename(search, name)
    elif act in ("up", "down"):
        verbs.move(search, up=act == "up")
    elif act == "remove":
        verbs.remove(search, by=user)
    else:
        raise NoSuchAct
