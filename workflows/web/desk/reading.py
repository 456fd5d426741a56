"""A case as staff read it: its facts, answers, papers, decisions, duplicates and history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from config.words import T
from forms.answers import Line, shown
from forms.schema import Section
from workflows.drafts import answers_of
from workflows.engine.decide import BY_HAND, BY_HAND_WORDS, NOT_COUNTED
from workflows.engine.declare import Paper
from workflows.engine.elapsed import Spent, spent
from workflows.engine.operated import spoken
from workflows.models import Application, ApplicationPaper, Event, Person, Result
from workflows.queries import desk_of
from workflows.rules import may_read
from workflows.web.pictures import Moment, provisional_of, who_did

DUPLICATES_SHOWN = 20
RESULT_TONES = {Result.GRANTED: "ok", Result.REFUSED: "no", Result.HELD: "due"}
PARTIES = ("applicant", "handler", "authority", "assigned_to", "round", "batch")


def read_case(user: User, pk: int) -> Application:
    """The case with its parties, if it belongs to an office of `user`.

    Raises:
        Http404: `user` may not know of it.
    """
    return get_object_or_404(desk_of(user).select_related(*PARTIES), pk=pk)


@dataclass(frozen=True, slots=True)
class Clock:
    """What the head of the page says of time."""

    days_over: int
    provisional: frozenset[date]
    spent: Spent | None


def clock_of(case: Application, events: Sequence[Event]) -> Clock:
    """Whether the case is overdue, which of its days are provisional, and where its working days went."""
    runs = case.due_on is not None and not case.standing.outcome and not case.standing.stops_clock
    over = (timezone.localdate() - case.due_on).days if case.due_on and runs else 0
    return Clock(max(0, over), provisional_of(case), spent(case, events, today=timezone.localdate()))


def answers_shown(case: Application) -> list[tuple[Section, list[Line]]]:
    """The answers by section, personal numbers masked."""
    return shown(case.declaration.form, answers_of(case))


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One entry of the checklist with the documents in answer to it, replaced ones last."""

    paper: Paper
    attached: list[ApplicationPaper]

    @property
    def is_missing(self) -> bool:
        return self.paper.required and not self.paper.state and not self.attached


def papers_of(case: Application) -> list[PaperLine]:
    """The checklist with what is attached; one query."""
    attached = ApplicationPaper.objects.filter(application=case, removed_at=None).select_related("document")
    found: dict[str, list[ApplicationPaper]] = {}
    for paper in attached.order_by("added_at"):
        found.setdefault(paper.paper, []).append(paper)
    return [PaperLine(paper, found.get(paper.slug, [])) for paper in case.declaration.papers_in(case.policy)]


def paper_of(case: Application, pk: int) -> ApplicationPaper:
    """An attached paper of the case, a replaced one too.

    Raises:
        Http404: the case has no such paper.
    """
    papers = ApplicationPaper.objects.filter(application=case).select_related("document")
    return get_object_or_404(papers, pk=pk)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One row of the summary of decisions: how many people a rule decided, and to which sum."""

    result: str
    rule: str
    title: T
    count: int
    award_fen: int

    @property
    def tone(self) -> str:
        return RESULT_TONES.get(Result(self.result), "")

    @property
    def label(self) -> str:
        return str(Result(self.result).label)


def rule_counts(case: Application) -> list[RuleCount]:
    """People by rule of the decision table; one query."""
    rows = (
        Person.objects.filter(application=case, revoked=False)
        .order_by()
        .values("result", "rule")
        .annotate(n=Count("pk"), award=Sum("award_fen"))
        .order_by("result", "rule")
    )
    return [
        RuleCount(row["result"], row["rule"], rule_title(case, row["rule"]), row["n"], row["award"] or 0)
        for row in rows
    ]


def rule_title(case: Application, code: str) -> T:
    """The name of a rule; for people whom none refuses or holds, nothing."""
    if code == BY_HAND:
        return BY_HAND_WORDS
    rule = case.declaration.rule(code)
    return rule.title if rule else T("", "")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A person of the case who stands in another application of the year; `other` only where it may be read."""

    person: Person
    other: Application
    readable: bool


def duplicates_of(case: Application, user: User, people: Sequence[Person] | None = None) -> list[Duplicate]:
    """Who stands in another application as well, of the whole case or of some people; two queries."""
    mine = Person.objects.filter(application=case).exclude(id_index=b"")
    indexes: Any = mine.values("id_index") if people is None else [p.id_index for p in people if p.id_index]
    twins = list(
        Person.objects.filter(
            id_index__in=indexes, application__programme=case.programme, application__year=case.year
        )
        .exclude(application=case)
        .exclude(application__state__in=NOT_COUNTED)
        .select_related("application__applicant")
        .only("id_index", "application__number", "application__applicant__name", "application__handler",
              "application__authority", "application__programme", "application__state")
        .order_by("application")[:DUPLICATES_SHOWN]
    )  # fmt: skip
    if not twins:
        return []
    by_index = {bytes(p.id_index): p for p in mine.filter(id_index__in=[t.id_index for t in twins])}
    return [
        Duplicate(by_index[bytes(t.id_index)], t.application, may_read(user, t.application)) for t in twins
    ]


def history_of(case: Application, events: Sequence[Event]) -> list[Moment]:
    """Everything that happened, newest first, with actors, reasons, and what each event was about."""
    people = _names(Person, {e.data["person"] for e in events if e.data.get("person")}, "name")
    users = _names(User, {e.data["to"] for e in events if e.data.get("to")}, "name")
    moments = []
    for event in reversed(events):
        step = spoken(case.declaration, event.step)
        if step is None:
            continue
        tone = getattr(step.target, "tag", "") if step.moves else ""
        about = _about(case, event, people, users)
        detail = " · ".join(part for part in (about, event.reason) if part)
        moments.append(
            Moment(step.done, event.at, detail, who_did(event), tone if tone in ("due", "no") else "")
        )
    return moments


def _about(case: Application, event: Event, people: dict[int, str], users: dict[int, str]) -> str:
    data = event.data
    parts = []
    if data.get("person"):
        name = people.get(data["person"], _("a person since removed"))
        parts.append(f"{name} ({data['rule']})" if data.get("rule") else name)
    if data.get("field"):
        field = case.declaration.form.by_name.get(data["field"])
        parts.append(str(field.label) if field else data["field"])
    if data.get("to"):
        parts.append(users.get(data["to"], ""))
    if data.get("because_of"):
        parts.append(_("because of %(number)s") % {"number": data["because_of"]})
    if data.get("to_version"):
        parts.append(f"{data['from_version']} → {data['to_version']}")
    if event.step == "ask_correction":
        parts.append("；".join(point["words"] for point in data.get("points", [])))
    return " · ".join(part for part in parts if part)


def _names(model: Any, ids: set[int], column: str) -> dict[int, str]:
    return dict(model.objects.filter(pk__in=ids).values_list("pk", column)) if ids else {}


def person_of(case: Application, pk: str | int) -> Person:
    """A person on the roster of the case.

    Raises:
        Http404: there is none of that id.
    """
    if not str(pk).isdecimal():
        raise Http404
    return get_object_or_404(Person, application=case, pk=int(pk))
