"""Appeals: filing one, and answering it. Effects of the steps of the stage `appeal`."""

from django.db.models import F

from config.errors import Refusal
from config.words import T
from workflows.engine.perform import Move
from workflows.models import Appeal, Application, Event, Person, Result
from workflows.rosters import NoSuchPerson, redecide_people


class NotRefused(Refusal):
    code = "not_refused"
    status = 409
    words = T(
        en="{name} was not refused: an appeal is against a refusal.",
        zh="{name} 未被拒绝，无须申诉。",
    )


class AlreadyAppealed(Refusal):
    code = "already_appealed"
    status = 409
    words = T(
        en="An appeal for {name} was made already; each decision can be appealed against once.",
        zh="{name} 已提出过申诉，同一决定只能申诉一次。",
    )


class NoAppeal(Refusal):
    code = "no_appeal"
    status = 409
    words = T(en="No appeal waits for an answer here.", zh="没有待处理的申诉。")


def file_for_case(move: Move) -> None:
    """Effect: the appeal is kept with the decision that it is against: the event that led to where the case stands."""
    for case in Application.objects.filter(pk__any=move.ids):
        led_here = Event.objects.filter(application=case, target=case.state).exclude(source=F("target"))
        made = led_here.order_by("-seq")[:1].get()
        original = {
            "state": case.state,
            "step": made.step,
            "reason": made.reason,
            "amount_fen": case.amount_fen,
        }
        _keep(move, case, made, original)


def file_for_person(move: Move) -> None:
    """Effect: an appeal for one person (`person` in data) whom a rule of the table refused, or an objection revoked.

    Raises:
        NoSuchPerson, NotRefused, AlreadyAppealed: there is nothing to appeal against.
    """
    person = _person(move)
    check_person(person)
    approved = Event.objects.filter(application__in=move.ids, step="approve").order_by("-seq")[:1].get()
    original = {"result": person.result, "rule": person.rule, "award_fen": person.award_fen}
    _keep(move, person.application, approved, original, person)


def check_person(person: Person) -> None:
    """That a person was refused, and that nobody has appealed for them yet.

    Raises:
        NotRefused, AlreadyAppealed: one of the two does not hold.
    """
    if person.result != Result.REFUSED:
        raise NotRefused(name=person.name)
    if Appeal.objects.filter(person=person).exists():
        raise AlreadyAppealed(name=person.name)


def _keep(
    move: Move, case: Application, made: Event, original: dict[str, object], person: Person | None = None
) -> None:
    appeal = Appeal.objects.create(
        application=case, person=person, decided_seq=made.seq, decided_by_id=made.actor_id, original=original,
        statement=move.reason, filed_by=move.actor, filed_at=move.at,
    )  # fmt: skip
    move.found["appeal"] = appeal.pk
    move.found["against"] = {"seq": made.seq, **original}


def uphold(move: Move) -> None:
    """Effect: the appeal is upheld; the case is decided anew, and its first decision stays in the appeal."""
    _answer(move, Appeal.State.UPHELD)


def dismiss(move: Move) -> None:
    """Effect: the appeal is dismissed; the first decision stands."""
    _answer(move, Appeal.State.DISMISSED)


def uphold_person(move: Move) -> None:
    """Effect: the rule that refused this person is passed over for them; the table goes on below it.

    Raises:
        NoSuchPerson, NoAppeal: there is no such appeal.
    """
    person = _person(move)
    appeal = _answer(move, Appeal.State.UPHELD, person)
    person.released = sorted({*person.released, str(appeal.original["rule"])})
    person.save(update_fields=["released"])
    redecide_people(person.application, [person.pk])
    move.found["rule"] = appeal.original["rule"]


def dismiss_person(move: Move) -> None:
    """Effect: the appeal for this person is dismissed."""
    _answer(move, Appeal.State.DISMISSED, _person(move))


def _answer(move: Move, state: Appeal.State, person: Person | None = None) -> Appeal:
    waiting = Appeal.objects.filter(application__in=move.ids, person=person, state=Appeal.State.RECEIVED)
    appeal = waiting.select_for_update(of=("self",)).first()
    if appeal is None:
        raise NoAppeal
    appeal.state, appeal.answer, appeal.answered_by, appeal.answered_at = (
        state,
        move.reason,
        move.actor,
        move.at,
    )
    appeal.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    move.found["appeal"] = appeal.pk
    return appeal


def _person(move: Move) -> Person:
    found = Person.objects.select_related("application").filter(
        application__in=move.ids, pk=move.data.get("person") or 0
    )
    person = found.first()
    if person is None:
        raise NoSuchPerson
    return person
