"""Cases of project review, moved by the real verbs: the call, a full draft, and the ways to each station."""

import json
from datetime import timedelta
from itertools import count

from django.utils import timezone

from accounts.models import Organisation, User
from tests.workflows.conftest import fresh
from tests.workflows.review.seated import expert, seat, undertake
from tests.world import document
from workflows import approvals, batches, drafts
from workflows.engine.deadlines import load_calendar
from workflows.engine.perform import perform
from workflows.models import Application, ApplicationPaper, Batch, Expert, ReviewSession, Round
from workflows.programmes import programme
from workflows.review.acts import review_sha256
from workflows.review.counting import leaves

KEYS = count(1)
LINES = [
    ["development", "业务系统开发", "12.5", "22000"],
    ["server", "数据库服务器", "2", "84,000"],
    ["other", "用户培训", "1", "15000.50"],
]
ANSWERS = {
    "project": {
        "title": "城市公共数据共享平台二期", "kind": "new", "months": "12", "need": "落实数据共享要求。",
        "solution": "依托政务云建设。", "effect": "共享接口 200 个。",
    },
    "budget": {"budget": json.dumps(LINES, ensure_ascii=False)},
    "presenter": {"presenter": "何答辩", "presenter_mobile": "13800138001", "presenter_email": "he@example.test"},
    "contact": {
        "contact_name": "林小鹭", "contact_id_kind": "resident_id", "contact_id_number": "350299199001150013",
        "contact_mobile": "13800138000", "contact_email": "lin@example.test",
    },
}  # fmt: skip


def bureau(name: str = "厦门示例交通运输局") -> Organisation:
    """A bureau that applies for a project of its own."""
    return Organisation.objects.create(kind="authority", name=name)


def call_of(association: Organisation, authority: Organisation, policy: str = "2023") -> Round:
    """An open round under `policy`."""
    now = timezone.now()
    load_calendar(provisional_until=now.year + 1)
    return Round.objects.create(
        programme="project-review", policy=policy, year=now.year, handler=association, authority=authority,
        opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20),
    )  # fmt: skip


def filled_in(call: Round, applicant: Organisation, owner: User, **other: str) -> Application:
    """A draft on which nothing is missing; `other` answers take the place of these."""
    case = drafts.start(call, applicant, by=owner)
    for section, answers in ANSWERS.items():
        drafts.save_section(case, section, {**answers, **{k: v for k, v in other.items() if k in answers}})
    for paper in programme("project-review").papers:
        if not paper.state:
            attach(case, paper.slug, owner)
    drafts.declare(case, made=True)
    return fresh(case)


def attach(case: Application, paper: str, owner: User) -> None:
    """A verified document for an entry of the checklist."""
    held = document(owner, case.applicant, f"paper:{paper}", f"{case.pk}-{paper}.pdf")
    ApplicationPaper.objects.create(application=case, paper=paper, document=held, added_by=owner)
    drafts.recount_papers(case.pk)


def take(case: Application, step: str, by: User, reason: str = "", **data: object) -> Application:
    """One step on the case."""
    perform(step, [case.pk], actor=by, key=f"project{next(KEYS)}", reason=reason, data=data)
    return fresh(case)


def before_panel(case: Application, owner: User, clerk: User, experts: list[Expert]) -> ReviewSession:
    """Through the preliminary check, before these experts, each of whom has given the undertaking."""
    for step, by in (("submit", owner), ("accept", clerk), ("examine", clerk), ("put_to_panel", clerk)):
        case = take(case, step, by)
    session = seat(case, experts, clerk)
    for one in experts:
        undertake(case, one)
    return session


def panel_of(office: Organisation, size: int = 5) -> list[Expert]:
    return [expert(office, number) for number in range(1, size + 1)]


def share_of(percent: int) -> dict[str, str]:
    """Scores that come to so many points: each criterion at that share of its points."""
    return {
        leaf.name: str(leaf.points * percent / 100) for leaf in leaves(programme("project-review").rubric)
    }


def score(case: Application, one: Expert, percent: int, *vetoes: str, reason: str = "") -> None:
    """Submit a review of so many points, or with `reason` revise it."""
    content = {
        "scores": share_of(percent),
        "comments": dict.fromkeys(vetoes, "见评审意见"),
        "vetoes": list(vetoes),
        "opinion": "",
    }
    perform(
        "revise_review" if reason else "submit_review", [case.pk], actor=one.user, key=f"project{next(KEYS)}",
        reason=reason, data={"sha256": review_sha256(content)}, kept={"review": content},
    )  # fmt: skip


def approved(case: Application, clerk: User, second: User, official: User) -> Batch:
    """A batch of the one case, signed."""
    batch = approvals.open_batch(case.round, by=clerk)
    approvals.consolidate(batch, [case.pk], by=clerk, key=f"c{batch.pk}")
    approvals.hand_in(batch, by=clerk, key=f"h{batch.pk}")
    approvals.verify(batch, by=second, key=f"v{batch.pk}")
    return approvals.approve(batch, by=official, key=f"a{batch.pk}", signed=batches.manifest_sha256(batch))
