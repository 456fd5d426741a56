"""The expert's own door: becoming one, and keeping one's file current."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Organisation, OrganisationKind, Role, User
from config.errors import Refusal
from workflows.models import Expert
from workflows.review.experts.entering import AGAIN
from workflows.web.experts import parts
from workflows.web.experts.file import contents, edit
from workflows.web.experts.forms import ApplicationForm, own_details
from workflows.web.experts.office import TONES, enter


def own_file(user: User) -> Expert:
    """The file of `user` themselves; a 404 where they have none."""
    return get_object_or_404(Expert.objects.select_related("office", "user"), user=user)


@door(public=True)
@require_safe
def become_expert(request: HttpRequest) -> HttpResponse:
    """What experts do, what is asked of them, and how to apply; where one stands, for who has applied."""
    user = request.user
    mine = (
        Expert.objects.select_related("office").filter(user=user).first() if isinstance(user, User) else None
    )
    context = {
        "mine": mine,
        "tone": TONES[mine.status] if mine else "",
        "again": mine is not None and mine.status in AGAIN,
        "offices": Organisation.objects.filter(kind=OrganisationKind.ASSOCIATION).order_by("pk"),
    }
    return render(request, "experts/become.html", context)


@door()
@require_http_methods(["GET", "HEAD", "POST"])
def apply_expert(request: HttpRequest) -> HttpResponse:
    """Apply to be an expert, with the address that one signs in with."""
    user = signed_in(request)
    mine = Expert.objects.filter(user=user).first()
    if mine is not None and mine.status not in AGAIN:
        return redirect("become_expert")
    offices = list(Organisation.objects.filter(kind=OrganisationKind.ASSOCIATION).order_by("pk"))
    form = ApplicationForm(request.POST or None, initial={"name": user.name, "languages": ["zh"]})
    del form.fields["email"]
    refusal: Refusal | None = None
    if request.method == "POST" and offices and form.is_valid():
        office = next((o for o in offices if str(o.pk) == request.POST.get("office")), offices[0])
        try:
            enter(form, office, by=user, user=user)
        except Refusal as error:
            refusal = error
        else:
            return redirect("become_expert")
    context = {"form": form, "offices": offices, "refusal": refusal}
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "experts/apply.html", context, status=status)


@door(Role.EXPERT)
@require_safe
def my_expert(request: HttpRequest) -> HttpResponse:
    """One's own file."""
    return render(request, "experts/mine.html", {**contents(own_file(signed_in(request))), "own": True})


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def my_expert_edit(request: HttpRequest) -> HttpResponse:
    """What one may change oneself."""
    return edit(request, own_file(signed_in(request)), own_details, own=True, back=reverse("my_expert"))


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def my_expert_known(request: HttpRequest) -> HttpResponse:
    """One's fields."""
    return parts.change_fields(request, own_file(signed_in(request)), own=True, back=reverse("my_expert"))


@door(Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def my_expert_add(request: HttpRequest, kind: str) -> HttpResponse:
    """One title, post, relative or absence more."""
    return parts.add(request, own_file(signed_in(request)), kind, own=True, back=reverse("my_expert"))


@door(Role.EXPERT)
@require_POST
def my_expert_part(request: HttpRequest, kind: str, part: int, action: str) -> HttpResponse:
    """End or take back one of them; the office confirms."""
    if action == "confirm":
        raise Http404
    return parts.act(request, own_file(signed_in(request)), kind, part, action, back=reverse("my_expert"))


@door(Role.EXPERT)
@require_safe
def my_expert_evidence(request: HttpRequest, part: int) -> HttpResponse:
    """The paper of one's title."""
    return parts.evidence(own_file(signed_in(request)), part)


@door(Role.EXPERT)
@require_POST
def my_expert_evidence_begin(request: HttpRequest, part: int) -> HttpResponse:
    """Upload it."""
    return parts.begin(request, own_file(signed_in(request)), part)
