"""The demonstration as a whole: its year is the one of the report, and everything in it passed through the verbs."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.test import override_settings
from django.utils import timezone

from accounts.identifiers import credit_code
from accounts.models import Organisation, Role, User
from forms.fields.resident_id import ResidentId
from notifications.models import Message, OutboxRow
from storage.kinds import KINDS, PDF
from storage.models import Document
from storage.objects import store
from storage.structure import flaw_of
from tests.templates import BUCKET, copy, demonstration, drop
from workflows import approvals
from workflows.demonstration import papers
from workflows.demonstration.cast import PARTS, PASSWORD
from workflows.demonstration.days import Days
from workflows.demonstration.founder_2019.plan import AWARDED_FEN
from workflows.demonstration.load import Loaded, load
from workflows.demonstration.year_2019.plan import PAID_FEN, plan
from workflows.engine.asking import doable
from workflows.engine.verify import verify
from workflows.models import (
    Application,
    Batch,
    CalendarDay,
    Deadline,
    Event,
    NoticeLine,
    Objection,
    PaymentLine,
    PaymentList,
    Person,
    Round,
)
from workflows.programmes import programme, registry
from workflows.reports import FIGURES as DECLARED
from workflows.reports import annual_report

FIGURES = json.loads((Path(__file__).parent.parent / "vectors" / "figures_2019.json").read_text())["figures"]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demonstration")]


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """A copy of the demonstration, in the place of this worker's database while these tests run."""
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), override_settings(S3_BUCKET=BUCKET):
        connection.close()
        connection.settings_dict["NAME"] = f"{usual}_demonstration"
        try:
            copy(connection.settings_dict["NAME"], demonstration(tmp_path_factory.mktemp("demonstration")))
            yield load()
        finally:
            connection.close()
            drop(connection.settings_dict["NAME"])
            connection.settings_dict["NAME"] = usual


@pytest.fixture(autouse=True)
def _world(loaded: Loaded, db: None) -> None:
    """Each test sees the loaded world, and its own changes are undone."""


def person(local: str) -> User:
    return User.objects.get(email=f"{local}@demo.example")


def of(year: int) -> "Q":
    return Q(application__year=year)


def of_rebate(year: int) -> "Q":
    return Q(programme="talent-tax-rebate", year=year)


@pytest.fixture
def this_year() -> int:
    return timezone.localdate().year


# ── the year 2019


def test_figures_are_those_of_the_year() -> None:
    expected = {
        f["key"]: (f["value"], f["definition"]) for f in FIGURES if f["key"] in {one.key for one in DECLARED}
    }
    counted = annual_report(2019, as_of=timezone.now())
    assert {c.figure.key: (c.as_json()["value"], c.definition) for c in counted} == expected


def test_plan_is_the_same_at_every_call() -> None:
    days = Days.between(datetime(2019, 1, 1).date(), datetime(2020, 3, 31).date())  # noqa: DTZ001
    first, second = plan(days), plan(days)
    assert [[p.facts for p in c.people] for c in first.courses] == [
        [p.facts for p in c.people] for c in second.courses
    ]
    assert [(c.firm, c.submitted_on, c.slot) for c in first.courses] == [
        (c.firm, c.submitted_on, c.slot) for c in second.courses
    ]


def test_chains_prove() -> None:
    proof = verify()
    assert proof.holds
    assert proof.events == Event.objects.count()


def test_every_rule_refuses_somebody(this_year: int) -> None:
    refused = Person.objects.filter(of(2019), result="refused").exclude(application__state="withdrawn")
    counts = dict(refused.values_list("rule").annotate(n=Count("pk")).order_by())
    assert set(counts) == {"R01", "R02", "R03", "R04", "R05", "R07", "R08"}
    # R06 begins with policy 2021: it fires in the round that runs now.
    assert Person.objects.filter(of(this_year), rule="R06").exists()


