"""The bank's return: read from Excel and CSV, checked against its list, recorded whole or not at all."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from forms.roster import write_csv, write_xlsx
from storage import uploads
from storage.kinds import CSV, XLSX
from storage.models import Document
from tests.workflows.conftest import fresh
from workflows import bank_returns, payments
from workflows.bank_returns import (
    ReturnApplied,
    ReturnEmpty,
    ReturnUnreadable,
    ReturnWrong,
    apply,
    read_bytes,
)
from workflows.models import Application, PaymentLine, PaymentList, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents_folder")]
HEADINGS = ["行号", "结果", "日期", "流水号", "失败原因"]
Row = list[Any]


def uploaded(
    payment_list: PaymentList, by: User, *rows: Row, headings: list[str] = HEADINGS, kind: str = XLSX
) -> Document:
    data = write_csv(headings, rows) if kind == CSV else write_xlsx(headings, rows, title="回单")
    return uploads.deposit(
        user=by, organisation=payment_list.authority, filename="回单.csv" if kind == CSV else "回单.xlsx",
        content_type=kind, data=data, purpose=bank_returns.purpose_of(payment_list),
    )  # fmt: skip


def paid(line: int, **more: str) -> Row:
    return [line, "成功", "2019-12-03", f"LS{line:04d}", ""]


def failed(line: int) -> Row:
    return [line, "失败", "", "", "账号与户名不符"]


def states(payment_list: PaymentList) -> list[str]:
    return list(payment_list.lines.order_by("position").values_list("state", flat=True))


@pytest.mark.parametrize("kind", [XLSX, CSV])
def test_return_pays_lines_and_sends_the_failed_back(
    payment_list: PaymentList, listed_cases: list[Application], cashier: User, kind: str
) -> None:
    done = apply(
        payment_list,
        uploaded(payment_list, cashier, paid(1), failed(2), paid(3), kind=kind),
        actor=cashier,
        key="k",
    )
    assert (len(done.paid), len(done.failed), done.missing) == (2, 1, [])
    assert states(payment_list) == ["paid", "failed", "paid"]
    assert [fresh(case).state for case in listed_cases] == ["paid", "cleared", "paid"]
    line = payment_list.lines.get(position=1)
    assert (line.paid_on, line.bank_reference) == (date(2019, 12, 3), "LS0001")
    assert payment_list.lines.get(position=2).failure == "账号与户名不符"
    again = payments.make_list(payment_list.round, actor=cashier)
    assert [line.application_id for line in again.lines.all()] == [listed_cases[1].pk]


def test_same_file_a_second_time_changes_nothing_and_says_so(
    payment_list: PaymentList, cashier: User
) -> None:
    document = uploaded(payment_list, cashier, paid(1), paid(2), paid(3))
    apply(payment_list, document, actor=cashier, key="k")
    with pytest.raises(ReturnApplied):
        apply(payment_list, document, actor=cashier, key="other")
    apply(payment_list, document, actor=cashier, key="k")
    assert states(payment_list) == ["paid"] * 3


def test_second_part_of_a_return_follows_the_first(payment_list: PaymentList, cashier: User) -> None:
    first = apply(payment_list, uploaded(payment_list, cashier, paid(1)), actor=cashier, key="k1")
    assert [line.position for line in first.missing] == [2, 3]
    second = apply(
        payment_list, uploaded(payment_list, cashier, paid(1), paid(2), paid(3)), actor=cashier, key="k2"
    )
    assert (len(second.same), len(second.paid)) == (1, 2)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("unknown", [paid(1), paid(9)]),
        ("problems", [paid(1), [2, "也许", "", "", ""]]),
        ("problems", [paid(1), [2, "成功", "", "", ""]]),
        ("problems", [paid(1), [2, "失败", "", "", ""]]),
        ("problems", [paid(1), paid(1)]),
    ],
)
def test_wrong_return_names_the_line_and_keeps_everything(
    payment_list: PaymentList, listed_cases: list[Application], cashier: User, name: str, rows: list[Row]
) -> None:
    document = uploaded(payment_list, cashier, *rows)
    found = bank_returns.check(payment_list, bank_returns.read_file(document))
    assert getattr(found, name)
    with pytest.raises(ReturnWrong):
        apply(payment_list, document, actor=cashier, key="k")
    assert states(payment_list) == ["waiting"] * 3
    assert {fresh(case).state for case in listed_cases} == {"cleared"}


def test_result_that_contradicts_what_is_recorded_is_refused(
    payment_list: PaymentList, cashier: User
) -> None:
    apply(payment_list, uploaded(payment_list, cashier, paid(1)), actor=cashier, key="k1")
    document = uploaded(payment_list, cashier, failed(1), paid(2))
    assert [
        line.position
        for line, _ in bank_returns.check(payment_list, bank_returns.read_file(document)).otherwise
    ] == [1]
    with pytest.raises(ReturnWrong):
        apply(payment_list, document, actor=cashier, key="k2")
    assert states(payment_list) == ["paid", "waiting", "waiting"]


def test_amount_of_the_file_is_compared_with_the_line(payment_list: PaymentList, cashier: User) -> None:
    right = uploaded(payment_list, cashier, [*paid(1), "13,366.00"], headings=[*HEADINGS, "金额（元）"])
    assert not bank_returns.check(payment_list, bank_returns.read_file(right)).is_wrong
    wrong = uploaded(payment_list, cashier, [*paid(1), "13,366.01"], headings=[*HEADINGS, "金额（元）"])
    assert len(bank_returns.check(payment_list, bank_returns.read_file(wrong)).amounts) == 1


def test_csv_is_read_in_the_encodings_of_banks(payment_list: PaymentList) -> None:
    text = "行号;结果;日期;流水号;失败原因\n1;成功;2019/12/3;A1;\n"
    for data in (text.encode("gb18030"), text.encode("utf-8-sig")):
        (line,) = read_bytes(data, "回单.csv", is_csv=True).lines
        assert (line.position, line.paid, line.paid_on) == (1, True, date(2019, 12, 3))


def test_csv_that_is_none_says_so() -> None:
    with pytest.raises(ReturnUnreadable):
        read_bytes(b"\xff\xfe\x00\x81\xff", "回单.csv", is_csv=True)
    with pytest.raises(ReturnEmpty):
        read_bytes(b"", "x.csv", is_csv=True)
    with pytest.raises(ReturnEmpty):
        read_bytes("行号,结果\n".encode(), "x.csv", is_csv=True)


def test_people_of_a_failed_line_are_free_for_the_next_list(payment_list: PaymentList, cashier: User) -> None:
    apply(payment_list, uploaded(payment_list, cashier, failed(1), paid(2), paid(3)), actor=cashier, key="k")
    line = PaymentLine.objects.get(payment_list=payment_list, position=1)
    assert not Person.objects.filter(payment_line=line).exists()
    assert payments.payable(payment_list.round).count() == line.people_count
