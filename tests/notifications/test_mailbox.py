"""The demonstration's mailbox reads what Django's file backend writes."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.urls import reverse

from notifications.mailbox import Mailbox, NoSuchMail

BACKEND = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def folder(tmp_path, settings):
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.EMAIL_BACKEND = BACKEND
    return tmp_path / "mail"


def send(*subjects: str, body: str = "您好。\n\n请查看。") -> None:
    """All by one connection, which Django writes into one file."""
    server = get_connection()
    server.send_messages([EmailMessage(subject, body, to=["林晓 <lin@example.com>"]) for subject in subjects])


def rename(folder, old_index: int, name: str) -> None:
    sorted(folder.iterdir())[old_index].rename(folder / name)


def test_mails_are_listed_newest_first(folder):
    send("第一封", "第二封")
    rename(folder, 0, "20191101-080000-1.log")
    send("Third")
    rename(folder, -1, "20191102-080000-1.log")
    mails, after = Mailbox(folder).newest()
    assert [mail.subject for mail in mails] == ["Third", "第二封", "第一封"]
    assert after is None
    assert mails[1].recipient == "林晓 <lin@example.com>"
    assert mails[1].text.strip() == "您好。\n\n请查看。"
    assert mails[1].sent_at is not None


def test_pages_of_mails_follow_each_other(folder):
    send(*[f"A{n}" for n in range(30)])
    rename(folder, 0, "20191101-080000-1.log")
    send(*[f"B{n}" for n in range(10)])
    rename(folder, -1, "20191102-080000-1.log")
    first, after = Mailbox(folder).newest()
    second, end = Mailbox(folder).newest(after or "")
    assert end is None
    expected = [f"B{n}" for n in range(9, -1, -1)] + [f"A{n}" for n in range(29, -1, -1)]
    assert [mail.subject for mail in first + second] == expected


def test_line_of_dashes_in_a_text_does_not_end_the_mail(folder):
    send("One", body="above\n" + "-" * 79 + "\nbelow")
    mails, _ = Mailbox(folder).newest()
    assert len(mails) == 1
    assert "below" in mails[0].text


@pytest.mark.parametrize(
    "name", ["../secret.log", "/etc/passwd", "secret.txt", "linked.log", "", "..", "none.log"]
)
def test_only_mail_files_of_the_folder_are_opened(folder, name):
    folder.mkdir()
    (folder.parent / "secret.log").write_text("Subject: secret\n\nsecret")
    (folder / "secret.txt").write_text("secret")
    (folder / "linked.log").symlink_to(folder.parent / "secret.log")
    with pytest.raises(NoSuchMail):
        Mailbox(folder).open(name, 0)
    assert Mailbox(folder).newest() == ([], None)


def test_missing_folder_is_an_empty_mailbox(folder, client, db):
    assert client.get(reverse("demo-mails")).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_mail_is_read_in_the_browser(folder, client, db, language):
    mail = EmailMultiAlternatives(
        "<b>Moved</b>", "See <script>x</script> http://127.0.0.1:8000/a", to=["k@example.com"]
    )
    mail.attach_alternative("<p>html</p>", "text/html")
    mail.send()
    client.cookies["django_language"] = language
    listing = client.get(reverse("demo-mails"))
    found = listing.context["rows"][0]
    page = client.get(reverse("demo-mail", args=[found.file, found.place]))
    html = page.content.decode()
    assert "&lt;b&gt;Moved&lt;/b&gt;" in html
    assert "<script>x" not in html
    assert '<a href="http://127.0.0.1:8000/a"' in html


def test_mail_that_is_not_there_is_not_found(folder, client, db):
    send("One")
    name = next(folder.iterdir()).name
    assert client.get(reverse("demo-mail", args=[name, 1])).status_code == 404
    assert client.get(reverse("demo-mail", args=["none.log", 0])).status_code == 404


@pytest.mark.parametrize("url", ["/demo/mails/", "/demo/mails/20191101-080000-1.log/0/"])
def test_outside_the_demonstration_there_is_no_mailbox(folder, client, db, settings, url):
    send("One")
    rename(folder, 0, "20191101-080000-1.log")
    settings.DEMO = False
    assert client.get(url).status_code == 404
