"""A person's messages in the browser."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config.words import T
from notifications.models import Message, Preference
from notifications.queries import unread_count
from notifications.topics import optional_mail

LIST = reverse("messages:list")


def make(user: User, count: int, *, read: bool = False, **words) -> list[Message]:
    start = Message.objects.count()
    words = {"subject_en": "Moved", "subject_zh": "有进展", "body_en": "Look.", "body_zh": "请查看。"} | words
    return Message.objects.bulk_create(
        Message(
            key=f"m:{start + n}",
            recipient=user,
            topic="t",
            link=f"/cases/{start + n}/",
            read_at=timezone.now() if read else None,
            **words,
        )
        for n in range(count)
    )


@pytest.fixture
def page(client, kate):
    """The pages as Kate sees them, in English."""
    client.force_login(kate)
    client.cookies["django_language"] = "en"
    return client


def test_unread_come_first_then_the_newest(page, kate):
    old_unread = make(kate, 1)[0]
    read = make(kate, 2, read=True)
    new_unread = make(kate, 1)[0]
    rows = page.get(LIST).context["page"].rows
    assert [row.pk for row in rows] == [new_unread.pk, old_unread.pk, read[1].pk, read[0].pk]


def test_pages_follow_each_other_without_gap_or_double(page, kate):
    make(kate, 30, read=True)
    make(kate, 30)
    seen: list[int] = []
    after = ""
    for _ in range(3):
        shown = page.get(LIST, {"after": after}).context["page"]
        seen += [row.pk for row in shown.rows]
        after = shown.next
    assert after is None
    assert len(seen) == len(set(seen)) == 60
    assert all(row.read_at is None for row in Message.objects.filter(pk__in=seen[:30]))


@pytest.mark.parametrize("after", ["", "x", "u", "r99999999999999999999", "u1;drop"])
def test_cursor_that_is_none_shows_the_first_page(page, kate, after):
    make(kate, 1)
    assert len(page.get(LIST, {"after": after}).context["page"].rows) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_a_fixed_number_of_statements(page, kate, count, django_assert_num_queries):
    make(kate, count)
    page.get(LIST)
    with django_assert_num_queries(6):
        page.get(LIST)


def test_opening_a_message_marks_it_read_and_leads_to_its_subject(page, kate):
    message = make(kate, 1)[0]
    answer = page.get(reverse("messages:open", args=[message.pk]))
    assert (answer.status_code, answer["Location"]) == (302, message.link)
    assert unread_count(kate) == 0


def test_reading_again_keeps_the_first_time(page, kate):
    message = make(kate, 1, read=True)[0]
    page.get(reverse("messages:open", args=[message.pk]))
    assert Message.objects.get().read_at == message.read_at


def test_mark_read_stays_on_the_list(page, kate):
    message = make(kate, 2)[0]
    answer = page.post(reverse("messages:read", args=[message.pk]))
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert unread_count(kate) == 1


def test_mark_all_read_leaves_other_people_s_alone(page, kate, lin):
    make(kate, 3)
    make(lin, 1)
    page.post(reverse("messages:read-all"))
    assert (unread_count(kate), unread_count(lin)) == (0, 1)


@pytest.mark.parametrize(("name", "method"), [("messages:open", "get"), ("messages:read", "post")])
def test_another_person_s_message_is_not_there(page, lin, name, method):
    message = make(lin, 1)[0]
    assert getattr(page, method)(reverse(name, args=[message.pk])).status_code == 404
    assert unread_count(lin) == 1


@pytest.mark.parametrize("name", ["messages:read-all"])
def test_what_changes_something_is_not_a_link(page, name):
    assert page.get(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", ["messages:list", "messages:preferences"])
def test_pages_are_for_people_who_signed_in(client, db, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_markup_in_a_message_is_text(page, kate):
    make(kate, 1, subject_en="<script>alert(1)</script>", body_en="<img src=x onerror=alert(1)>")
    html = page.get(LIST).content.decode()
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_preferences_are_kept_for_the_topics_offered(page, kate):
    optional_mail("case.moved", T(en="Progress", zh="进展"))
    optional_mail("notice.new", T(en="Notices", zh="公示"))
    url = reverse("messages:preferences")
    offered = {row["topic"]: row["on"] for row in page.get(url).context["rows"]}
    assert offered["case.moved"] is offered["notice.new"] is True
    for _ in range(2):
        page.post(url, {"topic": ["notice.new", "made.up"]})
    kept = dict(Preference.objects.filter(user=kate).values_list("topic", "email"))
    assert kept["case.moved"] is False
    assert kept["notice.new"] is True
    assert "made.up" not in kept
