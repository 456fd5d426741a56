"""One's own webhooks on pages: the list, a new one with its secret shown once, the log of each."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door, signed_in
from config.errors import Refusal
from workflows import webhooks
from workflows.models import Webhook, WebhookDelivery
from workflows.web.paging import page_of


class WebhookForm(forms.Form):
    """Where messages go, and of which steps."""

    url = forms.CharField(
        max_length=500,
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("An https address of your program, on the public internet."),
        widget=forms.URLInput,
    )
    events = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("Steps"),
        help_text=gettext_lazy("Tick none to hear of all."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        events = self.fields["events"]
        assert isinstance(events, forms.MultipleChoiceField)
        events.choices = [(name, f"{label} ({name})") for name, label in webhooks.known_events().items()]


@door()
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_list(request: HttpRequest) -> HttpResponse:
    """My webhooks, and a form for a new one."""
    user = signed_in(request)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = webhooks.make_webhook(user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("url", str(refusal))
        else:
            response = render(request, "webhooks/made.html", {"webhook": made})
            response["Cache-Control"] = "no-store"
            return response
    context = {"webhooks": Webhook.objects.of(user).order_by("-pk"), "form": form}
    return render(request, "webhooks/list.html", context, status=422 if form.errors else 200)


def _mine(request: HttpRequest, pk: int) -> Webhook:
    return get_object_or_404(Webhook.objects.of(signed_in(request)), pk=pk)


@door()
@require_safe
def webhook_log(request: HttpRequest, pk: int) -> HttpResponse:
    """One webhook and its messages, newest first."""
    hook = _mine(request, pk)
    rows = WebhookDelivery.objects.filter(webhook=hook)
    page = page_of(rows, request.GET, total=rows.count())
    return render(request, "webhooks/log.html", {"webhook": hook, "page": page})


@door()
@require_POST
def webhook_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Pause, resume, end or try out a webhook."""
    act = ACTS.get(action)
    if act is None:
        raise Http404
    hook = _mine(request, pk)
    act(hook)
    if action == "end":
        messages.success(request, _("The webhook is ended."))
        return redirect("webhook_list")
    messages.success(request, _("Done."))
    return redirect("webhook_log", pk=pk)


ACTS: dict[str, Callable[[Webhook], object]] = {
    "pause": webhooks.pause,
    "resume": webhooks.resume,
    "end": webhooks.end,
    "ping": webhooks.ping,
}


@door()
@require_POST
def webhook_again(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    """Send a message again."""
    webhooks.redeliver(get_object_or_404(WebhookDelivery, webhook=_mine(request, pk), pk=delivery))
    messages.success(request, _("The message is sent again."))
    return redirect("webhook_log", pk=pk)
