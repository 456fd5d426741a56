"""What experts do on a case: effects of the steps of a chaired `panel`, each on one case."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from config.errors import Refusal
from config.words import T
from workflows.engine.perform import Move
from workflows.models import (
    Application,
    Assignment,
    Conclusion,
    Conflict,
    Review,
    ReviewDraft,
    SessionItem,
)
from workflows.review import counting
from workflows.review.cut import apply_cut, cut_of
from workflows.review.sessions.on_case import require_case_quorum

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
    mine = _mine(move)
    content = dict(move.data["review"])
    if review_sha256(content) != move.data.get("sha256"):
        raise NotWhatWasSigned
    if (rubric := move.programme.rubric) is not None:
        counting.require_countable(
            rubric, content.get("scores", {}), content.get("vetoes", ()), content.get("comments", {})
        )
    number = mine.reviews.count() + 1
    Review.objects.create(
        assignment=mine, number=number, scores=content.get("scores", {}), comments=content.get("comments", {}),
        vetoes=content.get("vetoes", []), opinion=content.get("opinion", ""),
        reason=move.reason if number > 1 else "", submitted_at=move.at,
    )  # fmt: skip
    mine.submitted_at = mine.submitted_at or move.at
    mine.save(update_fields=["submitted_at"])
    ReviewDraft.objects.filter(assignment=mine).delete()
    counting.recount(move.ids)
    move.found["number"] = number


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
        require_case_quorum(case)
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
