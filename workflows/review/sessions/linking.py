"""Whether the scores of a session will say anything about those of the others of its round."""

from collections import defaultdict

from workflows.models import ReviewSession, Seat
from workflows.review.counting import SITTING
from workflows.review.planning.comparing import groups_of
from workflows.review.planning.question import Session


def apart_from(session: ReviewSession) -> list[str]:
    """Numbers of the round's other sessions with a panel that no expert connects with this one, not even through a
    third; nothing while this one has no panel. One statement."""
    seats = (
        Seat.objects.filter(session__round=session.round_id, state__in=SITTING)
        .exclude(session__stage=ReviewSession.Stage.CANCELLED)
        .order_by("session__ordinal")
    )
    panels: dict[int, set[int]] = defaultdict(set)
    numbers: dict[int, str] = {}
    for pk, number, expert in seats.values_list("session", "session__number", "expert"):
        panels[pk].add(expert)
        numbers[pk] = number
    if session.pk not in panels:
        return []
    groups = groups_of([Session(pk, (), tuple(sorted(panel))) for pk, panel in panels.items()])
    mine = next(group for group in groups if session.pk in group)
    return [number for pk, number in numbers.items() if pk not in mine]
