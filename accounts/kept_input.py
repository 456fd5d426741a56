"""What a person typed into a form whose session ended before it was sent: kept for them, sealed, for a while.

The words go into the (new, anonymous) session, encrypted, and come back on the page of the form after
sign-in. Passwords, the CSRF token and files are never kept.
"""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict

from accounts.sealing import UnknownKey, seal, unseal
from config.refusals import form_page

SESSION_KEY = "kept_input"
KEPT_SECONDS = 30 * 60
MAX_CHARACTERS = 200_000
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "login", "otp", "code"})


class KeptInput:
    """The fields as they were typed. Truthy; reading `values` says that the page shows them itself."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = dict(fields)
        self.shown = False

    @property
    def lists(self) -> list[tuple[str, list[str]]]:
        """Name and values of every field, for the page's script."""
        return list(self._fields.items())

    @property
    def values(self) -> QueryDict:
        """The fields as a view would have received them: bind the form with it, or take initial values.

        A view that reads this presents the input itself, and the page's script stays out of it.
        """
        self.shown = True
        data = QueryDict(mutable=True)
        for name, values in self._fields.items():
            data.setlist(name, values)
        return data

    @property
    def initial(self) -> dict[str, Any]:
        """The last value of each field, for `Form(initial=…)`."""
        return self.values.dict()


def keep(request: HttpRequest, *, owner_id: int | None) -> str:
    """Keep the posted fields for the page of the form; gives that page's path (with its query).

    `owner_id` is the person whose session ended, where that is known: nobody else is shown the input.
    """
    page = form_page(request)
    fields = {name: values for name, values in request.POST.lists() if not _secret(name)}
    text = json.dumps({"page": page, "owner": owner_id, "at": time.time(), "fields": fields})
    if fields and len(text) <= MAX_CHARACTERS:
        request.session[SESSION_KEY] = base64.b64encode(seal(text)).decode()
    return page


def restored(request: HttpRequest) -> KeptInput | None:
    """What was kept for this very page and this person, until its time is over; None otherwise."""
    kept = _kept(request)
    if kept is None or kept["page"].partition("?")[0] != request.path:
        return None
    if kept["owner"] not in (None, request.user.pk):
        return None
    return KeptInput(kept["fields"])


def forget(request: HttpRequest) -> None:
    """Drop what is kept for this page: its form has been sent."""
    kept = _kept(request)
    if kept is not None and form_page(request).partition("?")[0] == kept["page"].partition("?")[0]:
        del request.session[SESSION_KEY]


def _kept(request: HttpRequest) -> dict[str, Any] | None:
    sealed = request.session.get(SESSION_KEY)
    if not sealed:
        return None
    try:
        kept: dict[str, Any] = json.loads(unseal(base64.b64decode(sealed)))
    except (UnknownKey, ValueError):
        del request.session[SESSION_KEY]
        return None
    if time.time() - kept["at"] > KEPT_SECONDS:
        del request.session[SESSION_KEY]
        return None
    return kept


def _secret(name: str) -> bool:
    return name in NEVER_KEPT or "password" in name.lower()
