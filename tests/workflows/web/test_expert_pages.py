"""The pages of the expert database: the office's, the expert's own, and nobody else's."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organisation, Role, User
from forms.roster import write_xlsx
from tests.permissions import EXPERT_PAGES, KEEPERS
from tests.workflows.conftest import person_with
from tests.workflows.web.desks import address, signed_in
from workflows.models import Competence, Expert, ExpertField, ExpertPost, ExpertTitle
from workflows.review.experts import (
    deciding,
    entering,
    excel,
    field_seed,
    importing,
    posts,
    relations,
    titles,
)

Counting = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def director(association: Organisation) -> User:
    """The association's official."""
    return person_with(Role.OFFICIAL, association)


@pytest.fixture
def fields(db: Any) -> dict[str, ExpertField]:
    field_seed.load_fields()
    return {field.code: field for field in ExpertField.objects.all()}


@pytest.fixture
def enrolled(
    association: Organisation, clerk: User, director: User, fields: dict[str, ExpertField]
) -> Expert:
    """An enrolled expert with a title, a post and a relative."""
    made = entering.enter(
        association, by=clerk, name="郑示例", email="zheng@example.test", phone="13800138000",
        id_number="350299199001150013", in_field_since=2000,
    )  # fmt: skip
    Competence.objects.create(expert=made, field=fields["IT01"], strength=3)
    titles.add(made, name="教授", level="senior", by=clerk)
    posts.add(made, organisation="示例大学", by=clerk)
    relations.declare(made, kin="spouse", relative="林某某", organisation="示例公司", by=clerk)
    return deciding.approve(made, by=director)


