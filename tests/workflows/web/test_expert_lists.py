"""Lists of experts in and out of Excel, through their pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from accounts.models import Membership, Organisation, Role, User
from forms.roster import write_xlsx
from storage.kinds import XLSX
from storage.uploads import deposit
from tests.workflows.conftest import person_with
from tests.workflows.web.desks import address, signed_in
from workflows.models import Expert
from workflows.review.experts import approving, excel, field_seed, importing

HEADERS = [column.label.zh for column in excel.ROSTER.columns]


def line(n: int, **more: str) -> list[str]:
    """A row of the workbook, in the order of its columns."""
    values = {
        "name": f"专家{n}",
        "email": f"e{n}@example.test",
        "fields": "IT01:3、会计与审计",
        "organisation": "某校",
    }
    return [(values | more).get(column.name, "") for column in excel.ROSTER.columns]


def uploaded(office: Organisation, clerk: User, *lines: list[str]) -> str:
    """The address of the page that shows what a list would change."""
    document = deposit(
        user=clerk, organisation=office, filename="专家.xlsx", content_type=XLSX,
        data=write_xlsx(HEADERS, lines, title="专家"), purpose=importing.purpose_of(office),
    )  # fmt: skip
    return address("experts_import_check", document.pk)


@pytest.fixture(autouse=True)
def _fields(db: Any) -> None:
    field_seed.load_fields()


def test_list_is_shown_and_then_applied(association: Organisation, clerk: User) -> None:
    client = signed_in(clerk)
    page = uploaded(association, clerk, line(1), line(2))
    shown = client.get(page).content.decode()
    assert ("专家1" in shown, "e2@example.test" in shown, Expert.objects.count()) == (True, True, 0)

    assert client.post(page).status_code == 302
    known = Expert.objects.get(email="e1@example.test")
    assert (known.status, known.code, known.entered_by) == ("applied", "E0001", clerk)
    assert dict(known.competences.values_list("field__code", "strength")) == {"IT01": 3, "FN01": 2}
    assert known.posts.get().organisation == "某校"
    # Applied once more it changes nothing, and the page says so.
    assert '<button class="btn">' not in client.get(page).content.decode().split("</h1>")[1]


def test_list_with_a_bad_cell_is_not_taken(association: Organisation, clerk: User) -> None:
    client = signed_in(clerk)
    page = uploaded(association, clerk, line(1), line(2, in_field_since="从前"))
    shown = client.get(page)
    assert (shown.status_code, "从前" in shown.content.decode()) == (200, True)
    assert client.post(page).status_code == 409
    assert Expert.objects.count() == 0


def test_file_that_is_no_list_says_why(association: Organisation, clerk: User) -> None:
    page = uploaded(association, clerk)
    assert signed_in(clerk).get(page).status_code == 422


@pytest.mark.parametrize("count", [1, 30])
def test_checking_asks_the_same_of_one_and_of_thirty(
    count: int,
    association: Organisation,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    data = write_xlsx(HEADERS, [line(n) for n in range(count)], title="专家")
    said, problems = excel.read_bytes(data, "专家.xlsx")
    importing.apply(association, said, problems, by=User.objects.system())
    Expert.objects.update(load_limit=3)
    with django_assert_num_queries(5):
        assert importing.check(association, said).same == count


@pytest.mark.parametrize("count", [1, 30])
def test_everybody_who_waits_is_enrolled_at_once(
    count: int, association: Organisation, clerk: User, owner: User,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:  # fmt: skip
    director = person_with(Role.OFFICIAL, association)
    # One has an account already, one was entered by the official, one has no field.
    data = write_xlsx(HEADERS, [line(n) for n in range(count)] + [line(90, email=owner.email)], title="专家")
    importing.apply(association, excel.read_bytes(data, "a.xlsx")[0], [], by=clerk)
    other = write_xlsx(HEADERS, [line(91)], title="专家")
    importing.apply(association, excel.read_bytes(other, "b.xlsx")[0], [], by=director)
    bare = write_xlsx(HEADERS, [line(92, fields="")], title="专家")
    importing.apply(association, excel.read_bytes(bare, "c.xlsx")[0], [], by=clerk)

    director.organisations_as(Role.OFFICIAL)
    with django_assert_num_queries(13):
        done = approving.approve_waiting(association, by=director)
    assert done == approving.Approved(enrolled=count + 1, left=2)
    assert Expert.objects.get(email=owner.email).user == owner
    assert Membership.objects.in_force().filter(role=Role.EXPERT).count() == count + 1
    assert Expert.objects.enrolled().exclude(decided_by=director).count() == 0
