"""The tree of fields: looked at by everybody of the office, edited by its officials and clerks."""

from collections.abc import Iterator

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door
from accounts.models import Role
from config.errors import Refusal
from workflows.models import Competence, ExpertField
from workflows.review.experts import field_seed, fields
from workflows.web.experts.forms import FieldForm

ACTS = {
    "up": lambda field: fields.shift(field, -1),
    "down": lambda field: fields.shift(field, 1),
    "retire": fields.retire,
    "restore": fields.restore,
}


def rows_of() -> list[tuple[ExpertField, int]]:
    """Every field with its depth, in the order of the tree; one statement."""
    below: dict[int | None, list[ExpertField]] = {}
    for field in ExpertField.objects.order_by("position", "pk"):
        below.setdefault(field.parent_id, []).append(field)

    def walk(parent: int | None, depth: int) -> Iterator[tuple[ExpertField, int]]:
        for field in below.get(parent, []):
            yield field, depth
            yield from walk(field.pk, depth + 1)

    return list(walk(None, 0))


@door(Role.CLERK, Role.OFFICIAL)
@require_safe
def expert_fields(request: HttpRequest) -> HttpResponse:
    """The whole tree, with how many know each field."""
    known = dict(Competence.objects.order_by().values_list("field").annotate(n=Count("*")))
    rows = [(field, depth, known.get(field.pk, 0)) for field, depth in rows_of()]
    return render(request, "experts/fields.html", {"rows": rows})


@door(Role.CLERK, Role.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def expert_field_add(request: HttpRequest) -> HttpResponse:
    """A new field."""
    return _edit(request, None)


@door(Role.CLERK, Role.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def expert_field(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a field, or put it somewhere else."""
    return _edit(request, get_object_or_404(ExpertField.objects.select_related("parent"), pk=pk))


def _edit(request: HttpRequest, field: ExpertField | None) -> HttpResponse:
    initial = field and {
        "code": field.code, "title_zh": field.title_zh, "title_en": field.title_en, "parent": field.parent_id,
    }  # fmt: skip
    form = FieldForm(request.POST or None, initial=initial or {"parent": request.GET.get("under")})
    if field is not None:
        del form.fields["code"]
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if field is None:
                fields.add(**form.cleaned_data)
            else:
                fields.change(field, **form.cleaned_data)
        except Refusal as error:
            refusal = error
        else:
            return redirect("expert_fields")
    status = refusal.status if refusal else 422 if form.errors else 200
    context = {"form": form, "field": field, "refusal": refusal}
    return render(request, "experts/field.html", context, status=status)


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def expert_field_act(_request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Move a field up or down, retire it or take it back into use."""
    if action not in ACTS:
        raise Http404
    ACTS[action](get_object_or_404(ExpertField, pk=pk))
    return redirect("expert_fields")


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def expert_fields_load(request: HttpRequest) -> HttpResponse:
    """Put the usual fields into the tree."""
    n = field_seed.load_fields()
    messages.success(
        request,
        ngettext("%(n)s field was added.", "%(n)s fields were added.", n) % {"n": n}
        if n
        else _("The usual fields are all there."),
    )
    return redirect("expert_fields")
