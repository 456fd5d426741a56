"""The tax record: read from Excel, compared with every roster of the round, once."""

from collections.abc import Callable
from io import BytesIO

import pytest
import xlsxwriter

from accounts.models import User
from storage.errors import StoreAway
from storage.models import Document
from storage.objects import store
from storage.uploads import deposit
from tests.workflows.conftest import add_people, events_of, fresh
from tests.workflows.web.desks import brought_to
from workflows import records
from workflows.models import Application, Event, Person, Round, TaxRecordImport

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]
Stage = TaxRecordImport.Stage
HEADERS = ("证件号码", "个人所得税（元）")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path) -> None:
    settings.S3_ENDPOINT = ""
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    store().ensure_bucket()


def sheet(rows: list[tuple[str, object]], headers: tuple[str, ...] = HEADERS) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for n, row in enumerate([headers, *rows]):
            page.write_row(n, 0, row)
    return buffer.getvalue()


def uploaded(data: bytes, by: User, name: str = "税务.xlsx") -> Document:
    return deposit(
        user=by, organisation=None, filename=name, data=data, purpose="tax_record",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )  # fmt: skip


def imported(round_: Round, by: User, data: bytes, *, complete: bool = False) -> TaxRecordImport:
    found = records.begin(round_, uploaded(data, by), by=by)
    records.start(found, complete=complete)
    records.import_tax_record(found.pk)
    return TaxRecordImport.objects.get(pk=found.pk)


def row(person: Person, difference_fen: int = 0) -> tuple[str, object]:
    return person.id_number, (person.tax_fen + difference_fen) / 100


