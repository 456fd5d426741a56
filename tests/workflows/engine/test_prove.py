"""Each seeded mistake of a declaration is found, at its line, and nothing else is."""

import subprocess
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F, Q, Value
from django.utils import timezone

from accounts.models import APPLICANT_ROLES, Role
from config.words import T
from forms.fields import Choice, Option, Text
from forms.schema import Field, Form, Section
from notifications import outbox
from tests.workflows.engine.declared import (
    CLOSED,
    DRAFT,
    SUBMITTED,
    TAX,
    Terms,
    close,
    declared,
    findings,
    marked,
    with_steps,
)
from workflows.engine.blind import Blind
from workflows.engine.caps import Cap
from workflows.engine.declare import (
    Holder,
    NoticeRule,
    Notify,
    Paper,
    Resume,
    Rule,
    Same,
    State,
    WorkingDays,
    fields,
    step,
)
from workflows.engine.guards import Guard
from workflows.engine.perform import Move
from workflows.engine.prove import prove, prove_in_database
from workflows.models import ExpertField, Result
from workflows.programmes import registry
from workflows.review.experts.field_seed import load_fields
from workflows.stages import withdrawal

FINE = T("Not yet.", "尚未。")
PARK = T("Park", "搁置")
REJECT = T("Reject", "驳回")


def test_right_programme_gives_nothing() -> None:
    assert findings(declared()) == []


@pytest.mark.parametrize("slug", sorted(registry()))
def test_registered_programme_is_proven(slug: str) -> None:
    assert prove(registry()[slug]) == []


