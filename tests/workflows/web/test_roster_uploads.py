"""A roster from Excel, as a browser sends it: read by a worker, shown as a difference, applied or left."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from forms.roster import write_xlsx
from storage.models import Document
from tests.storage import papers
from tests.workflows.conftest import fresh
from tests.workflows.test_roster_imports import HEADERS, line
from tests.workflows.web.journeys import submitted
from tests.workflows.web.uploading import XLSX, begun, checked, finish, sent
from workflows import roster_imports, tasks
from workflows.models import Application, Person, RosterImport

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def url(name: str, case: Application, *more: Any) -> str:
    return reverse(name, args=[case.pk, *more])


def workbook(*rows: tuple[str, ...]) -> bytes:
    return write_xlsx(HEADERS, rows, title="名单", text_columns=HEADERS)


def upload(browser: Client, case: Application, data: bytes, filename: str = "名单.xlsx") -> RosterImport:
    """Sent, checked and read."""
    document = checked(browser, url("application_roster_upload", case), data, filename, XLSX)
    found = RosterImport.objects.get(document=document)
    return roster_imports.read(found.pk)


def page_of(browser: Client, found: RosterImport, **query: str) -> str:
    address = url("application_roster_import", found.application, found.pk)
    answer = browser.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_upload_is_read_shown_and_applied(browser: Client, draft: Application) -> None:
    before = {person.name: person for person in draft.people.all()}
    kept, gone = sorted(before)
    number = before[kept].id_number
    data = workbook(
        line(kept, number, pay="500000.00"), line("新人", "E9000001"), line("错的", "E9000002", pay="很多")
    )
    found = upload(browser, draft, data)
    assert found.stage == "ready"
    errors = page_of(browser, found)
    assert "很多" in errors
    assert "税前年薪（元）" in errors
    changed = page_of(browser, found, show="changed")
    assert "<del>400,000.00</del> → <ins>500,000.00</ins>" in changed
    assert "新人" in page_of(browser, found, show="added")
    assert gone in page_of(browser, found, show="removed")
    assert fresh(draft).rows_total == 2
    answer = browser.post(url("application_roster_apply", draft, found.pk))
    assert answer.headers["Location"] == url("application_roster", draft)
    assert sorted(draft.people.values_list("name", flat=True)) == sorted([kept, "新人", "错的"])
    assert (fresh(draft).rows_total, fresh(draft).rows_with_errors) == (3, 1)
    assert found.rows.count() == 0


def test_applying_twice_applies_once(browser: Client, draft: Application) -> None:
    found = upload(browser, draft, workbook(line("甲", "E9000001")))
    for _ in range(2):
        assert browser.post(url("application_roster_apply", draft, found.pk)).status_code == 302
    assert list(draft.people.values_list("name", flat=True)) == ["甲"]


def test_dropped_upload_leaves_the_roster(browser: Client, draft: Application) -> None:
    found = upload(browser, draft, workbook(line("甲", "E9000001")))
    browser.post(url("application_roster_drop", draft, found.pk))
    assert browser.post(url("application_roster_apply", draft, found.pk)).status_code == 409
    assert (fresh(draft).rows_total, found.rows.count()) == (2, 0)
    assert "已放弃" in page_of(browser, found)


def test_upload_after_submission_is_refused_and_one_before_it_cannot_be_applied(
    browser: Client, draft: Application
) -> None:
    found = upload(browser, draft, workbook(line("甲", "E9000001")))
    submitted(draft)
    assert (
        begun(browser, url("application_roster_upload", draft), b"PK", "名单.xlsx", XLSX).status_code == 409
    )
    assert browser.post(url("application_roster_apply", draft, found.pk)).status_code == 409
    assert "不能采用" in page_of(browser, found)
    assert fresh(draft).rows_total == 2


def test_new_upload_takes_the_place_of_one_that_waits(browser: Client, draft: Application) -> None:
    first = upload(browser, draft, workbook(line("甲", "E9000001")))
    second = upload(browser, draft, workbook(line("乙", "E9000002")))
    first = RosterImport.objects.get(pk=first.pk)
    assert (first.stage, first.rows.count(), second.stage) == ("dropped", 0, "ready")
    assert (
        str(url("application_roster_import", draft, second.pk))
        in browser.get(url("application_roster", draft)).content.decode()
    )


def test_finishing_twice_makes_one_import(browser: Client, draft: Application) -> None:
    data = workbook(line("甲", "E9000001"))
    document = sent(browser, url("application_roster_upload", draft), data, "名单.xlsx", XLSX)
    again = {"finish": url("application_roster_finish", draft, document)}
    assert finish(browser, again, data).status_code == 200
    assert RosterImport.objects.filter(application=draft).count() == 1


def test_upload_of_a_colleague_cannot_be_finished_by_another(
    browser: Client, draft: Application, client: Client, official: User
) -> None:
    data = workbook(line("甲", "E9000001"))
    document = sent(browser, url("application_roster_upload", draft), data, "名单.xlsx", XLSX)
    from accounts.models import Role
    from tests.workflows.conftest import person_with

    other = Client()
    other.force_login(person_with(Role.AGENT, draft.applicant))
    assert (
        finish(other, {"finish": url("application_roster_finish", draft, document)}, data).status_code == 404
    )


def test_import_page_counts_while_it_reads_and_is_drawn_anew_at_the_end(
    browser: Client, draft: Application
) -> None:
    document = checked(
        browser, url("application_roster_upload", draft), workbook(line("甲", "E9000001")), "名单.xlsx", XLSX
    )
    found = RosterImport.objects.get(document=document)
    address = url("application_roster_import", draft, found.pk)
    assert "等待读取" in page_of(browser, found)
    RosterImport.objects.filter(pk=found.pk).update(
        stage="reading", rows_done=40_000, rows_total=100_000, rows_with_errors=7
    )
    Document.objects.filter(pk=document).update(verified_at=timezone.now() - timedelta(seconds=6))
    part = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "已读 40,000 行，共 100,000 行" in part
    assert "目前 7 行有错误" in part
    assert "大约还需 " in part
    assert "<html" not in part
    RosterImport.objects.filter(pk=found.pk).update(stage="waiting")
    roster_imports.read(found.pk)
    assert browser.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    newest = browser.get(url("application_roster_newest", draft), headers={"HX-Request": "true"})
    assert newest.headers["HX-Redirect"] == address


def test_sweeper_reads_what_nobody_was_woken_for(browser: Client, draft: Application) -> None:
    document = checked(
        browser, url("application_roster_upload", draft), workbook(line("甲", "E9000001")), "名单.xlsx", XLSX
    )
    found = RosterImport.objects.get(document=document)
    tasks.sweep_rosters()
    assert RosterImport.objects.get(pk=found.pk).stage == "waiting"
    Document.objects.filter(pk=document).update(verified_at=timezone.now() - timedelta(seconds=31))
    tasks.sweep_rosters()
    assert RosterImport.objects.get(pk=found.pk).stage == "ready"


def test_reading_that_died_starts_over(browser: Client, draft: Application) -> None:
    found = upload(browser, draft, workbook(line("甲", "E9000001")))
    RosterImport.objects.filter(pk=found.pk).update(stage="reading")
    tasks.sweep_rosters()
    assert (RosterImport.objects.get(pk=found.pk).stage, found.rows.count()) == ("ready", 1)


def test_renamed_program_fails_with_its_reason(browser: Client, draft: Application) -> None:
    checked(browser, url("application_roster_upload", draft), papers.EXE, "名单.xlsx", XLSX)
    found = RosterImport.objects.get(application=draft)
    assert found.stage == "failed"
    page = page_of(browser, found)
    assert "“名单.xlsx”不是真正的 Excel (.xlsx) 文件" in page
    assert "中文模板" in page
    assert "无法读取" in browser.get(url("application_roster", draft)).content.decode()
    assert fresh(draft).rows_total == 2


def test_program_called_xls_is_told_before_it_is_sent(browser: Client, draft: Application) -> None:
    answer = begun(
        browser, url("application_roster_upload", draft), papers.EXE, "名单.xls", "application/vnd.ms-excel"
    )
    assert answer.status_code == 415
    assert "名单.xls" in answer.json()["sentence"]


def test_merged_header_fails_and_names_the_cells(browser: Client, draft: Application) -> None:
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("名单")
        sheet.merge_range(0, 0, 0, 1, "姓名")
        sheet.write_row(0, 2, HEADERS[2:])
        sheet.write_row(1, 0, line("甲", "E9000001"))
    found = upload(browser, draft, out.getvalue())
    assert found.stage == "failed"
    assert "A1:B1" in page_of(browser, found)


@pytest.mark.slow
def test_hundred_thousand_and_one_rows_are_too_many(browser: Client, draft: Application) -> None:
    """The row of one more is told from the file's own count, without keeping any row."""
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, HEADERS)
        for row in range(1, 100_002):
            sheet.write_number(row, 2, row)
    found = upload(browser, draft, out.getvalue())
    assert found.stage == "failed"
    assert "100,001 行" in page_of(browser, found)
    assert found.rows.count() == 0


