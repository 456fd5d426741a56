"""An upload is read, compared and applied; nothing is lost, nothing changes before it is applied."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.sealing import blind_index
from forms.roster import write_xlsx
from storage import uploads
from tests.workflows.conftest import fresh
from workflows import roster_imports
from workflows.engine.perform import perform
from workflows.errors import Locked
from workflows.models import Application, RosterImport

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADERS = ["姓名", "证件类型", "证件号码", "岗位类别", "岗位层级", "入职日期", "是否在职", "税前年薪（元）",
           "已缴个人所得税（元）", "首次申报年度", "持股比例（%）", "是否享受其他个税奖励"]  # fmt: skip


def line(name: str, number: str, **other: Any) -> tuple[str, ...]:
    facts = {"kind": "护照", "post": "技术岗", "level": "中层", "hired": "2015-01-01", "employed": "是",
             "pay": "400000.00", "tax": "66830.00", "first": "2019", "shares": "0", "award": "否"} | other  # fmt: skip
    return (name, facts["kind"], number, facts["post"], facts["level"], facts["hired"], facts["employed"], facts["pay"],
            facts["tax"], facts["first"], facts["shares"], facts["award"])  # fmt: skip


def uploaded(case: Application, owner: User, rows: list[tuple[str, ...]]) -> RosterImport:
    content = write_xlsx(HEADERS, rows, title="名单", text_columns=HEADERS)
    document = uploads.deposit(
        data=content, user=owner, organisation=case.applicant, filename="名单.xlsx", content_type=XLSX,
        purpose="roster",
    )  # fmt: skip
    return roster_imports.read(roster_imports.begin(case, document, by=owner).pk)


@pytest.fixture
def empty(draft: Application) -> Application:
    draft.people.all().delete()
    return fresh(draft)


def test_first_upload_adds_everybody_once_applied(empty: Application, owner: User) -> None:
    found = uploaded(empty, owner, [line("甲", "E0000001"), line("乙", "E0000002", tax="1000.00")])
    assert (found.stage, found.rows_added, found.rows_with_errors) == ("ready", 2, 0)
    assert empty.people.count() == 0
    roster_imports.apply(found)
    people = list(empty.people.order_by("position"))
    assert [(p.name, p.award_fen, p.tenure_months is not None) for p in people] == [
        ("甲", 668_300, True),
        ("乙", 10_000, True),
    ]
    assert people[0].id_number == "E0000001"
    assert people[0].id_index == blind_index("E0000001")
    assert fresh(empty).amount_fen == 678_300


def test_second_upload_shows_what_it_changes(empty: Application, owner: User) -> None:
    roster_imports.apply(
        uploaded(empty, owner, [line("甲", "E0000001"), line("乙", "E0000002"), line("丙", "E0000003")])
    )
    before = set(empty.people.values_list("pk", flat=True))
    found = uploaded(
        empty, owner, [line("丁", "E0000004"), line("乙", "E0000002", tax="500.00"), line("甲", "E0000001")]
    )
    counts = (found.rows_added, found.rows_changed, found.rows_same, found.rows_removed)
    assert counts == (1, 1, 1, 1)
    assert [p.name for p in roster_imports.removed_by(found)] == ["丙"]
    roster_imports.apply(found)
    assert list(empty.people.order_by("position").values_list("name", flat=True)) == ["丁", "乙", "甲"]
    assert len(before & set(empty.people.values_list("pk", flat=True))) == 2


def test_wrong_cells_keep_what_was_typed(empty: Application, owner: User) -> None:
    rows = [line("甲", "350299199001150014", kind="居民身份证"), line("乙", "E0000002", pay="很多")]
    found = uploaded(empty, owner, rows)
    assert (found.stage, found.rows_with_errors) == ("ready", 2)
    assert [(row, p["column"]) for row, p in roster_imports.all_problems(found)] == [
        (2, "id_number"),
        (3, "pay_fen"),
    ]
    roster_imports.apply(found)
    assert '"350299199001150014"' in empty.people.get(position=2).raw
    assert '"很多"' in empty.people.get(position=3).raw
    assert fresh(empty).rows_with_errors == 2


def test_applying_twice_applies_once(empty: Application, owner: User) -> None:
    found = uploaded(empty, owner, [line("甲", "E0000001")])
    roster_imports.apply(found)
    assert roster_imports.apply(found).stage == "applied"
    assert empty.people.count() == 1


def test_dropped_upload_changes_nothing(empty: Application, owner: User) -> None:
    found = uploaded(empty, owner, [line("甲", "E0000001")])
    roster_imports.drop(found)
    with pytest.raises(roster_imports.ImportSettled):
        roster_imports.apply(found)
    assert empty.people.count() == 0


def test_submitted_roster_is_locked(draft: Application, owner: User) -> None:
    found = uploaded(draft, owner, [line("甲", "E0000001")])
    perform("submit", [draft.pk], actor=owner, key="s")
    with pytest.raises(Locked):
        roster_imports.apply(found)
    assert fresh(draft).rows_total == 2


def test_file_that_is_no_workbook_fails_with_words(empty: Application, owner: User) -> None:
    document = uploads.deposit(
        data=b"name,number\n1,2\n" * 50, user=owner, organisation=empty.applicant, filename="名单.xlsx",
        content_type=XLSX, purpose="roster",
    )  # fmt: skip
    found = roster_imports.read(roster_imports.begin(empty, document, by=owner).pk)
    assert found.stage == "failed"
    assert "名单.xlsx" in found.failure_zh


def test_statements_do_not_grow_with_the_rows(empty: Application, owner: User) -> None:
    counted = []
    for n in (5, 300):
        found = uploaded(empty, owner, [line(f"人{i}", f"E{i:07d}") for i in range(n)])
        with CaptureQueriesContext(connection) as queries:
            roster_imports.apply(found)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert fresh(empty).rows_total == 300
