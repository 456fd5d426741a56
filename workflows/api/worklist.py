"""The worklist of an office: its order, its filters, and one step over many cases, all of them or none."""

from itertools import chain
from typing import Annotated

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import StringConstraints

from accounts.models import Role, Scope, User
from workflows.api.bearer import asker
from workflows.api.case_out import CaseLine, lines_of
from workflows.api.keeping import key_of
from workflows.api.kinds import Id, Ids, Limit, Slug
from workflows.api.lists import link_next
from workflows.api.problems import ReasonOut, reason_out
from workflows.api.routes import DESK, Routes
from workflows.approvals import consolidate, open_batch
from workflows.engine.asking import blockers
from workflows.engine.declare import Programme, Step
from workflows.engine.perform import perform
from workflows.errors import NothingSelected, UnknownStep
from workflows.models import Application, ApplicationQuerySet, Batch, Round
from workflows.programmes import registry
from workflows.queries import desk_of
from workflows.search.parsing import LONGEST
from workflows.web.desk.filters import listing
from workflows.web.desk.steps import many_steps

routes = Routes("The worklist")
Cursor = Annotated[str, StringConstraints(pattern=r"^((none|\d{4}-\d\d-\d\d)\.\d{1,18})?$")]
Filter = Annotated[str, StringConstraints(max_length=LONGEST)]
# So many blocked cases are named one by one in a manifest; the rest is counted.
NAMED = 1000


class WorkRows(Schema):
    """A page of the worklist, earliest deadline first, and how many stand in each state under the filters."""

    rows: list[CaseLine]
    next: str | None
    counts: dict[str, int]
    waiting: int


class ManyIn(Schema):
    """Cases by id, or everything that a `query` of the worklist matches (`tab=submitted&due=overdue`)."""

    programme: Slug
    step: Slug
    cases: Ids = []
    query: Filter | None = None


class ManyStepIn(ManyIn):
    """As the manifest. For `consolidate`, into which batch; a new one for each round if it is left out."""

    batch: Id | None = None


class ManifestOfStep(Schema):
    """What the step would do: on which cases it is possible, and every reason on those where it is not."""

    step: str
    count: int
    possible: list[int]
    blocked: int
    reasons: list[ReasonOut]
    reasons_left_off: int
    people: int
    granted: int
    amount_fen: int


class ManyDone(Schema):
    step: str
    count: int
    batches: list[int]


@routes.get("/worklist", WorkRows, scope=Scope.CASES_READ, by=DESK)
def worklist(
    request: HttpRequest,
    after: Cursor = "",
    limit: Limit = 30,
    tab: Filter = "",
    q: Filter = "",
    programme: Filter = "",
    year: Filter = "",
    handling: Filter = "",
    due: Filter = "",
    industry: Filter = "",
) -> WorkRows:
    """The cases of one's offices, earliest deadline first, under the same filters as the page.

    `tab`: `waiting` (for me, the default), `all`, or a state. `handling`: `mine` or `unassigned`.
    `due`: `overdue` or `soon`. `q`: the search of the page, such as `is:overdue lead:@me amount:>1e6`; a word that
    cannot be understood is a 422 that names it. `counts` stops counting a search at 10,000 cases.
    """
    user = asker(request)
    given = {"tab": tab, "q": q, "programme": programme, "year": year, "handling": handling, "due": due,
             "industry": industry}  # fmt: skip
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in given.items() if value})
    listed = listing(user, query)
    listed.search.checked()
    page = listed.page(after, "", rows=limit)
    link_next(request, page.next)
    return WorkRows(
        rows=lines_of(page.rows, user),
        next=page.next,
        counts=listed.counts.by_state,
        waiting=listed.counts.waiting,
    )


def step_of(asked: ManyIn) -> tuple[Programme, Step]:
    """The programme and the step that are named.

    Raises:
        UnknownStep: there is none that is taken on many cases.
    """
    programme = registry().get(asked.programme)
    step = many_steps(programme).get(asked.step) if programme else None
    if programme is None or step is None:
        raise UnknownStep(step=asked.step)
    return programme, step


def chosen(asked: ManyIn, user: User) -> ApplicationQuerySet:
    """The cases that are meant.

    Raises:
        SearchUnclear: the query has a word that cannot be understood.
        NothingSelected: neither cases nor a query are given.
        Http404: one of the cases is not for `user` to know of.
    """
    if asked.query is not None:
        listed = listing(user, QueryDict(asked.query))
        listed.search.checked()
        return listed.cases.filter(programme=asked.programme)
    wanted = sorted(set(asked.cases))
    if not wanted:
        raise NothingSelected
    known = desk_of(user).filter(Q(pk__any=wanted), programme=asked.programme)
    if known.count() != len(wanted):
        raise Http404
    return known


def _ids(asked: ManyIn, user: User) -> list[int]:
    ids = list(chosen(asked, user).order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise NothingSelected
    return ids


@routes.ask("/worklist/manifest", ManifestOfStep, scope=Scope.CASES_READ, by=DESK)
def worklist_manifest(request: HttpRequest, asked: ManyIn) -> ManifestOfStep:
    """The dry run of a step over many cases: whom it can be done on, whom not, and every reason. Changes nothing.

    For very many, or to sign exactly what was read: `POST /manifests`.
    """
    user = asker(request)
    _programme, step = step_of(asked)
    ids = _ids(asked, user)
    reasons = blockers(step, ids, user)
    possible = [pk for pk in ids if pk not in reasons]
    found = [reason_out(r, pk) for pk, those in sorted(reasons.items()) for r in those]
    totals = Application.objects.filter(pk__any=possible).aggregate(
        people=Coalesce(Sum("rows_total"), 0),
        granted=Coalesce(Sum("rows_granted"), 0),
        amount_fen=Coalesce(Sum("amount_fen"), 0),
    )
    return ManifestOfStep(
        step=step.name,
        count=len(ids),
        possible=possible,
        blocked=len(reasons),
        reasons=found[:NAMED],
        reasons_left_off=max(0, len(found) - NAMED),
        **totals,
    )


@routes.change("POST", "/worklist/steps", ManyDone, scope=Scope.CASES_WRITE, by=DESK)
def worklist_step(request: HttpRequest, asked: ManyStepIn) -> ManyDone:
    """Take a step on many cases: accept, examine, verify or consolidate; on all of them, or on none."""
    user = asker(request)
    _programme, step = step_of(asked)
    ids = _ids(asked, user)
    key = key_of(request)
    if step.place != "selection":
        done = perform(step.name, ids, actor=user, key=key)
        return ManyDone(step=step.name, count=done.count, batches=[])
    by_round: dict[int, list[int]] = {}
    for round_id, pk in Application.objects.filter(pk__any=ids).values_list("round", "pk"):
        by_round.setdefault(round_id, []).append(pk)
    with transaction.atomic():
        batches = [
            _consolidated(round_id, those, user, f"{key}:{round_id}"[:80], asked.batch)
            for round_id, those in sorted(by_round.items())
        ]
    return ManyDone(step=step.name, count=len(list(chain(*by_round.values()))), batches=batches)


def _consolidated(round_id: int, ids: list[int], user: User, key: str, wanted: int | None) -> int:
    if wanted is None:
        batch = open_batch(Round.objects.get(pk=round_id), by=user)
    else:
        mine = Batch.objects.filter(round=round_id, handler__in=user.organisations_as(Role.CLERK))
        batch = get_object_or_404(mine, pk=wanted)
    consolidate(batch, ids, by=user, key=key)
    return batch.pk
