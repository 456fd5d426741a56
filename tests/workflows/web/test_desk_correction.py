"""Asking for correction: all points at once, previewed, sent; nothing typed is lost; old and new side by side."""

import json

import pytest

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import add_people, compared, events_of, fresh, person_with
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows import drafts
from workflows.engine.perform import perform
from workflows.models import Application, CorrectionPoint, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(draft: Application, clerk: User) -> Application:
    add_people(draft, {"name": "差异人", "tax_fen": 100_00})
    (case,) = brought_to("accept", [draft], clerk)
    compared([case])
    Person.objects.filter(application=case, name="差异人").update(record_tax_fen=99_00)
    perform("recheck", [case.pk], actor=User.objects.system(), key="r")
    return fresh(case)


def differing(case: Application) -> Person:
    return Person.objects.get(application=case, name="差异人")


POINTS = {
    "point": ["field:bank_name", "paper:pay_summary", "roster:"],
    "words-field:bank_name": "请写明支行全称",
    "words-paper:pay_summary": "缺少公章，请盖章后重新上传。",
    "words-roster:": "名单有遗漏",
}


def test_people_who_differ_are_ticked_with_words(case: Application, clerk: User) -> None:
    response = signed_in(clerk).get(address("case_ask_correction", case.pk))
    (option,) = response.context["options"]["person"]
    assert (option.label, option.ticked) == ("差异人", True)
    assert option.words == "申报税额 100.00 元，税务记录 99.00 元。请核对完税证明后更正税额。"
    assert not any(
        o.ticked for kind in ("field", "paper", "roster") for o in response.context["options"][kind]
    )


def test_preview_names_every_point_and_changes_nothing(case: Application, clerk: User) -> None:
    response = signed_in(clerk).post(address("case_ask_correction", case.pk), {**POINTS, "action": "preview"})
    assert [line["title"] for line in response.context["lines"]] == ["薪酬汇总表", "开户银行", "整份名单"]
    assert response.context["days"] == 10
    assert fresh(case).state == "accepted"


def test_sending_names_all_points_at_once(case: Application, clerk: User) -> None:
    person = differing(case)
    points = {
        **POINTS,
        "point": [*POINTS["point"], f"person:{person.pk}"],
        f"words-person:{person.pk}": "请更正税额",
    }
    client = signed_in(clerk)
    for _ in range(2):
        answer = client.post(
            address("case_ask_correction", case.pk), {**points, "action": "send", "key": "k"}
        )
        assert answer["Location"] == address("case", case.pk)
    assert (fresh(case).state, fresh(case).points_open) == ("correcting", 4)
    found = CorrectionPoint.objects.filter(application=case)
    assert {(p.kind, p.target, p.person_id) for p in found} == {
        ("field", "bank_name", None),
        ("paper", "pay_summary", None),
        ("roster", "", None),
        ("person", "", person.pk),
    }


def test_points_without_words_and_no_points_keep_what_was_typed(case: Application, clerk: User) -> None:
    client = signed_in(clerk)
    page = address("case_ask_correction", case.pk)
    posted = {**POINTS, "words-roster:": " ", "action": "preview"}
    answer = client.post(page, posted)
    assert answer.status_code == 422
    assert [option.slug for option in answer.context["wrong"]] == ["roster:"]
    assert "请写明支行全称" in answer.content.decode()
    nothing = client.post(page, {"words-field:bank_name": "写了没勾", "action": "preview"})
    assert (nothing.status_code, "写了没勾" in nothing.content.decode()) == (422, True)
    long = client.post(page, {"point": "roster:", "words-roster:": "长" * 501, "action": "send", "key": "k"})
    assert long.status_code == 422
    assert events_of(case)[-1] != "ask_correction"


def test_finding_a_person_keeps_the_ticks(case: Application, clerk: User) -> None:
    someone = case.people.order_by("position")[0]
    answer = signed_in(clerk).post(
        address("case_ask_correction", case.pk), {**POINTS, "action": "find", "find": someone.name}
    )
    assert someone.name in [option.label for option in answer.context["options"]["person"]]
    assert [option.ticked for option in answer.context["options"]["roster"]] == [True]


def test_case_that_moved_meanwhile_is_told_and_the_words_stay(
    case: Application, clerk: User, association: Organisation
) -> None:
    colleague = person_with(Role.CLERK, association)
    perform(
        "ask_correction",
        [case.pk],
        actor=colleague,
        key="c",
        data={"points": [{"kind": "roster", "words": "先"}]},
    )
    answer = signed_in(clerk).post(
        address("case_ask_correction", case.pk), {**POINTS, "action": "send", "key": "k"}
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "请写明支行全称" in text
    assert "补正" in text
    assert CorrectionPoint.objects.filter(application=case).count() == 1


def test_point_of_somebody_elses_case_is_not_taken(case: Application, clerk: User, many_drafts) -> None:
    stranger = many_drafts(1)[0].people.all()[0]
    answer = signed_in(clerk).post(
        address("case_ask_correction", case.pk),
        {
            "point": [f"person:{stranger.pk}", "field:nothing"],
            f"words-person:{stranger.pk}": "x",
            "action": "send",
        },
    )
    assert answer.status_code == 422
    assert fresh(case).state == "accepted"


def test_only_clerks_ask(case: Application, official: User) -> None:
    assert signed_in(official).get(address("case_ask_correction", case.pk)).status_code == 403


def test_step_that_is_not_possible_says_why(draft: Application, clerk: User) -> None:
    (case,) = brought_to("verify", [draft], clerk)
    response = signed_in(clerk).get(address("case_ask_correction", case.pk))
    assert "不能办理这一步" in response.content.decode()


def test_old_and_new_stand_side_by_side_with_numbers_masked(case: Application, clerk: User) -> None:
    person = differing(case)
    data = {
        "points": [
            {"kind": "field", "target": "bank_name", "words": "全称"},
            {"kind": "field", "target": "account", "words": "账号"},
            {"kind": "person", "person": person.pk, "words": "税额"},
        ]
    }
    perform("ask_correction", [case.pk], actor=clerk, key="k", data=data)
    sealed = {**json.loads(fresh(case).sealed_answers), "account": "9999888877776456"}
    Application.objects.filter(pk=case.pk).update(
        answers={**case.answers, "bank_name": "示例银行湖里支行"}, sealed_answers=json.dumps(sealed)
    )
    Person.objects.filter(pk=person.pk).update(tax_fen=99_00)
    drafts.answers_of(fresh(case))
    response = signed_in(clerk).get(address("case_corrections", case.pk))
    (asked,) = response.context["asked"]
    changes = {line.title: [(c.label, c.old, c.new, c.changed) for c in line.changes] for line in asked.lines}
    assert changes["开户银行"] == [("", "示例银行厦门分行", "示例银行湖里支行", True)]
    assert changes["差异人"] == [("已缴个人所得税（元）", "100.00", "99.00", True)]
    ((_, old, new, changed),) = changes["银行账号"]
    assert (old[-4:], new[-4:], changed) == ("3456", "6456", True)
    assert "9999888877776456" not in response.content.decode()
