"""The bank's return: uploaded straight to the store, looked at, then recorded, all of it or nothing."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import door, signed_in
from accounts.models import Role
from config.errors import Refusal
from config.templatetags.words import count
from forms.roster import template_xlsx
from storage import uploads
from storage.errors import BadName
from storage.models import Document
from storage.uploads import RETURN as LIMITS
from storage.views import ticket_json
from workflows.bank_returns import RETURN, apply, check, purpose_of, read_file, uploads_of
from workflows.models import PaymentList
from workflows.web.desk.worklist import XLSX
from workflows.web.keys import fresh_key, key_of
from workflows.web.official.payment_list import read_list, require_role
from workflows.web.official.payments import ListSums, sums_of_lists


def _mine(request: HttpRequest, pk: int) -> PaymentList:
    user = signed_in(request)
    made = read_list(user, pk)
    require_role(user, made, Role.CASHIER)
    return made


@door(Role.CASHIER)
@require_POST
def return_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Announce an upload: `{filename, size_bytes, content_type}` → where the browser posts it."""
    made = _mine(request, pk)
    try:
        asked = json.loads(request.body)
        filename, size_bytes = str(asked["filename"]), int(asked["size_bytes"])
    except (ValueError, TypeError, KeyError) as error:
        raise BadName(filename="", longest=uploads.LONGEST_NAME) from error
    ticket = uploads.begin(
        user=signed_in(request),
        organisation=made.authority,
        filename=filename,
        size_bytes=size_bytes,
        content_type=str(asked.get("content_type", "")),
        limits=LIMITS,
        purpose=purpose_of(made),
    )
    return ticket_json(ticket)


@door(Role.CASHIER)
@require_GET
def return_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The place to upload, with the newest file; replaces itself when a file has passed its checks."""
    made = _mine(request, pk)
    return render(request, "official/part_return.html", panel(made))


def panel(made: PaymentList) -> dict[str, object]:
    """What the upload panel draws."""
    return {"made": made, "limits": LIMITS, "upload": uploads_of(made).first()}


@door(Role.CASHIER)
@require_GET
def return_template(_request: HttpRequest) -> HttpResponse:
    """An empty return, for banks that ask how it should look."""
    response = HttpResponse(template_xlsx(RETURN, get_language() or "zh-hans"), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="bank-return.xlsx"'
    return response


@door(Role.CASHIER)
@require_http_methods(["GET", "HEAD", "POST"])
def bank_return(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    """What a return would do to the list, line by line; with POST it is done."""
    made = _mine(request, pk)
    found: Document = get_object_or_404(uploads_of(made), pk=document)
    if request.method != "POST":
        return _preview(request, made, found)
    try:
        done = apply(made, found, actor=signed_in(request), key=key_of(request))
    except Refusal as refusal:
        return _preview(request, made, found, refusal)
    n = len(done.paid)
    words = ngettext("%(n)s line paid", "%(n)s lines paid", n) % {"n": count(n)}
    if done.failed:
        failed = ngettext("%(n)s failed", "%(n)s failed", len(done.failed)) % {"n": count(len(done.failed))}
        words = _("%(paid)s, %(failed)s") % {"paid": words, "failed": failed}
    messages.success(request, words)
    return redirect("payment_list", pk=pk)


def _preview(
    request: HttpRequest, made: PaymentList, document: Document, refusal: Refusal | None = None
) -> HttpResponse:
    """The page before it is applied; a file that cannot be read says why, and nothing else."""
    try:
        found = check(made, read_file(document))
    except Refusal as unreadable:
        if unreadable.status >= 500:
            raise
        context = {"made": made, "document": document, "refusal": unreadable}
        return render(request, "official/bank_return.html", context, status=unreadable.status)
    sums = sums_of_lists([made.pk]).get(made.pk, ListSums())
    context = {
        "made": made, "document": document, "check": found, "sums": sums, "refusal": refusal, "key": fresh_key(),
    }  # fmt: skip
    return render(request, "official/bank_return.html", context, status=refusal.status if refusal else 200)
