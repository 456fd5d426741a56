"""A draft: starting one, saving its sections, making its declaration. Also what a correction unlocks."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.sealing import blind_index
from forms.answers import KEPT, Reading, gathered, judge, read
from forms.fields.base import squeeze
from storage.models import DocumentState
from workflows import bars
from workflows.corrections import recheck_points
from workflows.engine import clock
from workflows.engine.ratios import with_ratios
from workflows.errors import AlreadyApplied, Locked, NotForThem, WindowClosed
from workflows.models import Application, ApplicationPaper, CorrectionPoint, Round
from workflows.seen import Collision, sorted_out

Kind = CorrectionPoint.Kind


def start(round_: Round, applicant: Organisation, *, by: User, at: datetime | None = None) -> Application:
    """A new draft of `applicant` in an open round.

    Raises:
        WindowClosed: the round takes no applications now.
        NotForThem: the programme is for another kind of organisation.
        AlreadyApplied: the applicant has one in this round.
    """
    now = at or timezone.now()
    if not (round_.published and round_.opens_at <= now < round_.closes_at):
        raise WindowClosed(round=round_.title)
    declaration = round_.declaration
    if applicant.kind != declaration.applicants:
        raise NotForThem(round=round_.title, applicant=applicant.name)
    answers = {"industry": applicant.industry, "district": applicant.district}
    asked = declaration.form.by_name
    case = Application(
        programme=declaration.slug,
        policy=round_.policy,
        year=round_.year,
        round=round_,
        applicant=applicant,
        handler_id=round_.handler_id,
        authority_id=round_.authority_id,
        created_by=by,
        created_at=now,
        entered_at=now,
        state=declaration.states[0],
        answers={name: text for name, text in answers.items() if text and name in asked},
        barred_until=bars.until(applicant.pk, clock.day_of(now)),
        industry=applicant.industry,
        district=applicant.district,
        papers_missing=sum(
            paper.required and not paper.state for paper in declaration.papers_in(round_.policy)
        ),
    )
    recount_form(case)
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        if "application_once_a_round" not in str(error):
            raise
        raise AlreadyApplied(applicant=applicant.name) from error
    return case


def unlocked(case: Application) -> "Unlocked":
    """What of `case` can be changed now: everything in a draft, exactly what was asked in a correction."""
    states = case.declaration.states
    if case.state == states[0]:
        return Unlocked(everything=True)
    if not case.standing.stops_clock:
        return Unlocked()
    points = CorrectionPoint.objects.filter(application=case, closed_at=None)
    return Unlocked(points=[(p.kind, p.target, p.person_id) for p in points])


class Unlocked:
    """What can be changed: ask it before every change."""

    def __init__(
        self, *, everything: bool = False, points: list[tuple[str, str, int | None]] | None = None
    ) -> None:
        self.everything = everything
        self.points = points or []

    def fields(self, names: set[str]) -> set[str]:
        """Those of `names` that may change."""
        return (
            names
            if self.everything
            else names & {target for kind, target, _ in self.points if kind == Kind.FIELD}
        )

    def paper(self, slug: str) -> bool:
        return self.everything or any(k == Kind.PAPER and t == slug for k, t, _ in self.points)

    def roster(self) -> bool:
        """Whether rows may be added, removed and uploaded."""
        return self.everything or any(k == Kind.ROSTER for k, _, _ in self.points)

    def person(self, person: int) -> bool:
        return self.roster() or any(k == Kind.PERSON and p == person for k, _, p in self.points)


def answers_of(case: Application) -> dict[str, str]:
    """All that was typed, sealed answers included. For the applicant and for those whose role needs them."""
    return {**case.answers, **json.loads(case.sealed_answers or "{}")}


def save_section(case: Application, section: str, posted: Mapping[str, str]) -> Reading:
    """Keep what was typed in a section, wrong or incomplete as it may be; returns it with its problems.

    Raises:
        Locked: nothing in this section can be changed now.
        KeyError: the form has no such section.
    """
    return save_section_as_seen(case, section, posted)[0]


def save_section_as_seen(
    case: Application, section: str, posted: Mapping[str, str]
) -> tuple[Reading, list[Collision]]:
    """As `save_section`, but what somebody else changed since the page was drawn stays (see `workflows.seen`).

    Returns what was saved, and the fields that both changed: theirs stands, mine is given back.

    Raises:
        Locked, KeyError: as `save_section`.
    """
    form = case.declaration.form
    with transaction.atomic():
        locked = Application.objects.select_for_update().get(pk=case.pk)
        names = {field.name for field in form.section(section).fields}
        may = unlocked(locked).fields(names)
        if not may:
            raise Locked(what=form.section(section).title)
        posted = gathered(form.section(section), posted)
        changed, collisions = sorted_out(stored := answers_of(locked), posted, may)
        # A masked number left empty is left alone, not changed.
        collisions = [c for c in collisions if c.mine.strip() or not posted.get(KEPT.format(name=c.name))]
        reading = read(form, section, posted, answers=stored, only=changed)
        locked.answers = {**locked.answers, **reading.open}
        locked.sealed_answers = json.dumps(
            {**json.loads(locked.sealed_answers or "{}"), **reading.sealed}, ensure_ascii=False
        )
        locked.saved_at = timezone.now()
        recount_form(locked)
        locked.save(update_fields=["answers", "sealed_answers", "saved_at", "form_problems", "facts", "industry",
                                   "district", "contact_tail_index"])  # fmt: skip
        if locked.standing.stops_clock:
            recheck_points(locked)
    return reading, collisions


def recount_form(case: Application) -> None:
    """Bring the facts that come from the form up to date on the instance; the caller saves it."""
    answers, form = answers_of(case), case.declaration.form
    judged = judge(form, answers)
    case.form_problems = sum(answer.problem is not None for answer in judged.values())
    known = {
        name: answer.value
        for name, answer in judged.items()
        if answer.value is not None and name not in form.sealed_names
    }
    for name, value in list(known.items()):
        known |= form.by_name[name].kind.derived(name, value)
    case.facts = with_ratios(case.declaration, case.policy, known)
    case.industry = answers.get("industry", case.industry)[:40]
    case.district = answers.get("district", case.district)[:40]
    tail = squeeze(answers.get("contact_id_number", ""))[-4:]
    case.contact_tail_index = blind_index(f"tail:{tail}") if len(tail) == 4 else b""


def declare(case: Application, *, made: bool) -> None:
    """Make or take back the declaration of truth on a draft."""
    when = timezone.now() if made else None
    changed = Application.objects.filter(pk=case.pk, state=case.declaration.states[0]).update(
        declared_at=when
    )
    if not changed:
        raise Locked(what=case.declaration.title)


def recount_papers(*case_ids: int) -> None:
    """Bring the papers' facts of these cases up to date: how many required ones lack a verified document.

    One whose newer document is still being checked counts as lacking: its verdict comes before it is sent.
    """
    locked = Application.objects.select_for_update().filter(pk__in=case_ids).order_by("pk")
    states: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    standing = ApplicationPaper.objects.filter(application__in=case_ids, removed_at=None)
    cases = list(locked.only("programme", "policy"))
    for case_id, paper, state in standing.values_list("application", "paper", "document__state"):
        states[case_id][state].add(paper)
    facts: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for case in cases:
        held = states[case.pk][DocumentState.VERIFIED] - states[case.pk][DocumentState.CHECKING]
        papers = case.declaration.papers_in(case.policy)
        missing = sum(p.required and not p.state and p.slug not in held for p in papers)
        facts[missing, any(p.state and p.slug in held for p in papers)].append(case.pk)
    for (missing, attached), ids in facts.items():
        Application.objects.filter(pk__in=ids).update(papers_missing=missing, receipt_attached=attached)
