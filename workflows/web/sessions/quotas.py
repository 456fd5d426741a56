"""The quotas of a panel as a clerk types them: seats by field, and how many one employer may send."""

from typing import Any

from django.http import HttpRequest, QueryDict

from config.errors import Refusal
from config.words import T
from workflows.models import ExpertField
from workflows.review.draw.pool import Quota

# So many fields can have a quota.
ROWS = (1, 2, 3)
MOST = 99


class QuotaWrong(Refusal):
    code = "quota_wrong"
    status = 422
    words = T(
        en="The quota in row {n} cannot be read: choose each field once, and write whole numbers.",
        zh="第 {n} 行名额无法识别：每个领域只选一次，名额填整数。",
    )


def quotas_of(request: HttpRequest) -> dict[str, Quota]:
    """Field → least and most seats, of the rows in which a field is chosen.

    Raises:
        QuotaWrong: a field that is not there or stands twice, or no number.
    """
    chosen = {n: request.POST.get(f"quota_field{n}", "").strip() for n in ROWS}
    known = set(ExpertField.objects.filter(code__in=chosen.values()).values_list("code", flat=True))
    found: dict[str, Quota] = {}
    for n, code in chosen.items():
        if not code:
            continue
        if code in found or code not in known:
            raise QuotaWrong(n=n)
        found[code] = Quota(_number(request, n, "least") or 0, _number(request, n, "most"))
    return found


def known_quotas(said: dict[str, Quota]) -> dict[str, Quota]:
    """The same quotas, each of a field that there is.

    Raises:
        QuotaWrong: of one that is not.
    """
    known = set(ExpertField.objects.filter(code__in=said).values_list("code", flat=True))
    for n, code in enumerate(said, 1):
        if code not in known:
            raise QuotaWrong(n=n)
    return said


def rows_typed(typed: QueryDict) -> list[dict[str, Any]]:
    """The rows as they were typed, for a form that was refused."""
    return [
        {"n": n, **{name: typed.get(f"quota_{name}{n}", "") for name in ("field", "least", "most")}}
        for n in ROWS
    ]


def quota_words(panel: dict[str, Any]) -> list[T]:
    """What an announced panel asks for beside its seats, in sentences for everybody."""
    quotas = dict(panel.get("fields", {}))
    titles = {one.code: T(one.title_en, one.title_zh) for one in ExpertField.objects.filter(code__in=quotas)}
    found = [
        T("{field}: {least} to {most} seats", "{field}：{least} 至 {most} 席").format(
            field=titles.get(name, T(name, name)), least=least, most=panel["seats"] if most is None else most
        )
        for name, (least, most) in sorted(quotas.items())
    ]
    employer = T("Of one employer at most {most}", "同一单位至多 {most} 人")
    return [employer.format(most=panel.get("per_employer", 1)), *found]


def _number(request: HttpRequest, n: int, name: str) -> int | None:
    text = request.POST.get(f"quota_{name}{n}", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST):
        raise QuotaWrong(n=n)
    return int(text)
