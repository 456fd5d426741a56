"""The pages of inspections: planning, the phone's posts, the report; fixed numbers of statements."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Role
from tests.workflows.conftest import NUMBERS, fresh, person_with
from tests.workflows.founder_award import (
    all_points,
    call_of,
    filled_in,
    photographed,
    reported,
    to_inspect,
    toured,
    visit_of,
)
from tests.workflows.web.batch_ways import at_work
from workflows.models import Application, InspectionTour, TourInspector, Visit
from workflows.review.inspections.sheet import sha256_of

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def call(association, authority):
    return call_of(association, authority)


@pytest.fixture
def cases(call, clerk):
    """That many firms to be inspected."""

    def make(n: int):
        made = []
        for _ in range(n):
            firm = Organisation.objects.create(
                kind="employer",
                name=f"示例双百{next(NUMBERS)}",
                industry="software",
                district="siming",
                address="示例路",
            )
            owner = person_with(Role.OWNER, firm)
            made.append(to_inspect(filled_in(call, firm, owner), owner, clerk))
        return made

    return make


@pytest.fixture
def visit(cases, clerk, official):
    (case,) = cases(1)
    toured([case], [clerk, official], clerk)
    return visit_of(case)


def test_tour_is_planned_on_its_page(client: Client, call, cases, clerk, official):
    (case,) = cases(1)
    client.force_login(clerk)
    assert [one["cases"] for one in client.get(reverse("tours")).context["waiting"]] == [1]
    assert client.get(reverse("case_inspection", args=[case.pk])).url == reverse("tour_plan", args=[call.pk])
    page = client.get(reverse("tour_plan", args=[call.pk]))
    posted = {
        "key": page.context["key"], "held_on": timezone.localdate().isoformat(), "inspector": [clerk.pk],
        "case": [case.pk], f"at-{case.pk}": "10:15",
    }  # fmt: skip
    alone = client.post(reverse("tour_plan", args=[call.pk]), posted)
    assert (alone.status_code, "至少 2 人" in alone.content.decode()) == (422, True)
    for wrong in ({"held_on": "morgen"}, {"held_on": "2019-01-01"}, {f"at-{case.pk}": "25:00"}, {"case": []}):
        refused = client.post(
            reverse("tour_plan", args=[call.pk]), {**posted, "inspector": [clerk.pk, official.pk], **wrong}
        )
        assert refused.status_code == 422, wrong
    both = {**posted, "inspector": [clerk.pk, official.pk]}
    made = client.post(reverse("tour_plan", args=[call.pk]), both)
    again = client.post(reverse("tour_plan", args=[call.pk]), both)

    tour = InspectionTour.objects.get()
    assert made.url == again.url == reverse("tour", args=[tour.pk])
    assert timezone.localtime(tour.visits.get().starts_at).strftime("%H:%M") == "10:15"
    assert client.get(reverse("case_inspection", args=[case.pk])).url == reverse(
        "visit", args=[tour.visits.get().pk]
    )
    dropped = client.post(reverse("visit_drop", args=[tour.visits.get().pk]), {"key": "d", "reason": "台风"})
    assert (dropped.status_code, fresh(case).inspected_on) == (302, None)


def test_phone_sends_notes_report_and_signatures(client: Client, visit, clerk, official):
    client.force_login(clerk)
    note = {**all_points("0.8"), "findings": "属实", "key": "n1", "at": "2026-11-23T09:30:00Z", "csrf": "x"}
    for _ in range(2):
        answer = client.post(reverse("visit_note", args=[visit.pk]), note, **JSON).json()
    assert (answer["standing"], answer["sha256"]) == (
        "noted",
        sha256_of(Visit.objects.get(pk=visit.pk).sheet),
    )
    assert visit.notes.count() == 1
    wrong = client.post(reverse("visit_note", args=[visit.pk]), {"score:premises": "99", "key": "n2"}, **JSON)
    assert (wrong.status_code, "0 至 8" in wrong.json()["sentence"]) == (
        422,
        True,
    ) or wrong.status_code == 400
    early = client.post(reverse("visit_report", args=[visit.pk]), {"key": "r"}, **JSON)
    assert (early.status_code, early.json()["code"]) == (409, "photos_missing")
    photographed(visit, clerk)
    assert (
        client.post(reverse("visit_report", args=[visit.pk]), {"key": "r"}, **JSON).json()["standing"]
        == "reported"
    )

    sign = {"as": "inspector", "sha256": answer["sha256"], "key": "s1"}
    assert (
        client.post(reverse("visit_sign", args=[visit.pk]), {**sign, "strokes": "[[1"}, **JSON).status_code
        == 422
    )
    assert client.post(reverse("visit_sign", args=[visit.pk]), sign, **JSON).status_code == 200
    firm = {
        **sign,
        "as": "firm",
        "key": "s2",
        "name": "陈鹭鸣",
        "strokes": json.dumps([[[0, 0], [2000, -5]]]),
    }
    assert client.post(reverse("visit_sign", args=[visit.pk]), firm, **JSON).status_code == 200
    assert visit.signatures.get(person=None).strokes == [[[0, 0], [1000, 0]]]
    other = Client()
    other.force_login(official)
    last = other.post(reverse("visit_sign", args=[visit.pk]), {**sign, "key": "s3"})
    assert last.url == reverse("visit", args=[visit.pk])
    assert fresh(visit.application).inspection_outcome == "pass"
    assert other.get(reverse("visit", args=[visit.pk])).status_code == 200


def test_photograph_is_announced_and_finished(client: Client, visit, clerk, documents_folder):
    client.force_login(clerk)
    kind = "application/json"
    begin = reverse("visit_photo_begin", args=[visit.pk])
    no_picture = {"filename": "x.pdf", "size_bytes": 10, "content_type": "application/pdf"}
    assert client.post(begin, no_picture, content_type=kind).json()["code"] == "wrong_type"
    for junk in (b"", b"[]", b"{"):
        assert client.post(begin, junk, content_type=kind).status_code == 422
    ticket = client.post(
        begin, {"filename": "现场.jpg", "size_bytes": 10, "content_type": "image/jpeg"}, content_type=kind
    ).json()
    told = {
        "key": "p",
        "sha256": "b" * 64,
        "taken_at": "2026-11-23T09:30:00+08:00",
        "latitude": 24.4798,
        "longitude": 118.0894,
    }
    assert client.post(ticket["finish"], {**told, "latitude": 240}, content_type=kind).status_code == 422
    done = client.post(ticket["finish"], {**told, "accuracy_m": 11.6}, content_type=kind)
    assert done.status_code == 200
    photo = visit.photos.get()
    assert (str(photo.latitude), photo.accuracy_m) == ("24.479800", 12)
    assert "24.479800" in client.get(reverse("visit", args=[visit.pk])).content.decode()


def test_colleague_who_stays_at_the_desk_reads_and_cannot_fill_in(client: Client, visit, association):
    client.force_login(person_with(Role.CLERK, association))
    page = client.get(reverse("visit", args=[visit.pk])).content.decode()
    assert ("visit-queue.js" in page, "data-sign" in page) == (False, False)
    refused = client.post(reverse("visit_note", args=[visit.pk]), {"findings": "x", "key": "n"}, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_on_the_tour")


def test_report_is_a_pdf_once_it_is_handed_in(client: Client, visit, clerk, documents_folder):
    client.force_login(clerk)
    assert client.get(reverse("visit_paper", args=[visit.pk])).status_code == 409
    reported(visit, clerk)
    answer = client.get(reverse("visit_paper", args=[visit.pk]))
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_worker_serves_the_visits_alone(client: Client):
    answer = client.get(reverse("visit_worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert reverse("visit_worker").startswith(reverse("tours"))


@pytest.fixture
def many(association, authority, clerk, official):
    """A tour to that many firms, some rows of each kind made at once."""

    def make(count: int) -> InspectionTour:
        call = call_of(association, authority)
        firms = Organisation.objects.bulk_create(
            Organisation(kind="employer", name=f"示例{n}") for n in range(2 * count)
        )
        made = Application.objects.bulk_create(
            Application(
                programme=call.programme, policy=call.policy, year=call.year, round=call, applicant=firm,
                number=f"N{n}", handler=association, authority=authority, created_by=clerk,
            )
            for n, firm in enumerate(firms)
        )  # fmt: skip
        # Past the trigger that allows declared edges alone: how they came there does not matter here.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE workflows_application SET state = 'inspecting'")
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        tours = InspectionTour.objects.bulk_create(
            InspectionTour(
                number=f"K{n}", round=call, ordinal=n, handler=association, authority=authority, planned_by=clerk,
                held_on=timezone.localdate(),
            )
            for n in range(count)
        )  # fmt: skip
        for tour in tours:
            TourInspector.objects.bulk_create(
                TourInspector(tour=tour, person=person, position=n)
                for n, person in enumerate((clerk, official))
            )
        Visit.objects.bulk_create(
            Visit(tour=tours[0], application=case, position=n, starts_at=timezone.now())
            for n, case in enumerate(made[:count])
        )
        return tours[0]

    return make


@pytest.mark.parametrize("count", [1, 30])
def test_lists_take_a_fixed_number_of_statements(client, many, clerk, count, django_assert_num_queries):
    tour = many(count)
    at_work(client, clerk)
    with django_assert_num_queries(14):
        assert len(client.get(reverse("tours")).context["rows"]) == count
    with django_assert_num_queries(8):
        assert len(client.get(reverse("tour", args=[tour.pk])).context["rows"]) == count
    with django_assert_num_queries(11):
        client.get(reverse("visit", args=[tour.visits.first().pk]))


def test_photograph_is_taken_off_on_the_phone_page(client: Client, visit, clerk):
    photo = photographed(visit, clerk)
    client.force_login(clerk)
    address = reverse("visit_photo_remove", args=[visit.pk, photo.pk])
    assert address in client.get(reverse("visit", args=[visit.pk])).content.decode()
    posted = client.post(address, {"key": "k1", "reason": "照片模糊"})
    assert (posted.status_code, posted.url) == (302, reverse("visit", args=[visit.pk]))
    page = client.get(reverse("visit", args=[visit.pk]))
    assert (page.context["photos"], page.context["removed_photos"]) == ([], [photo])
    assert "照片模糊" in page.content.decode()
    assert address not in page.content.decode()
