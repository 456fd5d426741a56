"""Showing a sealed number, once; each time is an event that says who saw whose number."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from accounts.models import Scope
from workflows.api.bearer import asker
from workflows.api.case_out import desk_case
from workflows.api.keeping import key_of
from workflows.api.kinds import Id, Words
from workflows.api.routes import DESK, Routes
from workflows.drafts import answers_of
from workflows.engine.perform import perform
from workflows.models import Person

routes = Routes("Cases")


class RevealIn(Schema):
    """A sealed answer by its field's name, or a person by id."""

    field: Words | None = None
    person: Id | None = None


class RevealOut(Schema):
    label: str
    text: str


@routes.change("POST", "/cases/{pk}/reveal", RevealOut, scope=Scope.SEALED_READ, by=DESK, kept=False)
def case_reveal(request: HttpRequest, pk: Id, asked: RevealIn) -> RevealOut:
    """Show a sealed number. It is an event of the case, and the same key shows nothing a second time."""
    case = desk_case(request, pk)
    form = case.declaration.form
    data: dict[str, Any]
    if asked.person is not None:
        person = get_object_or_404(Person, application=case, pk=asked.person)
        data, out = {"person": person.pk}, RevealOut(label=person.name, text=person.id_number)
    elif asked.field in form.sealed_names:
        assert asked.field is not None
        text = answers_of(case).get(asked.field, "")
        data, out = {"field": asked.field}, RevealOut(label=str(form.by_name[asked.field].label), text=text)
    else:
        raise Http404
    perform("reveal", [pk], actor=asker(request), key=key_of(request), data=data)
    return out
