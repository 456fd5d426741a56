"""Quotas of a panel by field, as a clerk types them, the public reads them and the draw keeps them; linked panels."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.workflows.review.sessions.ways import again, seated
from tests.workflows.web.desks import address, signed_in
from workflows.models import Competence, Seat
from workflows.review.sessions import drawing, making
from workflows.review.sessions.linking import apart_from


def announced(client, session, officials, **typed):
    asked = {
        "in_field": ["soft", "net"], "years": 8, "senior": 1, "kind": "officials",
        "official": [one.pk for one in officials], "per_employer": 1, **typed,
    }  # fmt: skip
    return client.post(address("session_act", session.pk, "announce"), asked)


def test_quota_by_field_is_announced_and_kept_by_the_draw(session, pool, clerk, official, second_official):
    officials = [official, second_official]
    typed = {
        "quota_field1": "fin",
        "quota_least1": 1,
        "quota_field2": "net",
        "quota_least2": 2,
        "quota_most2": 3,
    }
    assert announced(signed_in(clerk), session, officials, **typed).status_code == 302
    held = again(session)
    assert held.announcement["panel"]["fields"] == {"fin": [1, None], "net": [2, 3]}
    public = Client().get(address("public_draw", held.announced_sha256)).content.decode()
    assert all(words in public for words in ("财务：1 至 5 席", "网络：2 至 3 席", "同一单位至多 1 人"))

    secrets = [drawing.commit(session, by=one) for one in officials]
    for one, secret in zip(officials, secrets, strict=True):
        drawing.reveal(session, secret, by=one)
    drawing.draw(session, by=clerk)
    sits = Competence.objects.filter(expert__seats__session=session).values_list("field__code", flat=True)
    assert (list(sits).count("fin"), list(sits).count("net") in (2, 3), Seat.objects.count()) == (1, True, 5)


@pytest.mark.parametrize(
    ("typed", "status", "says"),
    [
        ({"quota_field1": "fin", "quota_least1": "viel"}, 422, "第 1 行名额无法识别"),
        ({"quota_field1": "fin", "quota_field2": "fin"}, 422, "第 2 行名额无法识别"),
        ({"quota_field1": "nothing"}, 422, "第 1 行名额无法识别"),
        ({"quota_field1": "fin", "quota_least1": 3}, 409, "抽不出 5 人的专家组"),
        ({"quota_field1": "fin", "quota_least1": 2, "quota_most1": 1}, 400, "的名额为 2 至 1"),
        ({"per_employer": 0}, 400, "每个单位的名额为零"),
    ],
)
def test_quota_that_cannot_be_is_refused_and_stays_typed(
    session, pool, clerk, official, second_official, typed, status, says
):
    answer = announced(signed_in(clerk), session, [official, second_official], **typed)
    assert (answer.status_code, says in answer.content.decode()) == (status, True)
    row = answer.context["quotas_typed"][0]
    assert (row["field"], row["least"]) == (typed.get("quota_field1", ""), str(typed.get("quota_least1", "")))
    assert again(session).announcement is None


def test_panels_that_share_nobody_are_warned_of_before_they_meet(
    session, panel_call, cases, room, pool, clerk
):
    heard = [case.pk for case in cases(1)]
    other = making.make(panel_call, heard, when=making.slot(session.held_on, "pm", room), by=clerk)
    assert apart_from(session) == []
    seated(session, pool[:5], clerk)
    assert apart_from(session) == []
    seats = seated(other, [*pool[5:], pool[4]][:5], clerk)
    assert apart_from(session) == []

    Seat.objects.filter(session=other, expert=pool[4]).update(state="prevented", answered_at=timezone.now())
    assert (apart_from(session), apart_from(other)) == ([other.number], [session.number])
    page = signed_in(clerk).get(address("session", session.pk))
    assert (page.context["apart"], other.number in page.content.decode()) == ([other.number], True)
    assert len(seats) == 5
