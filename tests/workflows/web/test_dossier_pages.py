"""The dossier's buttons: on the page of the case for staff, on the status page for the applicant."""

import json

import pytest
from django.urls import reverse

from tests.workflows.conftest import events_of, fresh
from tests.workflows.web.desks import signed_in
from tests.workflows.web.journeys import approved, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(draft, open_round, clerk, official, second_official):
    approved([draft], open_round, clerk=clerk, verifier=second_official, official=official)
    return fresh(draft)


def test_staff_save_it_as_data_and_on_paper(case, official):
    client = signed_in(official)
    page = client.get(reverse("case", args=[case.pk]))
    key = page.context["give_key"]
    address = reverse("case_give_dossier", args=[case.pk])
    assert address in page.content.decode()

    data = client.post(address, {"form": "json", "key": key})
    paper = client.post(address, {"form": "pdf", "key": key})

    assert (data.status_code, data["Content-Type"], data["Cache-Control"]) == (
        200,
        "application/json",
        "no-store",
    )
    assert data["Content-Disposition"] == f'attachment; filename="{case.number}-dossier.json"'
    assert json.loads(data.content)["dossier"]["reader"] == "staff"
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert events_of(case)[-2:] == ["give_dossier", "give_dossier"]


def test_applicant_saves_their_own_parts_once_it_is_decided(case, owner):
    client = signed_in(owner)
    address = reverse("application_dossier", args=[case.pk])
    assert address in client.get(reverse("application", args=[case.pk])).content.decode()

    answer = client.post(address, {"form": "json", "key": "k"})

    assert json.loads(answer.content)["dossier"]["reader"] == "applicant"


def test_applicant_is_told_when_nothing_is_decided_yet(many_drafts):
    (draft,) = many_drafts(1)
    case = submitted(draft)
    client = signed_in(case.created_by)
    address = reverse("application_dossier", args=[case.pk])

    assert address not in client.get(reverse("application", args=[case.pk])).content.decode()
    answer = client.post(address, {"form": "json", "key": "k"})
    assert (answer.status_code, "尚未作出决定" in answer.content.decode()) == (409, True)


def test_draft_has_no_dossier(draft, owner):
    answer = signed_in(owner).post(
        reverse("application_dossier", args=[draft.pk]), {"form": "json", "key": "k"}
    )

    assert answer.status_code == 409
    assert events_of(draft) == []
