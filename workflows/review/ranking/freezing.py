"""Freezing a ranking: its content with every review that went into it, hashed, for the approval batch."""

import hashlib
from fractions import Fraction
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.engine.canonical import canonical
from workflows.models import Ranking, Round
from workflows.review.acts import review_sha256
from workflows.review.draw.rfc3797 import key_of
from workflows.review.ranking.lots import seed_of
from workflows.review.ranking.reading import Place, Standings, ranking_of

FORMAT = 1
REASON_MAX = 500


class NothingToFreeze(Refusal):
    code = "nothing_ranked"
    status = 409
    words = T(
        "Nothing is ranked yet in {round}: no case has all its reviews in.",
        "{round}还没有可排名的项目：尚无项目收齐全部评分。",
    )


class FrozenAlready(Refusal):
    code = "frozen_already"
    status = 422
    words = T(
        "The ranking of {round} was frozen on {on}. To freeze it anew, say why.",
        "{round}的排名已于 {on} 固化。如需重新固化，请说明理由。",
    )


class FrozenUnchanged(Refusal):
    code = "frozen_unchanged"
    status = 409
    words = T(
        "The ranking is the same as the one that is frozen ({sha256}).",
        "当前排名与已固化的排名相同（{sha256}）。",
    )


def frozen_of(round_: Round) -> Ranking | None:
    """The newest frozen ranking of a round, which counts."""
    return Ranking.objects.filter(round=round_).select_related("frozen_by").order_by("-pk").first()


def freeze(round_: Round, *, by: User, reason: str = "", places: int | None = None) -> Ranking:
    """Keep the ranking as it stands, with its hash; a later one needs a reason, and the earlier stays.

    Raises:
        NothingToFreeze: no case is ranked.
        FrozenUnchanged: it is what is frozen already.
        FrozenAlready: another is frozen, and no reason was given.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ranking'), %s)", [round_.pk])
        found = ranking_of(round_, places=places)
        if not found.ranked:
            raise NothingToFreeze(round=round_.title)
        content = content_of(found)
        text = canonical(content)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        last = frozen_of(round_)
        if last is not None and last.sha256 == sha256:
            raise FrozenUnchanged(sha256=sha256[:12])
        if last is not None and not reason.strip():
            raise FrozenAlready(round=round_.title, on=f"{last.frozen_at:%Y-%m-%d}")
        return Ranking.objects.create(
            round=round_, content=content, sha256=sha256, frozen_by=by, reason=reason.strip()[:REASON_MAX]
        )


def content_of(found: Standings) -> dict[str, Any]:
    """The ranking as JSON: order, exact scores as fractions, and the hash of every review that counted."""
    return {
        "format": FORMAT,
        "programme": found.round.programme,
        "policy": found.round.policy,
        "round": found.round.pk,
        "cut": {"at_least": None if found.cut.at_least is None else str(found.cut.at_least),
                "places": found.cut.places},
        **_lot(found),
        "ranked": [_ranked(place) for place in found.ranked],
        "unranked": [
            {"case": place.case.number, "id": place.case.pk, "why": _why_not(place)} for place in found.unranked
        ],
    }  # fmt: skip


def _lot(found: Standings) -> dict[str, Any]:
    """The lot with its key, where its numbers are known."""
    seed = seed_of(found.lot)
    if found.lot is None or seed is None:
        return {}
    return {"lot": {"sha256": found.lot.sha256, "key": key_of(seed)}}


def holds(ranking: Ranking) -> bool:
    """Whether the content is what was hashed."""
    return hashlib.sha256(canonical(ranking.content).encode()).hexdigest() == ranking.sha256


def _ranked(place: Place) -> dict[str, Any]:
    assert place.ranked is not None
    score, codes = place.standing.score, {one.pk: one.expert.code for one in place.standing.assignments}
    return {
        "case": place.case.number,
        "id": place.case.pk,
        "rank": place.ranked.rank,
        "place": place.ranked.place,
        "settled_by": place.ranked.settled_by,
        **({"drawn_from": place.ranked.drawn_from} if place.ranked.drawn_from else {}),
        "score": _written(score.exact),
        "shown": str(score.shown),
        "outcome": place.standing.outcome,
        "above": place.above,
        "dropped": sorted(total.expert for total in score.dropped),
        "reviews": [
            {
                "expert": codes[review.assignment_id],
                "number": review.number,
                "sha256": review_sha256(
                    {"scores": review.scores, "comments": review.comments, "vetoes": review.vetoes,
                     "opinion": review.opinion}
                ),
            }
            for review in place.standing.reviews
        ],
    }  # fmt: skip


def _why_not(place: Place) -> str:
    if place.vetoed:
        return "vetoed"
    return "no_score" if place.standing.all_in else "reviews_missing"


def _written(exact: Fraction | None) -> str:
    return "" if exact is None else f"{exact.numerator}/{exact.denominator}"
