"""What an expert reviews: the list, a case as they may read it, the undertaking, recusal."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import StringConstraints

from accounts.models import Role, Scope
from storage.masked_copies import DELIVERY_SECONDS, deliver_masked
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.keeping import key_of
from workflows.api.kinds import After, Digest, Done, Id, Limit, LinkOut, Rows
from workflows.api.lists import page_of
from workflows.api.routes import Declare, Routes
from workflows.api.uploads import link_to
from workflows.engine.perform import perform
from workflows.models import Assignment
from workflows.review.naming import hides_applicant
from workflows.review.recusal.undertaking import CONFIDENTIALITY, UNDERTAKING, statement_sha256
from workflows.rules import reviewable_by
from workflows.web.reviewer.case import NotAgreed
from workflows.web.reviewer.reading import (
    Reviewed,
    answers_for_experts,
    budget_for_experts,
    name_for_experts,
    paper_for_experts,
    papers_for_experts,
    read_review,
)

routes = Routes("Reviews")
EXPERT = frozenset({Role.EXPERT})
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ReviewLine(Schema):
    """A case that the asker reviews. `applicant` as they may know it; `open`: answers and papers are open to them."""

    case: int
    number: str
    programme: str
    policy: str
    round: int
    title: str
    applicant: str
    state: str
    state_label: str
    open: bool
    before_the_panel: bool
    due_at: str | None
    undertaking_at: str | None
    submitted_at: str | None
    abstained_at: str | None


class ReadAnswerOut(Schema):
    """One answer, as the reviewer may read it."""

    field: str
    label: str
    text: str


class ReadSectionOut(Schema):
    """A section of the application, without what no expert needs."""

    slug: str
    title: str
    answers: list[ReadAnswerOut]


class ReadPaperOut(Schema):
    """A document in answer to an entry of the checklist, under the name that reviewers may know."""

    id: int
    paper: str
    filename: str
    size_bytes: int


class BudgetLineOut(Schema):
    """A line of the budget, held against its benchmark; sums in yuan, as written."""

    item: str
    what: str
    quantity: str
    price: str
    amount: str
    benchmark: str
    percent: str


class StatementOut(Schema):
    """What is undertaken, and the hash that the event will hold."""

    undertaking: list[str]
    confidentiality: list[str]
    sha256: str


class ReviewOut(ReviewLine):
    """One case. Answers, papers and budget are empty until the undertaking is given, and when the panel is through."""

    statement: StatementOut
    sections: list[ReadSectionOut]
    papers: list[ReadPaperOut]
    budget: list[BudgetLineOut]


class AgreedIn(Schema):
    """Both statements were read. `sha256` is theirs, as `GET /reviews/{pk}` has it."""

    agreed: bool
    sha256: Digest


class RecuseIn(Schema):
    reason: Reason


def line_of(reviewed: Reviewed) -> ReviewLine:
    """A case of the asker's, asking nothing more of the database."""
    case, mine = reviewed.case, reviewed.assignment
    return ReviewLine(
        case=case.pk, number=str(case.number), programme=case.programme, policy=case.policy, round=case.round_id,
        title=str(case.round.title), applicant=str(reviewed.who), state=case.state,
        state_label=str(case.standing.label), open=reviewed.opens, before_the_panel=reviewed.runs,
        due_at=iso(mine.due_at), undertaking_at=iso(mine.undertaking_at), submitted_at=iso(mine.submitted_at),
        abstained_at=iso(mine.abstained_at),
    )  # fmt: skip


