"""Pass after revision: what the applicant reads and hands in, what the chair returns and confirms."""

import re

from django.urls import reverse

from tests.workflows.conftest import events_of, fresh
from tests.workflows.review.seated import give
from workflows.engine.perform import perform
from workflows.models import Conclusion


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_revision_goes_back_and_forth_until_the_chair_confirms(client, heard, experts, owner):
    client.cookies.load({"django_language": "en"})
    for one in experts:
        give(heard, one, "40", "30")
    chair, hers = experts[0].user, reverse("conclusion", args=[heard.pk])
    perform("ask_revision", [heard.pk], actor=chair, key="a", reason="细化预算", data={"cut_fen": 500000})
    mine, status = reverse("application_revision", args=[heard.pk]), reverse("application", args=[heard.pk])

    client.force_login(owner)
    assert mine in client.get(status).content.decode()
    asked = text(client.get(mine))
    assert "细化预算" in asked
    assert "5,000.00" in asked
    # Who reviewed it is never told, nor what each of them scored.
    assert not any(one.name in asked or one.code in asked for one in experts)
    assert "70" not in asked
    for _ in range(2):
        assert client.post(mine, {"key": "k1"}).status_code == 302
    assert fresh(heard).state == "revised"
    assert client.get(mine).status_code == 302

    client.force_login(chair)
    empty = client.post(hers, {"step": "return_revision", "key": "k", "opinion": ""})
    assert (empty.status_code, fresh(heard).state) == (422, "revised")
    assert (
        client.post(hers, {"step": "return_revision", "key": "k", "opinion": "单价仍偏高"}).status_code == 302
    )
    client.force_login(owner)
    returned = text(client.get(mine))
    assert "The revision was returned: it is not enough yet. 单价仍偏高" in returned
    client.post(mine, {"key": "k2"})
    client.force_login(chair)
    assert "The applicant has handed the revision in." in text(client.get(hers))
    assert client.post(hers, {"step": "confirm_revision", "key": "c"}).status_code == 302

    assert fresh(heard).state == "verified"
    assert Conclusion.objects.get().confirmed_by == chair
    assert events_of(heard)[-4:] == [
        "hand_in_revision",
        "return_revision",
        "hand_in_revision",
        "confirm_revision",
    ]
