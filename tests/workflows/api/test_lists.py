"""Every list asks the same number of questions for 1 row and for 30."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from notifications.models import Message
from storage.models import Document
from tests import world
from tests.workflows.api.conftest import Program, ok
from tests.workflows.conftest import add_people, new_batch
from workflows import drafts
from workflows.models import (
    Absence,
    Application,
    Assignment,
    Batch,
    CalendarOverride,
    Expert,
    Notice,
    NoticeLine,
    Objection,
    PaymentLine,
    PaymentList,
    PlanningRun,
    ReviewSession,
    Room,
    RosterImport,
    Round,
    Seat,
    StagedPerson,
    TaxRecordImport,
    Webhook,
    WebhookDelivery,
)

pytestmark = pytest.mark.django_db
ROWS = 30

# Whose token, the address, and how many statements: token, memberships, what the list hangs on, rows, figures.
LISTS = [
    ("owner", "/rounds", 3),
    ("owner", "/cases/{draft}/people", 4),
    ("owner", "/cases/{draft}/roster/imports", 4),
    ("owner", "/cases/{draft}/roster/imports/{import}/errors", 5),
    ("owner", "/messages", 2),
    ("owner", "/webhooks", 2),
    ("owner", "/webhooks/{hook}/deliveries", 3),
    ("clerk", "/rounds/{round}/tax-records", 4),
    ("official", "/batches", 4),
    ("official", "/notices", 3),
    ("official", "/notices/{notice}/lines", 4),
    ("official", "/objections", 3),
    ("official", "/payment-lists", 4),
    ("official", "/payment-lists/{list}/lines", 4),
    ("official", "/ledger", 3),
    ("expert", "/reviews", 3),
    ("clerk", "/experts", 6),
    ("clerk", "/rounds/{round}/sessions", 4),
    ("clerk", "/sessions", 3),
    ("clerk", "/rooms", 3),
    ("expert", "/seats", 3),
    ("clerk", "/absences", 3),
    ("clerk", "/calendar", 3),
    ("clerk", "/rounds/{round}/planning", 4),
]


def _filled(made: world.World) -> dict[str, int]:
    """Thirty more rows of each kind, by the shortest way; the ids that addresses name."""
    objects, people = made.objects, made.people
    owner, round_ = people["owner"], Round.objects.get(pk=objects["round"]["pk"])
    draft = Application.objects.get(pk=objects["draft"]["pk"])
    add_people(draft, *[{}] * ROWS)
    now, n = timezone.now(), range(ROWS)
    document = world.document(owner, draft.applicant, "roster", "大.xlsx")
    found = RosterImport.objects.create(application=draft, document=document, started_by=owner)
    RosterImport.objects.bulk_create(
        RosterImport(application=draft, document=document, started_by=owner) for _ in n
    )
    wrong = [{"column": "name", "code": "x", "en": "x", "zh": "x"}]
    StagedPerson.objects.bulk_create(
        StagedPerson(roster_import=found, position=i + 2, problems=wrong) for i in n
    )
    Message.objects.bulk_create(Message(key=f"l{i}", recipient=owner, topic="x", subject_en="x") for i in n)
    hooks = Webhook.objects.bulk_create(Webhook(owner=owner, url="https://x.test/", secret="x") for _ in n)
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(webhook=hooks[0], key=f"l{i}", event="x", payload={}) for i in n
    )
    TaxRecordImport.objects.bulk_create(TaxRecordImport(round=round_, imported_by=people["clerk"]) for _ in n)
    batches = [new_batch(round_, people["clerk"]) for _ in n]
    line = NoticeLine.objects.filter(notice=objects["notice"]["pk"]).first()
    assert line is not None
    Notice.objects.bulk_create(
        Notice(batch=batch, starts_on=now.date(), ends_on=now.date(), shown_from=now, shown_until=now,
               released_by=people["official"], sha256="0" * 64) for batch in batches
    )  # fmt: skip
    NoticeLine.objects.bulk_create(
        NoticeLine(notice_id=line.notice_id, position=100 + i, application_id=line.application_id,
                   person_id=line.person_id, employer_name="x", person_name="x", category="x") for i in n
    )  # fmt: skip
    Objection.objects.bulk_create(Objection(number=f"l{i}", line=line, due_on=now.date()) for i in n)
    lists = PaymentList.objects.bulk_create(
        PaymentList(
            number=f"l{i}", round=round_, authority=round_.authority, made_by=people["cashier"], made_at=now
        )
        for i in n
    )
    PaymentLine.objects.bulk_create(
        PaymentLine(payment_list=lists[0], application_id=line.application_id, position=i + 1, payee="x", account="x",
                    amount_fen=1, people_count=1, state="paid", paid_on=now.date()) for i in n
    )  # fmt: skip
    _reviewing(round_, people["clerk"])
    assert Batch.objects.count() >= ROWS
    assert Document.objects.filter(pk=document.pk).exists()
    return {
        "draft": draft.pk, "import": found.pk, "hook": hooks[0].pk, "round": round_.pk, "notice": line.notice_id,
        "list": lists[0].pk,
    }  # fmt: skip


def _reviewing(round_: Round, clerk: User) -> None:
    """Experts of the office, cases that the first of them reviews, and sessions of the round."""
    mine, n = Expert.objects.get(code="E0001"), range(ROWS)
    Expert.objects.bulk_create(
        Expert(code=f"L{i:04d}", office=mine.office, name="x", email="x@x.test") for i in n
    )
    firms = Organisation.objects.bulk_create(Organisation(kind="employer", name=f"l{i}") for i in n)
    cases = [drafts.start(round_, firm, by=clerk) for firm in firms]
    Assignment.objects.bulk_create(Assignment(expert=mine, application=case, made_by=clerk) for case in cases)
    made = ReviewSession.objects.bulk_create(
        ReviewSession(round=round_, number=f"L{i}", ordinal=i + 1, office=mine.office, secretary=clerk)
        for i in n
    )
    Seat.objects.bulk_create(Seat(session=one, expert=mine, state="invited") for one in made)
    Absence.objects.bulk_create(
        Absence(person=clerk, substitute=mine.user, organisation=mine.office, role="clerk",
                from_on=date(2031 + i, 1, 1), until_on=date(2031 + i, 1, 2), made_by=clerk)
        for i in n
    )  # fmt: skip
    CalendarOverride.objects.bulk_create(
        CalendarOverride(day=date(2031 + i, 1, 1), working=True, reason="x", document="x", made_by=clerk)
        for i in n
    )
    PlanningRun.objects.bulk_create(
        PlanningRun(round=round_, kind="assign", stage="dropped", made_by=clerk) for _ in n
    )
    Room.objects.bulk_create(Room(office=mine.office, name=f"l{i}") for i in n)


def test_lists_ask_the_same_for_1_and_30_rows(documents_folder):
    made = world.make()
    ids = _filled(made)
    programs = {role: Program(made.people[role]) for role in ("owner", "clerk", "official", "expert")}
    asked = {}
    for role, path, _questions in LISTS:
        address = path.format(**ids)
        programs[role].get(address)
        for limit in (1, ROWS):
            with CaptureQueriesContext(connection) as counted:
                found = ok(programs[role].get(address, limit=limit))
            wanted = min(limit, Round.objects.count()) if path == "/rounds" else limit
            asked[(path, limit)] = (len(found["rows"]) == wanted, len(counted))

    assert asked == {(path, limit): (True, n) for _role, path, n in LISTS for limit in (1, ROWS)}
