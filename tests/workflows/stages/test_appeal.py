"""Appeal: one decision is looked at again by another officer, once; the first decision stays in the record."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Role, User
from notifications import outbox
from notifications.models import Message
from tests.workflows.conftest import compared, events_of, fresh, person_with, ready_draft
from tests.workflows.declared import registered
from tests.workflows.storm_aid import approved, filled_in, visited
from workflows import drafts
from workflows.appeals import NoAppeal, NotRefused
from workflows.engine.asking import why
from workflows.engine.clock import day_of
from workflows.engine.elapsed import Spent, spent
from workflows.engine.perform import perform
from workflows.engine.prove import prove
from workflows.engine.recount import recount
from workflows.engine.verify import verify
from workflows.errors import Blocked
from workflows.models import Appeal, Application, Deadline, Event, Round

WITH_PEOPLE = """
from dataclasses import replace

from workflows.models import Application
from workflows.programmes.talent_tax_rebate import PROGRAMME as REBATE
from workflows.stages import appeal_person, appeals_answered, notice, vary
from workflows.states import APPROVED


class RebateWithAppeals(Application):
    class Meta:
        proxy, app_label = True, "programmes"

    vars().update({name: step for name, step in REBATE.steps.items() if step.stage != "notice"})
    contest = appeal_person([APPROVED])
    publish = notice(revoked=None, release_notice=vary(also=[appeals_answered]))