def test_holds_were_released_or_corrected() -> None:
    released = Event.objects.filter(of(2019), step="release_hold")
    assert sorted(set(released.values_list("data__rule", flat=True))) == ["H01", "H02"]
    corrected = Event.objects.filter(of(2019), step="ask_correction", source="checked")
    assert corrected.count() == Event.objects.filter(of(2019), step="resubmit", target="checked").count() == 7
    assert not Person.objects.filter(of(2019), result="held").exists()


def test_intake_had_corrections_refusals_a_lapse_and_a_second_try() -> None:
    assert Event.objects.filter(of(2019), step="ask_correction", source="submitted").count() >= 10
    assert Event.objects.filter(of(2019), step="refuse").count() == 2
    assert Event.objects.filter(of(2019), step="accept", actor=User.objects.system()).count() == 1
    again = Application.objects.get(year=2019, state="withdrawn").applicant
    assert sorted(Application.objects.filter(applicant=again, year=2019).values_list("state", flat=True)) == [
        "closed", "withdrawn",
    ]  # fmt: skip


def test_one_objection_is_upheld_and_one_dismissed() -> None:
    verdicts = dict(
        Objection.objects.filter(line__application__year=2019).values_list("state", "line__person")
    )
    assert set(verdicts) == {"upheld", "dismissed"}
    upheld = Person.objects.get(pk=verdicts["upheld"])
    assert (upheld.revoked, upheld.payment_line) == (True, None)
    dismissed = Person.objects.get(pk=verdicts["dismissed"])
    assert dismissed.payment_line is not None
    assert dismissed.payment_line.state == "paid"


def test_failed_transfer_was_repaid() -> None:
    failed = PaymentLine.objects.get(application__year=2019, state="failed")
    again = PaymentLine.objects.get(application=failed.application, state="paid")
    assert again.amount_fen == failed.amount_fen
    assert again.payment_list.made_at > failed.payment_list.made_at


def test_sums_of_people_lines_and_cases_agree() -> None:
    people = Person.objects.filter(of(2019), payment_line__state="paid").aggregate(s=Sum("award_fen"))["s"]
    for slug, sum_ in {"talent-tax-rebate": PAID_FEN, "founder-revenue-award": AWARDED_FEN}.items():
        cases = Application.objects.filter(year=2019, programme=slug).aggregate(s=Sum("paid_fen"))["s"]
        lines = PaymentLine.objects.filter(of(2019), application__programme=slug, state="paid")
        assert cases == lines.aggregate(s=Sum("amount_fen"))["s"] == sum_
    assert people == PAID_FEN


def test_batches_passed_through_four_eyes() -> None:
    batches = Batch.objects.filter(round__year=2019)
    assert batches.count() >= 6
    assert set(batches.values_list("stage", flat=True)) == {"closed"}
    assert not batches.filter(
        Q(prepared_by=F("approved_by")) | Q(verified_by=F("approved_by")) | Q(prepared_by=F("verified_by"))
        | Q(notice__released_by=F("approved_by"))
    ).exists()  # fmt: skip


def test_times_are_of_the_year_in_order_and_in_office_hours() -> None:
    events = Event.objects.filter(of(2019)).exclude(actor=User.objects.system())
    late = {e.at for e in events if not time(8) <= timezone.localtime(e.at).time() <= time(18, 30)}
    assert late == set()
    working = set(CalendarDay.objects.filter(working=True, day__year=2019).values_list("day", flat=True))
    assert {timezone.localtime(e.at).date() for e in events} <= working
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM workflows_event e JOIN workflows_event f "
            "ON f.application_id = e.application_id AND f.seq = e.seq + 1 WHERE f.at < e.at"
        )
        assert cursor.fetchone() == (0,)


def test_no_deadline_of_the_year_is_open() -> None:
    assert not Deadline.objects.filter(of(2019), met_at=None, lapsed_at=None).exists()


def test_numbers_are_valid_and_nobodys() -> None:
    kind = ResidentId()
    numbers = [p.id_number for p in Person.objects.filter(id_kind="resident_id")]
    assert [kind.parse(n) for n in numbers] == numbers
    assert {n[:6] for n in numbers} == {"350299"}
    codes = Organisation.objects.filter(kind="employer").values_list("credit_code", flat=True)
    assert [credit_code(code or "") for code in codes] == list(codes)
    assert {code[2:8] for code in codes if code} == {"350299"}


