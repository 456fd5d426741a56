"""Whoever pays for an authority and is an expert beside it: a case that a conflict keeps from them is in no list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organisation, Role, Scope, User
from accounts.tokens import make_token
from tests.workflows.review.seated import expert
from tests.workflows.web.batch_ways import awaiting_signature, cleared
from tests.workflows.web.desks import address, signed_in
from workflows.models import Application, Conflict, PaymentLine, PaymentList
from workflows.payments import NothingToPay, make_list

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents_folder")]


def kept_from(case: Application, association: Organisation, authority: Organisation, role: str) -> User:
    """Somebody of the authority who is an expert too, kept away from the case."""
    one = expert(association, 1)
    Membership.objects.create(user=one.user, organisation=authority, role=role)
    Conflict.objects.create(expert=one, application=case, rule="employer", source="found")
    return User.objects.get(pk=one.user_id)


@pytest.fixture
def kept(payment_list: PaymentList, association: Organisation, authority: Organisation) -> User:
    """A cashier who is kept away from the first case of the list."""
    return kept_from(
        payment_list.lines.order_by("position")[0].application, association, authority, Role.CASHIER
    )


@pytest.mark.parametrize(
    ("name", "more"),
    [("payment_list", ()), ("payment_export", ("csv",)), ("payment_export", ("xlsx",)), ("payment_reveal", (2,)),
     ("return_panel", ()), ("return_begin", ())],
)  # fmt: skip
def test_list_with_it_is_closed_as_a_whole(payment_list, kept, cashier, name, more) -> None:
    where = address(name, payment_list.pk, *more)
    # 405 where the page takes the other of the two alone.
    answers = {signed_in(kept).get(where).status_code, signed_in(kept).post(where).status_code}
    assert 404 in answers <= {404, 405}
    # The list itself is there for a colleague.
    assert signed_in(cashier).get(address("payment_list", payment_list.pk)).status_code == 200


def test_page_of_payments_and_ledger_leave_it_out(payment_list, kept, cashier) -> None:
    PaymentLine.objects.filter(payment_list=payment_list).update(state="paid", paid_on="2026-11-20")
    name = payment_list.lines.order_by("position")[0].payee
    for where in (address("payments"), address("ledger"), address("ledger_export", "csv")):
        for user, there in ((kept, False), (cashier, True)):
            page = signed_in(user).get(where).content.decode("utf-8-sig")
            assert (payment_list.number in page) is there, (where, user)
    assert name not in signed_in(kept).get(address("ledger")).content.decode()
    assert name not in signed_in(kept).get(address("ledger_export", "csv")).content.decode("utf-8-sig")


def test_api_leaves_it_out(payment_list, kept, cashier) -> None:
    for user, status in ((kept, 404), (cashier, 200)):
        _, token = make_token(user, name="t", scopes=[Scope.PAYMENTS_READ], days=1)
        client = signed_in(user)
        client.logout()
        asked = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
        listed = client.get("/api/v1/payment-lists", **asked)
        assert (payment_list.number in listed.content.decode()) is (status == 200)
        assert client.get(f"/api/v1/payment-lists/{payment_list.pk}", **asked).status_code == status


def test_settling_brings_it_back(payment_list, kept, clerk) -> None:
    Conflict.objects.update(settled_as="dismissed", settled_by=clerk, settled_reason="查无此事")

    assert signed_in(kept).get(address("payment_list", payment_list.pk)).status_code == 200


def test_who_makes_a_list_leaves_it_to_a_colleague(
    listed_cases, open_round, clerk, official, second_official, association, authority, cashier
) -> None:
    batch = awaiting_signature(open_round, listed_cases, clerk, second_official)
    cleared(batch, official, second_official)
    tied = listed_cases[0]
    kept = kept_from(tied, association, authority, Role.CASHIER)

    made = make_list(open_round, actor=kept)
    assert sorted(made.lines.values_list("application", flat=True)) == sorted(c.pk for c in listed_cases[1:])
    assert signed_in(kept).get(address("payment_list", made.pk)).status_code == 200
    with pytest.raises(NothingToPay):
        make_list(open_round, actor=kept)
    assert list(make_list(open_round, actor=cashier).lines.values_list("application", flat=True)) == [tied.pk]


def test_who_is_no_expert_is_asked_no_more(payment_list, cashier) -> None:
    client = signed_in(cashier)
    with CaptureQueriesContext(connection) as queries:
        client.get(address("payment_list", payment_list.pk))
    assert not [q for q in queries if "workflows_conflict" in q["sql"]]
