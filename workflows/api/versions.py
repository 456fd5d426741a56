"""If-Match: a step is taken on the case as it was read, or not at all."""

import re

from django.http import HttpRequest

from workflows.api.errors import BadRequest, VersionNeeded, VersionStale
from workflows.engine.declare import Step
from workflows.models import Application

ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def matched(request: HttpRequest) -> int | None:
    """The version that `If-Match` names, if there is one.

    Raises:
        BadRequest: it names something else.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        return None
    match = ETAG.fullmatch(given)
    if match is None:
        raise BadRequest(what="If-Match")
    return int(match[1])


def require_version(request: HttpRequest, case: Application, step: Step) -> None:
    """Lock the case and compare its version with `If-Match`; a step that moves the case must bear one.

    Within the transaction of the step, so that nothing comes between the comparison and the step.

    Raises:
        VersionNeeded: the step moves the case, and the request says no version.
        VersionStale: the case has another version by now.
    """
    given = matched(request)
    if given is None:
        if step.moves:
            raise VersionNeeded(step=step.label)
        return
    locked = Application.objects.select_for_update(of=("self",)).only("version").get(pk=case.pk)
    if locked.version != given:
        raise VersionStale(number=case.number or f"#{case.pk}", version=locked.version)