PROGRAMME = replace(REBATE, slug="rebate-with-appeals", code="RW", steps={}).on(RebateWithAppeals)
"""


@pytest.fixture
def denied(storm_call, employer, owner, clerk, official):
    case = visited(filled_in(storm_call, employer, owner), owner, clerk)
    perform("deny", [case.pk], actor=official, key="deny", reason="未受灾")
    return fresh(case)


def test_appeal_is_answered_by_another_officer_and_reopens_the_decision(
    denied, owner, official, second_official
):
    perform("file_appeal", [denied.pk], actor=owner, key="f", reason="照片足以证明")
    assert fresh(denied).state == "appealed"
    mine = reverse("application", args=[denied.pk])
    shown = english(owner).get(mine).context
    # It is drawn where it was denied, and its result is the first decision until the answer.
    assert [step.state for step in shown["steps"]][:4] == ["done", "done", "done", "stopped"]
    assert (shown["decided"], shown["result"].en) == (True, "No award")
    assert [r.code for r in why("uphold_appeal", fresh(denied), official)] == ["four_eyes"]
    assert why("uphold_appeal", fresh(denied), second_official) == []
    with pytest.raises(Blocked):
        perform("dismiss_appeal", [denied.pk], actor=official, key="d", reason="维持")

    perform("uphold_appeal", [denied.pk], actor=second_official, key="u", reason="证据充分")

    appeal = Appeal.objects.get(application=denied)
    assert (appeal.state, appeal.answered_by, appeal.decided_by) == ("upheld", second_official, official)
    assert appeal.original == {
        "state": "denied", "step": "deny", "reason": "未受灾", "amount_fen": denied.amount_fen,
    }  # fmt: skip
    assert fresh(denied).state == "verified"
    assert english(owner).get(mine).context["decided"] is False
    # Who denied it once does not deny it again.
    assert [r.code for r in why("deny", fresh(denied), official)] == ["four_eyes"]
    assert verify().holds


def test_dismissed_appeal_leaves_the_decision_as_it_was_and_nothing_open(denied, owner, second_official):
    perform("file_appeal", [denied.pk], actor=owner, key="f", reason="照片足以证明")
    perform("dismiss_appeal", [denied.pk], actor=second_official, key="d", reason="维持原决定")

    case = fresh(denied)
    assert (case.state, case.due_on, case.stopped_on, case.resume_state) == ("denied", None, None, "")
    assert not Deadline.objects.filter(application=case, met_at=None, lapsed_at=None).exists()
    assert events_of(case)[-3:] == ["deny", "file_appeal", "dismiss_appeal"]
    assert [r.words.en for r in why("file_appeal", case, owner)] == [
        "An appeal was made already, which is the most."
    ]


def test_time_from_the_decision_to_the_upheld_appeal_is_not_the_office_s(
    storm_call, employer, owner, clerk, official, second_official
):
    case = visited(filled_in(storm_call, employer, owner), owner, clerk)
    decided = timezone.now() + timedelta(days=3)
    filed, upheld = decided + timedelta(days=10), decided + timedelta(days=24)
    perform("deny", [case.pk], actor=official, key="deny", reason="未受灾", at=decided)
    before = accounted(case, decided)

    perform("file_appeal", [case.pk], actor=owner, key="f", reason="照片足以证明", at=filed)
    assert fresh(case).stopped_on == day_of(decided)
    perform("uphold_appeal", [case.pk], actor=second_official, key="u", reason="证据充分", at=upheld)

    after = accounted(case, upheld)
    assert (after.used, after.left) == (before.used, fresh(case).promised_days - before.used)
    # Who counts all limits again from the events comes to the same days.
    days = (day_of(decided), day_of(upheld) + timedelta(days=60))
    assert recount(0, *days, today=day_of(upheld), provisional_from=None) == (0, 0)


def accounted(case: Application, at: datetime) -> Spent:
    events = list(Event.objects.filter(application=case).order_by("seq"))
    account = spent(fresh(case), events, today=day_of(at))
    assert account is not None
    return account


def test_late_appeal_is_refused_with_its_sentence(denied, owner):
    late = timezone.now() + timedelta(days=61)

    with pytest.raises(Blocked) as refused:
        perform("file_appeal", [denied.pk], actor=owner, key="f", reason="迟到", at=late)

    assert refused.value.sentence.en == "An appeal is possible within 60 days of the decision."


def english(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


def test_appeal_page_takes_the_reasons_and_asks_for_them(denied, owner, storm_call):
    client = english(owner)
    address = reverse("application_appeal", args=[denied.pk])
    assert address in client.get(reverse("application", args=[denied.pk])).content.decode()
    assert "Another officer than the one who decided" in client.get(address).content.decode()

    empty = client.post(address, {"reason": " ", "key": "a"})
    assert (empty.status_code, "needs a reason" in empty.content.decode()) == (422, True)
    sent = client.post(address, {"reason": "照片足以证明", "key": "b"})

    assert sent.status_code == 302
    assert Appeal.objects.get(application=denied).statement == "照片足以证明"
    assert "An appeal is not possible" in client.get(address).content.decode()


@pytest.fixture
def refused_person(tmp_path: Path, open_round, employer, owner, clerk, official, second_official):
    """Somebody refused by R04 on a roster that is approved, of a programme with appeals for people."""
    (tmp_path / "rebate_with_appeals.py").write_text(WITH_PEOPLE, encoding="utf-8")
    with registered("rebate_with_appeals", tmp_path):
        Round.objects.filter(pk=open_round.pk).update(programme="rebate-with-appeals")
        call = Round.objects.get(pk=open_round.pk)
        case = ready_draft(call, employer, owner, {}, {"pay_fen": 10_000_000})
        perform("submit", [case.pk], actor=owner, key="s")
        perform("accept", [case.pk], actor=clerk, key="accept")
        perform("examine", [case.pk], actor=clerk, key="examine")
        compared([case])
        perform("verify", [case.pk], actor=clerk, key="verify")
        approved([fresh(case)], call, clerk, second_official, official)
        person = case.people.get(position=2)
        assert (person.result, person.rule) == ("refused", "R04")
        yield person


def test_appeal_for_one_person_passes_over_the_rule_that_refused_them(
    refused_person, owner, official, second_official
):
    person, case = refused_person, fresh(refused_person.application)
    assert prove(case.declaration) == []
    told = {"data": {"person": person.pk}, "reason": "年薪证明补充"}
    perform("file_appeal_for_person", [case.pk], actor=owner, key="f", **told)
    assert [r.code for r in why("uphold_appeal_of_person", fresh(case), official)] == ["four_eyes"]
    assert [r.code for r in why("release_notice", fresh(case), second_official)] == ["appeals_answered"]

    perform("uphold_appeal_of_person", [case.pk], actor=second_official, key="u", **told)

    person.refresh_from_db()
    assert (person.result, person.released) == ("granted", ["R04"])
    assert fresh(case).amount_fen == case.amount_fen + person.award_fen
    assert Appeal.objects.get(person=person).original == {"result": "refused", "rule": "R04", "award_fen": 0}
    assert fresh(case).state == "approved"
    outbox.deliver_due()
    assert Message.objects.of(owner).filter(body_zh__contains="撤销原不予奖励的决定").exists()
    assert why("release_notice", fresh(case), second_official) == []
    with pytest.raises(NotRefused):
        perform("file_appeal_for_person", [case.pk], actor=owner, key="again", **told)
    with pytest.raises(NoAppeal):
        perform("dismiss_appeal_of_person", [case.pk], actor=second_official, key="d", **told)


def test_appeal_for_one_person_is_made_and_answered_on_pages(
    refused_person, owner, official, second_official
):
    case = refused_person.application
    appeal = reverse("application_person_appeal", args=[case.pk, refused_person.pk])
    mine = reverse("application", args=[case.pk])
    people = reverse("case_people", args=[case.pk])
    assert appeal in english(owner).get(mine).content.decode()
    granted = case.people.get(position=1)
    for_granted = english(owner).get(reverse("application_person_appeal", args=[case.pk, granted.pk]))
    assert f"{granted.name} was not refused" in for_granted.content.decode()
    assert english(owner).post(appeal, {"reason": "年薪证明补充", "key": "a"})["Location"] == mine
    assert appeal not in english(owner).get(mine).content.decode()

    decider = english(official).get(people).content.decode()
    assert ("Whoever took the decision" in decider, 'name="uphold"' in decider) == (True, False)
    other = english(second_official).get(people).content.decode()
    assert ("年薪证明补充" in other, 'name="uphold"' in other) == (True, True)
    answer = reverse("case_person", args=[case.pk, refused_person.pk])
    unsaid = english(second_official).post(answer, {"dismiss": "1", "key": "b", "reason": " "})
    assert unsaid.status_code == 422
    english(second_official).post(answer, {"dismiss": "1", "key": "c", "reason": "证据不足"})

    assert Appeal.objects.get(person=refused_person).state == "dismissed"
    assert "证据不足" in english(owner).get(mine).content.decode()
    assert str(second_official) not in english(owner).get(mine).content.decode()
    assert str(second_official) in english(official).get(reverse("case", args=[case.pk])).content.decode()
    assert english(owner).post(appeal, {"reason": "再次", "key": "d"}).status_code == 409


def test_nobody_else_s_case_can_be_appealed(denied, storm_call):
    stranger = person_with(Role.OWNER, Organisation.objects.create(kind="employer", name="别家"))
    client = english(stranger)

    assert client.get(reverse("application_appeal", args=[denied.pk])).status_code == 404
    assert drafts.unlocked(denied).everything is False
