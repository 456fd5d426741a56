"""What experts do on a case: effects of the steps of a chaired `panel`, each on one case."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import connection
from psycopg.types.json import Json

from config.errors import Refusal
from config.words import T
from workflows.engine.perform import Move
from workflows.models import (
    Application,
    Assignment,
    Conclusion,
    Conflict,
    SessionItem,
)
from workflows.review import counting
from workflows.review.cut import apply_cut, cut_of
from workflows.review.sessions.on_case import require_enough_of_the_field

DECLARED = "declared"


class NotWhatWasSigned(Refusal):
    """What was handed over is not what the hash in the event says."""

    code = "review_changed"
    status = 409
    words = T(
        en="What was sent is not what was confirmed. Please open the score sheet again.",
        zh="提交的内容与确认的内容不一致，请重新打开评分表。",
    )


def review_sha256(content: Mapping[str, Any]) -> str:
    """The hash of a review's content (scores, comments, vetoes, opinion), as the event of the case keeps it."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def undertake(move: Move) -> None:
    """Effect: undertaking and confidentiality statement are given; the papers open to this expert."""
    mine = Assignment.objects.open_to(move.actor).filter(application__in=move.ids)
    Assignment.objects.filter(pk__in=mine.values("pk")).update(undertaking_at=move.at)


def declare_conflict(move: Move) -> None:
    """Effect: the expert recuses themselves: a conflict stands from now on, and their assignment ends."""
    mine = _mine(move)
    Conflict.objects.update_or_create(
        expert=mine.expert, application_id=mine.application_id, rule=DECLARED,
        defaults={
            "evidence": {"said": move.reason}, "source": Conflict.Source.DECLARED, "declared_by": move.actor,
            "found_at": move.at, "settled_as": "", "settled_by": None, "settled_at": None, "settled_reason": "",
        },
    )  # fmt: skip
    end(mine, move, counting.RECUSED)
    counting.recount(move.ids)


def submit_review(move: Move) -> None:
    """Effect: the review in `kept["review"]` is kept for good, the first or a revision; the case's facts follow.

    The event holds its number and its hash, not what was scored.

    Raises:
        NotWhatWasSigned: it is not what `data["sha256"]` says.
        ScoreOutOfRange, UnknownCriterion, ReviewIncomplete, UnknownVeto, CommentMissing: the rubric cannot count it.
    """
    content = dict(move.data["review"])
    if review_sha256(content) != move.data.get("sha256"):
        raise NotWhatWasSigned
    if (rubric := move.programme.rubric) is not None:
        counting.require_countable(
            rubric, content.get("scores", {}), content.get("vetoes", ()), content.get("comments", {})
        )
    move.found["number"] = _kept(move, content)
    counting.recount(move.ids)


def _kept(move: Move, content: Mapping[str, Any]) -> int:
    """Keep a review under the assignment of the actor, whose draft is done with; its number. One statement."""
    (case,), (sql, known) = move.ids, _keep_sql()
    params: list[Any] = [{CASE: case, ACTOR: move.actor.pk}.get(value, value) for value in known]
    scores, comments, vetoes = (
        Json(content.get(name, empty)) for name, empty in (("scores", {}), ("comments", {}), ("vetoes", []))
    )
    given: list[Any] = [scores, comments, vetoes, content.get("opinion", ""), move.reason, move.at, move.at]
    with connection.cursor() as cursor:
        cursor.execute(sql, params + given)
        row = cursor.fetchone()
    if row is None:
        raise Assignment.DoesNotExist(f"nobody's case to review: {case}")
    return int(row[0])


# Stand in the compiled statement where the case and the actor of a command come in.
CASE, ACTOR = -1, -2


@cache
def _keep_sql() -> tuple[str, tuple[Any, ...]]:
    """The statement around what the ORM makes of an open assignment: compiling that takes longer than running it."""
    mine = Assignment.objects.open().filter(application=CASE, expert__user=ACTOR).values("pk").order_by()
    sql, params = mine.query.sql_with_params()
    return (
        f"""WITH mine(id) AS MATERIALIZED ({sql}),
                 kept AS (
                   INSERT INTO workflows_review
                          (assignment_id, number, scores, comments, vetoes, opinion, reason, submitted_at)
                   SELECT mine.id, before.n + 1, given.scores, given.comments, given.vetoes, given.opinion,
                          CASE WHEN before.n > 0 THEN given.reason ELSE '' END, given.at
                     FROM mine,
                          (VALUES (%s::jsonb, %s::jsonb, %s::jsonb, %s, %s, %s::timestamptz))
                            AS given(scores, comments, vetoes, opinion, reason, at),
                          LATERAL (SELECT count(*) AS n FROM workflows_review r WHERE r.assignment_id = mine.id) before
                   RETURNING number),
                 dated AS (
                   UPDATE workflows_assignment a SET submitted_at = COALESCE(a.submitted_at, %s::timestamptz)
                     FROM mine WHERE a.id = mine.id),
                 done AS (DELETE FROM workflows_reviewdraft d USING mine WHERE d.assignment_id = mine.id)
            SELECT number FROM kept""",  # noqa: S608
        params,
    )


def abstain(move: Move) -> None:
    """Effect: the expert takes no part in this case; that is not nought."""
    mine = _mine(move)
    mine.abstained_at = move.at
    mine.save(update_fields=["abstained_at"])
    counting.recount(move.ids)


def conclude(move: Move) -> None:
    """Effect: the conclusion of the panel is kept, with the score as it stands, `cut_fen` and `revise_by` of data.

    Raises:
        CutTooLarge: more is cut than was asked for.
        CaseNoQuorum: of those who sit on the case of a session fewer than two thirds are in its field.
    """
    case = Application.objects.get(pk__any=move.ids)
    cut_fen, before_fen = int(move.data.get("cut_fen") or 0), cut_of(case) or 0
    outcome = {"pass_review": "pass", "ask_revision": "revise", "fail_review": "fail"}[move.step.name]
    item = SessionItem.objects.filter(application=case, removed_at=None).first()
    if item is not None:
        require_enough_of_the_field(case)
    Conclusion.objects.filter(application=case, replaced_at=None).update(replaced_at=move.at)
    kept = Conclusion.objects.create(
        application=case, session_id=item.session_id if item else None, outcome=outcome, score=case.review_score,
        cut_fen=cut_fen, opinion=move.reason, revise_by=move.data.get("revise_by"),
        concluded_by=move.actor, concluded_at=move.at,
    )  # fmt: skip
    apply_cut(move, cut_fen, before_fen)
    move.found |= {"conclusion": kept.pk, "score": str(case.review_score), "reviews": case.reviews_in}


def confirm_revision(move: Move) -> None:
    """Effect: the chair confirms what was revised."""
    Conclusion.objects.filter(application__in=move.ids, replaced_at=None).update(
        confirmed_by=move.actor, confirmed_at=move.at
    )


def end(assignment: Assignment, move: Move, why: str) -> None:
    """End an assignment; what was reviewed stays, and counts no more."""
    assignment.state, assignment.ended_at, assignment.ended_reason = Assignment.State.ENDED, move.at, why
    assignment.save(update_fields=["state", "ended_at", "ended_reason"])


def _mine(move: Move) -> Assignment:
    """The assignment through which the actor acts on the case; the role of the step has made sure of it."""
    return Assignment.objects.open_to(move.actor).select_related("expert").get(application__in=move.ids)
