"""Objections: the list without who objects; opened by an official, which is an event; decided with reasons."""

from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import StringConstraints

from accounts.doors import RoleNeeded
from accounts.models import Role, Scope
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.keeping import key_of
from workflows.api.kinds import After, Id, Limit, LinkOut, Rows
from workflows.api.lists import page_of
from workflows.api.routes import DESK, Routes
from workflows.api.uploads import link_to
from workflows.engine.asking import ROLE_WORDS
from workflows.engine.perform import perform
from workflows.models import Objection
from workflows.objections import decide_objection
from workflows.web.official.objection import FIELD, NotOpened, has_opened, may_open, read_objection
from workflows.web.official.scope import objections_by

routes = Routes("Notices and objections")


class ObjectionOut(Schema):
    """An objection to one line; who objects is for officials who open it."""

    id: int
    number: str
    notice: int
    line: int
    case: int
    person: str
    state: str
    state_label: str
    received_at: str
    due_on: str
    decided_at: str | None
    answer: str


class OpenedOut(Schema):
    """The confidential part."""

    name: str
    contact: str
    statement: str
    evidence: bool


class DecideIn(Schema):
    """Upheld: the award of this person is revoked. Dismissed: it stands. Refused: not admitted."""

    verdict: Literal["upheld", "dismissed", "refused"]
    answer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


def _out(found: Objection) -> ObjectionOut:
    return ObjectionOut(
        id=found.pk,
        number=found.number,
        notice=found.line.notice_id,
        line=found.line.position,
        case=found.line.application_id,
        person=found.line.person_name,
        state=found.state,
        state_label=found.get_state_display(),
        received_at=found.received_at.isoformat(),
        due_on=found.due_on.isoformat(),
        decided_at=iso(found.decided_at),
        answer=found.answer,
    )


def _of_an_official(request: HttpRequest, pk: int) -> Objection:
    """The objection, for officials of the authority.

    Raises:
        Http404: the asker may not know of it.
        RoleNeeded: they may know that there is one, but not by whom.
    """
    found = read_objection(asker(request), pk)
    if not may_open(asker(request), found):
        raise RoleNeeded(roles=ROLE_WORDS[Role.OFFICIAL])
    return found


@routes.get("/objections", Rows[ObjectionOut], scope=Scope.BATCHES_READ, by=DESK)
def objections(
    request: HttpRequest, after: After = None, limit: Limit = 30, state: Objection.State | None = None
) -> Rows[ObjectionOut]:
    """The objections to notices of one's offices, newest first."""
    found = objections_by(asker(request)).select_related("line")
    if state is not None:
        found = found.filter(state=state.value)
    found = found.defer("objector_name", "objector_contact", "statement")
    page, following = page_of(request, found, after=after, limit=limit)
    return Rows[ObjectionOut](rows=[_out(one) for one in page], next=following)


@routes.get("/objections/{pk}", ObjectionOut, scope=Scope.BATCHES_READ, by=DESK)
def objection(request: HttpRequest, pk: Id) -> ObjectionOut:
    """One objection, without who objects."""
    return _out(read_objection(asker(request), pk))


@routes.change("POST", "/objections/{pk}/open", OpenedOut, scope=Scope.SEALED_READ, by=DESK)
def objection_open(request: HttpRequest, pk: Id) -> OpenedOut:
    """Open the confidential part; that somebody did is an event. It must be read before it is decided."""
    user, found = asker(request), _of_an_official(request, pk)
    if not has_opened(user, found):
        data = {"field": FIELD, "objection": found.pk}
        perform("reveal", [found.line.application_id], actor=user, key=key_of(request), data=data)
    return OpenedOut(
        name=found.objector_name,
        contact=found.objector_contact,
        statement=found.statement,
        evidence=found.evidence_id is not None,
    )


@routes.get("/objections/{pk}/evidence", LinkOut, scope=Scope.SEALED_READ, by=DESK)
def objection_evidence(request: HttpRequest, pk: Id) -> LinkOut:
    """A signed address of the document that came with it, for whoever has opened it."""
    found = _of_an_official(request, pk)
    if found.evidence is None:
        raise Http404
    if not has_opened(asker(request), found):
        raise NotOpened
    return link_to(found.evidence)


@routes.change("POST", "/objections/{pk}/decide", ObjectionOut, scope=Scope.BATCHES_WRITE, by=DESK)
def objection_decide(request: HttpRequest, pk: Id, asked: DecideIn) -> ObjectionOut:
    """Decide it with reasons; the person goes on, or loses the award."""
    user, found = asker(request), _of_an_official(request, pk)
    if not has_opened(user, found):
        raise NotOpened
    decide_objection(found, verdict=asked.verdict, answer=asked.answer, actor=user, key=key_of(request))
    return _out(read_objection(user, pk))
