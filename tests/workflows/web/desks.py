"""Cases as the desk's tests need them: submitted, accepted, examined, verified; and a page's address."""

from collections.abc import Sequence

from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.workflows.conftest import compared, fresh
from workflows.engine.perform import perform
from workflows.models import Application

WAY = ("submit", "accept", "examine", "verify")


def brought_to(step: str, cases: Sequence[Application], clerk: User) -> list[Application]:
    """`cases` after `step`, each submitted by whoever made its draft, the rest by `clerk`."""
    for case in cases:
        perform("submit", [case.pk], actor=case.created_by, key=f"submit{case.pk}")
    ids = [case.pk for case in cases]
    for name in WAY[1 : WAY.index(step) + 1]:
        if name == "verify":
            compared(list(cases))
        perform(name, ids, actor=clerk, key=f"{name}{ids[0]}")
    return [fresh(case) for case in cases]


def address(name: str, *args: object) -> str:
    return reverse(name, args=args)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