def expert_client(expert: Expert) -> Client:
    assert expert.user is not None
    return signed_in(expert.user)


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(address(name, *args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(association: Organisation, fields: dict[str, ExpertField], count: int) -> None:
    made = Expert.objects.bulk_create(
        [
            Expert(
                code=f"E{n:04d}",
                office=association,
                name=f"专家{n}",
                email=f"e{n}@example.test",
                status="enrolled",
            )
            for n in range(1, count + 1)
        ]
    )
    Competence.objects.bulk_create([Competence(expert=one, field=fields["IT02"]) for one in made])
    ExpertTitle.objects.bulk_create([ExpertTitle(expert=one, name="教授", level="senior") for one in made])
    ExpertPost.objects.bulk_create([ExpertPost(expert=one, organisation="示例大学") for one in made])


@pytest.mark.parametrize("count", [1, 30])
def test_list_asks_the_same_of_one_and_of_thirty(
    count: int, association: Organisation, clerk: User, fields: dict[str, ExpertField],
    django_assert_num_queries: Counting,
) -> None:  # fmt: skip
    rows(association, fields, count)
    client = signed_in(clerk)
    page(client, "experts")
    with django_assert_num_queries(14):
        shown = page(client, "experts")
    assert shown.count("data-label=") == 5 * count


def test_list_is_narrowed(clerk: User, enrolled: Expert, fields: dict[str, ExpertField]) -> None:
    client = signed_in(clerk)
    found = {
        "q": ("示例大学", "某所"),
        "field": (str(fields["IT"].pk), str(fields["FN"].pk)),
        "title": ("unconfirmed", "senior"),
        "load": ("free", "full"),
        "status": ("enrolled", "removed"),
    }
    for name, (hit, miss) in found.items():
        assert "郑示例" in page(client, "experts", **{name: hit})
        assert "郑示例" not in page(client, "experts", **{name: miss})


def test_pages_are_in_both_languages(clerk: User, enrolled: Expert) -> None:
    client = signed_in(clerk)
    client.cookies["django_language"] = "en"
    assert "Expert database" in page(client, "experts")
    own = expert_client(enrolled)
    own.cookies["django_language"] = "en"
    assert "My file" in page(own, "my_expert")


def test_file_masks_sealed_numbers_and_each_reveal_is_kept(clerk: User, enrolled: Expert) -> None:
    client = signed_in(clerk)
    shown = page(client, "expert", enrolled.pk)
    for sealed in ("13800138000", "350299199001150013", "林某某"):
        assert sealed not in shown
    relation = enrolled.relations.get()
    for what, text in (("phone", "13800138000"), (f"relation:{relation.pk}", "林某某")):
        assert text in client.post(address("expert_reveal", enrolled.pk), {"what": what}).content.decode()
    kept = enrolled.changes.filter(what="reveal").values_list("data__shown", "by")
    assert list(kept) == [("phone", clerk.pk), (f"relation:{relation.pk}", clerk.pk)]


def test_clerk_enters_and_another_person_approves(
    clerk: User, director: User, association: Organisation, fields: dict[str, ExpertField]
) -> None:
    client = signed_in(clerk)
    typed = {
        "name": "王示例", "email": "wang@example.test", "load_limit": "10", "in_field_since": "2001",
        "languages": ["zh"], "fields_known": [fields["IT01"].pk, fields["FN01"].pk],
    }  # fmt: skip
    assert client.post(address("expert_enter"), typed | {"email": "no address"}).status_code == 422
    assert client.post(address("expert_enter"), typed).status_code == 302
    made = Expert.objects.get()
    assert (made.status, made.competences.count(), made.entered_by) == ("applied", 2, clerk)

    assert client.post(address("expert_decide", made.pk, "approve")).status_code == 403
    answer = signed_in(director).post(address("expert_decide", made.pk, "remove"), {"reason": "误"})
    assert answer.status_code == 409
    assert signed_in(director).post(address("expert_decide", made.pk, "approve")).status_code == 302
    made.refresh_from_db()
    assert made.status == "enrolled"


def test_person_applies_with_the_address_they_sign_in_with(
    owner: User, association: Organisation, fields: dict[str, ExpertField]
) -> None:
    client = signed_in(owner)
    typed = {
        "name": "林申请",
        "load_limit": "5",
        "fields_known": [fields["IT01"].pk],
        "email": "other@example.test",
    }
    assert client.post(address("apply_expert"), typed).status_code == 302
    made = Expert.objects.get()
    assert (made.email, made.user, made.status) == (owner.email, owner, "applied")
    assert made.code in page(client, "become_expert")
    # Once is enough; the file itself opens when it is approved.
    assert client.get(address("apply_expert")).status_code == 302
    assert client.get(address("my_expert")).status_code == 403


def test_own_page_adds_and_the_office_confirms(clerk: User, enrolled: Expert) -> None:
    own = expert_client(enrolled)
    typed = {"name": "研究员", "level": "senior", "awarded_on": "2015-01-01"}
    assert own.post(address("my_expert_add", "titles"), typed).status_code == 302
    title = enrolled.titles.get(name="研究员")
    assert own.post(address("my_expert_part", "titles", title.pk, "confirm")).status_code == 404
    assert "未经确认" in page(own, "my_expert") or "not confirmed" in page(own, "my_expert")
    signed_in(clerk).post(address("expert_part", enrolled.pk, "titles", title.pk, "confirm"))
    title.refresh_from_db()
    assert title.verified_by == clerk
    # What the office confirmed, the office takes back.
    assert own.post(address("my_expert_part", "titles", title.pk, "remove")).status_code == 403


def test_own_page_cannot_undo_a_tie_after_the_fact(clerk: User, enrolled: Expert) -> None:
    own, post = expert_client(enrolled), enrolled.posts.get()
    assert own.post(address("my_expert_part", "posts", post.pk, "end"), {"until_on": ""}).status_code == 422
    ended = address("my_expert_part", "posts", post.pk, "end")
    assert own.post(ended, {"until_on": "2010-01-01"}).status_code == 422
    assert own.post(address("my_expert_part", "posts", post.pk, "remove")).status_code == 403
    relation = enrolled.relations.get()
    assert own.post(address("my_expert_part", "relations", relation.pk, "remove")).status_code == 403
    answer = signed_in(clerk).post(
        address("expert_part", enrolled.pk, "posts", post.pk, "end"), {"until_on": "2010-01-01"}
    )
    assert answer.status_code == 302
    post.refresh_from_db()
    assert post.until_on == date(2010, 1, 1)


def test_own_details_leave_the_offices_alone(enrolled: Expert) -> None:
    own = expert_client(enrolled)
    typed = {"languages": ["zh", "en"], "load_limit": "7", "about": "", "phone": "", "name": "改名"}
    assert own.post(address("my_expert_edit"), typed).status_code == 302
    enrolled.refresh_from_db()
    assert (enrolled.name, enrolled.load_limit, enrolled.languages, enrolled.phone) == (
        "郑示例", 7, ["zh", "en"], "13800138000",
    )  # fmt: skip
    assert enrolled.changes.filter(what="details").get().data["load_limit"] == [20, 7]


def test_fields_are_added_moved_and_retired(
    clerk: User, enrolled: Expert, fields: dict[str, ExpertField]
) -> None:
    client = signed_in(clerk)
    typed = {"code": "it99", "title_zh": "量子计算", "title_en": "Quantum", "parent": fields["IT"].pk}
    assert client.post(address("expert_field_add"), typed).status_code == 302
    made = ExpertField.objects.get(code="IT99")
    assert (made.parent, made.position) == (fields["IT"], 8)
    client.post(address("expert_field_act", made.pk, "up"))
    made.refresh_from_db()
    assert made.position == 7
    # Not under itself, and not away while its parts are in use.
    below = {"title_zh": "信息技术", "title_en": "IT", "parent": made.pk}
    assert client.post(address("expert_field", fields["IT"].pk), below).status_code == 409
    assert client.post(address("expert_field_act", fields["IT"].pk, "retire")).status_code == 409
    client.post(address("expert_field_act", fields["IT01"].pk, "retire"))
    # Who knows a retired field keeps it; nobody else is offered it.
    shown = page(client, "expert_known", enrolled.pk)
    assert 'name="f-IT01"' in shown
    answer = client.post(address("expert_known", enrolled.pk), {"f-IT01": "1", "f-IT02": "3"})
    assert answer.status_code == 302
    assert dict(enrolled.competences.values_list("field__code", "strength")) == {"IT01": 1, "IT02": 3}


def test_export_is_read_back_as_the_same(clerk: User, association: Organisation, enrolled: Expert) -> None:
    data = signed_in(clerk).get(address("experts_export")).content
    said, problems = excel.read_bytes(data, "experts.xlsx")
    assert problems == []
    assert importing.check(association, said) == importing.Check(same=1)


def test_list_is_shown_before_it_is_applied_and_loses_nothing(
    clerk: User, association: Organisation, enrolled: Expert
) -> None:
    known = excel.Said
    said = [
        known(2, {"name": "郑示例", "email": "ZHENG@example.test", "load_limit": 9}, {"FN01": 1}),
        known(
            3, {"name": "新人", "email": "new@example.test", "title": "教授", "level": "senior"}, {"IT02": 3}
        ),
    ]
    check = importing.check(association, said)
    assert [str(label.en) for label, _, _ in check.changed[0].differs] == ["Cases at most", "Fields"]
    assert (len(check.added), enrolled.competences.count()) == (1, 1)

    importing.apply(association, said, [], by=clerk)
    enrolled.refresh_from_db()
    assert (enrolled.load_limit, enrolled.status, enrolled.competences.count()) == (9, "enrolled", 2)
    made = Expert.objects.get(email="new@example.test")
    assert (made.status, made.entered_by, made.titles.get().verified_at) == ("applied", clerk, None)
    assert importing.check(association, said) == importing.Check(same=2)


def test_rows_with_errors_name_row_column_and_reason(
    clerk: User, association: Organisation, enrolled: Expert, fields: dict[str, ExpertField]
) -> None:
    headers = [column.label.zh for column in excel.ROSTER.columns]
    wrong = ["甲", "a@example.test", "12345", "", "", "xx", "", "量子:3", "教授", "", "", "", "", "", ""]
    said, problems = excel.read_bytes(write_xlsx(headers, [wrong], title="专家"), "专家.xlsx")
    assert said == []
    assert {(p.row, p.column) for p in problems} == {
        (2, "phone"), (2, "languages"), (2, "fields"), (2, "level"),
    }  # fmt: skip
    with pytest.raises(importing.ListWrong):
        importing.apply(association, said, problems, by=clerk)


def test_nothing_of_it_shows_to_applicants(
    clerk: User, director: User, owner: User, enrolled: Expert
) -> None:
    client = signed_in(owner)
    own, part = {"pk": enrolled.pk}, {"kind": "titles", "action": "remove", "part": enrolled.titles.get().pk}
    for name, row in EXPERT_PAGES.items():
        if row.who == KEEPERS and not row.of and name not in ("expert_field", "expert_field_act"):
            answer = client.post(reverse(name)) if row.post else client.get(reverse(name))
            assert answer.status_code == 403, name
    for name in ("expert", "expert_edit", "expert_known"):
        assert client.get(reverse(name, kwargs=own)).status_code == 403
    assert client.post(reverse("expert_part", kwargs=own | part)).status_code == 403


def test_experts_are_not_among_the_members_of_the_office(clerk: User, enrolled: Expert) -> None:
    office = enrolled.office_id
    assert "郑示例" not in page(signed_in(clerk), "members", office)
    # Nor do they see who is.
    assert expert_client(enrolled).get(address("members", office)).status_code == 404
    role = Membership.objects.get(role=Role.EXPERT)
    assert signed_in(clerk).post(address("end_member", office, role.pk)).status_code == 404
