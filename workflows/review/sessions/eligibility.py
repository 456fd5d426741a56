"""The pool of a session's draw: whom the office's database offers, and who is excluded, each by its rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.words import T
from workflows.engine import clock
from workflows.models import (
    CaseField,
    Competence,
    Conflict,
    Expert,
    ExpertPost,
    ReviewSession,
    Seat,
    SessionItem,
)
from workflows.review.counting import SITTING
from workflows.review.draw.pool import Candidate, Exclusion, Pool
from workflows.review.experts import eligible
from workflows.review.recusal.rules import RULES as RECUSAL


@dataclass(frozen=True, slots=True)
class Terms:
    """What an expert has to be [law, by analogy]: so many years in the field, and a senior title."""

    years: int = eligible.YEARS
    senior: bool = True


RULES = {
    name: words for name, words in eligible.RULES.items() if name not in ("not_enrolled", "not_in_field")
} | {
    "no_account": T("Has no account yet and cannot be asked", "尚无账号，无法邀请"),
    "secretary": T("Secretary of the session", "为本场次秘书"),
    "no_field": T("No field in the database", "库中没有专业领域"),
    "had_seat": T("Has had a seat in this session", "已列入过本场次"),
    "elsewhere": T("In another session in this half-day", "该半天已列入其他场次"),
}
CONFLICT = "conflict_"


def pool_of(session: ReviewSession, terms: Terms | None = None) -> Pool:
    """Candidates by code alone, employers by a number of this pool alone: the certificate is public, people are not.

    A fixed number of statements, whatever the number of experts.
    """
    terms = terms or Terms()
    day = session.held_on or clock.day_of(clock.now())
    office = Expert.objects.enrolled().filter(office=session.office_id)
    half = session.half if session.held_on else None
    judged = eligible.judged(office, at=day, senior=terms.senior, years=terms.years, half=half)
    experts = list(judged.order_by("code"))
    ids = [one.pk for one in experts]
    fields: dict[int, list[str]] = defaultdict(list)
    for expert, code in Competence.objects.filter(expert__in=ids).values_list("expert_id", "field__code"):
        fields[expert].append(code)
    out = _excluded(session, experts, fields, terms)
    employers = _employers(experts)
    candidates = {
        one.pk: Candidate(one.code, one.code, employers[one.pk], tuple(fields[one.pk])) for one in experts
    }
    said = {rule for rules in out.values() for rule in rules}
    return Pool(
        candidates=tuple(candidates[one.pk] for one in experts if not out[one.pk]),
        excluded=tuple(Exclusion(candidates[pk], rule) for pk in ids for rule in sorted(out[pk])),
        rules={rule: words_of(rule).format(years=terms.years) for rule in sorted(said)},
    )


def fields_of_cases(session: ReviewSession) -> list[str]:
    """Codes of the fields that the cases of a session are about: what its panel is to know."""
    cases = SessionItem.objects.filter(session=session, removed_at=None).values("application")
    found = CaseField.objects.filter(application__in=cases, field__retired_at=None)
    return sorted(set(found.values_list("field__code", flat=True)))


def words_of(rule: str) -> T:
    """What a rule says; conflicts are named by theirs."""
    if rule in RULES:
        return RULES[rule]
    code = rule.removeprefix(CONFLICT)
    title = RECUSAL[code].title if code in RECUSAL else T(code, code)
    return T("Conflict with a case of the session: {title}", "与本场次项目存在利益冲突：{title}").format(
        title=title
    )


def _excluded(
    session: ReviewSession, experts: Iterable[Expert], fields: Mapping[int, list[str]], terms: Terms
) -> dict[int, set[str]]:
    """Expert → the rules by which they cannot be drawn."""
    out: dict[int, set[str]] = defaultdict(set)
    by_id = {one.pk: one for one in experts}
    more = SessionItem.objects.filter(session=session, removed_at=None).count()
    for one in by_id.values():
        rules = out[one.pk]
        rules.update(set(eligible.rules_against(one)) - {"full"})
        if not terms.years:
            rules.discard("too_few_years")
        if one.load + more > one.load_limit:  # type: ignore[attr-defined]
            rules.add("full")
        if one.user_id is None:
            rules.add("no_account")
        if one.user_id == session.secretary_id:
            rules.add("secretary")
        if not fields.get(one.pk):
            rules.add("no_field")
    _tied(session, by_id, out)
    _elsewhere(session, by_id, out)
    return out


def _tied(session: ReviewSession, experts: Mapping[int, Expert], out: dict[int, set[str]]) -> None:
    cases = SessionItem.objects.filter(session=session, removed_at=None).values("application")
    ties = Conflict.objects.standing().filter(application__in=cases, expert__in=list(experts))
    for expert, rule in ties.values_list("expert_id", "rule").distinct():
        out[expert].add(f"{CONFLICT}{rule}")
    for expert in Seat.objects.filter(session=session).values_list("expert_id", flat=True):
        if expert in experts:
            out[expert].add("had_seat")


def _elsewhere(session: ReviewSession, experts: Mapping[int, Expert], out: dict[int, set[str]]) -> None:
    if session.held_on is None:
        return
    seats = Seat.objects.filter(
        expert__in=list(experts), held_on=session.held_on, half=session.half, state__in=SITTING
    ).exclude(session=session)
    for expert in seats.values_list("expert_id", flat=True):
        out[expert].add("elsewhere")


def _employers(experts: Iterable[Expert]) -> dict[int, str]:
    """Expert → a label of whom they work for: the group, the firm, or themselves where nobody is known."""
    posts: dict[int, str] = {}
    now = ExpertPost.objects.filter(
        expert__in=[one.pk for one in experts], kind=ExpertPost.Kind.EMPLOYED, until_on=None
    )
    for post in now.order_by("pk"):
        posts.setdefault(post.expert_id, post.group_code or post.credit_code or post.organisation)
    labels: dict[str, str] = {}
    return {
        one.pk: labels.setdefault(posts.get(one.pk, f"#{one.pk}"), f"U{len(labels) + 1:03d}")
        for one in experts
    }
