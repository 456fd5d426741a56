import re

import pytest
from django.urls import reverse

from accounts.models import Membership, Organisation, Role, User
from tests.accounts.conftest import browser_of

pytestmark = pytest.mark.django_db

PUBLIC = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_inactive",
    "terms",
]
OWN = [
    "me",
    "register_organisation",
    "account_change_password",
    "account_email",
    "mfa_index",
    "account_reauthenticate",
    "account_logout",
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What stands in its own language on purpose: the switch, and what people are called.
OWN_WORDS = re.compile(r'<button[^>]*lang="[^"]*"[^>]*>[^<]*</button>|陈示例|厦门示例软件有限公司')


@pytest.mark.parametrize("name", PUBLIC)
def test_public_page_speaks_one_language(name):
    speaks_one_language(None, name)


@pytest.mark.parametrize("name", OWN)
def test_own_page_speaks_one_language(name, owner, firm):
    speaks_one_language(owner, name)


def speaks_one_language(user, name: str) -> None:
    path = reverse(name)
    english = browser_of(user, "en").get(path)
    chinese = browser_of(user, "zh-hans").get(path)

    assert (english.status_code, chinese.status_code) == (200, 200)
    assert '<html lang="en">' in english.content.decode()
    assert '<html lang="zh-Hans">' in chinese.content.decode()
    left_over = CHINESE.findall(OWN_WORDS.sub("", english.content.decode()))
    assert left_over == []
    heading = re.search(r"<h1>(.*?)</h1>", chinese.content.decode(), re.S).group(1)
    assert CHINESE.search(heading), heading


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", [*PUBLIC, *OWN])
def test_page_has_no_inline_script_or_style(name, language, owner, firm):
    user = owner if name in OWN else None

    answer = browser_of(user, language).get(reverse(name))

    page = answer.content.decode()
    assert not re.search(r"\sstyle=", page)
    assert "<style" not in page
    assert not re.search(r"\son\w+=", page)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_language_switch_stays_on_the_page_and_reaches_the_person(owner):
    browser = browser_of(owner)

    answer = browser.post("/language/", {"language": "en", "next": "/me/?a=1"})

    assert answer["Location"] == "/me/?a=1"
    assert "My account" in browser.get("/me/").content.decode()
    assert User.objects.get(pk=owner.pk).language == "en"


def test_language_switch_leads_nowhere_else_and_knows_its_languages(owner):
    browser = browser_of(owner)

    answer = browser.post("/language/", {"language": "fr", "next": "https://evil.example/"})

    assert answer["Location"] == "/"
    assert "django_language" not in answer.cookies
    assert User.objects.get(pk=owner.pk).language == "zh-hans"


def test_chinese_is_spoken_whatever_the_browser_prefers():
    answer = browser_of(None, "nonsense").get("/accounts/login/", headers={"Accept-Language": "en-US"})

    assert '<html lang="zh-Hans">' in answer.content.decode()


def test_phone_is_checked_stored_sealed_and_shown_to_its_owner(owner):
    browser = browser_of(owner)

    wrong = browser.post("/me/", {"name": "陈示例", "phone": "12345"})
    assert "不是有效的电话号码" in wrong.content.decode()
    browser.post("/me/", {"name": "陈示例", "phone": "138 0013 8000"})

    assert User.objects.get(pk=owner.pk).phone == "13800138000"
    assert 'value="13800138000"' in browser.get("/me/").content.decode()


def test_home_leads_to_where_work_begins(owner, firm, clerk, stranger):
    first = {user: browser_of(user).get("/")["Location"] for user in (stranger,)}

    assert first[stranger] == "/me/organisation/"
    for user in (owner, clerk, None):
        assert browser_of(user).get("/").status_code == 302


def test_home_of_an_administrator_is_the_organisation(firm):
    association = Organisation.objects.create(kind="association", name="示例协会")
    administrator = User.objects.create_user("admin@example.com", "bailu-2019-demo", name="赵示例")
    Membership.objects.create(user=administrator, organisation=association, role=Role.ADMINISTRATOR)

    assert browser_of(administrator).get("/")["Location"] == "/me/organisation/"
