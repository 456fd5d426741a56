"""The pages of a programme that has neither a roster nor a decision table: the walk-through's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from notifications.models import OutboxRow
from tests.workflows.api.conftest import Program
from tests.workflows.conftest import fresh
from tests.workflows.storm_aid import approved, filled_in, visited
from workflows import approvals, notices, payments
from workflows.engine.perform import perform
from workflows.models import Notice, Objection
from workflows.objections import object_to

# What only a roster has.
PEOPLE = ("People and results", ">Yearly pay", "not compared", 'data-label="Person"', "The whole roster")


def english() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def page(user: User | None, name: str, *args: object, **query: str) -> str:
    client = english()
    if user is not None:
        client.force_login(user)
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    text = answer.content.decode()
    assert [words for words in PEOPLE if words in text] == [], name
    return text


def test_guide_and_calls_follow_from_the_declaration(storm_call):
    guide = page(None, "guide", "storm-aid")

    assert "Aid for storm damage" in guide
    assert "CNY 50,000" in guide
    assert "How each person is decided" not in guide
    assert "Aid for storm damage" in page(None, "guides")
    page(None, "call", storm_call.pk)


def test_draft_is_filled_in_checked_and_sent(storm_call, employer, owner):
    case = filled_in(storm_call, employer, owner)

    tasks = page(owner, "application", case.pk)
    assert ("The damage" in tasks, "Everything is there" in tasks) == (True, True)
    page(owner, "application_section", case.pk, "damage")
    page(owner, "application_papers", case.pk)
    page(owner, "application_print", case.pk)
    check = page(owner, "application_check", case.pk)
    assert "declares that all answers and papers are true" in check

    client = english()
    client.force_login(owner)
    sent = client.post(reverse("application_check", args=[case.pk]), {"declared": "1", "key": "k"})
    assert sent.status_code == 302
    assert fresh(case).state == "submitted"
    page(owner, "application_receipt", case.pk)
    page(owner, "application", case.pk)
    page(owner, "my_applications")


def test_staff_work_on_it_with_the_same_pages(storm_call, employer, owner, clerk):
    case = filled_in(storm_call, employer, owner)
    perform("submit", [case.pk], actor=owner, key="s")

    assert "Accept" in page(clerk, "case", case.pk)
    page(clerk, "case_ask_correction", case.pk)
    page(clerk, "case_history", case.pk)
    page(clerk, "case_dossier", case.pk)
    worklist = page(clerk, "worklist", tab="submitted")
    assert "storm-aid/accept" in worklist

    client = english()
    client.force_login(clerk)
    chosen = {"step": "storm-aid/accept", "case": [case.pk]}
    drawn = client.post(reverse("case_many"), chosen, follow=True)
    assert [words for words in PEOPLE if words in drawn.content.decode()] == []
    manifest = drawn.context["manifest"]
    signed = {"key": drawn.context["key"], "signature": manifest.sha256}
    assert client.post(reverse("manifest_commit", args=[manifest.pk]), signed).status_code == 302
    assert fresh(case).state == "accepted"
    done = client.post(reverse("case_step", args=[case.pk, "visit"]), {"key": "visit"})
    assert done.status_code == 302
    assert fresh(case).state == "verified"


def test_diagram_and_counts_follow_from_the_declaration(storm_call, employer, owner, official):
    case = filled_in(storm_call, employer, owner)
    perform("submit", [case.pk], actor=owner, key="s")

    assert "Aid for storm damage" in page(official, "statistics")
    drawn = page(official, "programme_diagram", "storm-aid")
    assert ("Record the visit" in drawn, "Uphold the appeal" in drawn) == (True, True)
    assert "<svg" in page(official, "programme_svg", "storm-aid")
    bpmn = page(official, "programme_bpmn", "storm-aid")
    assert ("Record the visit" in bpmn, "<bpmndi:BPMNDiagram" in bpmn) == (True, True)


def test_program_works_on_it_by_the_same_api(storm_call, employer, owner, clerk):
    case = filled_in(storm_call, employer, owner)
    applicant, office = Program(owner), Program(clerk)

    declared = applicant.get("/programmes/storm-aid").json()
    assert declared["title"] == "Aid for storm damage"
    assert applicant.step(case.pk, "submit", declared=True).json()["case"]["state"] == "submitted"
    assert office.step(case.pk, "accept").json()["case"]["state"] == "accepted"
    assert office.step(case.pk, "visit").json()["case"]["state"] == "verified"
    assert office.step(case.pk, "file_appeal", reason="—").status_code == 409


@pytest.fixture
def noticed(storm_call, employer, owner, clerk, official, second_official):
    case = visited(filled_in(storm_call, employer, owner), owner, clerk)
    batch = approved([case], storm_call, clerk, second_official, official)
    preview = page(second_official, "batch_notice", batch.pk)
    assert employer.name in preview
    approvals.release_notice(batch, by=second_official, key="n")
    return Notice.objects.get(batch=batch)


def test_batch_notice_and_objection_are_about_the_case(noticed, employer, owner, official):
    case = noticed.lines.get().application
    page(official, "batch", noticed.batch_id)
    page(official, "batch_manifest", noticed.batch_id)
    page(official, "notice", noticed.pk)
    page(official, "notices")
    shown = timezone.now() + timedelta(days=4)
    Notice.objects.filter(pk=noticed.pk).update(shown_from=timezone.now() - timedelta(hours=1))
    assert employer.name in page(None, "public_notice", noticed.pk)
    page(None, "object_to_line", noticed.pk, 1)

    objection = object_to(
        noticed.lines.get(), name="周示例", contact="13800009999", statement="未受灾", key="o", at=shown
    )
    assert "This one case stands still" in page(official, "objection", objection.pk)
    page(official, "objections")
    client = english()
    client.force_login(official)
    client.post(reverse("objection_open", args=[objection.pk]), {"key": "open"})
    answer = {"verdict": Objection.State.UPHELD, "answer": "未受灾", "key": "decide"}
    assert client.post(reverse("objection_decide", args=[objection.pk]), answer).status_code == 302
    assert OutboxRow.objects.filter(
        topic="objection.decided", key=f"objection:{objection.pk}:decided"
    ).exists()
    assert "Revoke the award" in page(official, "case", case.pk)
    page(owner, "application", case.pk)


def test_payment_is_per_case(noticed, storm_call, employer, owner, cashier, official):
    notices.end_due(timezone.now() + timedelta(days=30))

    assert "19,998.00" in page(cashier, "payments")
    made = payments.make_list(storm_call, actor=cashier)
    assert "示例小店" in page(cashier, "payment_list", made.pk)
    payments.read_return(
        made, [payments.Returned(1, paid=True, paid_on=timezone.localdate())], actor=cashier, key="r"
    )
    page(official, "ledger")
    page(official, "statistics")
    assert "19,998.00" in page(owner, "application", noticed.lines.get().application_id)