def test_store_that_is_away_is_told_and_nothing_begins(
    browser: Client, draft: Application, settings: Any
) -> None:
    settings.S3_ENDPOINT = settings.S3_PUBLIC_ENDPOINT = "http://127.0.0.1:1"
    answer = begun(browser, url("application_roster_upload", draft), b"PK", "名单.xlsx", XLSX)
    assert (answer.status_code, answer.json()["code"]) == (503, "store_away")
    assert RosterImport.objects.count() == 0


def test_store_that_is_away_while_it_is_read_leaves_it_for_later(
    browser: Client, draft: Application, settings: Any
) -> None:
    document = checked(
        browser, url("application_roster_upload", draft), workbook(line("甲", "E9000001")), "名单.xlsx", XLSX
    )
    found = RosterImport.objects.get(document=document)
    there, settings.S3_ENDPOINT = settings.S3_ENDPOINT, "http://127.0.0.1:1"
    assert roster_imports.read(found.pk).stage == "waiting"
    settings.S3_ENDPOINT = there
    assert roster_imports.read(found.pk).stage == "ready"


def test_errors_of_an_upload_are_downloaded(browser: Client, draft: Application) -> None:
    found = upload(browser, draft, workbook(line("甲", "350299199001150014", kind="居民身份证", pay="很多")))
    answer = browser.get(url("application_import_errors", draft, found.pk))
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[:3] for row in rows[1:]] == [
        [2.0, "证件号码", "350299＊＊＊＊0014"],
        [2.0, "税前年薪（元）", "很多"],
    ]


