"""How many cases stand in each state of a programme, and the way that one case has gone."""

from collections.abc import Sequence

from django.db.models import Count, Q, Sum
from django.utils import timezone

from accounts.models import User
from workflows.diagram.svg import Way
from workflows.models import Application, Event
from workflows.queries import desk_counts, desk_of


def standing(user: User, programme: str, year: int | None) -> dict[str, tuple[int, int]]:
    """State → (cases of the user's offices, those of them that are overdue), in one year or in all.

    Two queries: the cases from their counters, the late ones from the rows.
    """
    in_scope = Q(programme=programme)
    counted, late = desk_counts(user).filter(in_scope), desk_of(user).filter(in_scope)
    if year:
        counted, late = counted.filter(round__year=year), late.filter(year=year)
    late = late.filter(due_on__lt=timezone.localdate()).order_by()
    overdue = dict(late.values_list("state").annotate(n=Count("pk")))
    rows = counted.order_by().values_list("state").annotate(n=Sum("cases"))
    return {state: (n, overdue.get(state, 0)) for state, n in rows if n}


def way_of(case: Application, events: Sequence[Event]) -> Way:
    """The states that a case was in, each with the day it last came to it; and the lines that it took."""
    first = str(case.declaration.states[0])
    days = {first: timezone.localtime(case.created_at).date().isoformat()}
    taken = set()
    for event in events:
        if event.source != event.target:
            days[event.target] = timezone.localtime(event.at).date().isoformat()
            taken.add((event.source, event.target))
    return Way(tuple(days.items()), frozenset(taken), str(case.state), case.policy)
