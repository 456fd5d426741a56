"""No page and no answer of the API names an expert to those whose case they review."""

import json
from collections.abc import Iterator

from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from tests.permissions import APPLICANT_PAGES
from tests.workflows.api.conftest import Program
from tests.workflows.review.seated import give
from workflows.api.routes import OPERATIONS
from workflows.models import Application, Expert


def pages(case: Application) -> Iterator[tuple[str, str]]:
    """Every page of an applicant that names its case alone."""
    for name, row in APPLICANT_PAGES.items():
        if not row.post:
            try:
                yield name, reverse(name, kwargs={"pk": case.pk})
            except NoReverseMatch:
                continue


def answers(case: Application) -> Iterator[tuple[str, str]]:
    """Every operation that reads, and names its case alone."""
    for name, operation in OPERATIONS.items():
        if operation.method == "GET" and operation.path.startswith("/cases"):
            path = operation.path.replace("{pk}", str(case.pk))
            if "{" not in path:
                yield name, path


def said_of(experts: list[Expert], text: str) -> list[str]:
    # JSON may write Chinese as numbers of characters.
    names = [one.name for one in experts] + [json.dumps(one.name).strip('"') for one in experts]
    return [word for word in (*names, *(one.code for one in experts), "expert1@") if word in text]


def test_applicant_is_not_told_who_reviews(heard: Application, experts: list[Expert], owner: User) -> None:
    for number, one in enumerate(experts):
        Expert.objects.filter(pk=one.pk).update(name=f"密评{number}")
        User.objects.filter(pk=one.user_id).update(name=f"密评{number}")
        one.name = f"密评{number}"
    give(heard, experts[0], "50", "35")
    client = Client()
    client.force_login(owner)
    program = Program(owner)

    seen, named = 0, []
    for name, address in (("my_applications", reverse("my_applications")), *pages(heard)):
        answer = client.get(address)
        seen += answer.status_code == 200
        if not answer.streaming and said_of(experts, answer.content.decode(errors="replace")):
            named.append(name)
    for name, path in answers(heard):
        answer = program.get(path)
        seen += answer.status_code == 200
        if said_of(experts, answer.content.decode(errors="replace")):
            named.append(name)
    assert named == []
    assert seen > 10
