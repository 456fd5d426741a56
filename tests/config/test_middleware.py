import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.views_that_refuse")]


def test_refusal_is_a_page_with_status_sentence_code_and_way_back():
    answer = browser_of(None).post("/refusing/", headers={"Referer": "http://testserver/terms/?a=1"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "&lt;b&gt; 的申报期已结束。" in page
    assert "too_late" in page
    assert 'href="/terms/?a=1"' in page


def test_refusal_is_a_part_for_htmx():
    answer = browser_of(None, "en").post("/refusing/", headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#refusal"
    assert "<html" not in answer.content.decode()
    assert "The window of &lt;b&gt; is closed." in answer.content.decode()


def test_refusal_is_json_for_a_program():
    answer = browser_of(None, "en").post("/refusing/", headers={"Accept": "application/json"})

    assert answer.status_code == 409
    assert answer.json() == {"code": "too_late", "sentence": "The window of <b> is closed."}


def test_refused_input_is_back_in_the_form():
    person = User.objects.create_user("a@example.com", None, name="甲")
    browser = browser_of(person)

    browser.post("/refusing/", {"a": "1"}, headers={"Referer": "http://testserver/refusing/"})

    assert browser.get("/refusing/").content == b"a=1"


def test_request_id_is_returned_and_only_a_plain_one_is_taken():
    assert Client().get("/terms/", headers={"X-Request-ID": "abc-12345"})["X-Request-ID"] == "abc-12345"
    assert len(Client().get("/terms/", headers={"X-Request-ID": "a\tb <x>"})["X-Request-ID"]) == 32


def test_log_line_names_the_request_and_no_secret(caplog):
    person = User.objects.create_user("a@example.com", None, name="甲")
    with caplog.at_level("INFO", logger="web"):
        browser_of(person).get("/me/?phone=13800138000")
        browser_of(None).get("/me/invitations/verysecrettoken/")

    events = [
        record.msg for record in caplog.records if record.name == "web" and record.msg["event"] == "request"
    ]
    assert [(e["method"], e["path"], e["status"], e["user_id"]) for e in events] == [
        ("GET", "/me/", 200, person.pk),
        ("GET", "/me/invitations/…/", 409, None),
    ]
    assert all(e["duration_ms"] > 0 for e in events)
    assert "13800138000" not in str(events)
    assert "verysecrettoken" not in str(events)


@pytest.mark.parametrize(
    ("path", "status", "zh", "en"),
    [
        ("/nothing-here/", 404, "没有这个页面", "There is no such page"),
        ("/denied/", 403, "您没有权限", "You are not allowed to do this"),
    ],
)
def test_failure_page_is_in_the_look_and_in_both_languages(path, status, zh, en, settings):
    settings.DEBUG = False
    for language, words in (("zh-hans", zh), ("en", en)):
        answer = browser_of(None, language).get(path)
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert 'class="top"' in answer.content.decode()


def test_broken_page_says_so_in_both_languages_without_a_context(settings):
    settings.DEBUG = False
    browser = Client(raise_request_exception=False)

    answer = browser.get("/broken/")

    assert answer.status_code == 500
    assert "系统出错了" in answer.content.decode()
    assert "Something went wrong" in answer.content.decode()
    assert "broken on purpose" not in answer.content.decode()