def test_another_wrong_text_is_a_change(browser: Client, draft: Application) -> None:
    first = upload(browser, draft, workbook(line("甲", "E9000001", pay="很多")))
    browser.post(url("application_roster_apply", draft, first.pk))
    second = upload(browser, draft, workbook(line("甲", "E9000001", pay="更多")))
    assert (second.rows_changed, second.rows_same) == (1, 0)
    assert "<del>很多</del> → <ins>更多</ins>" in page_of(browser, second, show="changed")


def test_difference_holds_its_queries_at_one_and_at_thirty_rows(browser: Client, draft: Application) -> None:
    counted = []
    for n in (1, 30):
        found = upload(
            browser, draft, workbook(*(line(f"人{i}", f"E8{i:06d}", pay="很多") for i in range(n)))
        )
        for show in ("errors", "added"):
            page_of(browser, found, show=show)
            with CaptureQueriesContext(connection) as queries:
                page_of(browser, found, show=show)
            counted.append(len(queries))
    assert counted == [7] * 4


def test_positions_of_a_file_with_gaps_and_of_people_typed_in_do_not_collide(
    browser: Client, draft: Application
) -> None:
    """Rows swap places, one is removed, one is new: positions are unique all along."""
    people = list(draft.people.order_by("position"))
    data = workbook(line("新人", "E9000001"), *(line(p.name, p.id_number) for p in reversed(people)))
    found = upload(browser, draft, data)
    assert (found.rows_added, found.rows_removed) == (1, 0)
    browser.post(url("application_roster_apply", draft, found.pk))
    names = list(Person.objects.filter(application=draft).order_by("position").values_list("name", flat=True))
    assert names == ["新人", people[1].name, people[0].name]


@pytest.mark.slow
def test_large_upload_is_applied_by_a_worker(browser: Client, draft: Application) -> None:
    found = upload(browser, draft, workbook(*(line(f"人{i}", f"E7{i:06d}") for i in range(5_000))))
    address = url("application_roster_import", draft, found.pk)
    for _ in range(2):
        assert browser.post(url("application_roster_apply", draft, found.pk)).headers["Location"] == address
    assert fresh(draft).rows_total == 2
    assert "正在写入并核算 5,000 行" in page_of(browser, found)
    # What is being applied can no longer be dropped.
    browser.post(url("application_roster_drop", draft, found.pk))
    tasks.apply_roster(str(found.pk))
    tasks.sweep_rosters()
    assert "新增 5,000 人" in page_of(browser, found)
    assert (fresh(draft).rows_total, fresh(draft).rows_granted) == (5_000, 5_000)


@pytest.mark.slow
def test_large_upload_is_not_applied_once_the_application_is_sent(
    browser: Client, draft: Application
) -> None:
    found = upload(browser, draft, workbook(*(line(f"人{i}", f"E7{i:06d}") for i in range(5_000))))
    browser.post(url("application_roster_apply", draft, found.pk))
    submitted(draft)
    tasks.sweep_rosters()
    assert (RosterImport.objects.get(pk=found.pk).stage, found.rows.count()) == ("failed", 0)
    assert "现在不能修改" in page_of(browser, found)
    assert fresh(draft).rows_total == 2