def review_out(request: HttpRequest, pk: int) -> ReviewOut:
    """The case as the asker may read it now.

    Raises:
        Http404: they do not review it, or not any more.
    """
    reviewed = read_review(asker(request), pk)
    case, sections, papers, budget = reviewed.case, [], [], []
    if reviewed.opens:
        sections = [
            ReadSectionOut(slug=section.slug, title=str(section.title), answers=[
                ReadAnswerOut(field=one.field.name, label=str(one.field.label), text=one.text) for one in lines
            ])
            for section, lines in answers_for_experts(case)
        ]  # fmt: skip
        papers = [
            ReadPaperOut(
                id=held.pk, paper=str(entry.title), filename=name, size_bytes=held.document.size_bytes
            )
            for entry in papers_for_experts(case)
            for held, name in entry.files
        ]
        found = budget_for_experts(case)
        budget = [
            BudgetLineOut(
                item=str(row.item), what=row.what, quantity=row.quantity, price=row.price, amount=row.amount,
                benchmark=row.benchmark, percent=row.percent,
            )
            for row in (found.rows if found else ())
        ]  # fmt: skip
    statement = StatementOut(
        undertaking=[str(one) for one in UNDERTAKING],
        confidentiality=[str(one) for one in CONFIDENTIALITY],
        sha256=statement_sha256(),
    )
    return ReviewOut(
        **line_of(reviewed).model_dump(), statement=statement, sections=sections, papers=papers, budget=budget
    )


@routes.get("/reviews", Rows[ReviewLine], scope=Scope.REVIEWS_READ, by=EXPERT)
def reviews(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[ReviewLine]:
    """What the asker reviews, what was assigned last first."""
    user = asker(request)
    mine = (
        Assignment.objects.open_to(user)
        .filter(application__in=reviewable_by(user))
        .select_related("application__applicant", "application__round")
        .defer("application__answers", "application__sealed_answers")
    )
    rows, following = page_of(request, mine, after=after, limit=limit)
    return Rows(rows=[line_of(Reviewed(one.application, one)) for one in rows], next=following)


@routes.get("/reviews/{pk}", ReviewOut, scope=Scope.REVIEWS_READ, by=EXPERT)
def review(request: HttpRequest, pk: Id) -> ReviewOut:
    """A case that is put to the asker: `pk` is the case's. Who applies is told as the programme says."""
    return review_out(request, pk)


@routes.get("/reviews/{pk}/papers/{paper}/content", LinkOut, scope=Scope.REVIEWS_READ, by=EXPERT)
def review_paper_content(request: HttpRequest, pk: Id, paper: Id) -> LinkOut:
    """A signed address of a paper's content, in a blind review of the copy that says nothing of its maker.

    409 `copy_not_ready` while the copy is made.
    """
    reviewed = read_review(asker(request), pk)
    reviewed.require_open()
    held = paper_for_experts(reviewed.case, paper)
    if not hides_applicant(reviewed.case):
        return link_to(held.document)
    name = name_for_experts(reviewed.case, held)
    return LinkOut(url=deliver_masked(held.document, name=name)["Location"], seconds=DELIVERY_SECONDS)


def act(path: str, out: type[Schema]) -> Declare:
    """Declare what an expert does on a case that they review."""
    return routes.change("POST", f"/reviews/{{pk}}/{path}", out, scope=Scope.REVIEWS_WRITE, by=EXPERT)


@act("undertaking", ReviewOut)
def review_undertake(request: HttpRequest, pk: Id, asked: AgreedIn) -> ReviewOut:
    """Give the undertaking and the confidentiality statement; answers and papers open."""
    read_review(asker(request), pk)
    if not asked.agreed or asked.sha256.lower() != statement_sha256():
        raise NotAgreed
    perform(
        "undertake", [pk], actor=asker(request), key=key_of(request), data={"statement": statement_sha256()}
    )
    return review_out(request, pk)


@act("recusal", Done)
def review_recuse(request: HttpRequest, pk: Id, asked: RecuseIn) -> Done:
    """Recuse oneself, with the reason: from now on there is nothing of this case for the asker."""
    read_review(asker(request), pk)
    perform("declare_conflict", [pk], actor=asker(request), key=key_of(request), reason=asked.reason)
    return Done(done="recused")
