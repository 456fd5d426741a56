"""Showing a sealed number once. Each time is an event that says who saw whose number."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role
from config.errors import Refusal
from config.words import T
from workflows.drafts import answers_of
from workflows.engine.perform import perform
from workflows.models import Application, Command
from workflows.web.desk.reading import person_of, read_case


class AlreadyShown(Refusal):
    """A number is shown once for each time that is asked; loading the page again is not asking."""

    code = "already_shown"
    status = 409
    words = T(
        en="This number has been shown once. Ask for it again on the page of the case.",
        zh="这个号码已显示过一次。如仍需查看，请回到本件页面重新点击。",
    )


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def case_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Perform `reveal` for a sealed answer (`field`) or a person's document (`person`), and show it."""
    user = signed_in(request)
    case = read_case(user, pk)
    if request.method != "POST":
        return redirect("case", pk=pk)
    key = request.POST.get("key", "")[:80]
    label, text, data = _sought(case, request)
    if Command.objects.filter(actor=user, key=key).exists():
        raise AlreadyShown
    perform("reveal", [pk], actor=user, key=key, data=data)
    response = render(request, "desk/revealed.html", {"case": case, "label": label, "text": text, **data})
    response["Cache-Control"] = "no-store"
    return response


def _sought(case: Application, request: HttpRequest) -> tuple[T, str, dict[str, object]]:
    if "person" in request.POST:
        person = person_of(case, request.POST["person"])
        return T(person.name, person.name), person.id_number, {"person": person.pk}
    name = request.POST.get("field", "")
    if name not in case.declaration.form.sealed_names:
        raise Http404
    return case.declaration.form.by_name[name].label, answers_of(case).get(name, ""), {"field": name}
