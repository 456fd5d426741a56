"""Payments: what waits, lists, the file for the bank, its return, the ledger."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import Organisation, Role, User
from storage.kinds import XLSX
from storage.models import Document
from tests.workflows.conftest import events_of, person_with
from tests.workflows.test_bank_returns import failed, paid, states, uploaded
from tests.workflows.web.batch_ways import at_work, awaiting_signature, cleared, form_of, verified
from workflows import bank_returns
from workflows.models import Application, Event, PaymentList, Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents_folder")]
ACCOUNT = "1234567890123456"


def page_of(payment_list: PaymentList) -> str:
    return reverse("payment_list", args=[payment_list.pk])


def return_of(payment_list: PaymentList, document: Document) -> str:
    return reverse("bank_return", args=[payment_list.pk, document.pk])


@pytest.fixture
def waiting(
    many_drafts: Callable[[int], list[Application]], open_round: Round, clerk: User, official: User,
    second_official: User,
) -> Round:  # fmt: skip
    batch = awaiting_signature(open_round, verified(many_drafts(2), clerk), clerk, second_official)
    cleared(batch, official, second_official)
    return open_round


def test_what_waits_becomes_one_list_however_often_the_button_is_pressed(
    client: Client, waiting: Round, cashier: User
) -> None:
    client.force_login(cashier)
    page = client.get(reverse("payments"))
    (row,) = page.context["waiting"]
    assert (row.employers, row.people, row.amount_fen) == (2, 4, 4 * 668_300)
    url = reverse("payments_make")
    form = form_of(page, url)
    assert client.post(url, form).url == client.post(url, form).url
    assert PaymentList.objects.count() == 1
    assert client.post(url, {**form, "key": "another"}).status_code == 409


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.AUDITOR])
def test_only_cashiers_make_lists(
    client: Client, waiting: Round, authority: Organisation, role: Role
) -> None:
    client.force_login(person_with(role, authority))
    assert 'action="/desk/payments/make/"' not in client.get(reverse("payments")).content.decode()
    assert client.post(reverse("payments_make"), {"round": waiting.pk, "key": "k"}).status_code == 403


def test_cashier_of_another_authority_knows_of_nothing(client: Client, payment_list: PaymentList) -> None:
    elsewhere = Organisation.objects.create(kind="authority", name="别处的局")
    client.force_login(person_with(Role.CASHIER, elsewhere))
    assert client.get(page_of(payment_list)).status_code == 404
    assert (
        client.post(reverse("payments_make"), {"round": payment_list.round_id, "key": "k"}).status_code == 404
    )
    assert client.post(reverse("payment_export", args=[payment_list.pk, "csv"])).status_code == 404
    assert client.get(reverse("payments")).context["rows"] == []


def test_account_is_masked_until_shown_and_shown_once(
    client: Client, payment_list: PaymentList, cashier: User
) -> None:
    client.force_login(cashier)
    page = client.get(page_of(payment_list))
    assert ACCOUNT not in page.content.decode()
    url = reverse("payment_reveal", args=[payment_list.pk, 2])
    form = form_of(page, f"{url}?")
    shown = client.post(url, form)
    assert shown.content.decode().count(ACCOUNT) == 1
    case = payment_list.lines.get(position=2).application
    event = Event.objects.get(application=case, step="reveal")
    assert (event.actor, event.data) == (
        cashier,
        {"field": "account", "list": payment_list.number, "line": 2},
    )
    assert client.post(url, form).status_code == 409


def test_clerk_reads_the_list_without_any_account(
    client: Client, payment_list: PaymentList, clerk: User
) -> None:
    client.force_login(clerk)
    assert client.get(page_of(payment_list)).status_code == 200
    assert client.post(reverse("payment_reveal", args=[payment_list.pk, 1]), {"key": "k"}).status_code == 403
    assert client.post(reverse("payment_export", args=[payment_list.pk, "xlsx"])).status_code == 403


def test_every_file_for_the_bank_is_an_event_on_all_its_cases(
    client: Client,
    payment_list: PaymentList,
    cashier: User,
    listed_cases: list[Application],
) -> None:
    client.force_login(cashier)
    for kind in ("xlsx", "csv"):
        answer = client.post(reverse("payment_export", args=[payment_list.pk, kind]))
        assert answer.status_code == 200
    assert [events_of(case).count("reveal") for case in listed_cases] == [2, 2, 2]
    payment_list.refresh_from_db()
    assert payment_list.exported_at is not None
    text = answer.content.decode("utf-8-sig")
    first = text.splitlines()[1].split(",")
    assert (first[0], first[4], first[5]) == ("1", ACCOUNT, "13366.00")
    assert payment_list.number in first[6]


def test_excel_for_the_bank_keeps_the_account_as_text(
    client: Client, payment_list: PaymentList, cashier: User
) -> None:
    client.force_login(cashier)
    answer = client.post(reverse("payment_export", args=[payment_list.pk, "xlsx"]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1][:1] + rows[1][4:6] == [1.0, ACCOUNT, 13366.0]
    assert rows[-1][5] == 40098.0


def test_return_is_shown_before_it_is_recorded(
    client: Client, payment_list: PaymentList, cashier: User
) -> None:
    document = uploaded(payment_list, cashier, paid(1), failed(2))
    client.force_login(cashier)
    page = client.get(return_of(payment_list, document))
    found = page.context["check"]
    assert (len(found.paid), len(found.failed), len(found.missing)) == (1, 1, 1)
    assert states(payment_list) == ["waiting"] * 3
    key = page.context["key"]
    assert client.post(return_of(payment_list, document), {"key": key}).status_code == 302
    assert states(payment_list) == ["paid", "failed", "waiting"]
    assert client.post(return_of(payment_list, document), {"key": key}).status_code == 302
    assert client.post(return_of(payment_list, document), {"key": "again"}).status_code == 409
    page = client.get(page_of(payment_list)).content.decode()
    assert "账号与户名不符" in page


def test_wrong_return_is_explained_and_keeps_everything(
    client: Client, payment_list: PaymentList, cashier: User
) -> None:
    document = uploaded(payment_list, cashier, paid(1), paid(7))
    client.force_login(cashier)
    page = client.get(return_of(payment_list, document)).content.decode()
    assert "清单中没有的行" in page
    assert client.post(return_of(payment_list, document), {"key": "k"}).status_code == 409
    assert states(payment_list) == ["waiting"] * 3


def test_file_that_is_no_return_is_explained(
    client: Client, payment_list: PaymentList, cashier: User
) -> None:
    document = uploaded(payment_list, cashier, ["x"], headings=["别的"])
    client.force_login(cashier)
    answer = client.get(return_of(payment_list, document))
    assert answer.status_code == 422
    assert "行号" in answer.content.decode()


def test_document_of_another_list_is_not_found(
    client: Client, payment_list: PaymentList, cashier: User
) -> None:
    document = uploaded(payment_list, cashier, paid(1))
    Document.objects.filter(pk=document.pk).update(purpose="bank_return:0")
    client.force_login(cashier)
    assert client.get(return_of(payment_list, document)).status_code == 404


def test_upload_is_announced_for_the_list(client: Client, payment_list: PaymentList, cashier: User) -> None:
    client.force_login(cashier)
    url = reverse("return_begin", args=[payment_list.pk])
    body = {"filename": "回单.xlsx", "size_bytes": 1000, "content_type": XLSX}
    assert client.post(url, body, content_type="application/json").status_code == 201
    assert bank_returns.uploads_of(payment_list).count() == 1
    bad = {"filename": "回单.pdf", "size_bytes": 1000, "content_type": "application/pdf"}
    assert client.post(url, bad, content_type="application/json").status_code in (415, 422)
    assert client.post(url, "no json", content_type="application/json").status_code in (400, 422)
    assert client.get(reverse("return_panel", args=[payment_list.pk])).status_code == 200


def test_official_has_no_part_in_the_return(
    client: Client, payment_list: PaymentList, cashier: User, official: User
) -> None:
    document = uploaded(payment_list, cashier, paid(1))
    client.force_login(official)
    assert client.post(return_of(payment_list, document), {"key": "k"}).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_list_page_takes_a_fixed_number_of_statements(
    client: Client, open_round: Round, clerk: User, official: User, second_official: User, cashier: User, count: int,
    many_drafts: Callable[[int], list[Application]], django_assert_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    batch = awaiting_signature(open_round, verified(many_drafts(count), clerk), clerk, second_official)
    cleared(batch, official, second_official)
    at_work(client, cashier)
    with django_assert_num_queries(11):
        client.get(reverse("payments"))
    made_url = client.post(reverse("payments_make"), {"round": open_round.pk, "key": "k"}).url
    with django_assert_num_queries(9):
        page = client.get(made_url)
    assert len(page.context["rows"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_ledger_sums_what_was_paid_and_takes_a_fixed_number_of_statements(
    client: Client, payment_list: PaymentList, cashier: User, count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    rows = [paid(n) for n in range(1, count + 1)]
    bank_returns.apply(payment_list, uploaded(payment_list, cashier, *rows), actor=cashier, key="k")
    at_work(client, cashier)
    with django_assert_num_queries(9):
        page = client.get(reverse("ledger"))
    assert page.context["all_fen"] == count * 1_336_600
    (one,) = page.context["sums"]
    assert (one.slug, one.employers) == ("2019-12", count)
    none = client.get(reverse("ledger"), {"month": "2019-11"})
    assert none.context["chosen"]["n"] == 0
    export = client.get(reverse("ledger_export", args=["csv"])).content.decode("utf-8-sig")
    assert len(export.splitlines()) == count + 2
    assert ACCOUNT not in export
