"""Inspections: tours, notes from phones, photographs, reports and signatures; what each of them refuses."""

import io
import json
from datetime import date, time, timedelta
from decimal import Decimal

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from viewflow.workflow.models import Task

from accounts.models import Organisation, Role, User
from notifications.models import OutboxRow
from storage.errors import WrongType
from storage.models import Document, DocumentState
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.founder_award import (
    all_points,
    call_of,
    filled_in,
    photographed,
    reported,
    signed,
    take,
    to_inspect,
    toured,
    visit_of,
)
from workflows.demonstration.pictures import picture
from workflows.engine.asking import why
from workflows.engine.verify import verify
from workflows.errors import Blocked, ReasonMissing
from workflows.models import Application, Event, Visit
from workflows.review.counting import ScoreOutOfRange, UnknownCriterion, UnknownVeto
from workflows.review.inspections import errors, tours, visiting
from workflows.review.inspections.paper import pdf_of
from workflows.review.inspections.sheet import sha256_of, standing_of
from workflows.review.inspections.visiting import Place, Signature
from workflows.stages.inspection import INSPECTORS


@pytest.fixture
def case(
    association: Organisation, authority: Organisation, employer: Organisation, owner: User, clerk: User
) -> Application:
    return to_inspect(filled_in(call_of(association, authority), employer, owner), owner, clerk)


@pytest.fixture
def pair(clerk: User, official: User) -> list[User]:
    return [clerk, official]


@pytest.fixture
def visit(case: Application, pair: list[User], clerk: User) -> Visit:
    toured([case], pair, clerk)
    return visit_of(case)


# ── planning


def test_tour_of_one_inspector_is_refused(case, clerk, official):
    with pytest.raises(errors.TooFewInspectors):
        toured([case], [clerk], clerk)
    with pytest.raises(errors.TooFewInspectors):
        toured([case], [clerk, clerk], clerk)
    assert fresh(case).inspected_on is None


def test_inspectors_are_of_the_offices_of_the_round(case, clerk, association, authority):
    stranger = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="别家"))
    with pytest.raises(errors.NotAnInspector, match=stranger.name):
        toured([case], [clerk, stranger], clerk)
    cashier = person_with(Role.CASHIER, authority)
    with pytest.raises(errors.NotAnInspector):
        toured([case], [clerk, cashier], clerk)


def test_firms_have_their_own_hours(case, pair, clerk):
    same = [tours.Stop(case.pk, time(9)), tours.Stop(case.pk, time(9))]
    with pytest.raises(errors.SameHour):
        tours.plan(case.round, held_on=timezone.localdate(), inspectors=pair, stops=same, by=clerk, key="t")
    with pytest.raises(errors.NoStops):
        tours.plan(case.round, held_on=timezone.localdate(), inspectors=pair, stops=[], by=clerk, key="t")


def test_planned_visit_tells_the_firm_and_stands_in_the_chain(case, pair, clerk):
    tour = toured([case], pair, clerk, date(2026, 12, 1))

    event = Event.objects.get(application=case, step="plan_visit")
    assert (event.data["tour"], fresh(case).inspected_on) == (tour.number, date(2026, 12, 1))
    assert event.reason == f"09:00 · {pair[0]}、{pair[1]}"
    assert OutboxRow.objects.filter(key__contains=f":{case.pk}:", topic="case.moved").exists()
    assert [str(task.flow_task.name) for task in Task.objects.filter(process=tour.process, status="NEW")] == [
        "visit"
    ]
    with pytest.raises(errors.OnAnotherTour):
        toured([case], pair, clerk)


def test_visit_that_is_put_off_can_be_planned_anew(visit, case, pair, clerk):
    with pytest.raises(ReasonMissing):
        tours.drop(visit, reason=" ", by=clerk, key="d")
    tours.drop(visit, reason="台风", by=clerk, key="d")

    assert (fresh(case).inspected_on, Visit.objects.get(pk=visit.pk).dropped_reason) == (None, "台风")
    toured([case], pair, clerk)
    assert events_of(case)[-2:] == ["drop_visit", "plan_visit"]


# ── what is noted


