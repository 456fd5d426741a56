"""Cases of software filing, moved by the real verbs: the call, a full draft, and the ways to each station."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import fresh, person_with
from tests.workflows.review.seated import expert, seat, undertake
from tests.world import document
from workflows import approvals, batches, drafts
from workflows.engine.deadlines import load_calendar
from workflows.engine.perform import perform
from workflows.models import Application, ApplicationPaper, Batch, Expert, Round
from workflows.programmes import programme
from workflows.review.acts import review_sha256

KEYS = count(1)
ANSWERS = {
    "business": {"products": "鹭云数据治理平台", "embedded": "no"},
    "staff": {"staff_total": "120", "staff_degree": "96", "staff_rd": "40"},
    "figures": {
        "revenue_fen": "36,000,000", "software_fen": "25200000", "own_fen": "19800000",
        "rd_spend_fen": "4320000", "rd_domestic_fen": "3888000",
    },
    "contact": {
        "contact_name": "林小鹭", "contact_id_kind": "resident_id", "contact_id_number": "350299199001150013",
        "contact_mobile": "13800138000", "contact_email": "lin@example.test",
    },
}  # fmt: skip


def call_of(association: Organisation, authority: Organisation, policy: str = "2021") -> Round:
    """An open round under `policy`."""
    now = timezone.now()
    load_calendar(provisional_until=now.year + 1)
    return Round.objects.create(
        programme="software-filing", policy=policy, year=now.year, handler=association, authority=authority,
        opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20),
    )  # fmt: skip


def filled_in(call: Round, employer: Organisation, owner: User, **other: str) -> Application:
    """A draft on which nothing is missing; `other` answers take the place of these."""
    case = drafts.start(call, employer, by=owner)
    for section, answers in ANSWERS.items():
        drafts.save_section(case, section, {**answers, **{k: v for k, v in other.items() if k in answers}})
    for paper in programme("software-filing").papers:
        held = document(owner, employer, f"paper:{paper.slug}", f"{case.pk}-{paper.slug}.pdf")
        ApplicationPaper.objects.create(application=case, paper=paper.slug, document=held, added_by=owner)
    drafts.recount_papers(case.pk)
    drafts.declare(case, made=True)
    return fresh(case)


def take(case: Application, step: str, by: User, reason: str = "") -> Application:
    """One step on the case."""
    perform(step, [case.pk], actor=by, key=f"filing{next(KEYS)}", reason=reason)
    return fresh(case)


FULL = {"revenue": "20", "spend": "20", "proof": "20", "rights": "15", "people": "15", "means": "10"}
PAPERS_HOLD = "材料属实，同意备案。"


def before_panel(case: Application, owner: User, clerk: User) -> Application:
    """Through submission and preliminary check to the panel."""
    for step, by in (("submit", owner), ("accept", clerk), ("examine", clerk), ("put_to_panel", clerk)):
        case = take(case, step, by)
    return case


def scored(
    case: Application, experts: list[Expert], scores: dict[str, str] = FULL, **more: Any
) -> Application:
    """All of `experts` give their undertaking and the same scores."""
    content = {"scores": scores, "comments": {}, "vetoes": [], "opinion": "", **more}
    for one in experts:
        assert one.user is not None
        undertake(case, one)
        perform(
            "submit_review", [case.pk], actor=one.user, key=f"r{case.pk}",
            data={"sha256": review_sha256(content)}, kept={"review": content},
        )  # fmt: skip
    return fresh(case)


def panel_of(case: Application) -> list[Expert]:
    """Three enrolled experts of the office that handles the case, the same for all cases."""
    there = list(Expert.objects.filter(office=case.handler_id).order_by("code")[:3])
    return there or [expert(case.handler, number) for number in (1, 2, 3)]


def reviewed(case: Application, owner: User, clerk: User) -> Application:
    """Through submission, preliminary check and a panel of three, who find nothing wrong."""
    case = before_panel(case, owner, clerk)
    panel = panel_of(case)
    seat(case, panel, clerk)
    case = scored(case, panel)
    assert panel[0].user is not None
    return take(case, "pass_review", panel[0].user, PAPERS_HOLD)


def many_reviewed(call: Round, count: int) -> list[Application]:
    """As many cases of as many enterprises, put straight to where the panel leaves them: for pages of long lists."""
    cases = []
    for n in range(count):
        firm = Organisation.objects.create(kind="employer", name=f"示例软件{n}", industry="software")
        cases.append(drafts.start(call, firm, by=person_with(Role.OWNER, firm)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE workflows_application SET state = 'verified', number = 'T' || id, rows_granted = 1 "
            "WHERE round_id = %s",
            [call.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return [fresh(case) for case in cases]


def approved(cases: list[Application], call: Round, clerk: User, second: User, official: User) -> Batch:
    """A batch of reviewed cases, signed."""
    batch = approvals.open_batch(call, by=clerk)
    approvals.consolidate(batch, [case.pk for case in cases], by=clerk, key=f"c{batch.pk}")
    approvals.hand_in(batch, by=clerk, key=f"h{batch.pk}")
    approvals.verify(batch, by=second, key=f"v{batch.pk}")
    return approvals.approve(batch, by=official, key=f"a{batch.pk}", signed=batches.manifest_sha256(batch))
