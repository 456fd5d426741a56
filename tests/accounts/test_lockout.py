import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.lockout import forgive, reserve_try, tries_left
from accounts.models import SignInFailures
from tests.accounts.conftest import PASSWORD, browser_of

pytestmark = pytest.mark.django_db


def sign_in(email: str, password: str, language: str = "zh-hans"):
    return browser_of(None, language).post("/accounts/login/", {"login": email, "password": password})


def test_sixth_try_is_refused_though_its_password_is_right(owner):
    for _ in range(5):
        assert sign_in(owner.email, "wrong").status_code == 200

    answer = sign_in(owner.email, PASSWORD)

    assert answer.status_code == 200
    assert "已锁定 30 分钟。请在 30 分钟后再试" in answer.content.decode()


def test_lock_says_how_long_in_english(owner):
    for _ in range(5):
        sign_in(owner.email, "wrong")

    assert "Try again in 30 minutes." in sign_in(owner.email, PASSWORD, "en").content.decode()


def test_lock_does_not_touch_another_account(owner, agent):
    for _ in range(6):
        sign_in(owner.email, "wrong")

    assert sign_in(agent.email, PASSWORD).status_code == 302


def test_lock_ends_after_thirty_minutes(owner):
    for _ in range(5):
        sign_in(owner.email, "wrong")
    SignInFailures.objects.update(failed_at=timezone.now() - timedelta(minutes=29, seconds=30))
    assert "请在 1 分钟后再试" in sign_in(owner.email, PASSWORD).content.decode()

    SignInFailures.objects.update(failed_at=timezone.now() - timedelta(minutes=30, seconds=1))
    assert sign_in(owner.email, PASSWORD).status_code == 302
    assert not SignInFailures.objects.exists()


def test_refused_tries_do_not_lengthen_the_lock(owner):
    for _ in range(5):
        reserve_try(owner.email)
    first = reserve_try(owner.email)

    assert reserve_try(owner.email) == first


def test_right_password_forgives_the_wrong_ones(owner):
    for _ in range(4):
        sign_in(owner.email, "wrong")
    sign_in(owner.email, PASSWORD)

    assert tries_left(owner.email) == 5


def test_address_is_folded(owner):
    for _ in range(5):
        sign_in("OWNER@example.com ", "wrong")

    assert "已锁定" in sign_in("owner@EXAMPLE.com", PASSWORD).content.decode()


def test_unknown_address_is_answered_like_a_known_one(owner):
    def errors(email: str) -> list[list[str]]:
        return [
            [str(e) for e in sign_in(email, "wrong").context["form"].non_field_errors()] for _ in range(6)
        ]

    assert errors(owner.email) == errors("nobody@example.com")


def test_password_asked_again_counts_too(owner):
    browser = browser_of(owner)
    for _ in range(5):
        browser.post("/accounts/reauthenticate/", {"password": "wrong"})

    assert reserve_try(owner.email) is not None
    forgive(owner.email)


@pytest.mark.django_db(transaction=True)
def test_twenty_tries_at_once_are_five():
    passed: list[bool] = []

    def one_try() -> None:
        try:
            passed.append(reserve_try("race@example.com") is None)
        finally:
            connection.close()

    threads = [threading.Thread(target=one_try) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(passed) == [False] * 15 + [True] * 5
