"""The tree of fields: looked at by everybody of the office, edited by its officials and clerks."""

from collections.abc import Callable, Iterable, Iterator

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from workflows.models import Competence, ExpertField, FieldChange
from workflows.review.experts import field_seed, fields
from workflows.web.experts.forms import FieldForm

ACTS: dict[str, Callable[[ExpertField, User], None]] = {
    "up": lambda field, by: fields.shift(field, -1, by=by),
    "down": lambda field, by: fields.shift(field, 1, by=by),
    "retire": lambda field, by: fields.retire(field, by=by),
    "restore": lambda field, by: fields.restore(field, by=by),
}


CHANGES_SHOWN = 30
CHANGE_WORDS = {
    "add": T("Added", "新增"),
    "change": T("Changed", "修改"),
    "move": T("Moved", "移动"),
    "retire": T("Retired", "停用"),
    "restore": T("Used again", "恢复使用"),
}
COLUMNS = {
    "title_zh": T("name in Chinese", "中文名称"),
    "title_en": T("name in English", "英文名称"),
}


def changes_of(rows: Iterable[FieldChange]) -> list[tuple[FieldChange, T, list[tuple[T, str, str]]]]:
    """Each line of a field's history: what was done, and which names it changed."""
    return [
        (
            row,
            CHANGE_WORDS[row.what],
            [
                (words, row.before[name], row.after[name])
                for name, words in COLUMNS.items()
                if row.before and row.before[name] != row.after[name]
            ],
        )
        for row in rows
    ]


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
                fields.add(**form.cleaned_data, by=signed_in(request))
            else:
                fields.change(field, **form.cleaned_data, by=signed_in(request))
        except Refusal as error:
            refusal = error
        else:
            return redirect("expert_fields")
    status = refusal.status if refusal else 422 if form.errors else 200
    changes = field.changes.select_related("by").order_by("-pk")[:CHANGES_SHOWN] if field else ()
    context = {"form": form, "field": field, "refusal": refusal, "changes": changes_of(changes)}
    return render(request, "experts/field.html", context, status=status)


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def expert_field_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Move a field up or down, retire it or take it back into use."""
    if action not in ACTS:
        raise Http404
    ACTS[action](get_object_or_404(ExpertField, pk=pk), signed_in(request))
    return redirect("expert_fields")


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def expert_fields_load(request: HttpRequest) -> HttpResponse:
    """Put the usual fields into the tree."""
    n = field_seed.load_fields(by=signed_in(request))
    messages.success(
        request,
        ngettext("%(n)s field was added.", "%(n)s fields were added.", n) % {"n": n}
        if n
        else _("The usual fields are all there."),
    )
    return redirect("expert_fields")
