import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD, browser_of

pytestmark = pytest.mark.django_db

SIGNUP = {
    "name": "陈示例",
    "email": "New@example.com",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "terms": "on",
}


def code_in(message) -> str:
    return re.search(r"\b\d{6}\b", message.body).group()


def test_sign_up_proves_the_address_and_leads_to_the_organisation():
    browser = browser_of(None, "en")

    answer = browser.post("/accounts/signup/", SIGNUP)
    assert answer["Location"] == "/accounts/confirm-email/"
    assert browser.get("/me/").status_code == 302
    answer = browser.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[0])})

    assert answer["Location"] == "/me/organisation/"
    person = User.objects.get(email="new@example.com")
    assert (person.name, person.language) == ("陈示例", "en")
    assert browser.get("/me/").status_code == 200
    assert mail.outbox[0].subject == "Your code"


def test_sign_up_by_invitation_leads_back_to_it():
    browser = browser_of(None)
    browser.post("/accounts/signup/?next=/terms/", {**SIGNUP, "next": "/terms/"})

    answer = browser.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[0])})

    assert answer["Location"] == "/terms/"


def test_sign_up_with_a_known_address_looks_the_same(owner):
    new, known = browser_of(None), browser_of(None)
    first = new.post("/accounts/signup/", SIGNUP)
    second = known.post("/accounts/signup/", {**SIGNUP, "email": owner.email})

    assert (second.status_code, second["Location"]) == (first.status_code, first["Location"])
    pages = [browser.get("/accounts/confirm-email/").content.decode() for browser in (new, known)]
    words = [re.sub(r"\b\w{64}\b|[\w.]+@example\.com", "", page) for page in pages]
    assert words[0] == words[1]
    assert [m.subject for m in mail.outbox] == ["您的验证码", "您已有账号"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"terms": ""}, "请勾选。"),
        ({"password1": "12345678901", "password2": "12345678901"}, "数字"),
        ({"password1": "short", "password2": "short"}, "10"),
        (
            {"name": "Chen Shili", "password1": "chen shili 99", "password2": "chen shili 99"},
            "密码里含有您的姓名",
        ),
        ({"password2": "another password 1"}, "密码"),
    ],
)
def test_sign_up_that_is_not_right_is_explained(change, words):
    page = browser_of(None).post("/accounts/signup/", {**SIGNUP, **change}).content.decode()

    assert 'id="errors"' in page
    assert not User.objects.filter(email="new@example.com").exists()
    assert words in page


def test_person_entered_by_a_command_signs_in_at_once(owner):
    answer = Client().post("/accounts/login/", {"login": "OWNER@example.com", "password": PASSWORD})

    assert answer["Location"] == "/"
    assert EmailAddress.objects.get(user=owner).verified
    assert answer.cookies["django_language"].value == "zh-hans"


def test_sign_in_brings_ones_language(agent):
    answer = Client().post("/accounts/login/", {"login": agent.email, "password": PASSWORD})

    assert answer.cookies["django_language"].value == "en"


def test_deactivated_person_cannot_sign_in(owner):
    owner.is_active = False
    owner.save()

    answer = browser_of(None).post("/accounts/login/", {"login": owner.email, "password": PASSWORD})

    assert "_auth_user_id" not in answer.client.session


def test_system_cannot_sign_in():
    system = User.objects.system()

    answer = browser_of(None).post("/accounts/login/", {"login": system.email, "password": ""})

    assert "_auth_user_id" not in answer.client.session


def test_password_is_set_anew_by_mail(owner):
    browser = browser_of(None)
    browser.post("/accounts/password/reset/", {"email": owner.email})
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body).group(1)

    form = browser.get(link)["Location"]
    answer = browser.post(form, {"password1": "Another-egret-8", "password2": "Another-egret-8"})

    assert answer["Location"] == "/accounts/password/reset/key/done/"
    answer = browser_of(None).post("/accounts/login/", {"login": owner.email, "password": "Another-egret-8"})
    assert answer["Location"] == "/"
    assert "已失效" in browser_of(None).get(link).content.decode()


def test_reset_for_an_unknown_address_looks_the_same(owner):
    answers = [
        browser_of(None).post("/accounts/password/reset/", {"email": e})
        for e in (owner.email, "no@example.com")
    ]

    assert {a["Location"] for a in answers} == {"/accounts/password/reset/done/"}
    assert [m.subject for m in mail.outbox] == ["设置新密码", "该邮箱没有账号"]


def test_second_factor_is_set_up_and_asked_for(owner):
    browser = browser_of(None)
    browser.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/")
    if page.status_code == 302:
        browser.post(page["Location"], {"password": PASSWORD})
        page = browser.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert 'src="data:image/svg+xml' in page.content.decode()

    browser.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
    assert "已启用" in browser.get("/accounts/2fa/").content.decode()
    codes = browser.get("/accounts/2fa/recovery-codes/").context["unused_codes"]

    again = browser_of(None)
    answer = again.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert again.get("/me/").status_code == 302
    assert "验证码不正确" in again.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert again.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert again.get("/me/").status_code == 200


def totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_idle_person_is_signed_out_staff_sooner(owner, clerk):
    def after(user, idle_seconds: int) -> int:
        browser = browser_of(user)
        session = browser.session
        session["seen_at"] = int(time.time()) - idle_seconds
        session.save()
        return browser.get("/me/").status_code

    assert [after(owner, 29 * 60), after(owner, 31 * 60)] == [200, 302]
    assert [after(clerk, 14 * 60), after(clerk, 16 * 60)] == [200, 302]


def test_page_that_asks_by_itself_does_not_keep_a_person_signed_in(owner):
    browser = browser_of(owner)
    session = browser.session
    seen = session["seen_at"] = int(time.time()) - 20 * 60
    session.save()

    browser.get("/me/", headers={"X-Background": "1"})

    assert browser.session["seen_at"] == seen
