"""The demonstration's e-mails, read in the browser. 404 anywhere else."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.doors import door
from notifications.mailbox import Mailbox, NoSuchMail


def _mailbox() -> Mailbox:
    if not settings.DEMO:
        raise Http404
    return Mailbox(Path(settings.EMAIL_FILE_PATH))


@door(public=True)
@require_GET
def mails(request: HttpRequest) -> HttpResponse:
    """Every mail that the demonstration sent, newest first."""
    rows, after = _mailbox().newest(after=request.GET.get("after", ""))
    return render(request, "notifications/mails.html", {"rows": rows, "next": after})


@door(public=True)
@require_GET
def mail(request: HttpRequest, file: str, place: int) -> HttpResponse:
    """One mail as plain text."""
    try:
        found = _mailbox().open(file, place)
    except NoSuchMail as error:
        raise Http404 from error
    return render(request, "notifications/mail_read.html", {"mail": found})
