"""Guards of what experts do on a case."""

from functools import cache

from django.db.models import Exists, F, OuterRef, Q

from config.words import T
from workflows.engine.declare import Programme
from workflows.engine.guards import Asking, Guard
from workflows.models import Assignment
from workflows.review.counting import SITTING

NO_QUORUM = "no_quorum"
_LEAST = "reviews_wanted__gte"


def _mine(asking: Asking, **more: object) -> Q:
    return Q(Exists(Assignment.objects.open_to(asking.actor).filter(application=OuterRef("pk"), **more)))


not_undertaken_yet = Guard(
    lambda asking: _mine(asking, undertaking_at=None),
    T("You have given your undertaking for this case.", "您已签署本件的承诺书。"),
    code="undertaken",
    of_actor=True,
)
has_undertaken = Guard(
    lambda asking: _mine(asking, undertaking_at__isnull=False),
    T("The undertaking and the confidentiality statement come first.", "请先签署承诺书和保密声明。"),
    mend="undertaking",
    code="no_undertaking",
    of_actor=True,
)
not_reviewed_yet = Guard(
    lambda asking: _mine(asking, submitted_at=None, abstained_at=None),
    T("Your scores are in: revise them, with a reason.", "您已提交评分；如需改动，请“修改评分”并说明理由。"),
    mend="sheet",
    code="reviewed",
    of_actor=True,
)
reviewed_already = Guard(
    lambda asking: _mine(asking, submitted_at__isnull=False),
    T("You have not submitted scores yet.", "您还没有提交评分。"),
    mend="sheet",
    code="not_reviewed",
    of_actor=True,
)
chairs = Guard(
    lambda asking: _mine(asking, seat__is_chair=True, seat__state__in=SITTING),
    T("The chair of the panel concludes.", "由专家组组长作出结论。"),
    code="chair",
    of_actor=True,
)
all_reviews_in = Guard(
    Q(reviews_wanted__gt=0, reviews_in__gte=F("reviews_wanted")),
    T("Reviews in: {reviews_in} of {reviews_wanted}.", "已评分 {reviews_in} 人，应评 {reviews_wanted} 人。"),
    mend="board",
    code="reviews",
)


@cache
def at_quorum(least: int) -> Guard:
    """At least so many experts sit on the case itself; who recused themselves does not, who abstains does."""
    return Guard(
        Q(**{_LEAST: least}),
        T(
            f"{{reviews_wanted}} experts sit on this case, at least {least} are needed: the secretary seats another.",
            f"本件在席专家 {{reviews_wanted}} 人，至少需 {least} 人，请秘书补充专家。",
        ),
        mend="board",
        code=NO_QUORUM,
    )


def least_on_case(programme: Programme) -> int:
    """How many experts have to sit on a case of `programme` for a conclusion, as its panel declares it."""
    conclusion = programme.steps.get("pass_review")
    for guard in conclusion.when if conclusion else ():
        if guard.code == NO_QUORUM and isinstance(guard.holds, Q):
            return next(
                int(one[1]) for one in guard.holds.children if isinstance(one, tuple) and one[0] == _LEAST
            )
    return 1


_OUTCOMES = {
    outcome: Guard(
        Q(review_outcome=outcome),
        T(
            f"The scores do not come to “{en}”: {{review_score}}.",
            f"评分结果不是“{zh}”：{{review_score}} 分。",
        ),
        mend="scores",
        code=f"not_{outcome}",
    )
    for outcome, en, zh in (
        ("pass", "pass", "通过"),
        ("revise", "pass after revision", "修改后通过"),
        ("fail", "fail", "不通过"),
    )
}


def comes_to(outcome: str) -> Guard:
    """That the scores come to `outcome` by the programme's rule."""
    return _OUTCOMES[outcome]
