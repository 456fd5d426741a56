"""Asking for correction: every point chosen on one page, looked at once more, named to the applicant at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role
from config.templatetags.words import yuan
from config.words import T
from workflows.engine.asking import why
from workflows.engine.decide import explain
from workflows.engine.perform import perform
from workflows.errors import Blocked
from workflows.models import Application, CorrectionPoint, Person, Result
from workflows.records import IN_DISPUTE
from workflows.web.desk.case import head
from workflows.web.desk.phrases import DIFFERENCE, NO_RECORD, PHRASES
from workflows.web.desk.reading import answers_shown, papers_of, read_case
from workflows.web.desk.steps import done_words
from workflows.web.keys import fresh_key
from workflows.web.pictures import events_of
from workflows.web.points import title

Kind = CorrectionPoint.Kind
WORDS_LONGEST = 500
PEOPLE_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be asked to be corrected, as it stands on the page."""

    slug: str
    kind: str
    label: str
    shown: str
    ticked: bool
    words: str
    error: T | None = None

    @property
    def id(self) -> str:
        return self.slug.replace(":", "-")


MISSING_WORDS = T("Say what is wrong and what to do.", "请写明哪里有误、怎样改正。")
TOO_LONG = T("At most 500 characters.", "最多 500 字。")


@door(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def case_ask_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose points, preview them, send them. What was typed stays, whatever happens."""
    user = signed_in(request)
    case = read_case(user, pk)
    posted = request.POST if request.method == "POST" else None
    action = posted.get("action", "preview") if posted is not None else ""
    options = _options(case, posted)
    if action in ("preview", "send"):
        chosen = [option for group in options.values() for option in group if option.ticked]
        wrong = [option for option in chosen if option.error]
        if not chosen or wrong:
            return _page(request, case, options, nothing=not chosen, wrong=wrong, status=422)
        entries = [entry_of(option) for option in chosen]
        if action == "preview":
            return _preview(request, case, chosen)
        try:
            perform(
                "ask_correction",
                [pk],
                actor=user,
                key=request.POST.get("key", "")[:80],
                data={"points": entries},
            )
        except Blocked as blocked:
            return _page(request, read_case(user, pk), options, blocked=blocked, status=409)
        messages.success(request, str(done_words(case.declaration.steps["ask_correction"], case)))
        return redirect("case", pk=pk)
    return _page(request, case, options)


def entry_of(option: Option) -> dict[str, Any]:
    """The option as an entry of `points`, as the step takes it."""
    _kind, _colon, target = option.slug.partition(":")
    entry: dict[str, Any] = {"kind": option.kind, "words": option.words.strip()}
    if option.kind == Kind.PERSON:
        entry["person"] = int(target)
    elif target:
        entry["target"] = target
    return entry


def _page(
    request: HttpRequest, case: Application, options: dict[str, list[Option]], **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        **head(case, events_of(case)),
        "options": options,
        "reasons": [{"sentence": reason.words} for reason in why("ask_correction", case, signed_in(request))],
        "phrases": {str(kind): phrases for kind, phrases in PHRASES.items()},
        "find": request.POST.get("find", ""),
        "longest": WORDS_LONGEST,
        **more,
    }
    return render(request, "desk/ask_correction.html", context, status=status)


def _preview(request: HttpRequest, case: Application, chosen: list[Option]) -> HttpResponse:
    people = _people_of(option.slug for option in chosen)
    asked = case.declaration.steps["ask_correction"]
    due = case.declaration.due_step(str(asked.target), case.policy)
    lines = [
        {"option": option, "title": title(case, _about(option), people.get(option.slug))} for option in chosen
    ]
    context = {
        **head(case, events_of(case)),
        "lines": lines,
        "key": fresh_key(),
        "days": due.due.n if due and due.due else None,
        "find": request.POST.get("find", ""),
    }
    return render(request, "desk/ask_correction_preview.html", context)


def _about(option: Option) -> dict[str, str]:
    return {"kind": option.kind, "target": option.slug.partition(":")[2]}


def _people_of(slugs: Iterable[str]) -> dict[str, Person]:
    ids = [slug.partition(":")[2] for slug in slugs if slug.startswith(f"{Kind.PERSON}:")]
    found = Person.objects.filter(pk__in=[int(pk) for pk in ids if pk.isdecimal()])
    return {f"{Kind.PERSON}:{person.pk}": person for person in found}


def _options(case: Application, posted: QueryDict | None) -> dict[str, list[Option]]:
    """Everything that can be asked, by kind, with what was ticked and typed (or suggested at first)."""
    ticked = set(posted.getlist("point")) if posted is not None else set()

    def option(slug: str, kind: str, label: str, shown: str, suggested: str = "") -> Option:
        words = suggested if posted is None else posted.get(f"words-{slug}", suggested)
        chosen = bool(suggested) if posted is None else slug in ticked
        error = None
        if chosen and posted is not None:
            error = (
                MISSING_WORDS
                if not words.strip()
                else TOO_LONG
                if len(words.strip()) > WORDS_LONGEST
                else None
            )
        return Option(slug, kind, label, shown, chosen, words, error)

    fields = [
        option(f"{Kind.FIELD}:{line.field.name}", Kind.FIELD, str(line.label), line.text)
        for _section, lines in answers_shown(case)
        for line in lines
    ]
    papers = [
        option(f"{Kind.PAPER}:{line.paper.slug}", Kind.PAPER, str(line.paper.title),
               ", ".join(attached.document.filename for attached in line.attached))
        for line in papers_of(case)
        if not line.paper.state
    ]  # fmt: skip
    people = [
        option(
            f"{Kind.PERSON}:{person.pk}",
            Kind.PERSON,
            person.name,
            _shown(case, person),
            _suggested(person),
        )
        for person in _people(case, posted, ticked)
    ]
    roster = []
    if case.declaration.roster is not None:
        roster = [option(f"{Kind.ROSTER}:", Kind.ROSTER, title(case, {"kind": Kind.ROSTER}, None), "")]
    return {"person": people, "paper": papers, "field": fields, "roster": roster}


def _shown(case: Application, person: Person) -> str:
    return str(explain(case.declaration, case.policy, person))


def _suggested(person: Person) -> str:
    """People who differ from the tax record are asked about unless the clerk takes the tick away."""
    if person.compared_at is None or person.tax_fen == person.record_tax_fen or "H02" in person.released:
        return ""
    words = NO_RECORD if person.record_tax_fen is None else DIFFERENCE
    return str(words.format(tax=yuan(person.tax_fen), record=yuan(person.record_tax_fen)))


def _people(case: Application, posted: QueryDict | None, ticked: set[str]) -> list[Person]:
    """Those on hold or with errors, those that the clerk looked for, and those that are ticked already."""
    people = Person.objects.filter(application=case)
    wanted = Q(result=Result.HELD) | ~Q(problems=[]) | IN_DISPUTE
    if posted is not None and (words := posted.get("find", "").strip()):
        wanted |= Q(name__icontains=words)
    kept = [slug.partition(":")[2] for slug in ticked if slug.startswith(f"{Kind.PERSON}:")]
    chosen = people.filter(pk__in=[int(pk) for pk in kept if pk.isdecimal()])
    listed = list(people.filter(wanted).order_by("position")[:PEOPLE_SHOWN])
    more = [person for person in chosen if person not in listed]
    return sorted([*listed, *more], key=lambda person: person.position)
