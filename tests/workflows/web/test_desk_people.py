"""The people of a case: filters, what decided, holding one and releasing one, export."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from accounts.models import Role, User
from tests.workflows.conftest import add_people, compared, events_of, fresh, person_with
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows.engine.perform import perform
from workflows.models import Application, Event, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(draft: Application, clerk: User) -> Application:
    add_people(draft, {"name": "离职人", "still_employed": False}, {"name": "差异人", "tax_fen": 100_00})
    return brought_to("accept", [draft], clerk)[0]


def names(response) -> list[str]:
    return [line.person.name for line in response.context["lines"]]


def test_filters_and_search(case: Application, clerk: User) -> None:
    compared([case])
    Person.objects.filter(application=case, name="差异人").update(record_tax_fen=99_00)
    perform("recheck", [case.pk], actor=User.objects.system(), key="r")
    client = signed_in(clerk)
    page = address("case_people", case.pk)
    assert names(client.get(page, {"result": "refused"})) == ["离职人"]
    assert names(client.get(page, {"result": "held"})) == ["差异人"]
    assert names(client.get(page, {"rule": "R03"})) == ["离职人"]
    assert names(client.get(page, {"q": "差异"})) == ["差异人"]
    assert names(client.get(page, {"tax": "differs"})) == ["差异人"]
    assert names(client.get(page, {"tax": "none"})) == []
    assert names(client.get(page, {"result": "granted", "rule": ""})) == [
        p.name for p in case.people.order_by("position")[:2]
    ]
    (line,) = client.get(page, {"rule": "H02"}).context["lines"]
    assert line.difference_fen == 100
    assert "相差 1.00 元" in line.why.zh


def test_pages_by_keyset_forth_and_back(case: Application, clerk: User) -> None:
    add_people(case, *({} for _ in range(60)))
    client = signed_in(clerk)
    page = address("case_people", case.pk)
    first = client.get(page)
    second = client.get(page, {"after": first.context["page"]["next"]})
    third = client.get(page, {"after": second.context["page"]["next"]})
    assert [len(names(r)) for r in (first, second, third)] == [30, 30, 4]
    assert (first.context["page"]["previous"], third.context["page"]["next"]) == (None, None)
    back = client.get(page, {"before": third.context["page"]["previous"]})
    assert names(back) == names(second)


def test_holding_and_releasing_one_person_with_reasons(case: Application, clerk: User) -> None:
    person = case.people.order_by("position")[0]
    client = signed_in(clerk)
    page = address("case_person", case.pk, person.pk)
    answer = client.post(page, {"key": "h", "hold": "1", "reason": "证件存疑", "query": "result=granted"})
    assert answer["Location"] == f"{address('case_people', case.pk)}?result=granted#person-{person.pk}"
    assert (Person.objects.get(pk=person.pk).rule, fresh(case).rows_held) == ("H00", 1)
    client.post(page, {"key": "r", "release": "1", "reason": "已核实"})
    assert (Person.objects.get(pk=person.pk).result, fresh(case).rows_held) == ("granted", 0)
    assert events_of(case)[-2:] == ["hold_person", "release_hold"]
    history = client.get(address("case_history", case.pk)).content.decode()
    assert person.name in history
    assert "证件存疑" in history


def test_holding_without_reason_keeps_the_place_and_opens_the_form(case: Application, clerk: User) -> None:
    person = case.people.order_by("position")[0]
    answer = signed_in(clerk).post(
        address("case_person", case.pk, person.pk),
        {"key": "h", "hold": "1", "reason": " ", "query": "result=granted"},
    )
    assert answer.status_code == 422
    assert names(answer) == [p.name for p in case.people.exclude(name="离职人").order_by("position")]
    assert answer.context["tried"]["person"] == person.pk
    assert fresh(case).rows_held == 0


def test_double_click_on_hold_is_one_event(case: Application, clerk: User) -> None:
    person = case.people.order_by("position")[0]
    client = signed_in(clerk)
    for _ in range(2):
        client.post(address("case_person", case.pk, person.pk), {"key": "h", "hold": "1", "reason": "存疑"})
    assert Event.objects.filter(application=case, step="hold_person").count() == 1


def test_holding_is_for_the_clerk_and_for_people_of_the_case(
    case: Application, clerk: User, official: User, many_drafts
) -> None:
    person = case.people.order_by("position")[0]
    posted = {"key": "h", "hold": "1", "reason": "存疑"}
    assert signed_in(official).post(address("case_person", case.pk, person.pk), posted).status_code == 409
    elsewhere = many_drafts(1)[0].people.all()[0]
    assert signed_in(clerk).post(address("case_person", case.pk, elsewhere.pk), posted).status_code == 404
    assert "hold_person" not in events_of(case)


def test_forms_stand_only_where_they_can_be_used(case: Application, clerk: User, authority) -> None:
    auditor = person_with(Role.AUDITOR, authority)
    page = address("case_people", case.pk)
    lines = signed_in(auditor).get(page).context["lines"]
    assert {(bool(line.hold_key), bool(line.release_key), bool(line.reveal_key)) for line in lines} == {
        (False, False, True)
    }
    assert all(line.hold_key for line in signed_in(clerk).get(page).context["lines"])


def test_export_is_masked(case: Application, clerk: User) -> None:
    answer = signed_in(clerk).get(address("case_people_export", case.pk), {"result": "granted"})
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 4
    assert not [p for p in case.people.all() if p.id_number in str(rows)]