def test_notice_lines_hold_no_numbers() -> None:
    assert NoticeLine.objects.filter(id_tail="").count() + 40 > NoticeLine.objects.count()
    assert not NoticeLine.objects.filter(person_name__regex="[0-9]").exists()


# ── what is told


def test_nothing_of_2019_waits_to_be_told() -> None:
    old = timezone.make_aware(datetime(2020, 1, 1))  # noqa: DTZ001
    assert Message.objects.filter(created_at__lt=old).exists()
    assert not Message.objects.filter(created_at__lt=old, read_at=None).exists()
    assert not OutboxRow.objects.waiting().filter(topic="case.moved").exists()
    assert OutboxRow.objects.waiting().filter(topic="mail").count() < 40


def test_message_bears_the_time_and_the_words_of_its_event() -> None:
    event = Event.objects.filter(of(2019), step="accept").order_by("pk")[0]
    message = Message.objects.get(key__startswith=f"case:{event.application_id}:{event.seq}:")
    assert message.created_at == event.at
    assert event.application.number in message.subject_zh
    assert "None" not in message.body_en


def test_few_messages_are_unread() -> None:
    assert all(Message.objects.of(person(part.local)).unread().count() < 12 for part in PARTS)


# ── the papers


def test_papers_open_and_bear_their_digest() -> None:
    paper = Application.objects.get(year=2019, applicant__credit_code="91350299MA0DEM005C").papers.filter(
        removed_at=None
    )[0]
    with store().open(paper.document.object_key) as chunks:
        content = b"".join(chunks)
    assert len(content) == paper.document.size_bytes
    shown = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "Demonstration: not a real document" in shown


