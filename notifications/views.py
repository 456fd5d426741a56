"""Pages of a person's own messages and of what they want by e-mail."""

from django.contrib import messages as notes
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import door
from accounts.models import User
from notifications.models import Message, Preference
from notifications.pages import page_of
from notifications.queries import unread_count
from notifications.topics import optional_mails


def _reader(request: HttpRequest) -> User:
    # The door has let in only who is signed in.
    assert isinstance(request.user, User)
    return request.user


@door()
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """My messages, unread first, newest first."""
    user = _reader(request)
    page = page_of(user, request.GET.get("after", ""))
    unread = unread_count(user)
    return render(request, "notifications/list.html", {"page": page, "unread": unread})


@door()
@require_GET
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a message to what it is about; it counts as read. Without a link, back to the list."""
    message = get_object_or_404(Message.objects.of(_reader(request)), pk=pk)
    Message.objects.filter(pk=message.pk).mark_read()
    return redirect(message.link or "messages:list")


@door()
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one message read and stay on the page."""
    message = get_object_or_404(Message.objects.of(_reader(request)), pk=pk)
    Message.objects.filter(pk=message.pk).mark_read()
    return redirect("messages:list")


@door()
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all of mine read."""
    Message.objects.of(_reader(request)).mark_read()
    notes.success(request, _("All messages are marked as read."))
    return redirect("messages:list")


@door()
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Which e-mails I want; messages on the pages always come."""
    user = _reader(request)
    choices = optional_mails()
    if request.method == "POST":
        wanted = set(request.POST.getlist("topic"))
        _remember(user, {topic: topic in wanted for topic in choices})
        notes.success(request, _("Your choice is saved."))
        return redirect("messages:preferences")
    refused = set(Preference.objects.filter(user=user, email=False).values_list("topic", flat=True))
    rows = [{"topic": topic, "words": words, "on": topic not in refused} for topic, words in choices.items()]
    return render(request, "notifications/preferences.html", {"rows": rows})


@transaction.atomic
def _remember(user: User, choices: dict[str, bool]) -> None:
    Preference.objects.bulk_create(
        [Preference(user=user, topic=topic, email=email) for topic, email in choices.items()],
        update_conflicts=True,
        unique_fields=["user", "topic"],
        update_fields=["email"],
    )
