"""The task list of a draft: each subject with how far it is, and what is missing before it can be sent."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from forms.answers import section_problems
from forms.errors import MISSING
from forms.schema import Section
from workflows import drafts
from workflows.engine.asking import offers
from workflows.models import Application
from workflows.web.applicant.cases import DECLARATION, mending, url_if_any
from workflows.web.limits import path_of_case


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the list: where it leads, what it holds, how far it is (a tag's words and tone)."""

    title: str
    url: str
    about: str
    words: str
    tone: str

    @property
    def is_done(self) -> bool:
        return self.tone == "ok"


def task_list(case: Application, user: User) -> dict[str, Any]:
    """The context of the task list page."""
    tasks = [*_section_tasks(case), *_roster_task(case), *_papers_task(case)]
    reasons = missing_for(case, user)
    ready = not reasons
    tasks.append(
        Task(
            _("Check and submit"),
            reverse("application_check", args=[case.pk]),
            _("Read all answers once more, declare that they are true, send them"),
            _("Ready") if ready else _("Not begun"),
            "wait" if ready else "",
        )
    )
    return {
        "steps": path_of_case(case),
        "tasks": tasks,
        "left": sum(not task.is_done for task in tasks),
        "reasons": reasons,
        "guide": case.declaration.guide,
    }


def missing_for(case: Application, user: User) -> list[dict[str, Any]]:
    """Every reason why the draft cannot be sent yet, linked, but the declaration: that is made while sending."""
    mend = mending(case)
    return [
        {"sentence": reason.words, "url": mend(reason) or ""}
        for offer in offers(case, user)
        if offer.step.name == "submit"
        for reason in offer.reasons
        if reason.code != DECLARATION
    ]


def _section_tasks(case: Application) -> list[Task]:
    answers = drafts.answers_of(case)
    found = section_problems(case.declaration.form, answers)
    tasks = []
    for section in case.declaration.form.sections:
        missing = sum(problem.code == MISSING.code for problem in found[section.slug])
        wrong = len(found[section.slug]) - missing
        begun = any(answers.get(field.name, "").strip() for field in section.fields)
        words, tone = _how_far(begun, missing, wrong)
        url = reverse("application_section", args=[case.pk, section.slug])
        tasks.append(Task(str(section.title), url, _about(section), words, tone))
    return tasks


def _how_far(begun: bool, missing: int, wrong: int) -> tuple[str, str]:
    if wrong:
        return ngettext("%(n)s error", "%(n)s errors", wrong) % {"n": wrong}, "no"
    if not missing:
        return _("Completed"), "ok"
    if not begun:
        return _("Not begun"), ""
    return ngettext("%(n)s answer missing", "%(n)s answers missing", missing) % {"n": missing}, "due"


def _about(section: Section) -> str:
    return pgettext("between entries of a list", ", ").join(str(field.label) for field in section.fields)


def _roster_task(case: Application) -> list[Task]:
    roster = case.declaration.roster
    if roster is None:
        return []
    n, wrong = case.rows_total, case.rows_with_errors
    about = (
        ngettext("%(n)s person", "%(n)s people", n) % {"n": f"{n:,}"}
        if n
        else _("Typed in or uploaded from Excel")
    )
    if wrong:
        words, tone = (
            ngettext("%(n)s row with errors", "%(n)s rows with errors", wrong) % {"n": f"{wrong:,}"},
            "no",
        )
    else:
        words, tone = (_("Completed"), "ok") if n else (_("Not begun"), "")
    return [Task(str(roster.title), url_if_any("application_roster", case.pk), about, words, tone)]


def _papers_task(case: Application) -> list[Task]:
    required = sum(paper.required and not paper.state for paper in case.declaration.papers_in(case.policy))
    if not case.declaration.papers_in(case.policy):
        return []
    missing = case.papers_missing
    about = _("%(done)s of %(all)s required papers are there") % {"done": required - missing, "all": required}
    if missing:
        words = ngettext("%(n)s paper missing", "%(n)s papers missing", missing) % {"n": missing}
        tone = "due" if missing < required else ""
        words = words if missing < required else _("Not begun")
    else:
        words, tone = _("Completed"), "ok"
    return [Task(_("Papers"), url_if_any("application_papers", case.pk), about, words, tone)]
