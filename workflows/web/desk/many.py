"""One step on many cases: what was ticked, or everything that the list matches, becomes a manifest to be signed."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from workflows import manifests
from workflows.engine.declare import Programme, Step
from workflows.errors import NothingSelected, UnknownStep
from workflows.models import ApplicationQuerySet
from workflows.programmes import registry
from workflows.queries import desk_of
from workflows.web.desk.filters import listing
from workflows.web.desk.steps import many_steps


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def case_many(request: HttpRequest) -> HttpResponse:
    """Freeze the selection as a manifest of a step, and lead to it; nothing is done yet."""
    if request.method != "POST":
        return redirect("worklist")
    user = signed_in(request)
    programme, step = _step(request.POST.get("step", ""))
    query = request.POST.get("query", "")
    made = manifests.prepare(
        step.name,
        _selected(request, user, query),
        actor=user,
        programme=programme.slug,
        search={"query": query},
    )
    return redirect("manifest", pk=made.pk)


def _step(name: str) -> tuple[Programme, Step]:
    """The step that `programme/step` names, where it can be taken on many at once."""
    slug, _slash, step = name.partition("/")
    programme = registry().get(slug)
    found = many_steps(programme).get(step) if programme else None
    if programme is None or found is None:
        raise UnknownStep(step=name)
    return programme, found


def _selected(request: HttpRequest, user: User, query: str) -> ApplicationQuerySet:
    """The ticked cases, or with `all` everything that the list's filters match, however many.

    Raises:
        NothingSelected: nothing was ticked.
    """
    if request.POST.get("all"):
        listed = listing(user, QueryDict(query))
        listed.search.checked()
        return listed.cases
    ids = [int(pk) for pk in request.POST.getlist("case") if pk.isdecimal() and len(pk) < 18]
    if not ids:
        raise NothingSelected
    return desk_of(user).filter(Q(pk__any=ids))
