"""The assignments that a panel's seats bring: a confirmed seat opens the cases, one that falls closes them."""

from collections.abc import Sequence

from workflows.models import Assignment, Conclusion, Conflict, Seat
from workflows.review import counting
from workflows.review.sessions.turns import Turn, lock_cases


def assign(taken: Turn, seats: Sequence[Seat]) -> None:
    """Who sits reviews every case of the session that no conflict keeps them from, and that is not concluded."""
    locked = taken.lock_cases()
    said = Conclusion.objects.filter(application__in=locked, replaced_at=None)
    concluded = set(said.values_list("application_id", flat=True))
    cases = [case for case in locked if case not in concluded]
    if not cases or not seats:
        return
    experts = {one.expert_id: one for one in seats}
    kept_away = set(
        Conflict.objects.standing()
        .filter(expert__in=experts, application__in=cases)
        .values_list("expert_id", "application_id")
    )
    have = {
        (row.expert_id, row.application_id): row
        for row in Assignment.objects.filter(expert__in=experts, application__in=cases).exclude(
            state=Assignment.State.ENDED
        )
    }
    made, kept = [], []
    for pair in ((expert, case) for expert in experts for case in cases):
        if pair in kept_away:
            continue
        row = have.get(pair)
        if row is None:
            made.append(
                Assignment(
                    expert_id=pair[0], application_id=pair[1], seat=experts[pair[0]], made_at=taken.at,
                    made_by_id=taken.session.secretary_id, due_at=taken.session.ends_at,
                )
            )  # fmt: skip
        else:
            row.seat, row.state = experts[pair[0]], Assignment.State.STANDING
            kept.append(row)
    Assignment.objects.bulk_create(made)
    Assignment.objects.bulk_update(kept, ["seat", "state"])
    counting.recount(cases)


def end_assignments(taken: Turn, cases: Sequence[int], why: str) -> None:
    """Nobody of this session's panel reviews these cases any more."""
    lock_cases(list(cases))
    Assignment.objects.filter(seat__session=taken.session, application__in=cases).exclude(
        state=Assignment.State.ENDED
    ).update(state=Assignment.State.ENDED, ended_at=taken.at, ended_reason=why)
    counting.recount(cases)


def end_of(taken: Turn, seats: Sequence[Seat], why: str) -> None:
    """The assignments of these seats end."""
    cases = taken.lock_cases()
    Assignment.objects.filter(seat__in=seats).exclude(state=Assignment.State.ENDED).update(
        state=Assignment.State.ENDED, ended_at=taken.at, ended_reason=why
    )
    counting.recount(cases)
