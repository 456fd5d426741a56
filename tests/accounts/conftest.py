"""People and organisations of these tests."""

import pytest
from django.test import Client

from accounts.models import Membership, Organisation, OrganisationKind, Role, User

PASSWORD = "Egret-over-the-lake-7"


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    """The hash of a password is slow on purpose; here it is asked for hundreds of times."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner(db) -> User:
    return User.objects.create_user("owner@example.com", PASSWORD, name="陈示例")


@pytest.fixture
def agent(db) -> User:
    return User.objects.create_user("agent@example.com", PASSWORD, name="李示例", language="en")


@pytest.fixture
def stranger(db) -> User:
    return User.objects.create_user("stranger@example.com", PASSWORD, name="张示例")


@pytest.fixture
def firm(owner: User, agent: User) -> Organisation:
    firm = Organisation.objects.create(
        kind=OrganisationKind.EMPLOYER, name="厦门示例软件有限公司", credit_code="91350299MA0DEM005C"
    )
    Membership.objects.create(user=owner, organisation=firm, role=Role.OWNER)
    Membership.objects.create(user=agent, organisation=firm, role=Role.AGENT)
    return firm


@pytest.fixture
def clerk(db) -> User:
    clerk = User.objects.create_user("clerk@example.com", PASSWORD, name="王科员")
    association = Organisation.objects.create(kind=OrganisationKind.ASSOCIATION, name="示例协会")
    Membership.objects.create(user=clerk, organisation=association, role=Role.CLERK)
    return clerk


def browser_of(user: User | None, language: str = "zh-hans") -> Client:
    """A browser of `user`, signed in, in `language`."""
    client = Client()
    client.cookies["django_language"] = language
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