@pytest.mark.parametrize(
    ("name", "text", "refusal"),
    [
        ("score:premises", "9", ScoreOutOfRange),
        ("score:premises", "-1", ScoreOutOfRange),
        ("score:premises", "NaN", ScoreOutOfRange),
        ("score:premises", "viel", ScoreOutOfRange),
        ("score:premises", "7.3", errors.NotAHalf),
        ("score:lunch", "1", UnknownCriterion),
        ("veto:lunch", "1", UnknownVeto),
        ("comment:lunch", "x", errors.UnknownField),
        ("lunch", "x", errors.UnknownField),
    ],
)
def test_field_that_cannot_be_is_refused_and_nothing_of_the_note_is_kept(visit, clerk, name, text, refusal):
    with pytest.raises(refusal):
        visiting.note(visit, {"findings": "属实", name: text}, by=clerk, key="n")
    assert (Visit.objects.get(pk=visit.pk).sheet, visit.notes.count()) == ({}, 0)


def test_note_that_is_sent_twice_is_one(visit, clerk, official):
    earlier = timezone.now() - timedelta(hours=3)
    for _ in range(2):
        visiting.note(visit, {"score:premises": "7.50"}, by=clerk, key="n1", noted_at=earlier)
    # A phone that was off-line longer brings its own fields; a colleague's stay.
    visiting.note(visit, {"score:equipment": "6", "findings": "设备"}, by=official, key="n2")
    visiting.note(visit, {"score:premises": "7.50"}, by=clerk, key="n1", noted_at=earlier)

    now = Visit.objects.get(pk=visit.pk)
    assert now.sheet == {"score:premises": "7.5", "score:equipment": "6", "findings": "设备"}
    assert [(note.key, note.noted_at == earlier) for note in now.notes.order_by("pk")] == [
        ("n1", True),
        ("n2", False),
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        now.notes.update(changes={})


def test_clock_of_a_phone_that_is_ahead_counts_as_now(visit, clerk):
    visiting.note(visit, {"findings": "x"}, by=clerk, key="n", noted_at=timezone.now() + timedelta(days=2))
    assert visit.notes.get().noted_at <= timezone.now()


def test_only_those_who_go_along_note(visit, association):
    other = person_with(Role.CLERK, association)
    with pytest.raises(errors.NotOnTheTour):
        visiting.note(visit, {"findings": "x"}, by=other, key="n")
    with pytest.raises(errors.NotOnTheTour):
        visiting.hand_in(visit, by=other, key="r")


# ── what it comes to


def test_seventy_points_pass_and_a_veto_fails_whatever_the_points(case):
    rubric = case.declaration.inspection.rubric
    sheet = {**all_points("0.7"), "score:compliance": "10", "score:growth": "10"}
    points = sum(Decimal(text) for name, text in sheet.items())
    assert (standing_of(rubric, sheet).points, standing_of(rubric, sheet).outcome) == (points, "pass")
    just_under = {**sheet, "score:growth": f"{Decimal(10) - (points - Decimal('69.5')):g}"}
    failed = standing_of(rubric, just_under)
    assert (failed.points, failed.outcome) == (Decimal("69.5"), "fail")
    assert standing_of(rubric, {**all_points(), "veto:false_data": "1"}).outcome == "fail"
    assert standing_of(rubric, {"veto:false_data": "1"}).outcome == "fail"
    assert standing_of(rubric, {"score:premises": "8"}).outcome == ""
    assert rubric.points == 100


# ── photographs


@pytest.fixture
def begun(visit, clerk, documents_folder) -> Document:
    return visiting.begin_photo(
        visit, by=clerk, filename="现场.jpg", size_bytes=900, content_type="image/jpeg"
    ).document


def test_file_that_is_no_picture_is_refused(visit, clerk, documents_folder):
    for filename, kind in (
        ("合同.pdf", "application/pdf"),
        ("现场.gif", "image/gif"),
        ("现场.jpg", "text/html"),
    ):
        with pytest.raises(WrongType):
            visiting.begin_photo(visit, by=clerk, filename=filename, size_bytes=9, content_type=kind)


def test_photograph_that_is_finished_twice_is_one_and_keeps_time_and_place(visit, clerk, begun):
    taken = timezone.now() - timedelta(hours=2)
    for _ in range(2):
        photo = visiting.finish_photo(
            visit, begun.pk, by=clerk, key="p1", sha256="a" * 64, taken_at=taken,
            place=Place("24.479800", "118.089400", 12),
        )  # fmt: skip
    photo.refresh_from_db()
    assert visit.photos.count() == 1
    assert (photo.taken_at, photo.latitude, photo.accuracy_m, photo.place_refused) == (
        taken,
        Decimal("24.479800"),
        12,
        False,
    )
    assert photo.document.state == DocumentState.CHECKING


def test_place_may_be_refused(visit, clerk, begun):
    photo = visiting.finish_photo(
        visit, begun.pk, by=clerk, key="p", sha256="a" * 64, taken_at=None, place=Place(refused=True)
    )
    assert (photo.latitude, photo.place_refused) == (None, True)


def test_photograph_of_another_visit_is_not_taken(visit, clerk, official, begun):
    with pytest.raises(errors.NoSuchPhoto):
        visiting.finish_photo(
            visit, begun.pk, by=official, key="p", sha256="a" * 64, taken_at=None, place=Place()
        )


# ── the report and its signatures


def test_report_needs_every_score_and_a_photograph(visit, clerk):
    visiting.note(visit, {"score:premises": "8"}, by=clerk, key="n")
    with pytest.raises(errors.SheetIncomplete, match="设备"):
        visiting.hand_in(visit, by=clerk, key="r")
    visiting.note(visit, all_points(), by=clerk, key="n2")
    refused = photographed(visit, clerk)
    Document.objects.filter(pk=refused.document_id).update(state=DocumentState.REFUSED, refusal="broken")
    with pytest.raises(errors.PhotosMissing):
        visiting.hand_in(visit, by=clerk, key="r")
    photographed(visit, clerk)
    visiting.hand_in(visit, by=clerk, key="r")
    with pytest.raises(errors.ReportIsIn):
        visiting.note(visit, {"findings": "x"}, by=clerk, key="n3")


def test_nobody_signs_twice_or_what_is_not_there(visit, clerk, official):
    digest = sha256_of({})
    with pytest.raises(errors.NoReportYet):
        visiting.sign(visit, Signature(""), by=clerk, key="s", sha256=digest, as_firm=False)
    now = reported(visit, clerk)
    with pytest.raises(errors.ReportChanged):
        visiting.sign(now, Signature(""), by=clerk, key="s", sha256=digest, as_firm=False)
    digest = sha256_of(now.sheet)
    for _ in range(2):
        visiting.sign(now, Signature(""), by=clerk, key="s", sha256=digest, as_firm=False)
    with pytest.raises(errors.SignedAlready):
        visiting.sign(now, Signature(""), by=clerk, key="s2", sha256=digest, as_firm=False)
    for nothing in (Signature(" "), Signature("", refused=True), Signature("", strokes=(((0, 0), (5, 5)),))):
        with pytest.raises(errors.SignatureMissing):
            visiting.sign(now, nothing, by=clerk, key="f", sha256=digest, as_firm=True)
    assert now.signatures.count() == 1


def test_signed_report_decides_by_its_points(visit, case, pair, clerk):
    now = reported(visit, clerk, share="0.6")
    assert [reason.code for reason in why("fail_inspection", case, clerk)] == ["inspection_fail"]
    signed(now, pair)

    held = fresh(case)
    assert (held.inspection_outcome, held.inspection_points) == ("fail", Decimal(now.report["points"]))
    with pytest.raises(Blocked):
        take(case, "pass_inspection", clerk)
    assert take(case, "fail_inspection", clerk).state == "failed"
    assert events_of(case)[-6:] == [
        "plan_visit",
        "report_visit",
        "sign_visit",
        "sign_visit",
        "sign_visit",
        "fail_inspection",
    ]
    told = Event.objects.get(application=case, step="report_visit").data
    assert (told["sha256"], told["photos"], told["outcome"]) == (now.report_sha256, 1, "fail")
    assert "strokes" not in json.dumps([e.data for e in Event.objects.filter(application=case)])
    assert verify().holds


def test_signed_report_lets_the_firm_go_on(visit, case, pair, clerk):
    signed(reported(visit, clerk, share="0.9"), pair)

    assert take(case, "pass_inspection", clerk).state == "inspected"
    tour = Visit.objects.get(pk=visit.pk).tour
    assert (tour.stage, Task.objects.filter(process=tour.process, status="NEW").count()) == ("done", 0)


def test_firm_may_refuse_to_sign_and_the_report_stands(visit, case, pair, clerk):
    now = reported(visit, clerk, share="0.5")
    digest = sha256_of(now.sheet)
    for person in pair:
        visiting.sign(now, Signature(""), by=person, key=f"s{person.pk}", sha256=digest, as_firm=False)
    assert fresh(case).inspection_outcome == ""
    refusal = Signature("", refused=True, reason="不认可评分")
    visiting.sign(now, refusal, by=clerk, key="f", sha256=digest, as_firm=True)

    assert fresh(case).inspection_outcome == "fail"
    assert now.signatures.get(person=None).reason == "不认可评分"


def test_report_that_is_opened_again_is_signed_anew(visit, case, pair, clerk):
    now = reported(visit, clerk, share="0.6")
    visiting.sign(now, Signature(""), by=clerk, key="s", sha256=sha256_of(now.sheet), as_firm=False)
    visiting.open_again(now, by=clerk, key="o", reason="设备漏计")
    visiting.note(now, {"score:sampling": "15"}, by=clerk, key="n9")
    visiting.hand_in(now, by=clerk, key="r9")
    signed(Visit.objects.select_related("tour", "application").get(pk=now.pk), pair)

    assert now.signatures.filter(void_at=None).count() == 3
    assert now.signatures.exclude(void_at=None).count() == 1
    with pytest.raises(Blocked):
        visiting.open_again(now, by=clerk, key="o2", reason="再改")


def test_step_of_an_inspection_is_not_taken_beside_its_page(visit, case, clerk):
    for step in ("report_visit", "sign_visit"):
        with pytest.raises(errors.NoInspection):
            take(case, step, clerk)
    assert set(INSPECTORS) == {Role.CLERK, Role.OFFICIAL}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_report_on_paper_bears_scores_pictures_and_signatures(visit, clerk, language, documents_folder):
    now = reported(visit, clerk, data=picture(7), findings="属实")
    drawn = Signature("陈鹭鸣", "总经理", (((10, 10), (300, 200), (900, 20)),))
    visiting.sign(now, drawn, by=clerk, key="f", sha256=sha256_of(now.sheet), as_firm=True)
    made = pypdf.PdfReader(io.BytesIO(pdf_of(now, list(now.signatures.all()), language)))

    text = "".join(page.extract_text() for page in made.pages)
    assert [words for words in ("100 / 100", "属实", "陈鹭鸣", now.tour.number) if words not in text] == []
    assert sum(len(page.images) for page in made.pages) == 1


def test_second_visit_of_a_case_is_refused_by_the_database(visit):
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(
            tour=visit.tour, application=visit.application, position=9, starts_at=timezone.now()
        )
    assert connection.is_usable()


def test_photograph_is_taken_off_with_its_reason_and_kept(visit: Visit, pair: list[User]) -> None:
    photo, other = (photographed(visit, pair[0]) for _ in range(2))
    visiting.remove_photo(visit, photo.pk, by=pair[1], key="off", reason="拍错单位")

    photo.refresh_from_db()
    assert (photo.removed_by, photo.removed_reason, photo.document.state) == (pair[1], "拍错单位", "checking")
    said = Event.objects.get(application=visit.application_id, step="remove_photo")
    assert (said.reason, said.data["sha256"]) == ("拍错单位", photo.document.declared_sha256)
    visiting.note(visit, all_points(), by=pair[0], key="all")
    visiting.hand_in(visit, by=pair[0], key="in")
    assert [one["taken_at"] for one in visit_of(visit.application).report["photos"]] == [
        other.taken_at.isoformat()
    ]
    assert verify().holds


def test_photograph_stays_without_a_reason_by_others_and_in_a_report(visit: Visit, pair: list[User]) -> None:
    photo = photographed(visit, pair[0])
    for by, reason, error in (
        (pair[0], " ", ReasonMissing),
        (person_with(Role.CLERK, visit.tour.handler), "看错", errors.NotOnTheTour),
    ):
        with pytest.raises(error):
            visiting.remove_photo(visit, photo.pk, by=by, key=f"off{by.pk}", reason=reason)
    with pytest.raises(errors.NoSuchPhoto):
        visiting.remove_photo(visit, photo.pk + 1, by=pair[0], key="no", reason="没有")
    visiting.note(visit, all_points(), by=pair[0], key="all")
    visiting.hand_in(visit, by=pair[0], key="in")
    with pytest.raises(errors.ReportIsIn):
        visiting.remove_photo(visit, photo.pk, by=pair[0], key="late", reason="迟了")
    photo.refresh_from_db()
    assert photo.removed_at is None
