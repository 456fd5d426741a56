"""Declaring a conflict for somebody, and settling one: never by the expert, never by whoever declared it."""

from config.errors import Refusal
from config.words import T
from storage.models import MaskedCopy
from workflows.engine.case_fields import say_fields
from workflows.engine.perform import Move
from workflows.models import Application, ApplicationPaper, Conflict, Expert
from workflows.review import counting
from workflows.review.recusal.finding import find_conflicts
from workflows.review.recusal.rules import DECLARED


class UnknownExpert(Refusal):
    code = "unknown_expert"
    status = 422
    words = T(
        en="No expert of your database has the code “{code}”. Look it up in the expert database.",
        zh="本单位专家库没有编号“{code}”。请在专家库中查找。",
    )


class AlreadyKeptAway(Refusal):
    code = "already_kept_away"
    status = 409
    words = T(
        en="{expert} is kept away from this case by a declaration already.",
        zh="{expert} 已因申明回避，不再参与本件评审。",
    )


class NoSuchConflict(Refusal):
    code = "no_such_conflict"
    status = 422
    words = T(
        en="Name the conflict to be settled: open the page “Conflicts” of the case.",
        zh="请指明要处理的回避事项：请打开本件的“回避”页面。",
    )


class SettledAlready(Refusal):
    code = "conflict_settled"
    status = 409
    words = T(
        en="This conflict is settled already: “{how}”. Reload the page.",
        zh="该项回避已处理（{how}）。请刷新页面。",
    )


class AnotherSettles(Refusal):
    code = "another_settles"
    status = 409
    words = T(
        en="Whoever declared a conflict, or is concerned by it, does not settle it: ask a colleague.",
        zh="申明回避的人和当事专家本人不能处理该项回避，请由其他同事办理。",
    )


class SettleHow(Refusal):
    code = "settle_how"
    status = 422
    words = T(
        en="Choose whether it is not so (dismissed) or does not matter here (waived).",
        zh="请选择处理方式：情况不属实（不成立），或不影响本件评审（豁免）。",
    )


def put_before_panel(move: Move) -> None:
    """Effect: whoever is tied to these cases is kept away from the moment they are put before the panel.

    They get the fields that their programme declares, where nobody has said any of them. Where experts are not to
    know who applies, the copies of papers that they read are ordered.
    """
    find_conflicts(move.ids, at=move.at)
    say_fields(move.programme, move.ids)
    if move.programme.blind.applicants:
        papers = ApplicationPaper.objects.filter(application__in=list(move.ids), removed_at=None)
        copies = [MaskedCopy(document_id=pk) for pk in papers.values_list("document", flat=True)]
        MaskedCopy.objects.bulk_create(copies, ignore_conflicts=True)


def declare_for(move: Move) -> None:
    """Effect: the expert `data["expert"]` is kept away from the case from now on, for the reason given.

    Raises:
        UnknownExpert: the office's database has none of that code.
        AlreadyKeptAway: they, or somebody for them, have declared it.
    """
    case = Application.objects.get(pk__any=move.ids)
    code = str(move.data.get("expert", "")).strip().upper()
    expert = Expert.objects.filter(code=code, office=case.handler_id).first()
    if expert is None:
        raise UnknownExpert(code=code)
    there = Conflict.objects.filter(expert=expert, application=case, rule=DECLARED)
    if there.standing().exists():
        raise AlreadyKeptAway(expert=expert.code)
    kept, _made = Conflict.objects.update_or_create(
        expert=expert, application=case, rule=DECLARED,
        defaults={
            "evidence": {"said": move.reason}, "source": Conflict.Source.DECLARED, "declared_by": move.actor,
            "found_at": move.at, "settled_as": "", "settled_by": None, "settled_at": None, "settled_reason": "",
        },
    )  # fmt: skip
    counting.recount(move.ids)
    move.found["conflict"] = kept.pk


def settle(move: Move) -> None:
    """Effect: the conflict `data["conflict"]` is dismissed or waived (`data["how"]`), for the reason given.

    The assignment that it kept closed opens again; one that the expert ended by recusing themselves stays ended.

    Raises:
        NoSuchConflict: the case has none of that id.
        SettledAlready: it does not stand any more.
        AnotherSettles: the actor declared it, or it is about them.
        SettleHow: neither dismissed nor waived.
    """
    conflict = (
        Conflict.objects.select_for_update(of=("self",))
        .select_related("expert")
        .filter(application__in=move.ids, pk=int(move.data.get("conflict") or 0))
        .first()
    )
    if conflict is None:
        raise NoSuchConflict
    how = str(move.data.get("how", ""))
    if how not in {Conflict.Settled.DISMISSED, Conflict.Settled.WAIVED}:
        raise SettleHow
    if conflict.settled_as:
        raise SettledAlready(how=conflict.get_settled_as_display())
    if move.actor.pk in {conflict.declared_by_id, conflict.expert.user_id}:
        raise AnotherSettles
    conflict.settled_as, conflict.settled_by, conflict.settled_at = how, move.actor, move.at
    conflict.settled_reason = move.reason[:500]
    conflict.save(update_fields=["settled_as", "settled_by", "settled_at", "settled_reason"])
    counting.recount(move.ids)
    move.found |= {"rule": conflict.rule, "code": conflict.expert.code}
