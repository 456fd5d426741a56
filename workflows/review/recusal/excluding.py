"""The applicant's list of experts to keep away from its case, each with the reason; at most five."""

from django.db import transaction

from accounts.identifiers import InvalidIdentifier, credit_code
from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.models import Application, Assignment, ExcludedExpert, SessionItem
from workflows.review.recusal.finding import find_conflicts

MOST = 5


class ListFull(Refusal):
    code = "exclusions_full"
    status = 409
    words = T(en="At most {most} people can be named.", zh="最多可填写 {most} 人。")


class ListClosed(Refusal):
    code = "exclusions_closed"
    status = 409
    words = T(
        en="The list is closed: the panel has been announced, or the review is over.",
        zh="名单已截止：专家组已公布，或评审已结束。",
    )


class NotNamed(Refusal):
    """An entry by which nobody can be told from a namesake, or without its reason."""

    code = "exclusion_incomplete"
    status = 422
    words = T(
        en="Give the name, the organisation or its credit code, and the reason.",
        zh="请填写姓名、所在单位（或其统一社会信用代码）和理由。",
    )


class WrongCode(Refusal):
    code = "credit_code_wrong"
    status = 422
    words = T(
        en="The credit code “{code}” is mistyped. Compare it with the licence, or leave it out.",
        zh="统一社会信用代码“{code}”有误，请核对，或留空。",
    )


def has_panel(case: Application) -> bool:
    """Whether experts review cases of this programme, so that there is anybody to keep away."""
    return "declare_conflict" in case.declaration.steps_in(case.policy)


def is_open(case: Application) -> bool:
    """Whether the list can be changed: until the panel is announced, or somebody is assigned."""
    if not has_panel(case) or case.standing.outcome or case.review_outcome:
        return False
    announced = SessionItem.objects.filter(
        application=case, removed_at=None, session__announced_at__isnull=False
    )
    assigned = Assignment.objects.filter(application=case).exclude(state=Assignment.State.PROPOSED)
    return not (announced.exists() or assigned.exists())


def exclude(
    case: Application, *, name: str, organisation: str, code: str, reason: str, by: User
) -> ExcludedExpert:
    """Name one more person; where the case is with the office already, their conflict is found at once.

    Raises:
        NotNamed, WrongCode: the entry is not complete.
        ListFull, ListClosed: it cannot be taken.
    """
    name, organisation, reason = name.strip()[:80], organisation.strip()[:120], reason.strip()[:500]
    if not (name and reason and (organisation or code.strip())):
        raise NotNamed
    with transaction.atomic():
        Application.objects.select_for_update(of=("self",)).get(pk=case.pk)
        _require_open(case)
        if case.excluded_experts.count() >= MOST:
            raise ListFull(most=MOST)
        made = ExcludedExpert.objects.create(
            application=case, name=name, organisation=organisation, credit_code=_code(code), reason=reason, added_by=by
        )  # fmt: skip
        if case.number is not None:
            find_conflicts([case.pk])
    return made


def take_back(case: Application, pk: int) -> None:
    """Take somebody off the list. A conflict that was found by it stays until the office settles it.

    Raises:
        ListClosed: the list cannot be changed any more.
    """
    with transaction.atomic():
        Application.objects.select_for_update(of=("self",)).get(pk=case.pk)
        _require_open(case)
        case.excluded_experts.filter(pk=pk).delete()


def _require_open(case: Application) -> None:
    if not is_open(case):
        raise ListClosed


def _code(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return credit_code(typed)
    except InvalidIdentifier as error:
        raise WrongCode(code=typed.strip()[:30]) from error
