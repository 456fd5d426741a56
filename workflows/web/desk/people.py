"""The people of a case: who is granted, refused or held and by which rule; holding and releasing one of them."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import door, signed_in
from accounts.models import Role, User
from accounts.sealing import mask
from config.words import T
from forms.roster import write_xlsx
from workflows.engine.asking import Offer, offers
from workflows.engine.decide import explain
from workflows.engine.perform import perform
from workflows.errors import Blocked, ReasonMissing
from workflows.models import Application, Person, Result
from workflows.records import IN_DISPUTE
from workflows.web.appeal_rows import AppealRow, appeals_of, open_for_people
from workflows.web.desk.case import head
from workflows.web.desk.reading import (
    RESULT_TONES,
    Duplicate,
    duplicates_of,
    person_of,
    read_case,
    rule_counts,
    rule_title,
)
from workflows.web.desk.worklist import XLSX
from workflows.web.keys import fresh_key
from workflows.web.pictures import events_of

PAGE_ROWS = 30
TAX: dict[str, tuple[T, Q]] = {
    "differs": (T("Differs", "不符"), IN_DISPUTE),
    "none": (T("No record", "无记录"), Q(compared_at__isnull=False, record_tax_fen=None)),
    "uncompared": (T("Not compared", "未比对"), Q(compared_at=None)),
}
# The button that was pressed → the step; without one the person is put on hold.
BUTTONS = {
    "release": "release_hold",
    "uphold": "uphold_appeal_of_person",
    "dismiss": "dismiss_appeal_of_person",
}
_PLACE = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person as staff read them."""

    person: Person
    why: T
    rule: T
    tone: str
    elsewhere: Sequence[Duplicate] = ()
    hold_key: str = ""
    release_key: str = ""
    reveal_key: str = ""
    # The appeal for this person that waits, and the key of the form that answers it.
    appeal: AppealRow | None = None
    appeal_key: str = ""
    appeal_against: Sequence[T] = ()

    @property
    def difference_fen(self) -> int | None:
        """How much the declared tax is over the tax record; None before the comparison."""
        if self.person.compared_at is None:
            return None
        return (self.person.tax_fen or 0) - (self.person.record_tax_fen or 0)

    @property
    def result(self) -> str:
        if self.person.revoked:
            return _("Revoked")
        return _("Frozen") if self.person.frozen else self.person.get_result_display()


