"""Two offices, two employers, and one object of each kind that belongs to the first of them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.memberships import invite
from accounts.models import Membership, Organisation, Role, Scope, User
from accounts.tokens import make_token
from notifications.models import Message
from storage.kinds import XLSX
from storage.models import Document, DocumentState
from storage.uploads import deposit
from tests.workflows.conftest import person_with, ready_draft
from tests.workflows.web.journeys import noticed, submitted
from workflows import absences, calendars, manifests, saved_searches
from workflows.bank_returns import purpose_of
from workflows.engine.deadlines import load_calendar
from workflows.models import (
    Application,
    ApplicationPaper,
    Assignment,
    Conflict,
    ExcludedExpert,
    Expert,
    ExpertField,
    Notice,
    PaymentLine,
    PaymentList,
    PlanningRun,
    Ranking,
    Room,
    RosterImport,
    Round,
    TaxRecordImport,
    Webhook,
    WebhookDelivery,
)
from workflows.objections import object_to
from workflows.review.experts import excel, importing, posts, relations, titles
from workflows.review.sessions.minutes import minutes_of, sha256_of_minutes
from workflows.review.sessions.turns import Turn, begin

ROLES_OF = {
    "employer": (Role.OWNER, Role.AGENT),
    "association": (Role.CLERK, Role.EXPERT),
    "authority": (Role.OFFICIAL, Role.CASHIER, Role.AUDITOR),
}


@dataclass
class World:
    """`people` and `strangers` by role; `addresses` gives what an address needs to name an object."""

    people: dict[str, User] = field(default_factory=dict)
    strangers: dict[str, User] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)


def _offices(people: dict[str, User], code: str | None) -> dict[str, Organisation]:
    found = {}
    for kind, roles in ROLES_OF.items():
        found[kind] = Organisation.objects.create(
            kind=kind, name=f"示例{kind}{code}", industry="software", district="siming",
            credit_code=code if kind == "employer" else None,
        )  # fmt: skip
        for role in roles:
            people[role] = person_with(role, found[kind])
    return found


def _employer(name: str, owner: User, agent: User) -> Organisation:
    made = Organisation.objects.create(kind="employer", name=name, industry="software", district="siming")
    Membership.objects.create(user=owner, organisation=made, role=Role.OWNER)
    Membership.objects.create(user=agent, organisation=made, role=Role.AGENT)
    return made


def document(by: User, organisation: Organisation, purpose: str, filename: str = "材料.pdf") -> Document:
    """A verified document whose content nobody asks for."""
    return Document.objects.create(
        object_key=f"world/{purpose}/{filename}", filename=filename, content_type="application/pdf", size_bytes=1,
        sha256="0" * 64, state=DocumentState.VERIFIED, verified_at=timezone.now(), purpose=purpose,
        uploaded_by=by, organisation=organisation,
    )  # fmt: skip


def make() -> World:
    """A draft, a case, a batch on notice with an objection, a payment list, a tax record, and their people."""
    world = World()
    people = world.people
    office = _offices(people, "91350299MA0DEM005C")
    elsewhere = _offices(world.strangers, None)
    world.strangers[Role.ADMINISTRATOR] = person_with(Role.ADMINISTRATOR, elsewhere["association"])
    people[Role.ADMINISTRATOR] = person_with(Role.ADMINISTRATOR, office["association"])
    # With a password, so that it can be asked for again.
    hashed = make_password("world")
    for user in (*people.values(), *world.strangers.values()):
        user.password = hashed
        user.save(update_fields=["password"])
    second = person_with(Role.OFFICIAL, office["authority"])
    now = timezone.now()
    load_calendar(provisional_until=now.year + 1)
    round_ = Round.objects.create(
        programme="talent-tax-rebate", policy="2019", year=2019, handler=office["association"],
        authority=office["authority"], opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20),
    )  # fmt: skip
    owner = people[Role.OWNER]

    draft = ready_draft(round_, office["employer"], owner)
    case = submitted(ready_draft(round_, _employer("示例企业", owner, people[Role.AGENT]), owner))
    world.objects |= {"draft": {"pk": draft.pk}, "case": {"pk": case.pk}, "round": {"pk": round_.pk}}
    frozen = manifests.prepare(
        "accept",
        Application.objects.filter(pk__in=[draft.pk, case.pk]),
        actor=people[Role.CLERK],
        programme=case.programme,
    )
    world.objects["manifest"] = {"pk": frozen.pk}
    _papers(world, draft, case, office["employer"])
    _experts(world, case)
    run = PlanningRun.objects.create(round=round_, kind="assign", asked={}, made_by=people[Role.CLERK])
    world.objects["planning_run"] = {"pk": run.pk}
    _inspection(world, office["association"], office["authority"])

    staff = {"clerk": people[Role.CLERK], "verifier": second, "official": people[Role.OFFICIAL]}
    over, notice = (
        noticed([ready_draft(round_, _employer(name, owner, people[Role.AGENT]), owner)], round_, **staff)
        for name in ("示例公布", "示例公示")
    )
    Notice.objects.filter(pk=over.pk).update(shown_until=now)
    line = notice.lines.get(position=1)
    evidence = document(owner, office["authority"], "evidence")
    objection = object_to(
        line,
        name="周示例",
        contact="13800009999",
        statement="已离职",
        evidence=evidence,
        key="world:objection",
    )
    world.objects |= {
        "batch": {"pk": notice.batch_id}, "notice": {"pk": notice.pk}, "objection": {"pk": objection.pk},
        "evidence": {"pk": objection.pk}, "result": {"pk": over.batch_id},
    }  # fmt: skip
    _money(world, Application.objects.get(pk=line.application_id), office["authority"])
    _membership(world, office["employer"], office["association"])
    today = now.date()
    official = people[Role.OFFICIAL].membership_set.get()
    world.objects["absence"] = {
        "pk": absences.arrange(
            official, substitute=second, from_on=today + timedelta(days=30), until_on=today + timedelta(days=40),
            by=people[Role.OFFICIAL],
        ).pk
    }  # fmt: skip
    shared = saved_searches.save(people[Role.CLERK], "逾期", "is:overdue", office=office["association"])
    world.objects["saved_search"] = {"pk": shared.pk}
    changed = calendars.override(
        date(2005, 3, 1), working=False, reason="台风", document="示例", by=people[Role.OFFICIAL]
    )
    assert changed.override is not None
    world.objects |= {
        "calendar_change": {"pk": changed.pk}, "calendar_override": {"pk": changed.override.pk},
    }  # fmt: skip
    return world


def _inspection(world: World, association: Organisation, authority: Organisation) -> None:
    """A tour of a clerk and an official to one firm, whose report is handed in."""
    from tests.workflows import founder_award

    owner, clerk = world.people[Role.OWNER], world.people[Role.CLERK]
    call = founder_award.call_of(association, authority)
    firm = _employer("示例双百", owner, world.people[Role.AGENT])
    case = founder_award.to_inspect(founder_award.filled_in(call, firm, owner), owner, clerk)
    tour = founder_award.toured([case], [clerk, world.people[Role.OFFICIAL]], clerk)
    visit = founder_award.reported(founder_award.visit_of(case), clerk)
    photo = visit.photos.get()
    world.objects |= {
        "tour": {"pk": tour.pk}, "visit": {"pk": visit.pk}, "founder_round": {"pk": call.pk},
        "visit_photo": {"pk": visit.pk, "photo": photo.pk},
        "visit_document": {"pk": visit.pk, "document_id": photo.document_id},
    }  # fmt: skip


def _experts(world: World, case: Application) -> None:
    """An expert who reviews the case, and one of another office who does not."""
    for number, people in enumerate((world.people, world.strangers), start=1):
        user = people[Role.EXPERT]
        Expert.objects.create(
            code=f"E{number:04d}", office=user.memberships[0].organisation, user=user, name=user.name,
            email=user.email, status=Expert.Status.ENROLLED,
        )  # fmt: skip
    mine = Expert.objects.get(code="E0001")
    Assignment.objects.create(expert=mine, application=case, made_by=world.people[Role.CLERK])
    # Another expert of the office, whom nobody is signed in as, is kept away from the same case.
    tied = Expert.objects.create(code="E0003", office=mine.office, name="某", email="tied@example.test")
    conflict = Conflict.objects.create(
        expert=tied,
        application=case,
        rule="declared",
        source=Conflict.Source.FOUND,
        evidence={"said": "配偶任职"},
    )
    draft = Application.objects.get(pk=world.objects["draft"]["pk"])
    excluded = ExcludedExpert.objects.create(
        application=draft, name="某", organisation="某校", reason="竞争", added_by=world.people[Role.OWNER]
    )
    _file_of(world, mine)
    world.objects |= {
        "conflict": {"pk": case.pk, "conflict": conflict.pk}, "exclusion": {"pk": draft.pk, "entry": excluded.pk},
    }  # fmt: skip


def add_scored(world: World) -> None:
    """A case before a panel that scores by a rubric, of a programme that the caller has registered."""
    # Its helpers make their documents here.
    from tests.workflows.review.seated import before_panel, seat, undertake

    people, before = world.people, world.objects["round"]["pk"]
    call = Round.objects.get(pk=before)
    call = Round.objects.create(
        programme="reviewed-aid", policy="2026", year=2026, handler=call.handler, authority=call.authority,
        opens_at=call.opens_at, closes_at=call.closes_at,
    )  # fmt: skip
    employer = people[Role.OWNER].memberships[0].organisation
    case = before_panel(call, employer, people[Role.OWNER], people[Role.CLERK])
    mine = Expert.objects.get(code="E0001")
    held = seat(case, [mine], people[Role.CLERK])
    undertake(case, mine)
    kept = Ranking.objects.create(
        round=call, content={"ranked": []}, sha256="0" * 64, frozen_by=people[Role.CLERK]
    )
    world.objects |= {
        "scored": {"pk": case.pk}, "scored_round": {"pk": call.pk}, "ranking": {"pk": call.pk, "ranking": kept.pk},
    }  # fmt: skip
    begin(held, None)
    own = held.seats.get().pk
    world.objects |= {
        "session": {"pk": held.pk}, "seat": {"pk": own}, "session_seat": {"pk": held.pk, "seat": own},
        "session_case": {"pk": held.pk, "case": case.pk},
        "room": {"pk": Room.objects.create(office=held.office, name="示例会议室").pk},
    }  # fmt: skip
    # Its time is fixed and told, and its minutes are written.
    held.starts_at, held.ends_at = timezone.now(), timezone.now() + timedelta(hours=3)
    held.notes.create(what="session_confirmed", by=people[Role.CLERK])
    held.minutes = minutes_of(Turn(held, people[Role.CLERK], timezone.now(), replayed=False))
    held.minutes_sha256 = sha256_of_minutes(held.minutes)
    held.save()


def _papers(world: World, draft: Application, case: Application, employer: Organisation) -> None:
    owner = world.people[Role.OWNER]

    def paper_of(application: Application, filename: str) -> ApplicationPaper:
        held = document(owner, employer, "paper", filename)
        return ApplicationPaper.objects.create(
            application=application, paper="application_form", document=held, added_by=owner
        )

    paper, own = paper_of(case, "申报表.pdf"), paper_of(draft, "草稿.pdf")
    person = case.people.earliest("position")
    imported = TaxRecordImport.objects.create(round=case.round, imported_by=world.people[Role.CLERK])
    staged = RosterImport.objects.create(
        application=draft, document=document(owner, employer, "roster", "名单.xlsx"), started_by=owner
    )
    world.objects |= {
        "paper": {"pk": case.pk, "paper": paper.pk},
        "person": {"pk": case.pk, "person": person.pk},
        "tax_import": {"pk": imported.pk},
        "draft_person": {"pk": draft.pk, "person_pk": draft.people.earliest("position").pk},
        "draft_document": {"pk": draft.pk, "document_id": own.document_id},
        "draft_paper": {"pk": draft.pk, "slug": "application_form", "paper_pk": own.pk},
        "roster_import": {"pk": draft.pk, "import_pk": staged.pk},
    }


def _money(world: World, case: Application, authority: Organisation) -> None:
    cashier = world.people[Role.CASHIER]
    made = PaymentList.objects.create(
        number="BF1", round=case.round, authority=authority, made_by=cashier, made_at=timezone.now()
    )
    PaymentLine.objects.create(
        payment_list=made, position=1, application=case, payee="示例公示", bank_name="示例银行", amount_fen=1,
        bank_code="102393000012", account="1234567890123456", people_count=1,
    )  # fmt: skip
    returned = deposit(
        user=cashier, organisation=authority, filename="回单.csv", content_type="text/csv",
        data="行号,结果\n1,成功\n".encode(), purpose=purpose_of(made),
    )  # fmt: skip
    world.objects |= {
        "list": {"pk": made.pk},
        "line": {"pk": made.pk, "position": 1},
        "bank_return": {"pk": made.pk, "document": returned.pk},
    }


def _membership(world: World, employer: Organisation, association: Organisation) -> None:
    owner = world.people[Role.OWNER]
    member = Membership.objects.get(organisation=employer, role=Role.AGENT)
    invited = invite(employer, email="new@example.test", role=Role.AGENT, by=owner, site_url="http://t")
    message = Message.objects.create(
        key="world",
        recipient=owner,
        topic="case.moved",
        subject_zh="甲",
        subject_en="A",
        body_zh="乙",
        body_en="B",
    )
    hook = Webhook.objects.create(owner=owner, url="https://hooks.example.test/", secret="whsec_world")
    delivery = WebhookDelivery.objects.create(webhook=hook, key="world", event="ping", payload={})
    world.objects |= {
        "webhook": {"pk": hook.pk},
        "delivery": {"pk": hook.pk, "delivery": delivery.pk},
        "organisation": {"pk": employer.pk},
        "membership": {"pk": employer.pk, "membership_id": member.pk},
        "invitation": {"pk": employer.pk, "invitation_id": invited.pk},
        "message": {"pk": message.pk},
        "token": {"pk": make_token(owner, name="world", scopes=[Scope.CASES_READ], days=1)[0].pk},
        "document": {"document_id": document(owner, employer, "paper", "上传.pdf").pk},
    }


def _file_of(world: World, mine: Expert) -> None:
    """What hangs on the expert's file, and a list that the office uploaded."""
    clerk, own = world.people[Role.CLERK], world.people[Role.EXPERT]
    title = titles.add(mine, name="教授", level="senior", by=own)
    title.evidence = document(own, mine.office, titles.purpose_of(title), "职称.pdf")
    title.save(update_fields=["evidence"])
    post = posts.add(mine, organisation="某校", by=own)
    away = relations.stay_away(mine, from_on=date(2030, 1, 1), until_on=date(2030, 1, 2), by=own)
    uploaded = deposit(
        user=clerk, organisation=mine.office, filename="专家.xlsx", content_type=XLSX,
        data=excel.written(Expert.objects.none(), "zh-hans"), purpose=importing.purpose_of(mine.office),
    )  # fmt: skip
    world.objects |= {
        "expert": {"pk": mine.pk}, "expert_post": {"pk": mine.pk, "part": post.pk},
        "expert_title": {"pk": mine.pk, "part": title.pk}, "my_title": {"part": title.pk},
        "my_absence": {"part": away.pk}, "expert_list": {"document": uploaded.pk},
        "expert_field": {"pk": ExpertField.objects.create(code="IT", title_zh="信息技术", title_en="IT").pk},
    }  # fmt: skip
