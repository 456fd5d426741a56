"""A case as an expert reads it: what is theirs to judge, and who applies only where the programme tells them."""

from dataclasses import dataclass, replace
from pathlib import PurePath

from django.shortcuts import get_object_or_404

from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from forms.answers import Line, shown
from forms.schema import Section
from workflows.drafts import answers_of
from workflows.models import Application, ApplicationPaper, Assignment
from workflows.review.naming import applicant_as, hides_applicant, masked_text
from workflows.rules import reviewable_by
from workflows.web.budget import BudgetShown, budget_of
from workflows.web.desk.reading import papers_of


class UndertakingFirst(Refusal):
    """A paper was asked for before the undertaking was given."""

    code = "no_undertaking"
    status = 409
    words = T(
        en="Give the undertaking first: then the papers of {number} open.",
        zh="请先签署承诺书，之后方可打开 {number} 的材料。",
    )


class ReviewOver(Refusal):
    """The panel is through with the case."""

    code = "review_over"
    status = 409
    words = T(
        en="The review of {number} is over, and its papers are closed again.",
        zh="{number} 的评审已结束，材料不再开放。",
    )


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A case with the assignment through which an expert may read it."""

    case: Application
    assignment: Assignment

    @property
    def runs(self) -> bool:
        """Whether the case is still before the panel: some step of an expert is possible where it stands."""
        steps = self.case.declaration.steps_in(self.case.policy).values()
        return any(Role.EXPERT in step.by and self.case.state in step.sources for step in steps)

    @property
    def opens(self) -> bool:
        """Whether answers and papers are open to this expert now."""
        return self.assignment.undertaking_at is not None and self.runs

    @property
    def who(self) -> T | str:
        """Who applies, as this expert may know it."""
        return applicant_as(self.case, None)

    def require_open(self) -> None:
        """Nothing where papers are open.

        Raises:
            UndertakingFirst, ReviewOver: why they are not.
        """
        if self.assignment.undertaking_at is None:
            raise UndertakingFirst(number=self.case)
        if not self.runs:
            raise ReviewOver(number=self.case)


def read_review(user: User, pk: int) -> Reviewed:
    """The case and the expert's assignment on it.

    Raises:
        Http404: `user` does not review it, or not any more.
    """
    case = get_object_or_404(reviewable_by(user).select_related("applicant", "round"), pk=pk)
    mine = Assignment.objects.open_to(user).select_related("expert", "seat")
    return Reviewed(case, get_object_or_404(mine, application=case))


def answers_for_experts(case: Application) -> list[tuple[Section, list[Line]]]:
    """The answers that an expert judges by."""
    blind = case.declaration.blind
    hidden = set(blind.fields) if hides_applicant(case) else set()
    sections = shown(case.declaration.form, answers_of(case))
    kept = [
        (section, [_masked(case, line) for line in lines if line.field.name not in hidden])
        for section, lines in sections
        if section.slug not in blind.withheld
    ]
    return [(section, lines) for section, lines in kept if lines]


def _masked(case: Application, line: Line) -> Line:
    return line._replace(text=masked_text(case, line.text))


def budget_for_experts(case: Application) -> BudgetShown | None:
    """The lines of the budget, what the applicant wrote on them masked like the answers."""
    found = budget_of(case)
    if found is None or not hides_applicant(case):
        return found
    return replace(found, rows=[replace(row, what=masked_text(case, row.what)) for row in found.rows])


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry of the checklist with its files, each under the name that experts may know."""

    title: T
    files: list[tuple[ApplicationPaper, str]]


def papers_for_experts(case: Application) -> list[Shown]:
    """The checklist with the documents that count."""
    return [
        Shown(
            line.paper.title,
            [(one, name_for_experts(case, one)) for one in line.attached if one.document.is_verified],
        )
        for line in papers_of(case)
    ]


def name_for_experts(case: Application, attached: ApplicationPaper) -> str:
    """What a paper is called for experts: as it was uploaded, or where they are not to know whose it is, as on the
    checklist."""
    name = attached.document.filename
    if not hides_applicant(case):
        return name
    paper = case.declaration.paper(attached.paper)
    title = str(paper.title) if paper else attached.paper
    return f"{case.number} {title} {attached.pk}{PurePath(name).suffix.lower()}"


def paper_for_experts(case: Application, pk: int) -> ApplicationPaper:
    """An attached paper of the case that was not replaced.

    Raises:
        Http404: there is none of that id.
    """
    papers = ApplicationPaper.objects.filter(application=case, removed_at=None).select_related("document")
    return get_object_or_404(papers, pk=pk)
