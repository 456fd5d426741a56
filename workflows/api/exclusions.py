"""The applicant's list of experts to keep away from its case, and what keeps an applicant itself from applying."""

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Schema

from accounts.models import Scope
from workflows import bars as barring
from workflows.api.bearer import asker
from workflows.api.case_out import own_case
from workflows.api.kinds import Id, Ref, Sentence, Words
from workflows.api.routes import EMPLOYER, Routes
from workflows.models import Application
from workflows.review.recusal import excluding
from workflows.web.applicant.cases import organisations_of

routes = Routes("Cases")


class ExcludedOut(Schema):
    """Somebody who is to be kept away."""

    id: int
    name: str
    organisation: str
    credit_code: str
    reason: str


class ExclusionsOut(Schema):
    """The list; it can be changed while it is `open`: until the panel is announced. At most `most` people."""

    open: bool
    most: int
    people: list[ExcludedOut]


class ExcludeIn(Schema):
    """The name, the organisation or its credit code, and the reason."""

    name: Words
    organisation: Words = ""
    code: Words = ""
    reason: Sentence


class BarOut(Schema):
    """Why, and until when, an organisation cannot apply; `case` is the one in which it was found."""

    organisation: Ref
    case: int
    reason: str
    from_on: str
    until_on: str


def _out(case: Application) -> ExclusionsOut:
    return ExclusionsOut(
        open=excluding.is_open(case), most=excluding.MOST,
        people=[
            ExcludedOut(
                id=one.pk, name=one.name, organisation=one.organisation, credit_code=one.credit_code, reason=one.reason
            )
            for one in case.excluded_experts.order_by("pk")
        ],
    )  # fmt: skip


@routes.get("/cases/{pk}/exclusions", ExclusionsOut, scope=Scope.CASES_READ, by=EMPLOYER)
def case_exclusions(request: HttpRequest, pk: Id) -> ExclusionsOut:
    """Whom the applicant wants kept away from the case."""
    return _out(own_case(request, pk))


@routes.change(
    "POST", "/cases/{pk}/exclusions", ExclusionsOut, scope=Scope.CASES_WRITE, by=EMPLOYER, status=201
)
def case_exclusion_add(request: HttpRequest, pk: Id, asked: ExcludeIn) -> ExclusionsOut:
    """Name one more person to be kept away, with the reason."""
    case = own_case(request, pk)
    excluding.exclude(case, **asked.model_dump(), by=asker(request))
    return _out(case)


@routes.change(
    "POST", "/cases/{pk}/exclusions/{entry}/removal", ExclusionsOut, scope=Scope.CASES_WRITE, by=EMPLOYER
)
def case_exclusion_remove(request: HttpRequest, pk: Id, entry: Id) -> ExclusionsOut:
    """Take somebody off the list."""
    case = own_case(request, pk)
    if not case.excluded_experts.filter(pk=entry).exists():
        raise Http404
    excluding.take_back(case, entry)
    return _out(case)


@routes.get("/bars", list[BarOut], scope=Scope.CASES_READ, by=EMPLOYER)
def bars(request: HttpRequest) -> list[BarOut]:
    """What keeps one's organisations from applying today. Bars are set and lifted by steps of a case."""
    standing = barring.standing(organisations_of(asker(request)), timezone.localdate())
    return [
        BarOut(
            organisation=Ref(id=one.organisation_id, name=one.organisation.name), case=one.application_id,
            reason=one.reason, from_on=one.from_on.isoformat(), until_on=one.until_on.isoformat(),
        )
        for one in standing
    ]  # fmt: skip
