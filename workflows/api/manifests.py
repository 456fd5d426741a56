"""Manifests: a step over any number of cases, frozen, read, signed with its hash, carried out all or nothing."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field, StringConstraints

from accounts.models import Scope, User
from config.words import T
from workflows import manifests as verbs
from workflows.api.batches import ObstacleOut
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.keeping import key_of
from workflows.api.kinds import After, Digest, Id, Limit, Ref, Rows, Sentence
from workflows.api.lists import link_next
from workflows.api.problems import ReasonOut, reason_out
from workflows.api.routes import DESK, Routes, put_header
from workflows.api.worklist import ManyIn, chosen, step_of
from workflows.engine.asking import blockers
from workflows.engine.declare import Programme, Step
from workflows.engine.freeze import obstacles, report_page, said_now
from workflows.engine.guards import Reason
from workflows.engine.phases import phase_of
from workflows.models import Application, Manifest
from workflows.programmes import programme as declared
from workflows.web.desk.manifest import mine

routes = Routes("Manifests")
Stage = Manifest.Stage
# The id of a round, as the name of a member in JSON.
RoundId = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,17}$")]


class RoundCount(Schema):
    """How many cases of a round can go."""

    round: int
    count: int


class FrozenOut(Schema):
    """A manifest. Sign it by sending its `sha256` to `commit`: what has changed since it was frozen is refused.

    `stage`: `ready`, `signed` (a worker is at it: `phase`), `done`, or `refused` with `refusal`. `obstacles`: each
    reason, on how many cases, some of them by name; `/blocked` lists every case. `rounds`: only of `consolidate`.
    """

    id: int
    programme: str
    step: str
    query: str
    made_at: str
    stage: str
    phase: str | None
    sha256: str
    count: int
    possible: int
    blocked: int
    people: int
    granted: int
    held: int
    amount_fen: int
    obstacles: list[ObstacleOut]
    rounds: list[RoundCount]
    done: int
    batches: list[int]
    refusal: str


class BlockedCase(Schema):
    """A case that does not go along, with every reason."""

    case: Ref
    reasons: list[ReasonOut]


class ManifestSignIn(Schema):
    """The signature: the manifest's hash. `mode` `possible` takes those that can go, `all` all or none.

    `batches` for `consolidate`: the id of a round → the batch for its cases; a new one where none is named.
    """

    sha256: Digest
    mode: Manifest.Mode = Manifest.Mode.ALL
    reason: Sentence = ""
    batches: Annotated[dict[RoundId, Id], Field(max_length=1000)] = {}


@routes.change("POST", "/manifests", FrozenOut, scope=Scope.CASES_WRITE, by=DESK, status=201)
def manifest_prepare(request: HttpRequest, asked: ManyIn) -> FrozenOut:
    """Freeze the cases that are named, or all that a `query` finds, with versions and every reason that blocks.

    No limit on how many. Nothing is done to the cases; what nobody signs is forgotten after a week.
    """
    user = asker(request)
    programme, step = step_of(asked)
    made = verbs.prepare(
        step.name,
        chosen(asked, user),
        actor=user,
        programme=programme.slug,
        search={"query": asked.query or ""},
    )
    put_header(request, "Location", f"/api/v1/manifests/{made.pk}")
    return _out(Manifest.objects.get(pk=made.pk), user)


@routes.get("/manifests/{pk}", FrozenOut, scope=Scope.CASES_READ, by=DESK)
def manifest(request: HttpRequest, pk: Id) -> FrozenOut:
    """The manifest as it stands. Whoever drew it up reads it, nobody else."""
    user = asker(request)
    return _out(mine(user, pk), user)


@routes.get("/manifests/{pk}/blocked", Rows[BlockedCase], scope=Scope.CASES_READ, by=DESK)
def manifest_blocked(
    request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30
) -> Rows[BlockedCase]:
    """Every case that does not go along, with all its reasons; one that was mended since says so."""
    found = mine(asker(request), pk)
    programme, step = _declared(found)
    page, following = report_page(found, programme, step, after=after or 0, limit=limit)
    link_next(request, following)
    rows = [
        BlockedCase(
            case=Ref(id=one.case.pk, name=one.case.number or ""),
            reasons=[reason_out(reason, one.case.pk, one.case.round_id) for reason in one.reasons],
        )
        for one in page
    ]
    return Rows[BlockedCase](rows=rows, next=following)


@routes.change("POST", "/manifests/{pk}/commit", FrozenOut, scope=Scope.CASES_WRITE, by=DESK)
def manifest_commit(request: HttpRequest, pk: Id, asked: ManifestSignIn) -> FrozenOut:
    """Sign it and carry it out: all its cases, or with `mode` `possible` those that can go; else none.

    Over 5,000 cases a worker carries it out: the answer has the stage `signed`; read the manifest again until it is
    `done` or `refused`.
    """
    user = asker(request)
    found = mine(user, pk)
    consolidates = _declared(found)[1].place == "selection"
    how = {
        "signature": asked.sha256.lower(),
        "key": key_of(request),
        "mode": asked.mode.value,
        "reason": asked.reason.strip(),
    }
    data = {"batches": {k: str(v) for k, v in asked.batches.items()}} if consolidates else {}
    verbs.take(found, data=data, **how)
    return _out(mine(user, pk), user)


def _declared(found: Manifest) -> tuple[Programme, Step]:
    programme = declared(found.programme)
    return programme, programme.steps[found.step]


def _out(found: Manifest, user: User) -> FrozenOut:
    programme, step = _declared(found)
    told = found.outcome
    phase = phase_of(verbs.work_of(found)) if found.stage == Stage.SIGNED else None
    refused = found.stage == Stage.REFUSED
    rounds = verbs.rounds_in(found) if step.place == "selection" and found.stage == Stage.READY else []
    return FrozenOut(
        id=found.pk,
        programme=found.programme,
        step=found.step,
        query=found.search.get("query", ""),
        made_at=iso(found.made_at) or "",
        stage=found.stage,
        phase=phase.name if phase else None,
        sha256=found.sha256,
        count=found.count,
        possible=found.possible,
        blocked=found.blocked,
        **{name: found.totals.get(name, 0) for name in ("people", "granted", "held", "amount_fen")},
        obstacles=_obstacles(found, programme, step, user),
        rounds=[RoundCount(round=pk, count=count) for pk, count in rounds],
        done=told.get("count", 0),
        batches=told.get("batches", []),
        refusal=str(T(en=told["en"], zh=told["zh"])) if refused else "",
    )


def _obstacles(found: Manifest, programme: Programme, step: Step, user: User) -> list[ObstacleOut]:
    """The commonest first; two queries, whatever their number."""
    standing_in_the_way = obstacles(found, programme, step)
    shown = {pk for one in standing_in_the_way for pk in one.some}
    if not shown:
        return []
    standing = blockers(step, shown, user)
    rounds = dict(Application.objects.filter(pk__any=list(shown)).values_list("pk", "round"))
    made = []
    for one in standing_in_the_way:
        frozen = Reason(one.code, one.words, one.mend)
        named = [reason_out(said_now(frozen, standing.get(pk, ())), pk, rounds.get(pk)) for pk in one.some]
        made.append(ObstacleOut(code=one.code, count=one.count, named=named))
    return made