@pytest.mark.django_db
@pytest.mark.parametrize("slug", sorted(registry()))
def test_proof_of_a_declaration_asks_no_database(slug: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        prove(registry()[slug])


def test_blind_review_of_what_the_form_does_not_have_is_found() -> None:
    blind = Blind(applicants=True, fields=("misspelt",), withheld=("contact", "nowhere"))
    found = findings(declared(blind=blind))  # ←

    assert found == [marked("blind-of-no-field"), marked("blind-of-no-section")]


SECTOR = Field("sector", T("Sector", "行业"), Choice((Option("software", T("Software", "软件")),)))
FORM = Form("small", (Section("all", T("All", "全部"), (SECTOR, Field("name", T("Name", "名称"), Text()))),))
SCORES = step(SUBMITTED, Same, label=PARK, by=Role.CLERK)


def test_fields_of_cases_that_no_expert_reviews_are_found() -> None:
    found = findings(declared(about=fields("IT01")))  # ←
    assert found == [marked("fields-without-panel")]


def test_fields_by_what_is_no_choice_of_the_form_are_found() -> None:
    about = fields(by="name", where={"software": "IT01"})
    found = findings(declared(about=about, form=FORM, steps={"submit_review": SCORES}))  # ←
    assert found == [marked("fields-by-no-choice")]


def test_fields_of_an_answer_that_nobody_can_give_are_found() -> None:
    about = fields(by="sector", where={"software": "IT01", "softwear": "IT01"})
    found = findings(declared(about=about, form=FORM, steps={"submit_review": SCORES}))  # ←
    assert found == [marked("fields-of-no-answer")]


def test_more_fields_than_a_case_can_have_are_found() -> None:
    about = fields("IT01", "FN01", by="sector", where={"software": "IT02"})
    found = findings(declared(about=about, form=FORM, steps={"submit_review": SCORES}))  # ←
    assert found == [marked("fields-too-many")]


@pytest.mark.django_db
def test_code_unknown_to_the_tree_is_found_and_one_that_the_office_added_is_not() -> None:
    programme = declared(about=fields("IT01", "XX01"))
    (found,) = (one for one in prove_in_database(programme) if one.code == "field-unknown")
    assert "XX01" in found.words and "IT01" not in found.words
    load_fields()
    ExpertField.objects.create(code="XX01", title_zh="其他", title_en="Other")
    assert "field-unknown" not in {one.code for one in prove_in_database(programme)}
    ExpertField.objects.filter(code="IT01").update(retired_at=timezone.now())
    (found,) = (one for one in prove_in_database(programme) if one.code == "field-unknown")
    assert "IT01" in found.words


# ── states and steps


def test_unreachable_state_is_found() -> None:
    parked = State("parked", PARK, Holder.OFFICE)  # ←
    back = step(parked, CLOSED, label=PARK, by=Role.CLERK)
    assert findings(declared(parked, steps={"unpark": back})) == [marked("state-unreachable")]


def test_state_without_a_way_out_is_found() -> None:
    parked = State("parked", PARK, Holder.OFFICE)  # ←
    away = step(SUBMITTED, parked, label=PARK, by=Role.CLERK)
    assert findings(declared(parked, steps={"park": away})) == [marked("state-without-way-out")]


def test_only_the_trap_is_named_not_what_leads_into_it() -> None:
    before = State("before", PARK, Holder.OFFICE)
    parked = State("parked", PARK, Holder.OFFICE)  # ←
    steps = {
        "set_aside": step(SUBMITTED, before, label=PARK, by=Role.CLERK),
        "park": step(before, parked, label=PARK, by=Role.CLERK),
    }
    assert findings(declared(before, parked, steps=steps)) == [marked("state-without-way-out")]


def test_target_that_is_no_state_of_the_programme_is_found() -> None:
    parked = State("parked", PARK, Holder.OFFICE)
    away = step(SUBMITTED, parked, label=PARK, by=Role.CLERK)  # ←
    assert findings(declared(steps={"park": away})) == [marked("state-not-declared")]


def test_source_that_is_no_state_of_the_programme_is_found() -> None:
    parked = State("parked", PARK, Holder.OFFICE)
    back = step(parked, CLOSED, label=PARK, by=Role.CLERK)  # ←
    assert findings(declared(steps={"unpark": back})) == [marked("state-not-declared")]


def test_two_states_of_one_slug_are_found() -> None:
    again = State("submitted", T("Handed in", "已交"), Holder.OFFICE)  # ←
    assert findings(declared(again)) == [marked("state-twice")]


def test_two_steps_of_one_name_are_found() -> None:
    class Body:
        submit = step(DRAFT, SUBMITTED, label=T("Submit", "提交"), by=APPLICANT_ROLES)
        finish = step(SUBMITTED, CLOSED, label=T("Close", "办结"), by=Role.CLERK)
        finish = step(SUBMITTED, CLOSED, label=T("Finish", "结束"), by=Role.CLERK)  # ←

    assert findings(with_steps(declared(), Body)) == [marked("step-twice")]


def test_step_of_a_stage_that_hides_another_is_found() -> None:
    class Body:
        submit = step(DRAFT, SUBMITTED, label=T("Submit", "提交"), by=APPLICANT_ROLES)
        take_back = withdrawal([DRAFT, SUBMITTED], to=CLOSED)
        finish = step(SUBMITTED, CLOSED, label=T("Close", "办结"), by=Role.CLERK)
        withdraw = step(SUBMITTED, CLOSED, label=T("Withdraw", "撤回"), by=APPLICANT_ROLES)  # ←

    assert findings(with_steps(declared(), Body)) == [marked("step-twice")]


def test_step_of_a_stage_stands_where_the_programme_uses_the_stage() -> None:
    parked = State("parked", PARK, Holder.OFFICE)

    class Body:
        submit = step(DRAFT, SUBMITTED, label=T("Submit", "提交"), by=APPLICANT_ROLES)
        take_back = withdrawal([DRAFT, SUBMITTED], to=parked)  # ←

    found = findings(with_steps(declared(), Body))
    assert marked("state-not-declared") in found


def test_step_named_like_something_of_every_model_is_found() -> None:
    check = step(SUBMITTED, CLOSED, label=T("Check", "检查"), by=Role.CLERK)  # ←
    assert findings(declared(steps={"check": check})) == [marked("step-name-taken")]


def test_time_limit_where_nobody_acts_is_found() -> None:
    late = step(CLOSED, CLOSED, label=PARK, by=Role.CLERK, due=WorkingDays(5))  # ←
    found = findings(declared(steps={"reopen": late}))
    assert [f for f in found if f[0] == "limit-nobody-keeps"] == [marked("limit-nobody-keeps")]


def test_second_time_limit_of_a_state_is_found() -> None:
    first = close()
    late = step(SUBMITTED, CLOSED, label=PARK, by=Role.CLERK, due=WorkingDays(9))  # ←
    assert findings(declared(steps={"close": first, "late": late})) == [marked("limit-twice")]


def test_step_that_happens_by_itself_without_the_system_is_found() -> None:
    steps = {"close": close(lapses=True)}  # ←
    assert findings(declared(steps=steps))[0][0] == marked("lapse-impossible")[0]


def test_time_limit_beyond_every_calendar_is_found() -> None:
    late = step(SUBMITTED, CLOSED, label=PARK, by=Role.CLERK, due=WorkingDays(99_999))  # ←
    assert findings(declared(steps={"close": late})) == [marked("limit-beyond-calendar")]


OLD_AND_NEW = {"2018": Terms(), "2019": Terms()}


def test_way_out_that_one_version_lacks_is_found() -> None:
    parked = State("parked", PARK, Holder.OFFICE)  # ←
    steps = {
        "park": step(SUBMITTED, parked, label=PARK, by=Role.CLERK),
        "unpark": step(parked, CLOSED, label=PARK, by=Role.CLERK, since="2019"),
    }
    programme = declared(parked, steps=steps, policies=OLD_AND_NEW)
    assert findings(programme) == [marked("state-without-way-out")]
    assert prove(programme)[0].words.startswith("Under 2018: ")


def test_state_of_one_version_alone_gives_nothing() -> None:
    parked = State("parked", PARK, Holder.OFFICE)
    steps = {
        "park": step(SUBMITTED, parked, label=PARK, by=Role.CLERK, since="2019"),
        "unpark": step(parked, CLOSED, label=PARK, by=Role.CLERK, since="2019"),
        "reject": step(SUBMITTED, CLOSED, label=REJECT, by=Role.CLERK, until="2018"),
    }
    assert findings(declared(parked, steps=steps, policies=OLD_AND_NEW)) == []


# ── loops


CORRECTING = State("correcting", T("Correction", "补正"), Holder.APPLICANT, stops_clock=True)
ASK = T("Ask for correction", "要求补正")
SEND = T("Send the correction", "提交补正")


def test_correction_without_a_limit_is_found() -> None:
    steps = {
        "ask": step(SUBMITTED, CORRECTING, label=ASK, by=Role.CLERK),  # ←
        "send": step(CORRECTING, Resume, label=SEND, by=APPLICANT_ROLES, due=WorkingDays(10)),
    }
    assert findings(declared(CORRECTING, steps=steps)) == [marked("loop-without-end")]


def test_correction_that_is_limited_gives_nothing() -> None:
    ask = step(SUBMITTED, CORRECTING, label=ASK, by=Role.CLERK, at_most=3, counted="correction_rounds")
    send = step(CORRECTING, Resume, label=SEND, by=APPLICANT_ROLES)
    assert findings(declared(CORRECTING, steps={"ask": ask, "send": send})) == []


def test_loop_of_the_offices_is_found_where_no_state_has_a_time_limit() -> None:
    parked = State("parked", PARK, Holder.OFFICE)
    steps = {
        "close": close(due=None),
        "park": step(SUBMITTED, parked, label=PARK, by=Role.CLERK),
        "unpark": step(parked, SUBMITTED, label=PARK, by=Role.CLERK),  # ←
    }
    assert findings(declared(parked, steps=steps)) == [marked("loop-without-end")]


def test_loop_of_the_offices_under_time_limits_gives_nothing() -> None:
    parked = State("parked", PARK, Holder.OFFICE)
    steps = {
        "park": step(SUBMITTED, parked, label=PARK, by=Role.CLERK),
        "unpark": step(parked, SUBMITTED, label=PARK, by=Role.CLERK, due=WorkingDays(5)),
    }
    assert findings(declared(parked, steps=steps)) == []


def test_loop_that_the_applicant_alone_goes_round_gives_nothing() -> None:
    back = step(SUBMITTED, DRAFT, label=PARK, by=APPLICANT_ROLES)
    assert findings(declared(steps={"take_back": back})) == []


# ── people


def test_role_that_nobody_can_hold_is_found() -> None:
    out = step(SUBMITTED, CLOSED, label=REJECT, by="minister")  # ←
    assert findings(declared(steps={"reject": out})) == [marked("role-nobody-holds")]


def test_role_that_does_not_count_on_a_case_is_found() -> None:
    out = step(SUBMITTED, CLOSED, label=REJECT, by=[Role.CLERK, Role.ADMINISTRATOR])  # ←
    assert findings(declared(steps={"reject": out})) == [marked("role-nobody-holds")]


def test_step_for_nobody_is_found() -> None:
    out = step(SUBMITTED, CLOSED, label=REJECT, by=[])  # ←
    assert findings(declared(steps={"reject": out})) == [marked("role-missing")]


APPROVED = State("approved", T("Approved", "已审批"), Holder.AUTHORITY)


def four_eyes(first_by: Any, **second: Any) -> Any:
    """Approved by one, closed by another."""
    approve = step(SUBMITTED, APPROVED, label=T("Approve", "审批"), by=first_by)
    given = {"by": Role.OFFICIAL, "other_than": ("approve",), **second}
    finish = step(APPROVED, CLOSED, label=T("Finish", "办结"), **given)
    return declared(APPROVED, steps={"approve": approve, "finish": finish})


def test_four_eyes_of_two_people_give_nothing() -> None:
    assert findings(four_eyes(Role.OFFICIAL)) == []


def test_four_eyes_whose_first_person_is_nobody_are_found() -> None:
    found = prove(four_eyes(Role.SYSTEM))
    assert [f.code for f in found] == ["four-eyes-one-person"]
    assert "no person takes" in found[0].words


def test_four_eyes_of_the_system_alone_are_found() -> None:
    assert [f.code for f in prove(four_eyes(Role.OFFICIAL, by=Role.SYSTEM))] == ["four-eyes-one-person"]


def test_four_eyes_on_a_step_that_comes_only_later_are_found() -> None:
    approve = step(SUBMITTED, APPROVED, label=PARK, by=Role.OFFICIAL, other_than=("finish",))  # ←
    finish = step(APPROVED, CLOSED, label=T("Finish", "办结"), by=Role.OFFICIAL)
    programme = declared(APPROVED, steps={"approve": approve, "finish": finish})
    assert findings(programme) == [marked("four-eyes-one-person")]


# ── guards


def guarded(guard: Guard) -> Any:
    return declared(steps={"reject": step(SUBMITTED, CLOSED, label=REJECT, by=Role.CLERK, when=[guard])})


@pytest.mark.parametrize("words", [T("", "尚未。"), T("Not yet.", " "), T("", "")])
def test_guard_without_a_sentence_is_found(words: T) -> None:
    guard = Guard(Q(form_problems=0), words)  # ←
    assert findings(guarded(guard)) == [marked("guard-without-sentence")]


@pytest.mark.parametrize(
    "holds",
    [Q(no_such_column=0), Q(), lambda asking: asking.nothing, lambda asking: True, Q(people__name="x")],
)
def test_guard_without_sql_is_found(holds: Any) -> None:
    guard = Guard(holds, FINE)  # ←
    assert findings(guarded(guard)) == [marked("guard-without-sql")]


def test_guard_whose_sentence_names_no_column_is_found() -> None:
    guard = Guard(Q(form_problems=0), T("{problems} left.", "还有 {problems} 项。"))  # ←
    assert findings(guarded(guard)) == [marked("guard-names-no-column")]


def test_right_guards_give_nothing() -> None:
    mine = Guard(lambda asking: ~Q(created_by=asking.actor.pk) & Q(round__opens_at__lte=asking.at), FINE)
    assert findings(guarded(mine)) == []


# ── words


def test_word_missing_in_chinese_is_found() -> None:
    title = T("Sealed form", "")  # ←
    assert findings(declared(papers=(Paper("form", title),))) == [marked("words-missing")]


def test_word_missing_in_english_deep_in_the_guide_is_found() -> None:
    guide = declared().guide
    contact = T("", "窗口电话")  # ←
    assert findings(declared(guide=replace(guide, contact=contact))) == [marked("words-missing")]


def test_chinese_in_place_of_english_is_found() -> None:
    title = T("盖章的表", "盖章的表")  # ←
    assert findings(declared(papers=(Paper("form", title),))) == [marked("words-missing")]


def test_english_in_place_of_chinese_is_found() -> None:
    parked = State("parked", T("Set aside", "Set aside"), Holder.OFFICE)  # ←
    steps = {
        "park": step(SUBMITTED, parked, label=PARK, by=Role.CLERK),
        "unpark": step(parked, CLOSED, label=PARK, by=Role.CLERK),
    }
    assert findings(declared(parked, steps=steps)) == [marked("words-missing")]


def test_placeholder_of_one_language_alone_is_found() -> None:
    label = T("Reject {number}", "驳回")  # ←
    out = step(SUBMITTED, CLOSED, label=label, by=Role.CLERK)
    assert findings(declared(steps={"reject": out})) == [marked("words-missing")]


def test_message_that_names_what_it_is_not_told_is_found() -> None:
    tells = (Notify("applicant", T("{number}", "{number}"), T("By {nobody}.", "由 {nobody}。")),)
    out = step(SUBMITTED, CLOSED, label=REJECT, by=Role.CLERK, tells=tells)  # ←
    assert findings(declared(steps={"reject": out})) == [marked("message-names-nothing")]


# ── policy versions


@dataclass(frozen=True)
class OldTerms:
    """A version from before there was a lowest pay."""

    arithmetic: T = TAX
    shown: tuple[tuple[T, T], ...] = ()


TWO = {"2018": OldTerms(), "2019": Terms()}


def test_parameter_that_a_version_lacks_is_found() -> None:
    when = lambda terms: Q(pay_fen__lt=terms.min_pay_fen)  # noqa: E731  # ←
    rule = Rule("R1", when, Result.REFUSED, FINE, FINE)
    programme = declared(policies=TWO, decisions=(rule,))
    assert findings(programme) == [marked("parameter-missing")]
    assert "Version 2018 lacks min_pay_fen" in prove(programme)[0].words


def test_parameter_that_the_award_reads_and_a_version_lacks_is_found() -> None:
    award = lambda terms: Value(terms.min_pay_fen) + F("tax_fen")  # noqa: E731  # ←
    assert findings(declared(policies=TWO, award=award)) == [marked("parameter-missing")]


def test_parameter_that_the_amount_reads_and_a_version_lacks_is_found() -> None:
    amount = lambda terms: Value(terms.min_pay_fen)  # noqa: E731  # ←
    assert findings(declared(policies=TWO, award=None, amount=amount)) == [marked("parameter-missing")]


def test_parameter_that_a_cap_reads_and_a_version_lacks_is_found() -> None:
    most = lambda terms: terms.min_pay_fen  # noqa: E731  # ←
    caps = (Cap("budget", T("Budget", "预算"), most, at="close"),)
    assert findings(declared(policies=TWO, caps=caps)) == [marked("parameter-missing")]


def test_rule_without_sql_is_found() -> None:
    when = lambda terms: Q(no_such_fact=terms.min_pay_fen)  # noqa: E731  # ←
    assert findings(declared(decisions=(Rule("R1", when, Result.REFUSED, FINE, FINE),))) == [
        marked("rule-without-sql")
    ]


# ── notices and messages


def noticed(category: Any) -> Any:
    title = T("List", "名单")
    return declared(
        notice=NoticeRule(days=5, counts_first_day=False, objection_answer_days=10, title=title, category=category)
    )  # fmt: skip


def test_notice_that_publishes_a_number_is_found() -> None:
    category = lambda person: f"{person.post_level} {person.id_number[-4:]}"  # noqa: E731  # ←
    assert findings(noticed(category)) == [marked("notice-publishes-protected")]


def test_notice_that_publishes_what_somebody_earns_is_found() -> None:
    category = lambda person: f"{person.pay_fen}"  # noqa: E731  # ←
    assert findings(noticed(category)) == [marked("notice-publishes-protected")]


def test_notice_of_a_plain_category_gives_nothing() -> None:
    assert findings(noticed(lambda person: person.get_post_level_display())) == []


SEALED_LINES = "INSERT INTO workflows_noticeline (category) SELECT p.id_index FROM workflows_person p"


def test_notice_whose_lines_copy_a_protected_column_is_found() -> None:
    def publish(move: Move) -> None:  # ←
        assert SEALED_LINES

    assert findings(declared(steps={"close": close(effect=publish)})) == [
        marked("notice-publishes-protected")
    ]


def test_message_that_names_a_sealed_field_is_found() -> None:
    tells = (Notify("applicant", T("Hello", "您好"), T("For {id_number}.", "证件 {id_number}。")),)
    out = step(SUBMITTED, CLOSED, label=REJECT, by=Role.CLERK, tells=tells)  # ←
    found = findings(declared(steps={"reject": out}))
    assert marked("message-names-protected") in found


# ── effects


def test_outbox_row_without_a_key_is_found() -> None:
    def effect(move: Move) -> None:
        outbox.put("sms", "", {"case": move.ids})  # ←

    assert findings(declared(steps={"close": close(effect=effect)})) == [marked("effect-without-key")]


def test_outbox_row_with_one_key_for_all_cases_is_found() -> None:
    def effect(move: Move) -> None:
        for pk in move.ids:
            outbox.put("sms", "accepted", {"case": pk})  # ←

    assert findings(declared(steps={"close": close(effect=effect)})) == [marked("effect-without-key")]


def test_outbox_rows_with_a_key_of_their_own_on_each_attempt_are_found() -> None:
    def effect(move: Move) -> None:
        outbox.put_all(("sms", f"sms:{uuid4()}", {"case": pk}) for pk in move.ids)  # ←

    assert findings(declared(steps={"close": close(effect=effect)})) == [marked("effect-without-key")]


def told_outside(case: int) -> None:
    subprocess.run(["sms", str(case)], check=True)


def test_effect_that_acts_outside_the_database_is_found_where_it_does() -> None:
    def effect(move: Move) -> None:
        for pk in move.ids:
            told_outside(pk)

    found = findings(declared(steps={"close": close(effect=effect)}))
    at = told_outside.__code__.co_firstlineno + 1
    assert found == [("effect-outside-database", "tests/workflows/engine/test_prove.py", at)]


def test_outbox_rows_with_keys_give_nothing() -> None:
    def effect(move: Move) -> None:
        outbox.put_all(("sms", f"sms:{pk}:{move.step.name}", {"case": pk}) for pk in move.ids)

    assert findings(declared(steps={"close": close(effect=effect)})) == []
