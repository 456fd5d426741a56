import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Membership, User
from tests.accounts.conftest import browser_of

pytestmark = pytest.mark.django_db


def test_staff_is_entered_and_sets_a_password_by_the_link():
    out = StringIO()
    call_command("createstaff", "Wang@example.com", "王科员", "示例协会", "clerk", stdout=out)
    call_command("createstaff", "wang@example.com", "王科员", "示例协会", "administrator", stdout=StringIO())
    link = re.search(r"https?://[^/]+(/accounts/\S+)", out.getvalue()).group(1)

    browser = browser_of(None)
    answer = browser.post(
        browser.get(link)["Location"], {"password1": "Egret-two-9", "password2": "Egret-two-9"}
    )

    assert answer.status_code == 302
    assert sorted(Membership.objects.values_list("role", flat=True)) == ["administrator", "clerk"]
    answer = browser.post("/accounts/login/", {"login": "wang@example.com", "password": "Egret-two-9"})
    assert answer["Location"] == "/", answer.content.decode()
    assert browser.get("/me/").status_code == 200


def test_staff_with_a_wrong_address_is_refused():
    with pytest.raises(CommandError, match="not an e-mail"):
        call_command("createstaff", "nobody", "王科员", "示例协会", "clerk")
    assert not User.objects.exists()
