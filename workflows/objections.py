"""Objections 异议: real name and contact, confidential; one freezes one person, the rest goes on."""

from datetime import datetime

from accounts.models import User
from config.errors import Refusal
from config.words import T
from notifications import outbox
from storage.models import Document
from workflows.engine.chosen import Chosen
from workflows.engine.deadlines import region_of, working_days_after
from workflows.engine.facts import recount_people
from workflows.engine.perform import Move, Outcome, perform
from workflows.models import Application, Event, NoticeLine, Objection, Person


class ObjectionLate(Refusal):
    code = "objection_late"
    status = 409
    words = T(
        en="The notice period ended on {ends_on}; objections are no longer taken.",
        zh="公示期已于 {ends_on} 结束，不再受理异议。",
    )


class ObjectionAnonymous(Refusal):
    code = "objection_anonymous"
    status = 422
    words = T(
        en="An objection needs your real name, a contact and what you object to.",
        zh="提出异议须写明真实姓名（单位）、联系方式和异议内容。",
    )


class ObjectionSettled(Refusal):
    code = "objection_settled"
    status = 409
    words = T(en="Objection {number} is already decided.", zh="异议 {number} 已经处理。")


def object_to(
    line: NoticeLine,
    *,
    name: str,
    contact: str,
    statement: str,
    from_organisation: bool = False,
    evidence: Document | None = None,
    key: str,
    at: datetime | None = None,
) -> Objection:
    """Take an objection to one line and freeze that one person.

    Raises:
        ObjectionLate: the period is over.
        ObjectionAnonymous: name, contact or statement is missing.
    """
    if not (name.strip() and contact.strip() and statement.strip()):
        raise ObjectionAnonymous
    system = User.objects.system()
    perform(
        "receive_objection",
        [line.application_id],
        actor=system,
        key=key,
        data={"line": line.pk, "person": line.person_id},
        kept={
            "name": name.strip(),
            "contact": contact.strip(),
            "statement": statement.strip(),
            "from_organisation": from_organisation,
            "evidence": evidence,
        },
        at=at,
    )
    made = Event.objects.get(command__actor=system, command__key=key)
    return Objection.objects.get(pk=made.data["objection"])


def receive(move: Move) -> None:
    """Effect: the objection is kept with its number and due day; the person objected to is frozen, nobody else.

    Without a roster it is the case that stands still.
    """
    line = NoticeLine.objects.select_related("notice__batch").get(
        pk=move.data["line"], application_id__any=move.ids
    )
    notice = line.notice
    if not notice.shown_from <= move.at <= notice.shown_until or notice.withdrawn_at:
        raise ObjectionLate(ends_on=notice.ends_on)
    assert move.programme.notice is not None
    objection = Objection.objects.create(
        number=f"YY{move.on:%Y%m%d}-{line.pk:06d}-{line.objections.count() + 1}",
        line=line,
        from_organisation=move.data["from_organisation"],
        objector_name=move.data["name"],
        objector_contact=move.data["contact"],
        statement=move.data["statement"],
        evidence=move.data["evidence"],
        received_at=move.at,
        due_on=working_days_after(
            move.on,
            move.programme.notice.objection_answer_days,
            region=region_of(notice.batch.authority_id),
        ),
    )
    move.found["objection"] = objection.pk
    if line.person_id is not None:
        Person.objects.filter(pk=line.person_id).update(frozen=True)
    _recount(move.ids)


def settle(move: Move) -> None:
    """Effect of deciding: `verdict` in data is upheld (the award is revoked), dismissed or refused (it stands).

    Without a roster the case counts as refused from then on; the step `revoke` ends it.
    """
    objection = Objection.objects.select_for_update().select_related("line").get(pk=move.data["objection"])
    if objection.state != Objection.State.RECEIVED or objection.line.application_id not in move.ids:
        raise ObjectionSettled(number=objection.number)
    objection.state = Objection.State(move.data["verdict"])
    objection.decided_by, objection.decided_at, objection.answer = move.actor, move.at, move.reason
    objection.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    if objection.line.person_id is not None:
        _settle_person(objection, objection.line.person_id)
    outbox.put("objection.decided", f"objection:{objection.pk}:decided", {"objection": objection.pk})
    _recount(move.ids)


def _settle_person(objection: Objection, person_id: int) -> None:
    person = Person.objects.filter(pk=person_id)
    if objection.state == Objection.State.UPHELD:
        person.update(revoked=True)
    others = Objection.objects.filter(line__person=person_id, state=Objection.State.RECEIVED)
    if not others.exists():
        person.update(frozen=False)


def decide_objection(
    objection: Objection, *, verdict: str, answer: str, actor: User, key: str, at: datetime | None = None
) -> Outcome:
    """Answer an objection with reasons; the person goes on or is revoked."""
    return perform(
        "decide_objection",
        [objection.line.application_id],
        actor=actor,
        key=key,
        reason=answer,
        data={"objection": objection.pk, "verdict": verdict, "person": objection.line.person_id},
        at=at,
    )


def _recount(ids: Chosen) -> None:
    recount_people(ids)
    for case in ids:
        count = Objection.objects.filter(line__application=case, state=Objection.State.RECEIVED).count()
        Application.objects.filter(pk=case).update(objections_open=count)