def test_agreeing_and_differing_people_are_found(open_round: Round, many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("accept", many_drafts(2), clerk)
    people = [p for case in cases for p in case.people.order_by("position")]
    found = imported(
        open_round, clerk, sheet([row(people[0]), row(people[1], 500), row(people[2]), row(people[3])])
    )
    assert (found.stage, found.rows_total, found.rows_with_errors) == (Stage.DONE, 4, 0)
    assert (found.cases_compared, found.rows_compared, found.rows_differing, found.rows_matched) == (
        2,
        4,
        1,
        4,
    )
    person = Person.objects.get(pk=people[1].pk)
    assert (person.rule, person.record_tax_fen) == ("H02", people[1].tax_fen + 500)
    assert [fresh(case).rows_uncompared for case in cases] == [0, 0]
    assert [events_of(case)[-1] for case in cases] == ["compare", "compare"]


def test_who_is_missing_in_a_complete_file_has_no_record(
    open_round: Round, draft: Application, clerk: User
) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    one, two = case.people.order_by("position")
    found = imported(open_round, clerk, sheet([row(one)]), complete=True)
    assert (found.rows_compared, found.rows_differing) == (2, 1)
    assert Person.objects.get(pk=two.pk).rule == "H02"
    assert list(records.people_not_found(found)) == [two]


def test_who_is_missing_in_a_part_stays_uncompared(
    open_round: Round, draft: Application, clerk: User
) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    one, two = case.people.order_by("position")
    found = imported(open_round, clerk, sheet([row(one)]))
    assert (found.rows_compared, fresh(case).rows_uncompared) == (1, 1)
    imported(open_round, clerk, sheet([row(two)]))
    assert fresh(case).rows_uncompared == 0


def test_several_rows_of_a_number_are_added_up(open_round: Round, draft: Application, clerk: User) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    one, _ = case.people.order_by("position")
    imported(open_round, clerk, sheet([(one.id_number, 66_000), (one.id_number, "830.00")]))
    assert Person.objects.get(pk=one.pk).record_tax_fen == 6_683_000


def test_wrong_cells_are_listed_masked_and_nobody_is_taken_as_missing(
    open_round: Round, draft: Application, clerk: User
) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    one, two = case.people.order_by("position")
    rows = [row(one), (two.id_number, "五万"), ("350299199001150010", 5)]
    found = imported(open_round, clerk, sheet(rows), complete=True)
    assert (found.complete, found.rows_total, found.rows_with_errors) == (False, 3, 2)
    assert [(p["row"], p["column_zh"]) for p in found.problems] == [(3, "个人所得税（元）"), (4, "证件号码")]
    assert found.problems[1]["value"].startswith("＊")
    assert fresh(case).rows_uncompared == 1


def test_rows_of_nobody_are_named_by_their_row(open_round: Round, draft: Application, clerk: User) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    one, two = case.people.order_by("position")
    found = imported(open_round, clerk, sheet([row(one), ("E00000000X", 5), row(two)]))
    assert [r.row for r in records.rows_of_nobody(found)] == [3]
    assert found.rows_matched == 2


def test_run_again_changes_nothing(open_round: Round, draft: Application, clerk: User) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    one, two = case.people.order_by("position")
    found = imported(open_round, clerk, sheet([row(one), row(two)]))
    records.import_tax_record(found.pk)
    assert events_of(case).count("compare") == 1
    assert found.rows.count() == 2


@pytest.mark.parametrize("stage", [Stage.READING, Stage.COMPARING])
def test_worker_that_died_is_followed_by_another(
    open_round: Round, draft: Application, clerk: User, stage: str
) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    one, two = case.people.order_by("position")
    found = imported(open_round, clerk, sheet([row(one), row(two, 100)]))
    TaxRecordImport.objects.filter(pk=found.pk).update(stage=stage, rows_differing=0)
    assert records.unfinished() == [found.pk]
    records.import_tax_record(found.pk)
    again = TaxRecordImport.objects.get(pk=found.pk)
    assert (again.stage, again.rows.count(), again.rows_differing) == (Stage.DONE, 2, 1)
    assert events_of(case).count("compare") == 1


def test_cases_of_other_states_and_rounds_are_left_alone(
    open_round: Round, many_drafts: Drafts, clerk: User, official: User
) -> None:
    submitted, accepted = many_drafts(2)
    brought_to("submit", [submitted], clerk)
    brought_to("accept", [accepted], clerk)
    people = [p for case in (submitted, accepted) for p in case.people.order_by("position")]
    found = imported(open_round, clerk, sheet([row(p) for p in people]))
    assert (found.cases_compared, found.rows_matched) == (1, 4)
    assert "compare" not in events_of(submitted)


def test_part_of_a_record_leaves_other_cases_alone(
    open_round: Round, many_drafts: Drafts, clerk: User
) -> None:
    one, two = brought_to("accept", many_drafts(2), clerk)
    found = imported(open_round, clerk, sheet([row(person) for person in one.people.all()]))
    assert found.cases_compared == 1
    assert ["compare" in events_of(case) for case in (one, two)] == [True, False]


def test_later_cases_are_compared_with_the_same_record(
    open_round: Round, many_drafts: Drafts, clerk: User
) -> None:
    first, later = many_drafts(2)
    brought_to("accept", [first], clerk)
    people = [p for case in (first, later) for p in case.people.order_by("position")]
    found = imported(open_round, clerk, sheet([row(p) for p in people]))
    brought_to("accept", [later], clerk)
    rest = records.cases_to_compare(open_round, clerk).filter(rows_uncompared__gt=0)
    for _ in range(2):
        done = records.compare(found, rest, by=clerk, key="later")
        assert done is not None and done.count == 1
    assert fresh(later).rows_uncompared == 0
    assert (events_of(first).count("compare"), events_of(later).count("compare")) == (1, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ" + b"\0" * 500, "程序文件"),
        (sheet([("1", 2)], headers=("证件号码", "备注")), "个人所得税（元）"),
        (sheet([]), "没有人员"),
    ],
)
def test_file_that_cannot_be_read_says_why(open_round: Round, clerk: User, data: bytes, words: str) -> None:
    found = imported(open_round, clerk, data)
    assert found.stage == Stage.FAILED
    assert words in found.failure_zh
    assert found.failure_en
    assert not Event.objects.filter(step="compare").exists()


def test_store_that_is_away_leaves_the_import_for_later(
    open_round: Round, draft: Application, clerk: User, settings
) -> None:
    brought_to("accept", [draft], clerk)
    found = records.begin(open_round, uploaded(sheet([row(draft.people.all()[0])]), clerk), by=clerk)
    records.start(found, complete=False)
    settings.S3_ENDPOINT = "http://127.0.0.1:9"
    records.import_tax_record(found.pk)
    assert TaxRecordImport.objects.get(pk=found.pk).stage == Stage.READING
    settings.S3_ENDPOINT = ""
    records.import_tax_record(found.pk)
    assert TaxRecordImport.objects.get(pk=found.pk).stage == Stage.DONE
    assert StoreAway.status == 503


def test_started_once_only(open_round: Round, clerk: User) -> None:
    found = records.begin(open_round, uploaded(sheet([("E00000001", 1)]), clerk), by=clerk)
    records.start(found, complete=False)
    with pytest.raises(records.ImportStarted):
        records.start(found, complete=True)


def test_numbers_are_not_kept_in_the_clear(open_round: Round, draft: Application, clerk: User) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    add_people(case)
    person = case.people.all()[0]
    found = imported(open_round, clerk, sheet([row(person)]))
    kept = found.rows.get()
    assert (bytes(kept.id_index), kept.row, kept.tax_fen) == (bytes(person.id_index), 2, person.tax_fen)