def line_of(
    case: Application, person: Person, elsewhere: Sequence[Duplicate] = (), **more: Any
) -> PersonLine:
    """A person with the row that fired and why."""
    return PersonLine(
        person,
        explain(case.declaration, case.policy, person),
        rule_title(case, person.rule),
        "no" if person.revoked else "due" if person.frozen else RESULT_TONES.get(Result(person.result), ""),
        elsewhere,
        **more,
    )


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def case_people(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster with its decisions, page by page."""
    user = signed_in(request)
    return _people_page(request, read_case(user, pk), user, request.GET)


def _people_page(
    request: HttpRequest,
    case: Application,
    user: User,
    query: QueryDict,
    *,
    tried: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = _filtered(case, query)
    page = _page(found, query)
    may = {offer.step.name: offer for offer in offers(case, user)}
    waiting = open_for_people(appeals_of(case))
    elsewhere: dict[int, list[Duplicate]] = {}
    for duplicate in duplicates_of(case, user, page["people"]):
        elsewhere.setdefault(duplicate.person.pk, []).append(duplicate)
    kept = query.copy()
    kept.pop("after", None)
    context = {
        **head(case, events_of(case)),
        "lines": [
            line_of(
                case,
                person,
                elsewhere.get(person.pk, ()),
                **_keys(person, may),
                **_appeal(waiting.get(person.pk), may.get("uphold_appeal_of_person")),
            )
            for person in page["people"]
        ],
        "page": page,
        "total": found.count(),
        "counts": rule_counts(case),
        "results": [(value, label) for value, label in Result.choices if value],
        "rules": [(rule.code, rule.title) for rule in case.declaration.decisions],
        "taxes": [(value, words) for value, (words, _q) in TAX.items()],
        "chosen": query,
        "query": query.urlencode(),
        "kept_query": kept.urlencode(),
        "tried": tried,
    }
    return render(request, "desk/people.html", context, status=status)


def _appeal(waiting: AppealRow | None, answer: Offer | None) -> dict[str, Any]:
    """The appeal of a person's row, with the key of its form, or why one may not answer it."""
    if waiting is None or answer is None:
        return {"appeal": waiting}
    key = fresh_key() if answer.is_open else ""
    against = [reason.words for reason in answer.reasons]
    return {"appeal": waiting, "appeal_key": key, "appeal_against": against}


def _keys(person: Person, may: Container[str]) -> dict[str, str]:
    """Keys of the forms that a person's row has: only where the step can be taken on them."""
    settled = person.frozen or person.revoked
    held = person.result == Result.HELD
    return {
        "hold_key": fresh_key() if "hold_person" in may and not held and not settled else "",
        "release_key": fresh_key() if "release_hold" in may and held and not settled else "",
        "reveal_key": fresh_key() if "reveal" in may and person.id_number else "",
    }


def _filtered(case: Application, query: QueryDict) -> QuerySet[Person]:
    people = Person.objects.filter(application=case)
    if query.get("result") in Result.values and query.get("result"):
        people = people.filter(result=query["result"])
    if rule := query.get("rule", "").strip():
        people = people.filter(rule=rule)
    if query.get("frozen"):
        people = people.filter(frozen=True)
    if tax := TAX.get(query.get("tax", "")):
        people = people.filter(tax[1])
    if words := query.get("q", "").strip():
        people = people.filter(Q(name__icontains=words))
    return people


def _page(people: QuerySet[Person], query: QueryDict) -> dict[str, Any]:
    """A page by keyset on the row of the roster."""
    after, before = query.get("after", ""), query.get("before", "")
    if _PLACE.fullmatch(before):
        found = list(people.filter(position__lt=int(before)).order_by("-position")[: PAGE_ROWS + 1])
        shown = found[:PAGE_ROWS][::-1]
        earlier, later = len(found) > PAGE_ROWS, bool(shown)
    else:
        forth = bool(_PLACE.fullmatch(after))
        rows = people.filter(position__gt=int(after)) if forth else people
        found = list(rows.order_by("position")[: PAGE_ROWS + 1])
        shown = found[:PAGE_ROWS]
        earlier, later = forth and bool(shown), len(found) > PAGE_ROWS
    return {
        "people": shown,
        "next": shown[-1].position if later and shown else None,
        "previous": shown[0].position if earlier and shown else None,
    }


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_POST
def case_person(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Put a person on hold, release a hold, or answer an appeal, with a reason; the rest of the case goes on."""
    user = signed_in(request)
    case = read_case(user, pk)
    someone = person_of(case, person)
    step = next((name for button, name in BUTTONS.items() if button in request.POST), "hold_person")
    query = QueryDict(request.POST.get("query", ""))
    reason = request.POST.get("reason", "")
    try:
        perform(
            step,
            [pk],
            actor=user,
            key=request.POST.get("key", "")[:80],
            reason=reason,
            data={"person": someone.pk},
        )
    except (Blocked, ReasonMissing) as refusal:
        tried = {"person": someone.pk, "reason": reason, "refusal": refusal}
        return _people_page(request, read_case(user, pk), user, query, tried=tried, status=refusal.status)
    done = case.declaration.steps[step].done
    messages.success(request, _("%(name)s: %(done)s") % {"name": someone.name, "done": done})
    address = reverse("case_people", args=[pk])
    return redirect(
        f"{address}?{query.urlencode()}#person-{someone.pk}" if query else f"{address}#person-{someone.pk}"
    )


HEADERS = (
    T("Row", "行"), T("Name", "姓名"), T("Document number", "证件号码"), T("Result", "结果"), T("Rule", "规则"),
    T("Reason", "理由"), T("Award (yuan)", "奖励金额（元）"), T("Declared tax (yuan)", "申报税额（元）"),
    T("Tax record (yuan)", "税务记录（元）"),
)  # fmt: skip


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def case_people_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The people under the present filters as Excel, numbers masked."""
    case = read_case(signed_in(request), pk)
    lines = (line_of(case, person) for person in _filtered(case, request.GET).order_by("position").iterator())
    rows = (
        [line.person.position, line.person.name, mask(line.person.id_number, head=6), line.result, line.person.rule,
         str(line.why), _yuan(line.person.award_fen), _yuan(line.person.tax_fen), _yuan(line.person.record_tax_fen)]
        for line in lines
    )  # fmt: skip
    data = write_xlsx([str(words) for words in HEADERS], rows, title=_("People"), text_columns={2})
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{case.number}-people.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def _yuan(amount_fen: int | None) -> Decimal | None:
    return None if amount_fen is None else Decimal(amount_fen) / 100
