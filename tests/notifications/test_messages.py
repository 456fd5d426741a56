"""Telling people: once, in their language, by the ways they chose."""

import pytest
from django.utils import translation

from accounts.models import User
from config.words import T
from notifications.messages import tell, tell_all
from notifications.models import Message, OutboxRow, Preference
from notifications.notes import Note
from notifications.outbox import deliver_due

SUBJECT = T(en="Your application was accepted", zh="申报已受理")
BODY = T(
    en="We check it until 29 Nov.\n\nNothing is left to do.",
    zh="我们将于 11 月 29 日前完成初审。\n\n您无需操作。",
)


def tell_of_case(*people: User, key: str = "case:7:accept", **changes) -> None:
    words = {"subject": SUBJECT, "body": BODY, "link": "/cases/7/", "topic": "case.moved", **changes}
    tell(people, key=key, **words)


def test_message_speaks_the_reader_s_language(lin):
    tell_of_case(lin)
    message = Message.objects.get()
    with translation.override("en"):
        assert (message.subject, message.body) == (SUBJECT.en, BODY.en)
    with translation.override("zh-hans"):
        assert (message.subject, message.body) == (SUBJECT.zh, BODY.zh)


def test_told_twice_is_one_message_and_one_mail(lin, kate, mailoutbox):
    tell_of_case(lin, kate)
    tell_of_case(lin, kate)
    deliver_due()
    tell_of_case(lin, kate)
    deliver_due()
    assert sorted(Message.objects.values_list("key", flat=True)) == sorted(
        [f"case:7:accept:{lin.pk}", f"case:7:accept:{kate.pk}"]
    )
    assert len(mailoutbox) == 2


def test_mail_is_in_the_recipient_s_language(lin, kate, mailoutbox):
    tell_of_case(lin, kate)
    with translation.override("zh-hans"):
        deliver_due()
    by_person = {mail.to[0]: mail for mail in mailoutbox}
    english, chinese = by_person["kate@example.com"], by_person["lin@example.com"]
    assert english.subject == SUBJECT.en
    assert "Hello Kate," in english.body
    assert "Nothing is left to do." in english.body
    assert chinese.subject == SUBJECT.zh
    assert "您无需操作。" in chinese.body
    assert '<html lang="zh-Hans">' in chinese.alternatives[0].content
    assert '<html lang="en">' in english.alternatives[0].content


def test_mail_has_headers_that_name_it(kate, mailoutbox, settings):
    settings.SITE_URL = "https://apply.example.gov"
    tell_of_case(kate, programme="talent-tax-rebate")
    deliver_due()
    [mail] = mailoutbox
    headers = mail.message()
    assert headers["Message-ID"].endswith("@apply.example.gov>")
    assert headers["List-Id"] == "<talent-tax-rebate.apply.example.gov>"
    assert headers["List-Unsubscribe"] == "<https://apply.example.gov/messages/preferences/>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Content-Language"] == "en"
    assert mail.from_email == settings.DEFAULT_FROM_EMAIL
    assert "https://apply.example.gov/cases/7/" in mail.body


def test_preference_off_is_a_message_without_mail(lin, kate, mailoutbox):
    Preference.objects.create(user=lin, topic="case.moved", email=False)
    tell_of_case(lin, kate)
    tell_of_case(lin, key="other", topic="notice.published")
    deliver_due()
    assert Message.objects.filter(recipient=lin).count() == 2
    assert sorted((mail.to[0], mail.subject) for mail in mailoutbox) == [
        ("kate@example.com", SUBJECT.en),
        ("lin@example.com", SUBJECT.zh),
    ]
    assert not OutboxRow.objects.filter(key=f"case:7:accept:{lin.pk}").exists()


def test_deactivated_person_gets_no_mail(lin, mailoutbox):
    tell_of_case(lin)
    User.objects.update(is_active=False)
    assert deliver_due() == 1
    assert mailoutbox == []


def test_line_break_in_a_subject_makes_no_header(kate, mailoutbox):
    tell_of_case(kate, subject=T(en="Firm\r\nBcc: all@example.com", zh="单位\n抄送"))
    deliver_due()
    assert mailoutbox[0].subject == "Firm Bcc: all@example.com"
    assert mailoutbox[0].message()["Bcc"] is None


def test_markup_in_words_is_escaped_in_the_mail(kate, mailoutbox):
    evil = T(en="<script>alert(1)</script>", zh="<script>alert(1)</script>")
    tell_of_case(kate, subject=evil, body=evil)
    deliver_due()
    html = mailoutbox[0].alternatives[0].content
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert(1)</script>" in mailoutbox[0].body  # plain text stays as it is


@pytest.mark.parametrize(
    "link", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_link_to_elsewhere_is_refused(lin, link):
    with pytest.raises(ValueError, match="a path of this site"):
        tell_of_case(lin, link=link)


def test_telling_nobody_asks_the_database_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        tell_of_case()


@pytest.mark.parametrize("count", [1, 300])
def test_telling_takes_the_same_statements_for_one_and_for_many(db, django_assert_num_queries, count):
    people = User.objects.bulk_create(User(email=f"p{n}@example.com", name=f"P{n}") for n in range(count))
    notes = [
        Note(recipient=user, key=f"k:{user.pk}", subject=SUBJECT, body=BODY, link="", topic="t")
        for user in people
    ]
    # Savepoint, messages, preferences, outbox, release.
    with django_assert_num_queries(5):
        tell_all(notes)
    assert Message.objects.count() == OutboxRow.objects.count() == count
