"""The expert database by the API: files, decisions, lists, the tree of fields, and one's own file."""

from typing import Any

import pytest

from accounts.models import Organisation, Role, User
from storage.kinds import XLSX
from storage.uploads import deposit
from tests.workflows.api.conftest import Program, ok, problem
from tests.workflows.conftest import person_with
from workflows.models import Expert, ExpertChange, ExpertField
from workflows.review.experts import excel, field_seed, importing

pytestmark = pytest.mark.django_db
ZHENG = {"name": "郑示例", "email": "zheng@example.test", "phone": "13800138000", "in_field_since": 2000}


@pytest.fixture
def director(association: Organisation) -> User:
    """The association's official."""
    return person_with(Role.OFFICIAL, association)


@pytest.fixture
def fields(db: Any) -> dict[str, ExpertField]:
    field_seed.load_fields()
    return {field.code: field for field in ExpertField.objects.all()}


@pytest.fixture
def entered(clerk: User, fields: dict[str, ExpertField]) -> dict[str, Any]:
    """The answer to an application that a clerk has written down."""
    asked = {**ZHENG, "fields_known": [fields["IT01"].pk]}
    found: dict[str, Any] = ok(Program(clerk).send("/experts", asked), 201)
    return found


def test_file_is_entered_approved_changed_and_removed(entered, clerk, director, fields):
    office, at = Program(clerk), f"/experts/{entered['id']}"
    assert (entered["status"], entered["fields"]) == ("applied", {"IT01": 2})
    assert "13800138000" not in str(entered)
    again = {**ZHENG, "fields_known": [fields["IT01"].pk]}
    problem(office.send("/experts", again), 409, "expert_address_taken")
    problem(office.send("/experts", {**again, "phone": "12"}), 422, "fields_wrong")
    problem(office.send(f"{at}/approval"), 403, "not_of_office")
    decider = Program(director)
    assert ok(decider.send(f"{at}/approval"))["status"] == "enrolled"

    changed = ok(office.send(at, {"about": "评审经验", "phone": ""}, method="PATCH"))
    assert (changed["about"], Expert.objects.get().phone) == ("评审经验", "13800138000")
    assert ok(office.send(f"{at}/fields", {"fields": {"IT02": 3}}, method="PUT"))["fields"] == {"IT02": 3}
    problem(office.send(f"{at}/fields", {"fields": {"XX": 3}}, method="PUT"), 422, "unknown_field")
    title = ok(office.send(f"{at}/parts/titles", {"name": "教授", "level": "senior"}), 201)["titles"][0]
    assert title["verified_at"] is None
    row = f"{at}/parts/titles/{title['id']}"
    assert ok(office.send(f"{row}/confirm"))["titles"][0]["verified_at"]
    problem(office.send(f"{row}/end"), 404, "not_found")
    post = ok(office.send(f"{at}/parts/posts", {"organisation": "示例大学"}), 201)["posts"][0]
    problem(office.send(f"{at}/parts/posts/{post['id']}/end"), 422, "day_needed")
    ended = ok(office.send(f"{at}/parts/posts/{post['id']}/end", {"until_on": "2031-01-01"}))
    assert ended["posts"][0]["until_on"] == "2031-01-01"

    shown = office.send(f"{at}/reveal", {"what": "phone"}, key="once")
    assert ok(shown)["text"] == "13800138000"
    problem(office.send(f"{at}/reveal", {"what": "phone"}, key="once"), 409, "already_shown")
    assert ExpertChange.objects.filter(what="reveal").count() == 1
    problem(decider.send(f"{at}/removal", {"reason": " "}), 422, "reason_needed")
    assert ok(decider.send(f"{at}/suspension", {"reason": "请假"}))["status"] == "suspended"
    assert ok(decider.send(f"{at}/resumption", {"reason": ""}))["status"] == "enrolled"
    assert ok(decider.send(f"{at}/removal", {"reason": "退休"}))["status"] == "removed"


def test_own_file_is_applied_for_and_kept(clerk, director, association, fields, official):
    person = User.objects.create_user("lin@example.test", name="林示例")
    program = Program(person)
    asked = {"name": "林示例", "fields_known": [fields["IT01"].pk], "office": association.pk}
    made = ok(program.send("/me/expert", asked), 201)
    assert (made["email"], made["status"]) == ("lin@example.test", "applied")
    problem(program.send("/me/expert", asked), 409, "applied_already")
    problem(program.get("/me/expert"), 403, "role_needed")
    assert ok(Program(director).send("/expert-approvals")) == {"enrolled": 1, "left": 0}
    program = Program(User.objects.get(pk=person.pk))
    assert ok(program.send("/me/expert", {"load_limit": 3}, method="PATCH"))["load_limit"] == 3
    problem(program.send("/me/expert", {"name": "别名"}, method="PATCH"), 403, "confirmed_by_office")
    days = {"from_on": "2031-03-05", "until_on": "2031-03-06", "half": "am"}
    away = ok(program.send("/me/expert/parts/absences", days), 201)["absences"][0]
    assert ok(program.send(f"/me/expert/parts/absences/{away['id']}/remove"))["absences"] == []
    problem(Program(official).get(f"/experts/{made['id']}"), 404, "not_found")


def test_list_is_shown_then_applied(clerk, association, entered, director):
    data = excel.written(Expert.objects.all(), "zh-hans")
    document = deposit(
        user=clerk, organisation=association, filename="专家.xlsx", content_type=XLSX, data=data,
        purpose=importing.purpose_of(association),
    )  # fmt: skip
    program = Program(clerk)
    assert [one["document"] for one in ok(program.get("/expert-lists"))] == [str(document.pk)]
    checked = ok(program.get(f"/expert-lists/{document.pk}"))
    assert (checked["added"], checked["same"], checked["problems"]) == ([], 1, [])
    Expert.objects.update(about="x", load_limit=1)
    (change,) = ok(program.send(f"/expert-lists/{document.pk}/apply"))["changed"]
    assert change["expert"] == entered["code"]
    assert Expert.objects.get().load_limit == 20
    assert ok(program.send("/expert-grades"))["changed"] == 0


def test_tree_is_edited(clerk, fields, django_assert_num_queries):
    program = Program(clerk)
    made = ok(program.send("/expert-fields", {"code": "zz", "title_zh": "甲", "title_en": "A"}), 201)
    problem(
        program.send("/expert-fields", {"code": "ZZ", "title_zh": "甲", "title_en": "A"}),
        409,
        "field_code_taken",
    )
    at = f"/expert-fields/{made['id']}"
    for act in ("up", "down", "retirement", "restoration"):
        ok(program.send(f"{at}/{act}"))
    names = {"title_zh": "乙", "title_en": "B", "parent": fields["IT"].pk}
    assert ok(program.send(at, names, method="PUT"))["parent"] == fields["IT"].pk
    assert len(ok(program.get(at))["history"]) >= 4
    assert ok(program.send("/expert-tree/usual"))["done"] == "0"
    with django_assert_num_queries(4):
        found = ok(program.get("/expert-fields"))
    assert {one["code"]: one["depth"] for one in found}["ZZ"] == 1


def test_file_costs_the_same_statements(entered, clerk, django_assert_num_queries):
    program = Program(clerk)
    for _ in range(3):
        ok(program.send(f"/experts/{entered['id']}/parts/posts", {"organisation": "某校"}), 201)
    with django_assert_num_queries(10):
        ok(program.get(f"/experts/{entered['id']}"))
