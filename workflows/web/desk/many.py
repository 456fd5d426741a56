"""One step on many cases: the manifest, with whom it is possible on and whom not and why; then all of it or nothing."""

from itertools import chain

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from workflows.approvals import consolidate, open_batch
from workflows.engine.declare import Programme, Step
from workflows.engine.perform import perform
from workflows.errors import Blocked, NothingSelected, UnknownStep
from workflows.models import Application, Batch, Command, Round
from workflows.programmes import registry
from workflows.queries import desk_of
from workflows.web.desk.filters import listing
from workflows.web.desk.selection import MOST, Manifest, manifest, unpacked
from workflows.web.desk.steps import address, fresh_key, many_steps

NEW = "new"


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def case_many(request: HttpRequest) -> HttpResponse:
    """First the manifest of a step over a selection; then, with `sure`, the step itself, all or nothing."""
    if request.method != "POST":
        return redirect("worklist")
    user = signed_in(request)
    programme, step = _step(request.POST.get("step", ""))
    if "sure" not in request.POST:
        ids = _selected(request, user)
        if not ids:
            raise NothingSelected
        return _manifest_page(request, manifest(programme, step, ids, user))
    ids = unpacked(request.POST.get("ids", ""))
    if not ids:
        raise NothingSelected
    known = desk_of(user).filter(pk__any=ids, programme=programme.slug)
    by_round: dict[int, list[int]] = {}
    for round_id, pk in known.values_list("round", "pk"):
        by_round.setdefault(round_id, []).append(pk)
    if sum(map(len, by_round.values())) != len(ids):
        raise Http404
    try:
        _perform(step, by_round, user, request.POST)
    except Blocked as blocked:
        # Something moved between the page and the click: nothing was done, and the page says what stands now.
        return _manifest_page(request, manifest(programme, step, ids, user), blocked)
    words = ngettext("%(done)s: %(count)s case", "%(done)s: %(count)s cases", len(ids))
    messages.success(request, words % {"done": step.done, "count": f"{len(ids):,}"})
    if step.name == "consolidate" and len(by_round) == 1:
        batch = Application.objects.values_list("batch", flat=True).get(pk=ids[0])
        if url := address("batch", batch):
            return redirect(url)
    return redirect(f"{reverse('worklist')}?{request.POST.get('query', '')}".rstrip("?"))


def _step(name: str) -> tuple[Programme, Step]:
    """The step that `programme/step` names, where it can be taken on many at once."""
    slug, _slash, step = name.partition("/")
    programme = registry().get(slug)
    found = many_steps(programme).get(step) if programme else None
    if programme is None or found is None:
        raise UnknownStep(step=name)
    return programme, found


def _selected(request: HttpRequest, user: User) -> list[int]:
    """The ticked cases, or with `all` everything that the list's filters match, further pages included."""
    if request.POST.get("all"):
        listed = listing(user, QueryDict(request.POST.get("query", "")))
        listed.search.checked()
        cases = listed.cases
        return list(cases.order_by("pk").values_list("pk", flat=True)[:MOST])
    return [int(pk) for pk in request.POST.getlist("case") if pk.isdecimal()]


def _manifest_page(request: HttpRequest, drawn: Manifest, blocked: Blocked | None = None) -> HttpResponse:
    context = {
        "manifest": drawn,
        "blocked": blocked,
        "key": fresh_key(),
        "query": request.POST.get("query", ""),
        "NEW": NEW,
    }
    return render(request, "desk/many.html", context, status=409 if blocked else 200)


def _perform(step: Step, by_round: dict[int, list[int]], user: User, posted: QueryDict) -> None:
    """The step on all the cases or on none; a second click with the same key does nothing more."""
    key = posted.get("key", "")[:60]
    if step.name != "consolidate":
        perform(step.name, chain.from_iterable(by_round.values()), actor=user, key=key)
        return
    with transaction.atomic():
        for round_id, ids in sorted(by_round.items()):
            # Two clicks wait for each other here, so that the second finds the first one's command.
            round_ = Round.objects.select_for_update().get(pk=round_id)
            once = f"{key}:{round_id}"
            if not Command.objects.filter(actor=user, key=once).exists():
                batch = _batch(posted.get(f"batch-{round_id}", NEW), round_, user)
                consolidate(batch, ids, by=user, key=once)


def _batch(chosen: str, round_: Round, user: User) -> Batch:
    """The batch that was chosen, or a new one of the round."""
    if not chosen.isdecimal():
        return open_batch(round_, by=user)
    mine = Batch.objects.filter(round=round_, handler__in=user.organisations_as(Role.CLERK))
    return get_object_or_404(mine, pk=int(chosen))
