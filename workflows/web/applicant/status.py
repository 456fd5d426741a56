"""A case after it was sent: where it stands, who holds it, what happened, and what came of each person."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config.words import T
from notifications.models import Message
from workflows.dossier import giving
from workflows.engine.asking import offers
from workflows.engine.decide import explain
from workflows.engine.elapsed import spent
from workflows.models import Application, Event, Notice, PaymentLine, Person, Result
from workflows.web.appeal_rows import appeals_of
from workflows.web.applicant.cases import mending, papers_of, url_if_any
from workflows.web.budget import budget_of
from workflows.web.keys import fresh_key
from workflows.web.limits import path_of_case
from workflows.web.paging import Page, page_of
from workflows.web.pictures import choices, events_of, provisional_of, timeline
from workflows.web.ratios import ratio_rows

# The authority's decisions: before one of them what the table says of a person is nobody's result yet.
DECIDING = frozenset({"approve", "deny"})
REOPENING = frozenset({"uphold_appeal"})
MESSAGES_SHOWN = 5
TONES = {Result.GRANTED: "ok", Result.REFUSED: "no", Result.HELD: "due", Result.UNDECIDED: ""}
FROZEN = (T(en="Frozen by an objection", zh="因异议冻结"), "due")
REVOKED = (T(en="Revoked", zh="已撤销"), "no")
BEING_CHECKED = (T(en="Being checked", zh="审核中"), "wait")


def status_of(case: Application, user: User, query: QueryDict) -> dict[str, Any]:
    """The context of the status page."""
    events = events_of(case)
    decided = _decided(events)
    offered = choices(offers(case, user), mending(case))
    papers = papers_of(case)
    appeals = appeals_of(case)
    here = reverse("application", args=[case.pk])
    return {
        "steps": path_of_case(case, events),
        "events": timeline(case, events, viewer=user),
        "decided": decided,
        "result": case.declaration.state(case.resume_state or case.state).label,
        "provisional": provisional_of(case),
        "spent": spent(case, events, today=timezone.localdate()),
        "give_key": fresh_key() if any(event.step in giving.DECIDING for event in events) else "",
        "choices": {choice.step.name: choice for choice in offered},
        "appeals": appeals,
        "appealed": {row.appeal.person_id for row in appeals},
        "ratios": ratio_rows(case),
        "budget": budget_of(case),
        "page": people_page(case, query, decided=decided),
        "wanted": _wanted(query) if decided else "",
        "payments": list(
            PaymentLine.objects.filter(application=case).select_related("payment_list").order_by("pk")
        ),
        "papers": [
            (paper, papers.get(paper.slug, []))
            for paper in case.declaration.papers_in(case.policy)
            if paper.slug in papers
        ],
        "notice": Notice.objects.on_show().filter(batch=case.batch_id).first() if case.batch_id else None,
        "correction_url": url_if_any("application_correction", case.pk),
        "papers_url": url_if_any("application_papers", case.pk),
        "told": list(Message.objects.of(user).filter(link=here).order_by("-pk")[:MESSAGES_SHOWN]),
    }


def _decided(events: list[Event]) -> bool:
    """Whether a decision stands: one that was taken, and that no appeal has reopened since."""
    turns = [event.step for event in events if event.step in DECIDING or event.step in REOPENING]
    return bool(turns) and turns[-1] in DECIDING


def _wanted(query: QueryDict) -> str:
    wanted = query.get("result", "")
    return wanted if wanted in {Result.GRANTED, Result.REFUSED, Result.HELD} else ""


def people_page(case: Application, query: QueryDict, *, decided: bool) -> Page[Person]:
    """People in the order of the roster; each with `words` and `tone` of the result, and `why`, once decided."""
    wanted = _wanted(query) if decided else ""
    people = Person.objects.filter(application=case)
    total = case.rows_total
    if wanted:
        people = people.filter(result=wanted)
        total = people.count()
    page = page_of(people, query, by="position", total=total)
    for person in page.rows:
        words, tone = result_of(person) if decided else BEING_CHECKED
        person.words, person.tone = words, tone  # type: ignore[attr-defined]
        person.why = explain(case.declaration, case.policy, person) if decided else ""  # type: ignore[attr-defined]
    return page


def result_of(person: Person) -> tuple[T | str, str]:
    """The words and the tone of a person's result."""
    if person.revoked:
        return REVOKED
    if person.frozen:
        return FROZEN
    result = Result(person.result)
    return str(result.label), TONES[result]