def test_pdf_is_taken_as_a_pdf(tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(papers.pdf([(20, "完税证明"), (12, "Tax (certificate)")]))
    with file.open("rb") as opened:
        assert flaw_of(opened, KINDS[PDF]) is None
    assert "Tax (certificate)" in pypdf.PdfReader(file).pages[0].extract_text()


def test_every_submitted_case_has_its_papers() -> None:
    counted = Application.objects.exclude(number=None).annotate(
        n=Count("papers", filter=Q(papers__removed_at=None, papers__document__state="verified"))
    )
    for slug, declared in registry().items():
        required = sum(p.required and not p.state for p in declared.papers)
        assert not counted.filter(programme=slug, n__lt=required).exists()
    assert Document.objects.filter(state="verified").count() > 1000


# ── the round that runs now


def test_round_is_open_for_a_month(this_year: int) -> None:
    found = Round.objects.get(year=this_year, programme="talent-tax-rebate")
    assert found.policy == "2021"
    assert found.is_open
    assert found.closes_at > timezone.now() + timedelta(days=30)
    assert Event.objects.filter(of(this_year), at__gt=timezone.now()).count() == 0


@pytest.mark.parametrize(
    ("local", "steps"),
    [
        ("owner", {"withdraw"}),
        ("agent", {"withdraw"}),
        (
            "clerk",
            {
                "accept",
                "refuse",
                "ask_correction",
                "examine",
                "verify",
                "consolidate",
                "release_hold",
                "compare",
            },
        ),
        ("official", {"approve", "deny", "decide_objection"}),
        ("official2", {"release_notice"}),
    ],
)
def test_role_has_something_to_do(local: str, steps: set[str]) -> None:
    declared = programme("talent-tax-rebate")
    actor = person(local)
    can = {
        name for name in declared.steps if Application.objects.filter(doable(declared, name, actor)).exists()
    }
    assert steps <= can


@pytest.mark.parametrize(
    ("local", "steps"),
    [
        ("clerk", {"accept", "examine", "report_visit"}),
        ("official", {"approve"}),
        ("official2", {"report_visit"}),
        ("expert", {"undertake", "submit_review"}),
    ],
)
def test_founder_round_has_something_for_everybody(local: str, steps: set[str], this_year: int) -> None:
    declared, actor = programme("founder-revenue-award"), person(local)
    mine = Application.objects.filter(programme="founder-revenue-award", year=this_year)
    waits = {name for name in declared.steps if mine.filter(doable(declared, name, actor)).exists()}
    assert steps & waits
    assert mine.filter(state="cleared", payment_lines=None).count() == 1


def test_officials_have_tasks_of_batches() -> None:
    stages = dict(
        Batch.objects.filter(round__year__gt=2019).values_list("stage").annotate(n=Count("pk")).order_by()
    )
    assert {"preparing", "verifying", "approving", "releasing", "noticed"} <= set(stages)
    for local in ("clerk", "official", "official2"):
        assert approvals.tasks_for(person(local)).exists()


def test_cashier_has_a_list_with_the_bank_and_people_to_pay(this_year: int) -> None:
    assert PaymentList.objects.filter(round__year=this_year, returned_at=None).count() == 1
    assert PaymentLine.objects.filter(of(this_year), state="waiting").count() == 2
    assert Application.objects.filter(of_rebate(this_year), state="cleared", payment_lines=None).count() == 2


def test_agent_has_a_draft_a_correction_and_a_receipt_to_send(this_year: int) -> None:
    mine = Application.objects.filter(
        of_rebate(this_year), applicant__in=person("agent").organisations_as(Role.OWNER, Role.AGENT)
    )
    assert sorted(mine.values_list("state", flat=True)) == ["correcting", "draft", "paid"]


def test_holds_and_an_open_objection_wait(this_year: int) -> None:
    held = Person.objects.filter(of(this_year), result="held")
    assert set(held.values_list("rule", flat=True)) == {"H01", "H02"}
    assert Objection.objects.filter(line__application__year=this_year, state="received").count() == 1
    assert Person.objects.filter(of(this_year), frozen=True).count() == 1


def test_case_waits_for_acceptance_within_its_days(this_year: int) -> None:
    waiting = Application.objects.filter(of_rebate(this_year), state="submitted")
    assert waiting.count() == 5
    assert all(case.due_on and case.due_on >= timezone.localdate() for case in waiting)


def test_calendar_is_provisional_no_further_than_promises_need(this_year: int) -> None:
    promised = Application.objects.exclude(promised_on=None).order_by("-promised_on")[0].promised_on
    last = CalendarDay.objects.order_by("-day")[0].day
    assert promised is not None
    assert last.year <= promised.year + 1


def test_declarations_are_proven_over_the_demonstration(loaded: Loaded) -> None:
    out = io.StringIO()
    call_command("check_programmes", "--json", stdout=out)
    assert json.loads(out.getvalue())["holds"] is True


# ── the accounts, and loading again


def test_accounts_sign_in_with_the_printed_password(loaded: Loaded) -> None:
    assert [a["email"] for a in loaded.accounts] == [part.email for part in PARTS]
    assert {a["password"] for a in loaded.accounts} == {PASSWORD}
    # One hash serves all: checking it takes a while.
    (hashed,) = set(
        User.objects.filter(email__in=[p.email for p in PARTS]).values_list("password", flat=True)
    )
    assert check_password(PASSWORD, hashed)
    assert {part.role for part in PARTS} == set(Role) - {Role.SYSTEM}


def test_loading_again_changes_nothing() -> None:
    before = (Application.objects.count(), Event.objects.count(), User.objects.count())
    assert load().made == []
    assert (Application.objects.count(), Event.objects.count(), User.objects.count()) == before


def test_round_that_is_over_is_opened_again(this_year: int) -> None:
    Round.objects.filter(year=this_year).update(closes_at=timezone.now() - timedelta(days=1))
    assert load().made == []
    assert all(one.is_open for one in Round.objects.filter(year=this_year))


def test_events_say_when_they_were_recorded() -> None:
    assert not Event.objects.filter(recorded_at__lt=datetime(2026, 1, 1, tzinfo=UTC)).exists()
