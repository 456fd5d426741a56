"""Cases of the founder award, moved by the real verbs: the call, a full draft, and the way to the inspection."""

from datetime import date, time, timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone

from accounts.models import Organisation, User
from storage.kinds import JPEG, PNG
from storage.models import Document, DocumentState
from storage.uploads import deposit
from tests.workflows.conftest import fresh
from tests.world import document
from workflows import drafts
from workflows.engine.deadlines import load_calendar
from workflows.engine.perform import perform
from workflows.models import Application, ApplicationPaper, InspectionTour, Round, Visit, VisitPhoto
from workflows.programmes import programme
from workflows.review.counting import leaves
from workflows.review.inspections import tours, visiting
from workflows.review.inspections.sheet import sha256_of
from workflows.review.inspections.visiting import Signature

KEYS = count(1)
SLUG = "founder-revenue-award"
ANSWERS = {
    "firm": {"industry": "software", "district": "siming", "major_project": "no", "staff_count": "80"},
    "founder": {
        "founder_name": "陈鹭鸣", "selected_year": "2018", "share_percent": "35", "invested_fen": "0",
    },
    "revenue": {"revenue_fen": "80,000,000", "first_reached_year": "", "earlier_claims": "0"},
    "contact": {
        "contact_name": "林小鹭", "contact_id_kind": "resident_id", "contact_id_number": "350299199001150013",
        "contact_mobile": "13800138000", "contact_email": "lin@example.test",
    },
    "account": {
        "account_name": "示例企业", "bank_name": "示例银行厦门分行", "bank_code": "102393000012",
        "account": "1234567890123456",
    },
}  # fmt: skip


def call_of(association: Organisation, authority: Organisation, policy: str = "2020") -> Round:
    """An open round under `policy`."""
    now = timezone.now()
    load_calendar(provisional_until=now.year + 1)
    return Round.objects.create(
        programme=SLUG, policy=policy, year=now.year, handler=association, authority=authority,
        opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20),
    )  # fmt: skip


def filled_in(call: Round, employer: Organisation, owner: User, **other: str) -> Application:
    """A draft on which nothing is missing; `other` answers take the place of these."""
    case = drafts.start(call, employer, by=owner)
    for section, answers in ANSWERS.items():
        given = {**answers, **{k: v for k, v in other.items() if k in answers}}
        if section == "revenue" and not given["first_reached_year"]:
            given["first_reached_year"] = str(call.year - 2)
        drafts.save_section(case, section, given)
    for paper in programme(SLUG).papers:
        held = document(owner, employer, f"paper:{paper.slug}", f"{case.pk}-{paper.slug}.pdf")
        ApplicationPaper.objects.create(application=case, paper=paper.slug, document=held, added_by=owner)
    drafts.recount_papers(case.pk)
    drafts.declare(case, made=True)
    return fresh(case)


def take(case: Application, step: str, by: User, reason: str = "") -> Application:
    """One step on the case."""
    perform(step, [case.pk], actor=by, key=f"founder{next(KEYS)}", reason=reason)
    return fresh(case)


def to_inspect(case: Application, owner: User, clerk: User) -> Application:
    """Through submission and preliminary check, to where a visit is planned."""
    for step, by in (("submit", owner), ("accept", clerk), ("examine", clerk), ("order_inspection", clerk)):
        case = take(case, step, by)
    return case


def toured(
    cases: list[Application], inspectors: list[User], clerk: User, day: date | None = None
) -> InspectionTour:
    """A tour to these firms, an hour apart."""
    stops = [tours.Stop(case.pk, time(9 + n)) for n, case in enumerate(cases)]
    return tours.plan(
        cases[0].round, held_on=day or timezone.localdate(), inspectors=inspectors, stops=stops, by=clerk,
        key=f"tour{next(KEYS)}",
    )  # fmt: skip


def visit_of(case: Application) -> Visit:
    return Visit.objects.select_related("tour", "application").get(application=case, dropped_at=None)


def all_points(share: str = "1") -> dict[str, str]:
    """Every criterion with that share of its points, in halves."""
    rule = programme(SLUG).inspection
    assert rule is not None
    return {
        f"score:{one.name}": f"{int(one.points * Decimal(share) * 2) / 2:g}" for one in leaves(rule.rubric)
    }


def photographed(visit: Visit, by: User, *, data: bytes = b"") -> VisitPhoto:
    """A photograph that has arrived: a PNG that the store holds, or one that is still being checked."""
    purpose = f"inspection:{visit.pk}"
    if data:
        held = deposit(
            user=by,
            organisation=visit.tour.handler,
            filename="现场.png",
            content_type=PNG,
            data=data,
            purpose=purpose,
        )
    else:
        held = Document.objects.create(
            object_key=f"photo/{next(KEYS)}", filename="现场.jpg", content_type=JPEG, size_bytes=1, purpose=purpose,
            declared_sha256="c" * 64, state=DocumentState.CHECKING, uploaded_by=by, organisation=visit.tour.handler,
        )  # fmt: skip
    return VisitPhoto.objects.create(
        visit=visit, key=f"photo{next(KEYS)}", document=held, taken_at=timezone.now(), added_by=by
    )


def reported(visit: Visit, by: User, share: str = "1", *, data: bytes = b"", **changes: str) -> Visit:
    """Filled in, photographed and handed in."""
    note = {**all_points(share), **{name.replace("__", ":"): text for name, text in changes.items()}}
    visiting.note(visit, note, by=by, key=f"note{next(KEYS)}")
    photographed(visit, by, data=data)
    visiting.hand_in(visit, by=by, key=f"report{next(KEYS)}")
    return Visit.objects.select_related("tour", "application").get(pk=visit.pk)


def signed(visit: Visit, inspectors: list[User]) -> None:
    """By every inspector and by the firm."""
    digest = sha256_of(visit.sheet)
    for person in inspectors:
        visiting.sign(visit, Signature(""), by=person, key=f"sign{next(KEYS)}", sha256=digest, as_firm=False)
    visiting.sign(
        visit,
        Signature("陈鹭鸣", "总经理"),
        by=inspectors[0],
        key=f"sign{next(KEYS)}",
        sha256=digest,
        as_firm=True,
    )
